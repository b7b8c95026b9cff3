"""Figures: every record is counted or left out for one reason, the parts add up, the past is told by the same rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.party.models import Login
from linli.party.queries import actor_of
from linli.party.tests import make
from linli.web import figures
from linli.web.figures import COUNTY, HAND, WAITING
from linli.web.tests import make as worlds

pytestmark = pytest.mark.django_db
STATES = ("open", "served", "closed", "withdrawn", "dismissed", "referred", "heard", "assessed", "proposed")


@pytest.fixture
def officer(db: None) -> Login:
    """A county officer, and a county with something in every state."""
    worlds.places()
    home = make.household()
    people = [make.person(f"居民{i}", household=home, household_uid=home.uid) for i in range(3)]
    people += [make.person("单居", place_path=make.NEXT_TOWN), make.person("没写地方", place_path=make.COUNTY)]
    for person in people:
        for days, state in enumerate(STATES):
            worlds.need(person, state, days=days * 9 + 2)
        for kind in ("missed", "expired", "risk", "expiring", "visit", "conflict"):
            worlds.flag(person, kind)
        for state in ("confirmed", "dismissed", "gone"):
            worlds.flag(person, "missed", state)
    taken = worlds.need(people[0], "referred", days=20)
    worlds.referral(taken, "accepted")
    dead = make.person("走了", died_on=worlds.today() - timedelta(days=1))
    worlds.need(dead)
    hidden = make.person("受保护", sensitivity=4, is_protected=True)
    worlds.need(hidden, sensitivity=4)
    worlds.flag(hidden, sensitivity=4)
    return make.login("officer", ("county", make.COUNTY))


def actor(login: Login, *, fresh: bool = True):
    now = timezone.now()
    return actor_of(login, now=now, second_factor_at=now, fresh_factor_at=now if fresh else None)


@pytest.mark.parametrize("code", list(COUNTY))
@pytest.mark.parametrize("path", [make.COUNTY, make.TOWN, make.VILLAGE, make.NEXT_TOWN])
def test_counted_and_left_out_are_all_records_in_scope(officer: Login, code: str, path: str):
    who, figure = actor(officer), COUNTY[code]
    rows = figure.records(who, path)
    counted, left = figure.counted(who, path).count(), figures.reasons(figure, rows)
    assert counted + sum(left.values()) == figure.records_of(who, "county.records", path).count()
    assert all(figure.reason(reason) for reason in left)


@pytest.mark.parametrize("code", list(COUNTY))
def test_the_places_add_up_to_the_whole(officer: Login, code: str):
    rows = COUNTY[code].counted(actor(officer), make.COUNTY)
    whole, parts = figures.tallies(rows, [make.TOWN, make.NEXT_TOWN])
    assert whole.records == sum(part.records for part in parts.values())
    assert whole.people == sum(part.people for part in parts.values()) == 5
    assert set(parts) == {make.TOWN, make.NEXT_TOWN, ""}


def test_three_counters_are_three_numbers(officer: Login):
    whole, _parts = figures.tallies(WAITING.counted(actor(officer), make.TOWN), ())
    assert (whole.people, whole.households, whole.records) == (3, 1, 15)


def test_a_referral_waits_until_it_is_accepted(officer: Login):
    left = figures.reasons(WAITING, WAITING.records(actor(officer), make.TOWN))
    assert left["taken_on"] == 1
    assert left["died"] == 1
    assert list(left) == ["died", "closed", "withdrawn", "dismissed", "served", "taken_on"]


def test_a_protected_person_is_in_no_figure_whatever_was_shown(officer: Login):
    for fresh in (True, False):
        who = actor(officer, fresh=fresh)
        for figure in COUNTY.values():
            assert not figure.records(who, make.COUNTY).filter(sensitivity=4).exists()


def test_who_is_excluded_counts_without_that_person(officer: Login):
    relative = make.login("relative", ("county", make.COUNTY))
    one = WAITING.counted(actor(officer), make.NEXT_TOWN)
    victim = one[0].subject_uid
    make.exclusion(victim, login=relative)
    for figure in COUNTY.values():
        assert not figure.records(actor(relative), make.COUNTY).filter(who=victim).exists()


def test_the_past_is_told_by_the_same_rule_as_the_present(officer: Login):
    who = actor(officer)
    told = figures.waiting_over(who, make.COUNTY, figures.week_ends(who.now))
    present, _parts = figures.tallies(WAITING.counted(who, make.COUNTY), ())
    assert len(told) == figures.WEEKS
    assert told[-1] == present.people
    assert told[0] == 0
    assert figures.waiting_over(who, make.COUNTY + "nowhere/", [who.now]) == [0]


def test_a_sample_is_the_same_for_everybody_and_another_for_another_seed(officer: Login):
    rows = list(WAITING.counted(actor(officer), make.COUNTY))
    drawn = figures.sample(rows, "20260302")
    assert len({row.uid for row in drawn}) == figures.SAMPLE
    assert figures.sample(rows[::-1], "20260302") == drawn
    assert figures.sample(rows, "20260303") != drawn


def test_ones_own_figures_hold_only_ones_own_people(officer: Login):
    worker = make.login("worker", ("worker", make.TOWN))
    person = WAITING.counted(actor(officer), make.TOWN)[0].person
    assert not any(figure.records(actor(worker), "", "need.read").exists() for figure in HAND.values())
    make.tie(worker, person.uid)
    for figure in HAND.values():
        rows = figure.records(actor(worker), "", "need.read")
        left = figures.reasons(figure, rows)
        assert set(rows.values_list("who", flat=True)) == {person.uid}
        assert rows.filter(why_not="").count() + sum(left.values()) == rows.count()
