"""A fair draw that anyone can check: exact LEXIMIN under quotas, with a certificate and a public draw."""

from __future__ import annotations

from linli.engines.sortition.threads import one_thread  # isort: skip (before numpy is first imported)
from linli.engines.sortition.cells import Problem, make_problem
from linli.engines.sortition.data import Draw, Lottery, Pool, Quota, Stage
from linli.engines.sortition.engine import draw, fair_lottery
from linli.engines.sortition.feasibility import Feasibility, Infeasible, feasibility
from linli.engines.sortition.reading import read_csv, read_input
from linli.engines.sortition.seeds import Source, commitment

__all__ = [
    "Draw",
    "Feasibility",
    "Infeasible",
    "Lottery",
    "Pool",
    "Problem",
    "Quota",
    "Source",
    "Stage",
    "commitment",
    "draw",
    "fair_lottery",
    "feasibility",
    "make_problem",
    "one_thread",
    "read_csv",
    "read_input",
]
