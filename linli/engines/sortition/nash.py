"""The lottery with the largest product of probabilities (Nash welfare), by an interior-point method.

max Σ countⱼ·log seatsⱼ: the optimality condition Σ countⱼ·xⱼ/seatsⱼ ≤ Σ countⱼ for every panel x is the certificate
(Eisenberg, Gale 1959; as an option for panels: Flanigan et al. 2021).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from linli.engines.sortition.cells import Floats, Ints, Problem
from linli.engines.sortition.data import Stage
from linli.engines.sortition.mixing import reach_of
from linli.engines.sortition.proving import Prover


def relaxed_nash(problem: Problem, zero: Sequence[int]) -> tuple[Stage, Floats]:
    """Over the LP relaxation: the stage and expected seats; cells in `zero` cannot be chosen."""
    cells, rows = problem.cells, len(problem.low)
    open_cells = np.setdiff1d(np.arange(cells), np.array(zero, dtype=int))
    a = problem.a[:, open_cells]
    equal = problem.low == problem.high
    loose = np.flatnonzero(~equal)
    n, m = len(open_cells), len(loose)
    eye = np.eye(n)
    # columns: seats, room under the top of loose rows, room over their bottom, room in the cells
    matrix = np.block(
        [
            [a[equal], np.zeros((int(equal.sum()), 2 * m + n))],
            [a[loose], np.eye(m), np.zeros((m, m + n))],
            [a[loose], np.zeros((m, m)), -np.eye(m), np.zeros((m, n))],
            [eye, np.zeros((n, 2 * m)), eye],
        ]
    )
    right = np.concatenate([problem.low[equal], problem.high[loose], problem.low[loose], problem.most[open_cells]])
    weight = np.concatenate([problem.count[open_cells], np.zeros(2 * m + n)])
    values, prices = _centre(matrix, right, weight)
    seats, row_prices = np.zeros(cells), np.zeros(rows)
    seats[open_cells] = values[:n]
    e = int(equal.sum())
    row_prices[equal] = prices[:e]
    row_prices[loose] = prices[e : e + m] + prices[e + m : e + 2 * m]
    return _stage(problem, open_cells, seats, row_prices), seats


def panels_nash(problem: Problem, known: Sequence[Ints], zero: Sequence[int]) -> tuple[list[Ints], Floats, list[Stage]]:
    """Over lotteries of whole panels, by column generation, where the relaxation's optimum is not attained.

    The stages say first which more cells are on no whole panel.
    """
    panels, stages = list(known), []
    prover = Prover(problem)
    open_cells = np.setdiff1d(np.arange(problem.cells), np.array(zero, dtype=int))
    for j in open_cells:
        if not any(panel[j] for panel in panels):
            more, tree = prover.beat(np.eye(problem.cells)[j], 0.0)
            if more is not None:
                panels.append(more)
            else:
                stages.append(Stage(0.0, (int(j),), {int(j): float(problem.count[j])}, {}, tree or {"solver": True}))
    open_cells = np.array([j for j in open_cells if any(panel[j] for panel in panels)])
    while True:
        x = np.array([panel[open_cells] for panel in panels], dtype=float).T
        n, k = x.shape
        matrix = np.block([[np.eye(n), -x], [np.zeros((1, n)), np.ones((1, k))]])
        weight = np.concatenate([problem.count[open_cells], np.zeros(k)])
        values, _ = _centre(matrix, np.append(np.zeros(n), 1.0), weight)
        seats = np.zeros(problem.cells)
        seats[open_cells] = x @ (values[n:] / values[n:].sum())
        stage = _stage(problem, open_cells, seats, np.zeros(0))
        score = np.zeros(problem.cells)
        score[open_cells] = problem.count[open_cells] / seats[open_cells]
        panel, tree = prover.beat(score, float(problem.count[open_cells].sum()) * (1 + 1e-8))
        if panel is None or any((panel == other).all() for other in panels):
            proven = Stage(stage.value, stage.fixed, stage.weights, {}, tree or {"solver": True}, product=True)
            return panels, values[n:] / values[n:].sum(), [*stages, proven]
        panels.append(panel)


def _stage(problem: Problem, open_cells: Ints, seats: Floats, prices: Floats) -> Stage:
    return Stage(
        value=0.0,
        fixed=tuple(int(j) for j in open_cells),
        weights={int(j): float(problem.count[j] ** 2 / seats[j]) for j in open_cells},
        prices={int(r): float(prices[r]) for r in np.flatnonzero(prices)},
        product=True,
    )


def _centre(a: Floats, b: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """z ≥ 0 with A·z = b that maximises Σ weight·log z, and the prices of the rows (primal-dual, Wright 1997)."""
    rows, columns = a.shape
    z = np.full(columns, max(1e-3, float(np.abs(b).max()) / columns))
    prices = np.zeros(rows)
    s = np.maximum(weight / z, 1.0)
    for _ in range(200):
        free = weight == 0
        gap = float((z * s)[free].mean()) if free.any() else 0.0
        aim = np.where(free, 0.15 * gap, weight)
        off_rows, off_columns = b - a @ z, s - a.T @ prices
        d = z / s
        normal = (a * d) @ a.T
        normal += np.eye(rows) * (1e-14 * np.trace(normal) / rows + 1e-300)
        change = (aim - z * s) / s
        step = np.linalg.solve(normal, a @ (change + d * off_columns) - off_rows)
        ds = a.T @ step - off_columns
        dz = change - d * ds
        reach = min(reach_of(z, dz), reach_of(s, ds)) * 0.98
        z, s, prices = z + reach * dz, s + reach * ds, prices + reach * step
        settled = np.abs((z * s - weight)[~free]).max() < 1e-9 * max(1.0, float(weight.max()))
        if gap < 1e-12 and np.abs(off_rows).max() < 1e-10 and settled:
            break
    return z, prices
