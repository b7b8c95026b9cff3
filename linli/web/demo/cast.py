"""Puts the named people of the pack's stories into the first places of the world.

They arrive as households like the drawn ones; what their stories say then replaces what chance gave them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from linli.web.demo.columns import Columns
from linli.web.demo.facts import working_day
from linli.web.demo.groups import Groups
from linli.web.demo.pack import Pack


def members(pack: Pack) -> list[dict[str, Any]]:
    """Every named person in order, with the household's place in `home_no`."""
    return [
        {**member, "home_no": number, "home": home, "first": at == 0}
        for number, home in enumerate(pack.cast["homes"])
        for at, member in enumerate(home["members"])
    ]


def keys(pack: Pack) -> dict[str, int]:
    """The name a story uses → the person's number."""
    return {member["key"]: number for number, member in enumerate(members(pack)) if "key" in member}


def people(pack: Pack, on: date) -> Columns:
    """The named people as columns, just like those drawn by `households`."""
    told = members(pack)
    sizes = [len(home["members"]) for home in pack.cast["homes"]]
    born = np.array([m["born"] for m in told], dtype="datetime64[D]")
    known = _places(pack)
    places = [known[m["home"]["community"]] for m in told]
    text = {
        "relation": [m.get("relation", "户主") for m in told],
        "name": [m["name"] for m in told],
        "shape": [m["home"]["shape"] for m in told],
        "town_code": [town["code"] for _, town in places],
        "community_code": [here["code"] for here, _ in places],
        "grid_code": [here["code"] + "001" for here, _ in places],
        "town": [town["name_zh"] for _, town in places],
        "community": [here["name_zh"] for here, _ in places],
        "door": [m["home"]["door"] for m in told],
        "address": [
            town["name_zh"] + here["name_zh"] + m["home"]["door"] for m, (here, town) in zip(told, places, strict=True)
        ],
    }
    return {
        **{name: np.array(values, dtype=object) for name, values in text.items()},
        "household_no": np.array([m["home_no"] for m in told]),
        "male": np.array([m["sex"] == "1" for m in told]),
        "age": np.array([_age(m["born"], on) for m in told], dtype=np.int32),
        "birth_on": born,
        "household_size": np.array([sizes[m["home_no"]] for m in told]),
        "urban": np.array([here["urban"] == 1 for here, _ in places]),
        "lat": np.array([here["lat"] - 0.004 for here, _ in places]),
        "lon": np.array([here["lon"] - 0.003 for here, _ in places]),
    }


def tell(people: Columns, pack: Pack, on: date) -> None:
    """Write the stories' facts over the drawn ones, in place."""
    for number, member in enumerate(members(pack)):
        people["native"][number] = True
        people["veteran"][number] = False
        people["disability_class"][number] = people["disability_grade"][number] = None
        people["last_visit_on"][number] = np.datetime64("NaT")
        for fact, value in member["facts"].items():
            if fact == "last_visit":
                people["last_visit_on"][number] = working_day(
                    np.datetime64(on) - np.array([value], dtype="timedelta64[D]")
                )[0]
            elif fact in people:
                people[fact][number] = value
        if "phone" in member:
            people["phone"][number] = member["phone"]


def enrol(groups: Groups, pack: Pack, on: date) -> None:
    """Register the named people exactly where their stories say, in place."""
    today = np.datetime64(on)
    for number, member in enumerate(members(pack)):
        told = member.get("enrolled", {})
        for group, listed in groups.enrolled.items():
            listed[number] = group in told
            if group in told:
                days = told[group]
                groups.since[group][number] = today - np.timedelta64(days[0], "D")
                ends = today - np.timedelta64(days[1], "D") if len(days) > 1 else np.datetime64("NaT")
                groups.until[group][number] = ends


def only_lists(pack: Pack) -> dict[int, list[str]]:
    """Persons whose story names the only department lists they stand on."""
    return {number: member["lists"] for number, member in enumerate(members(pack)) if "lists" in member}


def worker_of(pack: Pack) -> dict[int, str]:
    """Persons whose story names their worker → the worker's login."""
    return {n: m["facts"]["worker"] for n, m in enumerate(members(pack)) if "worker" in m["facts"]}


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _places(pack: Pack) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Community name → the community and its town."""
    rows = {row["code"]: row for row in pack.places.to_pylist()}
    return {row["name_zh"]: (row, rows[row["parent"]]) for row in rows.values() if row["level"] == "community"}
