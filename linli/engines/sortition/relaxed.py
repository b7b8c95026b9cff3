"""LEXIMIN of the LP relaxation over cells: what no lottery can exceed, found in milliseconds, stage by stage.

Stage after stage the smallest probability among those not yet fixed is made as large as possible; the dual of the
stage says who cannot get more (Ogryczak, Pióro, Tomaszewski, "Telecommunications network design and max-min
optimization problem", 2005, sec. 3). Whole panels come later (`lottery`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from linli.engines.progress import Progress, silent
from linli.engines.sortition.cells import Floats, Problem
from linli.engines.sortition.data import Stage
from linli.engines.sortition.solver import INF, Model

TIGHT = 1e-4
"""A cell is fixed when its dual is at least this share of the stage's largest; smaller ones wait for a later stage."""


def relaxed_stages(
    problem: Problem, *, only_minimum: bool = False, progress: Progress = silent
) -> tuple[list[Stage], Floats] | None:
    """The stages, and expected seats per cell at the end; None when not even the relaxation has a panel.

    `only_minimum`: stop after the first positive value (MAXIMIN).
    """
    model = _stage_model(problem)
    cells, rows = problem.cells, len(problem.low)
    open_cells = np.ones(cells, dtype=bool)
    stages: list[Stage] = []
    while open_cells.any():
        if not model.solve() and not _loosened(model, problem, stages):
            return None
        seats, slopes, prices = model.solution()
        value = min(1.0, max(0.0, float(seats[cells])))
        weights = np.maximum(0.0, np.where(open_cells, prices[rows:], slopes[:cells] * problem.count))
        fixed = open_cells & (weights >= TIGHT * weights[open_cells].max())
        if value > 1 - 1e-9:
            fixed, value = open_cells.copy(), 1.0
        stages.append(_stage(value, fixed, weights, prices[:rows]))
        for j in np.flatnonzero(fixed):
            model.h.changeRowBounds(rows + int(j), -INF, INF)
        _floor(model.h, problem, stages[-1], 1e-11)
        open_cells &= ~fixed
        progress("stages", cells - int(open_cells.sum()), cells)
        if only_minimum and value > 1e-9:
            break
    return stages, seats[:cells]


def _stage(value: float, fixed: Any, weights: Floats, prices: Floats) -> Stage:
    return Stage(
        value=value,
        fixed=tuple(int(j) for j in np.flatnonzero(fixed)),
        weights={int(j): float(weights[j]) for j in np.flatnonzero(weights)},
        prices={int(r): float(-prices[r]) for r in np.flatnonzero(prices)},
    )


def _stage_model(problem: Problem) -> Model:
    """Columns: seats per cell, then z. Rows: the problem's, then seats − count·z ≥ 0 per cell (divided by count)."""
    model, cells = Model(), problem.cells
    model.columns(np.zeros(cells), np.zeros(cells), problem.most)
    model.columns(np.array([-1.0]), np.zeros(1), np.ones(1))
    model.panel_rows(problem)
    for j in range(cells):
        model.row(0.0, INF, (j, cells), (1 / problem.count[j], -1.0))
    return model


def _floor(h: Any, problem: Problem, stage: Stage, play: float) -> None:
    """Hold the cells of a stage to its value, less a little play for rounding errors."""
    for j in stage.fixed:
        floor = max(0.0, float(problem.count[j] * stage.value) - play)
        h.changeColBounds(j, min(floor, float(problem.most[j])), float(problem.most[j]))


def _loosened(model: Model, problem: Problem, stages: list[Stage]) -> bool:
    """Try again with more play, where rounding errors alone made the values of earlier stages look impossible."""
    for play in (1e-10, 1e-9, 1e-8):
        for stage in stages:
            _floor(model.h, problem, stage, play)
        if stages and model.solve():
            return True
    return False
