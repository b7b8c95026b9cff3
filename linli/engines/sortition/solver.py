"""A thin door to HiGHS: one linear or mixed-integer model that can grow and be solved again from where it stood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from linli.engines.sortition.cells import Floats, Problem

INF = float("inf")
ORTOOLS = "ortools.graph.python.min_cost_flow"
"""Where this is loaded HiGHS cannot be (`linli.engines.apart`); what needs a model then runs in its own process."""


class Model:
    """A HiGHS model, silent, single-threaded, with tight tolerances: the same input gives the same output."""

    def __init__(self) -> None:
        import highspy

        self.h: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._status = highspy.HighsModelStatus
        for name, value in (
            ("output_flag", False),
            ("threads", 1),
            ("primal_feasibility_tolerance", 1e-10),
            ("dual_feasibility_tolerance", 1e-10),
        ):
            self.h.setOptionValue(name, value)

    def columns(self, cost: Floats, low: Floats, high: Floats, whole: bool = False) -> None:
        """Append columns without entries."""
        import highspy

        first, number = self.h.getNumCol(), len(cost)
        nothing, none = np.zeros(number, dtype=np.int32), np.zeros(0)
        self.h.addCols(number, cost, low, high, 0, nothing, none.astype(np.int32), none)
        if whole:
            index = np.arange(first, first + number, dtype=np.int32)
            self.h.changeColsIntegrality(number, index, np.array([highspy.HighsVarType.kInteger] * number))

    def column(self, cost: float, low: float, high: float, index: Any, value: Any) -> None:
        """Append one column with its entries."""
        self.h.addCol(cost, low, high, len(index), np.asarray(index, dtype=np.int32), np.asarray(value, dtype=float))

    def row(self, low: float, high: float, index: Any, value: Any) -> None:
        """Append one row."""
        self.h.addRow(low, high, len(index), np.asarray(index, dtype=np.int32), np.asarray(value, dtype=float))

    def panel_rows(self, problem: Problem) -> None:
        """Append the rows of `problem` over the first columns."""
        for low, high, row in zip(problem.low, problem.high, problem.a, strict=True):
            index = np.flatnonzero(row)
            self.row(float(low), float(high), index, row[index])

    def solve(self) -> bool:
        """Solve; True when an optimum was found, False when there is no solution."""
        self.h.run()
        status = self.h.getModelStatus()
        if status == self._status.kOptimal:
            return True
        if status in (self._status.kInfeasible, self._status.kUnboundedOrInfeasible):
            return False
        self.h.clearSolver()  # a warm start gone wrong: begin afresh once
        self.h.run()
        return bool(self.h.getModelStatus() == self._status.kOptimal)

    @property
    def value(self) -> float:
        """The objective at the solution."""
        return float(self.h.getInfo().objective_function_value)

    def solution(self) -> tuple[Floats, Floats, Floats]:
        """Values of columns, duals of columns, duals of rows."""
        found = self.h.getSolution()
        return np.array(found.col_value), np.array(found.col_dual), np.array(found.row_dual)


def indices(values: Sequence[int]) -> Any:
    """Indices as HiGHS wants them."""
    return np.asarray(values, dtype=np.int32)
