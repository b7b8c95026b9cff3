"""The live map: whatever the stream, axes and counts equal those from scratch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.opinion import LiveMap, Options, Statement, Update, draw_map
from linli.engines.opinion.tests.made import partition, planted


def same_as_scratch(live: LiveMap, update: Update) -> None:
    talk = live.conversation()
    scratch = draw_map(talk, Options(stability=False, alarm=False))
    people = [update.people.index(p) for p in talk.people]
    statements = [update.statements.index(s.id) for s in talk.statements]
    for k in (0, 1):
        ours, theirs = update.axes[k][statements], scratch.axes[k]
        gap = (scratch.eigenvalues[k] - (scratch.eigenvalues[1] if k == 0 else 0)) / max(scratch.eigenvalues[0], 1e-9)
        if k == 0 and gap > 1e-3:
            assert min(np.abs(ours - theirs).max(), np.abs(ours + theirs).max()) < 1e-6
    assert np.allclose(update.eigenvalues, scratch.eigenvalues, rtol=1e-8, atol=1e-8)
    group = update.group[people]
    k = len(update.names)
    table = np.zeros((k, len(statements)), dtype=int)
    inside = group[talk.person] >= 0
    np.add.at(table, (group[talk.person][inside], talk.statement[inside]), 1)
    assert np.array_equal(update.counts.seen[:, statements], table)


@settings(max_examples=settings.default.max_examples // 3)
@given(st.integers(0, 10**6))
def test_a_stream_ends_where_scratch_does(seed: int) -> None:
    draw = np.random.default_rng(seed)
    live = LiveMap(about={"s3": Statement("s3", moderated=-1)})
    for batch in range(8):
        votes = [
            (f"p{p}", f"s{s}", int(v), batch)
            for p, s, v in zip(
                draw.integers(0, 10 + 4 * batch, 40),
                draw.integers(0, 5 + batch, 40),
                draw.integers(-1, 2, 40),
                strict=True,
            )
        ]
        update = live.add(votes)
    same_as_scratch(live, update)


def test_batches_into_a_loaded_map_keep_axes_and_groups() -> None:
    talk, truth = planted((60, 40), 30, 3, clear=2)
    live = LiveMap.of(talk)
    draw = np.random.default_rng(1)
    for _ in range(10):
        update = live.add(
            [
                (f"p{p}", f"s{s}", int(v))
                for p, s, v in zip(
                    draw.integers(0, 100, 20), draw.integers(0, 30, 20), draw.integers(-1, 2, 20), strict=True
                )
            ]
        )
    scratch = draw_map(live.conversation())
    order = [update.statements.index(s.id) for s in scratch.conversation.statements]
    assert np.allclose(np.abs(update.axes[:, order]), np.abs(scratch.axes), atol=1e-6)
    assert partition(update.people, update.group) == partition(scratch.conversation.people, scratch.group)
    assert len(partition(update.people, update.group)) == 2 and len(truth) == 100


def test_the_full_map_keeps_the_letters_of_the_stream() -> None:
    talk, _ = planted((30, 20), 20, 8, clear=2.5)
    live = LiveMap.of(talk)
    update = live.add([(f"q{i}", f"s{j}", 1 if i % 2 else -1) for i in range(6) for j in range(20)])
    whole = live.map()
    names = dict(zip(update.people, (update.names[g] if g >= 0 else None for g in update.group), strict=True))
    again = {p: whole.names[g] if g >= 0 else None for p, g in zip(whole.conversation.people, whole.group, strict=True)}
    assert np.mean([names[p] == again[p] for p in names]) > 0.9
    assert len(update.representative) == len(update.names) and all(update.representative)


def test_a_later_vote_replaces_and_an_older_one_does_not() -> None:
    live = LiveMap()
    live.add([("a", "x", 1, 5), ("b", "x", -1, 5)])
    live.add([("a", "x", -1, 4), ("b", "x", 1, 6)])
    talk = live.conversation()
    assert dict(zip(talk.people, talk.value.tolist(), strict=True)) == {"a": 1, "b": 1}
    with pytest.raises(ValueError, match="not a vote"):
        live.add([("a", "x", 2)])


def test_few_people_have_no_groups_until_they_are_enough() -> None:
    live = LiveMap()
    update = live.add([(f"p{i}", f"s{j}", 1 if i % 2 else -1) for i in range(10) for j in range(8)])
    assert update.names == () and (update.group == -1).all()
    update = live.add([(f"p{i}", f"s{j}", 1 if i % 2 else -1) for i in range(10, 24) for j in range(8)])
    assert len(update.names) == 2 and sorted(np.bincount(update.group).tolist()) == [12, 12]
