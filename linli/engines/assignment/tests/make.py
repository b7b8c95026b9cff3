"""Small invented needs and offers for the tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from linli.engines.assignment import NEEDS, OFFERS, AssignResult, Weights, assign, read_weights

ON = date(2026, 3, 12)
PACK = Path(__file__).parents[4] / "packs/common/matching.toml"


def weights(**changes: object) -> Weights:
    """The common pack's weights, some of them changed."""
    import dataclasses

    return dataclasses.replace(read_weights(PACK.read_text(encoding="utf-8"), ON), **changes)  # type: ignore[arg-type]


def needs(*rows: dict[str, Any]) -> pa.Table:
    """Needs N1, N2, … for meals at level 3, changed as each row says."""
    plain = [{"need_id": f"N{at}", "code": "meal", "level": 3, **row} for at, row in enumerate(rows, start=1)]
    return pa.Table.from_pylist(plain, schema=NEEDS)


def offers(*rows: dict[str, Any]) -> pa.Table:
    """Offers O1, O2, … of one place each for meals, changed as each row says."""
    base = {
        "party": "社会组织",
        "kind": "service",
        "need_codes": ["meal"],
        "capacity": 1,
        "vetted_until": date(2030, 1, 1),
    }
    plain = [
        {"offer_id": f"O{at}", "provider": f"P{at}", "name": f"资源{at}", **base, **row}
        for at, row in enumerate(rows, start=1)
    ]
    return pa.Table.from_pylist(plain, schema=OFFERS)


def run(need_rows: list[dict[str, Any]], offer_rows: list[dict[str, Any]], **more: Any) -> AssignResult:
    """Assign the rows on the tests' day."""
    return assign(needs(*need_rows), offers(*offer_rows), **{"on": ON, "weights": weights(), **more})


def chosen(result: AssignResult) -> dict[str, str]:
    """Need → offer of the core's choice."""
    rows = result.proposals.to_pylist()
    return {row["need_id"]: row["offer_id"] for row in rows if row["rank"] == 1}


def rejection(result: AssignResult, need: str = "N1", offer: str = "O1") -> dict[str, Any]:
    """The why-not row of a pair."""
    rows = [row for row in result.rejected.to_pylist() if (row["need_id"], row["offer_id"]) == (need, offer)]
    assert len(rows) == 1, rows
    return rows[0]
