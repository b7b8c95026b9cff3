"""How stable the groups are: the whole map is drawn again from balanced halves of the people, without chance.

Balanced half-samples (McCarthy 1969, "Pseudo-replication: half samples"): people are ranked by group and place on the
map, and a Hadamard pattern takes half of every run of neighbours; each half and its complement is used. On each half
centre, axes and groups are made anew with the same number of groups, and compared on the people in it: adjusted Rand
(Hubert & Arabie 1985) for the whole, best Jaccard overlap for each group (Hennig 2007). The axes of a half are sought
among the leading dozen directions of the whole and what one product adds to them: near enough to move nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linli.engines.opinion.clouds import Cloud
from linli.engines.opinion.data import Stability
from linli.engines.opinion.grouping import COARSE, searched

if TYPE_CHECKING:
    from linli.engines.opinion.data import Floats, Ints
    from linli.engines.opinion.matrix import Matrix

ROUNDS = 8  # of k-means; a half is not finished to the last person
# Rows of the Hadamard matrix of order 4 (the constant row left out): which of four neighbours a half takes.
HALVES = np.array([[1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]])


def stability(matrix: Matrix, grouped: Ints, label: Ints, positions: Floats, floor: int, start: Floats) -> Stability:
    """`grouped`: places of the grouped people; `label`, `positions`: theirs; `start`: leading axes of the whole."""
    k = int(label.max()) + 1
    order = np.lexsort((positions[:, 1].round(9), positions[:, 0].round(9), label))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    halves = np.stack([half[rank % 4] == 1 for pattern in HALVES for half in (pattern, 1 - pattern)])
    rands, overlaps = [], []
    for inside, places in zip(halves, matrix.in_halves(grouped, halves, start), strict=True):
        again = _grouped_again(places[inside], k, max(2, floor // 2))
        rands.append(0.0 if again is None else adjusted_rand(label[inside], again))
        overlaps.append(np.zeros(k) if again is None else best_overlap(label[inside], again, k))
    return Stability(float(np.mean(rands)), tuple(np.mean(overlaps, axis=0).tolist()), len(rands))


def _grouped_again(places: Floats, k: int, floor: int) -> Ints | None:
    """The label of each of these people, grouped by themselves; None when k groups cannot be had."""
    cloud = Cloud(places, COARSE)
    if len(cloud) < k:
        return None
    found = searched(cloud, [k], floor, ROUNDS)
    return found[k][cloud.cell] if k in found else None


def adjusted_rand(one: Ints, two: Ints) -> float:
    """Agreement of two partitions of the same people: 1 the same, about 0 as by chance."""
    table = _crossed(one, two)

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    every = len(one) * (len(one) - 1) / 2
    expected = rows * columns / every if every else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def best_overlap(one: Ints, two: Ints, k: int) -> Floats:
    """For each group of the first partition the largest Jaccard overlap with a group of the second."""
    table = _crossed(one, two, k)
    union = table.sum(axis=1, keepdims=True) + table.sum(axis=0) - table
    return np.asarray((table / np.maximum(union, 1)).max(axis=1))


def _crossed(one: Ints, two: Ints, rows: int = 0) -> Floats:
    rows = max(rows, int(one.max()) + 1)
    columns = int(two.max()) + 1
    return np.bincount(one * columns + two, minlength=rows * columns).reshape(rows, columns).astype(np.float64)
