"""The whole assignment: tables in, result out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from linli.engines.assignment.arrays import arrays
from linli.engines.assignment.barring import Barring
from linli.engines.assignment.core import Core, solve
from linli.engines.assignment.data import ENGINE, NEEDS, OFFERS, VERSION, AssignResult, Certificate, Weights
from linli.engines.assignment.pairs import Pairs
from linli.engines.assignment.scoring import Scoring
from linli.engines.assignment.survey import survey
from linli.engines.assignment.tables import checked, digest
from linli.engines.assignment.telling import Telling
from linli.engines.assignment.weights import weights_json
from linli.engines.progress import Progress, silent

NEAR = 4
"""Candidate offers a need starts with; pricing adds others until none is left out."""
ROUNDS = 30
"""Flows at most; the result says whether they sufficed (they did in every trial: 4 to 9)."""
WHY_NOT = 5
"""Rejected offers told for each need."""


def assign(
    needs: pa.Table, offers: pa.Table, *, on: date, weights: Weights, k: int = 4, progress: Progress = silent
) -> AssignResult:
    """Who is helped by what on the day `on`: an exact choice, up to `k` ranked proposals per need, and why not.

    `needs` and `offers` follow `NEEDS` and `OFFERS` (missing columns count as null). What bars a pair is in
    `barring`, what ranks it in `scoring`. Raises BadInput with every fault of both tables at once.
    """
    need_table, offer_table = checked(needs, offers, NEEDS, OFFERS)
    need_rows, offer_rows, codes = arrays(need_table, offer_table)
    today = (on - date(1970, 1, 1)).days
    facts = (need_rows, offer_rows, codes, weights, today)
    pairs = Pairs(need_rows, offer_rows, Barring(*facts), Scoring(*facts))
    core = solve(pairs, NEAR, ROUNDS, progress)
    found = survey(pairs, core, k - 1, WHY_NOT, progress)
    telling = Telling(need_table, offer_table, pairs, core, on)
    options = {
        "on": on.isoformat(),
        "k": k,
        "near": NEAR,
        "rounds": ROUNDS,
        "why_not": WHY_NOT,
        "weights": weights_json(weights),
    }
    return AssignResult(
        proposals=telling.proposals(found),
        unmet=telling.unmet(found),
        rejected=telling.rejected(found),
        report=_report(pairs, core),
        cost=core.cost,
        bound=core.bound,
        gap=(core.cost - core.bound) / core.cost if core.cost else 0.0,
        certificate=_certificate(need_table, offer_table, pairs, core),
        engine=ENGINE,
        version=VERSION,
        digest=digest(need_table, offer_table),
        options=options,
    )


def _report(pairs: Pairs, core: Core) -> dict[str, int | bool]:
    """Counts, and whether the choice is proven best over all permitted pairs."""
    return {
        "needs": len(pairs.needs),
        "offers": len(pairs.offers),
        "pairs": pairs.count,
        "permitted_pairs": core.permitted_pairs,
        "candidates": len(core.arcs),
        "candidates_near": NEAR,
        "rounds": core.rounds,
        "proven": core.cost == core.bound,
        "met": int((core.chosen >= 0).sum()),
        "unmet": int((core.chosen < 0).sum()),
        "unread_slots": pairs.needs.unread_slots + pairs.offers.unread_slots,
    }


def _certificate(needs: pa.Table, offers: pa.Table, pairs: Pairs, core: Core) -> Certificate:
    arcs = {"need": core.arcs.need, "offer": core.arcs.offer, "cost": core.arcs.cost}
    return Certificate(
        needs=needs["need_id"].to_pylist(),
        levels=pairs.needs.level.tolist(),
        unmet_cost=core.unmet_cost.tolist(),
        offers=offers["offer_id"].to_pylist(),
        capacity=np.asarray(pairs.offers.capacity).tolist(),
        arcs={name: column.tolist() for name, column in arcs.items()},
        chosen=core.chosen.tolist(),
        price=core.price.tolist(),
    )
