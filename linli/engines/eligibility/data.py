"""What the engine holds and gives: parameters, figures, conditions, rules, a book of them, and results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from linli.engines.eligibility.language import Expression, Type

if TYPE_CHECKING:
    import pyarrow as pa

ENGINE = "eligibility"
VERSION = "1"

Status = Literal["confirmed", "tbc"]
Kind = Literal["missed", "expired", "expiring", "risk", "visit", "conflict"]
Near = Literal["yes", "unknown", "no"]
Value = bool | int | float | str | date
KINDS: tuple[Kind, ...] = ("missed", "expired", "expiring", "risk", "visit", "conflict")
STATUSES: tuple[Status, ...] = ("confirmed", "tbc")
NEARS: tuple[Near, ...] = ("yes", "unknown", "no")


@dataclass(frozen=True)
class Dated:
    """One value of a parameter and the days it holds (both ends included; None: open)."""

    value: Value
    source: str
    article: str
    status: Status
    from_on: date | None
    to_on: date | None

    def holds(self, on: date) -> bool:
        """Whether this value is the one of the day `on`."""
        return (self.from_on is None or self.from_on <= on) and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True)
class Parameter:
    """A policy number with its unit and its values over time."""

    code: str
    zh: str
    en: str
    unit: str
    type: Type
    values: tuple[Dated, ...]

    def at(self, on: date) -> Dated | None:
        """The value of the day `on`; None when the file gives none for it."""
        return next((each for each in self.values if each.holds(on)), None)


@dataclass(frozen=True)
class Figure:
    """A named value worked out from the columns; the only place where a household is looked at."""

    code: str
    zh: str
    en: str
    unit: str
    expression: Expression


@dataclass(frozen=True)
class Condition:
    """One thing that must hold, with its words and with what counts as nearly holding.

    `near`: "yes": failing or unknown may make a near-miss; "unknown": only an unknown fact may;
    "no": without it nobody is near. `within`: a failing number is near only up to this distance.
    """

    code: str
    zh: str
    en: str
    expression: Expression
    near: Near
    within: float | None


@dataclass(frozen=True)
class Rule:
    """A dated rule: whom it finds (`when`, all must hold), why (`reason_*`), and on which ground."""

    code: str
    version: str
    of: Literal["person", "household"]
    group: str
    kind: Kind
    zh: str
    en: str
    when: tuple[Condition, ...]
    reason_zh: str
    reason_en: str
    source: str
    article: str
    status: Status
    from_on: date | None
    to_on: date | None
    lacking: int

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on the day `on`."""
        return (self.from_on is None or self.from_on <= on) and (self.to_on is None or on <= self.to_on)


@dataclass(frozen=True)
class RuleBook:
    """Rules files read together and found sound.

    `words`: column → code → (Chinese, English), for values shown in sentences. `digest` is the sha256 of the
    files' bytes, in order.
    """

    code: str
    version: str
    subject: str
    household: str
    columns: Mapping[str, Type]
    parameters: Mapping[str, Parameter]
    figures: tuple[Figure, ...]
    rules: tuple[Rule, ...]
    words: Mapping[str, Mapping[str, tuple[str, str]]]
    digest: str

    def figures_needed(self, names: frozenset[str]) -> tuple[Figure, ...]:
        """The figures behind `names`, those they are made of first."""
        needed = set(names)
        for figure in reversed(self.figures):
            if figure.code in needed:
                needed |= figure.expression.names
        return tuple(figure for figure in self.figures if figure.code in needed)


@dataclass(frozen=True)
class Report:
    """How a screening went, in codes and numbers.

    `hits`, `near`: rows per rule. `not_in_force`: rules outside their dates on the day. `without_value`:
    rule → parameters that have no value on the day (the rule was not run). `missing_columns`: columns the
    rules read and the table has not (taken as unknown). `blind`: rules that can find nobody for lack of them.
    """

    rows: int
    hits: Mapping[str, int]
    near: Mapping[str, int]
    not_in_force: tuple[str, ...]
    without_value: Mapping[str, tuple[str, ...]]
    missing_columns: tuple[str, ...]
    blind: tuple[str, ...]


@dataclass(frozen=True)
class ScreenResult:
    """Whom the rules find (`hits`), whom they nearly find and what is lacking (`near`), and how it went."""

    hits: pa.Table
    near: pa.Table
    report: Report
    engine: str
    version: str
    digest: str
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Comparison:
    """Two books over the same people: `gained` and `lost` (subject, household, rule) from the first to the second."""

    gained: pa.Table
    lost: pa.Table
    counts: Mapping[str, tuple[int, int]]
    engine: str
    version: str
    digest: str
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
