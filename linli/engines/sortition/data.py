"""What goes into a draw and what comes out: a pool, quotas, the lottery. No method and no words."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

Fairness = Literal["leximin", "maximin", "nash"]
VERSION = "1"


@dataclass(frozen=True)
class Quota:
    """How many panel members of one value of one category are wanted: from `low` to `high`.

    `low_flex`, `high_flex`: how far the two may be relaxed when the quotas cannot all be met (None: not said).
    `row` is the quota's row in its file, counted from 1, for messages.
    """

    category: str
    value: str
    low: int
    high: int
    low_flex: int | None = None
    high_flex: int | None = None
    row: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Category and value: what names the quota."""
        return self.category, self.value


@dataclass(frozen=True)
class Pool:
    """The volunteers in the order of the file: their values in `categories`, and whom they live with.

    `households[i]` is a number shared by those at one address; None when the household rule is off.
    `ids` are how people may be named on a printed report; they never enter a result.
    """

    categories: tuple[str, ...]
    people: tuple[tuple[str, ...], ...]
    households: tuple[int, ...] | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One step of the proof: nobody in `fixed` can get more than `value` without somebody worse off losing.

    `weights` (cell → weight) is a way of adding up probabilities whose sum no panel, weighted so, exceeds; the
    multipliers on the rows (`prices`: row → multiplier) prove that bound by LP duality. `tree` is present when the
    bound is one over whole panels: then its leaves carry the multipliers. `product`: the stage is about the product of
    all chances (Nash), not about the smallest.
    """

    value: float
    fixed: tuple[int, ...]
    weights: dict[int, float]
    prices: dict[int, float]
    tree: Any = None
    product: bool = False


@dataclass(frozen=True)
class Lottery:
    """Panels (each: cell → seats) with exact weights that add up to 1, and the proof that no lottery is fairer."""

    panels: tuple[dict[int, int], ...]
    weights: tuple[Fraction, ...]
    stages: tuple[Stage, ...]
    attained: bool
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Draw:
    """A finished draw: `document` is the result as written to JSON."""

    document: dict[str, Any]

    @property
    def probabilities(self) -> list[float]:
        """Each person's chance, in pool order."""
        return list(self.document["probabilities"])

    @property
    def people(self) -> list[int] | None:
        """Who was drawn, as positions in the pool from 0; None when nothing was drawn yet."""
        return self.document["drawn"]  # type: ignore[no-any-return]
