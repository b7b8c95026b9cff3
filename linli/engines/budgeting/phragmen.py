"""Phragmén's sequential rule: everybody's money grows evenly from nothing; a project is bought as soon as its
supporters can pay it; a purchase leaves them with nothing.

Said with loads: buying a project brings all its supporters to the same load, (their loads + cost) / number of
them, and the project with the least such load comes next (ties: smaller id). It stops as soon as that project,
or one tied with it, does not fit the money left. Points are not looked at: whoever gives a project any is its
supporter. Source: Los, Christoff, Grossi, "Proportional Budget Allocations", IJCAI 2022 (Phragmén's rule
with costs); Brill et al., "Phragmén's Voting Methods and Justified Representation", AAAI 2017.

As a completion of Equal Shares it starts from what that rule left everybody (a load below zero) and passes
over projects that do not fit.

Every load is a whole-number combination of loads made before, so sums are kept as whole numbers: doubles
with an error bound choose, exact integers decide what is near.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from linli.engines.budgeting.data import Floats, Ints, Step
from linli.engines.budgeting.exact import UNIT_ERROR, Ledger
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market, Purses


@dataclass
class Loads:
    """The state: each project's sum of supporters' loads as whole numbers times the ledger's values.

    `sums[k, 0]` counts shares (negative: money held), `sums[k, 1 + j]` the ledger's price or load j.
    `last`: which column a row's load stands in, −1 while it has bought nothing here.
    """

    sums: Floats
    last: Ints
    ledger: Ledger
    first: Floats | None


@dataclass
class Sequence:
    """One finished run. `stopped_by`: who did not fit, `stop_load`: the load it would have made.

    `before`, when traced: for each row, before each step and at the end, the step whose load it bears (−1: none).
    """

    steps: list[Step] = field(default_factory=list)
    before: list[Ints] = field(default_factory=list)
    stopped_by: int | None = None
    stop_load: Fraction | None = None


def phragmen(
    market: Market,
    budget: int,
    rooms: Rooms,
    after: tuple[tuple[Step, ...], Purses] | None = None,
    trace: bool = False,
) -> Sequence:
    """Run the rule with `budget`; `after`: the steps and the purses Equal Shares ended with, to be completed."""
    taken = {step.project for step in after[0]} if after else set()
    money = budget - sum(market.cost[at] for at in taken)
    loads = _fresh(market, after[1] if after else None)
    voters = np.array([behind.count.sum() for behind in market.supporters])
    cost = np.array(market.cost, dtype=np.float64)
    limit = money if after else budget
    still = [
        at
        for at in range(len(market.ids))
        if at not in taken and voters[at] and market.cost[at] <= limit and rooms.fits(at)
    ]
    run, first = Sequence(), 1 + len(loads.ledger.prices)
    while True:
        if after:
            still = [at for at in still if market.cost[at] <= money]
        if trace:
            run.before.append(np.maximum(loads.last - first, -1))
        if not still:
            if after is None:
                run.steps += _unsupported(market, budget, money, rooms, voters)
            return run
        tied = _least(market, loads, np.array(still), voters, cost)
        if over := [at for at in tied if market.cost[at] > money]:
            run.stopped_by = min(over, key=market.rank.__getitem__)
            run.stop_load = Fraction(tied[over[0]], int(voters[over[0]]) * loads.ledger.over)
            return run
        chosen = min(tied, key=market.rank.__getitem__)
        _raise(market, loads, chosen, tied[chosen], int(voters[chosen]))
        run.steps.append(
            Step(chosen, "phragmen", loads.ledger.fraction(loads.ledger.prices[-1]), full=int(voters[chosen]))
        )
        money -= market.cost[chosen]
        still.remove(chosen)
        closed = set(rooms.take(chosen))
        still = [at for at in still if at not in closed]


def _unsupported(market: Market, budget: int, money: int, rooms: Rooms, voters: Floats) -> list[Step]:
    """Projects nobody voted for, when everything else is funded: equally late, so all of them must fit for the next.

    This is how the rule reads when a load may be infinite, and what pabutools does.
    """
    steps: list[Step] = []
    late = [at for at in range(len(market.ids)) if not voters[at] and market.cost[at] <= budget]
    for at in sorted(late, key=market.rank.__getitem__):
        waiting = [other for other in late if other not in {step.project for step in steps} and rooms.fits(other)]
        if at not in waiting or any(market.cost[other] > money for other in waiting):
            continue
        steps.append(Step(at, "unsupported"))
        money -= market.cost[at]
        rooms.take(at)
    return steps


def _fresh(market: Market, purses: Purses | None) -> Loads:
    rows, wide = market.ballots.rows, len(market.ids)
    if purses is None:
        return Loads(np.zeros((wide, 1 + wide)), np.full(rows, -1), Ledger(Fraction(0)), None)
    made = len(purses.ledger.prices)
    held = np.zeros((rows, 1 + made))
    held[~purses.spent, 0] = -1
    held[:, 1:] = purses.paid[:made].T
    held[purses.spent] = 0
    sums = np.zeros((wide, 1 + made + wide))
    for at, behind in enumerate(market.supporters):
        sums[at, : 1 + made] = behind.count @ held[behind.rows]
    return Loads(sums, np.full(rows, -1), purses.ledger, held)


def _values(ledger: Ledger) -> Floats:
    return np.array([ledger.share / ledger.over, *(price / ledger.over for price in ledger.prices)])


def _least(market: Market, loads: Loads, still: Ints, voters: Floats, cost: Floats) -> dict[int, int]:
    """The projects with exactly the least load after purchase, each with that load times (over · supporters)."""
    ledger, values = loads.ledger, _values(loads.ledger)
    sums = loads.sums[still, : len(values)]
    load = (sums @ values + cost[still]) / voters[still]
    noise = (np.abs(sums) @ np.abs(values) + cost[still]) / voters[still] * (2 * (len(values) + 4) * UNIT_ERROR)
    exact: dict[int, int] = {}
    for at in still[load - noise <= (load + noise).min()]:
        share, *used = (int(n) for n in loads.sums[at, : len(values)])
        exact[int(at)] = ledger.left(share, [-n for n in used]) + market.cost[at] * ledger.over
    least = min(Fraction(top, int(voters[at])) for at, top in exact.items())
    return {at: top for at, top in exact.items() if Fraction(top, int(voters[at])) == least}


def _raise(market: Market, loads: Loads, chosen: int, top: int, bottom: int) -> None:
    """Bring every supporter of `chosen` to the new load, and every project's sum with them."""
    loads.ledger.add(top, bottom)
    column, ballots = len(loads.ledger.prices), market.ballots
    behind = market.supporters[chosen]
    rows, sizes = behind.rows, ballots.start[behind.rows + 1] - ballots.start[behind.rows]
    shift = np.repeat(ballots.start[rows] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    project = ballots.project[shift + np.arange(len(shift))]
    count, last = np.repeat(behind.count, sizes), np.repeat(loads.last[rows], sizes)
    wide = loads.sums.shape[1]
    old = last >= 0
    moved = np.bincount(project[old] * wide + last[old], weights=count[old], minlength=loads.sums.size)
    loads.sums -= moved.reshape(loads.sums.shape)
    loads.sums[:, column] += np.bincount(project, weights=count, minlength=len(loads.sums))
    if loads.first is not None:
        _forget_first(loads, rows, sizes, project, behind.count)
    loads.last[rows] = column


def _forget_first(loads: Loads, rows: Ints, sizes: Ints, project: Ints, count: Floats) -> None:
    """Take the money Equal Shares left to first-time buyers out of every project's sum."""
    first: Any = loads.first
    fresh = loads.last[rows] < 0
    entries = np.repeat(fresh, sizes)
    member = np.zeros((len(loads.sums), int(fresh.sum())))
    member[project[entries], np.repeat(np.cumsum(fresh) - 1, sizes)[entries]] = 1
    loads.sums[:, : first.shape[1]] -= member @ (first[rows[fresh]] * count[fresh, None])
