"""The core against brute force and a dense solver; capacity and exclusions under any weights; order of rows."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from linli.engines.assignment import NEEDS, OFFERS, as_json, assign, check
from linli.engines.assignment.core import Arcs, choose, priced_choice, prices, unmet_costs
from linli.engines.assignment.tests.make import ON, chosen, run, weights

CODES = ("meal", "bath", "visit")
SLOTS = ("一 09:00-11:00", "二 14:00-17:00")
need_rows = st.fixed_dictionaries(
    {
        "code": st.sampled_from(CODES),
        "level": st.integers(1, 4),
        "household_id": st.sampled_from(["H1", "H2", None]),
        "place_code": st.sampled_from(["330521103001", "330521104002", None]),
        "slots": st.lists(st.sampled_from(SLOTS), max_size=1),
        "helper_sex": st.sampled_from([None, "2", "2!"]),
        "excluded": st.lists(st.sampled_from(["O1", "P2", "P3"]), max_size=1),
        "minor": st.booleans(),
    }
)
offer_rows = st.fixed_dictionaries(
    {
        "need_codes": st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True),
        "kind": st.sampled_from(["service", "time", "goods"]),
        "capacity": st.integers(0, 2),
        "place_code": st.sampled_from(["330521103", "330522", None]),
        "slots": st.lists(st.sampled_from(SLOTS), max_size=2),
        "conditions": st.sampled_from([None, "helper_sex=2", "fee_fen=3000"]),
        "vetted_until": st.sampled_from([None, ON]),
    }
)


def dense_cost(arcs: dict[tuple[int, int], int], capacity: list[int], leave: list[int]) -> int:
    """The optimum by the Hungarian method on places repeated by capacity, with one own exit per need."""
    seats = [offer for offer, places in enumerate(capacity) for _ in range(places)]
    never = sum(leave) + 10**6
    matrix = np.full((len(leave), len(seats) + len(leave)), never)
    for need, exit_cost in enumerate(leave):
        matrix[need, len(seats) + need] = exit_cost
        for at, offer in enumerate(seats):
            matrix[need, at] = arcs.get((need, offer), never)
    return int(matrix[linear_sum_assignment(matrix)].sum())


@settings(max_examples=60, deadline=None)
@given(st.lists(need_rows, min_size=1, max_size=8), st.lists(offer_rows, min_size=1, max_size=8))
def test_cost_is_the_optimum_over_every_permitted_pair(
    needs: list[dict[str, Any]], offers: list[dict[str, Any]]
) -> None:
    result = run(needs, offers)
    proof = result.certificate
    assert result.report["proven"] and result.cost == result.bound
    every = {}
    for need, offer in itertools.product(range(len(needs)), range(len(offers))):
        alone = (
            run(
                [{**row, "need_id": f"N{at + 1}"} if at == need else {"code": "other"} for at, row in enumerate(needs)],
                [
                    {**row, "capacity": min(row["capacity"], 1)} if at == offer else {"need_codes": ["none"]}
                    for at, row in enumerate(offers)
                ],
            )
            if len(needs) * len(offers) <= 12
            else None
        )
        if alone is None:
            continue
        row = [row for row in alone.proposals.to_pylist() if row["need_id"] == f"N{need + 1}"]
        excluded_by_kin = any(
            other["household_id"]
            and other["household_id"] == needs[need]["household_id"]
            and {f"O{offer + 1}", f"P{offer + 1}"} & set(other["excluded"])
            for other in needs
        )
        if row and not excluded_by_kin:
            every[need, offer] = 10_000 - round(100 * row[0]["score"])
    if len(needs) * len(offers) <= 12:
        order = [proof.needs.index(f"N{at + 1}") for at in range(len(needs))]
        leave = [proof.unmet_cost[at] for at in order]
        assert result.cost == dense_cost(every, [row["capacity"] for row in offers], leave)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_sparse_core_equals_dense_solver_and_its_prices_prove_it(data: st.DataObject) -> None:
    count, offers = data.draw(st.integers(1, 7)), data.draw(st.integers(1, 5))
    pairs = data.draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, offers - 1)), unique=True))
    costs = data.draw(st.lists(st.integers(0, 10_000), min_size=len(pairs), max_size=len(pairs)))
    capacity = np.array(data.draw(st.lists(st.integers(0, 3), min_size=offers, max_size=offers)))
    levels = np.array(data.draw(st.lists(st.integers(1, 4), min_size=count, max_size=count)))
    none = np.zeros(0, dtype=np.int64)
    columns = [np.array(column, dtype=np.int64) for column in (*zip(*pairs, strict=True),)] if pairs else [none, none]
    arcs = Arcs(none, none, none).with_more(columns[0], columns[1], np.array(costs, dtype=np.int64))
    leave = unmet_costs(levels, capacity)
    best, price = priced_choice(arcs, capacity, leave, (5 - levels) * 80_000)
    cost = int(arcs.cost_of(best, leave).sum())
    assert cost == dense_cost(dict(zip(pairs, costs, strict=True)), capacity.tolist(), leave.tolist())
    pays = leave.copy()
    np.minimum.at(pays, arcs.need, arcs.cost + price[arcs.offer])
    assert cost == int(pays.sum() - (price * capacity).sum())


def test_prices_do_not_settle_for_a_choice_that_is_not_optimal() -> None:
    arcs = Arcs(*(np.array(column) for column in ([0, 0, 1, 1], [0, 1, 0, 1], [0, 100, 100, 0])))
    leave, room = np.array([1000, 1000]), np.array([1, 1])
    assert prices(arcs, np.array([1, 0]), leave, room) is None
    assert prices(arcs, np.array([0, -1]), leave, room) is None
    assert prices(arcs, np.array([0, 1]), leave, room) is not None


def test_true_costs_run_where_the_mild_ones_mislead() -> None:
    """A chain of twelve swaps costs more than the mild difference of two levels, and must still be made."""
    links = 12
    need = np.repeat(np.arange(links), 2)
    offer = need + np.tile([0, 1], links) - 1
    cost = np.tile([0, 10_000], links)
    keep = offer >= 0
    keep &= offer < links - 1
    arcs = Arcs(need[keep], offer[keep], cost[keep])
    levels, room = np.array([1] * (links - 1) + [4]), np.ones(links - 1, dtype=np.int64)
    leave, mild = unmet_costs(levels, room), (5 - levels) * 20_000
    assert choose(arcs, room, mild)[-1] >= 0
    assert priced_choice(arcs, room, leave, mild)[0].tolist() == [*range(links - 1), -1]


point = st.integers(0, 100)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(need_rows, min_size=1, max_size=6),
    st.lists(offer_rows, min_size=1, max_size=5),
    st.lists(point, min_size=3, max_size=3),
    st.data(),
)
def test_no_weights_break_a_wall_or_a_capacity(
    needs: list[dict[str, Any]], offers: list[dict[str, Any]], some: list[int], data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(point, min_size=4, max_size=4)))
    parts = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    changed = weights(
        points=dict(zip(("fit", "wish", "wait", "distance", "cost"), parts, strict=True)),
        fit={"side_line": some[0], "no_skill": some[1]},
        cost={"fee_ref_fen": 5000, "unknown": some[2]},
    )
    result = run(needs, offers, weights=changed)
    taken: dict[str, int] = {}
    for one in chosen(result).values():
        taken[one] = taken.get(one, 0) + 1
    assert all(count <= offers[int(offer[1:]) - 1]["capacity"] for offer, count in taken.items())
    for row in result.proposals.to_pylist():
        need, offer = needs[int(row["need_id"][1:]) - 1], offers[int(row["offer_id"][1:]) - 1]
        at = row["offer_id"][1:]
        kin = [other for other in needs if other["household_id"] == need["household_id"] and need["household_id"]] + [
            need
        ]
        assert not {f"O{at}", f"P{at}"} & {term for other in kin for term in other["excluded"]}
        assert need["code"] in offer["need_codes"]
        close = offer["kind"] != "goods" and (need["minor"] or need["code"] in ("bath", "visit"))
        assert not close or offer["vetted_until"] is not None
        assert not (need["helper_sex"] == "2!" and offer["kind"] != "goods" and offer["conditions"] != "helper_sex=2")
        assert 0 <= row["score"] <= 100
        assert abs(row["score"] - sum(row[part] for part in ("fit", "wish", "wait", "distance", "cost"))) < 1e-9


@settings(max_examples=25, deadline=None)
@given(
    st.lists(need_rows, min_size=1, max_size=8),
    st.lists(offer_rows, min_size=1, max_size=8),
    st.randoms(use_true_random=False),
)
def test_order_of_rows_does_not_matter(needs: list[dict[str, Any]], offers: list[dict[str, Any]], shuffle: Any) -> None:
    first = run(needs, offers)
    rows = [{"need_id": f"N{at + 1}", **row} for at, row in enumerate(needs)]
    base = {"party": "社会组织"}
    others = [
        {"offer_id": f"O{at + 1}", "provider": f"P{at + 1}", "name": f"资源{at + 1}", **base, **row}
        for at, row in enumerate(offers)
    ]
    shuffle.shuffle(rows)
    shuffle.shuffle(others)
    second = assign(
        pa.Table.from_pylist(rows, schema=NEEDS), pa.Table.from_pylist(others, schema=OFFERS), on=ON, weights=weights()
    )
    assert as_json(first) == as_json(second)


@settings(max_examples=40, deadline=None)
@given(st.lists(need_rows, min_size=1, max_size=7), st.lists(offer_rows, min_size=1, max_size=4))
def test_urgent_needs_are_met_as_if_alone(needs: list[dict[str, Any]], offers: list[dict[str, Any]]) -> None:
    """As many needs of level ≤ L are met with everybody as with only those needs: lesser levels never cost them."""
    everybody = run(needs, offers)
    for level in (1, 2, 3):
        urgent = [row if row["level"] <= level else {**row, "code": "nobody"} for row in needs]
        met = [need for need in chosen(everybody) if needs[int(need[1:]) - 1]["level"] <= level]
        assert len(met) == len(chosen(run(urgent, offers)))


@settings(max_examples=25, deadline=None)
@given(st.lists(need_rows, min_size=1, max_size=8), st.lists(offer_rows, min_size=1, max_size=8))
def test_every_result_passes_its_check(needs: list[dict[str, Any]], offers: list[dict[str, Any]]) -> None:
    result = run(needs, offers)
    made = [
        {**row, "offer_id": f"O{at + 1}", "provider": f"P{at + 1}", "name": f"资源{at + 1}"}
        for at, row in enumerate(offers)
    ]
    rows = [{**row, "need_id": f"N{at + 1}"} for at, row in enumerate(needs)]
    assert check(as_json(result), rows, made) == []
