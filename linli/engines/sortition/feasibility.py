"""Can the quotas be met by this pool? If not: the smallest set of them that cannot, and the nearest that can.

Fast enough to answer while somebody edits: linear programs over cells first, whole numbers only when those say yes.
Smallest conflict: hitting sets against the ways of repair found so far (Ignatiev, Previti, Liffiton, Marques-Silva,
"Smallest MUS extraction with minimal hitting set dualization", 2015). Nearest change: the elastic program (Chinneck,
"Feasibility and Infeasibility in Optimization", 2008), fewest seats first, then fewest quotas touched.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from linli.engines.apart import apart
from linli.engines.errors import EngineError
from linli.engines.sortition.cells import Floats, Problem
from linli.engines.sortition.data import Quota
from linli.engines.sortition.solver import INF, ORTOOLS, Model

MANY = 400
"""With more cells than this the smallest conflict is looked for in the relaxation, when that is in conflict already."""
TURNS = 200
"""So many hitting sets are tried for the smallest conflict; after that the one found is only without spare parts."""


@dataclass(frozen=True)
class Bound:
    """One side of one quota."""

    quota: Quota
    side: Literal["min", "max"]

    @property
    def value(self) -> int:
        """The number that stands in the quota."""
        return self.quota.low if self.side == "min" else self.quota.high


@dataclass(frozen=True)
class Change:
    """A bound and what it would have to become."""

    bound: Bound
    to: int


@dataclass(frozen=True)
class Feasibility:
    """Whether there is a panel; if not, which bounds cannot be met together and the nearest that can.

    `conflict` empty and infeasible: the pool itself is too small for the size (or the household rule leaves too few).
    `smallest`: no smaller set of bounds is in conflict. `within_flex`: the changes stay inside min_flex/max_flex.
    `reachable` is the largest panel the pool can give when the quotas are left aside.
    """

    feasible: bool
    conflict: tuple[Bound, ...] = ()
    smallest: bool = True
    changes: tuple[Change, ...] = ()
    within_flex: bool = True
    reachable: int = 0


class Infeasible(EngineError):
    """No panel keeps every quota; `found` says why and what is nearest."""

    def __init__(self, found: Feasibility) -> None:
        super().__init__("infeasible")
        self.found = found


def feasibility(problem: Problem) -> Feasibility:
    """Look for a panel; name the smallest conflict and the nearest change when there is none."""
    if ORTOOLS in sys.modules:
        return apart(feasibility, problem)
    probe = _Probe(problem)
    if probe.holds(range(len(probe.bounds))):
        return Feasibility(feasible=True)
    reachable = probe.reachable()
    if reachable < problem.size:
        return Feasibility(feasible=False, reachable=reachable)
    conflict, smallest = _smallest(probe)
    changes, within = nearest(problem)
    return Feasibility(False, tuple(probe.bounds[i] for i in sorted(conflict)), smallest, changes, within, reachable)


class _Probe:
    """Asks whether some of the bounds can be met together; the others are let go. Warm, relaxation first."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.bounds = [Bound(quota, "min") for quota in problem.quotas if quota.low > 0]
        self.bounds += [Bound(quota, "max") for quota in problem.quotas]
        self.row = {quota: at for at, quota in enumerate(problem.quotas)}
        self.models: list[Model] = []
        for whole in (False, True):
            model = Model()
            model.columns(np.zeros(problem.cells), np.zeros(problem.cells), problem.most, whole=whole)
            model.panel_rows(problem)
            self.models.append(model)

    def holds(self, kept: Any) -> bool:
        """Whether a panel meets the bounds with these numbers."""
        low, high = np.zeros(len(self.problem.quotas)), np.full(len(self.problem.quotas), INF)
        for at in kept:
            bound = self.bounds[at]
            (low if bound.side == "min" else high)[self.row[bound.quota]] = bound.value
        if (low > high).any():
            return False
        for model in self.models:
            for r in range(len(low)):
                model.h.changeRowBounds(r, float(low[r]), float(high[r]))
            if not model.solve():
                return False
        return True

    def relax(self) -> None:
        """From here on ask the relaxation only, if it is in conflict by itself and whole numbers would be slow."""
        both, self.models = self.models, self.models[:1]
        if self.problem.cells <= MANY or self.holds(range(len(self.bounds))):
            self.models = both

    def met(self) -> set[int]:
        """Which bounds the last panel found meets, asked for or not."""
        x = self.models[-1].solution()[0]
        tally = self.problem.a[: len(self.problem.quotas)] @ x
        return {
            at
            for at, bound in enumerate(self.bounds)
            if (1 if bound.side == "min" else -1) * (tally[self.row[bound.quota]] - bound.value) > -1e-6
        }

    def reachable(self) -> int:
        """The largest panel without quotas: homes by the household rule, otherwise people."""
        homes: dict[int, float] = {}
        caps = {}
        for r in range(len(self.problem.quotas) + 1, len(self.problem.low)):
            caps[self.problem.class_of[int(np.flatnonzero(self.problem.a[r])[0])]] = self.problem.high[r]
        for j, klass in enumerate(self.problem.class_of):
            homes[klass] = homes.get(klass, 0.0) + self.problem.most[j]
        return int(sum(min(total, caps.get(klass, INF)) for klass, total in homes.items()))


def _smallest(probe: _Probe) -> tuple[set[int], bool]:
    """Bounds that cannot be met together, as few as possible; and whether that is proven."""
    repairs: list[set[int]] = []
    probe.relax()
    every = set(range(len(probe.bounds)))
    for _ in range(TURNS):
        chosen = _hitting(repairs, len(probe.bounds))
        if not probe.holds(chosen):
            return chosen, len(probe.models) == 2 or len(chosen) == 1
        kept = chosen | probe.met()
        for at in sorted(every - kept):
            if at not in kept and probe.holds(kept | {at}):
                kept |= {at} | probe.met()
        repairs.append(every - kept)
    conflict = set(every)
    for at in sorted(every):
        if not probe.holds(conflict - {at}):
            conflict.discard(at)
    return conflict, False


def _hitting(sets: list[set[int]], number: int) -> set[int]:
    """A smallest set that meets each of the sets."""
    if not sets:
        return set()
    model = Model()
    model.columns(np.ones(number) + np.arange(number) * 1e-6, np.zeros(number), np.ones(number), whole=True)
    for one in sets:
        index = sorted(one)
        model.row(1.0, INF, index, np.ones(len(index)))
    model.solve()
    return {int(at) for at in np.flatnonzero(model.solution()[0] > 0.5)}


def nearest(problem: Problem) -> tuple[tuple[Change, ...], bool]:
    """The fewest seats by which bounds must give way; first inside the flexible bounds, if any are given."""
    if any(quota.low_flex is not None or quota.high_flex is not None for quota in problem.quotas):
        found = _elastic(problem, flex=True)
        if found is not None:
            return found, True
    return _elastic(problem, flex=False) or (), False


def _elastic(problem: Problem, *, flex: bool) -> tuple[Change, ...] | None:
    """Columns: seats, then per quota how far below and above it goes, then whether it is touched at all."""
    cells, q = problem.cells, len(problem.quotas)
    down, up = _room(problem, flex)
    model = Model()
    model.columns(np.zeros(cells), np.zeros(cells), problem.most, whole=True)
    model.columns(np.ones(2 * q), np.zeros(2 * q), np.concatenate([down, up]))
    model.columns(np.full(2 * q, 1.0 / (2 * q + 1)), np.zeros(2 * q), np.ones(2 * q), whole=True)
    for r, row in enumerate(problem.a):
        index = np.flatnonzero(row)
        if r >= q:
            model.row(float(problem.low[r]), float(problem.high[r]), index, row[index])
            continue
        model.row(float(problem.low[r]), INF, np.append(index, cells + r), np.append(row[index], 1.0))
        model.row(-INF, float(problem.high[r]), np.append(index, cells + q + r), np.append(row[index], -1.0))
    for k in range(2 * q):
        most = float(np.concatenate([down, up])[k])
        model.row(-INF, 0.0, (cells + k, cells + 2 * q + k), (1.0, -most))
    if not model.solve():
        return None
    moves = np.rint(model.solution()[0][cells : cells + 2 * q]).astype(int)
    out = [Change(Bound(quota, "min"), quota.low - int(moves[r])) for r, quota in enumerate(problem.quotas) if moves[r]]
    out += [
        Change(Bound(quota, "max"), quota.high + int(moves[q + r]))
        for r, quota in enumerate(problem.quotas)
        if moves[q + r]
    ]
    return tuple(out)


def _room(problem: Problem, flex: bool) -> tuple[Floats, Floats]:
    """How far each bound may give way below and above."""
    low = np.array([quota.low for quota in problem.quotas], dtype=float)
    high = np.array([quota.high for quota in problem.quotas], dtype=float)
    if not flex:
        return low, np.maximum(0.0, problem.size - high)
    flex_low = [quota.low if quota.low_flex is None else quota.low_flex for quota in problem.quotas]
    flex_high = [quota.high if quota.high_flex is None else quota.high_flex for quota in problem.quotas]
    return low - np.array(flex_low, dtype=float), np.array(flex_high, dtype=float) - high
