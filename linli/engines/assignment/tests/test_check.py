"""The checker refuses every kind of tampering."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from linli.engines.assignment import as_json, check
from linli.engines.assignment.tests.make import needs, offers, run

NEED_ROWS = [{"level": 1}, {"level": 2}, {"level": 2, "excluded": ["O3"]}, {"level": 4}]
OFFER_ROWS = [{}, {"conditions": "fee_fen=3000"}, {"kind": "goods", "conditions": "fee_fen=1000"}]


def result() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(json.dumps(as_json(run(NEED_ROWS, OFFER_ROWS))))
    return loaded


def swap(told: dict[str, Any]) -> None:
    proof = told["certificate"]
    met = [at for at, offer in enumerate(proof["chosen"]) if offer >= 0]
    a, b = met[0], met[1]
    proof["chosen"][a], proof["chosen"][b] = proof["chosen"][b], proof["chosen"][a]


TAMPERING: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("cost_wrong", lambda told: told.update(cost=told["cost"] - 1)),
    ("bound_wrong", lambda told: told.update(bound=told["cost"] + 1)),
    ("proposal_wrong", swap),
    ("bound_wrong", lambda told: told["certificate"]["chosen"].__setitem__(0, -1)),
    ("over_capacity", lambda told: told["certificate"]["capacity"].__setitem__(0, 0)),
    ("bound_wrong", lambda told: told["certificate"]["price"].__setitem__(0, told["certificate"]["price"][0] + 5)),
    ("price_wrong", lambda told: told["certificate"]["price"].__setitem__(0, -1)),
    ("unknown_arc", lambda told: told["certificate"]["chosen"].__setitem__(2, 2)),
    ("levels_wrong", lambda told: told["certificate"]["unmet_cost"].__setitem__(0, 20_000)),
    ("proposal_wrong", lambda told: told["proposals"].pop(0)),
    ("proposal_wrong", lambda told: told["unmet"].clear()),
    ("shape", lambda told: told["certificate"].pop("price")),
    ("shape", lambda told: told["certificate"]["price"].__setitem__(0, 1.5)),
    ("shape", lambda told: told["certificate"]["arcs"]["cost"].pop()),
]


@pytest.mark.parametrize(("code", "tamper"), TAMPERING)
def test_tampering_is_found(code: str, tamper: Callable[[dict[str, Any]], Any]) -> None:
    told = result()
    assert check(told) == []
    before = copy.deepcopy(told)
    tamper(told)
    assert told != before
    assert code in {problem for problem, _ in check(told)}


@pytest.mark.parametrize(
    ("wall", "change"),
    [
        ("not_suitable", {"excluded": ["O1", "O2", "O3"]}),
        ("no_offer_for_code", {"code": "legal"}),
        ("vetting", {"minor": True}),
    ],
)
def test_walls_are_checked_against_the_rows(wall: str, change: dict[str, Any]) -> None:
    rows = needs(*NEED_ROWS).to_pylist()
    made = [{**row, "vetted_until": None} for row in offers(*OFFER_ROWS).to_pylist()]
    assert check(result(), rows, made) == []
    changed = [{**row, **change} for row in rows]
    assert wall in {params.get("wall") for _, params in check(result(), changed, made)}


def test_stated_capacity_is_checked_against_the_rows() -> None:
    made = [{**row, "capacity": 5} for row in offers(*OFFER_ROWS).to_pylist()]
    assert ("over_capacity", {"offer": "O1"}) in check(result(), needs(*NEED_ROWS).to_pylist(), made)
