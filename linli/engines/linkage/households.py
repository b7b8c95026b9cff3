"""Persons → households: one household number in one list, else one head's ID number, else one door and a named tie.

Nobody is put with neighbours for the address alone. A tie that would gather more than
`_MOST` people (a number used for a whole village, an institution's door) is not believed.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict

import numpy as np
import pyarrow as pa

from linli.engines.linkage.clusters import components
from linli.engines.linkage.data import VERSION
from linli.engines.linkage.features import clean_id
from linli.engines.linkage.names import plain_name
from linli.engines.linkage.places import road_and_door

HOUSEHOLDS = pa.schema(
    [
        ("household_id", pa.string()),
        ("head_person_id", pa.string()),
        ("size", pa.int32()),
        ("region", pa.string()),
        ("address", pa.string()),
    ]
)
_HEAD_WORDS = frozenset({"户主", "本人", "本人或户主", "户主本人", "申请人", "head", "self"})
_MOST = 15


def group_persons(prepared: pa.Table, chosen: dict[str, dict[str, str | None]]) -> tuple[dict[str, str], pa.Table]:
    """`person_id → household_id`, and the HOUSEHOLDS table.

    `prepared` has the records with their person; `chosen` maps field → person → chosen value.
    """
    persons = sorted(set(prepared["person_id"].to_pylist()))
    number = {person: at for at, person in enumerate(persons)}
    settled = np.arange(len(persons))
    for ties in _ties(prepared, number):
        settled = _joined(settled, ties)
    members: dict[int, list[str]] = defaultdict(list)
    for person, group in zip(persons, settled.tolist(), strict=True):
        members[group].append(person)
    heads_named = _heads_named(prepared)
    rows = []
    home: dict[str, str] = {}
    for persons_in in members.values():
        household = "H" + hashlib.sha256(f"{VERSION}:{persons_in[0]}".encode()).hexdigest()[:12].upper()
        home |= dict.fromkeys(persons_in, household)
        head = _head(persons_in, chosen, heads_named)
        rows.append((household, head, len(persons_in), chosen["region"].get(head), chosen["address"].get(head)))
    columns = list(zip(*sorted(rows), strict=True)) if rows else [() for _ in HOUSEHOLDS]
    arrays = [pa.array(list(column), kind) for column, kind in zip(columns, HOUSEHOLDS.types, strict=True)]
    return home, pa.table(arrays, schema=HOUSEHOLDS)


def _ties(prepared: pa.Table, number: dict[str, int]) -> list[dict[str, set[int]]]:
    """Groups of persons per tie, the surest kind of tie first."""
    by_number: dict[str, set[int]] = defaultdict(set)
    by_head: dict[str, set[int]] = defaultdict(set)
    at_door: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
    names = (
        "person_id",
        "source",
        "household_no",
        "head_id_no",
        "id_no",
        "relation",
        "head_name",
        "name",
        "region",
        "address",
    )
    for row in zip(*(prepared[name].to_pylist() for name in names), strict=True):
        person, source, household_no, head_id, own_id, relation, head_name, name, region, address = row
        at = number[person]
        if household_no:
            by_number[f"{source}\x1f{household_no}"].add(at)
        if head_id and (head := clean_id(head_id)):
            by_head[head].add(at)
        if own_id and "*" not in own_id and (own := clean_id(own_id)):
            by_head[own].add(at)
        if address:
            road, door = road_and_door(address)
            if door:
                entry = (at, relation or "", plain_name(head_name or ""), plain_name(name or ""))
                at_door[f"{(region or '')[:9]}\x1f{road}{door}"].append(entry)
    return [by_number, by_head, _door_ties(at_door)]


def _door_ties(at_door: dict[str, list[tuple[int, str, str, str]]]) -> dict[str, set[int]]:
    """People at one door who name one head, and that head; and those who state a relation there."""
    ties: dict[str, set[int]] = defaultdict(set)
    for door, people in at_door.items():
        heads = {head for _, _, head, _ in people if head}
        for at, relation, head, name in people:
            if head:
                ties[f"{door}\x1f{head}"].add(at)
            if name in heads:
                ties[f"{door}\x1f{name}"].add(at)
            if relation and not head:
                ties[f"{door}\x1f"].add(at)
    return ties


def _joined(settled: np.ndarray, ties: dict[str, set[int]]) -> np.ndarray:
    """Groups after believing these ties, each result no larger than `_MOST` people."""
    sizes = np.bincount(settled, minlength=len(settled))
    pairs = []
    for people in ties.values():
        groups = {int(settled[at]) for at in people}
        if len(groups) > 1 and sum(int(sizes[group]) for group in groups) <= _MOST:
            first = min(groups)
            pairs += [(first, other) for other in groups if other != first]
    if not pairs:
        return settled
    part = components(len(settled), np.array(sorted(pairs), dtype=np.int64))
    largest = np.bincount(part[settled])
    smallest = np.full(len(largest), len(settled), dtype=np.int64)
    np.minimum.at(smallest, part[settled], settled)
    return np.asarray(np.where(largest[part[settled]] <= _MOST, smallest[part[settled]], settled))


def _heads_named(prepared: pa.Table) -> set[str]:
    """Identity numbers and plain names that someone states as the head of the household."""
    numbers = {clean_id(value) for value in prepared["head_id_no"].unique().to_pylist() if value}
    return {value for value in numbers if value}


def _head(group: list[str], chosen: dict[str, dict[str, str | None]], heads_named: set[str]) -> str:
    """Who heads the household: so stated, else named by number or name by the others, else the eldest."""
    head_names = {plain_name(value) for person in group if (value := chosen["head_name"].get(person))}

    def standing(person: str) -> tuple[bool, bool, bool, str, str]:
        own = clean_id(chosen["id_no"].get(person) or "")
        return (
            (chosen["relation"].get(person) or "").strip() not in _HEAD_WORDS,
            own not in heads_named,
            plain_name(chosen["name"].get(person) or "") not in head_names,
            chosen["birth_on"].get(person) or "9999",
            person,
        )

    return min(group, key=standing)
