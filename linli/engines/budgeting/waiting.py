"""Phragmén's rule in hindsight: what a project would have needed to be bought before the one that was.

In a round decided at load L, a project would have come first had its cost been below (its supporters) · L −
(their loads), and it would have been funded if it also fitted the money there was. One more supporter adds
L − (her load). All in exact fractions: loads take as many values as there were steps.
"""

from __future__ import annotations

from math import lcm

import numpy as np

from linli.engines.budgeting.data import Ints, Pot
from linli.engines.budgeting.hindsight import Change
from linli.engines.budgeting.phragmen import Sequence
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market


class Waits:
    """The rounds of a run of Phragmén's rule from scratch (as a completion only the money at the end counts).

    Loads are whole numbers over one common denominator `over`.
    """

    def __init__(self, market: Market, sequence: Sequence, pot: Pot, rooms: Rooms) -> None:
        self.market, self.before = market, sequence.before
        bought = [step for step in sequence.steps if step.price is not None]
        self.winner = [step.project for step in bought]
        decided = [step.price for step in bought if step.price is not None]
        self.stopped = sequence.stop_load is not None
        if sequence.stop_load is not None:
            decided.append(sequence.stop_load)
        self.over = lcm(*(load.denominator for load in decided))
        self.loads = [int(load * self.over) for load in decided]
        self.alone = pot.share is None
        self.everyone = [self._at_levels(moment, np.arange(market.ballots.rows)) for moment in range(len(self.loads))]
        self._follow_money(pot, sequence, rooms)

    def _follow_money(self, pot: Pot, sequence: Sequence, rooms: Rooms) -> None:
        """The money and the room under limits before each step and after the last."""
        taken = [step.project for step in pot.steps[: len(pot.steps) - len(sequence.steps)]]
        self.money = [pot.budget - sum(self.market.cost[at] for at in taken)]
        for at in taken:
            rooms.take(at)
        self.rooms = [[rooms.most(at) for at in range(len(self.market.ids))]]
        for at in self.winner:
            rooms.take(at)
            self.money.append(self.money[-1] - self.market.cost[at])
            self.rooms.append([rooms.most(other) for other in range(len(self.market.ids))])

    def change(self, at: int) -> Change:
        """What would have bought project `at`."""
        last, cost = len(self.winner), self.market.cost[at]
        costs = [] if self.stopped else [self._room(at, last)]
        least: list[int] = []
        anyone: list[int] = []
        for moment in range(len(self.loads)) if self.alone else ():
            load, levels = self.loads[moment], [0, *self.loads[:moment]]
            mine = self._at_levels(moment, self.market.supporters[at].rows)
            strict = moment == last or self.market.rank[at] > self.market.rank[self.winner[moment]]
            could = sum((load - level) * n for n, level in zip(mine, levels, strict=True))
            costs.append(min((could - strict) // self.over, self._room(at, moment)))
            if cost > self._room(at, moment):
                continue
            gains = sorted(
                (load - level, all_there - n)
                for n, all_there, level in zip(mine, self.everyone[moment], levels, strict=True)
                if all_there > n
            )
            for found, offered in ((least, gains[::-1]), (anyone, gains)):
                if (number := _needed(cost * self.over - could + strict, offered)) is not None:
                    found.append(number)
        best = max(costs, default=0)
        return Change(best if best > 0 else None, min(least, default=None), min(anyone, default=None))

    def _room(self, at: int, moment: int) -> int:
        room = self.rooms[moment][at]
        return self.money[moment] if room is None else min(room, self.money[moment])

    def _at_levels(self, moment: int, rows: Ints) -> list[int]:
        """How many voters of these rows stand at each load there is in this round."""
        where = self.before[moment][rows] + 1
        return [int(n) for n in np.bincount(where, weights=self.market.ballots.count[rows], minlength=moment + 1)]


def _needed(deficit: int, gains: list[tuple[int, int]]) -> int | None:
    """How many people, taken in this order (gain, how many of them), bring the deficit to 0."""
    number = 0
    for gain, people in gains:
        if gain > 0 and (need := max(-(-deficit // gain), 1)) <= people:
            return number + need
        number += people
        deficit -= gain * people
    return None
