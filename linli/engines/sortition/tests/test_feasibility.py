"""Quotas that cannot be met: the smallest conflict and the nearest change, against going through all possibilities."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.sortition import Pool, Quota, feasibility, make_problem
from linli.engines.sortition.tests.pools import every_panel
from linli.engines.sortition.words import say_feasibility


@st.composite
def any_quotas(draw: st.DrawFn) -> tuple[Pool, list[Quota], int]:
    number = draw(st.integers(3, 6))
    people = tuple(draw(st.tuples(st.sampled_from("甲乙"), st.sampled_from("丙丁"))) for _ in range(number))
    size = draw(st.integers(1, 3))
    quotas = []
    for category, values in (("a", "甲乙"), ("b", "丙丁")):
        for value in values:
            low = draw(st.integers(0, 2))
            quotas.append(Quota(category, value, low, draw(st.integers(low, 3))))
    return Pool(("a", "b"), people), quotas, size


def relaxed(quotas: list[Quota], kept: set[tuple[tuple[str, str], str]]) -> list[Quota]:
    """The quotas with only the kept bounds."""
    return [
        Quota(q.category, q.value, q.low if (q.key, "min") in kept else 0, q.high if (q.key, "max") in kept else 99)
        for q in quotas
    ]


@settings(derandomize=True)
@given(any_quotas())
def test_conflict_is_smallest_and_change_is_nearest(given_input):
    pool, quotas, size = given_input
    found = feasibility(make_problem(pool, quotas, size))
    assert found.feasible == bool(every_panel(pool, quotas, size))
    if found.feasible:
        return
    assert found.smallest
    conflict = {(bound.quota.key, bound.side) for bound in found.conflict}
    assert not every_panel(pool, relaxed(quotas, conflict), size)
    sides = [(q.key, side) for q in quotas for side in ("min", "max")]
    for fewer in combinations(sides, len(conflict) - 1):
        assert every_panel(pool, relaxed(quotas, set(fewer)), size)
    moves = {(change.bound.quota.key, change.bound.side): change.to for change in found.changes}
    after = [
        Quota(q.category, q.value, moves.get((q.key, "min"), q.low), moves.get((q.key, "max"), q.high)) for q in quotas
    ]
    assert every_panel(pool, after, size)
    spent = sum(abs(change.to - change.bound.value) for change in found.changes)
    nearest = min(distance(pool, quotas, panel) for panel in combinations(range(len(pool.people)), size))
    assert spent == nearest


def distance(pool: Pool, quotas: list[Quota], panel: tuple[int, ...]) -> int:
    """By how many seats this panel breaks the quotas."""
    off = 0
    for quota in quotas:
        seats = sum(pool.people[i][pool.categories.index(quota.category)] == quota.value for i in panel)
        off += max(0, quota.low - seats) + max(0, seats - quota.high)
    return off


def test_flexible_bounds_are_tried_first():
    pool = Pool(("a", "b"), (("x", "p"), ("x", "p"), ("y", "p"), ("y", "q")))
    tight = [Quota("a", "x", 2, 2), Quota("a", "y", 0, 0, 0, 1), Quota("b", "p", 0, 2), Quota("b", "q", 1, 1)]
    found = feasibility(make_problem(pool, tight, 2))
    assert not found.feasible
    assert not found.within_flex
    flexible = [Quota("a", "x", 2, 2, 1, 2), *tight[1:]]
    found = feasibility(make_problem(pool, flexible, 2))
    assert found.within_flex
    assert {(change.bound.side, change.to) for change in found.changes} == {("min", 1), ("max", 1)}


def test_too_few_homes_are_said_as_such():
    pool = Pool(("a",), (("x",), ("x",), ("x",)), (0, 0, 1))
    found = feasibility(make_problem(pool, [Quota("a", "x", 0, 3)], 3))
    assert (found.feasible, found.conflict, found.reachable) == (False, (), 2)
    assert "2" in say_feasibility(found, "en")


@pytest.mark.parametrize(("lang", "words"), [("zh", "至少 2 人改为 1 人"), ("en", "at least 2 → 1")])
def test_words_name_conflict_and_change(lang, words):
    pool = Pool(("age",), (("old",), ("young",), ("young",)))
    found = feasibility(make_problem(pool, [Quota("age", "old", 2, 2), Quota("age", "young", 0, 2)], 2))
    assert words in say_feasibility(found, lang)
