"""What goes into an assignment and what comes out: tables, weights, result. No method lives here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

ENGINE = "assignment"
VERSION = "1"

_TEXT, _TEXTS, _DAY = pa.string(), pa.list_(pa.string()), pa.date32()

NEEDS = pa.schema(
    [
        ("need_id", _TEXT),
        ("person_id", _TEXT),
        ("household_id", _TEXT),
        ("code", _TEXT),
        ("level", pa.int32()),
        ("reason", _TEXT),
        ("due_on", _DAY),
        ("place_code", _TEXT),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("languages", _TEXTS),
        ("helper_sex", _TEXT),
        ("slots", _TEXTS),
        ("minor", pa.bool_()),
        ("excluded", _TEXTS),
        ("flag_rule", _TEXT),
        ("skills", _TEXTS),
        ("pays_fen", pa.int64()),
        ("amount_fen", pa.int64()),
        ("age", pa.int32()),
        ("sex", _TEXT),
        ("groups", _TEXTS),
    ]
)
"""Needs: the canonical columns, then six optional ones (wished skills, the most the person can pay
each time, the sum asked for, and the facts an offer's conditions may speak of). `helper_sex` is
"1" or "2" as a wish, "1!" or "2!" when it must be so. `region` is read where `place_code` is missing."""

OFFERS = pa.schema(
    [
        ("offer_id", _TEXT),
        ("provider", _TEXT),
        ("party", _TEXT),
        ("kind", _TEXT),
        ("name", _TEXT),
        ("need_codes", _TEXTS),
        ("skills", _TEXTS),
        ("languages", _TEXTS),
        ("vetted_until", _DAY),
        ("place_code", _TEXT),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("capacity", pa.int64()),
        ("unit", _TEXT),
        ("slots", _TEXTS),
        ("conditions", _TEXT),
        ("valid_from", _DAY),
        ("valid_to", _DAY),
        ("people", _TEXTS),
    ]
)
"""Offers: the canonical columns, and optionally the people who would come (names or ids; exclusions reach them)."""

KINDS = ("service", "time", "goods", "space", "fund")

PROPOSALS = pa.schema(
    [
        ("need_id", _TEXT),
        ("offer_id", _TEXT),
        ("rank", pa.int32()),
        ("score", pa.float64()),
        *((part, pa.float64()) for part in ("fit", "wish", "wait", "distance", "cost")),
        ("spare", pa.int64()),
        ("why", _TEXT),
    ]
)
"""Ranked proposals. `score` is 0–100 and the sum of the five parts; `spare` is what the offer has left after
every first choice; `why` is JSON `{"fits": [[code, params], …], "lacks": […]}`. Rank 1 is the exact core's choice."""

UNMET = pa.schema(
    [
        ("need_id", _TEXT),
        ("code", _TEXT),
        ("level", pa.int32()),
        ("binding", _TEXT),
        ("params", _TEXT),
        ("unlocked_by", _TEXT),
        ("restricted_code", _TEXT),
    ]
)
"""Needs left over: what binds, and what one more offer, place, slot or vetting would unlock (JSON list of
`[code, params]`). `restricted_code` may name an exclusion: only for those who may see exclusions."""

REJECTED = pa.schema(
    [
        ("need_id", _TEXT),
        ("offer_id", _TEXT),
        ("code", _TEXT),
        ("params", _TEXT),
        ("restricted_code", _TEXT),
    ]
)
"""The best offers not proposed to each need, and why. `restricted_code` as in `UNMET`."""


@dataclass(frozen=True)
class Weights:
    """One dated version of the matching numbers; `matching.toml` of the common pack explains each."""

    id: str
    source: str
    valid_from: date
    valid_to: date | None
    points: Mapping[str, int]
    kind_fit: Mapping[str, int]
    kind_fit_of: Mapping[str, Mapping[str, int]]
    fit: Mapping[str, int]
    wish: Mapping[str, int]
    wait_level: Mapping[int, int]
    overdue_per_day: int
    distance: Mapping[str, int]
    cost: Mapping[str, int]
    reach_km: Mapping[str, float]
    reach_digits: Mapping[str, int]
    common_time_kinds: frozenset[str]
    language_codes: frozenset[str]
    vet_minor: bool
    vet_kinds: frozenset[str]
    vet_codes: frozenset[str]


@dataclass(frozen=True)
class Certificate:
    """Enough to prove the core optimal without a solver: the sparse graph, the choice and its prices.

    Needs and offers are named by position in `needs` and `offers`; `chosen` is an offer's position or -1.
    """

    needs: list[str]
    levels: list[int]
    unmet_cost: list[int]
    offers: list[str]
    capacity: list[int]
    arcs: dict[str, list[int]]
    chosen: list[int]
    price: list[int]

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON values."""
        return dict(vars(self))


@dataclass(frozen=True)
class AssignResult:
    """Proposals, what stays unmet, and the proof.

    `cost` is the exact integer cost of the core; `bound` a proven lower bound over *every* permitted
    pair, not only the candidate arcs; `gap` = (cost − bound) / cost, 0.0 when the core is optimal.
    """

    proposals: pa.Table
    unmet: pa.Table
    rejected: pa.Table
    report: dict[str, Any]
    cost: int
    bound: int
    gap: float
    certificate: Certificate
    engine: str
    version: str
    digest: str
    options: dict[str, Any]
