"""38 精准匹配: the machine ranks with reasons, a person decides, the last place is given once, walls are walls."""

from __future__ import annotations

import pytest

from linli.matching.models import Proposal, Referral
from linli.need.models import Need
from linli.offer.models import Offer
from linli.party.models import Login, Person
from linli.party.tests import make
from tests.stories import county, steps
from tests.stories.steps import QIAN, SHEN
from tests.stories.walk import Walk


def given_two_who_want_a_bath(walk: Walk) -> tuple[Login, Login, Person, Person]:
    """The lists and offers are in, the worker is responsible for both and wrote their wishes down."""
    lead = steps.given_the_lists_are_in(walk)
    steps.offers_are_in(walk)
    worker = county.worker()
    qian, shen = Person.objects.get(name=QIAN), Person.objects.get(name=SHEN)
    for person in (qian, shen):
        make.tie(worker, person.uid)
    return lead, worker, qian, shen


@pytest.mark.mechanism(38)
def test_a_person_decides_and_the_last_place_is_given_once(walk: Walk):
    """Given one bathing place and two who want it, the first accepted gets it; nobody is put on top of it."""
    _lead, worker, qian, shen = given_two_who_want_a_bath(walk)
    Offer.objects.filter(code="OF02").update(is_withdrawn=True)
    walk.enter(worker)
    steps.write_need(walk, qian)
    steps.propose_again(walk)
    need = Need.objects.get(person=qian)
    best = Proposal.objects.get(need=need, state="open")
    walk.open(f"/proposals/{need.uid}/")
    assert "上门助浴" in walk.text and "专做这一项" in walk.text and "怎么排的" in walk.text
    assert Referral.objects.count() == 0, "nothing goes out before a person has decided"

    steps.accept(walk, need, best)
    referral = Referral.objects.get()
    assert walk.path == f"/referrals/{referral.uid}/" and referral.need.pk == need.pk
    assert Offer.objects.get(code="OF01").used == 1

    steps.write_need(walk, shen)
    steps.propose_again(walk)
    later = Need.objects.get(person=shen)
    assert not Proposal.objects.filter(need=later, state="open").exists()
    walk.open(f"/proposals/{later.uid}/")
    assert "名额" in walk.text, walk.text


@pytest.mark.mechanism(38)
def test_an_excluded_relative_is_never_proposed(walk: Walk):
    """Given her husband, a volunteer who offers baths, kept away from her: he is proposed to others, never to her."""
    _lead, worker, qian, shen = given_two_who_want_a_bath(walk)
    husband = make.person("钱大勇", make.VILLAGE)
    his = make.login("husband", ("volunteer", make.TOWN), person=husband, display_name="钱大勇")
    Offer.objects.filter(code="OF02").update(provider_person=husband)
    walk.enter(worker)
    steps.keep_away(walk, qian, his)
    for person in (qian, shen):
        steps.write_need(walk, person)
    steps.propose_again(walk)
    offered = set(Proposal.objects.filter(state="open").values_list("need__person__name", "offer__code"))
    assert (SHEN, "OF02") in offered
    assert (QIAN, "OF01") in offered
    assert (QIAN, "OF02") not in offered
