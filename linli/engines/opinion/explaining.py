"""The map in plain words' bones: what all groups share, what divides them, what marks each; codes and figures only.

Words are made from these by `words` (reading) and by the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from linli.engines.opinion.statistics import Z_90, two_proportions

if TYPE_CHECKING:
    from linli.engines.opinion.data import OpinionMap, Representative

SHARED_RATE = 0.6  # smoothed rate every single group must reach
HEARD = 5  # votes a group must have cast on a statement before it is said to share or oppose it
SHOWN = 8


@dataclass(frozen=True)
class Shared:
    """A statement on which every group takes the same side. `least`: the smallest group rate; `success` of `trials` in
    all; `consensus`: the product over groups."""

    statement: int
    side: Literal["agree", "disagree"]
    least: float
    success: int
    trials: int
    consensus: float


@dataclass(frozen=True)
class Divisive:
    """A statement on which two groups differ most: places of the groups that agree most and least, and their rates."""

    statement: int
    high: int
    low: int
    high_rate: float
    low_rate: float
    z: float


def common_ground(found: OpinionMap) -> tuple[Shared, ...]:
    """What every group shares, strongest first: in each group at least 5 votes and a smoothed rate of 0.6."""
    if not found.is_map:
        return ()
    seen = found.by_group.seen
    heard = (seen >= np.minimum(HEARD, _sizes(found))[:, None]).all(axis=0) & _open(found)
    rows = []
    for side, part, product in (
        ("agree", found.by_group.agree, found.consensus),
        ("disagree", found.by_group.disagree, found.consensus_disagree),
    ):
        least = ((part + 1) / (seen + 2)).min(axis=0)
        for j in np.flatnonzero(heard & (least >= SHARED_RATE)):
            total = found.counts.agree if side == "agree" else found.counts.disagree
            figures = float(least[j]), int(total[0, j]), int(found.counts.seen[0, j]), float(product[j])
            rows.append(Shared(int(j), "agree" if side == "agree" else "disagree", *figures))
    return tuple(sorted(rows, key=lambda row: (-row.consensus, row.statement))[:SHOWN])


def divisive(found: OpinionMap) -> tuple[Divisive, ...]:
    """Where groups differ most: the widest gaps between two groups' agreement that pass the two-proportion test."""
    if len(found.names) < 2:
        return ()
    agree, seen = found.by_group.agree, found.by_group.seen
    heard = seen >= np.minimum(HEARD, _sizes(found))[:, None]
    rate = (agree + 1) / (seen + 2)
    high = np.where(heard, rate, -1.0).argmax(axis=0)
    low = np.where(heard, rate, 2.0).argmin(axis=0)
    every = np.arange(rate.shape[1])
    z = two_proportions(agree[high, every], seen[high, every], agree[low, every], seen[low, every])
    gap = rate[high, every] - rate[low, every]
    fit = np.flatnonzero((heard.sum(axis=0) >= 2) & _open(found) & (z > Z_90) & (gap > 0))
    best = fit[np.argsort(-gap[fit], kind="stable")][:SHOWN]
    return tuple(
        Divisive(int(j), int(high[j]), int(low[j]), float(rate[high[j], j]), float(rate[low[j], j]), float(z[j]))
        for j in best
    )


def group_reading(found: OpinionMap, at: int) -> list[tuple[str, dict[str, Any]]]:
    """Sentences about one group, as codes with their figures: size, what marks it, how steady it is."""
    size, grouped = int((found.group == at).sum()), int((found.group >= 0).sum())
    told: list[tuple[str, dict[str, Any]]] = [
        ("group_size", {"name": found.names[at], "size": size, "percent": round(100 * size / max(grouped, 1))})
    ]
    marking = [one for one in found.representative[at] if one.p_test > Z_90 and one.r_test > Z_90]
    told += [(f"marks_{one.side}", _against_rest(found, at, one)) for one in marking]
    if not marking:
        told.append(("no_marks", {"name": found.names[at]}))
    if found.stability is not None:
        steady = found.stability.groups[at]
        code = "steady" if steady >= 0.75 else "half_steady" if steady >= 0.5 else "not_steady"  # after Hennig 2007
        told.append((code, {"name": found.names[at], "percent": round(100 * steady)}))
    return told


def _against_rest(found: OpinionMap, at: int, one: Representative) -> dict[str, Any]:
    part = found.by_group.agree if one.side == "agree" else found.by_group.disagree
    rest = int(part[:, one.statement].sum()) - one.success
    others = int(found.by_group.seen[:, one.statement].sum() - found.by_group.seen[at, one.statement])
    return {
        "text": text_of(found, one.statement),
        "success": one.success,
        "trials": int(found.by_group.seen[at, one.statement]),
        "rest": rest,
        "others": others,
    }


def text_of(found: OpinionMap, statement: int) -> str:
    """The statement's words, or its number where the words are not known."""
    about = found.conversation.statements[statement]
    return about.text or f"#{about.id}"


def _sizes(found: OpinionMap) -> Any:
    return np.bincount(found.group[found.group >= 0], minlength=len(found.names))


def _open(found: OpinionMap) -> Any:
    return np.array([not one.is_out for one in found.conversation.statements], dtype=bool)
