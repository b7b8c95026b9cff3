"""Our grouping of people on the map: no seed, no order, no restart luck, no group under a floor.

For every number of groups, k-means from a fixed family of starts that are made from the shape of the cloud alone;
every local optimum with large enough groups is scored by its silhouette over people, the best is polished by moving
people who sit nearer to another group, and the number of groups with the best silhouette wins. Points are taken as a
set: their order changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linli.engines.opinion.clouds import NOWHERE, ROUNDS, SURE, Cloud
from linli.engines.opinion.silhouettes import silhouette, squares

if TYPE_CHECKING:
    from linli.engines.opinion.data import Floats, Ints

COARSE, FINE = 144, 600  # cells of the grid searched, and of the one on which the best finds are finished
DIRECTIONS = 6
NEAR = 0.03  # a silhouette farther than this below the best is not worth polishing
PEOPLE_PER_MORE_GROUPS = 12


class Grouping(NamedTuple):
    """`label` per point (places 0…k−1, larger groups first), mean `silhouette`, and the best one for each k tried."""

    label: Ints
    silhouette: float
    silhouettes: dict[int, float]


def best_grouping(points: Floats, floor: int, most: int) -> Grouping:
    """The grouping with the best silhouette among 2 … min(most, 2 + people/12) groups of at least `floor` people.

    With no two groups to be had (fewer people than two floors, or all at one place), everybody is in one group.
    """
    coarse = Cloud(points, COARSE)
    counts = list(range(2, min(most, 2 + len(points) // PEOPLE_PER_MORE_GROUPS, len(coarse)) + 1))
    found = searched(coarse, counts, floor) if counts else {}
    fine = Cloud(points, FINE) if len(coarse) < len(points) else coarse
    finished = _finished(fine, _carried(coarse, fine, found, floor), floor)
    if not finished:
        return Grouping(np.zeros(len(points), dtype=np.int64), 0.0, {})
    chosen = min(finished)
    for k, (score, _) in finished.items():
        chosen = k if score > finished[chosen][0] + SURE else chosen
    label = _by_size(finished[chosen][1][fine.cell], points)
    exact = silhouette(points, label) if len(fine) < len(points) else finished[chosen][0]
    return Grouping(label, exact, {k: score for k, (score, _) in finished.items()})


def searched(cloud: Cloud, counts: list[int], floor: int, rounds: int = ROUNDS) -> dict[int, Ints]:
    """For each number of groups the labelling of the cells with the best silhouette; left out where the floor fails."""
    found = _best_of(cloud, _starts(cloud, counts), floor, {}, rounds)
    splits = [_split(cloud, found[k - 1][1], k, max(counts)) for k in counts if k - 1 in found]
    if splits:
        found = _best_of(cloud, np.concatenate(splits), floor, found, rounds)
    return {k: found[k][1] for k in counts if k in found}


def _best_of(
    cloud: Cloud, starts: Floats, floor: int, found: dict[int, tuple[float, Ints]], rounds: int
) -> dict[int, tuple[float, Ints]]:
    """The best labelling per number of groups, from these starts and from those found before."""
    width = starts.shape[1]
    labels = cloud.settled(starts, rounds)
    asked = (starts[:, :, 0] < NOWHERE).sum(axis=1)
    first: dict[tuple[int, bytes], int] = {}
    for at, end in enumerate(zip(asked.tolist(), (one.tobytes() for one in labels), strict=True)):
        first.setdefault(end, at)
    once = list(first.values())  # many starts end alike
    labels, asked = labels[once], asked[once]
    sums, sizes = cloud.sums(labels, width)
    groups = (sizes > 0).sum(axis=1)
    whole = (groups > 1) & (groups == asked) & (labels.max(axis=1) < groups)  # none ran empty, none is left out between
    fit = whole & (np.where(sizes > 0, sizes, np.inf).min(axis=1) >= floor)
    if not fit.any():
        return found
    labels, groups = labels[fit], groups[fit]
    scored, _ = cloud.scores(labels, sums[fit], sizes[fit])
    judged = (scored @ cloud.weight / cloud.weight.sum()).round(9)
    best = dict(found)
    for at in np.argsort(-judged, kind="stable"):
        k = int(groups[at])
        if k not in best or judged[at] > best[k][0]:
            best[k] = (float(judged[at]), labels[at])
    return best


def _carried(coarse: Cloud, fine: Cloud, found: dict[int, Ints], floor: int) -> dict[int, Ints]:
    """The finds of the coarse grid settled on the fine one; one that falls under the floor there is dropped."""
    if fine is coarse or not found:
        return found
    width = max(found)
    starts = np.stack([coarse.means(label[None, :], width)[0] for label in found.values()])
    labels = fine.settled(starts)
    sizes = [
        np.bincount(label, weights=fine.weight, minlength=k)[:k].min() for k, label in zip(found, labels, strict=True)
    ]
    return {k: label for k, label, least in zip(found, labels, sizes, strict=True) if least >= floor}


def _finished(cloud: Cloud, found: dict[int, Ints], floor: int) -> dict[int, tuple[float, Ints]]:
    """Silhouette and labelling per number of groups; those that could still win are polished."""
    if not found:
        return {}
    judged = cloud.judged(np.stack(list(found.values())), max(found))
    rough = dict(zip(found, judged.tolist(), strict=True))
    near = max(rough.values()) - NEAR
    return {k: cloud.polished(label, k, floor) if rough[k] >= near else (rough[k], label) for k, label in found.items()}


def _starts(cloud: Cloud, counts: list[int]) -> Floats:
    """Centres made from the cloud's own shape: far points, cuts along lines, sectors; padded to the same width."""
    width = max(counts)
    apart = cloud.place - cloud.center
    angles = np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    along = np.stack((np.cos(angles), np.sin(angles)), axis=1) @ apart.T
    passed = _passed(along, cloud.weight)
    around = np.arctan2(apart[:, 1], apart[:, 0]) / (2 * np.pi) + 0.5
    far = [_far_apart(cloud, width, middle=middle) for middle in (False, True)]
    starts = []
    for k in counts:
        cuts = np.minimum((passed * k).astype(np.int64), k - 1)
        sectors = np.stack([(around * k + turn / 2).astype(np.int64) % k for turn in range(2)])
        starts.append(cloud.means(np.concatenate((cuts, sectors)), width))
        for chosen in far:
            starts.append(np.where(np.arange(width)[:, None] < k, chosen, NOWHERE)[None])
    return np.concatenate(starts)


def _passed(along: Floats, weight: Floats) -> Floats:
    """Per direction, the share of people standing before each cell (half of its own counted)."""
    order = np.argsort(along, axis=1, kind="stable")
    stacked = weight[order]
    share = np.empty_like(along)
    np.put_along_axis(share, order, (np.cumsum(stacked, axis=1) - stacked / 2) / weight.sum(), axis=1)
    return share


def _far_apart(cloud: Cloud, k: int, *, middle: bool) -> Floats:
    """The point farthest from the middle (or the middle itself), then always the one farthest from those chosen."""
    from_middle = squares(cloud.place, cloud.center[None, :])[:, 0]
    first = int(np.argmax(from_middle.round(9)))
    chosen = [cloud.center] if middle else [cloud.place[first]]
    nearest = from_middle if middle else cloud.distance[first] ** 2
    while len(chosen) < k:
        at = int(np.argmax(nearest.round(9)))
        chosen.append(cloud.place[at])
        nearest = np.minimum(nearest, cloud.distance[at] ** 2)
    return np.array(chosen)


def _split(cloud: Cloud, label: Ints, k: int, width: int) -> Floats:
    """Starts with k groups: each of the k − 1 groups in turn cut in two across its longest direction."""
    labels = np.repeat(label[None, :], k - 1, axis=0)
    for group in range(k - 1):
        inside = label == group
        weight = cloud.weight[inside, None]
        apart = cloud.place[inside] - (cloud.place[inside] * weight).sum(axis=0) / weight.sum()
        spread = (apart * weight).T @ apart
        turn = 0.5 * np.arctan2(2 * spread[0, 1], spread[0, 0] - spread[1, 1])
        labels[group, np.flatnonzero(inside)[apart @ [np.cos(turn), np.sin(turn)] > 0]] = k - 1
    return cloud.means(labels, width)


def _by_size(label: Ints, points: Floats) -> Ints:
    """Labels renumbered: larger groups first, then those farther to the positive side of the first axis."""
    used, label, size = np.unique(label, return_inverse=True, return_counts=True)
    along = np.bincount(label, weights=points[:, 0]) / size
    place = np.empty(len(used), dtype=np.int64)
    place[np.lexsort((-along.round(9), -size))] = np.arange(len(used))
    return np.asarray(place[label])
