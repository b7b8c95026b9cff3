"""LEXIMIN (or MAXIMIN) over lotteries of whole panels, stage by stage, where the relaxation's bound is not attained.

Column generation as in Flanigan et al. 2021 (supplement, algorithm 1), over cells: each stage makes the smallest
open probability as large as any lottery allows; the dual prices of the stage are proven by branch and bound.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from linli.engines.progress import Progress, silent
from linli.engines.sortition.cells import Floats, Ints, Problem
from linli.engines.sortition.data import Stage
from linli.engines.sortition.lottery import Master, best_panel
from linli.engines.sortition.proving import Prover
from linli.engines.sortition.relaxed import TIGHT


def staged(
    problem: Problem, known: Sequence[Ints], *, only_minimum: bool = False, progress: Progress = silent
) -> tuple[list[Ints], Floats, list[Stage]]:
    """Panels, weights and stages; `known` are panels to begin with."""
    prover = Prover(problem)
    panels = list(known)
    values = np.full(problem.cells, -1.0)
    stages: list[Stage] = []
    weights = np.zeros(0)
    while (values < 0).any():
        master = Master(problem, np.maximum(values - 1e-10, 0.0), (values < 0).astype(float), least=-1.0)
        master.add(panels)
        stage, weights = _stage(problem, master, prover, values < 0)
        panels = master.panels
        stages.append(stage)
        values[list(stage.fixed)] = stage.value
        progress("stages", int((values >= 0).sum()), problem.cells)
        if only_minimum and stage.value > 1e-9:
            break
    return panels, weights, stages


def _stage(problem: Problem, master: Master, prover: Prover, still: NDArray[np.bool_]) -> tuple[Stage, Floats]:
    while True:
        short, weights, y, worth = master.solve()
        score = y / problem.count
        panel, tree = prover.beat(score, worth)
        if panel is None and tree is None:
            panel = best_panel(problem, score)
            if panel is not None and float(panel @ score) <= worth + 1e-9 * (np.abs(score).max() or 1.0):
                panel = None
        if panel is None or not master.add([panel]):
            break
    value = min(1.0, max(0.0, -short))
    fixed = still & (y >= TIGHT * y[still].max())
    if value > 1 - 1e-9:
        fixed, value = still, 1.0
    stage = Stage(
        value=value,
        fixed=tuple(int(j) for j in np.flatnonzero(fixed)),
        weights={int(j): float(y[j]) for j in np.flatnonzero(y)},
        prices={},
        tree=tree or {"solver": True},
    )
    return stage, weights
