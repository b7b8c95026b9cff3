"""Writes about flags and needs: the state after, the row in the audit, and acting once."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest

from linli.core.actor import Actor
from linli.core.decide import Sensitivity
from linli.core.errors import Conflict, NotFound, Refused
from linli.core.models import AuditRow, Notice, Operation, Run
from linli.need import actions, compute
from linli.need.models import Flag, FlagChange, Need, NeedChange
from linli.need.tests import make as needs
from linli.party import actions_protect
from linli.party.models import GroupStatus, Login, Person, Tie
from linli.party.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: None) -> Person:
    return make.person(birth_year=1944)


@pytest.fixture
def worker(person: Person) -> Login:
    login = make.login("worker", ("worker", make.TOWN))
    make.tie(login, person.uid)
    return login


def test_confirming_opens_the_needs_of_the_rule_once(person: Person, worker: Login):
    flag, operation_id = needs.flag(person), uuid4()
    for _time in range(2):
        answer = actions.confirm_flag(actor=make.actor(worker), operation_id=operation_id, flag_uid=flag.uid)
    flag.refresh_from_db()
    opened = Need.objects.get()
    assert flag.state == "confirmed" and flag.decided_by == worker.uid
    assert answer["needs"] == [str(opened.uid)]
    assert opened.flag == flag and opened.due_on is not None and opened.maker_uid == worker.uid
    assert FlagChange.objects.count() == NeedChange.objects.count() == 1
    assert AuditRow.objects.filter(action="flag.decide", object_uid=flag.uid, outcome="done").count() == 1


def test_the_same_operation_with_other_content_is_a_conflict(person: Person, worker: Login):
    flag, operation_id = needs.flag(person), uuid4()
    actions.dismiss_flag(actor=make.actor(worker), operation_id=operation_id, flag_uid=flag.uid, reason="收入记错了")
    with pytest.raises(Conflict):
        actions.dismiss_flag(actor=make.actor(worker), operation_id=operation_id, flag_uid=flag.uid, reason="别的")


def test_dismissing_says_why_and_can_be_undone(person: Person, worker: Login):
    flag, actor = needs.flag(person), make.actor(worker)
    with pytest.raises(Refused, match=r"need[.]dismiss_wants_reason"):
        actions.dismiss_flag(actor=actor, operation_id=uuid4(), flag_uid=flag.uid, reason=" ")
    actions.dismiss_flag(actor=actor, operation_id=uuid4(), flag_uid=flag.uid, reason="收入记错了")
    with pytest.raises(Refused, match=r"need[.]flag_decided"):
        actions.confirm_flag(actor=actor, operation_id=uuid4(), flag_uid=flag.uid)
    actions.reopen_flag(actor=actor, operation_id=uuid4(), flag_uid=flag.uid)
    flag.refresh_from_db()
    assert (flag.state, flag.decided_by, flag.decision_reason) == ("new", None, "")
    assert list(flag.changes.order_by("id").values_list("to_state", flat=True)) == ["dismissed", "new"]


def test_only_who_is_responsible_decides(person: Person):
    stranger = make.login("stranger", ("worker", make.TOWN))
    flag = needs.flag(person)
    with pytest.raises((Refused, NotFound)):
        actions.confirm_flag(actor=make.actor(stranger), operation_id=uuid4(), flag_uid=flag.uid)
    assert Flag.objects.get().state == "new"
    assert AuditRow.objects.filter(action="flag.decide", outcome="denied").count() == 1


def test_a_worker_takes_a_flag_and_may_then_read_and_decide(person: Person):
    login = make.login("taker", ("worker", make.TOWN))
    flag = needs.flag(person)
    actions.take_flag(actor=make.actor(login), operation_id=uuid4(), flag_uid=flag.uid)
    assert Tie.objects.get(login=login).about_uid == person.uid
    actions.confirm_flag(actor=make.actor(login), operation_id=uuid4(), flag_uid=flag.uid)
    assert AuditRow.objects.filter(action="flag.take", outcome="done").count() == 1


def test_a_flag_of_a_protected_person_is_not_taken_from_a_list(person: Person):
    protected = make.person("保密", sensitivity=4, is_protected=True)
    login, lead = make.login("taker", ("worker", make.TOWN)), make.login("lead", ("lead", make.TOWN))
    flag = needs.flag(protected, sensitivity=4)
    for who, to in ((login, None), (lead, None), (lead, login.uid)):
        with pytest.raises(NotFound):
            actions.take_flag(actor=make.actor(who), operation_id=uuid4(), flag_uid=flag.uid, login_uid=to)
    assert not Tie.objects.exists() and Flag.objects.get().taken_by is None
    assert AuditRow.objects.filter(action="flag.take", outcome="denied").count() == 3


def test_a_flag_has_one_taker_and_the_second_is_told(person: Person):
    first, second = make.login("first", ("worker", make.TOWN)), make.login("second", ("worker", make.TOWN))
    flag = needs.flag(person)
    for _time in range(2):
        actions.take_flag(actor=make.actor(first), operation_id=uuid4(), flag_uid=flag.uid)
    with pytest.raises(Conflict, match=r"need[.]flag_taken"):
        actions.take_flag(actor=make.actor(second), operation_id=uuid4(), flag_uid=flag.uid)
    assert Flag.objects.get().taken_by == first.uid
    assert Tie.objects.get().login == first


def test_who_gives_a_taken_flag_to_another_lets_the_first_go(person: Person):
    first, second = make.login("first", ("worker", make.TOWN)), make.login("second", ("worker", make.TOWN))
    lead, flag = make.login("lead", ("lead", make.TOWN)), needs.flag(person)
    actions.take_flag(actor=make.actor(first), operation_id=uuid4(), flag_uid=flag.uid)
    actions.take_flag(actor=make.actor(lead), operation_id=uuid4(), flag_uid=flag.uid, login_uid=second.uid)
    assert Flag.objects.get().taken_by == second.uid
    assert Tie.objects.get(ends_at__isnull=True).login == second


def test_dismissing_lets_go_of_who_only_took_the_flag_and_undoing_takes_it_again(person: Person):
    login, flag = make.login("taker", ("worker", make.TOWN)), needs.flag(person)
    actions.take_flag(actor=make.actor(login), operation_id=uuid4(), flag_uid=flag.uid)
    actions.dismiss_flag(actor=make.actor(login), operation_id=uuid4(), flag_uid=flag.uid, reason="不是")
    assert not Tie.objects.filter(ends_at__isnull=True).exists()
    later = make.actor(login, now=make.NOW + timedelta(minutes=1))
    assert not later.decide("person.read", person.facts(), Sensitivity.SENSITIVE)
    other = make.login("other", ("worker", make.TOWN))
    with pytest.raises(NotFound):
        actions.reopen_flag(actor=make.actor(other), operation_id=uuid4(), flag_uid=flag.uid)
    actions.reopen_flag(actor=later, operation_id=uuid4(), flag_uid=flag.uid)
    assert Flag.objects.get().state == "new" and Tie.objects.filter(login=login, ends_at__isnull=True).count() == 1


def test_dismissing_leaves_who_has_more_to_do_with_the_person(person: Person, worker: Login):
    taker, given = make.login("taker", ("worker", make.TOWN)), make.login("given", ("worker", make.TOWN))
    lead = make.login("lead", ("lead", make.TOWN))
    one, two, three = needs.flag(person), needs.flag(person, "mlb_missed"), needs.flag(person, "pwd_missed")
    for flag in (one, two):
        actions.take_flag(actor=make.actor(taker), operation_id=uuid4(), flag_uid=flag.uid)
    actions.take_flag(actor=make.actor(lead), operation_id=uuid4(), flag_uid=three.uid, login_uid=given.uid)
    actions.dismiss_flag(actor=make.actor(worker), operation_id=uuid4(), flag_uid=three.uid, reason="不是")
    assert Tie.objects.filter(ends_at__isnull=True).count() == 3, "who was given a flag was named by somebody"
    actions.dismiss_flag(actor=make.actor(taker), operation_id=uuid4(), flag_uid=one.uid, reason="不是")
    assert Tie.objects.filter(login=taker, ends_at__isnull=True).exists(), "another flag is still taken"
    needs.need(person, maker_uid=taker.uid)
    actions.dismiss_flag(actor=make.actor(taker), operation_id=uuid4(), flag_uid=two.uid, reason="不是")
    assert Tie.objects.filter(login=taker, ends_at__isnull=True).exists(), "a need was written down since"


def test_screening_leaves_what_somebody_decided_meanwhile(person: Person, worker: Login):
    flag, other = needs.flag(person), needs.flag(person, "mlb_missed")
    read_before = list(Flag.objects.order_by("id"))
    actions.confirm_flag(actor=make.actor(worker), operation_id=uuid4(), flag_uid=flag.uid)
    assert actions._let_go(make.actor(worker), uuid4(), read_before) == 1
    assert list(Flag.objects.order_by("id").values_list("state", flat=True)) == ["confirmed", "gone"]
    assert [change.to_state for change in flag.changes.all()] == ["confirmed"] and other.changes.count() == 1


def test_who_is_protected_while_rules_run_is_guarded_in_what_they_find(person: Person, worker: Login):
    found = Flag(
        uid=uuid4(), created_at=make.NOW, place_path=person.place_path, sensitivity=3, subject_uid=person.uid,
        person=person, rule="mla_missed", rule_version="1", kind="missed", run_uid=uuid4(),
    )  # fmt: skip
    actions_protect.protect_person(
        actor=make.actor(worker), operation_id=uuid4(), person_uid=person.uid, why="violence"
    )
    actions._raise(make.actor(worker), [found])
    raised, home = Flag.objects.get(), Person.objects.get().household_uid
    assert (raised.sensitivity, raised.household_uid) == (Sensitivity.SAFETY, home) and home is not None


def test_a_screening_done_again_by_its_job_acts_once_and_each_chunk_is_recorded(system: Actor):
    people = [make.person(f"王{chr(0x4E00 + number)}", birth_year=1944) for number in range(actions.CHUNK // 4 + 5)]
    GroupStatus.objects.bulk_create(
        GroupStatus(
            created_at=make.NOW, place_path=one.place_path, sensitivity=3, subject_uid=one.uid, person=one,
            group=group, starts_on=date(2025, 1, 1), ends_on=date(2026, 2, 1),
        )
        for one in people for group in ("MLA", "DES", "MLB", "PWD")
    )  # fmt: skip
    job_uid = uuid4()
    first = actions.screen_people(actor=system, place_path=make.TOWN, job_uid=job_uid)
    written = Flag.objects.count()
    assert written == first["new"] > actions.CHUNK and Run.objects.count() == 1
    rows = AuditRow.objects.filter(action="flag.new").order_by("number")
    assert [json.loads(row.params)["count"] for row in rows] == [actions.CHUNK, written - actions.CHUNK]
    assert {row.operation_id for row in rows} == set(Operation.objects.values_list("operation_id", flat=True))
    lost = Flag.objects.order_by("-id")[: written - actions.CHUNK]  # as if it had not come so far
    Flag.objects.filter(pk__in=list(lost.values_list("pk", flat=True))).delete()
    Operation.objects.filter(pk=rows.last().operation_id).delete()
    actions.screen_people(actor=system, place_path=make.TOWN, job_uid=job_uid)
    assert Flag.objects.count() == written and rows.all().count() == 3 and Run.objects.count() == 1


def test_a_worker_cannot_give_a_flag_to_another_but_a_lead_can(person: Person, worker: Login):
    lead, other = make.login("lead", ("lead", make.TOWN)), make.login("other", ("worker", make.TOWN))
    flag = needs.flag(person)
    with pytest.raises((Refused, NotFound)):
        actions.take_flag(actor=make.actor(worker), operation_id=uuid4(), flag_uid=flag.uid, login_uid=other.uid)
    actions.take_flag(actor=make.actor(lead), operation_id=uuid4(), flag_uid=flag.uid, login_uid=other.uid)
    assert Tie.objects.filter(login=other, about_uid=person.uid, kind="assigned").count() == 1
    assert Notice.objects.get().login_uid == other.uid


def test_a_flag_is_given_only_to_the_station_of_its_place(person: Person):
    lead, far = make.login("lead", ("lead", make.TOWN)), make.login("far", ("worker", make.NEXT_TOWN))
    flag = needs.flag(person)
    with pytest.raises(Refused, match=r"need[.]worker_elsewhere"):
        actions.take_flag(actor=make.actor(lead), operation_id=uuid4(), flag_uid=flag.uid, login_uid=far.uid)
    assert not Tie.objects.exists()


def test_a_need_is_written_down_with_words_and_wishes(person: Person, worker: Login):
    uid = actions.open_need(
        actor=make.actor(worker),
        operation_id=uuid4(),
        person_uid=person.uid,
        code="bath",
        level=2,
        words="不敢一个人洗",
        channel="visit",
        wishes={"helper_sex": "2"},
    )
    need = Need.objects.get(uid=uid)
    assert (need.words, need.sensitivity, need.number[-5:]) == ("不敢一个人洗", 3, "00001")
    with pytest.raises(Refused, match=r"need[.]code_unknown"):
        actions.open_need(actor=make.actor(worker), operation_id=uuid4(), person_uid=person.uid, code="gold", level=2)


def test_a_need_moves_as_its_rules_allow(person: Person, worker: Login):
    need, actor = needs.need(person), make.actor(worker)
    with pytest.raises(Refused, match=r"need[.]move_wants_note"):
        actions.move_need(actor=actor, operation_id=uuid4(), need_uid=need.uid, to_state="closed")
    actions.move_need(actor=actor, operation_id=uuid4(), need_uid=need.uid, to_state="closed", note="她女儿来了")
    need.refresh_from_db()
    assert need.state == "closed" and need.closed_at is not None
    with pytest.raises(Refused, match=r"need[.]move_not_allowed"):
        actions.move_need(actor=actor, operation_id=uuid4(), need_uid=need.uid, to_state="served", note="x")
    assert AuditRow.objects.filter(action="need.write", outcome="done").count() == 1


def test_counting_days_on_is_no_new_ground():
    earlier = '{"age":82,"last_visit_days":9,"last_visit_on":"2026-02-20"}'
    assert compute.ground(earlier) == compute.ground(earlier.replace(":9,", ":10,"))
    assert compute.ground(earlier) != compute.ground(earlier.replace("02-20", "02-21"))
