"""Completions of Equal Shares, which by itself leaves money unspent: add1, add1u and Phragmén's rule.

add1: everybody's share is raised by one unit of the currency and the rule run anew, until the outcome leaves
no affordable project out (then it stands) or costs more than the budget (then the one before stands).
add1u: add1, then the projects that still fit, by votes. phragmen: everybody keeps what Equal Shares left her
and gets more money evenly (phragmen.py). Source: Peters and Skowron, equalshares.net; Peters, Pierczyński,
Skowron, NeurIPS 2021, section on exhaustiveness.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from linli.engines.budgeting.raising import outcomes
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market, Run, equal_shares
from linli.engines.progress import Progress, silent

FIRST_RUNS, MOST_RUNS = 16, 256  # runs reckoned together
MOST_NUMBERS = 200_000  # doubles in the array of their purses


@dataclass(frozen=True)
class Raised:
    """The run that stands, by how many units shares were raised for it, and why raising ended."""

    run: Run
    raised: int
    ended: str


def exhaustive(market: Market, budget: int, rooms: Rooms, chosen: frozenset[int]) -> bool:
    """Whether no project with supporters could be added; `rooms` as the outcome left them."""
    money = budget - sum(market.cost[at] for at in chosen)
    return not any(
        behind.total and at not in chosen and market.cost[at] <= money and rooms.fits(at)
        for at, behind in enumerate(market.supporters)
    )


def add_one(
    market: Market,
    budget: int,
    voters: int,
    unit: int,
    rooms: Rooms,
    trace: bool = False,
    progress: Progress = silent,
) -> Raised:
    """Raise shares one `unit` (smallest money units in one unit of currency) at a time; see the module."""
    share, raised, ended = Fraction(budget, voters), 0, ""
    most = min(MOST_NUMBERS // max(market.ballots.rows, 1), MOST_RUNS)
    together = min(FIRST_RUNS, most)
    while not ended:
        shares = [share + (raised + more) * unit for more in range(max(together, 1))]
        found = outcomes(market, shares, rooms) if together > 1 else [None]
        costs = []
        for at, chosen in enumerate(found):
            if chosen is None:
                run = equal_shares(market, shares[at], rooms.again())
                chosen = frozenset(step.project for step in run.steps)
            if ended := _end(market, budget, rooms, chosen):
                break
            costs.append(sum(market.cost[each] for each in chosen))
            raised += 1
            progress("raising", raised)
        undecided = sum(chosen is None for chosen in found)
        guess = _guess(costs, budget)
        together = ceil(guess / ceil(guess / most)) if most > 1 and 2 * undecided < len(found) else 1
    if ended == "overspent":
        raised -= 1
    return Raised(equal_shares(market, share + raised * unit, rooms.again(), trace), raised, ended)


def _guess(costs: list[int], budget: int) -> int:
    """About how many more raises will spend the budget, going by the last ones: so many runs go together next."""
    pace = (costs[-1] - costs[0]) / len(costs) if costs else 0.0
    return max(FIRST_RUNS, ceil((budget - costs[-1]) / pace)) if pace > 0 else MOST_RUNS


def _end(market: Market, budget: int, rooms: Rooms, chosen: frozenset[int]) -> str:
    """Why raising stops at this outcome; "" when it goes on."""
    if sum(market.cost[at] for at in chosen) > budget:
        return "overspent"
    rooms.again()
    for at in chosen:
        rooms.take(at)
    return "exhausted" if exhaustive(market, budget, rooms, chosen) else ""
