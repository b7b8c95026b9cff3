"""Distances and silhouettes in the plane (Rousseeuw 1987); exact, in strips so that memory stays small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from linli.engines.opinion.data import Floats, Ints

STRIP = 250_000  # distances held at once: what a processor keeps near


def squares(points: Floats, centers: Floats) -> Floats:
    """Squared distances, points × centres, by differences (no cancellation)."""
    across = points[:, :1] - centers[:, 0]
    along = points[:, 1:] - centers[:, 1]
    across *= across
    along *= along
    across += along
    return np.asarray(across)


def silhouette(points: Floats, label: Ints) -> float:
    """Mean silhouette over the points; a point alone in its group scores 0. NaN-free: fewer than two groups give 0."""
    sizes = np.bincount(label)
    if (sizes > 0).sum() < 2:
        return 0.0
    member = np.zeros((len(points), len(sizes)))
    member[np.arange(len(points)), label] = 1
    member, sizes = member[:, sizes > 0], sizes[sizes > 0]
    label = np.unique(label, return_inverse=True)[1]
    total = 0.0
    rows = max(1, STRIP // len(points))
    for begin in range(0, len(points), rows):
        strip = slice(begin, begin + rows)
        far = squares(points[strip], points)
        total += float(scores(np.sqrt(far, out=far) @ member, label[strip], sizes).sum())
    return total / len(points)


def scores(sums: Floats, label: Ints, sizes: Ints) -> Floats:
    """Silhouette of each point from its summed distances to every group, its own group and the groups' sizes."""
    rows = np.arange(len(label))
    own = sums[rows, label] / np.maximum(sizes[label] - 1, 1)
    means = sums / sizes
    means[rows, label] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(np.maximum(own, other), 1e-300)
    return np.asarray(np.where(sizes[label] > 1, (other - own) / larger, 0.0))
