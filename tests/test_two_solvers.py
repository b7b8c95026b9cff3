"""OR-Tools and highspy bring two builds of HiGHS that share no process; both engines work, in either order."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
import numpy as np
from linli.engines.assignment.core import Arcs, choose
from linli.engines.sortition import Infeasible, Pool, Quota, fair_lottery, feasibility, make_problem

def assign():
    need, offer, cost = np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([1, 5, 2])
    print(choose(Arcs(need, offer, cost), np.array([1, 1]), np.array([100, 100])).tolist())

def draw():
    pool = Pool(("sex",), (("f",), ("m",), ("m",)))
    fits = [Quota("sex", "f", 1, 1), Quota("sex", "m", 1, 1)]
    found = fair_lottery(make_problem(pool, fits, 2))
    print(sorted(map(str, found.panels)), [str(one) for one in found.weights], found.attained)
    never = make_problem(pool, [Quota("sex", "f", 2, 2), Quota("sex", "m", 0, 0)], 2)
    print(feasibility(never).feasible)
    try:
        fair_lottery(never)
    except Infeasible:
        print("infeasible")

for name in sys.argv[1:]:
    globals()[name]()
"""


def said(*order: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", SCRIPT, *order], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("order", [("assign", "draw"), ("draw", "assign")])
def test_either_comes_first(order: tuple[str, str]) -> None:
    assert said(*order) == said(order[0]) + said(order[1])
