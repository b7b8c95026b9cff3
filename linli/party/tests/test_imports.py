"""An import as actions: what comes in, what stays out, what nobody sees before confirming or after withdrawing."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from openpyxl import Workbook, load_workbook

from linli.core.actor import Actor
from linli.core.audit import verify
from linli.core.errors import Conflict, NotFound, Refused
from linli.core.jobs import JobStopped, run_job
from linli.core.models import AuditRow, Notice, Operation
from linli.party import actions_imports, actions_publish, compute, presenters_imports, queries, queries_imports
from linli.party.models import Fact, GroupStatus, Household, ImportBatch, ImportRow, Login, Person
from linli.party.tests import make

# Inside a test's transaction nothing commits, so that a job runs only where the test says so.
pytestmark = pytest.mark.django_db

HEADINGS = ("序号", "姓名", "性别", "身份证号", "出生日期", "联系电话", "现住址")
GOOD = ("1", "钱桂芳", "女", "99999919440817102X", "1944-08-17", "00055500182", "柳园社区3幢102室")
OLD_ID = ("2", "沈永福", "男", "999999430817101", "1943-08-17", "00055500112", "河东社区1幢")
NOBODY = ("3", "何文斌", "男", "无", "1960-02-30", "00055500119", "南桥社区")


def sheet(*rows: tuple[str, ...], title: str = "柳浜镇低保名册", headings: tuple[str, ...] = HEADINGS) -> bytes:
    book = Workbook()
    page = book.active
    page.append([title])
    page.append(headings)
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def lead() -> Actor:
    return make.actor(make.login("lead", ("lead", make.TOWN), display_name="陆明远"))


def upload(actor: Actor, content: bytes = b"", operation_id: UUID | None = None, place: str = make.TOWN) -> ImportBatch:
    uid = actions_imports.upload_lists(
        actor=actor,
        operation_id=operation_id or uuid4(),
        files={"低保名册.xlsx": content},
        place_path=place,
        stated_on=actor.today,
    )
    return ImportBatch.objects.get(uid=uid)


def done(batch: ImportBatch) -> ImportBatch:
    """The import after the job it waits for."""
    batch.refresh_from_db()
    run_job(batch.job_uid)
    batch.refresh_from_db()
    return batch


def checked(actor: Actor, *rows: tuple[str, ...], **given: Any) -> ImportBatch:
    return done(upload(actor, sheet(*rows, **given)))


def confirmed(actor: Actor, batch: ImportBatch) -> ImportBatch:
    actions_publish.ask_confirm(actor=actor, operation_id=uuid4(), batch_uid=batch.uid)
    return done(batch)


def visible_batch(actor: Actor, **fields: Any) -> ImportBatch:
    """An import as it stands after confirming, with one person in it."""
    given = {"state": "visible", "confirmed_at": actor.now, "place_path": make.TOWN, "maker_uid": actor.login_uid}
    batch = ImportBatch.objects.create(created_at=actor.now, **(given | fields))
    make.person("钱桂芳", batch_uid=batch.uid)
    return batch


def decide(actor: Actor, row: ImportRow, decision: str, person_uid: UUID | None = None) -> None:
    actions_imports.decide_row(
        actor=actor,
        operation_id=uuid4(),
        batch_uid=row.batch.uid,
        row_id=row.pk,
        decision=decision,
        person_uid=person_uid,
    )


def test_from_upload_to_people_and_over_again_when_interrupted(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID, NOBODY)
    assert batch.state == "checked"
    assert [batch.counts[name] for name in ("taken", "doubtful", "refused")] == [1, 1, 1]
    assert not Person.objects.exists()

    batch = confirmed(lead, batch)
    assert batch.state == "visible"
    assert (batch.counts["people_new"], batch.counts["rows_in"]) == (2, 2)
    assert set(queries.people(lead).values_list("name", flat=True)) == {"钱桂芳", "沈永福"}
    assert ImportRow.objects.get(outcome="refused").person is None
    doubtful = Fact.objects.get(person__name="沈永福", field="id_no")
    assert (doubtful.value, doubtful.doubt != "") == ("999999430817101", True)
    assert Fact.objects.get(person__name="钱桂芳", field="id_no").doubt == ""
    told = set(Notice.objects.filter(login_uid=lead.login_uid).values_list("code", flat=True))
    assert {"party.import_checked", "party.import_done"} <= told

    ImportBatch.objects.update(state="importing")
    actions_publish.confirm_import(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count(), batch.counts["people_new"]) == ("visible", 2, 2)
    assert Household.objects.count() == 2
    assert verify().fault is None


def test_what_is_wrong_is_sealed_and_goes_back_on_the_senders_sheet(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID, NOBODY)
    stored = [batch.layouts, batch.counts, list(ImportRow.objects.values_list("faults", flat=True))]
    clear = json.dumps(stored, ensure_ascii=False)
    for cell in (*GOOD[1:], *OLD_ID[3:], *NOBODY[3:]):
        assert cell in ("女", "男", "无") or cell not in clear
    rows = queries_imports.import_rows(batch, "all").values_list("pk", flat=True)
    opened = {row.row_number: record for row, record in queries_imports.import_records(batch, rows)}
    assert "1960-02-30" in opened[5]["cells"]
    assert {fault["value"] for fault in opened[4]["faults"]} == {"999999430817101"}

    book = load_workbook(io.BytesIO(compute.returned_workbook(lead, batch, actions_imports.files_of(batch), "zh")))
    text = " ".join(str(cell.value or "") for row in book.active.iter_rows() for cell in row)
    assert "沈永福" in text
    assert "何文斌" in text
    assert "身份证号" in text
    assert "钱桂芳" not in text


def test_what_is_doubtful_about_a_whole_sheet_stands_above_its_rows(lead: Actor):
    batch = checked(lead, GOOD, title="柳浜镇低保、特困、低保边缘对象名册")
    said = presenters_imports.sheet_faults(batch)
    assert [row["sheet"].split()[0] for row in said] == [batch.file_names[0]]
    assert "类别" in said[0]["cure"]


def test_somebody_already_here_is_met_unless_a_person_says_otherwise(lead: Actor):
    confirmed(lead, checked(lead, GOOD))
    batch = checked(lead, GOOD, OLD_ID)
    assert batch.counts["matched"] == 1
    known, other = ImportRow.objects.filter(batch=batch).order_by("row_number")
    there = Person.objects.get()
    assert known.person == there

    decide(lead, known, "new")
    decide(lead, other, "hold")
    assert list(queries_imports.rows_to_import(batch)) == [known]
    assert not queries_imports.people_met(batch).exists()
    with pytest.raises(NotFound):
        decide(lead, known, "same", there.uid)

    other.refresh_from_db()
    other.decision, other.person = "ask", None
    other.candidates = [{"person": str(there.uid), "probability": 0.8, "for": "姓名同音", "against": ""}]
    other.save()
    assert other not in queries_imports.rows_to_import(batch)
    decide(lead, other, "same", there.uid)
    decide(lead, known, "hold")
    batch = confirmed(lead, batch)
    assert [batch.counts[name] for name in ("people_new", "people_known", "rows_held")] == [0, 1, 1]
    assert Person.objects.count() == 1
    assert Fact.objects.filter(person=there, field="id_no", is_chosen=True).count() == 1
    assert Fact.objects.filter(person=there, field="id_no").count() == 2


def test_an_excluded_importer_learns_of_no_likeness(lead: Actor):
    there = make.person("钱桂芳")
    make.exclusion(there.uid, login=Login.objects.get(uid=lead.login_uid))
    batch = visible_batch(lead, state="checked")
    record = {"unique_id": "a", "file": "a", "sheet": "b", "row": 3, "name": "钱桂芳"}
    like = {"person": str(there.uid), "probability": 0.8, "for": "", "against": ""}
    match = compute.Match(None, "c", "a", 0.8, (like,))
    book = SimpleNamespace(faults=(), records=SimpleNamespace(to_pylist=lambda: [record]))
    (row,) = actions_imports._staged_rows(lead, batch, SimpleNamespace(book=book, cells={}), {"a": match})
    assert (row.decision, row.candidates) == ("", [])


def test_corrected_columns_are_read_again(lead: Actor):
    batch = checked(lead, GOOD, headings=("序号", "甲", "性别", "身份证号", "出生日期", "联系电话", "乙"))
    index = {column["heading"]: str(column["index"]) for column in batch.layouts[0]["columns"]}
    columns = [{index["甲"]: "name", index["乙"]: "address"}]
    actions_imports.ask_check(actor=lead, operation_id=uuid4(), batch_uid=batch.uid, columns=columns)
    batch = done(batch)
    fields = {column["heading"]: column["field"] for column in batch.layouts[0]["columns"]}
    assert (fields["甲"], fields["乙"], fields["身份证号"]) == ("name", "address", "id_no")
    assert batch.counts["taken"] == 1


def test_a_file_that_cannot_be_read_says_why(lead: Actor):
    batch = done(upload(lead, b"PK nothing of a workbook"))
    assert batch.state == "failed"
    (fault,) = batch.counts["faults"]
    assert fault["file"] == "低保名册.xlsx"
    assert fault["code"] in ("file_broken", "file_not_table")
    with pytest.raises(Refused, match="import_state"):
        actions_publish.ask_confirm(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)


def stop(actor: Actor, batch: ImportBatch) -> None:
    actions_imports.stop_import(actor=actor, operation_id=uuid4(), batch_uid=batch.uid)


def test_stopped_before_it_begins_nothing_happens(lead: Actor):
    batch = upload(lead, sheet(GOOD))
    stop(lead, batch)
    batch = done(batch)
    assert (batch.state, ImportRow.objects.count()) == ("uploaded", 0)
    with pytest.raises(Refused, match="import_not_running"):
        stop(lead, batch)
    actions_imports.ask_check(actor=lead, operation_id=uuid4(), batch_uid=batch.uid, columns=None)
    assert done(batch).state == "checked"


def test_each_chunk_written_or_taken_away_is_recorded_with_it(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID)

    def told(name: str) -> list[int]:
        rows = AuditRow.objects.filter(action=f"person.import.{name}").order_by("number")
        assert all(Operation.objects.filter(pk=row.operation_id).exists() for row in rows)
        return [json.loads(row.params)["count"] for row in rows]

    assert told("rows") == [2]
    confirmed(lead, batch)
    facts = Fact.objects.filter(batch_uid=batch.uid).count()
    groups = GroupStatus.objects.filter(batch_uid=batch.uid).count()
    homes = Household.objects.filter(batch_uid=batch.uid).count()
    assert told("people") == [2 + facts + groups] and sum(told("households")) == homes
    ImportBatch.objects.update(state="importing")
    actions_publish.confirm_import(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)
    assert sum(told("taken_away")) == 2 + facts + groups + homes
    assert told("people") == [2 + facts + groups] * 2, "taken back, so written anew"


@pytest.mark.parametrize("step", ["resolve", "write", "publish"])
def test_stopped_while_writing_everything_is_taken_back(lead: Actor, step: str):
    batch = checked(lead, GOOD, OLD_ID)
    before = list(ImportRow.objects.order_by("pk").values("person", "cluster", "decision", "outcome"))
    actions_publish.ask_confirm(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)

    def work(at: str, _done: int = 0, _total: int | None = None) -> None:
        if at == step:
            raise JobStopped

    if step == "publish":  # after the last telling of progress
        stop(lead, batch)
    with pytest.raises(JobStopped):
        actions_publish.confirm_import(actor=lead, operation_id=uuid4(), batch_uid=batch.uid, work=work)
    batch.refresh_from_db()
    assert batch.state == "checked"
    assert not any(model.objects.exists() for model in (Person, Household, Fact))
    assert list(ImportRow.objects.order_by("pk").values("person", "cluster", "decision", "outcome")) == before
    if step != "publish":
        stop(lead, batch)
    assert confirmed(lead, batch).counts["people_new"] == 2


def test_stopped_while_rows_are_staged_again_nobody_confirms_half_of_them(lead: Actor):
    batch = checked(lead, GOOD, OLD_ID)

    def work(at: str, _done: int = 0, _total: int | None = None) -> None:
        if at == "stage":
            raise JobStopped

    with pytest.raises(JobStopped):
        actions_imports.check_import(actor=lead, operation_id=uuid4(), batch_uid=batch.uid, work=work)
    batch.refresh_from_db()
    assert batch.state == "uploaded"
    with pytest.raises(Refused, match="import_state"):
        actions_publish.ask_confirm(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)


def test_people_of_an_import_that_is_not_visible_are_unseen(lead: Actor):
    batch = visible_batch(lead)
    assert queries.people(lead).count() == 1
    for state in ("uploaded", "checked", "importing", "failed", "withdrawn"):
        ImportBatch.objects.filter(pk=batch.pk).update(state=state)
        assert not queries.people(lead).exists()
        with pytest.raises(NotFound):
            queries.person_by_uid(lead, Person.objects.get().uid)


def test_the_same_operation_acts_once(lead: Actor):
    given = uuid4()
    assert upload(lead, b"a", given) == upload(lead, b"a", given)
    assert ImportBatch.objects.count() == 1
    with pytest.raises(Conflict):
        upload(lead, b"b", given)


def test_a_busy_import_takes_no_second_job(lead: Actor):
    batch = upload(lead)
    for ask in (actions_publish.ask_confirm, partial(actions_imports.ask_check, columns=None)):
        with pytest.raises(Refused, match="import_busy"):
            ask(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)


def test_another_place_is_refused_and_recorded(lead: Actor):
    with pytest.raises((Refused, NotFound)):
        upload(lead, place=make.NEXT_TOWN)
    assert AuditRow.objects.filter(action="person.import", outcome="denied").count() == 1
    batch = visible_batch(lead)
    other = make.actor(make.login("other", ("lead", make.NEXT_TOWN)))
    for act in (actions_publish.ask_confirm, actions_publish.withdraw_import):
        with pytest.raises((Refused, NotFound)):
            act(actor=other, operation_id=uuid4(), batch_uid=batch.uid)
    assert batch not in queries_imports.imports(other)
    assert batch in queries_imports.imports(lead)


def test_without_a_second_factor_nothing_is_imported():
    with pytest.raises(Refused, match="second_factor"):
        upload(make.actor(make.login("plain", ("lead", make.TOWN)), factor=False))


def test_withdrawing_hides_all_of_it_for_a_day(lead: Actor):
    batch = visible_batch(lead)
    late = make.actor(Login.objects.get(), now=batch.confirmed_at + timedelta(hours=24))
    with pytest.raises(Refused, match="import_too_old"):
        actions_publish.withdraw_import(actor=late, operation_id=uuid4(), batch_uid=batch.uid)
    assert queries.people(lead).count() == 1
    actions_publish.withdraw_import(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)
    assert not queries.people(lead).exists()
    with pytest.raises(Refused, match="import_state"):
        actions_publish.withdraw_import(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)
