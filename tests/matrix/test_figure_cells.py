"""Every figure of the overview × place × role × place of the role × time × factor; and no marker on any of them."""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from linli.core.policy import ROLES
from linli.party.models import Login
from tests.matrix import cells, oracle
from tests.matrix.oracle import Standing
from tests.matrix.test_object_cells import FACTORS, PLACES, SEED, TIMES, stand
from tests.matrix.world import COUNTY, TOWN, VILLAGE, World

pytestmark = pytest.mark.django_db
SAMPLE = 3000 if os.environ.get("LINLI_PROVE") == "1" else 60  # of 8,820 for each page
PAGES = {
    "county_place": {},
    "county_figure": {"figure": "waiting"},
    "county_figure_csv": {"figure": "on_file"},
    "county_classes": {},
    "county_classes_csv": {},
}


@dataclass(frozen=True)
class Cell:
    """One page of one place, and how somebody stands."""

    page: str
    at: str
    who: Standing


def all_cells(page: str) -> Iterator[Cell]:
    for at, role, place, time, factor in itertools.product((COUNTY, TOWN, VILLAGE), ROLES, PLACES, TIMES, FACTORS):
        yield Cell(page, at, Standing(role, place, time, factor=factor))


def chosen(page: str) -> list[Cell]:
    """A sample, half of it people whose role may open figures."""
    rng = random.Random(f"{SEED}:{page}")
    everything = list(all_cells(page))
    near = [c for c in everything if c.who.role in oracle.FIGURE_ROLES and c.who.time in oracle.HELD]
    return rng.sample(near, SAMPLE // 2) + rng.sample(everything, SAMPLE // 2)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[tuple[str, str], Client]:
    """A browser for every role and factor."""
    return {(r, f): cells.client_of(world.logins[r], **shown) for r in ROLES for f, shown in FACTORS.items()}


def faults_of(world: World, client: Client, cell: Cell, wanted: str) -> list[str]:
    """Everything wrong with one cell."""
    code = cell.at.rstrip("/").rpartition("/")[2]
    with cells.undone():
        login = Login.objects.get(pk=world.logins[cell.who.role].pk)
        stand(login, cell.who, None, "figure", random.Random(SEED))
        got = cells.ask(client, "get", reverse(cell.page, kwargs={"code": code, **PAGES[cell.page]}))
    faults = [] if got.says == wanted else [f"{got.says}, not {wanted}"]
    if wanted == "403" and len(got.rows_of("denied")) != 1:
        faults.append(f"{len(got.rows_of('denied'))} rows of a denial")
    if wanted == "200" and cell.page not in ("county_place", "county_classes") and len(got.rows_of("read")) != 1:
        faults.append(f"{len(got.rows_of('read'))} rows of a read")
    return faults + [f"a marker of {m.about}.{m.field}" for m in world.canaries.found_in(got.text)]


@pytest.mark.parametrize("page", PAGES)
def test_figure_cells(page: str, world: World, clients: dict[tuple[str, str], Client]):
    wrong: Counter[str] = Counter()
    example: dict[str, Cell] = {}
    tried: Counter[str] = Counter()
    for cell in chosen(page):
        wanted = oracle.figure_answer(cell.who, cell.at, takes_away=page.endswith("_csv"), by_class="classes" in page)
        for fault in faults_of(world, clients[cell.who.role, cell.who.factor], cell, wanted):
            wrong[fault] += 1
            example.setdefault(fault, cell)
        tried[wanted] += 1
    assert tried["200"] and tried["403"], "a sample that is all of one kind proves nothing"
    assert not wrong, "\n".join(f"{times} × {fault}; first: {example[fault]}" for fault, times in wrong.most_common())
