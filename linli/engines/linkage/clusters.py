"""Pairs → persons. One strong-looking pair never joins two groups that otherwise disagree.

Groups grow by average linkage: the two groups whose records are, on the mean over *all* pairs
between them, the surest to be one person are joined first, and joining stops where the mean falls
below the threshold. Pairs that shared no blocking key count as evidence against. Plain connected
components would chain strangers over a shared telephone.
"""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np

_CLIP = 12.0
_NO_SHARED_KEY = -3.0
_NEVER = -1e9


def components(size: int, pairs: np.ndarray) -> np.ndarray:
    """A component number per record."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1])


def bridges(part: np.ndarray, pairs: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The pairs without which groups made of several parts would fall apart: of several ways to join, the likeliest.

    `part`: a number per record; `pairs`, `chance`: the pairs to choose from. Gives their places, rising.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import minimum_spanning_tree

    ends = np.sort(part[pairs], axis=1)
    order = np.argsort(-chance, kind="stable")
    order = order[ends[order, 0] != ends[order, 1]]
    if not len(order):
        return np.asarray(order)
    best = order[np.unique(ends[order], axis=0, return_index=True)[1]]
    rows, columns = ends[best].T
    size = int(part.max()) + 1
    tree = minimum_spanning_tree(coo_matrix((2.0 - chance[best], (rows, columns)), shape=(size, size))).tocoo()
    kept = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    is_kept = [pair in kept for pair in zip(rows.tolist(), columns.tolist(), strict=True)]
    return np.asarray(np.sort(best[is_kept]))


def cluster(
    size: int, pairs: np.ndarray, log_odds: np.ndarray, threshold: float, *, apart: np.ndarray | None = None
) -> np.ndarray:
    """Per record the smallest row number of its group; `pairs` (n, 2) are all candidate pairs.

    The pairs marked in `apart` are two people: no group holds both, whoever stands between them.
    """
    cut = float(np.log(threshold / (1.0 - threshold)))
    strength = np.clip(log_odds, -_CLIP, _CLIP) - cut
    if apart is not None:
        strength = np.where(apart, _NEVER, strength)
    linked = strength >= 0
    part = components(size, pairs[linked])
    inside = part[pairs[:, 0]] == part[pairs[:, 1]]
    members = np.bincount(part, minlength=int(part.max(initial=-1)) + 1)
    agreed = np.bincount(part[pairs[linked][:, 0]], minlength=len(members))
    complete = agreed == members * (members - 1) // 2
    first = np.full(len(members), size, dtype=np.int64)
    np.minimum.at(first, part, np.arange(size))
    group: np.ndarray = first[part]
    open_pairs = inside & ~complete[part[pairs[:, 0]]]
    by_part: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
    for (a, b), value in zip(pairs[open_pairs].tolist(), strength[open_pairs].tolist(), strict=True):
        by_part[int(part[a])].append((a, b, value))
    for edges in by_part.values():
        for record, leader in _average_linkage(edges, _NO_SHARED_KEY - cut).items():
            group[record] = leader
    return group


def _average_linkage(edges: list[tuple[int, int, float]], absent: float) -> dict[int, int]:
    """Groups within one component: record → smallest record of its group."""
    between: dict[int, dict[int, tuple[float, int]]] = defaultdict(dict)
    for a, b, value in edges:
        between[a][b] = between[b][a] = (value, 1)
    members = {record: [record] for record in between}

    def mean(a: int, b: int) -> float:
        total, seen = between[a][b]
        pairs = len(members[a]) * len(members[b])
        return (total + absent * (pairs - seen)) / pairs

    heap = [(-mean(a, b), a, b) for a in between for b in between[a] if a < b]
    heapq.heapify(heap)
    while heap:
        negative, a, b = heapq.heappop(heap)
        if negative > 0:
            break
        if a not in members or b not in members or b not in between[a] or -mean(a, b) != negative:
            continue
        members[a] += members.pop(b)
        for other, (total, seen) in between.pop(b).items():
            del between[other][b]
            if other == a:
                continue
            before, known = between[a].get(other, (0.0, 0))
            between[a][other] = between[other][a] = (before + total, known + seen)
        for other in between[a]:
            heapq.heappush(heap, (-mean(a, other), min(a, other), max(a, other)))
    return {record: min(group) for group in members.values() for record in group}
