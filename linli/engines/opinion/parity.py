"""Polis' grouping from a cold start: base clusters, weighted k-means, number of groups by silhouette.

From the summary of the published mathematics, not from its sources. Polis carries its clusters from update to update,
so its groups can be met exactly only by chance or by `--groups`; everything else is met exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linli.engines.opinion.silhouettes import silhouette, squares

if TYPE_CHECKING:
    from linli.engines.opinion.data import Floats, Ints

BASE = 100
BASE_ROUNDS = 100
GROUP_ROUNDS = 20
STILL = 0.01
MORE_GROUPS_PER = 12


class PolisGroups(NamedTuple):
    """`label` per point; `silhouettes` by number of groups, over base clusters, unweighted; `base`: how many."""

    label: Ints
    silhouettes: dict[int, float]
    base: int


def polis_groups(points: Floats, most: int) -> PolisGroups:
    """Groups of points (people × 2) in the order of their rows."""
    distinct = _first_distinct(points)
    base_of, centers = _k_means(points, np.ones(len(points)), distinct[:BASE], BASE_ROUNDS)
    weight = np.bincount(base_of, minlength=len(centers)).astype(np.float64)
    found: dict[int, Ints] = {}
    scores: dict[int, float] = {}
    for k in range(2, min(most, 2 + len(centers) // MORE_GROUPS_PER, len(centers)) + 1):
        found[k], _ = _k_means(centers, weight, centers[:k], GROUP_ROUNDS)
        scores[k] = silhouette(centers, found[k])
    if not scores:
        return PolisGroups(np.zeros(len(points), dtype=np.int64), {}, len(centers))
    best = max(scores, key=lambda k: scores[k])
    return PolisGroups(found[best][base_of], scores, len(centers))


def _first_distinct(points: Floats) -> Floats:
    _, first = np.unique(points, axis=0, return_index=True)
    return points[np.sort(first)]


def _k_means(points: Floats, weight: Floats, start: Floats, rounds: int) -> tuple[Ints, Floats]:
    """Lloyd's k-means; clusters that run empty are dropped; it stops when no sorted centre moves by `STILL`."""
    centers = start
    for _ in range(rounds):
        label = squares(points, centers).argmin(axis=1)
        moved = _means(points, weight, label)
        settled = len(moved) == len(centers) and bool((_shifts(centers, moved) < STILL).all())
        centers = moved
        if settled:
            break
    label = squares(points, centers).argmin(axis=1)
    used, label = np.unique(label, return_inverse=True)
    return label.astype(np.int64), centers[used]


def _means(points: Floats, weight: Floats, label: Ints) -> Floats:
    used, label = np.unique(label, return_inverse=True)
    total = np.bincount(label, weights=weight, minlength=len(used))
    return np.stack([np.bincount(label, weights=weight * axis) / total for axis in points.T], axis=1)


def _shifts(before: Floats, after: Floats) -> Floats:
    one, two = (np.array(sorted(centers.tolist())) for centers in (before, after))
    return np.asarray(np.hypot(*(one - two).T))
