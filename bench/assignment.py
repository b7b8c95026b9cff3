"""Benchmark of the assignment engine: against a bare OR-Tools flow, and 100,000 needs × 20,000 offers.

Run: `python -m bench.assignment [NEEDS OFFERS]`. Prints markdown rows: time, peak memory, cost, gap, ratio.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from linli.engines.assignment import KNOWN_CODES, NEEDS, OFFERS, read_weights

ON = date(2026, 3, 12)
TOWNS = [f"330521{town:03d}" for town in range(100, 124)]
LANGUAGES = [["普通话"], ["吴语"], ["普通话", "吴语"], ["手语"], ["苗语"], []]
SLOTS = [[f"{day} {start:02d}:00-{start + 3:02d}:00"] for day in "一二三四五六日" for start in (8, 13, 17)] + [[]]


def made(needs: int, offers: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """Invented needs and offers spread over 24 towns, supply a little short of demand."""
    draw = np.random.default_rng(seed)
    return _needs(draw, needs), _offers(draw, offers, max(1, needs * 9 // (10 * offers)))


def _needs(draw: np.random.Generator, count: int) -> pa.Table:
    town = draw.integers(0, len(TOWNS), count)
    return pa.Table.from_pylist(
        [
            {
                "need_id": f"N{at:07d}",
                "household_id": f"H{at // 2:07d}",
                "code": KNOWN_CODES[int(code)],
                "level": int(level),
                "due_on": ON + timedelta(days=int(days)),
                "place_code": f"{TOWNS[place]}{at % 20:03d}",
                "lat": 30.5 + place % 6 * 0.08 + float(one),
                "lon": 120.0 + place // 6 * 0.08 + float(two),
                "languages": LANGUAGES[at % 6],
                "slots": SLOTS[int(slot)],
                "helper_sex": ("2!", "2", "1", None, None, None)[at % 6],
                "minor": bool(at % 11 == 0),
                "excluded": [f"P{at % 997}"] if at % 50 == 0 else None,
                "age": int(age),
            }
            for at, (place, code, level, days, one, two, slot, age) in enumerate(
                zip(
                    town,
                    draw.integers(0, len(KNOWN_CODES), count),
                    draw.choice([1, 2, 3, 4], count, p=[0.02, 0.13, 0.35, 0.5]),
                    draw.integers(-20, 40, count),
                    draw.normal(0, 0.02, count),
                    draw.normal(0, 0.02, count),
                    draw.integers(0, len(SLOTS), count),
                    draw.integers(3, 95, count),
                    strict=True,
                )
            )
        ],
        schema=NEEDS,
    )


def _offers(draw: np.random.Generator, count: int, capacity: int) -> pa.Table:
    rows = []
    for at in range(count):
        place = int(draw.integers(0, len(TOWNS)))
        codes = draw.choice(len(KNOWN_CODES), int(draw.integers(1, 3)), replace=False)
        rows.append(
            {
                "offer_id": f"O{at:06d}",
                "provider": f"P{at % 3000}",
                "party": ("社区", "社工", "社会组织", "志愿者", "慈善资源")[at % 5],
                "kind": ("service", "time", "service", "goods", "fund", "space")[at % 6],
                "name": f"资源{at}",
                "need_codes": [KNOWN_CODES[int(code)] for code in codes],
                "languages": LANGUAGES[int(draw.integers(0, 6))],
                "vetted_until": ON + timedelta(days=int(draw.integers(-30, 400))),
                "place_code": TOWNS[place],
                "lat": 30.5 + place % 6 * 0.08 + float(draw.normal(0, 0.02)),
                "lon": 120.0 + place // 6 * 0.08 + float(draw.normal(0, 0.02)),
                "capacity": int(draw.integers(1, 2 * capacity + 1)),
                "slots": [slot for pick in draw.integers(0, len(SLOTS), 3) for slot in SLOTS[int(pick)]],
                "conditions": (None, "age>=60", "helper_sex=2", "fee_fen=2000", "helper_sex=1|2")[at % 5],
            }
        )
    return pa.Table.from_pylist(rows, schema=OFFERS)


def against_ortools(needs: pa.Table, offers: pa.Table) -> None:
    """The same candidate arcs solved by a bare OR-Tools model and by the engine's core, in turn."""
    from ortools.graph.python import min_cost_flow

    from linli.engines.assignment import assign
    from linli.engines.assignment.core import MILD_STEP, Arcs, priced_choice

    proof = assign(needs, offers, on=ON, weights=_weights()).certificate
    need, offer, cost = (np.array(proof.arcs[key], dtype=np.int64) for key in ("need", "offer", "cost"))
    unmet, capacity = np.array(proof.unmet_cost), np.array(proof.capacity)
    graph, mild = Arcs(need, offer, cost), (5 - np.array(proof.levels)) * MILD_STEP
    ours, theirs, found = [], [], {0, 1}
    for _ in range(3):
        began = time.perf_counter()
        ours_chosen = priced_choice(graph, capacity, unmet, mild)[0]
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        network = min_cost_flow.SimpleMinCostFlow()
        n, m = len(unmet), len(capacity)
        network.add_arcs_with_capacity_and_unit_cost(need, n + offer, np.ones_like(need), cost)
        network.add_arcs_with_capacity_and_unit_cost(np.arange(n), np.full(n, n + m), np.ones(n, dtype=np.int64), unmet)
        network.add_arcs_with_capacity_and_unit_cost(
            n + np.arange(m), np.full(m, n + m), capacity, np.zeros(m, dtype=np.int64)
        )
        network.set_nodes_supplies(
            np.arange(n + m + 1), np.concatenate([np.ones(n), np.zeros(m), [-n]]).astype(np.int64)
        )
        assert network.solve() == network.OPTIMAL
        theirs.append(time.perf_counter() - began)
        found = {int(graph.cost_of(ours_chosen, unmet).sum()), network.optimal_cost()}
        assert len(found) == 1, found
    print(
        f"| core vs OR-Tools, {n:,} × {m:,}, {len(need):,} arcs | cost equal ({found.pop():,}) "
        f"| {min(ours):.2f} s / {min(theirs):.2f} s | ratio {min(ours) / min(theirs):.2f} |"
    )


def whole_run(count: int, offers: int) -> None:
    """One run of the whole engine on invented rows."""
    from linli.engines.assignment import assign

    tables = made(count, offers, seed=7)
    began = time.perf_counter()
    result = assign(*tables, on=ON, weights=_weights())
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(
        f"| assign {count:,} × {offers:,} | {result.proposals.num_rows:,} proposals, {result.unmet.num_rows:,} unmet "
        f"| {took:.1f} s, peak {peak:.2f} GiB | {_told(result.gap, result.report)} |"
    )


def _told(gap: float, report: dict[str, Any]) -> str:
    """What the run says of itself, in words."""
    proven = "proven optimal" if report["proven"] else f"gap {gap:.2e}"
    return (
        f"{proven} in {report['rounds']} rounds; {report['pairs']:,} pairs looked at, {report['permitted_pairs']:,} "
        f"permitted, {report['candidates']:,} kept as candidates; {report['met']:,} needs met"
    )


def _weights() -> object:
    path = Path(__file__).parents[1] / "packs/common/matching.toml"
    return read_weights(path.read_text(encoding="utf-8"), ON)


if __name__ == "__main__":
    sizes = [int(part) for part in sys.argv[1:]] or [100_000, 20_000]
    print("| what | result | time | notes |\n|---|---|---|---|")
    against_ortools(*made(10_000, 2_000, seed=3))
    whole_run(sizes[0], sizes[1])
