"""Our own mode: nothing depends on order or names, planted groups are found, small meetings are guarded."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.opinion import Before, Conversation, Options, as_json, conversation, draw_map
from linli.engines.opinion.data import from_codes
from linli.engines.opinion.grouping import best_grouping
from linli.engines.opinion.silhouettes import silhouette
from linli.engines.opinion.tests.made import partition, planted

FEW = settings(max_examples=settings.default.max_examples // 3)


def columns(talk: Conversation) -> tuple[list[str], list[str], list[int], list[int]]:
    return (
        [talk.people[p] for p in talk.person],
        [talk.statements[s].id for s in talk.statement],
        talk.value.tolist(),
        talk.at.tolist(),
    )


@FEW
@given(st.integers(0, 10**6), st.sampled_from([(12, 12), (20, 9), (14, 13, 12)]))
def test_any_order_of_rows_gives_the_same_bytes(seed: int, sizes: tuple[int, ...]) -> None:
    talk, _ = planted(sizes, 12, seed)
    rows = columns(talk)
    order = np.random.default_rng(seed).permutation(len(rows[0]))
    again = conversation(*([column[at] for at in order] for column in rows))
    one, two = (json.dumps(as_json(draw_map(each)), sort_keys=True) for each in (talk, again))
    assert one == two


@FEW
@given(st.integers(0, 10**6))
def test_other_times_of_arrival_give_the_same_groups(seed: int) -> None:
    talk, _ = planted((15, 12), 12, seed)
    people, statements, value, _ = columns(talk)
    later = np.random.default_rng(seed).permutation(len(people)).tolist()
    again = conversation(people, statements, value, later)
    options = Options(alarm=False)
    one, two = draw_map(talk, options), draw_map(again, options)
    assert np.array_equal(one.group, two.group) and np.array_equal(one.axes, two.axes)


@FEW
@given(st.integers(0, 10**6))
def test_other_names_of_people_and_statements_change_nothing_else(seed: int) -> None:
    talk, _ = planted((16, 11), 14, seed)
    draw = np.random.default_rng(seed)
    people = dict(zip(talk.people, draw.permutation(len(talk.people)).astype(str), strict=True))
    statements = {
        one.id: f"x{at}" for one, at in zip(talk.statements, draw.permutation(len(talk.statements)), strict=True)
    }
    who, what, value, at = columns(talk)
    again = conversation([people[p] for p in who], [statements[s] for s in what], value, at)
    one, two = draw_map(talk), draw_map(again)
    renamed = {frozenset(people[p] for p in group) for group in partition(talk.people, one.group)}
    assert renamed == partition(again.people, two.group)
    place = {name: j for j, name in enumerate(s.id for s in again.statements)}
    order = [place[statements[s.id]] for s in talk.statements]
    assert np.allclose(one.axes, two.axes[:, order], atol=1e-8)
    assert np.allclose(one.consensus, two.consensus[order]) and np.allclose(one.priority, two.priority[order])
    assert one.stability is not None and two.stability is not None
    # Other names mean other halves of 27 people: the score is an estimate, and moves by a few of them.
    assert one.stability.score == pytest.approx(two.stability.score, abs=0.15)


@FEW
@given(st.integers(0, 10**6))
def test_votes_turned_round_swap_agree_and_disagree(seed: int) -> None:
    talk, _ = planted((16, 12), 12, seed)
    who, what, value, at = columns(talk)
    turned = conversation(who, what, [-v for v in value], at)
    one, two = draw_map(talk), draw_map(turned)
    assert partition(talk.people, one.group) == partition(talk.people, two.group)
    assert np.array_equal(one.counts.agree, two.counts.disagree)
    assert np.array_equal(one.consensus, two.consensus_disagree)
    assert np.allclose(np.abs(one.positions), np.abs(two.positions), atol=1e-8)


@pytest.mark.parametrize("sizes", [(40, 25), (30, 30, 30), (60, 8), (30, 25, 20, 15)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_planted_groups_are_recovered(sizes: tuple[int, ...], seed: int) -> None:
    talk, truth = planted(sizes, 40, seed, clear=2.5, each=0.8)
    found = draw_map(talk)
    theirs = {frozenset(p for p, g in truth.items() if g == at) for at in range(len(sizes))}
    if len(sizes) <= 3:  # four opinions do not always lie apart in two directions
        assert partition(found.conversation.people, found.group) == theirs
    assert found.stability is not None and found.stability.score > 0.5


@FEW
@given(st.integers(0, 10**6), st.integers(20, 90))
def test_no_group_is_under_the_floor_and_the_silhouette_is_the_real_one(seed: int, people: int) -> None:
    points = np.random.default_rng(seed).normal(size=(people, 2)) * [3, 1]
    found = best_grouping(points, 6, 5)
    assert np.bincount(found.label).min() >= 6
    assert found.silhouette == pytest.approx(silhouette(points, found.label), abs=1e-9)
    assert found.silhouette >= max(found.silhouettes.values(), default=0.0) - 1e-9  # none: no two groups to be had


def test_a_grid_of_cells_changes_the_silhouette_little() -> None:
    draw = np.random.default_rng(4)
    middles = np.array([[0, 0], [6, 0], [0, 6]])
    points = np.concatenate([draw.normal(size=(900, 2)) + middle for middle in middles])
    found = best_grouping(points, 50, 5)
    assert sorted(np.bincount(found.label).tolist()) == pytest.approx([900, 900, 900], abs=30)


def test_fewer_than_fifteen_people_get_no_map_and_nobody_is_shown() -> None:
    talk, _ = planted((7, 7), 12, 1, each=0.5)
    document = as_json(draw_map(talk))
    assert document["notes"][0] == "few_people" and document["groups"] == [] and document["axes"] == []
    assert all(set(one) == {"id", "group"} and one["group"] is None for one in document["participants"])
    assert all((one["agree"] is None) == (one["seen"] < 5) for one in document["statements"])
    assert any(one["agree"] is not None for one in document["statements"])


def test_people_who_all_vote_alike_get_no_map() -> None:
    talk = conversation(
        [f"p{i}" for i in range(20) for _ in range(8)], [f"s{j}" for _ in range(20) for j in range(8)], [1] * 160
    )
    document = as_json(draw_map(talk))
    assert "all_alike" in document["notes"] and document["groups"] == []
    assert [one["agree"] for one in document["statements"]] == [20] * 8


@pytest.mark.parametrize("mode", ["stable", "parity"])
def test_one_person_with_one_vote_is_no_accident(mode: str) -> None:
    document = as_json(draw_map(conversation(["甲"], ["一"], [1]), Options(mode=mode)))  # type: ignore[arg-type]
    assert document["totals"]["votes"] == 1
    json.dumps(document, allow_nan=False)


def test_groups_keep_their_letters_and_no_letter_returns() -> None:
    talk, truth = planted((30, 20), 20, 5, clear=2.5)
    first = draw_map(talk)
    before = Before.of(as_json(first))
    grown, more = planted((30, 44), 20, 5, clear=2.5)  # the smaller group becomes the larger one
    who, what, value, at = columns(grown)
    assert {p: g for p, g in more.items() if p in truth} == truth
    second = draw_map(conversation(who, what, value, at), before=before)
    one, two = (
        {p: found.names[g] for p, g in zip(found.conversation.people, found.group, strict=True) if g >= 0}
        for found in (first, second)
    )
    kept = [one[p] == two[p] for p in one if p in two]
    assert np.mean(kept) > 0.9 and set(second.names) <= set(second.names_used)
    gone = Before(group={"nobody": "A"}, used=("A", "B"), axes={})
    assert draw_map(talk, before=gone).names == ("C", "D")


def test_axes_keep_the_direction_of_the_earlier_map() -> None:
    talk, _ = planted((30, 20), 20, 6)
    document = as_json(draw_map(talk))
    turned = document | {"axes": [[-x for x in axis] for axis in document["axes"]]}
    again = draw_map(talk, before=Before.of(turned))
    assert np.allclose(again.axes, turned["axes"], atol=1e-9)


def test_columns_by_code_and_by_id_are_the_same() -> None:
    talk, _ = planted((9, 9), 8, 2)
    again = from_codes(talk.people, talk.person, [s.id for s in talk.statements], talk.statement, talk.value, talk.at)
    assert again.digest == talk.digest
