"""The exact core: min-cost flow over sparse candidates, prices, and pricing until no pair is left out.

Candidates are the cheapest few offers of each need. After each flow the prices of full offers are found;
every permitted pair is then priced against them, and pairs that would improve the choice are added. When
none would, the sparse optimum is the optimum over all pairs (column generation; Ahuja, Magnanti, Orlin,
Network Flows, 1993, ch. 9 and 17). Until then the prices still give a lower bound (Lagrangian).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from linli.engines.apart import apart
from linli.engines.assignment.arrays import Ints
from linli.engines.assignment.pairs import UNREACHED, Block, Pairs
from linli.engines.assignment.scoring import FULL
from linli.engines.progress import Progress

MILD_STEP = 8 * FULL


@dataclass(frozen=True)
class Arcs:
    """Candidate pairs, sorted by need, then offer; no pair twice."""

    need: Ints
    offer: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.need)

    def with_more(self, need: Ints, offer: Ints, cost: Ints) -> Arcs:
        """These and the others."""
        i, j, c = (np.concatenate(both) for both in ((self.need, need), (self.offer, offer), (self.cost, cost)))
        width = int(j.max(initial=0)) + 1
        _, keep = np.unique(i * width + j, return_index=True)
        return Arcs(i[keep], j[keep], c[keep])

    def cost_of(self, chosen: Ints, unmet_cost: Ints) -> Ints:
        """What each need costs in this choice."""
        taken = np.flatnonzero(self.offer == chosen[self.need])
        cost = unmet_cost.copy()
        cost[self.need[taken]] = self.cost[taken]
        return cost


@dataclass(frozen=True)
class Core:
    """The choice for each need (offer position or -1), the price of one place at each offer, and the bounds."""

    arcs: Arcs
    chosen: Ints
    price: Ints
    unmet_cost: Ints
    cost: int
    bound: int
    rounds: int
    permitted_pairs: int


def unmet_costs(levels: Ints, capacity: Ints) -> Ints:
    """Cost of leaving each need, by level, so far apart that no sum of pair costs outweighs one need.

    The sets of needs that can be met together form a transversal matroid, so with these costs the choice
    meets as many of level 1 as can be met at all, then of level 2, and so on (greedy optimality: Edmonds 1971).
    """
    step = FULL * int(min(len(levels), capacity.sum())) + 1
    return np.asarray((5 - levels) * step, dtype=np.int64)


def solve(pairs: Pairs, near: int, rounds: int, progress: Progress) -> Core:
    """The optimum over every permitted pair, or after `rounds` the best found and its bound."""
    capacity = pairs.offers.capacity
    unmet_cost = unmet_costs(pairs.needs.level, capacity)
    mild = (5 - pairs.needs.level) * MILD_STEP
    price = np.zeros(len(pairs.offers), dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    more, _, permitted = _price_out(pairs, price, unmet_cost, near, progress)
    arcs = Arcs(none, none, none)
    bound, done = 0, 0
    while True:
        arcs, done = arcs.with_more(*more), done + 1
        progress("flow", done)
        chosen, price = priced_choice(arcs, capacity, unmet_cost, mild)
        chosen_cost = arcs.cost_of(chosen, unmet_cost)
        pays = chosen_cost + np.append(price, 0)[chosen]
        arcs = _tightest(arcs, chosen, price, near + 2)
        more, least, _ = _price_out(pairs, price, pays, near, progress)
        bound = max(bound, least - int((capacity * price).sum()))
        if not len(more[0]) or done == rounds:
            return Core(arcs, chosen, price, unmet_cost, int(chosen_cost.sum()), bound, done, permitted)


def _price_out(
    pairs: Pairs, price: Ints, pays: Ints, near: int, progress: Progress
) -> tuple[tuple[Ints, Ints, Ints], int, int]:
    """For each need up to `near` offers that cost less, with price, than what the need pays now.

    Also the sum over needs of the least each could pay at these prices, and the number of permitted pairs.
    """
    best = pays.copy()
    found: list[tuple[Ints, Ints, Ints]] = []
    permitted = 0
    for at, block in enumerate(pairs, start=1):
        progress("pairs", at, len(pairs))
        permitted += int(np.count_nonzero(block.walls == 0))
        for part in block.slices():
            priced = part.priced(price)
            least = priced.min(axis=1)
            rows = np.flatnonzero(least < pays[part.needs])
            best[part.needs] = np.minimum(best[part.needs], least)
            if len(rows):
                found.append(_cheapest(part, rows, priced[rows], pays[part.needs[rows]], near))
    if not found:
        none = np.zeros(0, dtype=np.int64)
        return (none, none, none), int(best.sum()), permitted
    need, offer, cost = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return (need, offer, cost), int(best.sum()), permitted


def _cheapest(block: Block, rows: Ints, priced: Ints, pays: Ints, near: int) -> tuple[Ints, Ints, Ints]:
    """The `near` cheapest of each row that cost less than it pays; ties go to the offer first by id."""
    every = np.arange(len(rows))
    picked: list[tuple[Ints, Ints]] = []
    for _ in range(min(near, len(block.offers))):
        column = priced.argmin(axis=1)
        cheaper = np.flatnonzero(priced[every, column] < pays)
        picked.append((rows[cheaper], column[cheaper]))
        priced[every, column] = UNREACHED
    row, column = (np.concatenate(both) for both in zip(*picked, strict=True))
    return block.needs[row], block.offers[column], FULL - block.score[row, column].astype(np.int64)


def priced_choice(arcs: Arcs, capacity: Ints, unmet_cost: Ints, mild: Ints) -> tuple[Ints, Ints]:
    """The cheapest choice along the arcs and the prices that prove it.

    The flow runs twice as fast with mild costs of leaving a need. Its choice is nearly always the one the
    true costs demand; the prices under the true costs tell, and if they do not settle the true costs run.
    """
    for leaving in (mild, unmet_cost):
        chosen = choose(arcs, capacity, leaving)
        price = prices(arcs, chosen, unmet_cost, capacity)
        if price is not None:
            return chosen, price
    raise AssertionError("the flow was not optimal: its prices do not settle")


def _tightest(arcs: Arcs, chosen: Ints, price: Ints, most: int) -> Arcs:
    """The `most` arcs of each need that are cheapest with price, the chosen one among them.

    Pricing brings back any other that comes to matter.
    """
    priced = arcs.cost + price[arcs.offer]
    order = np.lexsort((priced, arcs.offer != chosen[arcs.need], arcs.need))
    first = np.searchsorted(arcs.need, np.arange(len(chosen)))
    keep = np.sort(order[np.arange(len(order)) - first[arcs.need[order]] < most])
    return Arcs(arcs.need[keep], arcs.offer[keep], arcs.cost[keep])


def choose(arcs: Arcs, capacity: Ints, unmet_cost: Ints) -> Ints:
    """The cheapest choice along the arcs (OR-Tools cost scaling): an offer per need, or -1."""
    if "highspy" in sys.modules:
        return apart(_choose, arcs, capacity, unmet_cost)
    return _choose(arcs, capacity, unmet_cost)


def _choose(arcs: Arcs, capacity: Ints, unmet_cost: Ints) -> Ints:
    from ortools.graph.python import min_cost_flow

    count = len(unmet_cost)
    used = np.unique(arcs.offer)
    node = np.full(len(capacity), -1, dtype=np.int64)
    node[used] = count + np.arange(len(used))
    sink = count + len(used)
    network = min_cost_flow.SimpleMinCostFlow()
    ones = np.ones(count, dtype=np.int64)
    tails = np.concatenate([arcs.need, np.arange(count), node[used]])
    heads = np.concatenate([node[arcs.offer], np.full(count + len(used), sink)])
    room = np.concatenate([np.ones(len(arcs), dtype=np.int64), ones, np.minimum(capacity[used], count)])
    costs = np.concatenate([arcs.cost, unmet_cost, np.zeros(len(used), dtype=np.int64)])
    added = network.add_arcs_with_capacity_and_unit_cost(tails, heads, room, costs)
    network.set_nodes_supplies(
        np.arange(sink + 1), np.concatenate([ones, np.zeros(len(used), dtype=np.int64), [-count]])
    )
    status = network.solve()
    assert status == network.OPTIMAL, status
    taken = np.flatnonzero(network.flows(added[: len(arcs)]) > 0)
    chosen = np.full(count, -1, dtype=np.int64)
    chosen[arcs.need[taken]] = arcs.offer[taken]
    return chosen


def prices(arcs: Arcs, chosen: Ints, unmet_cost: Ints, capacity: Ints) -> Ints | None:
    """The least prices of places that prove the choice: what one more place at each offer would save.

    Label correcting from below: a need moves its offers' prices up until none is better than what it has.
    At the optimum this ends with offers that have places to spare at 0 (complementary slackness) and no
    need paying more than it would cost to leave it; None when the choice is not optimal.
    """
    count, offers = len(chosen), len(capacity)
    price = np.zeros(offers + 1, dtype=np.int64)  # the last is what an unmet need (-1) pays
    own = arcs.cost_of(chosen, unmet_cost)
    start = np.searchsorted(arcs.need, np.arange(count + 1))
    by_offer = np.argsort(chosen, kind="stable")
    offer_start = np.searchsorted(chosen[by_offer], np.arange(offers + 1))
    spare = capacity > np.bincount(chosen[chosen >= 0], minlength=offers)
    moved = np.arange(count)
    for _ in range(count + offers + 2):
        holds = own[moved] + price[chosen[moved]]
        if (holds > unmet_cost[moved]).any():
            return None
        sizes = start[moved + 1] - start[moved]
        at = _ranges(start[moved], start[moved + 1])
        before = price.copy()
        np.maximum.at(price, arcs.offer[at], np.repeat(holds, sizes) - arcs.cost[at])
        risen = np.flatnonzero(price > before)
        if not len(risen):
            return price[:-1]
        if spare[risen].any():
            return None
        moved = by_offer[_ranges(offer_start[risen], offer_start[risen + 1])]
    return None


def _ranges(first: Ints, last: Ints) -> Ints:
    """All positions of several half-open ranges, one after the other."""
    sizes = last - first
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) - np.repeat(ends - sizes - first, sizes))
