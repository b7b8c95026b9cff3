"""Pairs → groups: no chaining, no dependence on order."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.linkage.clusters import bridges, cluster, components


def test_one_bridge_does_not_join_two_families() -> None:
    inside = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5)]
    pairs = np.array([*inside, (2, 3)])
    strength = np.array([6.0] * 6 + [5.0])
    assert len(set(components(6, pairs).tolist())) == 1
    assert cluster(6, pairs, strength, 0.5).tolist() == [0, 0, 0, 3, 3, 3]


def test_a_bridge_with_disagreement_is_cut_and_one_without_holds() -> None:
    pairs = np.array([(0, 1), (1, 2), (0, 2)])
    assert cluster(3, pairs, np.array([8.0, 4.0, -12.0]), 0.5).tolist() == [0, 0, 2]
    assert cluster(3, pairs, np.array([8.0, 6.0, -1.0]), 0.5).tolist() == [0, 0, 0]


def test_no_pairs_and_no_records() -> None:
    none = np.zeros((0, 2), dtype=np.int32)
    assert cluster(3, none, np.zeros(0), 0.5).tolist() == [0, 1, 2]
    assert cluster(0, none, np.zeros(0), 0.5).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(-9, 9)), max_size=30))
def test_groups_lie_within_components_and_are_named_by_their_smallest(edges: list[tuple[int, int, float]]) -> None:
    known = {(min(a, b), max(a, b)): value for a, b, value in edges if a != b}
    ordered = sorted(known)
    pairs = np.array(ordered, dtype=np.int64).reshape(-1, 2)
    strength = np.array([known[pair] for pair in ordered])
    group = cluster(10, pairs, strength, 0.5)
    part = components(10, pairs[strength >= 0])
    for record, leader in enumerate(group.tolist()):
        assert part[record] == part[leader]
        assert group[leader] == leader <= record


def test_two_marked_apart_never_meet_in_one_group() -> None:
    pairs = np.array([[0, 1], [1, 2], [0, 2]])
    strength = np.array([9.0, 9.0, 2.0])
    assert cluster(3, pairs, strength, 0.5).tolist() == [0, 0, 0]
    group = cluster(3, pairs, strength, 0.5, apart=np.array([False, False, True]))
    assert group[0] != group[2]


def test_bridges_are_the_likeliest_ways_to_join_and_no_more_than_needed() -> None:
    part = np.array([0, 0, 1, 1, 2])
    pairs = np.array([(0, 2), (1, 3), (0, 1), (3, 4), (0, 4)])
    assert bridges(part, pairs, np.array([0.6, 0.7, 0.3, 0.5, 0.4])).tolist() == [1, 3]
    assert bridges(part, pairs[2:3], np.array([0.3])).tolist() == [], "inside one part nothing is a bridge"
    assert bridges(part, pairs[:0], np.zeros(0)).tolist() == []
