"""Pools for the tests: small invented ones, and every possible panel of a small pool by going through them all."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from linli.engines.sortition import Pool, Quota

VALUES = "甲乙丙"


@st.composite
def small_inputs(draw: st.DrawFn) -> tuple[Pool, list[Quota], int]:
    """A pool of 4 to 8 people with quotas around one of its panels: often tight, always possible without homes."""
    number = draw(st.integers(4, 8))
    categories = tuple("abcd"[: draw(st.integers(1, 4))])
    person = st.tuples(*[st.sampled_from(VALUES) for _ in categories])
    people = draw(st.lists(person, min_size=number, max_size=number))
    homes = draw(st.none() | st.lists(st.integers(0, number - 1), min_size=number, max_size=number))
    size = draw(st.integers(1, min(4, number)))
    panel = draw(st.permutations(range(number)))[:size]
    quotas = []
    for at, category in enumerate(categories):
        for value in sorted({person[at] for person in people}):
            seated = sum(people[i][at] == value for i in panel)
            low = max(0, seated - draw(st.integers(0, 1)))
            quotas.append(Quota(category, value, low, seated + draw(st.integers(0, 1))))
    return Pool(categories, tuple(people), None if homes is None else tuple(homes)), quotas, size


def every_panel(pool: Pool, quotas: list[Quota], size: int) -> list[tuple[int, ...]]:
    """All panels that keep the quotas and the household rule."""
    homes = pool.households or tuple(range(len(pool.people)))
    at = {category: place for place, category in enumerate(pool.categories)}
    return [
        panel
        for panel in combinations(range(len(pool.people)), size)
        if len({homes[i] for i in panel}) == size
        and all(q.low <= sum(pool.people[i][at[q.category]] == q.value for i in panel) <= q.high for q in quotas)
    ]


def leximin_by_force(number: int, panels: list[tuple[int, ...]]) -> np.ndarray:
    """Exact LEXIMIN chances over an explicit list of panels: raise the least, fix whom no lottery lifts, repeat."""
    member = np.zeros((number, len(panels)))
    for at, panel in enumerate(panels):
        member[list(panel), at] = 1
    value = np.full(number, -1.0)
    while (value < 0).any():
        still = value < 0
        rows = np.hstack([-member, still[:, None].astype(float)])
        floors = np.where(still, 0.0, -value + 1e-9)
        best = linprog(
            np.append(np.zeros(len(panels)), -1.0),
            A_ub=rows,
            b_ub=floors,
            A_eq=[np.append(np.ones(len(panels)), 0.0)],
            b_eq=[1],
        )
        least = -best.fun
        floors = np.where(still, -least + 1e-9, -value + 1e-9)
        for i in np.flatnonzero(still):
            most = linprog(-member[i], A_ub=-member, b_ub=floors, A_eq=[np.ones(len(panels))], b_eq=[1])
            if -most.fun <= least + 1e-7:
                value[i] = least
    return value
