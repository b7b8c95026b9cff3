"""decide(): each clause alone, their order, and the edges of every span. No database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from linli.core.decide import (
    ActorFacts,
    GrantFact,
    ObjectFacts,
    Sensitivity,
    TieFact,
    decide,
)
from linli.core.policy import ACTIONS

NOW = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 12)
DAY = timedelta(days=1)
ME, MY_PERSON, THEM, HOME, OTHER = (UUID(int=n) for n in range(1, 6))
TOWN, VILLAGE, NEXT_TOWN = "99/9981/001/", "99/9981/001/02/", "99/9981/0011/"


def worker(**changes: object) -> ActorFacts:
    """A worker of the town with a tie to THEM, all factors fresh: every clause says yes."""
    facts = ActorFacts(
        login_uid=ME,
        person_uid=MY_PERSON,
        grants=(GrantFact("worker", TOWN, TODAY - 30 * DAY, TODAY + 30 * DAY),),
        ties=(TieFact(THEM, "assigned", NOW - DAY),),
        second_factor_at=NOW,
        fresh_factor_at=NOW,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def person(sensitivity: int = 3, **changes: object) -> ObjectFacts:
    thing = ObjectFacts("person", VILLAGE, Sensitivity(sensitivity), frozenset({THEM, HOME}))
    return replace(thing, **changes)  # type: ignore[arg-type]


def answer(
    facts: ActorFacts, thing: ObjectFacts, action: str = "person.read", field: Sensitivity = Sensitivity.PUBLIC
) -> tuple[str, bool]:
    decision = decide(facts, action, thing, now=NOW, today=TODAY, field_sensitivity=field)
    assert decision.allowed == (decision.reason == "allowed")
    return decision.reason, decision.hidden


def test_all_clauses_met_is_yes():
    for sensitivity in Sensitivity:
        assert answer(worker(), person(sensitivity)) == ("allowed", False)


@pytest.mark.parametrize(
    ("facts", "thing", "expected"),
    [
        (worker(is_active=False), person(), ("inactive", True)),
        (worker(excluded_from=frozenset({THEM})), person(), ("excluded", True)),
        (worker(excluded_from=frozenset({HOME})), person(), ("excluded", True)),
        (worker(excluded_from=frozenset({OTHER})), person(), ("allowed", False)),
        (worker(login_uid=None), person(), ("anonymous", True)),
        (worker(grants=()), person(), ("no_role", True)),
        (worker(grants=(GrantFact("donor", TOWN, TODAY),)), person(), ("no_role", True)),
        (worker(), person(place_path=NEXT_TOWN), ("outside_place", True)),
        (worker(), person(place_path="99/9981/"), ("outside_place", True)),
        (worker(), person(place_path=""), ("outside_place", True)),
        (worker(grants=(GrantFact("worker", "", TODAY),)), person(place_path=""), ("outside_place", True)),
        (worker(ties=()), person(2), ("allowed", False)),
        (worker(ties=()), person(3), ("no_relationship", True)),
        (worker(ties=()), person(4), ("no_relationship", True)),
        (worker(ties=(TieFact(OTHER, "assigned", NOW - DAY),)), person(3), ("no_relationship", True)),
        (worker(ties=(TieFact(HOME, "assigned", NOW - DAY),)), person(3), ("allowed", False)),
        (worker(second_factor_at=None), person(3), ("second_factor_needed", False)),
        (worker(second_factor_at=None), person(2), ("allowed", False)),
        (worker(second_factor_at=None), person(4), ("allowed", False)),
        (worker(fresh_factor_at=None), person(4), ("fresh_factor_needed", False)),
        (worker(fresh_factor_at=None), person(3), ("allowed", False)),
    ],
)
def test_one_clause_fails(facts: ActorFacts, thing: ObjectFacts, expected: tuple[str, bool]):
    assert answer(facts, thing) == expected


def test_without_a_relationship_nobody_is_told_that_something_sensitive_is_there():
    open_rules = 0
    for action, rule in ACTIONS.items():
        for sensitivity in (2, 3, 4):
            reason, hidden = answer(worker(ties=(), person_uid=None), person(sensitivity), action)
            if reason == "no_relationship":
                assert hidden == (rule.hides or sensitivity >= 3), action
                open_rules += not rule.hides
    assert open_rules, "of rules that hide everything anyhow this would prove nothing"


def test_exclusion_beats_everything_that_grants():
    barred = worker(
        excluded_from=frozenset({THEM}),
        person_uid=THEM,
        grants=tuple(GrantFact(role, "99/", TODAY) for role in sorted({r for a in ACTIONS.values() for r in a.roles})),
        ties=tuple(TieFact(THEM, kind, NOW) for kind in ("assigned", "supervises", "guardian", "self")),
    )
    for action in ACTIONS:
        for sensitivity in Sensitivity:
            assert answer(barred, person(sensitivity), action) == ("excluded", True)


def test_assurance_is_asked_last_so_that_it_tells_a_stranger_nothing():
    stranger = worker(ties=(), second_factor_at=None, fresh_factor_at=None)
    assert answer(stranger, person(4)) == ("no_relationship", True)
    assert answer(replace(stranger, grants=()), person(4)) == ("no_role", True)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(0, 0, True), (-1, 0, True), (0, 1, True), (1, None, False), (-2, -1, False), (0, None, True)],
)
def test_a_grant_holds_on_its_first_and_last_day(starts: int, ends: int | None, holds: bool):
    grant = GrantFact("worker", TOWN, TODAY + starts * DAY, None if ends is None else TODAY + ends * DAY)
    assert answer(worker(grants=(grant,)), person(2))[0] == ("allowed" if holds else "no_role")


MICRO = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [(NOW, None, True), (NOW + MICRO, None, False), (NOW - DAY, NOW, False), (NOW - DAY, NOW + MICRO, True)],
)
def test_a_tie_holds_from_its_start_until_its_end(starts: datetime, ends: datetime | None, holds: bool):
    tie = TieFact(THEM, "assigned", starts, ends)
    assert answer(worker(ties=(tie,)), person(3))[0] == ("allowed" if holds else "no_relationship")


@pytest.mark.parametrize(
    ("kind", "action", "counts"),
    [
        *((kind, "flag.read", True) for kind in ("assigned", "co-worker", "supervises", "referral")),
        *((kind, "flag.read", False) for kind in ("guardian", "self")),
        *((kind, "person.read", True) for kind in ("assigned", "guardian", "self")),
    ],
)
def test_only_the_actions_own_ties_count(kind: str, action: str, counts: bool):
    facts = worker(ties=(TieFact(THEM, kind, NOW - DAY),))
    assert answer(facts, person(3), action)[0] == ("allowed" if counts else "no_relationship")


@pytest.mark.parametrize(
    ("ago", "second", "fresh"),
    [
        (timedelta(0), True, True),
        (timedelta(minutes=15) - MICRO, True, True),
        (timedelta(minutes=15), True, False),
        (timedelta(hours=12) - MICRO, True, False),
        (timedelta(hours=12), False, False),
        (-MICRO, False, False),
    ],
)
def test_factors_run_out_and_never_count_from_the_future(ago: timedelta, second: bool, fresh: bool):
    facts = worker(second_factor_at=NOW - ago, fresh_factor_at=NOW - ago)
    assert bool(answer(facts, person(3))[0] == "allowed") is second
    assert bool(answer(facts, person(4))[0] == "allowed") is fresh


def test_a_field_can_be_more_sensitive_than_its_row():
    facts = worker(ties=(), second_factor_at=None, fresh_factor_at=None)
    assert answer(facts, person(2), field=Sensitivity.PERSONAL) == ("allowed", False)
    assert answer(facts, person(2), field=Sensitivity.SENSITIVE) == ("no_relationship", True)
    assert answer(worker(fresh_factor_at=None), person(2), field=Sensitivity.SAFETY)[0] == "fresh_factor_needed"
    assert answer(facts, person(3), field=Sensitivity.PERSONAL) == ("no_relationship", True)


def test_needs_tie_and_fresh_hold_whatever_the_class():
    assert answer(worker(ties=()), person(1), "person.reveal") == ("no_relationship", False)
    assert answer(worker(fresh_factor_at=None), person(1), "person.reveal") == ("fresh_factor_needed", False)
    assert answer(worker(), person(1), "person.reveal") == ("allowed", False)


def test_second_factor_of_the_action_holds_whatever_the_class():
    assert answer(worker(second_factor_at=None), person(1), "person.import")[0] == "second_factor_needed"
    assert answer(worker(second_factor_at=NOW), person(1), "person.import")[0] == "allowed"


def test_place_is_enough_leaves_assurance_standing():
    stranger = worker(ties=())
    assert answer(stranger, person(3), "need.list")[0] == "allowed"
    assert answer(replace(stranger, second_factor_at=None), person(3), "need.list")[0] == "second_factor_needed"


@pytest.mark.parametrize("action", ["flag.list", "flag.take", "need.list", "proposal.list", "referral.list"])
def test_the_place_alone_never_reaches_the_protected(action: str):
    assert answer(worker(ties=()), person(3), action) == ("allowed", False)
    assert answer(worker(ties=()), person(4), action) == ("no_relationship", True)
    assert answer(worker(), person(4), action) == ("allowed", False)


def test_what_shows_nothing_is_done_to_the_protected_by_place():
    assert answer(worker(ties=()), person(4), "person.exclude") == ("allowed", False)
    stale = worker(ties=(), fresh_factor_at=None)
    assert answer(stale, person(4), "person.exclude")[0] == "fresh_factor_needed"


def test_nobody_decides_on_their_own_business():
    assert answer(worker(), person(2, maker_uid=ME), "flag.decide") == ("own_business", False)
    assert answer(worker(), person(2, about=frozenset({MY_PERSON})), "flag.decide") == ("own_business", False)
    assert answer(worker(person_uid=None), person(2, maker_uid=None), "flag.decide") == ("allowed", False)
    assert answer(worker(), person(2, maker_uid=OTHER), "flag.decide") == ("allowed", False)
    assert answer(worker(), person(2, maker_uid=ME), "need.write") == ("allowed", False)


def test_the_person_concerned_needs_no_role_where_the_action_serves_oneself():
    me = ActorFacts(login_uid=ME, person_uid=MY_PERSON, second_factor_at=NOW, fresh_factor_at=NOW)
    mine = person(3, about=frozenset({MY_PERSON}))
    assert answer(me, mine) == ("allowed", False)
    assert answer(me, person(3)) == ("no_role", True)
    assert answer(me, mine, "flag.read") == ("no_role", True)
    assert answer(replace(me, second_factor_at=None), mine) == ("second_factor_needed", False)


def test_what_is_open_anywhere_is_so_only_while_internal_and_to_a_role():
    far = person(1, place_path="88/")
    assert answer(worker(), far, "offer.list") == ("allowed", False)
    assert answer(worker(), person(2, place_path="88/"), "offer.list") == ("outside_place", True)
    assert answer(worker(), far, "offer.list", field=Sensitivity.PERSONAL) == ("outside_place", False)
    assert answer(worker(grants=()), far, "offer.list") == ("no_role", False)
    assert answer(worker(excluded_from=frozenset({THEM})), far, "offer.list") == ("excluded", True)


def test_what_is_open_to_all_is_open_only_while_public():
    nobody = ActorFacts(login_uid=None)
    assert answer(nobody, person(0), "page.public") == ("allowed", False)
    assert answer(nobody, person(1), "page.public") == ("anonymous", True)
    assert answer(nobody, person(0), "page.public", field=Sensitivity.INTERNAL) == ("anonymous", True)
    assert answer(nobody, person(0), "person.read") == ("anonymous", True)


def test_one_of_several_grants_is_enough():
    two = worker(ties=(), grants=(GrantFact("worker", NEXT_TOWN, TODAY), GrantFact("worker", TOWN, TODAY)))
    assert answer(two, person(2)) == ("allowed", False)
    assert answer(two, person(2), "referral.list") == ("allowed", False)


def test_what_hides_is_hidden_elsewhere_whatever_its_class():
    assert answer(worker(), person(1, place_path=NEXT_TOWN)) == ("outside_place", True)


def test_a_role_that_is_over_reaches_nothing_for_one_that_follows_relationships():
    grants = (GrantFact("org_manager", TOWN, TODAY), GrantFact("worker", TOWN, TODAY - 2 * DAY, TODAY - DAY))
    assert answer(worker(ties=(), grants=grants), person(2), "referral.list")[0] == "no_relationship"


def test_what_is_not_said_opens_nothing():
    everywhere = worker(grants=(GrantFact("worker", "", TODAY),))
    assert answer(everywhere, ObjectFacts("list"), "person.list") == ("outside_place", False)
    assert answer(everywhere, ObjectFacts("list", VILLAGE), "person.list") == ("allowed", False)


def test_an_unknown_action_is_a_programming_mistake():
    with pytest.raises(KeyError):
        answer(worker(), person(), "person.destroy")
