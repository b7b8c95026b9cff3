"""The lists departments send about the county's people: who stands on which, and all of them at once.

What each looks like is in `departments`, its mistakes in `errors`, its files in `sheets`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from linli.web.demo import cast, sheets
from linli.web.demo.columns import Columns, known
from linli.web.demo.departments import WRITERS
from linli.web.demo.drafts import QUALITY
from linli.web.demo.facts import ADULT, ELDER
from linli.web.demo.sheets import DepartmentList
from linli.web.demo.world import World, generator


def make(world: World) -> list[DepartmentList]:
    """Every department's list about `world`, in the order they arrive; the same world gives the same lists."""
    members = membership(world)
    return [write(world, members[code]) for code, write in WRITERS.items()]


def write_lists(world: World, folder: Path) -> list[Path]:
    """Write the departments' files into `folder`; answers their paths."""
    return sheets.write(make(world), folder)


def membership(world: World) -> dict[str, np.ndarray]:
    """List code → the numbers of the persons on it, in the list's order."""
    people, listed = world.people, world.groups.enrolled
    rng = generator(world, 1)
    count, age = world.residents, people["age"]
    luck = {code: rng.random(count) for code in QUALITY}
    frail = (age >= 70) | np.isin(people["living"], ["alone", "empty_nest"])
    registered = np.any([listed[g] for g in ("MLA", "DES", "MLB", "RIG", "PWD", "CID", "DEF", "LBC", "ORP")], axis=0)
    hard = (
        registered
        | world.groups.qualifies["MLA"]
        | world.groups.qualifies["RIG"]
        | (np.isin(people["living"], ["alone", "empty_nest"]) & (age >= ELDER))
    )
    children = np.any([listed[g] for g in ("CID", "DEF", "ORP", "LBC")], axis=0)
    on = {
        "minimum": listed["MLA"],
        "marginal": listed["MLB"] | listed["RIG"],
        "destitute": listed["DES"],
        "disabled": listed["PWD"] & known(people["card_no"]),
        "elders": (age >= ELDER) & (luck["elders"] < np.where(frail, 0.90, 0.5)),
        "allowance": (age >= 80) & people["native"] & (luck["allowance"] < 0.94),
        "children": children & (age < ADULT),
        "grid": luck["grid"] < np.where(hard, 0.72, 0.10),
        "medical": (people["medical_fen"] > 40000) & (luck["medical"] < 0.7),
        "veterans": listed["VET"],
        "base": np.ones(count, dtype=bool),
    }
    for person, told in cast.only_lists(world.pack).items():
        for code in on:
            on[code][person] = code in told
    return {code: _ordered(people, np.flatnonzero(mask)) for code, mask in on.items()}


def _ordered(people: Columns, rows: np.ndarray) -> np.ndarray:
    """Rows by community and household, as registers are kept."""
    return rows[np.lexsort((rows, people["household_no"][rows], people["community_code"][rows].astype(str)))]
