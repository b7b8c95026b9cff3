"""The best panel for a score, with a proof that a reader can check without a solver: branch and bound.

Every leaf of the tree carries multipliers on the rows; by LP duality they bound the score of all panels within the
leaf's limits. Used only where the LP relaxation alone does not prove enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linli.engines.sortition.cells import Floats, Ints, Problem
from linli.engines.sortition.solver import INF, Model

LEAVES = 4000
"""Beyond so many leaves the proof is left to the whole-number solver and the certificate says so."""


class Prover:
    """Bounds a score over whole panels; the model is kept warm from one question to the next."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.model = Model()
        cells, rows = problem.cells, len(problem.low)
        self.model.columns(np.zeros(cells), np.zeros(cells), problem.most)
        self.model.columns(np.ones(2 * rows), np.zeros(2 * rows), np.full(2 * rows, INF))
        for r, row in enumerate(problem.a):
            index = np.flatnonzero(row)
            self.model.row(
                float(problem.low[r]),
                float(problem.high[r]),
                np.append(index, (cells + 2 * r, cells + 2 * r + 1)),
                np.append(row[index], (1.0, -1.0)),
            )

    def beat(self, score: Floats, worth: float) -> tuple[Ints | None, Any]:
        """A panel that scores more than `worth`, or None and the tree that proves there is none (None: too large)."""
        cells, rows = self.problem.cells, len(self.problem.low)
        top = float(np.abs(score).max()) or 1.0
        cost = np.concatenate([-score, np.full(2 * rows, 1000.0 * top * self.problem.size)])
        for j, value in enumerate(cost):
            self.model.h.changeColCost(j, float(value))
        self._score, self._worth, self._left = score, worth + 1e-9 * top, LEAVES
        self._found: Ints | None = None
        tree = self._node(np.zeros(cells), self.problem.most.copy())
        return self._found, tree if self._found is None and self._left > 0 else None

    def _node(self, low: Floats, high: Floats) -> Any:
        cells = self.problem.cells
        for j in range(cells):
            self.model.h.changeColBounds(j, float(low[j]), float(high[j]))
        self.model.solve()
        values, _, duals = self.model.solution()
        prices = {int(r): float(-duals[r]) for r in np.flatnonzero(duals)}
        if -self.model.value <= self._worth:
            self._left -= 1
            return {"prices": prices}
        x = values[:cells]
        off = np.abs(x - np.rint(x))
        if off.max() < 1e-7:
            if values[cells:].max(initial=0.0) < 1e-7:
                self._found = np.rint(x).astype(np.int64)
            return None
        if self._left <= 0:
            return None
        j = int(off.argmax())
        at = float(np.floor(x[j]))
        below, above = high.copy(), low.copy()
        below[j], above[j] = at, at + 1
        one = self._node(low, below)
        two = self._node(above, high) if self._found is None else None
        return {"cell": j, "at": int(at), "below": one, "above": two}
