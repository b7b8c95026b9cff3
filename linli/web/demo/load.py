"""Fills an empty instance with the demo county: places, staff, lists, the violence case, three months of work.

People, facts, flags and proposals arrive by the same actions and jobs as a user's upload. What lies in
the past and what no page can yet write goes in as bulk rows, each lot with one audit row that holds
its count and digest. All of it stands at half past midnight of the demo's day.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path

import pyarrow as pa
from django.conf import settings

from linli.core.actor import LOCAL, system_actor
from linli.core.audit import unit_of_work
from linli.core.models import Run
from linli.core.runs import DEMO, store_run
from linli.engines.progress import Progress, silent
from linli.matching import actions as matching
from linli.place import actions as place
from linli.place.divisions import national_divisions
from linli.web.demo import history, lists, load_history, load_people, load_safety, load_staff, world
from linli.web.demo.pack import LOUXI, Pack, read
from linli.web.demo.sheets import write

VERSION = "1"
MORNING = clock(0, 30)
SHIFTED = ("valid_from", "valid_to", "vetted_until")


@dataclass(frozen=True)
class DemoReport:
    """How much there is of everything, how long each step took, and the accounts whose passwords are told."""

    counts: dict[str, int]
    seconds: dict[str, float] = field(default_factory=dict)
    accounts: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Loaded:
    """A demo that stands in the database: its counts, and what its world is built again from."""

    report: DemoReport
    residents: int
    seed: int
    on: date


def load(residents: int, seed: int, on: date, tell: Progress = silent) -> DemoReport:
    """Fill the instance Django is set up on. It must be migrated and hold no people.

    `on`: the demo's day; the three months before it are filled. `residents`: at least 100.
    """
    clocked = _Clock(tell)
    actor = system_actor("demo", datetime.combine(on, MORNING, LOCAL))
    pack = moved(read(LOUXI), on)
    hashes = load_staff.begin_hashing(pack)
    with clocked.step("world"):
        county = world.build(residents, seed, on, pack)
        sheets = lists.make(county)
        # The same files the county was loaded from, for whoever wants to import them by hand.
        write(sheets, Path(settings.HOME) / "lists")
        before = history.past(county)
    with clocked.step("places"):
        places = place.load_places(actor=actor, rows=[*national_divisions(), *_own_places(pack)])
    with clocked.step("staff"):
        staff = load_staff.add_staff(actor, pack, hashes)
    with clocked.step("lists"):
        batch = load_people.import_lists(actor, county, sheets, staff)
    with clocked.step("people"):
        found = load_people.found_people(actor, county, sheets, batch)
        load_people.tell_who_is_who(actor, county, found, staff)
        ties = load_people.add_ties(actor, county, before, found, staff)
        load_safety.protect(actor, county, found, staff)
    with clocked.step("offers"):
        load_people.import_offers(actor, pack, found)
    with clocked.step("history"):
        past = load_history.add_history(actor, before, found, staff)
    with clocked.step("match"):
        matching.propose(actor=actor, place_path=load_people.county_path(pack))
    counts = {"residents": residents, "places": places, "logins": len(staff.logins), "ties": ties, **past}
    counts |= load_people.counts_of(batch)
    with unit_of_work():
        store_run(
            actor,
            engine=DEMO,
            version=VERSION,
            digest=batch.content_digest,
            seed=str(seed),
            options={"residents": residents, "on": on.isoformat()},
            report={"counts": counts, "accounts": staff.accounts},
        )
    return DemoReport(counts, clocked.seconds, staff.accounts)


def loaded() -> Loaded | None:
    """The demo this instance holds; None when it holds none."""
    run = Run.objects.filter(engine=DEMO).order_by("id").first()
    if run is None:
        return None
    report = DemoReport(run.report["counts"], {}, run.report["accounts"])
    return Loaded(report, int(run.options["residents"]), int(run.seed), date.fromisoformat(run.options["on"]))


def world_of(held: Loaded) -> world.World:
    """The world a demo was made from, built again."""
    return world.build(held.residents, held.seed, held.on, moved(read(LOUXI), held.on))


def moved(pack: Pack, on: date) -> Pack:
    """The pack with its offers' days moved along with the demo's day, so that none has lapsed by the calendar."""
    if on == pack.on:
        return pack
    offers = pack.offers
    shift = on - pack.on
    for name in SHIFTED:
        days = [day and day + shift for day in offers[name].to_pylist()]
        offers = offers.set_column(offers.column_names.index(name), name, pa.array(days, pa.date32()))
    return Pack(**{**vars(pack), "offers": offers})


def _own_places(pack: Pack) -> list[dict[str, str]]:
    """The pack's places as the place block reads them: text, the Chinese name as the name."""
    return [
        {**{key: "" if value is None else str(value) for key, value in row.items()}, "name": row["name_zh"]}
        for row in pack.places.to_pylist()
    ]


class _Clock:
    """How long each step took, told as it begins."""

    def __init__(self, tell: Progress) -> None:
        self.seconds: dict[str, float] = {}
        self._tell = tell

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._tell(name)
        began = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - began, 2)
