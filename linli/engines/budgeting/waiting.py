"""Phragmén's rule in hindsight: what a project would have needed to be bought before the one that was.

In a round decided at load L, a project would have come first had its cost been below (its supporters) · L −
(their loads), and it would have been funded if it also fitted the money there was. One more supporter adds
L − (her load). All in exact fractions: loads take as many values as there were steps.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from linli.engines.budgeting.data import Pot
from linli.engines.budgeting.hindsight import Change
from linli.engines.budgeting.phragmen import Sequence
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market


class Waits:
    """The rounds of a run of Phragmén's rule from scratch (as a completion only the money at the end counts)."""

    def __init__(self, market: Market, sequence: Sequence, pot: Pot, rooms: Rooms) -> None:
        self.market, self.before = market, sequence.before
        bought = [step for step in sequence.steps if step.price is not None]
        self.winner = [step.project for step in bought]
        self.loads = [step.price or Fraction(0) for step in bought]
        self.stop = sequence.stop_load
        self.alone = pot.share is None
        taken = [step.project for step in pot.steps[: len(pot.steps) - len(sequence.steps)]]
        self.money = [pot.budget - sum(market.cost[at] for at in taken)]
        for at in taken:
            rooms.take(at)
        self.rooms = [[rooms.most(at) for at in range(len(market.ids))]]
        for at in self.winner:
            rooms.take(at)
            self.money.append(self.money[-1] - market.cost[at])
            self.rooms.append([rooms.most(other) for other in range(len(market.ids))])

    def change(self, at: int) -> Change:
        """What would have bought project `at`."""
        last = len(self.winner)
        costs = [self._room(at, last)] if self.stop is None else []
        least: list[int] = []
        anyone: list[int] = []
        for moment in range(last + (self.stop is not None)) if self.alone else ():
            load = self.loads[moment] if moment < last else self.stop
            assert load is not None
            counts, levels = self._levels(at, moment, inside=True)
            strict = moment == last or self.market.rank[at] > self.market.rank[self.winner[moment]]
            could = sum((load - level) * n for n, level in zip(counts, levels, strict=True))
            costs.append(min(_below(could, strict), self._room(at, moment)))
            if self.market.cost[at] > self._room(at, moment):
                continue
            counts, levels = self._levels(at, moment, inside=False)
            gains = sorted((load - level, n) for n, level in zip(counts, levels, strict=True) if n)
            for found, offered in ((least, gains[::-1]), (anyone, gains)):
                if (number := _needed(self.market.cost[at] - could, offered, strict)) is not None:
                    found.append(number)
        best = max(costs, default=0)
        return Change(best if best > 0 else None, min(least, default=None), min(anyone, default=None))

    def _room(self, at: int, moment: int) -> int:
        room = self.rooms[moment][at]
        return self.money[moment] if room is None else min(room, self.money[moment])

    def _levels(self, at: int, moment: int, inside: bool) -> tuple[list[int], list[Fraction]]:
        """How many supporters (or others) stand at each load there is."""
        count = self.market.ballots.count.copy()
        rows = self.market.supporters[at].rows
        if inside:
            mine = np.zeros_like(count)
            mine[rows] = count[rows]
            count = mine
        else:
            count[rows] = 0
        bins = np.bincount(self.before[moment] + 1, weights=count, minlength=moment + 1)
        return [int(n) for n in bins], [Fraction(0), *self.loads[:moment]]


def _below(bound: Fraction | int, strict: bool) -> int:
    """The highest whole cost below `bound` (or equal to it, when not `strict`)."""
    whole = bound.__floor__()
    return whole - 1 if strict and whole == bound else whole


def _needed(deficit: Fraction | int, gains: list[tuple[Fraction, int]], strict: bool) -> int | None:
    """How many people, taken in this order (gain, how many of them), bring the deficit to 0 (below, when `strict`)."""
    number = 0
    for gain, people in gains:
        if gain > 0:
            need = (deficit / gain).__ceil__()
            if strict and need * gain == deficit:
                need += 1
            need = max(need, 1)
            if need <= people:
                return number + need
        number += people
        deficit -= gain * people
    return None
