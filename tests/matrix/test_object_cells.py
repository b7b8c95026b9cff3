"""Every object page × role × place × relationship × exclusion × time of the grant × factor, against the oracle.

The suite tries a fixed sample, `make prove` forty times as many. Each answer is also searched for markers,
compared with the answer for something that does not exist, and held against the audit record.
"""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from linli.core.policy import ROLES
from linli.party.models import Exclusion, Grant, ImportBatch, Login, Person, Tie
from tests.matrix import cells, oracle
from tests.matrix.canaries import Marker
from tests.matrix.oracle import OTHER_PLACES, Standing
from tests.matrix.world import COUNTY, NOW, SAFETY, SENSITIVE, TODAY, TOWN, VILLAGE, Subject, World

pytestmark = pytest.mark.django_db
PROVE = os.environ.get("LINLI_PROVE") == "1"
SAMPLE = 4000 if PROVE else 60  # of some 425,000 for each route about people
SEED = 20260302
DAY = timedelta(days=1)

TIMES: dict[str, dict[str, Any]] = {
    "before": {"starts_on": TODAY + DAY},
    "first": {"starts_on": TODAY},
    "during": {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)},
    "last": {"starts_on": date(2026, 1, 1), "ends_on": TODAY},
    "after": {"starts_on": date(2026, 1, 1), "ends_on": TODAY - DAY},
    "proposed": {"starts_on": date(2026, 1, 1), "state": "proposed"},
    "ended": {"starts_on": date(2026, 1, 1), "state": "ended"},
}
TIES = ("none", "assigned", "co-worker", "supervises", "referral", "guardian", "self", "ended", "to come")
EXCLUDED = ("no", "login", "person", "household", "lifted")
FACTORS: dict[str, dict[str, datetime]] = {
    "none": {},
    "second": {"second": NOW - timedelta(hours=11)},
    "stale_second": {"second": NOW - timedelta(hours=12, minutes=1)},
    "fresh": {"second": NOW, "fresh": NOW},
    "stale_fresh": {"second": NOW, "fresh": NOW - timedelta(minutes=16)},
}
PLACES = (VILLAGE, TOWN, COUNTY, *OTHER_PLACES)
OBJECTS = {
    "person": "person",
    "person_print": "person",
    "flag": "flag",
    "need": "need",
    "need_proposals": "need_proposals",
    "referral": "referral",
}
PLAIN_OBJECTS = {"offer": ("offer", 1, TOWN), "import_page": ("import", SENSITIVE, VILLAGE)}
LISTS = ("people", "flags", "needs", "proposals", "referrals", "offers", "imports", "today", "county")


@dataclass(frozen=True)
class Cell:
    """One object page of one subject, and how somebody stands to it."""

    route: str
    subject: str
    who: Standing


def all_cells(route: str) -> Iterator[Cell]:
    has_subject = route not in PLAIN_OBJECTS or route == "import_page"  # its rows seem to be people
    subjects = ("adult", "child", "protected") if has_subject else ("",)
    ties = TIES if has_subject else ("none",)
    excluded = EXCLUDED if has_subject else ("no",)
    makers = (False, True) if route == "import_page" else (False,)
    for subject, *standing in itertools.product(subjects, ROLES, PLACES, TIMES, ties, excluded, FACTORS, makers):
        yield Cell(route, subject, Standing(*standing))


def chosen(route: str) -> list[Cell]:
    """All cells, or a sample drawn so that one half stands well enough to be let in but for one thing."""
    everything = list(all_cells(route))
    if len(everything) <= SAMPLE:
        return everything
    rng = random.Random(f"{SEED}:{route}")
    near = [cell for cell in everything if _faults(cell, route) <= 1]
    return rng.sample(near, min(SAMPLE // 2, len(near))) + rng.sample(everything, SAMPLE // 2)


def _faults(cell: Cell, route: str) -> int:
    """How many things stand against being let in."""
    who, kind = cell.who, OBJECTS.get(route) or PLAIN_OBJECTS[route][0]
    return sum(
        (
            who.role not in oracle.ROLES_FOR[kind],
            who.place in OTHER_PLACES,
            who.time not in oracle.HELD,
            route != "import_page" and who.tie in ("none", "ended", "to come"),
            route != "import_page" and who.is_excluded,
            who.factor != "fresh",
        )
    )


@pytest.fixture(scope="module")
def clients(world: World) -> dict[tuple[str, str], Client]:
    """A browser for every role and factor."""
    return {
        (role, factor): cells.client_of(world.logins[role], **shown)
        for role in ROLES
        for factor, shown in FACTORS.items()
    }


def stand(login: Login, who: Standing, subject: Subject | None, kind: str, rng: random.Random) -> None:
    """Write the standing into the database."""
    Grant.objects.create(login=login, role=who.role, place_path=who.place, created_at=NOW, **TIMES[who.time])
    if who.is_maker:
        ImportBatch.objects.update(maker_uid=login.uid)
    if subject is None:
        return
    thing: Any = {"flag": subject.flag, "referral": subject.referral}.get(kind, subject.need)
    own = subject.person if kind == "person" else thing
    if who.tie == "self":
        login.person = subject.person
        login.save(update_fields=["person"])
    elif who.tie != "none":
        kind_of_tie = who.tie if who.tie in TIES[:6] else "assigned"
        starts = NOW + DAY if who.tie == "to come" else NOW - DAY
        ends = NOW - timedelta(seconds=1) if who.tie == "ended" else None
        about = rng.choice([own.uid, subject.person.uid, subject.household.uid])
        Tie.objects.create(
            login=login, about_uid=about, kind=kind_of_tie, starts_at=starts, ends_at=ends, why="t", created_at=NOW
        )
    if who.excluded != "no":
        exclude(login, who.excluded, subject)


def exclude(login: Login, way: str, subject: Subject) -> None:
    """Keep the login away: itself, as the person it belongs to, from the person or the whole household."""
    about = subject.household.uid if way == "household" else subject.person.uid
    person = None
    if way == "person":
        person = login.person or Person.objects.create(
            created_at=NOW, place_path=COUNTY, sensitivity=2, name="回避的人", uid=uuid4()
        )
        login.person = person
        login.save(update_fields=["person"])
    Exclusion.objects.create(
        login=None if person else login,
        person=person,
        about_uid=about,
        why="violence",
        lifted_at=NOW - DAY if way == "lifted" else None,
        created_at=NOW,
    )


PAGES_OF_AN_IMPORT = ("", "?rows=all", "?step=columns")


def address(route: str, uid: UUID, page: str) -> str:
    return reverse(route, kwargs={"uid": uid}) + (page if route == "import_page" else "")


def uid_of(world: World, cell: Cell) -> UUID:
    if cell.route in PLAIN_OBJECTS:
        return world.offer.uid if cell.route == "offer" else world.batch.uid
    subject = world.subjects[cell.subject]
    row: Any = {"person": subject.person, "person_print": subject.person, "flag": subject.flag}.get(cell.route)
    row = row or (subject.referral if cell.route == "referral" else subject.need)
    return row.uid


def listed_routes() -> list[str]:
    from tests.matrix.test_function_cells import ROUTES

    return [name for name in LISTS if name in ROUTES]


def faults_of(world: World, clients: dict[tuple[str, str], Client], cell: Cell, rng: random.Random) -> list[str]:
    """Everything wrong with one cell."""
    subject = world.subjects.get(cell.subject)
    kind = OBJECTS.get(cell.route) or PLAIN_OBJECTS[cell.route][0]
    if cell.route in PLAIN_OBJECTS:
        _kind, sensitivity, at = PLAIN_OBJECTS[cell.route]
    else:
        sensitivity, at = (subject.sensitivity if kind == "person" else subject.work_sensitivity), VILLAGE
    wanted = oracle.answer(cell.who, kind, sensitivity, at)
    client = clients[cell.who.role, cell.who.factor]
    faults = []
    with cells.undone():
        login = Login.objects.get(pk=world.logins[cell.who.role].pk)
        stand(login, cell.who, subject, kind, rng)
        page = rng.choice(PAGES_OF_AN_IMPORT)
        got = cells.ask(client, "get", address(cell.route, uid_of(world, cell), page))
        if got.says != wanted:
            faults.append(f"{got.says}, not {wanted}")
        if got.says == wanted == "404":
            missing = cells.ask(client, "get", address(cell.route, uuid4(), page))
            if (missing.status, missing.shape) != (got.status, got.shape):
                faults.append("what is hidden does not answer like what is missing")
        opens_rows = kind != "import" or cell.who.is_maker
        faults += audit_faults(got, sensitivity if opens_rows else 0)
        others = [cells.ask(client, "get", reverse(name)) for name in rng.sample(listed_routes(), 1)]
    for answer in others:
        faults += [f"a list leads to the protected: {what}" for what in uids_in(world, cell, answer.text)]
    for answer in (got, *others):
        if not answer.status:
            faults.append(answer.fault)
        for marker in world.canaries.found_in(answer.text):
            if not oracle.may_know(cell.who, marker, tied_to=cell.subject):
                faults.append(f"leak of {marker.about}.{marker.field} (S{marker.sensitivity})")
    return faults


def uids_in(world: World, cell: Cell, text: str) -> list[str]:
    """Which rows about the protected subject an answer names by uid, to somebody who may know nothing of her."""
    hidden = world.subjects["protected"]
    whole = Marker("", "protected", "", SAFETY, False)
    if oracle.may_know(cell.who, whole, tied_to=cell.subject):
        return []
    rows = {"person": hidden.person, "flag": hidden.flag, "need": hidden.need, "referral": hidden.referral}
    return [what for what, row in rows.items() if str(row.uid) in text]


def audit_faults(got: cells.Answer, sensitivity: int) -> list[str]:
    """A denial leaves one row; a sensitive read leaves one row for every thing it opened, and none twice."""
    denied, read = got.rows_of("denied"), got.rows_of("read")
    faults = []
    if got.status in (403, 404) and len(denied) != 1:
        faults.append(f"{len(denied)} rows of a denial")
    if got.status == 200 and denied:
        faults.append("a denial recorded for what was given")
    if got.status == 200 and sensitivity >= SENSITIVE and not read:
        faults.append("a sensitive read without a row")
    twice = [
        key for key, times in Counter((row.action, row.object_uid, row.params) for row in read).items() if times > 1
    ]
    return faults + [f"recorded twice: {key[0]}" for key in twice]


@pytest.mark.parametrize("route", [*OBJECTS, *PLAIN_OBJECTS])
def test_object_cells(route: str, world: World, clients: dict[tuple[str, str], Client]):
    rng = random.Random(SEED)
    wrong: Counter[str] = Counter()
    example: dict[str, Cell] = {}
    tried = Counter()
    for cell in chosen(route):
        for fault in faults_of(world, clients, cell, rng):
            wrong[fault] += 1
            example.setdefault(fault, cell)
        tried[oracle.answer(cell.who, OBJECTS.get(route) or PLAIN_OBJECTS[route][0], 2, VILLAGE)] += 1
    assert tried["200"] > 0, "a sample nobody is let in by proves nothing"
    assert not wrong, "\n".join(f"{times} × {fault}; first: {example[fault]}" for fault, times in wrong.most_common())
