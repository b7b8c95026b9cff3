"""Equal Shares in hindsight: what a project would have needed in each round of a run that did not buy it.

In a round that bought a project at price r per utility, another would have been bought instead if its
supporters, each paying at most r times its utility (and at most what she has), had together covered its
cost; after the last round, if all their money had. Doubles find the round, exact numbers prove it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from linli.engines.budgeting.data import Floats, Ints
from linli.engines.budgeting.exact import UNIT_ERROR
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market, Purses, Run, Supporters

NEWTON = 60


@dataclass(frozen=True)
class Change:
    """The highest cost that would have been funded; how many more supporters: the luckiest choice, any choice."""

    cost: int | None
    least: int | None
    any: int | None


class Moments:
    """The purses before each round and after the last, with the price per utility each round was decided at."""

    def __init__(self, market: Market, run: Run, rooms: Rooms) -> None:
        assert run.purses is not None
        self.market = market
        self.purses: Purses = run.purses
        self.left = np.array(run.before)
        self.rate: list[Fraction | None] = []
        self.rooms: list[list[int | None]] = []
        for step in run.steps:
            assert step.price is not None
            self.rate.append(step.price / (market.scale[step.project] or 1))
            self.rooms.append([rooms.most(at) for at in range(len(market.ids))])
            rooms.take(step.project)
        self.rate.append(None)
        self.rooms.append([rooms.most(at) for at in range(len(market.ids))])
        self.winner = [step.project for step in run.steps]
        self.order: dict[int, tuple[Ints, Floats, Floats]] = {}

    def left_at_end(self, at: int) -> Fraction:
        """What the supporters of a project have left after the last round."""
        return self._together(self.market.supporters[at], len(self.rate) - 1, None)[0]

    def change(self, at: int, each: int) -> Change:
        """What would have bought project `at`; `each`: the points a new supporter gives."""
        least, anyone = self._supporters(at, each)
        return Change(self._cost(at), least, anyone)

    def _ask(self, at: int, moment: int, cost: int) -> Fraction | None:
        """The most a supporter pays per point for the project to be bought in this round (None: all she has)."""
        rate = self.rate[moment]
        return None if rate is None else rate * (cost if self.market.by_cost else 1)

    def _together(
        self, behind: Supporters, moment: int, ask: Fraction | None, extra: Any = None
    ) -> tuple[Fraction, int]:
        """Exactly what supporters pay together, each at most `ask` per point and what she has in this round.

        With it the points of those who pay `ask` whole.

        `extra`: (rows, voters of each, points) of people who might support it too.
        """
        rows, count, weight = behind.rows, behind.count, behind.weight
        if extra is not None:
            points = np.ones(len(rows)) if weight is None else weight
            rows, count = np.concatenate([rows, extra[0]]), np.concatenate([count, extra[1]])
            weight = np.concatenate([points, np.full(len(extra[0]), float(extra[2]))])
        points = np.ones(len(rows)) if weight is None else weight
        has, ledger = self.left[moment][rows], self.purses.ledger
        poor = np.ones(len(rows), dtype=bool)
        if ask is not None:
            limit = float(ask) * points
            margin = 8 * UNIT_ERROR * ((moment + 2) * float(self.left[0].max(initial=0)) + limit)
            poor = has < limit
            for place in np.flatnonzero(np.abs(has - limit) <= margin):
                poor[place] = self._holds(rows[place], moment) < ask * int(points[place])
        live = poor & (has > 0)
        used = self.purses.paid[:moment].take(rows[live], axis=1) @ count[live]
        money = ledger.fraction(ledger.left(int(count[live].sum()), [int(n) for n in used]))
        if ask is None:
            return money, 0
        full = int((count * points)[~poor].sum())
        return money + ask * full, full

    def _holds(self, row: int, moment: int) -> Fraction:
        if not self.left[moment][row]:
            return Fraction(0)
        ledger = self.purses.ledger
        return ledger.fraction(ledger.left(1, [int(n) for n in self.purses.paid[:moment, row]]))

    def _enough(self, at: int, moment: int, cost: int, extra: Any = None) -> bool:
        """Exactly: at this cost (and with these extra supporters) would round `moment` have bought it?"""
        room = self.rooms[moment][at]
        if room is not None and cost > room:
            return False
        paid, full = self._together(self.market.supporters[at], moment, self._ask(at, moment, cost), extra)
        if paid != cost or not full:  # nobody pays as much as the round's price: it is cheaper than the winner
            return paid >= cost
        return self.market.rank[at] < self.market.rank[self.winner[moment]]

    def _cost(self, at: int) -> int | None:
        """The highest cost at which some round would have bought it."""
        about = self._about_costs(at)
        slack = 2 + 1e-9 * self.market.cost[at]
        best: int | None = None
        for moment in np.argsort(-about):
            top = min(ceil(about[moment] + slack), self.market.cost[at] - 1)
            if best is not None and top <= best:
                break
            low, high = max(floor(about[moment] - slack), 1, best or 1), top
            if low > high or not self._enough(at, int(moment), low):
                continue
            while low < high:
                middle = (low + high + 1) // 2
                low, high = (middle, high) if self._enough(at, int(moment), middle) else (low, middle - 1)
            best = low if best is None else max(best, low)
        return best

    def _about_costs(self, at: int) -> Floats:
        """In doubles: the highest cost each round would have bought it at."""
        behind = self.market.supporters[at]
        has = self.left[:, behind.rows]
        points: Any = 1.0 if behind.weight is None else behind.weight
        total = has @ behind.count
        room = np.array([np.inf if row[at] is None else row[at] for row in self.rooms], dtype=np.float64)
        rate = np.array([np.inf if rate is None else float(rate) for rate in self.rate])
        if not self.market.by_cost:
            paid: Floats = np.minimum(has, (rate[:, None] * points)) @ behind.count
            return np.minimum(paid, room)
        cost = total.copy()
        inner = np.isfinite(rate)
        for _ in range(NEWTON):
            ask = np.where(inner, rate, 0) * cost
            limit = ask[:, None] * points
            gap = np.minimum(has, limit) @ behind.count - cost
            slope = np.where(inner, rate, 0) * ((has > limit) @ behind.mass) - 1
            step = np.where(inner & (slope < 0), gap / np.where(slope < 0, slope, -1), 0)
            step = np.minimum(step, cost) if step.size else step
            if not (np.abs(step) > 1e-12 * (cost + 1)).any():
                break
            cost = np.maximum(cost - step, 0)
        return np.minimum(cost, room)

    def _supporters(self, at: int, each: int) -> tuple[int | None, int | None]:
        """How many more supporters, chosen best or worst, some round would have needed."""
        cost, behind = self.market.cost[at], self.market.supporters[at]
        other = np.ones(self.market.ballots.rows)
        other[behind.rows] = 0
        points: Any = 1.0 if behind.weight is None else behind.weight
        asks = [self._ask(at, moment, cost) for moment in range(len(self.rate))]
        limit = np.array([np.inf if ask is None else float(ask) for ask in asks])
        lack = cost - np.minimum(self.left[:, behind.rows], limit[:, None] * points) @ behind.count
        guesses: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
        for moment, room in enumerate(self.rooms):
            if (most := room[at]) is None or most >= cost:
                for side, number in enumerate(self._about(moment, limit[moment] * each, other, float(lack[moment]))):
                    if number is not None:
                        guesses[side].append((number, moment))
        least, anyone = (self._proven(at, side, sorted(found), other, each) for side, found in enumerate(guesses))
        return least, anyone

    def _ordered(self, moment: int) -> tuple[Ints, Floats, Floats]:
        """Ballot rows by what they have left in this round, most first, that money and their voters (kept)."""
        if moment not in self.order:
            rows = np.argsort(-self.left[moment], kind="stable")
            self.order[moment] = rows, self.left[moment][rows], self.market.ballots.count[rows].astype(np.float64)
        return self.order[moment]

    def _about(self, moment: int, most: float, other: Floats, lack: float) -> tuple[int | None, int | None]:
        """In doubles: how many people, richest first or poorest first, give what is lacking, each at most `most`."""
        rows, left, count = self._ordered(moment)
        people = count * other[rows]
        gives = np.minimum(left, most)
        upto = np.cumsum(gives * people)
        total = float(upto[-1]) if len(upto) else 0.0
        if total < lack * (1 - 1e-9) or not total:
            return None, None
        first = min(int(np.searchsorted(upto, lack)), len(rows) - 1)
        rest = lack - (float(upto[first]) - gives[first] * people[first])
        least = people[:first].sum() + min(ceil(rest / gives[first]) if gives[first] > 0 else 0, people[first])
        last = min(int(np.searchsorted(upto, total - lack, side="right")), len(rows) - 1)
        rest = lack - (total - float(upto[last]))
        anyone = people[last + 1 :].sum() + min(ceil(rest / gives[last]) if gives[last] > 0 else 0, people[last])
        return max(int(least), 1), max(int(anyone), 1)

    def _proven(self, at: int, side: int, guesses: list[tuple[int, int]], other: Floats, each: int) -> int | None:
        """The smallest number that is exactly enough in some round, near the guesses made in doubles."""
        best: int | None = None
        for guess, moment in guesses:
            if best is not None and guess - 1 >= best:
                break
            rows = self._ordered(moment)[0][:: 1 - 2 * side]
            rows = rows[(other[rows] > 0) & (self.market.ballots.count[rows] > 0)]
            count = self.market.ballots.count[rows].astype(np.float64)
            for number in (guess - 1, guess, guess + 1):
                if best is not None and number >= best:
                    break
                if 0 < number <= count.sum() and self._joined(at, moment, rows, count, number, each):
                    best = number
                    break
        return best

    def _joined(self, at: int, moment: int, rows: Ints, count: Floats, number: int, each: int) -> bool:
        upto = np.cumsum(count)
        place = int(np.searchsorted(upto, number))
        part = count[: place + 1].copy()
        part[place] -= upto[place] - number
        return self._enough(at, moment, self.market.cost[at], (rows[: place + 1], part, each))
