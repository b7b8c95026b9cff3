"""Whole panels near a given vector of expected seats: many at once, by rounding, swap repair and a walk.

A first few panels start from systematic samples of the expected seats (Madow 1949) and swap members one by one
(min-conflicts search, Minton et al. 1992) until every row holds. From these a walk goes on: two members at a time
are exchanged for two others who together bring the same features, so that every row keeps holding; it is steered by
weights per cell (Metropolis et al. 1953; with odds as weights it approaches conditional Poisson sampling, Hájek 1964).
All this is heuristic: what it returns is checked row by row; that it finds nothing proves nothing (see `proving`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.engines.sortition.cells import Floats, Ints, Problem

Single = NDArray[np.float32]
PAIRS = 3_000_000
"""At most so many pairs of cells are kept to choose exchanges from."""


class Rounder:
    """Finds panels of `problem` within `low ≤ A·x ≤ high`, where the bounds may be tighter than the problem's own."""

    def __init__(self, problem: Problem, low: Floats, high: Floats, least: Floats, most: Floats) -> None:
        self.size = problem.size
        kept = [r for r in range(len(low)) if r != len(problem.quotas)]  # a swap keeps the size by itself
        full = np.flatnonzero(least > 0)
        self.a = np.vstack([problem.a[kept], np.eye(problem.cells)[full]]).astype(np.float32)
        self.across = np.ascontiguousarray(self.a.T)
        self.low = np.append(low[kept], least[full]).astype(np.float32)
        self.high = np.append(high[kept], most[full]).astype(np.float32)
        self.most = most.astype(np.float32)
        self._pairs: Any = None

    def near(self, seats: Floats, number: int, random: np.random.Generator, steps: int = 60) -> Ints:
        """Up to `number` panels scattered around `seats` (expected seats per cell, adding up to the size)."""
        panels = self._samples(seats, number, random)
        found = []
        for _ in range(steps):
            tally = panels @ self.across
            whole = ~((tally < self.low) | (tally > self.high)).any(axis=1)
            if whole.any():
                found.append(panels[whole])
                panels, tally = panels[~whole], tally[~whole]
            if not len(panels):
                break
            self._swap(panels, tally, seats, random)
        return np.concatenate(found).astype(np.int64) if found else np.zeros((0, len(seats)), dtype=np.int64)

    def walk(self, panels: Ints, pull: Floats, random: np.random.Generator, steps: int) -> Ints:
        """The panels after `steps` tried exchanges each; an exchange that lowers Σ pull·x by d passes with e^-d."""
        if self.size < 2:
            return panels
        tally = panels.astype(np.float32) @ self.across
        members = np.array([np.repeat(np.arange(panels.shape[1]), panel) for panel in panels])
        now = panels.astype(np.float32)
        each = np.arange(len(panels))
        keys, starts, lengths, one, two, marks = self._exchanges(random)
        for _ in range(steps):
            at = random.integers(0, self.size, len(panels))
            also = (at + random.integers(1, self.size, len(panels))) % self.size
            i, k = members[each, at], members[each, also]
            bucket = np.minimum(np.searchsorted(keys, marks[i] + marks[k]), len(keys) - 1)
            pick = starts[bucket] + (random.random(len(panels)) * lengths[bucket]).astype(np.int64)
            j, m = one[pick], two[pick]
            after = tally + self.across[j] + self.across[m] - self.across[i] - self.across[k]
            passes = np.log(random.random(len(panels))) <= pull[j] + pull[m] - pull[i] - pull[k]
            passes &= ((after >= self.low) & (after <= self.high)).all(axis=1)
            now[each, i] -= 1
            now[each, k] -= 1
            room = now[each, j] < self.most[j]
            room &= now[each, m] + (j == m) < self.most[m]
            passes &= room
            members[each, at] = np.where(passes, j, i)
            members[each, also] = np.where(passes, m, k)
            now[each, members[each, at]] += 1
            now[each, members[each, also]] += 1
            tally[passes] = after[passes]
        return now.astype(np.int64)

    def _exchanges(self, random: np.random.Generator) -> Any:
        """All pairs of cells, sorted by a mark of what the two together add to the rows that leave no play."""
        if self._pairs is None:
            tight = self.low == self.high
            codes = random.integers(1, 2**40, int(tight.sum()))
            marks = self.a[tight].T.astype(np.int64) @ codes
            open_cells = np.flatnonzero(self.most > 0)
            one, two = np.triu_indices(len(open_cells))
            if len(one) > PAIRS:
                some = np.sort(random.choice(len(one), PAIRS, replace=False))
                one, two = one[some], two[some]
            one, two = open_cells[one].astype(np.int32), open_cells[two].astype(np.int32)
            order = np.argsort(marks[one] + marks[two], kind="stable")
            one, two = one[order], two[order]
            keys, starts, lengths = np.unique(marks[one] + marks[two], return_index=True, return_counts=True)
            self._pairs = keys, starts, lengths, one, two, marks
        return self._pairs

    def _samples(self, seats: Floats, number: int, random: np.random.Generator) -> Single:
        """Systematic samples in random orders: every cell gets its expected seats rounded down or up."""
        panels = np.zeros((number, len(seats)), dtype=np.float32)
        for at in range(number):
            order = random.permutation(len(seats))
            ends = np.cumsum(seats[order])
            ends *= self.size / ends[-1]
            ends[-1] = self.size
            panels[at, order] = np.diff(np.floor(ends + random.random()), prepend=0.0)
        return panels

    def _swap(self, panels: Single, tally: Single, seats: Floats, random: np.random.Generator) -> None:
        """One swap in every panel, chosen to lessen what is off, then to stay near `seats`, then at random."""
        each = np.arange(len(panels))
        drift = panels - seats.astype(np.float32)
        relief = np.where(tally > self.high, -1.0, np.where(tally <= self.low, 1.0, 0.0)).astype(np.float32)
        cost = relief @ self.a - 0.2 * np.clip(drift, -1, 1) + _noise(random, panels.shape)
        out = np.where(panels > 0, cost, np.inf).argmin(axis=1)
        panels[each, out] -= 1
        tally = tally - self.across[out]
        relief = np.where(tally >= self.high, 1.0, np.where(tally < self.low, -1.0, 0.0)).astype(np.float32)
        cost = relief @ self.a + 0.2 * np.clip(drift, -1, 1) + _noise(random, panels.shape)
        cost[each, out] = 99.0  # not straight back
        into = np.where((panels < self.most) & (seats > 0), cost, np.inf).argmin(axis=1)
        panels[each, into] += 1


def _noise(random: np.random.Generator, shape: tuple[int, ...]) -> Single:
    return random.random(shape, dtype=np.float32) * np.float32(0.3)
