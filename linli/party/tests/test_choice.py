"""Which value counts when lists come one after the other: the same as when they come together."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core.actor import Actor, system_actor
from linli.core.decide import Sensitivity
from linli.core.models import Job
from linli.engines.lists.tests.make import id_number
from linli.party import (
    actions_choice,
    actions_facts,
    actions_held,
    actions_imports,
    actions_merge,
    actions_protect,
    actions_publish,
    queries,
    queries_facts,
    queries_imports,
)
from linli.party.fields import FIELDS
from linli.party.models import Fact, GroupStatus, Household, ImportBatch, ImportRow, Login, Person
from linli.party.tests import make
from linli.party.tests.test_imports import confirmed, done, sheet

pytestmark = pytest.mark.django_db

OLD, MAN, CHILD = id_number("19440817", 2), id_number("19430512", 11), id_number("20160214", 4)
AID = sheet(("钱桂芳", OLD, "柳园社区3幢102室", "00055500182"), headings=("姓名", "身份证号", "现住址", "联系电话"))
AGED = sheet(
    ("钱桂芳", OLD, "独居", "完全失能", "800", "00055500199"),
    title="老年人信息",
    headings=("姓名", "身份证号", "居住情况", "自理能力", "人均月收入", "联系电话"),
)
HOLDS = ("name", "birth_on", "id_no", "id_state", "phone", "address", "living", "self_care", "income_fen", "groups")


@pytest.fixture
def lead() -> Actor:
    return make.actor(make.login("lead", ("lead", make.TOWN), display_name="陆明远"))


def sent(actor: Actor, **files: bytes) -> ImportBatch:
    """Lists sent and checked; not confirmed."""
    uid = actions_imports.upload_lists(
        actor=actor,
        operation_id=uuid4(),
        files={f"{name}.xlsx": content for name, content in files.items()},
        place_path=make.TOWN,
        stated_on=actor.today,
    )
    return done(ImportBatch.objects.get(uid=uid))


def taken(actor: Actor, **files: bytes) -> ImportBatch:
    return confirmed(actor, sent(actor, **files))


def withdrawn(actor: Actor, batch: ImportBatch) -> None:
    actions_publish.withdraw_import(actor=actor, operation_id=uuid4(), batch_uid=batch.uid)
    job = Job.objects.get(name="party.choose_facts")
    actions_publish.choose_again(actor=system_actor("job", actor.now), **job.args)


def judged(actor: Actor) -> dict[str, dict[str, Any]]:
    """Name → the row rules see."""
    rows = queries_facts.people_table(system_actor("test", actor.now), make.TOWN).to_pylist()
    return {row["name"]: row for row in rows}


def chosen(name: str, field: str) -> list[str]:
    return [fact.value for fact in Fact.objects.filter(person__name=name, field=field, is_chosen=True)]


def test_lists_one_after_the_other_say_what_they_say_together(lead: Actor) -> None:
    together = taken(lead, 低保名册=AID, 老年人=AGED)
    expected = judged(lead)["钱桂芳"]
    columns = Person.objects.values_list("phone_last4", "birth_on", "birth_year", "id_no_masked")
    as_one = list(columns)
    withdrawn(lead, together)
    Person.objects.all().delete()
    taken(lead, 低保名册=AID)
    taken(lead, 老年人=AGED)
    found = judged(lead)["钱桂芳"]
    assert {name: found[name] for name in HOLDS} == {name: expected[name] for name in HOLDS}
    assert (found["living"], found["self_care"], found["income_fen"]) == ("alone", "total", 80000)
    assert found["conflicts"] == expected["conflicts"] == ["phone"]
    assert list(columns) == as_one
    assert Fact.objects.filter(is_chosen=True).values("field").distinct().count() == len(
        Fact.objects.filter(is_chosen=True)
    )


def test_words_of_a_later_list_stand_beside_those_of_the_first(lead: Actor) -> None:
    told = ("姓名", "身份证号", "备注")
    taken(lead, 低保名册=sheet(("钱桂芳", OLD, "低保A类"), headings=told))
    later = taken(lead, 走访=sheet(("钱桂芳", OLD, "2026年9月去世"), title="走访", headings=told))
    assert set(judged(lead)["钱桂芳"]["remark"].split("；")) == {"低保A类", "2026年9月去世"}
    withdrawn(lead, later)
    assert judged(lead)["钱桂芳"]["remark"] == "低保A类"


def test_a_list_taken_back_leaves_what_the_others_say(lead: Actor) -> None:
    taken(lead, 低保名册=AID)
    told = sheet(("钱桂芳", OLD, "00055500110"), title="走访", headings=("姓名", "身份证号", "联系电话"))
    more = taken(lead, 甲=told, 乙=told)
    person = Person.objects.get()
    assert (person.phone, person.phone_last4) == ("00055500110", "0110")
    assert judged(lead)["钱桂芳"]["phone"] == "00055500110"
    withdrawn(lead, more)
    person = Person.objects.get()
    assert (person.phone, person.phone_last4, chosen("钱桂芳", "phone")) == ("00055500182", "0182", ["00055500182"])
    assert judged(lead)["钱桂芳"]["phone"] == "00055500182"


def test_the_same_list_sent_again_takes_the_place_of_the_earlier_one(lead: Actor) -> None:
    taken(lead, 低保名册=AID)
    moved = sheet(("钱桂芳", OLD, "河东社区9幢", "00055500111"), headings=("姓名", "身份证号", "现住址", "联系电话"))
    taken(lead, 低保名册=moved)
    assert chosen("钱桂芳", "phone") == ["00055500111"]
    assert judged(lead)["钱桂芳"]["conflicts"] == []
    assert Fact.objects.filter(field="phone").count() == 2


def test_what_was_set_right_by_hand_stays_on_top_and_what_counts_after_it_is_chosen_anew(lead: Actor) -> None:
    taken(lead, 低保名册=AID)
    person = Person.objects.get()
    fact = actions_facts.correct_fact(
        actor=lead, operation_id=uuid4(), person_uid=person.uid, field="phone", text="00055500177", source="said:self",
        why="当面问的",
    )  # fmt: skip
    taken(lead, 老年人=AGED, 又一份=AGED)
    assert (chosen("钱桂芳", "phone"), Person.objects.get().phone) == (["00055500177"], "00055500177")
    assert (judged(lead)["钱桂芳"]["phone"], judged(lead)["钱桂芳"]["conflicts"]) == ("00055500177", [])
    actions_facts.withdraw_correction(actor=lead, operation_id=uuid4(), person_uid=person.uid, fact_uid=UUID(fact))
    assert (chosen("钱桂芳", "phone"), Person.objects.get().phone) == (["00055500199"], "00055500199")


def test_who_comes_later_joins_the_household_of_whom_he_is_tied_to(lead: Actor) -> None:
    taken(lead, 低保名册=AID)
    later = sheet(
        ("沈永福", MAN, "钱桂芳", OLD, "配偶"),
        ("沈小安", CHILD, "钱桂芳", OLD, "孙女"),
        title="残疾人名册",
        headings=("姓名", "身份证号", "户主姓名", "户主身份证号", "与户主关系"),
    )
    batch = taken(lead, 残疾人=later)
    woman, man, child = (Person.objects.get(name=name) for name in ("钱桂芳", "沈永福", "沈小安"))
    home = woman.household
    assert home is not None
    assert home == man.household == child.household
    assert (home.size, woman.household_uid, man.household_uid) == (3, home.uid, home.uid)
    assert len({row["household_id"] for row in judged(lead).values()}) == 1
    withdrawn(lead, batch)
    home.refresh_from_db()
    assert home.size == 1


def test_people_here_whom_a_later_list_ties_are_judged_as_one_household(lead: Actor) -> None:
    head = ("姓名", "身份证号")
    taken(lead, 甲=sheet(("钱桂芳", OLD), ("沈永福", MAN), headings=head))
    assert len({row["household_id"] for row in judged(lead).values()}) == 2
    tie = sheet(("沈永福", MAN, OLD), title="残疾人", headings=("姓名", "身份证号", "户主身份证号"))
    batch = taken(lead, 乙=tie)
    assert len({row["household_id"] for row in judged(lead).values()}) == 1
    withdrawn(lead, batch)
    assert len({row["household_id"] for row in judged(lead).values()}) == 2


def test_nobody_joins_the_household_of_the_protected(lead: Actor) -> None:
    taken(lead, 低保名册=AID)
    woman = Person.objects.get()
    Person.objects.filter(pk=woman.pk).update(is_protected=True)
    later = sheet(("沈永福", MAN, OLD), title="残疾人名册", headings=("姓名", "身份证号", "户主身份证号"))
    taken(lead, 残疾人=later)
    assert Person.objects.get(name="沈永福").household_id != woman.household_id
    assert len({row["household_id"] for row in judged(lead).values()}) == 2


def test_disagreement_and_doubts_about_numbers_are_seen(lead: Actor) -> None:
    taken(lead, 甲=sheet(("钱桂芳", OLD, "三级"), headings=("姓名", "身份证号", "残疾等级")))
    taken(lead, 乙=sheet(("钱桂芳", OLD, "二级"), title="残疾人", headings=("姓名", "身份证号", "残疾等级")))
    odd = sheet(
        ("沈永福", "999999430817101", ""), ("何文斌", MAN, "1950-01-01"), headings=("姓名", "身份证号", "出生日期")
    )
    taken(lead, 丙=odd)
    rows = judged(lead)
    assert rows["钱桂芳"]["conflicts"] == ["disability_grade"]
    assert [rows[name]["id_state"] for name in ("钱桂芳", "沈永福", "何文斌")] == ["valid", "old15", "doubtful"]


def test_the_latest_end_of_a_group_counts_whatever_came_last(lead: Actor) -> None:
    head = ("姓名", "身份证号", "到期日期")
    for name, ends in (("甲", "2026-06-30"), ("乙", "2026-12-31"), ("丙", "2026-03-31")):
        taken(lead, **{name: sheet(("钱桂芳", OLD, ends), headings=head)})
    assert GroupStatus.objects.count() == 3
    assert json.loads(judged(lead)["钱桂芳"]["group_dates"])["MLA"]["to"] == "2026-12-31"


def test_what_waits_for_who_may_see_a_protected_person_is_not_chosen_before(lead: Actor) -> None:
    taken(lead, 低保名册=AID)
    person = Person.objects.get()
    login = make.login("worker", ("worker", make.TOWN))
    make.tie(login, person.uid)
    keeper = make.actor(login)
    actions_protect.protect_person(
        actor=keeper, operation_id=uuid4(), person_uid=person.uid, why="violence", safe_phone="00055500166"
    )
    taken(lead, 老年人=AGED)
    assert (chosen("钱桂芳", "living"), chosen("钱桂芳", "phone")) == ([], ["00055500166"])
    row = ImportRow.objects.get(held_for=person)
    actions_held.settle_held_row(actor=keeper, operation_id=uuid4(), person_uid=person.uid, row_id=row.pk, is_same=True)
    assert (chosen("钱桂芳", "living"), chosen("钱桂芳", "phone")) == (["alone"], ["00055500166"])
    assert not Person.objects.get().phone


def test_all_that_comes_later_of_somebody_protected_is_guarded_like_the_rest(lead: Actor) -> None:
    taken(lead, 低保名册=AID)
    person = Person.objects.get()
    login = make.login("worker", ("worker", make.TOWN))
    actions_protect.protect_person(
        actor=lead, operation_id=uuid4(), person_uid=person.uid, why="violence", keeper_uid=login.uid
    )
    taken(lead, 低保=sheet(("钱桂芳", OLD, "独居"), headings=("姓名", "身份证号", "居住情况"), title="低保名册"))
    row = ImportRow.objects.get(held_for=person)
    actions_held.settle_held_row(
        actor=make.actor(login), operation_id=uuid4(), person_uid=person.uid, row_id=row.pk, is_same=True
    )
    assert GroupStatus.objects.filter(person=person).exists()
    for model in (Fact, GroupStatus):
        classes = model._default_manager.filter(person=person).values_list("sensitivity", flat=True)
        assert set(classes) == {Sensitivity.SAFETY}


@pytest.mark.parametrize("what", ["merged", "protected"])
def test_what_is_done_with_somebody_while_a_list_is_written_holds_for_it_too(lead: Actor, what: str) -> None:
    head = ("姓名", "身份证号", "居住情况")
    taken(lead, 甲=sheet(("钱桂芳", OLD), ("吴建国", MAN), headings=head[:2]))
    person, other = Person.objects.get(name="钱桂芳"), Person.objects.get(name="吴建国")
    keeper = make.login("worker", ("worker", make.TOWN))
    batch = sent(lead, 乙=sheet(("钱桂芳", OLD, "独居"), ("王小宝", CHILD, "留守"), headings=head))

    def meanwhile(step: str, *_rest: Any) -> None:
        if step == "write" and what == "merged":
            actions_merge.merge_people(
                actor=lead, operation_id=uuid4(), kept_uid=other.uid, gone_uid=person.uid, why="same"
            )
        elif step == "write":
            given = {"person_uid": person.uid, "keeper_uid": keeper.uid, "why": "violence"}
            actions_protect.protect_person(actor=lead, operation_id=uuid4(), **given)

    actions_publish.ask_confirm(actor=lead, operation_id=uuid4(), batch_uid=batch.uid)
    job = system_actor("job", lead.now)
    actions_publish.confirm_import(actor=job, operation_id=uuid4(), batch_uid=batch.uid, work=meanwhile)
    said = Fact.objects.filter(batch_uid=batch.uid, field="living").exclude(person__name="王小宝").get()
    guard = (other.pk, FIELDS["living"].sensitivity) if what == "merged" else (person.pk, Sensitivity.SAFETY)
    assert (said.person_id, said.sensitivity) == guard


@pytest.mark.parametrize("is_bound", [False, True])
def test_what_somebody_sends_of_whom_he_must_keep_away_from_does_not_count(lead: Actor, is_bound: bool) -> None:
    """What he sent before that counts on; once it is lifted, all does."""
    taken(lead, 低保名册=AID)
    person, he = Person.objects.get(), make.person("陶卫东")
    login = make.login("he", ("worker", make.TOWN), person=he)
    taken(make.actor(login), 早先=sheet(("钱桂芳", OLD, "独居"), headings=("姓名", "身份证号", "居住情况")))
    whom = {"person": he} if is_bound else {"login": login}
    kept = make.exclusion(person.uid, **whom, created_at=lead.now + timedelta(hours=1))
    later = make.actor(login, now=lead.now + timedelta(days=1))
    false = ("钱桂芳", OLD, "1幢1室", "00055500666", "完全失能")
    head = ("姓名", "身份证号", "现住址", "联系电话", "自理能力")
    taken(later, 低保名册=sheet(false, headings=head, title="特困人员名册"))
    assert (chosen("钱桂芳", "phone"), chosen("钱桂芳", "living")) == (["00055500182"], ["alone"])
    assert (Person.objects.get(pk=person.pk).phone_last4, chosen("钱桂芳", "self_care")) == ("0182", [])
    assert judged(lead)["钱桂芳"]["groups"] == ["MLA"]
    kept.lifted_at = later.now
    kept.save()
    actions_choice.choose_facts(system_actor("test", later.now), [person.pk])
    assert (chosen("钱桂芳", "phone"), chosen("钱桂芳", "self_care")) == (["00055500666"], ["total"])


def test_choosing_asks_the_database_as_often_for_many_as_for_one(lead: Actor) -> None:
    def asked(count: int) -> int:
        rows = [(f"王{chr(0x4E00 + at)}", id_number("19500101", at + 1), "00055500100") for at in range(count)]
        people = ("姓名", "身份证号", "联系电话")
        taken(lead, **{f"甲{count}": sheet(*rows, headings=people)})
        again = [(name, number, "00055500101", "独居") for name, number, _ in rows]
        taken(lead, **{f"乙{count}": sheet(*again, headings=(*people, "居住情况"))})
        Fact.objects.filter(source=f"乙{count}").update(is_chosen=False)
        ids = list(Person.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as found:
            actions_choice.choose_facts(system_actor("test", lead.now), ids)
        Person.objects.all().delete()
        return len(found)

    assert asked(2) == asked(9)


def test_a_weak_likeness_and_a_row_in_doubt_are_asked(lead: Actor) -> None:
    head = ("姓名", "性别", "出生日期", "联系电话", "现住址")
    taken(lead, 甲=sheet(("王秀英", "女", "1950-01-15", "19900001001", "柳园社区3幢102室"), headings=head))
    here = Person.objects.get()
    weak = sent(lead, 乙=sheet(("王秀英", "女", "1950-01-15", "19900007777", "河东社区9幢1室"), headings=head))
    row = ImportRow.objects.get(batch=weak)
    assert (row.decision, row.person, [one["person"] for one in row.candidates]) == ("ask", None, [str(here.uid)])
    sure = sent(lead, 丙=sheet(("王秀英", "女", "1950-01-15", "19900001001", "柳园社区3幢102室"), headings=head))
    assert [(row.decision, row.person) for row in ImportRow.objects.filter(batch=sure)] == [("", here)]


def test_rows_sure_of_each_other_but_hardly_of_somebody_here_are_asked(lead: Actor) -> None:
    head = ("姓名", "性别", "出生日期", "联系电话", "现住址")
    taken(lead, 甲=sheet(("王秀英", "女", "1950-01-15", "19900001001", "柳园社区3幢102室"), headings=head))
    here = Person.objects.get()
    twice = [("王秀英", "女", "1950", "", "河东社区9幢1室")] * 2
    batch = sent(lead, 乙=sheet(twice[0], headings=head), 丙=sheet(twice[1], headings=head))
    rows = list(ImportRow.objects.filter(batch=batch))
    assert [(row.decision, row.person) for row in rows] == [("ask", None)] * 2
    assert [[one["person"] for one in row.candidates] for row in rows] == [[str(here.uid)]] * 2
    assert all(one["probability"] < 0.9 and one["for"] for row in rows for one in row.candidates)


def test_a_number_in_doubt_is_asked_however_much_speaks_for_it(lead: Actor) -> None:
    head = ("姓名", "身份证号", "出生日期", "联系电话", "现住址")
    said = ("1944-08-17", "00055500182", "柳园社区3幢102室")
    taken(lead, 甲=sheet(("钱桂芳", OLD, *said), headings=head))
    doubt = sent(lead, 乙=sheet(("钱桂芳", "999999440817002", *said), headings=head))
    row = ImportRow.objects.get(batch=doubt)
    assert (row.outcome, row.decision, row.person, len(row.candidates)) == ("doubtful", "ask", None, 1)


def answered(lead: Actor, batch: ImportBatch, decision: str, person: Person | None = None) -> None:
    row = ImportRow.objects.get(batch=batch)
    actions_imports.decide_row(
        actor=lead, operation_id=uuid4(), batch_uid=batch.uid, row_id=row.pk, decision=decision,
        person_uid=person.uid if person else None,
    )  # fmt: skip


DOUBTED = ("钱桂芳", "999999440817002", "1944-08-17", "00055500182", "柳园社区3幢102室")
DOUBTED_HEAD = ("姓名", "身份证号", "出生日期", "联系电话", "现住址")


def test_a_row_sent_again_is_who_somebody_said_it_is(lead: Actor) -> None:
    taken(lead, 甲=sheet(("钱桂芳", OLD, *DOUBTED[2:]), headings=DOUBTED_HEAD))
    here = Person.objects.get()
    first = sent(lead, 乙=sheet(DOUBTED, headings=DOUBTED_HEAD))
    answered(lead, first, "same", here)
    row = ImportRow.objects.get(batch=sent(lead, 丙=sheet(DOUBTED, headings=DOUBTED_HEAD)))
    assert row.decision == "ask", "an answer counts once its import is confirmed"
    confirmed(lead, first)
    again = sent(lead, 乙=sheet((*DOUBTED, "独居"), headings=(*DOUBTED_HEAD, "居住情况")))
    row = ImportRow.objects.get(batch=again)
    told = ImportRow.objects.get(batch=first).decided_at
    assert (row.decision, row.person, row.decided_at) == ("same", here, told)
    confirmed(lead, again)
    assert Person.objects.count() == 1 and judged(lead)["钱桂芳"]["living"] == "alone"
    other = sent(lead, 乙=sheet(("钱桂芳", "999999440817002", *DOUBTED[2:4], "河东社区9幢1室"), headings=DOUBTED_HEAD))
    assert ImportRow.objects.get(batch=other).decision == "ask", "another address is another row"
    withdrawn(lead, first)
    later = sent(lead, 乙=sheet(DOUBTED, headings=DOUBTED_HEAD))
    assert ImportRow.objects.get(batch=later).decision == "ask", "an answer withdrawn with its import is none"


def test_a_row_once_said_to_be_somebody_new_goes_to_that_person(lead: Actor) -> None:
    taken(lead, 甲=sheet(("钱桂芳", OLD, *DOUBTED[2:]), headings=DOUBTED_HEAD))
    here = Person.objects.get()
    first = sent(lead, 乙=sheet(DOUBTED, headings=DOUBTED_HEAD))
    answered(lead, first, "new")
    confirmed(lead, first)
    second = Person.objects.exclude(pk=here.pk).get()
    again = sent(lead, 乙=sheet(DOUBTED, headings=DOUBTED_HEAD))
    row = ImportRow.objects.get(batch=again)
    assert (row.decision, row.person) == ("same", second)
    answered(lead, again, "hold")
    confirmed_rows = queries_imports.rows_taken(again)
    assert not confirmed_rows.exists(), "what was answered before can be answered otherwise"


@pytest.mark.parametrize("decision", ["same", "new"])
def test_rows_that_are_certainly_one_person_are_answered_once(lead: Actor, decision: str) -> None:
    taken(lead, 甲=sheet(("钱桂芳", OLD, *DOUBTED[2:]), headings=DOUBTED_HEAD))
    here = Person.objects.get()
    other = id_number("19440817", 4)  # another sound number, all else alike
    both = {
        "乙": sheet(("钱桂芳", other, *DOUBTED[2:]), headings=DOUBTED_HEAD),
        "丙": sheet(("钱桂芳", other, "独居"), headings=("姓名", "身份证号", "居住情况")),
    }
    batch = sent(lead, **both)
    rows = ImportRow.objects.filter(batch=batch).order_by("pk")
    assert [(row.decision, len(row.candidates)) for row in rows] == [("ask", 1)] * 2
    for _again in range(2):  # and once more, after the lists were read again
        actions_imports.decide_row(
            actor=lead, operation_id=uuid4(), batch_uid=batch.uid, row_id=rows.last().pk, decision=decision,
            person_uid=here.uid if decision == "same" else None,
        )  # fmt: skip
        actions_imports.ask_check(actor=lead, operation_id=uuid4(), batch_uid=batch.uid, columns=None)
        batch = done(ImportBatch.objects.get(pk=batch.pk))
    assert {row.decision for row in rows.all()} == {decision}
    confirmed(lead, batch)
    assert Person.objects.count() == (1 if decision == "same" else 2)
    assert Fact.objects.get(field="living").person.pk == (here.pk if decision == "same" else Person.objects.last().pk)
    later = sent(lead, **both)
    assert {row.decision for row in ImportRow.objects.filter(batch=later)} <= {"", "same"}, "nothing is asked again"


def test_an_answer_outlives_reading_the_lists_again(lead: Actor) -> None:
    taken(lead, 甲=sheet(("钱桂芳", OLD, *DOUBTED[2:]), headings=DOUBTED_HEAD))
    here = Person.objects.get()
    first = sent(lead, 乙=sheet(DOUBTED, headings=DOUBTED_HEAD))
    answered(lead, first, "same", here)
    actions_imports.ask_check(actor=lead, operation_id=uuid4(), batch_uid=first.uid, columns=None)
    confirmed(lead, done(ImportBatch.objects.get(pk=first.pk)))
    row = ImportRow.objects.get(batch=sent(lead, 乙=sheet(DOUBTED, headings=DOUBTED_HEAD)))
    assert (row.decision, row.person) == ("same", here)


def test_whom_a_later_list_names_too_outlives_the_first_list(lead: Actor) -> None:
    first = taken(lead, 甲=sheet(("钱桂芳", OLD, "00055500111"), ("吴建国", MAN, "00055500112"),
                                 headings=("姓名", "身份证号", "联系电话")))  # fmt: skip
    later = taken(lead, 乙=sheet(("钱桂芳", OLD, "00055500222"), headings=("姓名", "身份证号", "联系电话")))
    withdrawn(lead, first)
    assert list(judged(lead)) == ["钱桂芳"]
    person = Person.objects.get(name="钱桂芳")
    assert (person.batch_uid, person.phone_last4, person.household.batch_uid) == (later.uid, "0222", later.uid)
    assert person.household.size == 1


def test_a_household_stays_in_sight_with_whoever_stays(lead: Actor) -> None:
    head = ("姓名", "身份证号", "联系电话")
    gone = taken(lead, 零=sheet(("吴建国", MAN, "00055500112"), headings=head))
    actions_publish.withdraw_import(actor=lead, operation_id=uuid4(), batch_uid=gone.uid)
    first = taken(lead, 甲=sheet(("钱桂芳", OLD, "00055500111"), headings=head))
    home = Person.objects.get(name="钱桂芳").household
    Person.objects.filter(name="吴建国").update(household=home)  # out of sight, and written down before her
    taken(lead, 乙=sheet(("钱桂芳", OLD, "00055500222"), headings=head))
    actions_publish.withdraw_import(actor=lead, operation_id=uuid4(), batch_uid=first.uid)
    assert list(queries.shown(Household.objects.all())) == [home]


def test_who_is_in_somebodys_care_outlives_the_list(lead: Actor) -> None:
    head = ("姓名", "身份证号", "联系电话")
    men = [("吴建国", MAN), ("赵大山", id_number("19430512", 13)), ("孙长河", id_number("19430512", 15))]
    rows = [("钱桂芳", OLD, "00055500111"), *((*one, "00055500112") for one in men)]
    batch = taken(lead, 甲=sheet(*rows, headings=head))
    held = {person.name: person for person in Person.objects.all()}
    keeper, hers = make.login("keeper", ("worker", make.TOWN)), held["钱桂芳"]
    actions_protect.protect_person(
        actor=lead, operation_id=uuid4(), person_uid=hers.uid, why="violence", keeper_uid=keeper.uid
    )
    make.tie(keeper, held["吴建国"].uid)
    actions_facts.correct_fact(
        actor=lead, operation_id=uuid4(), person_uid=held["赵大山"].uid, field="phone", text="00055500333",
        source="said:self", why="当面问的",
    )  # fmt: skip
    withdrawn(lead, batch)
    shown = queries.shown_people().values_list("name", "phone_last4", "batch_uid")
    assert sorted(shown) == [("吴建国", "", None), ("赵大山", "0333", None), ("钱桂芳", "", None)]


def test_two_people_parted_again_count_by_their_own_lists(lead: Actor) -> None:
    people = ("姓名", "身份证号", "联系电话")
    taken(lead, 甲=sheet(("钱桂芳", OLD, "00055500111"), ("吴建国", MAN, "00055500222"), headings=people))
    taken(lead, 乙=sheet(("吴建国", MAN, "00055500222"), headings=people))
    kept, gone = Person.objects.get(name="钱桂芳"), Person.objects.get(name="吴建国")
    for person in (kept, gone):
        make.tie(Login.objects.get(), person.uid)
    sure = make.actor(Login.objects.get())
    given = {"kept_uid": kept.uid, "gone_uid": gone.uid, "why": "papers"}
    merge = actions_merge.merge_people(actor=sure, operation_id=uuid4(), **given)
    taken(lead, 丙=sheet(("钱桂芳", OLD, "独居"), headings=("姓名", "身份证号", "居住情况")))
    kept.refresh_from_db()
    assert kept.phone_last4 == "0222", "two lists say so"
    actions_merge.split_people(actor=sure, operation_id=uuid4(), merge_uid=UUID(str(merge)))
    chosen = Fact.objects.filter(field="phone", is_chosen=True).values_list("person__name", "person__phone_last4")
    assert sorted(chosen) == [("吴建国", "0222"), ("钱桂芳", "0111")]
