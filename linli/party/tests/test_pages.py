"""Pages of people and imports: one welcome and one refusal each, and what must never stand in an address."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.core.models import AuditRow, Job
from linli.party import actions_imports
from linli.party.fields import masked
from linli.party.models import ImportBatch, ImportRow, Login, Person
from linli.party.tests import make
from linli.party.tests.test_rights_pages import enter

pytestmark = pytest.mark.django_db
ID_NO = "99999919440817102X"


@pytest.fixture
def lead() -> Client:
    return enter("lead", "lead", make.TOWN)


@pytest.fixture
def volunteer() -> Client:
    return enter("volunteer", "volunteer", make.TOWN)


def text_of(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def qian(**fields: Any) -> Person:
    given = {"name": "钱桂芳", "name_pinyin": "qianguifang", "name_initials": "qgf", "phone_last4": "0182"}
    return make.person(**(given | {"id_no": ID_NO, "birth_year": 1944} | fields))


def staged(state: str = "checked", **fields: Any) -> ImportBatch:
    """An import as a job left it: one doubtful row, one refused, one that looks like somebody here."""
    there = qian()
    maker = Login.objects.get(username="lead")
    columns = [
        {"index": 0, "heading": "姓名", "field": "name", "why": "heading_exact"},
        {"index": 1, "heading": "身份证号", "field": "id_no", "why": "heading_similar"},
    ]
    layout = {"file": "名册.xlsx", "sheet": "一", "is_list": True, "title": "", "groups": ["MLA"], "columns": columns}
    batch = ImportBatch.objects.create(
        created_at=timezone.now(),
        file_names=["名册.xlsx"],
        place_path=make.TOWN,
        maker_uid=maker.uid,
        state=state,
        layouts=[layout],
        counts={"taken": 1, "doubtful": 1, "refused": 1, "people_new": 1},
        **({"samples": json.dumps([{"0": ["沈永福"], "1": ["999999430817101"]}])} | fields),
    )
    old = {
        "code": "id_old15",
        "outcome": "doubtful",
        "file": "名册.xlsx",
        "sheet": "一",
        "row": 4,
        "column": "身份证号",
    }
    nobody = old | {"code": "no_name", "outcome": "refused", "row": 5, "column": "姓名"}
    rows = (
        (
            4,
            "doubtful",
            {"name": "沈永福", "cells": ["沈永福", "999999430817101"], "faults": [old]},
            {"cluster": "a"},
        ),
        (5, "refused", {"cells": ["", "1"], "faults": [nobody]}, {}),
        (
            6,
            "taken",
            {"name": "钱桂芬"},
            {
                "decision": "ask",
                "candidates": [{"person": str(there.uid), "probability": 0.95, "for": "姓名同音", "against": ""}],
            },
        ),
    )
    for number, outcome, record, more in rows:
        faults = [{name: fault[name] for name in ("code", "outcome", "column")} for fault in record.get("faults", [])]
        ImportRow.objects.create(
            created_at=timezone.now(),
            batch=batch,
            file="名册.xlsx",
            sheet="一",
            row_number=number,
            record_id=str(number),
            record=json.dumps(record),
            outcome=outcome,
            faults=faults,
            **more,
        )
    return batch


def test_people_lists_whom_one_may_list(lead: Client):
    qian()
    make.person("远方人", place_path=make.NEXT_TOWN)
    make.person("小宝", sensitivity=3)
    text = text_of(lead, "people")
    assert "钱桂芳" in text
    assert "远方人" not in text
    assert "小宝" not in text
    assert ID_NO not in text


def test_people_refuses_a_volunteer(volunteer: Client):
    assert volunteer.get(reverse("people")).status_code == 403
    assert volunteer.post(reverse("people"), {"q": "钱桂"}).status_code == 403
    assert AuditRow.objects.filter(outcome="denied", action="person.list").count() == 2


@pytest.mark.parametrize("words", ["桂芳", "qgf", "qiangui", "0182", ID_NO, ID_NO.lower()])
def test_people_are_found_and_the_words_stay_out_of_the_address(lead: Client, words: str):
    qian()
    make.person("别人", phone_last4="9999")
    response = lead.post(reverse("people"), {"q": words})
    assert response.status_code == 302
    assert response["Location"] == reverse("people") + "?found=1"
    text = lead.get(response["Location"]).content.decode()
    assert "钱桂芳" in text
    assert "别人" not in text
    assert "别人" in text_of(lead, "people")
    for link in [part.split('"')[0] for part in text.split('href="')[1:]]:
        assert words not in link


def test_a_whole_id_number_finds_nobody_without_a_second_factor_and_leaves_a_row():
    qian()
    guest = enter("guest", "grid", make.TOWN)
    found = reverse("people") + "?found=1"
    session = guest.session
    second = session.pop("linli_second_factor_at")
    session.pop("linli_fresh_factor_at")
    session.save()
    guest.post(reverse("people"), {"q": ID_NO})
    refused = guest.get(found)
    assert refused.status_code == 403 and "钱桂芳" not in refused.content.decode()
    assert reverse("step_up") in refused.content.decode()
    assert AuditRow.objects.get(action="person.list", outcome="denied").params.count(ID_NO) == 0
    session = guest.session
    session["linli_second_factor_at"] = second
    session.save()
    assert "钱桂芳" in guest.get(found).content.decode()
    row = AuditRow.objects.get(action="person.list", outcome="read")
    assert json.loads(row.params) == {"by": "id_no", "found": 1}
    assert not [value for value in guest.session.values() if ID_NO in str(value)]
    guest.post(reverse("people"), {"q": "桂芳"})
    assert "钱桂芳" in guest.get(found).content.decode()
    assert AuditRow.objects.filter(action="person.list", outcome="read").count() == 1


def test_a_list_and_a_file_tell_too_little_of_an_id_number_to_reckon_the_rest(lead: Client):
    qian(id_no_masked=masked(ID_NO), birth_on=date(1944, 8, 17))
    file = lead.post(reverse("people_export"), {"kind": "csv"}).content.decode("utf-8-sig")
    assert "****************2X" in text_of(lead, "people")
    assert ID_NO[-2:] not in file and "*" not in file


def test_people_by_place_age_and_order(lead: Client):
    qian()
    make.person("年轻人", birth_year=2000, place_path=make.TOWN)
    assert "年轻人" not in text_of(lead, "people", age="80-")
    assert "钱桂芳" not in text_of(lead, "people", age="18-59")
    text = text_of(lead, "people", order="age")
    assert text.index("钱桂芳") < text.index("年轻人")
    assert "没有找到" in text_of(lead, "people", age="0-17")


def test_people_show_fifty_and_go_on(lead: Client):
    for number in range(53):
        make.person(f"人{number:02}", name_pinyin=f"ren{number:02}")
    first, second = text_of(lead, "people"), text_of(lead, "people", page="2")
    assert "人49" in first
    assert "人50" not in first
    assert "人50" in second
    assert "page=2" in first


def test_export_asks_again_who_it_is_and_is_recorded(lead: Client, volunteer: Client):
    qian(name="=HYPERLINK(1)")
    response = lead.post(reverse("people_export"), {"kind": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert not rows[1][0].startswith("=")
    assert ID_NO not in response.content.decode("utf-8-sig")
    assert AuditRow.objects.get(action="person.export").outcome == "read"
    assert lead.post(reverse("people_export"), {"kind": "xlsx"}).content[:2] == b"PK"

    session = lead.session
    del session["linli_fresh_factor_at"]
    session.save()
    again = lead.post(reverse("people_export"), {"kind": "csv"})
    assert (again.status_code, again["Location"].startswith(reverse("step_up"))) == (302, True)
    assert volunteer.post(reverse("people_export"), {"kind": "csv"}).status_code == 403


def test_imports_takes_files_for_ones_own_places(lead: Client):
    make_place()
    assert "还没有导入过" in text_of(lead, "imports")
    given = {"operation_id": uuid4(), "place_path": make.TOWN, "stated_on": "2026-03-01"}
    files = [SimpleUploadedFile(f"{name}.csv", "姓名,身份证号\n".encode()) for name in "ab"]
    response = lead.post(reverse("imports"), given | {"lists": files})
    batch = ImportBatch.objects.get()
    assert response["Location"] == reverse("import_page", args=[batch.uid])
    assert batch.file_names == ["a.csv", "b.csv"]
    assert "可以离开这一页" in text_of(lead, "import_page", batch.uid)

    wrong = given | {"operation_id": uuid4(), "lists": [SimpleUploadedFile("a.pdf", b"x")]}
    assert lead.post(reverse("imports"), wrong).status_code == 422
    far = given | {"operation_id": uuid4(), "lists": files, "place_path": make.NEXT_TOWN}
    assert lead.post(reverse("imports"), far).status_code == 422
    early = given | {"operation_id": uuid4(), "lists": files, "stated_on": timezone.localdate() + timedelta(days=1)}
    assert lead.post(reverse("imports"), early).status_code == 422
    assert ImportBatch.objects.count() == 1


def make_place() -> None:
    from linli.place.models import Place

    Place.objects.create(created_at=make.NOW, code="999981001", name="柳浜镇", level="town", path=make.TOWN)


IMPORT_PAGES = ("import_page", "import_returned")
IMPORT_POSTS = ("import_columns", "import_row", "import_confirm", "import_withdraw")


def test_imports_refuse_a_volunteer_and_another_town(lead: Client, volunteer: Client):
    batch = staged()
    other = enter("other", "lead", make.NEXT_TOWN)
    assert volunteer.get(reverse("imports")).status_code == 403
    given = {"operation_id": uuid4(), "row": 1, "decision": "hold"}
    for client in (volunteer, other):
        for name in IMPORT_PAGES:
            assert client.get(reverse(name, args=[batch.uid])).status_code in (403, 404)
        for name in IMPORT_POSTS:
            assert client.post(reverse(name, args=[batch.uid]), given | {"operation_id": uuid4()}).status_code in (
                403,
                404,
            )
    batch.refresh_from_db()
    assert batch.state == "checked"


def test_check_page_frames_cells_and_asks(lead: Client):
    batch = staged()
    text = text_of(lead, "import_page", batch.uid)
    assert 'class="ask code"' in text
    assert "999999430817101" in text
    assert "15 位旧身份证号" in text
    assert "没有姓名" in text
    assert "很像已有的" in text
    assert "姓名同音" in text
    assert AuditRow.objects.filter(action="person.import", outcome="read", object_uid=batch.uid).exists()
    assert "沈永福" not in text_of(lead, "import_page", batch.uid, fault="no_name")

    row = ImportRow.objects.get(row_number=6)
    given = {"operation_id": uuid4(), "row": row.pk, "decision": "same", "person": row.candidates[0]["person"]}
    assert lead.post(reverse("import_row", args=[batch.uid]), given).status_code == 302
    row.refresh_from_db()
    assert row.person == Person.objects.get()
    assert "认了：就是 钱桂芳" in text_of(lead, "import_page", batch.uid)


def test_a_likeness_one_may_not_know_has_no_name(lead: Client):
    batch = staged()
    Person.objects.update(sensitivity=3)
    text = text_of(lead, "import_page", batch.uid)
    assert "钱桂芳" not in text
    assert "不归你看" in text
    row = ImportRow.objects.get(row_number=6)
    given = {"operation_id": uuid4(), "row": row.pk, "decision": "same", "person": row.candidates[0]["person"]}
    assert lead.post(reverse("import_row", args=[batch.uid]), given).status_code == 404


def test_columns_page_shows_samples_and_asks_to_read_again(lead: Client):
    batch = staged()
    assert "999999430817101" in text_of(lead, "import_page", batch.uid, step="columns")
    given = {"operation_id": uuid4(), "s0c0": "name", "s0c1": ""}
    assert lead.post(reverse("import_columns", args=[batch.uid]), given).status_code == 302
    batch.refresh_from_db()
    assert batch.job_uid is not None


def job_of(batch: ImportBatch, **fields: Any) -> Job:
    given = {"name": "party.confirm_import", "state": "running", "step": "write", "created_at": timezone.now()}
    job = Job.objects.create(**(given | fields))
    ImportBatch.objects.filter(pk=batch.pk).update(job_uid=job.uid)
    return job


def test_a_running_import_says_how_far_it_is_and_can_be_stopped(lead: Client):
    batch = staged("importing")
    now = timezone.now()
    job = job_of(batch, done=250, total=500, started_at=now - timedelta(seconds=60))
    with time_machine.travel(now, tick=False):
        text = text_of(lead, "import_page", batch.uid)
    assert "250 / 500" in text
    assert "60%" in text
    assert "大约还要 40 秒" in text
    polled = lead.get(reverse("import_page", args=[batch.uid]), headers={"HX-Request": "true", "HX-Target": "progress"})
    assert 'id="progress"' in polled.content.decode()

    response = lead.post(reverse("import_stop", args=[batch.uid]), {"operation_id": uuid4()})
    assert response.status_code == 302
    job.refresh_from_db()
    assert job.state == "stopped"
    assert "在收回已写的" in text_of(lead, "import_page", batch.uid)
    ImportBatch.objects.update(state="checked")
    assert "一个人也没有进来" in text_of(lead, "import_page", batch.uid)
    polled = lead.get(reverse("import_page", args=[batch.uid]), headers={"HX-Request": "true", "HX-Target": "progress"})
    assert polled["HX-Refresh"] == "true"
    assert lead.post(reverse("import_stop", args=[batch.uid]), {"operation_id": uuid4()}).status_code == 403


def test_a_volunteer_stops_nothing(lead: Client, volunteer: Client):
    batch = staged("importing")
    job = job_of(batch)
    assert volunteer.post(reverse("import_stop", args=[batch.uid]), {"operation_id": uuid4()}).status_code == 403
    job.refresh_from_db()
    assert job.state == "running"


def test_confirm_receipt_and_withdrawal(lead: Client):
    batch = staged()
    lead.post(reverse("import_confirm", args=[batch.uid]), {"operation_id": uuid4()})
    batch.refresh_from_db()
    assert batch.job_uid is not None
    ImportBatch.objects.update(state="visible", confirmed_at=timezone.now(), job_uid=None)
    assert "回执" in text_of(lead, "import_page", batch.uid)
    lead.post(reverse("import_withdraw", args=[batch.uid]), {"operation_id": uuid4()})
    assert "已经整批撤回" in text_of(lead, "import_page", batch.uid)


def test_returned_rows_come_as_the_senders_file(lead: Client):
    content = "姓名,身份证号,出生日期\n沈永福,999999430817101,1943-08-17\n".encode()
    batch = staged(content=json.dumps({"名册.csv": content.hex()}))
    response = lead.get(reverse("import_returned", args=[batch.uid]))
    assert response.content[:2] == b"PK"
    assert "%E5%90%8D%E5%86%8C" in response["Content-Disposition"]
    assert AuditRow.objects.get(action="person.import", params__contains="returned").outcome == "read"
    assert actions_imports.files_of(batch) == {"名册.csv": content}
