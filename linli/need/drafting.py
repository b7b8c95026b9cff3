"""Tables of flags and people → the table of needs: what `linli run` writes and the assignment engine eats.

Pure: no database, no Django, no clock. What a flag leads to is decided in `rules.py`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from linli.need.rules import Draft, leads_alone, need_codes, needs_of_flag

if TYPE_CHECKING:
    import pyarrow as pa

MINOR_UNDER = 18
"""Years of age (未成年人保护法 art. 2)."""


def need_id(person_id: str, code: str) -> str:
    """The same need of the same person has the same id in every run."""
    return "N" + hashlib.sha256(f"{person_id}|{code}".encode()).hexdigest()[:15]


def needs_from_flags(flags: pa.Table, persons: pa.Table, on: date) -> pa.Table:
    """NEEDS from FLAGS: one need per person and code, its reasons merged, its level the most pressing of them.

    `flags` as `eligibility.screen` gives them; `persons` as `linkage.resolve` gives them. A flag on a household
    falls to its first member by id, who is not perhaps gone. Where lists say nothing (coordinates, languages, wishes)
    the need is empty.
    """
    import pyarrow as pa

    people = {row["person_id"]: row for row in _rows(persons, _PERSON_FIELDS)}
    members: dict[str, str] = {}
    given = _rows(flags, ("subject", "rule", "kind", "of", "reason", "reason_en"))
    alone = {str(flag["subject"]) for flag in given if leads_alone(flag["rule"])}
    for person_id in sorted(people, key=lambda each: (each in alone, each)):
        members.setdefault(people[person_id]["household_id"] or person_id, person_id)
    raised: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for flag in given:
        subject = str(flag["subject"])
        raised[members.get(subject, subject) if flag["of"] == "household" else subject].append(flag)
    merged: dict[tuple[str, str], list[tuple[Draft, Mapping[str, Any]]]] = defaultdict(list)
    for person_id, theirs in raised.items():
        for leading in [flag for flag in theirs if leads_alone(flag["rule"])] or theirs:
            for draft in needs_of_flag(leading["rule"], leading["kind"], on):
                merged[person_id, draft.code].append((draft, leading))
    rows = [
        _need_row(person_id, code, sorted(found, key=lambda each: each[0].level), people.get(person_id, {}), on)
        for (person_id, code), found in sorted(merged.items(), key=lambda each: each[0])
    ]
    schema = _needs_schema()
    return pa.table([pa.array([row.get(field.name) for row in rows], field.type) for field in schema], schema=schema)


_PERSON_FIELDS = ("person_id", "household_id", "region", "birth_on", "sex", "groups")


def _rows(table: pa.Table, names: Iterable[str]) -> list[dict[str, Any]]:
    """The named columns row by row; one the table has not is None."""
    empty = [None] * table.num_rows
    columns = {name: table[name].to_pylist() if name in table.column_names else empty for name in names}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _need_row(
    person_id: str, code: str, found: Sequence[tuple[Draft, Mapping[str, Any]]], person: Mapping[str, Any], on: date
) -> dict[str, Any]:
    """One need from the drafts and flags that lead to it, the most pressing first."""
    birth: date | None = person.get("birth_on")
    age = None if birth is None else on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
    return {
        "need_id": need_id(person_id, code),
        "person_id": person_id,
        "household_id": person.get("household_id"),
        "code": code,
        "level": int(found[0][0].level),
        "reason": "；".join(dict.fromkeys(flag["reason"] or "" for _, flag in found)),
        "reason_en": "; ".join(dict.fromkeys(flag["reason_en"] or "" for _, flag in found)),
        "due_on": found[0][0].due_on,
        "place_code": person.get("region"),
        "region": person.get("region"),
        "minor": None if age is None else age < MINOR_UNDER,
        "age": age,
        "sex": person.get("sex"),
        "groups": person.get("groups"),
        "skills": list(need_codes()[code].skills),
        "excluded": [],
        "flag_rule": ";".join(dict.fromkeys(flag["rule"] for _, flag in found)),
    }


def _needs_schema() -> pa.Schema:
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())
    return pa.schema(
        [
            ("need_id", text), ("person_id", text), ("household_id", text), ("code", text), ("level", pa.int32()),
            ("reason", text), ("reason_en", text), ("due_on", pa.date32()), ("place_code", text), ("region", text),
            ("lat", pa.float64()), ("lon", pa.float64()), ("languages", texts), ("helper_sex", text),
            ("slots", texts), ("minor", pa.bool_()), ("excluded", texts), ("flag_rule", text), ("skills", texts),
            ("age", pa.int32()), ("sex", text), ("groups", texts),
        ]
    )  # fmt: skip
