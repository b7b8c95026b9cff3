"""Decisions about needs: what a flag leads to, how pressing a need is, by when somebody looks, which moves are allowed.

Pure: looks at what it is given and answers with values, `None` or a `Refusal`. No database, no Django, no clock.
The numbers are data: `data/need_codes.csv`, `data/flag_needs.toml`, `data/triage.toml`; tables of needs are made in
`drafting.py`.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from linli.core.errors import Refusal
from linli.engines.assignment import NEED_CODES

DATA = Path(__file__).parent / "data"


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
                row["code"], *NEED_CODES[row["code"]], _parts(row["skills"]), row["vetting"] == "yes",
                _parts(row["kinds"]), row["function"],
            )
            for row in rows
        }
    )  # fmt: skip


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


# --- how soon somebody looks ---


@dataclass(frozen=True)
class TriageTable:
    """The days each level promises, in force from a day on; see `data/triage.toml`."""

    id: str
    from_on: date
    source: str
    due_days: Mapping[Level, int]


@cache
def _triage_tables() -> tuple[TriageTable, ...]:
    versions = tomllib.loads((DATA / "triage.toml").read_text("utf-8"))["version"]
    return tuple(
        TriageTable(
            id=each["id"],
            from_on=each["from"],
            source=each["source"],
            due_days=MappingProxyType({Level(int(level)): days for level, days in each["due_days"].items()}),
        )
        for each in sorted(versions, key=lambda each: each["from"])
    )


def triage_table(on: date) -> TriageTable:
    """The triage table of the day: the latest begun by then, or the first there is."""
    tables = _triage_tables()
    return next((table for table in reversed(tables) if table.from_on <= on), tables[0])


def visit_due(level: Level, opened_on: date) -> date:
    """The last day by which somebody has looked at a need of this level."""
    return opened_on + timedelta(days=triage_table(opened_on).due_days[level])


# --- what a flag leads to ---


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
def leads_alone(rule: str) -> bool:
    """Whether this flag must be looked into before any other of the same person leads to help."""
    content = tomllib.loads((DATA / "flag_needs.toml").read_text("utf-8"))
    return rule in content["alone"]


@cache
def needs_of_flag(rule: str, kind: str, on: date) -> tuple[Draft, ...]:
    """The needs a flag of this rule leads to; a rule that is not named follows its kind."""
    by_rule, by_kind = _flag_needs()
    leads_to: Sequence[Mapping[str, Any]] = by_rule[rule] if rule in by_rule else by_kind.get(kind, [])
    return tuple(
        Draft(each["code"], level := Level(each["level"]), visit_due(level, on), need_codes()[each["code"]].function)
        for each in leads_to
    )


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


def why_not_leave_needs(left_alone: int) -> Refusal | None:
    """Why nobody may stop being responsible just now: so many open needs would be left with nobody."""
    return Refusal("need.left_alone", count=left_alone) if left_alone else None


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


TAKEN_AT_ONCE = 10


def why_not_take_together(count: int) -> Refusal | None:
    """Why so many flags cannot be taken in one go: each opens a person's file, so each is taken to be looked at."""
    return Refusal("need.take_fewer", most=TAKEN_AT_ONCE) if count > TAKEN_AT_ONCE else None


def why_not_dismiss(reason: str) -> Refusal | None:
    """Why a flag cannot be dismissed so: a dismissal says why."""
    return None if reason.strip() else Refusal("need.dismiss_wants_reason")


def why_not_reopen_flag(state: str) -> Refusal | None:
    """Why a decision on a flag cannot be undone: there is none."""
    return None if state in FLAG_DECIDED else Refusal("need.flag_not_decided", state=state)
