"""The demo county's people as they truly are: persons, households, statuses, staff, and who is barred from whom.

`build` is a pure function of the number of residents, the seed and the day. What departments send
about these people is made in `lists`, what should be found in `truth`, the past months in `history`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from linli.web.demo import cast, facts, groups, households, idnumbers
from linli.web.demo.columns import Columns, known, only
from linli.web.demo.pack import LOUXI, Pack, read

# A phone is shared by a whole household this often (elders and children more than others).
SHARED_PHONE, NO_PHONE, NO_DOCUMENT = 0.25, 0.02, 0.002


@dataclass(frozen=True)
class World:
    """Everything true about the county on one day. Tables are described in the demo's README.

    `people` are the same facts as `persons`, as arrays for the generators beside this module.
    """

    residents: int
    seed: int
    on: date
    pack: Pack
    persons: pa.Table
    households: pa.Table
    statuses: pa.Table
    exclusions: pa.Table
    people: Columns
    groups: groups.Groups
    cast: dict[str, int]


def build(residents: int, seed: int, on: date | None = None, pack: Pack | None = None) -> World:
    """`residents` invented people of the pack's county on the day `on` (the pack's own if not given).

    The same arguments give the same world. At least 100 residents are needed, else ValueError.
    """
    if residents < 100:
        raise ValueError("at least 100 residents are needed")
    pack = pack or read(LOUXI)
    on = on or pack.on
    rng = np.random.default_rng([seed, residents])
    named = cast.people(pack, on)
    homes = len(pack.cast["homes"])
    drawn = households.draw(pack, residents - len(named["age"]), rng, on, homes)
    people: Columns = {name: np.concatenate([named[name], drawn[name]]) for name in drawn}
    people["id_no"] = idnumbers.id_numbers(people["birth_on"], people["male"])
    people["id_no"] = only(rng.random(residents) >= NO_DOCUMENT, people["id_no"])
    people["phone"] = _phones(people, rng)
    people.update(facts.add(people, pack, rng, on))
    cast.tell(people, pack, on)
    people["card_no"] = _cards(people)
    enrolment = groups.enrol(people, groups.qualify(people, pack.parameters), rng, on)
    cast.enrol(enrolment, pack, on)
    return World(
        residents=residents,
        seed=seed,
        on=on,
        pack=pack,
        persons=_persons(people),
        households=_households(people),
        statuses=enrolment.table(),
        exclusions=_exclusions(pack, on),
        people=people,
        groups=enrolment,
        cast=cast.keys(pack),
    )


def generator(world: World, purpose: int) -> np.random.Generator:
    """A stream of chance of its own for each purpose, so that one part never shifts another."""
    return np.random.default_rng([world.seed, world.residents, purpose])


def _phones(people: Columns, rng: np.random.Generator) -> np.ndarray:
    """One number each, or the household's; null for a few."""
    count = len(people["age"])
    home = people["household_no"]
    quiet = (people["age"] < 14) | (people["age"] >= 75)
    shared = rng.random(count) < np.where(quiet, 0.7, SHARED_PHONE)
    number = np.where(shared, 5_000_000 + home, np.arange(count))
    phones = idnumbers.phones(number % 10_000_000)
    return only(rng.random(count) >= NO_PHONE, phones)


def _cards(people: Columns) -> np.ndarray:
    """Disability card number: ID number, class digit, grade digit; null without card or ID."""
    has = known(people["disability_class"]) & known(people["id_no"])
    cards = np.full(len(has), None, dtype=object)
    cards[has] = people["id_no"][has] + people["disability_class"][has] + people["disability_grade"][has]
    return cards


_PERSON_COLUMNS = (
    "relation",
    "name",
    "birth_on",
    "age",
    "id_no",
    "phone",
    "town_code",
    "community_code",
    "grid_code",
    "town",
    "community",
    "door",
    "address",
    "lat",
    "lon",
    "urban",
    "native",
    "shape",
    "household_size",
    "living",
    "self_care",
    "disability_class",
    "disability_grade",
    "card_no",
    "illness",
    "medical_fen",
    "income_fen",
    "supporters",
    "father_state",
    "mother_state",
    "guardian",
    "school",
    "employment",
    "housing",
    "veteran",
    "language",
    "last_visit_on",
)


def _persons(people: Columns) -> pa.Table:
    number = np.arange(len(people["age"]), dtype=np.int32)
    table = {
        "person_no": pa.array(number),
        "household_no": pa.array(people["household_no"].astype(np.int32)),
        "sex": pa.array(np.where(people["male"], "1", "2")),
    }
    for name in _PERSON_COLUMNS:
        table[name] = pa.array(people[name])
    return pa.table(table)


def _households(people: Columns) -> pa.Table:
    """One row a household: its head, size, kind and place."""
    head = np.flatnonzero(people["relation"] == "户主").astype(np.int32)
    return pa.table(
        {
            "household_no": pa.array(people["household_no"][head].astype(np.int32)),
            "head_person_no": pa.array(head),
            "size": pa.array(people["household_size"][head].astype(np.int32)),
            "shape": pa.array(people["shape"][head]),
            "community_code": pa.array(people["community_code"][head]),
            "address": pa.array(people["address"][head]),
        }
    )


def _exclusions(pack: Pack, on: date) -> pa.Table:
    """Who must never learn anything about whom: one row per protected person."""
    told, numbers = pack.cast["safety"], cast.keys(pack)
    offers = pack.offers
    excluded = numbers[told["excluded"]]
    name = cast.members(pack)[excluded]["name"]
    barred = [o["offer_id"] for o in offers.to_pylist() if o["provider"] == name]
    rows = [
        {
            "protected_person_no": numbers[key],
            "excluded_person_no": excluded,
            "excluded_username": told["excluded_login"],
            "excluded_offer_ids": barred,
            "reason": told["reason"],
            "valid_from": on - timedelta(days=told["since"]),
            "valid_to": on - timedelta(days=told["until"]),
            "safe_address": told["safe_address"],
            "safe_phone": told["safe_phone"],
        }
        for key in told["protected"]
    ]
    return pa.Table.from_pylist(rows)
