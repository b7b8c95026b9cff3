"""Points of the plane gathered into weighted cells, and labellings of them: settled by k-means, judged by silhouette.

Everything works on a whole batch of labellings at once. A labelling with fewer groups than the batch is wide has empty
groups at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linli.engines.opinion.silhouettes import squares

if TYPE_CHECKING:
    from linli.engines.opinion.data import Floats, Ints

ROUNDS = 40
POLISH = 12
SURE = 1e-9  # a silhouette must be better by this to count as better
NOWHERE = 1e150  # where the centres of groups stand that a labelling does not have


class Cloud:
    """Points gathered into at most `cells` weighted cells, with the distances between the cells."""

    def __init__(self, points: Floats, cells: int) -> None:
        self.cell = _gathered(points, cells)
        self.weight = np.bincount(self.cell).astype(np.float64)
        self.place = np.stack([np.bincount(self.cell, weights=axis) / self.weight for axis in points.T], axis=1)
        far = squares(self.place, self.place)
        self.distance = np.sqrt(far, out=far)
        self.center = self.weight @ self.place / self.weight.sum()
        self._weighed = np.column_stack((self.place * self.weight[:, None], self.weight))

    def __len__(self) -> int:
        return len(self.weight)

    def settled(self, centers: Floats, rounds: int = ROUNDS) -> Ints:
        """Lloyd's rounds from many starts at once (starts × k × 2), each until it stands still; labels per start."""
        labels = np.full((len(centers), len(self)), -1, dtype=np.int64)
        going = np.arange(len(centers))
        steps = np.arange(centers.shape[1])[:, None, None]
        middles = np.ascontiguousarray(centers.transpose(1, 0, 2))  # k × starts × 2: one plane of distances per group
        plane = np.ascontiguousarray(self.place.T)
        for _ in range(rounds):
            far = (middles**2).sum(axis=2)[:, :, None] - 2.0 * (middles.reshape(-1, 2) @ plane).reshape(
                *middles.shape[:2], -1
            )
            found = nearest(far)
            moving = (found != labels[going]).any(axis=1)
            labels[going] = found
            if not moving.all():
                going, middles, found = going[moving], middles[:, moving], found[moving]
            if not len(going):
                break
            member = (found == steps).astype(np.float64)
            sums = (member.reshape(-1, len(self)) @ self._weighed).reshape(*middles.shape[:2], 3)
            full = sums[:, :, 2:] > 0
            middles = np.where(full, sums[:, :, :2] / np.where(full, sums[:, :, 2:], 1.0), middles)
        return labels

    def sums(self, labels: Ints, k: int) -> tuple[Floats, Floats]:
        """Summed distances to every group (labellings × k × cells) and the groups' sizes, in people."""
        member = (labels[:, None, :] == np.arange(k)[:, None]) * self.weight
        return (member.reshape(-1, len(self)) @ self.distance).reshape(member.shape), member.sum(axis=2)

    def scores(self, labels: Ints, sums: Floats, sizes: Floats) -> tuple[Floats, Ints]:
        """Silhouette of each cell in each labelling, and the nearest other group."""
        mine = labels[:, None, :]
        own_size = np.take_along_axis(sizes, labels, axis=1)
        own = np.take_along_axis(sums, mine, axis=1)[:, 0] / np.maximum(own_size - 1, 1)
        means = np.where(sizes[:, :, None] > 0, sums / np.maximum(sizes[:, :, None], 1), np.inf)
        np.put_along_axis(means, mine, np.inf, axis=1)
        nearest = means.argmin(axis=1)
        other = np.take_along_axis(means, nearest[:, None, :], axis=1)[:, 0]
        larger = np.maximum(np.maximum(own, other), 1e-300)
        return np.where(own_size > 1, (other - own) / larger, 0.0), nearest

    def judged(self, labels: Ints, k: int) -> Floats:
        """Mean silhouette over people of each labelling (of at least two groups)."""
        scored, _ = self.scores(labels, *self.sums(labels, k))
        return np.asarray(scored @ self.weight / self.weight.sum())

    def means(self, labels: Ints, k: int) -> Floats:
        """Each group's middle, for a batch of labellings; `NOWHERE` for a group without members."""
        sums = (labels[:, None, :] == np.arange(k)[:, None]).astype(np.float64) @ self._weighed
        full = sums[:, :, 2:] > 0
        return np.where(full, sums[:, :, :2] / np.where(full, sums[:, :, 2:], 1.0), NOWHERE)

    def polished(self, label: Ints, k: int, floor: int) -> tuple[float, Ints]:
        """Moves all who sit nearer (on average) to another group, while the silhouette rises and the floor holds."""
        labels = label[None, :]
        scored, nearest = self.scores(labels, *self.sums(labels, k))
        best = float(scored[0] @ self.weight)
        for _ in range(POLISH):
            moved = np.where(scored < 0, nearest, labels)
            if np.bincount(moved[0], weights=self.weight, minlength=k).min() < floor or (moved == labels).all():
                break
            scored, nearest = self.scores(moved, *self.sums(moved, k))
            risen = float(scored[0] @ self.weight)
            if risen <= best + SURE * self.weight.sum():
                break
            labels, best = moved, risen
        return best / float(self.weight.sum()), labels[0]


def nearest(far: Floats) -> Ints:
    """Which plane (of k × …) holds the smallest value, the first of equal ones: argmin, but whole planes at a time."""
    least, found = far[0], np.zeros(far.shape[1:], dtype=np.int64)
    for at in range(1, len(far)):
        np.putmask(found, far[at] < least, at)
        least = np.minimum(least, far[at])
    return found


def _gathered(points: Floats, cells: int) -> Ints:
    """A cell per point: equal points together; with more distinct ones than `cells`, a square grid over the map."""
    _, cell = np.unique(points.round(9) @ [1.0, np.pi * 1e3], return_inverse=True)
    if len(cell) and cell.max() < cells:
        return np.asarray(cell.reshape(-1), dtype=np.int64)
    share, reach = 1.6 * np.sqrt(cells), max(float(np.abs(points).max()), 1e-300)
    while cell.max() >= cells:
        grid = np.rint(points * (share / (2 * reach)))
        _, cell = np.unique(grid @ [1.0, 1e6], return_inverse=True)
        share *= 0.85
    return np.asarray(cell.reshape(-1), dtype=np.int64)
