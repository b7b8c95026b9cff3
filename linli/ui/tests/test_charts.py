"""The shapes of charts against numbers worked out by hand, and their bounds on any numbers."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.ui import charts

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
VALUES = st.lists(st.integers(0, 10**6), min_size=1, max_size=24)


def test_a_bar_shows_shares_of_the_whole():
    assert charts.bar([("solid", 1), ("hatched", 2)], 4) == [
        charts.Piece("solid", 0.0, 25.0),
        charts.Piece("hatched", 25.0, 50.0),
    ]


def test_a_bar_of_nothing_has_no_width():
    assert charts.bar([("solid", 0)], 0) == [charts.Piece("solid", 0.0, 0.0)]


def test_a_line_runs_from_left_to_right_between_its_ticks():
    drawn = charts.line([("1月", 200), ("2月", 300), ("3月", 250)], low=200, marks={"2月"})
    assert drawn.ticks == (300, 250, 200)
    assert drawn.path == "M0.0 100.0 L50.0 0.0 L100.0 50.0"
    assert drawn.marks == (50.0,)
    assert (drawn.first, drawn.last, drawn.value) == ("1月", "3月", 250)


def test_a_line_of_no_point_is_refused():
    with pytest.raises(ValueError, match="at least one point"):
        charts.line([])


@PATIENT
@given(VALUES)
def test_no_point_leaves_the_box(values: list[int]):
    drawn = charts.line([(str(i), value) for i, value in enumerate(values)])
    numbers = [float(word) for word in drawn.path.replace("M", " ").replace("L", " ").replace("H", " ").split()]
    assert all(0 <= number <= 100 for number in numbers)
    assert drawn.ticks[0] >= max(values)


@PATIENT
@given(st.integers(0, 30), st.integers(0, 30))
def test_one_square_for_each_village(served: int, others: int):
    drawn = charts.squares(served, served + others)
    assert len({(s.x, s.y) for s in drawn}) == served + others
    assert sum(s.filled for s in drawn) == served
    assert all(s.y + 7 <= charts.tile_height(served + others) for s in drawn)
