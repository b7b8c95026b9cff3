"""Decisions about needs: what a flag leads to, how pressing a need is, by when somebody looks, which moves are allowed.

Pure: looks at what it is given and answers with values, `None` or a `Refusal`. No database, no Django, no clock.
The numbers are data: `data/need_codes.csv`, `data/flag_needs.toml`, `data/triage.toml`.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from linli.core.errors import Refusal

if TYPE_CHECKING:
    import pyarrow as pa

DATA = Path(__file__).parent / "data"
MINOR_UNDER = 18
"""Years of age (未成年人保护法 art. 2)."""


class Level(IntEnum):
    """How pressing a need is; the days each level promises stand in the triage table."""

    SAME_DAY = 1
    THREE_DAYS = 2
    TWO_WEEKS = 3
    ROUTINE = 4


# --- codes of need ---


@dataclass(frozen=True)
class NeedCode:
    """One kind of need: its words, the skills it wishes for, whether the one who comes must be vetted."""

    code: str
    zh: str
    en: str
    skills: tuple[str, ...]
    vetting: bool
    kinds: tuple[str, ...]
    function: str


@cache
def need_codes() -> Mapping[str, NeedCode]:
    """The kinds of need by code, in the order of the list."""
    with (DATA / "need_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return MappingProxyType(
        {
            row["code"]: NeedCode(
                row["code"], row["zh"], row["en"], _parts(row["skills"]), row["vetting"] == "yes",
                _parts(row["kinds"]), row["function"],
            )
            for row in rows
        }
    )  # fmt: skip


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


# --- triage ---


@dataclass(frozen=True)
class TriageTable:
    """The numbers of triage in force from a day on; see `data/triage.toml`."""

    id: str
    from_on: date
    source: str
    dimensions: tuple[str, ...]
    highest: int
    red_flags: tuple[str, ...]
    level_2: tuple[int, int]
    level_3: tuple[int, int]
    due_days: Mapping[Level, int]
    rescore_days: int


@cache
def _triage_tables() -> tuple[TriageTable, ...]:
    versions = tomllib.loads((DATA / "triage.toml").read_text("utf-8"))["version"]
    return tuple(
        TriageTable(
            id=each["id"],
            from_on=each["from"],
            source=each["source"],
            dimensions=tuple(each["dimensions"]),
            highest=each["highest"],
            red_flags=tuple(each["red_flags"]),
            level_2=(each["level_2"]["any"], each["level_2"]["sum"]),
            level_3=(each["level_3"]["any"], each["level_3"]["sum"]),
            due_days=MappingProxyType({Level(int(level)): days for level, days in each["due_days"].items()}),
            rescore_days=each["rescore_days"],
        )
        for each in sorted(versions, key=lambda each: each["from"])
    )


def triage_table(on: date) -> TriageTable:
    """The triage table of the day: the latest begun by then, or the first there is."""
    tables = _triage_tables()
    return next((table for table in reversed(tables) if table.from_on <= on), tables[0])


def triage_level(scores: Mapping[str, int], red_flags: Collection[str], table: TriageTable) -> Level:
    """How pressing a case is by its scores (0–3 per dimension; one not scored counts 0) and red flags.

    Any red flag → same day; one dimension at the top or a high sum → three days; a middling one → two weeks.
    """
    assert why_not_score(scores, red_flags, table) is None
    if red_flags:
        return Level.SAME_DAY
    worst, total = max(scores.values(), default=0), sum(scores.values())
    for level, (any_at, sum_at) in ((Level.THREE_DAYS, table.level_2), (Level.TWO_WEEKS, table.level_3)):
        if worst >= any_at or total >= sum_at:
            return level
    return Level.ROUTINE


def why_not_score(scores: Mapping[str, int], red_flags: Collection[str], table: TriageTable) -> Refusal | None:
    """Why these scores cannot be taken: a dimension or red flag that is not in the table, or a number out of range."""
    for name in (*scores, *red_flags):
        if name not in table.dimensions and name not in table.red_flags:
            return Refusal("need.triage_unknown", name=name)
    for name, score in scores.items():
        if name not in table.dimensions or not 0 <= score <= table.highest:
            return Refusal("need.triage_range", name=name, highest=table.highest)
    return None


def visit_due(level: Level, opened_on: date) -> date:
    """The last day by which somebody has looked at a need of this level."""
    return opened_on + timedelta(days=triage_table(opened_on).due_days[level])


def rescore_due(scored_on: date) -> date:
    """The day by which a case is scored again."""
    return scored_on + timedelta(days=triage_table(scored_on).rescore_days)


# --- from flags to needs ---


@dataclass(frozen=True)
class Draft:
    """A need a flag leads to: what, how pressing, by when, and whether it mends, prevents or builds."""

    code: str
    level: Level
    due_on: date
    function: str


@cache
def _flag_needs() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    content = tomllib.loads((DATA / "flag_needs.toml").read_text("utf-8"))
    return content["rule"], content["kind"]


@cache
def needs_of_flag(rule: str, kind: str, on: date) -> tuple[Draft, ...]:
    """The needs a flag of this rule leads to; a rule that is not named follows its kind."""
    by_rule, by_kind = _flag_needs()
    leads_to: Sequence[Mapping[str, Any]] = by_rule[rule] if rule in by_rule else by_kind.get(kind, [])
    return tuple(
        Draft(each["code"], level := Level(each["level"]), visit_due(level, on), need_codes()[each["code"]].function)
        for each in leads_to
    )


def need_id(person_id: str, code: str) -> str:
    """The same need of the same person has the same id in every run."""
    return "N" + hashlib.sha256(f"{person_id}|{code}".encode()).hexdigest()[:15]


def needs_from_flags(flags: pa.Table, persons: pa.Table, on: date) -> pa.Table:
    """NEEDS from FLAGS: one need per person and code, its reasons merged, its level the most pressing of them.

    `flags` as `eligibility.screen` gives them; `persons` as `linkage.resolve` gives them. A flag on a household
    falls to its first member by id. Where lists say nothing (coordinates, languages, wishes) the need is empty.
    """
    import pyarrow as pa

    people = {row["person_id"]: row for row in _rows(persons, _PERSON_FIELDS)}
    members: dict[str, str] = {}
    for person_id in sorted(people):
        members.setdefault(people[person_id]["household_id"] or person_id, person_id)
    merged: dict[tuple[str, str], list[tuple[Draft, Mapping[str, Any]]]] = defaultdict(list)
    for flag in _rows(flags, ("subject", "rule", "kind", "of", "reason", "reason_en")):
        subject = str(flag["subject"])
        person_id = members.get(subject, subject) if flag["of"] == "household" else subject
        for draft in needs_of_flag(flag["rule"], flag["kind"], on):
            merged[person_id, draft.code].append((draft, flag))
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


# --- states ---

NEED_MOVES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "heard": ("assessed", "open", "withdrawn", "dismissed"),
        "assessed": ("open", "withdrawn", "dismissed"),
        "open": ("proposed", "referred", "served", "closed", "withdrawn", "dismissed"),
        "proposed": ("open", "referred", "closed", "withdrawn"),
        "referred": ("open", "served", "closed", "withdrawn"),
        "served": ("open", "closed"),
        "closed": ("open",),
        "withdrawn": ("open",),
        "dismissed": ("open",),
    }
)
"""Where a need may go from each state; an ended one may be opened again, with a word why."""

ENDED = ("closed", "withdrawn", "dismissed")
FLAG_DECIDED = ("confirmed", "dismissed")


def why_not_open(code: str, level: int) -> Refusal | None:
    """Why a need of this code and level cannot be written down."""
    if code not in need_codes():
        return Refusal("need.code_unknown", need_code=code)
    if level not in tuple(Level):
        return Refusal("need.level_unknown", level=level)
    return None


def why_not_move_need(state: str, to_state: str, note: str = "") -> Refusal | None:
    """Why a need cannot go from `state` to `to_state`; ending it or opening it again wants a word why."""
    if state not in NEED_MOVES or to_state not in NEED_MOVES.get(state, ()):
        return Refusal("need.move_not_allowed", state=state, to_state=to_state)
    if (to_state in ENDED or state in ENDED) and not note.strip():
        return Refusal("need.move_wants_note", state=state, to_state=to_state)
    return None


def why_not_decide_flag(state: str) -> Refusal | None:
    """Why a flag cannot be confirmed or dismissed: it is decided, or its reason has fallen away."""
    if state in FLAG_DECIDED:
        return Refusal("need.flag_decided", state=state)
    if state != "new":
        return Refusal("need.flag_gone", state=state)
    return None


def why_not_give_flag(*, is_worker_there: bool) -> Refusal | None:
    """Why a flag cannot be given to somebody: only to a worker of the station of its place."""
    return None if is_worker_there else Refusal("need.worker_elsewhere")


def why_not_dismiss(reason: str) -> Refusal | None:
    """Why a flag cannot be dismissed so: a dismissal says why."""
    return None if reason.strip() else Refusal("need.dismiss_wants_reason")


def why_not_reopen_flag(state: str) -> Refusal | None:
    """Why a decision on a flag cannot be undone: there is none."""
    return None if state in FLAG_DECIDED else Refusal("need.flag_not_decided", state=state)
