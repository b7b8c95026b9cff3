"""A cell of an upload set right on the page: read again, kept beside what was written, compared before it goes in."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from linli.core.actor import Actor
from linli.core.errors import NotFound, Refused
from linli.core.models import AuditRow
from linli.party import actions_cells, actions_imports, actions_publish, compute, queries_imports
from linli.party.models import ImportBatch, ImportCorrection, ImportRow, Login, Person
from linli.party.tests import make
from linli.party.tests.browse import browser
from linli.party.tests.test_imports import GOOD, NOBODY, OLD_ID, checked, confirmed, decide, done

pytestmark = pytest.mark.django_db
NAME, ID_NO, BORN = 1, 3, 4


@pytest.fixture
def lead() -> Actor:
    return make.actor(make.login("lead", ("lead", make.TOWN), display_name="陆明远"))


def row_of(batch: ImportBatch, name: str) -> ImportRow:
    """The staged row in whose name cell this stands."""
    rows = ImportRow.objects.filter(batch=batch).values_list("pk", flat=True)
    return next(row for row, held in queries_imports.import_records(batch, rows) if name in held.get("cells", ()))


def correct(actor: Actor, batch: ImportBatch, name: str, column: int, value: str) -> dict[str, Any]:
    row = row_of(batch, name)
    given = {"batch_uid": batch.uid, "row_id": row.pk, "column": column, "value": value}
    found: dict[str, Any] = actions_cells.correct_cell(actor=actor, operation_id=uuid4(), **given)
    batch.refresh_from_db()
    return found


def right_id() -> str:
    """沈永福's number with its check digit."""
    from linli.engines.lists.tests.make import id_number

    return str(id_number("19430817", 1))


def test_a_refused_row_becomes_a_person_and_the_counts_change(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID, NOBODY)
    assert [batch.counts[name] for name in ("taken", "doubtful", "refused")] == [1, 1, 1]
    assert correct(lead, batch, "何文斌", BORN, "1960-02-29") == {"outcome": "taken", "faults": 0}
    assert [batch.counts[name] for name in ("taken", "doubtful", "refused")] == [2, 1, 0]
    kept = queries_imports.corrections(batch)
    assert [(each.written, each.value, each.maker_uid) for each in kept] == [
        ("1960-02-30", "1960-02-29", lead.login_uid)
    ]
    assert row_of(batch, "何文斌") in queries_imports.import_rows(batch, "look")

    with pytest.raises(Refused, match="import_uncompared"):
        actions_publish.ask_confirm(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)
    actions_imports.ask_check(actor=lead, operation_id=uuid4(), batch_uid=batch.uid, columns=None)
    batch = confirmed(lead, done(batch))
    assert batch.counts["people_new"] == 3
    assert str(Person.objects.get(name="何文斌").birth_on) == "1960-02-29"


def test_the_row_alone_reads_as_the_whole_list_does(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID, NOBODY)
    correct(lead, batch, "沈永福", ID_NO, right_id())
    correct(lead, batch, "何文斌", BORN, "1960年2月")
    names = ("outcome", "faults")
    alone = {row.row_number: [getattr(row, n) for n in names] for row in ImportRow.objects.filter(batch=batch)}
    ids = list(ImportRow.objects.filter(batch=batch).values_list("pk", flat=True))
    held = {row.row_number: record for row, record in queries_imports.import_records(batch, ids)}
    actions_imports.ask_check(actor=lead, operation_id=uuid4(), batch_uid=batch.uid, columns=None)
    batch = done(batch)
    assert {row.row_number: [getattr(row, n) for n in names] for row in ImportRow.objects.filter(batch=batch)} == alone
    ids = list(ImportRow.objects.filter(batch=batch).values_list("pk", flat=True))
    again = {row.row_number: record for row, record in queries_imports.import_records(batch, ids)}
    own = ("lost", "unique_id")  # how a row is called is known of the whole list only
    for number, record in again.items():
        assert {k: v for k, v in held[number].items() if k not in own} == {
            k: v for k, v in record.items() if k not in own
        }


def test_set_back_it_is_as_written_again(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID)
    before = [ImportRow.objects.get(outcome="doubtful").faults, batch.counts]
    assert correct(lead, batch, "沈永福", ID_NO, right_id())["outcome"] == "taken"
    correct(lead, batch, "沈永福", ID_NO, "999999430817101")
    assert [ImportRow.objects.get(outcome="doubtful").faults, batch.counts] == before
    assert not ImportCorrection.objects.exists()


def test_what_is_written_and_corrected_is_sealed_and_the_audit_names_neither(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID)
    correct(lead, batch, "沈永福", ID_NO, right_id())
    audit = AuditRow.objects.order_by("-number")[0]
    assert json.loads(audit.params) == {"step": "cell", "row": 4, "column": ID_NO, "outcome_now": "taken"}
    stored = ImportCorrection.objects.values("written", "value").get()
    for clear in ("999999430817101", right_id()):
        assert clear not in audit.params
        assert clear.encode() not in bytes(stored["written"]) + bytes(stored["value"])


def test_what_changes_nothing_or_leaves_nobody_is_refused(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID)
    with pytest.raises(Refused, match="cell_same"):
        correct(lead, batch, "沈永福", ID_NO, "999999430817101")
    with pytest.raises(Refused, match="cell_no_person"):
        correct(lead, batch, "沈永福", NAME, "合计")
    for column in (99, -1):
        with pytest.raises(NotFound):
            correct(lead, batch, "沈永福", column, "x")
    assert not ImportCorrection.objects.exists()
    confirmed(lead, batch)
    with pytest.raises(Refused, match="import_state"):
        correct(lead, batch, "沈永福", ID_NO, right_id())


def test_another_town_and_no_second_factor_correct_nothing(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID)
    other = make.actor(make.login("other", ("lead", make.NEXT_TOWN)))
    plain = make.actor(Login.objects.get(username="lead"), factor=False)
    for actor in (other, plain):
        with pytest.raises((NotFound, Refused)):
            correct(actor, batch, "沈永福", ID_NO, right_id())
    assert not ImportCorrection.objects.exists()


def test_decisions_hold_over_another_comparison(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID, NOBODY)
    decide(lead, ImportRow.objects.get(batch=batch, outcome="taken"), "hold")
    correct(lead, batch, "何文斌", BORN, "1960-02-29")
    actions_imports.ask_check(actor=lead, operation_id=uuid4(), batch_uid=batch.uid, columns=None)
    batch = done(batch)
    assert sorted(ImportRow.objects.filter(batch=batch).values_list("decision", flat=True)) == ["", "", "hold"]


def test_rows_that_go_back_carry_the_correction(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID, NOBODY)
    correct(lead, batch, "何文斌", BORN, "1960-02-29")
    book = load_workbook(io.BytesIO(compute.returned_workbook(lead, batch, actions_imports.files_of(batch), "zh")))
    text = " ".join(str(cell.value or "") for row in book.active.iter_rows() for cell in row)
    assert "沈永福" in text
    assert "何文斌" not in text


def page_of(batch: ImportBatch) -> str:
    return reverse("import_page", args=[batch.uid])


def post(client: Client, batch: ImportBatch, name: str, **given: Any) -> Any:
    return client.post(reverse(name, args=[batch.uid]), {"operation_id": uuid4(), **given})


def test_the_page_offers_the_cell_and_shows_what_stood_there(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID, NOBODY)
    client = browser(Login.objects.get(username="lead"))
    text = client.get(page_of(batch)).content.decode()
    assert "身份证号改成" in text
    assert "出生日期改成" in text
    row = row_of(batch, "何文斌")
    response = post(client, batch, "import_cell", row=row.pk, column=BORN, value="1960-02-29", back=page_of(batch))
    assert response.status_code == 302
    text = client.get(page_of(batch)).content.decode()
    assert "<del>1960-02-30</del> <ins>1960-02-29</ins>" in text
    assert "陆明远" in text
    assert "把改过的 1 行和已有的人比对" in text
    assert "1960" not in response["Location"]
    assert post(client, batch, "import_compare").status_code == 302
    batch = done(batch)
    assert "导入 3 行" in client.get(page_of(batch)).content.decode()
    assert post(client, batch, "import_cell", row=row.pk, column=BORN, value="a\x00b").status_code == 422


def test_a_volunteer_corrects_nothing(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID)
    client = browser(make.login("volunteer", ("volunteer", make.TOWN)))
    assert post(client, batch, "import_cell", row=1, column=1, value="x").status_code == 403
    assert post(client, batch, "import_compare").status_code == 403
