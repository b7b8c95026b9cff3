"""Who sees which proposals, unmet needs and referrals."""

from __future__ import annotations

from uuid import uuid4

import pytest

from linli.core.errors import NotFound
from linli.matching import queries
from linli.matching.models import Referral
from linli.matching.tests import make as bridge
from linli.need.tests import make as needs
from linli.party.models import Login, Person
from linli.party.tests import make

pytestmark = pytest.mark.django_db


def somebody(kind: str, wife: Person) -> Login:
    """The logins of the table below."""
    if kind == "tied":
        login = make.login(kind, ("worker", make.TOWN))
        make.tie(login, wife.uid)
        return login
    if kind == "excluded":
        husband = make.person("宋建国")
        login = make.login(kind, ("lead", make.TOWN), person=husband)
        make.tie(login, wife.uid)
        make.exclusion(wife.uid, person=husband)
        return login
    role, _at, place = kind.partition("@")
    return make.login(kind, (role, {"": make.TOWN, "next": make.NEXT_TOWN, "county": make.COUNTY}[place]))


@pytest.mark.parametrize(
    ("kind", "waits", "reads", "lists_referral", "reads_referral"),
    [
        ("tied", True, True, True, True),
        ("worker", True, False, True, False),
        ("county@county", False, False, True, False),
        ("worker@next", False, False, False, False),
        ("org_manager@county", False, False, False, False),
        ("secretary", False, False, False, False),
        ("volunteer@county", False, False, False, False),
        ("excluded", False, False, False, False),
    ],
)
def test_who_by_what(kind: str, waits: bool, reads: bool, lists_referral: bool, reads_referral: bool):
    wife = make.person("何秀珍")
    need, offer = needs.need(wife), bridge.offer()
    proposal = bridge.proposal(need, offer)
    referral = Referral.objects.create(
        created_at=make.NOW,
        number="999981-R2026-00001",
        need=need,
        offer=offer,
        proposal=proposal,
        consent_way="oral",
        answer_due_on="2026-03-05",
        sent_at=make.NOW,
        place_path=need.place_path,
        sensitivity=3,
        subject_uid=wife.uid,
        uid=uuid4(),
    )
    actor = make.actor(somebody(kind, wife))
    assert [row.uid for row in queries.waiting(actor)] == [need.uid] * waits
    assert [row.uid for row in queries.proposals_of(actor, need)] == [proposal.uid] * reads
    assert [row.uid for row in queries.referrals(actor)] == [referral.uid] * lists_referral
    assert queries.readable(actor, [referral], "referral.read") == ({referral.uid} if reads_referral else set())
    if not reads_referral:
        with pytest.raises(NotFound):
            queries.referral_by_uid(actor, referral.uid)


def test_whoever_answers_lists_only_what_was_sent_to_them():
    wife = make.person("何秀珍")
    manager = make.login("manager", ("org_manager", make.COUNTY))
    need, offer = needs.need(wife), bridge.offer()
    sent, other = (
        Referral.objects.create(
            created_at=make.NOW, number=number, need=need, offer=offer, consent_way="oral", answer_due_on="2026-03-09",
            sent_at=make.NOW, place_path=need.place_path, sensitivity=3, subject_uid=wife.uid,
        )
        for number in ("R1", "R2")
    )  # fmt: skip
    make.tie(manager, sent.uid, "referral")
    assert list(queries.referrals(make.actor(manager))) == [sent]
    make.grant(manager, "worker", make.TOWN)
    assert set(queries.referrals(make.actor(manager))) == {sent, other}, "a worker's own place lists them all"


def test_overdue_referrals_stand_first():
    wife = make.person("何秀珍")
    login = somebody("tied", wife)
    need, offer = needs.need(wife), bridge.offer()
    for at, due in enumerate(("2026-03-09", "2026-03-03", "2026-03-05")):
        Referral.objects.create(
            created_at=make.NOW, number=f"R{at}", need=need, offer=offer, consent_way="oral", answer_due_on=due,
            sent_at=make.NOW, place_path=need.place_path, sensitivity=3, subject_uid=wife.uid,
        )  # fmt: skip
    assert [row.number for row in queries.referrals(make.actor(login))] == ["R1", "R2", "R0"]


def test_what_belongs_to_somebody_merged_away_is_in_no_list_and_not_found_by_its_uid():
    kept, person = make.person(), make.person()
    login = make.login("worker", ("worker", make.TOWN))
    make.tie(login, person.uid)
    need, actor = needs.need(person), make.actor(login)
    proposal = bridge.proposal(need, bridge.offer())
    referral = Referral.objects.create(
        created_at=make.NOW, place_path=need.place_path, sensitivity=3, subject_uid=person.uid, number="R1", need=need,
        offer=proposal.offer, proposal=proposal, consent_way="oral", answer_due_on=make.NOW.date(), sent_at=make.NOW,
    )  # fmt: skip
    assert queries.proposal_by_uid(actor, proposal.uid) and queries.referral_by_uid(actor, referral.uid)
    assert queries.referrals(actor).exists()
    person.merged_into = kept
    person.save()
    assert not queries.referrals(actor).exists()
    for find, uid in ((queries.proposal_by_uid, proposal.uid), (queries.referral_by_uid, referral.uid)):
        with pytest.raises(NotFound):
            find(actor, uid)
