"""Like for like: who comes in for those who dropped out, by a draw of its own with its own chances.

Three rules are tried in turn, the first that can be kept is used: everyone new has all the features of one who left
(`same_kind`); the new ones together have the same counts as those who left (`same_counts`); the whole panel keeps the
quotas (`quotas`). Nobody comes in who lives with somebody staying.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace as changed
from typing import Any

from linli.engines.progress import Progress, silent
from linli.engines.sortition.cells import make_problem
from linli.engines.sortition.data import Draw, Fairness, Pool, Quota
from linli.engines.sortition.engine import assemble, fair_lottery
from linli.engines.sortition.feasibility import Feasibility, Infeasible
from linli.engines.sortition.seeds import Source


def replace(
    pool: Pool,
    quotas: Sequence[Quota],
    drawn: dict[str, Any],
    dropped: Sequence[int],
    source: Source,
    *,
    options: dict[str, Any] | None = None,
    progress: Progress = silent,
) -> Draw:
    """Draw as many people as dropped out (`dropped`: positions in the pool) of `drawn`, a result of a draw before.

    Raises Infeasible when even the quotas alone cannot be kept.
    """
    before = drawn.get("replacing") or {"kept": [], "dropped": [], "left": []}
    panel = sorted([*before["kept"], *drawn["drawn"]])
    kept = [person for person in panel if person not in set(dropped)]
    left = sorted([*before["dropped"], *before["left"]])
    homes = pool.households if pool.households is not None else tuple(range(len(pool.people)))
    taken = {homes[person] for person in kept}
    out = set(panel) | set(left)
    free = [i for i in range(len(pool.people)) if i not in out and homes[i] not in taken]
    fairness: Fairness = drawn["options"]["fairness"]
    trouble = Feasibility(feasible=False)
    for rule, some, wanted, categories in _rules(pool, quotas, kept, dropped, free):
        part = Pool(categories, tuple(person for _, person in some), _homes(pool, [i for i, _ in some]))
        if len(some) < len(dropped) or any(quota.low > quota.high for quota in wanted):
            continue
        problem = make_problem(part, wanted, len(dropped))
        try:
            lottery = fair_lottery(problem, fairness, progress)
        except Infeasible as none:
            trouble = none.found
            continue
        cell = {i: j for (i, _), j in zip(some, problem.cell_of, strict=True)}
        cells = tuple(cell.get(i) for i in range(len(pool.people)))
        notes = {"of": drawn["seal"], "kept": kept, "dropped": sorted(dropped), "left": left, "rule": rule}
        whole = changed(problem, cell_of=cells)
        named = changed(pool, categories=categories)
        return assemble(whole, named, lottery, source, fairness, options=options, replacing=notes)
    raise Infeasible(trouble)


def _rules(
    pool: Pool, quotas: Sequence[Quota], kept: Sequence[int], dropped: Sequence[int], free: Sequence[int]
) -> Any:
    """Each rule: its name, who may come in with what features, the quotas, the categories."""
    gone = Counter(pool.people[i] for i in dropped)
    label = {person: " · ".join(person) for person in gone}
    alike = [(i, (label[pool.people[i]],)) for i in free if pool.people[i] in gone]
    yield "same_kind", alike, [Quota("=", label[person], n, n) for person, n in gone.items()], ("=",)
    everyone = [(i, pool.people[i]) for i in free]
    at = {category: place for place, category in enumerate(pool.categories)}
    lost = Counter((category, pool.people[i][place]) for i in dropped for category, place in at.items())
    exact = [changed(quota, low=lost[quota.key], high=lost[quota.key]) for quota in quotas]
    yield "same_counts", everyone, exact, pool.categories
    stay = Counter((category, pool.people[i][place]) for i in kept for category, place in at.items())
    rest = [
        changed(quota, low=max(0, quota.low - stay[quota.key]), high=quota.high - stay[quota.key]) for quota in quotas
    ]
    yield "quotas", everyone, rest, pool.categories


def _homes(pool: Pool, people: Sequence[int]) -> tuple[int, ...] | None:
    return None if pool.households is None else tuple(pool.households[i] for i in people)
