"""Proposing, deciding and carrying a referral: state, audit, capacity, consent, who is kept away."""

from __future__ import annotations

import json
import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection

from linli.core.actor import Actor
from linli.core.decide import Sensitivity
from linli.core.errors import LinliError, NotFound, Refused
from linli.core.models import AuditRow, Job, Notice, Operation, Run
from linli.matching import actions
from linli.matching.models import Proposal, Referral, ReferralChange, Unmet
from linli.matching.tests import make as bridge
from linli.need.models import Need
from linli.need.tests import make as needs
from linli.offer.models import Offer
from linli.party import actions_protect, actions_rights
from linli.party.models import Household, Login, Person, Tie
from linli.party.tests import make
from linli.place.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: None) -> Person:
    return make.person(birth_year=1944)


@pytest.fixture
def worker(person: Person) -> Login:
    login = make.login("worker", ("worker", make.TOWN))
    make.tie(login, person.uid)
    return login


def accept(login: Login, proposal: Proposal, *, way: str = "oral", note: str = "") -> Referral:
    uid = actions.accept_proposal(
        actor=make.actor(login), operation_id=uuid4(), proposal_uid=proposal.uid, consent_way=way, note=note
    )
    return Referral.objects.get(uid=uid)


def test_accepting_takes_a_place_and_sends_a_referral_once(person: Person, worker: Login):
    offer, need, operation_id = bridge.offer(), needs.need(person), uuid4()
    proposal = bridge.proposal(need, offer)
    given = {"proposal_uid": proposal.uid, "consent_way": "oral"}
    answers = {
        actions.accept_proposal(actor=make.actor(worker), operation_id=operation_id, **given) for _time in range(2)
    }
    for row in (offer, need, proposal):
        row.refresh_from_db()
    referral = Referral.objects.get()
    assert answers == {str(referral.uid)}
    assert (offer.used, need.state, proposal.state, referral.state) == (1, "referred", "accepted", "sent")
    assert referral.answer_due_on.isoformat() == "2026-03-05" and ReferralChange.objects.count() == 1
    assert AuditRow.objects.filter(action="proposal.decide", outcome="done").count() == 1


@pytest.mark.parametrize(("way", "code"), [("not_asked", "consent_needed"), ("", "consent_unknown")])
def test_without_consent_nothing_is_told_to_anybody(way: str, code: str, person: Person, worker: Login):
    proposal = bridge.proposal(needs.need(person), bridge.offer())
    with pytest.raises(Refused, match=rf"matching[.]{code}"):
        accept(worker, proposal, way=way)
    assert not Referral.objects.exists() and Offer.objects.get().used == 0


def test_departing_from_the_first_asks_why(person: Person, worker: Login):
    need = needs.need(person)
    best = bridge.proposal(need, bridge.offer())
    second = bridge.proposal(need, bridge.offer("O2"), rank=2)
    with pytest.raises(Refused, match=r"matching[.]reason_needed"):
        accept(worker, second)
    assert accept(worker, second, note="离女儿家近").note == "离女儿家近"
    with pytest.raises(Refused, match=r"matching[.]need_not_open"):
        accept(worker, best)


def test_the_second_is_the_best_once_the_first_was_tried_in_vain(person: Person, worker: Login):
    need = needs.need(person)
    best = bridge.proposal(need, bridge.offer())
    second = bridge.proposal(need, bridge.offer("O2"), rank=2)
    tried = accept(worker, best)
    given = {"actor": make.actor(worker), "operation_id": uuid4(), "referral_uid": tried.uid}
    actions.move_referral(**given, to_state="declined", note="忙不过来")
    assert accept(worker, second).offer.code == "O2"


def test_declining_all_asks_why_and_none_comes_back(person: Person, worker: Login, system: Actor):
    need = needs.need(person, maker_uid=worker.uid)
    bridge.proposal(need, bridge.offer())
    given = {"actor": make.actor(worker), "need_uid": need.uid}
    with pytest.raises(Refused, match=r"matching[.]reason_needed"):
        actions.decline_all(operation_id=uuid4(), reason="", **given)
    assert actions.decline_all(operation_id=uuid4(), reason="她不愿意", **given) == 1
    with pytest.raises(Refused, match=r"matching[.]nothing_standing"):
        actions.decline_all(operation_id=uuid4(), reason="她不愿意", **given)
    actions.propose(actor=system, place_path=make.TOWN)
    assert not Proposal.objects.filter(state="open").exists()


def test_only_who_is_responsible_decides(person: Person):
    proposal = bridge.proposal(needs.need(person), bridge.offer())
    with pytest.raises((Refused, NotFound)):
        accept(make.login("stranger", ("worker", make.TOWN)), proposal)
    assert AuditRow.objects.filter(action="proposal.decide", outcome="denied").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_accept_the_last_place_at_once_and_one_wins():
    one, other = make.person("钱桂芳"), make.person("许建平")
    login, offer = make.login("worker", ("worker", make.TOWN)), bridge.offer(capacity=1)
    proposals = []
    for at, person in enumerate((one, other)):
        make.tie(login, person.uid)
        proposals.append(bridge.proposal(needs.need(person, number=f"999981-N2026-0000{at}"), offer))
    start, said = threading.Barrier(2), []

    def run(proposal: Proposal) -> None:
        try:
            start.wait(timeout=20)
            accept(login, proposal)
            said.append("won")
        except LinliError as error:
            said.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(proposal,)) for proposal in proposals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(said) == ["matching.offer_full", "won"]
    offer.refresh_from_db()
    assert (offer.used, Referral.objects.count()) == (1, 1)


# Who must be kept away, and whose own business it is


def exclude(login: Login, about: Person | Household, **who: UUID) -> None:
    actions_rights.add_exclusion(
        actor=make.actor(login), operation_id=uuid4(), about_uid=about.uid, why="violence", **who
    )


@pytest.mark.parametrize("way", ["person", "name", "manager", "household"])
def test_who_was_excluded_since_the_run_is_sent_nobody(way: str, worker: Login, person: Person):
    home = make.household()
    Person.objects.filter(pk=person.pk).update(household=home, household_uid=home.uid)
    person.refresh_from_db()
    husband, body = make.person("宋建国"), bridge.organisation()
    manager = bridge.manager("manager", body)
    given = {"manager": {"organisation": body}, "name": {"provider": "宋建国（志愿者）"}}.get(
        way, {"provider_person": husband}
    )
    offer, need = bridge.offer(**given), needs.need(person)
    proposal, other = bridge.proposal(need, offer), bridge.proposal(need, bridge.offer("O2"), rank=2)
    exclude(
        worker,
        home if way == "household" else person,
        **({"login_uid": manager.uid} if way == "manager" else {"person_uid": husband.uid}),
    )
    proposal.refresh_from_db()
    other.refresh_from_db()
    assert (proposal.state, other.state) == ("stale", "open")
    assert AuditRow.objects.filter(action="proposal.stale").count() == 1
    Proposal.objects.filter(pk=proposal.pk).update(state="open")  # as a run that began before would write it
    with pytest.raises(Refused, match=r"matching[.]not_suitable"):
        accept(worker, proposal)
    assert accept(worker, other, note="不合适").offer.code == "O2"


def test_a_run_that_began_before_an_exclusion_proposes_nobody_excluded(worker: Login, person: Person):
    husband = make.person("宋建国")
    need, offer = needs.need(person), bridge.offer(provider_person=husband)
    fresh = [Proposal(**_as_given(need, offer))]
    exclude(worker, person, person_uid=husband.uid)
    actions._replace(make.actor(worker), uuid4(), [need], fresh, [])
    assert not Proposal.objects.exists()


@pytest.mark.parametrize("way", ["himself", "his organisation"])
def test_nobody_accepts_what_is_given_by_himself(way: str, person: Person):
    body, own = bridge.organisation(), make.person("陶卫东")
    login = bridge.manager("worker", body)
    make.grant(login, "worker", make.TOWN)
    make.tie(login, person.uid)
    Login.objects.filter(pk=login.pk).update(person=own)
    login.refresh_from_db()
    given = {"provider_person": own} if way == "himself" else {"organisation": body}
    proposal = bridge.proposal(needs.need(person), bridge.offer(**given))
    with pytest.raises(Refused, match=r"matching[.]own_offer"):
        accept(login, proposal)
    assert not Referral.objects.exists()


def test_of_a_referral_under_way_the_responsible_are_told(worker: Login, person: Person):
    other, lead = make.login("other", ("worker", make.TOWN)), make.login("lead", ("lead", make.TOWN))
    make.tie(other, person.uid)
    husband, neighbour = make.person("宋建国"), make.person("邻居")
    barred = accept(worker, bridge.proposal(needs.need(person), bridge.offer(provider_person=husband)))
    beside = needs.need(person, number="999981-N2026-00002", code="clean")
    accept(worker, bridge.proposal(beside, bridge.offer("O2", provider_person=neighbour)))
    exclude(worker, person, person_uid=husband.uid)
    told = Notice.objects.filter(code="matching.referral_kept_away")
    assert {notice.login_uid for notice in told} == {worker.uid, other.uid}
    assert {notice.link for notice in told} == {f"/referrals/{barred.uid}/"}
    assert lead.uid not in {notice.login_uid for notice in told}


def test_a_need_left_without_proposals_is_matched_again(worker: Login, person: Person):
    husband = make.person("宋建国")
    bridge.proposal(needs.need(person), bridge.offer(provider_person=husband))
    exclude(worker, person, person_uid=husband.uid)
    assert [(job.name, job.args) for job in Job.objects.all()] == [("need.match", {"place_path": make.VILLAGE})]


def test_an_organisation_whose_manager_is_excluded_is_not_proposed(person: Person, system: Actor):
    body = bridge.organisation()
    make.exclusion(person.uid, login=bridge.manager("manager", body))
    bridge.offer(organisation=body)
    other = bridge.offer("O2")
    needs.need(person)
    actions.propose(actor=system, place_path=make.TOWN)
    assert set(Proposal.objects.values_list("offer", flat=True)) == {other.pk}


# Matching again


def test_the_excluded_husband_is_never_proposed_to_his_wife(person: Person, system: Actor):
    husband = make.person("宋建国")
    make.exclusion(person.uid, person=husband)
    joined = bridge.offer("O1", party="volunteer", provider="宋建国", provider_person=husband)
    by_name = bridge.offer("O2", party="volunteer", provider="宋建国")
    other = bridge.offer("O3")
    needs.need(person)
    actions.propose(actor=system, place_path=make.TOWN)
    assert set(Proposal.objects.values_list("offer", flat=True)) == {other.pk}
    assert joined.pk not in Proposal.objects.values_list("offer", flat=True)
    assert by_name.pk not in Proposal.objects.values_list("offer", flat=True)


def test_a_run_done_again_by_its_job_acts_once_and_is_recorded(person: Person, system: Actor):
    bridge.offer()
    needs.need(person)
    needs.need(person, number="999981-N2026-00002", code="job")
    job_uid = uuid4()
    for _time in range(2):
        actions.propose(actor=system, place_path=make.TOWN, job_uid=job_uid)
    assert (Proposal.objects.count(), Unmet.objects.count(), Run.objects.count()) == (1, 1, 1)
    row = AuditRow.objects.get(action="proposal.new")
    assert json.loads(row.params)["count"] == 2 and Operation.objects.filter(pk=row.operation_id).exists()
    actions.propose(actor=system, place_path=make.TOWN, job_uid=uuid4())
    assert Proposal.objects.count() == 2, "another job matches anew"


def test_what_is_left_over_keeps_its_reason(person: Person, system: Actor):
    bridge.offer(vetted_until="2026-01-01")
    needs.need(person)
    assert actions.propose(actor=system, place_path=make.TOWN) == {"needs": 1, "proposals": 0, "unmet": 1}
    unmet = Unmet.objects.get()
    assert unmet.binding == "vetting" and unmet.params and unmet.unlocked_by[0][0] == "lift_vetting"


def test_the_best_keeps_why_others_were_left_out(person: Person, system: Actor):
    bridge.offer("O1")
    late = bridge.offer("O2", vetted_until="2026-01-01")
    needs.need(person)
    actions.propose(actor=system, place_path=make.TOWN)
    assert [row["offer"] for row in Proposal.objects.get().rejected] == [str(late.uid)]


def test_matching_again_is_a_job_and_leaves_decisions_alone(person: Person, worker: Login):
    Place.objects.create(created_at=make.NOW, code="999981001", name="柳浜镇", level="town", path=make.TOWN)
    need = needs.need(person)
    referral = accept(worker, bridge.proposal(need, bridge.offer()))
    actions.move_referral(
        actor=make.actor(worker), operation_id=uuid4(), referral_uid=referral.uid, to_state="declined", note="没人手"
    )
    bridge.offer("O2")
    actions.ask_matching(actor=make.actor(worker), operation_id=uuid4(), place_path=make.TOWN)
    with pytest.raises(Refused, match=r"core[.]outside_place"):
        actions.ask_matching(actor=make.actor(worker), operation_id=uuid4(), place_path=make.NEXT_TOWN)
    job = Job.objects.get()
    assert job.name == "need.match" and job.args == {"place_path": make.TOWN}
    assert Proposal.objects.filter(state="accepted").count() == 1


# Referrals


def test_a_referral_declined_gives_the_place_back_and_reopens_the_need(person: Person, worker: Login):
    offer, need = bridge.offer(), needs.need(person)
    referral = accept(worker, bridge.proposal(need, offer))
    given = {"actor": make.actor(worker), "referral_uid": referral.uid}
    with pytest.raises(Refused, match=r"matching[.]reason_needed"):
        actions.move_referral(operation_id=uuid4(), to_state="declined", **given)
    operation_id = uuid4()
    for _time in range(2):
        actions.move_referral(operation_id=operation_id, to_state="declined", note="没人手", **given)
    for row in (offer, need, referral):
        row.refresh_from_db()
    assert (offer.used, need.state, referral.state) == (0, "open", "declined")
    assert referral.ended_at is not None
    with pytest.raises(Refused, match=r"matching[.]referral_state"):
        actions.move_referral(operation_id=uuid4(), to_state="done", **given)
    assert AuditRow.objects.filter(action="referral.write", outcome="done").count() == 1


def test_the_manager_of_the_organisation_answers_and_no_other(person: Person, worker: Login):
    body, other_body = bridge.organisation(), bridge.organisation("other")
    manager, other = bridge.manager("manager", body), bridge.manager("other", other_body)
    referral = accept(worker, bridge.proposal(needs.need(person), bridge.offer(organisation=body)))
    tie = Tie.objects.get(login=manager)
    assert (tie.about_uid, tie.kind) == (referral.uid, "referral")
    move(manager, referral.uid, "accepted")
    with pytest.raises(NotFound):
        move(other, referral.uid, "declined", "不做")
    with pytest.raises(NotFound):
        move(manager, referral.uid, "withdrawn", "不做")
    move(manager, referral.uid, "done")
    assert Need.objects.get().state == "served"


def move(login: Login, uid: UUID, to_state: str, note: str = "") -> None:
    actions.move_referral(actor=make.actor(login), operation_id=uuid4(), referral_uid=uid, to_state=to_state, note=note)


def test_what_a_run_tells_does_not_count_the_protected(person: Person, system: Actor):
    hidden = make.person("保密", sensitivity=4, is_protected=True)
    needs.need(person)
    needs.need(hidden, number="999981-N2026-00009", sensitivity=4)
    assert actions.propose(actor=system, place_path=make.TOWN) == {"needs": 1, "proposals": 0, "unmet": 1}
    assert Unmet.objects.count() == 2


def test_a_run_leaves_what_somebody_decided_since_it_began(person: Person, worker: Login):
    first, second = bridge.offer("O1"), bridge.offer("O2")
    one, two = needs.need(person), needs.need(person, number="999981-N2026-00002", code="clean")
    read_before = list(Need.objects.order_by("id"))
    fresh = [Proposal(**_as_given(need, offer)) for need in (one, two) for offer in (first, second)]
    accept(worker, bridge.proposal(one, first))
    declined = bridge.proposal(two, second)
    actions.decline_all(actor=make.actor(worker), operation_id=uuid4(), need_uid=two.uid, reason="不合适")
    actions._replace(make.actor(worker), uuid4(), read_before, fresh, [])
    assert not Proposal.objects.filter(need=one, state="open").exists(), "referred meanwhile"
    assert [row.offer for row in Proposal.objects.filter(need=two, state="open")] == [first]
    declined.refresh_from_db()
    assert declined.state == "declined"


def test_who_is_protected_while_offers_are_matched_is_guarded_in_what_comes_of_it(person: Person, worker: Login):
    need, other = needs.need(person), needs.need(person, "meal", number="999981-N2026-00002")
    fresh = [Proposal(**_as_given(need, bridge.offer()))]
    left = [Unmet(**_guarded(other), need=other, run_uid=uuid4(), binding="capacity")]
    given = {"person_uid": person.uid, "why": "violence"}
    actions_protect.protect_person(actor=make.actor(worker), operation_id=uuid4(), **given)
    actions._replace(make.actor(worker), uuid4(), [need, other], fresh, left)
    home = Person.objects.get(pk=person.pk).household_uid
    for row in (Proposal.objects.get(), Unmet.objects.get()):
        assert (row.sensitivity, row.household_uid) == (Sensitivity.SAFETY, home) and home is not None


def _as_given(need: Need, offer: Offer) -> dict[str, object]:
    return _guarded(need) | {"need": need, "offer": offer, "run_uid": uuid4(), "rank": 1, "score": 50}


def _guarded(need: Need) -> dict[str, object]:
    return {
        "uid": uuid4(), "created_at": make.NOW, "place_path": need.place_path, "sensitivity": 3,
        "subject_uid": need.subject_uid,
    }  # fmt: skip
