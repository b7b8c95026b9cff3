"""The list filter and decide() are two writings of one rule: on random worlds they must agree.

A world: one login with grants, ties, exclusions and assurance, and some guarded rows. For every
row of the policy table the rows `visible()` gives must be exactly those `decide()` allows.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linli.core.actor import anonymous, system_actor
from linli.core.decide import TIE_KINDS, ActorFacts, GrantFact, TieFact
from linli.core.policy import ACTIONS, ROLES
from linli.party.models import Exclusion, Grant, Household, Login, Person, Tie
from linli.party.queries import actor_of, excluded_from, visible
from linli.party.tests import make

NOW = datetime(2026, 3, 12, 16, 30, tzinfo=UTC)
TODAY = date(2026, 3, 13)  # half past midnight in Shanghai
DAY, MICRO = timedelta(days=1), timedelta(microseconds=1)
WORLDS = 12_500 if os.environ.get("LINLI_PROVE") == "1" else 200
ROWS = 8
UNLIKE = list({rule: action for action, rule in ACTIONS.items()}.values())  # equal rows of the table answer alike

ROW_UIDS = [UUID(int=100 + n) for n in range(ROWS)]
PERSON_UIDS = [UUID(int=200 + n) for n in range(3)]
HOME_UIDS = [UUID(int=300 + n) for n in range(3)]
LOGIN_UIDS = [UUID(int=400 + n) for n in range(2)]
PATHS = ["99/", "99/81/", "99/81/01/", "99/81/01/a/", "99/81/01/A/", "99/81/011/", "99/81/02/", "9%/", "_9/81/", ""]

days = st.sampled_from([TODAY - 400 * DAY, TODAY - DAY, TODAY, TODAY + DAY])
moments = st.sampled_from([NOW - 400 * DAY, NOW - MICRO, NOW, NOW + MICRO, NOW + DAY])
QUARTER, HALF_DAY = timedelta(minutes=15), timedelta(hours=12)
factors = st.sampled_from(
    [
        NOW + MICRO,
        NOW,
        NOW - QUARTER + MICRO,
        NOW - QUARTER,
        NOW - HALF_DAY + MICRO,
        NOW - HALF_DAY,
        NOW - 2 * DAY,
        None,
    ]
)
about = st.sampled_from([*ROW_UIDS, *PERSON_UIDS, *HOME_UIDS])


@dataclass(frozen=True)
class World:
    """Everything deciding looks at, as plain values."""

    person: int | None = None
    is_active: bool = True
    second: datetime | None = None
    fresh: datetime | None = None
    grants: list[tuple[str, str, date, date | None, str]] = field(default_factory=list)
    ties: list[tuple[int, UUID, str, datetime, datetime | None]] = field(default_factory=list)
    bars: list[tuple[int | None, int | None, UUID, datetime | None]] = field(default_factory=list)
    rows: list[tuple[str, int, UUID | None, UUID | None, UUID | None]] = field(default_factory=list)


worlds = st.builds(
    World,
    person=st.sampled_from([None, 0, 1]),
    is_active=st.sampled_from([True] * 9 + [False]),
    second=factors,
    fresh=factors,
    grants=st.lists(
        st.tuples(
            st.sampled_from(["worker", "lead", "county", *ROLES]),
            st.sampled_from(PATHS),
            days,
            st.none() | days,
            st.sampled_from(["active", "active", "active", "proposed", "refused", "ended"]),
        ),
        max_size=4,
    ),
    ties=st.lists(
        st.tuples(st.sampled_from([0, 0, 0, 1]), about, st.sampled_from(TIE_KINDS), moments, st.none() | moments),
        max_size=5,
    ),
    bars=st.lists(
        st.tuples(st.sampled_from([None, 0, 1]), st.sampled_from([None, 0, 1]), about, st.none() | moments).filter(
            lambda bar: bar[0] is not None or bar[1] is not None
        ),
        max_size=2,
    ),
    rows=st.lists(
        st.tuples(
            st.sampled_from(PATHS),
            st.integers(0, 4),
            st.none() | st.sampled_from(PERSON_UIDS),
            st.none() | st.sampled_from(HOME_UIDS),
            st.none() | st.sampled_from(LOGIN_UIDS),
        ),
        min_size=ROWS,
        max_size=ROWS,
    ),
)


def build(world: World, logins: list[Login], people: list[Person]) -> None:
    """Write the world into the database."""
    logins[0].person = None if world.person is None else people[world.person]
    logins[0].is_active = world.is_active
    logins[0].save(update_fields=["person", "is_active"])
    Grant.objects.bulk_create(
        Grant(login=logins[0], role=r, place_path=p, starts_on=s, ends_on=e, state=state, created_at=NOW)
        for r, p, s, e, state in world.grants
    )
    Tie.objects.bulk_create(
        Tie(login=logins[n], about_uid=uid, kind=kind, starts_at=s, ends_at=e, why="", created_at=NOW)
        for n, uid, kind, s, e in world.ties
    )
    Exclusion.objects.bulk_create(
        Exclusion(
            login=None if n is None else logins[n],
            person=None if p is None else people[p],
            about_uid=uid,
            why="",
            lifted_at=lifted,
            created_at=NOW,
        )
        for n, p, uid, lifted in world.bars
    )
    Household.objects.bulk_create(
        Household(
            uid=uid, place_path=p, sensitivity=s, subject_uid=about, household_uid=home, maker_uid=maker, created_at=NOW
        )
        for uid, (p, s, about, home, maker) in zip(ROW_UIDS, world.rows, strict=True)
    )


Cast = tuple[list[Login], list[Person]]


def make_cast() -> Cast:
    """The logins and people of every world."""
    people = [make.person(f"人{n}", uid=uid) for n, uid in enumerate(PERSON_UIDS)]
    logins = [make.login(f"login{n}", uid=uid) for n, uid in enumerate(LOGIN_UIDS)]
    return logins, people


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def compare(world: World, cast: Cast, name: str = "") -> int:
    """Hold both against each other for every action; gives how many rows some action allowed."""
    logins, people = cast
    allowed = 0
    with transaction.atomic():
        build(world, logins, people)
        login = Login.objects.get(pk=logins[0].pk)
        actor = actor_of(login, now=NOW, second_factor_at=world.second, fresh_factor_at=world.fresh)
        rows = list(Household.objects.order_by("uid"))
        for action in UNLIKE:
            by_decide = {row.uid for row in rows if actor.decide(action, row.facts())}
            by_filter = set(visible(actor, action, Household.objects.all()).values_list("uid", flat=True))
            assert by_filter == by_decide, f"{action} {name}"
            allowed += len(by_decide)
        transaction.set_rollback(True)
    return allowed


# Worlds in which one thing decides alone: what chance meets once in thousands, made by hand.
OLD = NOW - 400 * DAY
HERE = "99/81/01/"
FULL = World(
    person=0,
    second=NOW,
    fresh=NOW,
    grants=[(role, HERE, TODAY, None, "active") for role in ROLES],
    rows=[
        (HERE, 4, None, None, None),
        (HERE, 4, PERSON_UIDS[1], None, None),
        (HERE, 4, None, HOME_UIDS[1], None),
        (HERE, 3, PERSON_UIDS[0], None, LOGIN_UIDS[0]),
        (HERE, 2, PERSON_UIDS[2], HOME_UIDS[2], LOGIN_UIDS[0]),
        (HERE, 1, None, PERSON_UIDS[0], LOGIN_UIDS[1]),
        ("99/81/", 1, None, None, None),
        ("99/81/01/a/", 0, PERSON_UIDS[2], None, None),
    ],
)


def tied(*uids: UUID, starts: datetime = OLD, ends: datetime | None = None) -> list[Any]:
    return [(0, uid, kind, starts, ends) for uid in uids for kind in TIE_KINDS]


def barred(uid: UUID, login: int | None = 0, person: int | None = None, lifted: datetime | None = None) -> list[Any]:
    return [(login, person, uid, lifted)]


EVERY_TIE = tied(*ROW_UIDS, *PERSON_UIDS, *HOME_UIDS)
OWN_ROWS = tied(*ROW_UIDS)
HANDMADE = {
    "untied": FULL,
    "tied to every row itself": replace(FULL, ties=OWN_ROWS),
    "tied to one row itself": replace(FULL, person=None, ties=tied(ROW_UIDS[0])),
    "tied to one person": replace(FULL, person=None, ties=tied(PERSON_UIDS[1])),
    "tied to one home": replace(FULL, person=None, ties=tied(HOME_UIDS[1])),
    "ties begin now": replace(FULL, ties=tied(*ROW_UIDS, starts=NOW)),
    "ties begin later": replace(FULL, ties=tied(*ROW_UIDS, starts=NOW + MICRO)),
    "ties end now": replace(FULL, ties=tied(*ROW_UIDS, ends=NOW)),
    "ties end later": replace(FULL, ties=tied(*ROW_UIDS, ends=NOW + MICRO)),
    "somebody else's ties": replace(FULL, ties=[(1, *tie[1:]) for tie in OWN_ROWS]),
    **{
        f"tied as {kind} alone": replace(FULL, person=None, ties=OWN_ROWS[at :: len(TIE_KINDS)])
        for at, kind in enumerate(TIE_KINDS)
    },
    "barred from one row": replace(FULL, ties=EVERY_TIE, bars=barred(ROW_UIDS[0])),
    "barred from one person": replace(FULL, ties=EVERY_TIE, bars=barred(PERSON_UIDS[1])),
    "barred from one home": replace(FULL, ties=EVERY_TIE, bars=barred(HOME_UIDS[1])),
    "barred as a person": replace(FULL, ties=EVERY_TIE, bars=barred(PERSON_UIDS[1], None, 0)),
    "another is barred": replace(FULL, ties=EVERY_TIE, bars=barred(PERSON_UIDS[1], 1)),
    "another person is barred": replace(FULL, ties=EVERY_TIE, bars=barred(PERSON_UIDS[1], None, 1)),
    "nobody's person is barred": replace(FULL, person=None, ties=EVERY_TIE, bars=barred(PERSON_UIDS[1], None, 1)),
    "a bar lifted": replace(FULL, ties=EVERY_TIE, bars=barred(PERSON_UIDS[1], lifted=OLD)),
    "a bar to be lifted": replace(FULL, ties=EVERY_TIE, bars=barred(PERSON_UIDS[1], lifted=NOW + DAY)),
    "no factor": replace(FULL, ties=EVERY_TIE, second=None, fresh=None),
    "second factor only": replace(FULL, ties=EVERY_TIE, fresh=None),
    "fresh factor only": replace(FULL, ties=EVERY_TIE, second=None),
    "factors just held": replace(FULL, ties=EVERY_TIE, second=NOW - HALF_DAY + MICRO, fresh=NOW - QUARTER + MICRO),
    "factors just over": replace(FULL, ties=EVERY_TIE, second=NOW - HALF_DAY, fresh=NOW - QUARTER),
    "only proposed": replace(FULL, ties=EVERY_TIE, grants=[(*g[:4], "proposed") for g in FULL.grants]),
    "no grant": replace(FULL, ties=EVERY_TIE, grants=[]),
    "no grant, no person": replace(FULL, ties=EVERY_TIE, grants=[], person=None),
    "everywhere and nowhere": replace(
        FULL,
        grants=[(role, "", TODAY, None, "active") for role in ROLES],
        ties=EVERY_TIE,
        rows=[("", n % 5, None, None, None) for n in range(ROWS)],
    ),
    **{
        f"{role} alone": replace(FULL, person=None, grants=[(role, HERE, TODAY, TODAY, "active")], ties=OWN_ROWS[:18])
        for role in ROLES
    },
}


@pytest.mark.django_db
def test_filter_and_decide_agree_on_handmade_actors(cast: Cast):
    """Actors that signing in never makes: the filter does not rely on who made them."""
    build(replace(FULL, ties=EVERY_TIE), *cast)
    rows = list(Household.objects.order_by("uid"))
    known = actor_of(cast[0][0], now=NOW, second_factor_at=NOW, fresh_factor_at=NOW)
    nobody = replace(known.facts, login_uid=None)
    seen = set(visible(known, "person.list", Household.objects.all()).values_list("uid", flat=True))
    assert seen == set(ROW_UIDS) - {ROW_UIDS[6]}, "all but the one in the town around the village"
    for actor in (
        known,
        replace(known, facts=replace(known.facts, is_active=False)),
        replace(known, facts=nobody),
        anonymous(NOW),
        system_actor("job", NOW),
    ):
        for action in ACTIONS:
            by_decide = {row.uid for row in rows if actor.decide(action, row.facts())}
            by_filter = set(visible(actor, action, Household.objects.all()).values_list("uid", flat=True))
            assert by_filter == by_decide, action
    assert visible(system_actor("job", NOW), "person.list", Household.objects.all()).count() == ROWS
    assert not visible(replace(known, facts=replace(known.facts, is_active=False)), "page.public", Household.objects)


@pytest.mark.django_db
def test_an_actor_holds_what_is_written_of_the_login(cast: Cast):
    """Both writings look at these facts: one left out would go unnoticed by holding them against each other."""
    ties, bars = tied(PERSON_UIDS[1]), [*barred(HOME_UIDS[1]), *barred(ROW_UIDS[1], None, 0), *barred(ROW_UIDS[2], 1)]
    over = [*tied(HOME_UIDS[2], ends=NOW), *((1, *tie[1:]) for tie in ties)]
    waiting = ("worker", HERE, TODAY, None, "proposed")
    begins = ("county", HERE, TODAY + DAY, None, "active")
    given = ("lead", HERE, TODAY, TODAY, "active")
    build(replace(FULL, grants=[waiting, begins, given], ties=[*ties, *over], bars=bars), *cast)
    second, fresh = NOW - DAY, NOW - MICRO
    actor = actor_of(cast[0][0], now=NOW, second_factor_at=second, fresh_factor_at=fresh)
    assert actor.facts == ActorFacts(
        login_uid=LOGIN_UIDS[0],
        person_uid=PERSON_UIDS[0],
        grants=(GrantFact("county", HERE, TODAY + DAY), GrantFact("lead", HERE, TODAY, TODAY)),
        ties=tuple(TieFact(PERSON_UIDS[1], kind, OLD) for kind in TIE_KINDS),
        excluded_from=frozenset({HOME_UIDS[1], ROW_UIDS[1]}),
        second_factor_at=second,
        fresh_factor_at=fresh,
    )
    assert (actor.now, actor.name, actor.role) == (NOW, "login0", "lead")
    stranger = actor_of(cast[0][1], now=NOW)
    assert (stranger.person_uid, stranger.role) == (None, "")
    assert stranger.facts.excluded_from == {ROW_UIDS[2]}, "another's exclusions are not those of who is no person"
    assert actor_of(None, now=NOW) == anonymous(NOW)


@pytest.mark.django_db
def test_what_closed_since_a_moment_is_what_was_barred_after_it(cast: Cast):
    build(replace(FULL, bars=[*barred(PERSON_UIDS[1]), *barred(HOME_UIDS[1], None, 0)]), *cast)
    earlier = Exclusion.objects.filter(about_uid=HOME_UIDS[1])
    earlier.update(created_at=NOW - DAY)
    uid = LOGIN_UIDS[0]
    assert excluded_from(uid) == {PERSON_UIDS[1], HOME_UIDS[1]}
    assert excluded_from(uid, since=NOW - MICRO) == {PERSON_UIDS[1]}
    assert excluded_from(uid, since=NOW) == set()


@pytest.mark.django_db
def test_an_inactive_login_is_nobody(cast: Cast):
    logins, _ = cast
    logins[0].is_active = False
    assert not actor_of(logins[0], now=NOW).is_known


@pytest.mark.django_db
def test_a_place_path_is_compared_letter_by_letter(cast: Cast):
    world = World(
        grants=[("worker", "99/81/01/a/", TODAY, None, "active")], rows=[("99/81/01/A/", 2, None, None, None)] * ROWS
    )
    assert compare(world, cast) == 0


@pytest.mark.django_db
def test_filter_and_decide_agree_on_handmade_worlds(cast: Cast):
    for name, world in HANDMADE.items():
        compare(world, cast, name)


@pytest.mark.django_db
def test_filter_and_decide_agree_on_random_worlds(cast: Cast):
    seen = {"worlds": 0, "allowed": 0}

    @settings(
        max_examples=WORLDS,
        deadline=None,
        derandomize=os.environ.get("LINLI_PROVE") != "1",
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds)
    def run(world: World) -> None:
        seen["allowed"] += compare(world, cast)
        seen["worlds"] += 1

    run()
    assert seen["worlds"] >= WORLDS
    assert seen["allowed"] > seen["worlds"], "worlds in which nothing is allowed prove nothing"
