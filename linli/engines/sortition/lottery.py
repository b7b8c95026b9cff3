"""From expected seats to whole panels with weights: column generation on one warm bag.

The master is a linear program over the panels found so far: weights that add up to 1 and give every cell at least
its floor, up to a shortfall made as small as possible. Its dual prices point to panels that are still missing;
those are found many at a time by rounding and swap repair (`rounding`), by a whole-number program only when that
finds none (Gilmore, Gomory 1961; Flanigan et al. 2021, supplement).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import default_rng

from linli.engines.progress import Progress, silent
from linli.engines.sortition.cells import Floats, Ints, Problem
from linli.engines.sortition.mixing import Columns, mix, settle, thin
from linli.engines.sortition.rounding import Rounder
from linli.engines.sortition.solver import INF, Model

ATTAINED, ENOUGH, PATIENCE = 2e-9, 5e-8, 8
"""A probability counts as reached when it is short by no more than this; the second counts after so many rounds."""
SNAP = 1e-7
"""Seats this near to a bound are on it: the rounding errors of a chain of linear programs."""
BATCH = 512
ROUNDS = 200
THINNED = 600
"""Up to so many cells a lottery is brought down to as few panels as can be."""
STEERING = 40
"""Rounds in which the walk is steered before its panels count."""


class Master:
    """Panels as columns; row j says: chance of cell j + `slack[j]`·t ≥ `floor[j]`; t is made as small as possible."""

    def __init__(self, problem: Problem, floors: Floats, slack: Floats, least: float = 0.0) -> None:
        self.problem = problem
        self.panels: list[Ints] = []
        self._known: set[bytes] = set()
        self.model = Model()
        cells = problem.cells
        self.model.columns(np.ones(1), np.array([least]), np.array([INF]))
        for j in range(cells):
            self.model.row(float(floors[j]), INF, (0,) if slack[j] else (), (float(slack[j]),) if slack[j] else ())
        self.model.row(1.0, 1.0, (), ())

    def add(self, panels: Sequence[Ints] | Ints) -> int:
        """Take in panels; those already known are passed over. How many were new."""
        before = len(self.panels)
        for panel in panels:
            name = panel.astype(np.int32).tobytes()
            if name in self._known:
                continue
            self._known.add(name)
            self.panels.append(panel)
            index = np.flatnonzero(panel)
            value = np.append(panel[index] / self.problem.count[index], 1.0)
            self.model.column(0.0, 0.0, INF, np.append(index, self.problem.cells), value)
        return len(self.panels) - before

    def solve(self) -> tuple[float, Floats, Floats, float]:
        """Shortfall t, weights of the panels, prices y of the rows, and what a new panel must exceed: y·x/count."""
        if not self.model.solve():
            raise AssertionError("the master always has a solution")
        values, _, prices = self.model.solution()
        y = np.maximum(prices[: self.problem.cells], 0.0)
        return float(values[0]), values[1:], y, float(-prices[self.problem.cells])

    def seats(self, weights: Floats) -> Floats:
        """Expected seats per cell under the weights."""
        out = np.zeros(self.problem.cells)
        for at in np.flatnonzero(weights > 0):
            out += weights[at] * self.panels[at]
        return out


@dataclass(frozen=True)
class Face:
    """The rows of the problem, tightened to what every panel of a lottery with these expected seats must keep."""

    low: Floats
    high: Floats
    least: Floats
    most: Floats

    @classmethod
    def around(cls, problem: Problem, seats: Floats) -> Face:
        """Rows met with equality on average are met with equality by every panel."""
        tally = problem.a @ seats
        return cls(
            np.where(tally > problem.high - SNAP, problem.high, problem.low),
            np.where(tally < problem.low + SNAP, problem.low, problem.high),
            np.where(seats > problem.most - SNAP, problem.most, 0.0),
            np.where(seats < SNAP, 0.0, problem.most),
        )

    def onto(self, problem: Problem, seats: Floats) -> Floats:
        """The seats without the solver's last rounding errors: exactly what the rows without play ask for."""
        tight = self.low == self.high
        free = (self.least < self.most) & (self.most > 0)
        fixed = np.where(self.most == 0, 0.0, np.where(self.least == self.most, self.most, seats))
        a = problem.a[tight]
        step = np.linalg.lstsq(a[:, free], self.low[tight] - a @ fixed, rcond=None)[0]
        fixed[free] = np.clip(fixed[free] + step, 0.0, self.most[free])
        return np.asarray(fixed, dtype=np.float64)


def best_panel(problem: Problem, score: Floats, face: Face | None = None) -> Ints | None:
    """The panel of highest score (per seat of each cell) by a whole-number program; None when there is no panel."""
    model = Model()
    least, most = (np.zeros(problem.cells), problem.most) if face is None else (face.least, face.most)
    model.columns(-score, least, most, whole=True)
    low, high = (problem.low, problem.high) if face is None else (face.low, face.high)
    for row, bottom, top in zip(problem.a, low, high, strict=True):
        index = np.flatnonzero(row)
        model.row(float(bottom), float(top), index, row[index])
    model.h.setOptionValue("mip_rel_gap", 1e-9)
    model.h.setOptionValue("mip_abs_gap", 1e-10)
    if not model.solve():
        return None
    return np.rint(model.solution()[0]).astype(np.int64)


class Bag:
    """Different panels, in the order found."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.panels: list[Any] = []
        self._known: set[bytes] = set()

    def add(self, panels: Sequence[Ints] | Ints) -> int:
        """Take in panels; those already known are passed over. How many were new."""
        before = len(self.panels)
        for panel in panels:
            kept = panel.astype(np.int16)
            name = kept.tobytes()
            if name not in self._known:
                self._known.add(name)
                self.panels.append(kept)
        return len(self.panels) - before

    def keep(self, weights: Floats) -> None:
        """Forget panels of next to no weight once there are very many."""
        if len(self.panels) > 4 * self.problem.cells + 4 * BATCH:
            least = 1e-3 / len(self.panels)
            self.panels = [panel for panel, weight in zip(self.panels, weights, strict=True) if weight > least]

    def seats(self, weights: Floats) -> Floats:
        """Expected seats per cell under the weights."""
        out = np.zeros(self.problem.cells)
        for weight, panel in zip(weights, self.panels, strict=True):
            out += weight * panel
        return out


@dataclass
class Decomposition:
    """Panels and weights whose expected seats come within `short` of the floors."""

    panels: list[Ints]
    weights: Floats
    short: float
    rounds: int


def decompose(problem: Problem, seats: Floats, *, progress: Progress = silent) -> Decomposition | None:
    """Weights over panels whose expected seats are `seats`; None when there is no panel at all.

    `short` above ATTAINED means that no lottery has these expected seats (by a whole-number program).
    """
    face = Face.around(problem, seats)
    seats = face.onto(problem, seats)
    finder = Finder(problem, face, seats)
    bag = Bag(problem)
    finder.first(bag, progress)
    if not bag.panels:
        return None
    rows = np.flatnonzero(seats > 1e-9)
    scale = 1 / np.sqrt(seats[rows])
    target = np.append(seats[rows] * scale, 1.0)
    rounds, added = 0, 1
    while added and rounds < ROUNDS:
        x = Columns(bag.panels, rows, scale)
        weights, residual = mix(x, target)
        rounds += 1
        progress("panels", rounds)
        if float(np.abs(residual).max()) < 1e-5:
            weights = settle(x, target, weights)
            if _short(problem, seats, bag, weights) < (ATTAINED if rounds < PATIENCE else ENOUGH):
                weights = thin(x, target, weights) if len(rows) <= THINNED else weights
                break
        score = np.zeros(problem.cells)
        score[rows] = residual[:-1] * scale
        added = finder.more(bag, weights, score)
        bag.keep(np.append(weights, np.ones(added)))
    return Decomposition(bag.panels, weights, _short(problem, seats, bag, weights), rounds)


def _short(problem: Problem, seats: Floats, bag: Bag, weights: Floats) -> float:
    """By how much a chance is off at most."""
    return float((np.abs(seats - bag.seats(weights / weights.sum())) / problem.count).max())


class Finder:
    """Finds panels for the master: scattered around the expected seats at first, then where the residual points."""

    def __init__(self, problem: Problem, face: Face, seats: Floats) -> None:
        self.problem, self.face, self.seats = problem, face, seats
        self.rounder = Rounder(problem, face.low, face.high, face.least, face.most)
        self.random = default_rng(1)
        self.aim = np.clip(seats / np.maximum(face.most, 1.0), 1e-4, 1 - 1e-4)
        self.pull = np.log(self.aim / (1 - self.aim))
        self.mean = self.aim.copy()

    def first(self, bag: Bag, progress: Progress) -> None:
        """Several times as many scattered panels as cells: their hull then mostly holds the middle (Wendel 1962)."""
        seeds = self._seeds()
        if not len(seeds):
            return
        bag.add(seeds[:1])
        wanted = 4 * self.problem.cells + 10
        walkers = self._some(seeds, min(BATCH, max(16, self.problem.cells)))
        for turn in range(min(STEERING, self.problem.cells // 32)):
            walkers = self.rounder.walk(walkers, self.pull, self.random, self.problem.size)
            self._steer(walkers, 1.0 / (1.0 + turn / 4))
        idle = 0
        while len(bag.panels) < wanted and idle < 2:
            walkers = self.rounder.walk(walkers, self.pull, self.random, self.problem.size)
            self._steer(walkers, 0.1)
            idle = 0 if bag.add(walkers) else idle + 1
            progress("rounding", min(len(bag.panels), wanted), wanted)

    def more(self, bag: Bag, weights: Floats, score: Floats) -> int:
        """Add panels that score higher than the mean of the panels so far; how many were added."""
        worth = float(score @ bag.seats(weights))
        used = np.array([bag.panels[at] for at in np.flatnonzero(weights > 1e-12)], dtype=np.int64)
        walkers = self._some(used, BATCH)
        scale = np.abs(score).max() or 1.0
        added = 0
        for heat in (1.0, 2.0, 4.0, 8.0):
            pull = self.pull + score * (heat / scale)
            walkers = self.rounder.walk(walkers, pull, self.random, self.problem.size)
            added += bag.add(walkers[walkers @ score > worth + 1e-12 * scale])
        if added:
            return added
        panel = best_panel(self.problem, score / scale, self.face)
        if panel is None or float(panel @ score) <= worth + 1e-9 * scale:
            return 0
        return bag.add([panel])

    def _seeds(self) -> Ints:
        seeds = self.rounder.near(self.seats, 48, self.random)
        if len(seeds):
            return seeds
        found = [best_panel(self.problem, self.random.random(self.problem.cells), self.face) for _ in range(4)]
        if found[0] is None:
            found = [best_panel(self.problem, np.zeros(self.problem.cells))]
        panels = [panel for panel in found if panel is not None]
        return np.array(panels, dtype=np.int64).reshape(len(panels), self.problem.cells)

    def _some(self, panels: Ints, number: int) -> Ints:
        return panels[self.random.integers(0, len(panels), number)]

    def _steer(self, panels: Ints, gain: float) -> None:
        """Move the pull so that the walk's mean comes closer to the aim."""
        edge = 0.5 / len(panels)
        mean = np.clip(panels.mean(axis=0) / np.maximum(self.face.most, 1.0), edge, 1 - edge)
        self.mean += min(gain, 1.0) * (mean - self.mean)
        off = np.log(self.aim / (1 - self.aim)) - np.log(self.mean / (1 - self.mean))
        self.pull += np.clip(gain * off, -1, 1)
