"""The lottery is the fairest: against going through every panel, against published figures, under permutation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.sortition import Infeasible, Pool, Quota, Source, draw, read_csv, read_input
from linli.engines.sortition.checking import check
from linli.engines.sortition.tests.pools import every_panel, leximin_by_force, small_inputs

DATA = Path(__file__).parents[4] / "tests" / "data" / "sortition"
SEED = Source("seed", "42", "nonce")
QUICK = settings(derandomize=True)


def holds(document: dict) -> bool:
    """Every finding of the independent check on the result as a reader gets it."""
    return all(finding.ok for finding in check(json.loads(json.dumps(document)), {}))


@QUICK
@given(small_inputs())
def test_leximin_is_that_of_all_panels(given_input):
    pool, quotas, size = given_input
    panels = every_panel(pool, quotas, size)
    if not panels:
        with pytest.raises(Infeasible):
            draw(pool, quotas, size, source=SEED)
        return
    done = draw(pool, quotas, size, source=SEED)
    assert np.allclose(done.probabilities, leximin_by_force(len(pool.people), panels), atol=1e-6)
    assert tuple(done.people) in panels
    assert holds(done.document)


@QUICK
@given(small_inputs(), st.sampled_from(["maximin", "nash"]))
def test_maximin_and_nash_hold_and_keep_their_promise(given_input, fairness):
    pool, quotas, size = given_input
    panels = every_panel(pool, quotas, size)
    if not panels:
        return
    done = draw(pool, quotas, size, source=SEED, fairness=fairness)
    assert holds(done.document)
    chances = np.array(done.probabilities)
    fairest = leximin_by_force(len(pool.people), panels)
    some = fairest > 1e-9
    assert ((chances > 1e-9) == some).all()
    if fairness == "maximin":
        assert chances[some].min() == pytest.approx(fairest[some].min(), abs=1e-6)
    else:
        assert np.log(chances[some]).sum() >= np.log(fairest[some]).sum() - 1e-6


@QUICK
@given(small_inputs(), st.randoms(use_true_random=False))
def test_the_order_of_people_and_quotas_does_not_matter(given_input, random):
    pool, quotas, size = given_input
    try:
        before = draw(pool, quotas, size, source=SEED).probabilities
    except Infeasible:
        return
    order = list(range(len(pool.people)))
    random.shuffle(order)
    turned = Pool(
        pool.categories,
        tuple(pool.people[i] for i in order),
        None if pool.households is None else tuple(pool.households[i] for i in order),
    )
    mixed = list(quotas)
    random.shuffle(mixed)
    after = draw(turned, mixed, size, source=SEED).probabilities
    assert np.allclose([before[i] for i in order], after, atol=1e-6)


def test_alike_people_have_equal_chances_however_many_join():
    quotas = [Quota("sex", "f", 2, 2), Quota("sex", "m", 2, 2)]
    for more in (2, 5, 40):
        pool = Pool(("sex",), (("f",), ("f",), ("f",), *((("m",),) * more)))
        chances = draw(pool, quotas, 4, source=SEED).probabilities
        assert chances[:3] == pytest.approx([2 / 3] * 3)
        assert chances[3:] == pytest.approx([2 / more] * more)


def test_two_of_one_home_are_never_drawn_together():
    pool = Pool(("sex",), (("f",), ("m",), ("f",), ("m",)), (0, 0, 1, 1))
    quotas = [Quota("sex", "f", 0, 2), Quota("sex", "m", 0, 2)]
    for text in "abcdefgh":
        done = draw(pool, quotas, 2, source=Source("beacon", text))
        assert len({pool.households[i] for i in done.people}) == 2
        assert holds(done.document)


def test_a_pool_of_219_volunteers_meets_its_expected_figures():
    wanted = json.loads((DATA / "expected.json").read_text("utf-8"))["diversimax_wide_60"]
    tables = [read_csv(DATA / "diversimax_wide_60" / name) for name in ("respondents.csv", "categories.csv")]
    done = draw(*read_input(*tables, 60), 60, source=SEED)
    expected = np.sort([value for value, times in wanted["chances"] for _ in range(times)])
    assert np.allclose(np.sort(done.probabilities), expected, atol=1e-6)
    assert done.document["certificate"]["attained"]
    assert holds(done.document)


def test_one_woman_among_a_hundred_and_ninety_nine_others_has_no_better_chance():
    """200 people of three types and quotas that all can meet: everybody is drawn with one chance, 20 of 200."""
    people = [("f", "c")] + [("f", "l")] * 99 + [("m", "c")] * 100
    quotas = [Quota(at, value, 9, 20) for at, value in (("sex", "f"), ("sex", "m"), ("mind", "l"), ("mind", "c"))]
    done = draw(Pool(("sex", "mind"), tuple(people)), quotas, 20, source=SEED)
    assert done.probabilities == pytest.approx([0.1] * 200)
    assert holds(done.document)


def test_the_same_input_gives_the_same_bytes():
    pool = Pool(("a", "b"), tuple((x, y) for x in "123" for y in "12" for _ in range(3)))
    quotas = [Quota("a", x, 1, 3) for x in "123"] + [Quota("b", y, 2, 4) for y in "12"]
    one, two = (draw(pool, quotas, 6, source=SEED).document for _ in range(2))
    assert json.dumps(one) == json.dumps(two)
    other = draw(pool, quotas, 6, source=Source("seed", "43", "nonce")).document
    assert other["panels"] == one["panels"]
    assert other["drawn"] != one["drawn"]


@pytest.mark.parametrize("people", [1, 3])
def test_a_pool_no_larger_than_the_panel(people):
    pool = Pool(("a",), (("x",),) * people)
    done = draw(pool, [Quota("a", "x", 0, 9)], people, source=SEED)
    assert done.people == list(range(people))
    assert done.probabilities == [1.0] * people
    assert holds(done.document)
