"""Weights over panels whose mean is a wanted vector, or the direction in which panels are still lacking.

min ½‖X·w − target‖² over w ≥ 0 by a primal-dual interior-point method (Mehrotra 1992; Wright, "Primal-Dual
Interior-Point Methods", 1997, ch. 8): the normal matrix is as large as the vector, not as the number of panels, and
when the target is reached the weights end in the middle of all that reach it. The residual is the separating
direction of the minimum-norm-point method (Wolfe 1976).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from linli.engines.sortition.cells import Floats

CHUNK = 512
ROUNDS = 60


class Columns:
    """Panels as columns over rows divided by `scale`, with a last row of ones; kept in four bytes a number."""

    def __init__(self, panels: Sequence[Any], rows: Any, scale: Floats) -> None:
        self.whole = np.ones((len(rows) + 1, len(panels)), dtype=np.float32)
        for at, panel in enumerate(panels):
            self.whole[:-1, at] = panel[rows]
        self.scale = np.append(scale, 1.0)
        self.shape = self.whole.shape

    def mean(self, w: Floats) -> Floats:
        """X·w."""
        return np.asarray(self.scale * np.concatenate([part @ w for part in self._bands()]), dtype=np.float64)

    def along(self, u: Floats) -> Floats:
        """Xᵀ·u."""
        out = np.zeros(self.shape[1])
        at = 0
        scaled = u * self.scale
        for part in self._bands():
            out += scaled[at : at + len(part)] @ part
            at += len(part)
        return out

    def normal(self, d: Floats) -> Floats:
        """X·diag(d)·Xᵀ."""
        out = np.zeros((self.shape[0], self.shape[0]))
        for at in range(0, self.shape[1], CHUNK):
            part = self.whole[:, at : at + CHUNK] * np.sqrt(d[at : at + CHUNK])
            out += part @ part.T
        return np.asarray(out * self.scale * self.scale[:, None], dtype=np.float64)

    def dense(self) -> Floats:
        """The columns as they are."""
        return np.asarray(self.whole * self.scale[:, None], dtype=np.float64)

    def _bands(self) -> Iterator[Floats]:
        """The rows, some at a time, in full precision."""
        for at in range(0, self.shape[0], CHUNK // 4):
            yield self.whole[at : at + CHUNK // 4].astype(np.float64)


def mix(x: Columns, target: Floats) -> tuple[Floats, Floats]:
    """Weights (one per column of `x`) and the residual target − x·w."""
    number = x.shape[1]
    w = np.full(number, 1.0 / number)
    residual = target - x.mean(w)
    z = np.full(number, max(1e-8, float(residual @ residual)) + float(np.abs(x.along(residual)).max()))
    for _ in range(ROUNDS):
        mu = float(w @ z) / number
        try:
            plain, centred = _directions(x, w, z, residual)
        except np.linalg.LinAlgError:  # as far as the arithmetic carries
            break
        dz = -z - z * plain / w
        reach = min(reach_of(w, plain), reach_of(z, dz))
        ahead = float((w + reach * plain) @ (z + reach * dz)) / number
        aim = mu * (max(1e-3, (ahead / mu) ** 3) if ahead > 0 else 1e-3)
        dw = plain + aim * centred
        dz = aim / w - z - z * dw / w
        moved = w + 0.99 * reach_of(w, dw) * dw
        off = target - x.mean(moved)
        size = float(off @ off)
        if not size <= 4 * float(residual @ residual) + 1e-12:  # rounding errors have the upper hand, or nan
            break
        w, residual = moved, off
        z = np.maximum(z + 0.99 * reach_of(z, dz) * dz, 1e-300)
        if size < 1e-12 or mu * number < 1e-3 * size:
            break
    return w, residual


def _directions(x: Columns, w: Floats, z: Floats, residual: Floats) -> tuple[Floats, Floats]:
    """Newton's step of w for w·z = 0 and z = −xᵀ·residual, and what each unit of w·z adds to it (Woodbury)."""
    d = w / z
    right = np.column_stack([x.mean(d * x.along(residual)), x.mean(1 / z)])
    u = np.asarray(np.linalg.solve(x.normal(d) + np.eye(len(residual)), right), dtype=np.float64)
    return d * (x.along(residual) - x.along(u[:, 0])), d * (1 / w - x.along(u[:, 1]))


def settle(x: Columns, target: Floats, w: Floats) -> Floats:
    """The weights moved a last little way so that x·w is the target to rounding error; small weights move less."""
    for _ in range(6):
        residual = target - x.mean(w)
        if np.abs(residual).max() < 1e-14:
            break
        normal = x.normal(w)
        normal += np.eye(len(target)) * (1e-13 * np.trace(normal) / len(target))
        step = np.asarray(np.linalg.solve(normal, residual), dtype=np.float64)
        w = np.maximum(w + w * x.along(step), 0.0)
    return w


def thin(x: Columns, target: Floats, w: Floats) -> Floats:
    """The same mean from no more panels than there are rows: panels pushed out one by one (Carathéodory 1911).

    Each step is that of the simplex method's crossover (Bixby, Saltzman 1994). Returns `w` itself when rounding
    errors would show.
    """
    dense = x.dense()
    basis, across = _independent(dense * w)
    rows = across @ dense
    weights = w.copy()
    inverse = np.linalg.inv(rows[:, basis])
    changes = 0
    for entering in sorted(set(range(len(w))) - set(basis), key=lambda at: (float(w[at]), at)):
        u = inverse @ rows[:, entering]
        held = weights[basis]
        ratio = np.where(u < -1e-9, held / np.where(u < -1e-9, -u, 1.0), np.inf)
        step = float(ratio.min(initial=np.inf))
        if step >= weights[entering]:
            weights[basis] = held + weights[entering] * u
            weights[entering] = 0.0
            continue
        near = np.flatnonzero(ratio <= step + 1e-13)
        leaving = int(near[np.abs(u[near]).argmax()])
        weights[basis] = np.maximum(held + step * u, 0.0)
        weights[basis[leaving]] = 0.0
        weights[entering] -= step
        basis[leaving] = entering
        changes += 1
        if changes % 50 == 0:
            inverse = np.linalg.inv(rows[:, basis])
        else:
            pivot = inverse[leaving] / u[leaving]
            inverse -= np.outer(u, pivot)
            inverse[leaving] = pivot
    out = np.zeros(len(w))
    out[basis] = np.linalg.solve(rows[:, basis], across @ target)
    good = out.min() > -1e-9 and float(np.abs(target - x.mean(np.maximum(out, 0.0))).max()) < 1e-10
    return np.maximum(out, 0.0) if good else w


def _independent(columns: Floats) -> tuple[list[int], Floats]:
    """Columns that span all of them, the longest first, and an orthonormal basis (one a row) of what they span."""
    left = columns.copy()
    square = (left**2).sum(axis=0)
    least = 1e-18 * float(square.max())
    chosen: list[int] = []
    basis: list[Floats] = []
    while len(chosen) < len(columns):
        at = int(square.argmax())
        direction = left[:, at]
        for one in basis:
            direction = direction - (one @ direction) * one
        length = float(direction @ direction)
        if length <= least:
            break
        direction = direction / np.sqrt(length)
        along = direction @ left
        left -= np.outer(direction, along)
        square = np.maximum(square - along**2, 0.0)
        square[at] = 0.0
        chosen.append(at)
        basis.append(direction)
    return chosen, np.array(basis)


def reach_of(value: Floats, step: Floats) -> float:
    """How far the step may go before a value would turn negative, at most 1."""
    down = step < 0
    return min(1.0, float((value[down] / -step[down]).min())) if down.any() else 1.0
