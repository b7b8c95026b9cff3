"""Many runs of Equal Shares at once, for shares raised step by step: which projects does each of them buy?

The runs are columns of one array and go through their rounds together, each buying what is cheapest for
itself. Doubles with a bound on their error decide; a run in which anything lies within the bound is given
back undecided (None), for shares.py to run it exactly. Only sets of projects come out: the prices of the
run that stands are reckoned exactly, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from linli.engines.budgeting.data import Floats, Ints
from linli.engines.budgeting.exact import UNIT_ERROR
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market, Mask, Supporters

CLEAR = 1e-6
NEWTON = 60


@dataclass
class _Runs:
    """Per run (column): purses with one error bound, and for every project a lower bound and a last price.

    A bound of infinity takes a project out of sale in that run.
    """

    left: Floats
    error: Floats
    low: Floats
    price: Floats
    bought: Mask
    room: Ints
    going: Mask
    unsure: Mask


@dataclass
class _Round:
    """What one round has seen, per utility and run: prices, their upper bounds, whether all pay alike (plain)."""

    best: Floats
    names: list[int] = field(default_factory=list)
    price: list[Floats] = field(default_factory=list)
    above: list[Floats] = field(default_factory=list)
    plain: list[Mask] = field(default_factory=list)


def outcomes(market: Market, shares: Sequence[Fraction], rooms: Rooms) -> list[frozenset[int] | None]:
    """What Equal Shares buys with each of `shares`; None where doubles cannot tell for sure."""
    runs = _begin(market, shares, rooms)
    while runs.going.any():
        seen = _look_round(market, runs)
        choice = _choices(market, runs, seen)
        for at in np.unique(choice[runs.going & (choice >= 0)]):
            columns = np.flatnonzero(runs.going & (choice == at))
            _buy(market, runs, int(at), columns)
            _close(market, runs, int(at), columns, rooms)
    return [
        None if unsure else frozenset(np.flatnonzero(bought).tolist())
        for unsure, bought in zip(runs.unsure, runs.bought.T, strict=True)
    ]


def _begin(market: Market, shares: Sequence[Fraction], rooms: Rooms) -> _Runs:
    count, wide = len(shares), len(market.ids)
    held = np.array([float(share) for share in shares])
    start = np.array([cost / (one.total or 1) for cost, one in zip(market.cost, market.supporters, strict=True)])
    scale = np.array([scale or 1 for scale in market.scale], dtype=np.float64)
    rooms.again()
    closed = [not (behind.total and rooms.fits(at)) for at, behind in enumerate(market.supporters)]
    low = np.repeat((start / scale * (1 - 8 * UNIT_ERROR))[:, None], count, axis=1)
    low[closed] = np.inf
    return _Runs(
        np.repeat(held[None, :], market.ballots.rows, axis=0),
        2 * UNIT_ERROR * held,
        low,
        np.repeat(start[:, None], count, axis=1),
        np.zeros((wide, count), dtype=bool),
        np.repeat(np.array(rooms.at_most, dtype=np.int64)[:, None], count, axis=1),
        np.ones(count, dtype=bool),
        np.zeros(count, dtype=bool),
    )


def _close(market: Market, runs: _Runs, at: int, columns: Ints, rooms: Rooms) -> None:
    """Take from sale, in these runs, what no longer keeps a limit after buying `at`."""
    for place in rooms.under[at]:
        runs.room[place, columns] -= market.cost[at]
        for other in rooms.members[place]:
            runs.low[other, columns[runs.room[place, columns] < market.cost[other]]] = np.inf


def _look_round(market: Market, runs: _Runs) -> _Round:
    """Look at every project, in each run only while its lower bound leaves it a chance."""
    count = len(runs.going)
    seen = _Round(np.where(runs.going, np.inf, -np.inf))
    lowest = runs.low[:, runs.going].min(axis=1)
    for at in lowest.argsort():
        if np.isinf(lowest[at]) or lowest[at] > seen.best.max():
            break
        columns = np.flatnonzero(runs.low[at] <= np.minimum(seen.best, np.finfo(np.float64).max))
        if not len(columns):
            continue
        price, above = np.full(count, np.inf), np.full(count, np.inf)
        plain = np.zeros(count, dtype=bool)
        price[columns], above[columns], plain[columns] = _look(market, runs, int(at), columns)
        seen.best = np.minimum(seen.best, above)
        seen.names.append(int(at))
        seen.price.append(price)
        seen.above.append(above)
        seen.plain.append(plain)
    return seen


def _gathered(runs: _Runs, rows: Ints, columns: Ints) -> Floats:
    if len(columns) == runs.left.shape[1]:
        return runs.left.take(rows, axis=0)
    return runs.left[rows[:, None], columns]


def _look(market: Market, runs: _Runs, at: int, columns: Ints) -> tuple[Floats, Floats, Mask]:
    """The project's price per utility in these runs, an upper bound, plainness; moves its lower bounds up."""
    behind, cost, scale = market.supporters[at], market.cost[at], market.scale[at] or 1
    has, error = _gathered(runs, behind.rows, columns), runs.error[columns]
    weight: Any = 1.0 if behind.weight is None else behind.weight[:, None]
    price = runs.price[at, columns]
    for _ in range(NEWTON):
        ask = price * weight
        paid = behind.count @ np.minimum(has, ask)
        gap = cost - paid
        far = np.abs(gap) > behind.noise
        if not far.any():
            break
        rich = behind.mass @ (has > ask).astype(np.float64)
        far &= rich > 0
        if not far.any():
            break
        price = price + np.where(far, gap, 0) / np.where(rich > 0, rich, 1)
    can = np.abs(gap) <= behind.noise
    maybe = (
        gap <= behind.voters * error + behind.noise + len(has) * UNIT_ERROR * cost
    )  # else all they have is too little
    sure, off = _margin(behind, has, price * weight, error, np.abs(gap))
    safe = can & (off <= CLEAR * price)
    below = np.where(safe, price - off, 0.0) / scale * (1 - 8 * UNIT_ERROR)
    runs.low[at, columns] = np.where(maybe, np.maximum(runs.low[at, columns], below), np.inf)
    runs.price[at, columns] = np.where(can, price, runs.price[at, columns])
    above = np.where(safe, (price + off) / scale * (1 + 8 * UNIT_ERROR), np.inf)
    return np.where(maybe, price / scale, np.inf), above, safe & (sure == behind.total)


def _margin(behind: Supporters, has: Floats, ask: Floats, error: Floats, gap: Floats) -> tuple[Floats, Floats]:
    """The points of who can clearly pay, and how far the price may be off: the others' error over those points."""
    clear = (has >= ask * (1 + CLEAR) + error).astype(np.float64)
    sure = behind.mass @ clear
    pays = sure if behind.weight is None else behind.count @ clear
    slack = (behind.voters - pays) * error + 2 * behind.noise + gap
    return sure, np.where(sure > 0, slack / np.where(sure > 0, sure, 1), np.inf)


def _choices(market: Market, runs: _Runs, seen: _Round) -> Ints:
    """For each run the project it buys next, −1 when it is over; ends runs that are over or in doubt."""
    choice = np.full(len(runs.going), -1)
    if not seen.names:
        runs.going[:] = False
        return choice
    names, prices, columns = np.array(seen.names), np.array(seen.price), np.arange(len(choice))
    chosen = prices.argmin(axis=0)
    above = np.array(seen.above)[chosen, columns]
    payable = runs.going & np.isfinite(prices[chosen, columns])
    choice[payable] = names[chosen][payable]
    runs.unsure |= payable & np.isinf(above)
    runs.going &= payable & ~runs.unsure
    near = (runs.low <= above) & runs.going
    for column in np.flatnonzero(near.sum(axis=0) > 1):
        choice[column] = _tied(market, seen, np.flatnonzero(near[:, column]).tolist(), int(column))
    runs.unsure |= runs.going & (choice < 0)
    runs.going &= choice >= 0
    return choice


def _tied(market: Market, seen: _Round, rivals: list[int], column: int) -> int:
    """Among near rivals who all have plain prices, the first by exact price and id; −1 when one has not."""
    if not all(at in seen.names and seen.plain[seen.names.index(at)][column] for at in rivals):
        return -1
    return min(
        rivals,
        key=lambda at: (
            Fraction(market.cost[at], int(market.supporters[at].total) * (market.scale[at] or 1)),
            market.rank[at],
        ),
    )


def _buy(market: Market, runs: _Runs, at: int, columns: Ints) -> None:
    """Take the money of project `at` in these runs."""
    behind, price = market.supporters[at], runs.price[at, columns]
    ask = price if behind.weight is None else price * behind.weight[:, None]
    most = 1.0 if behind.weight is None else float(behind.weight.max(initial=1))
    has, error = _gathered(runs, behind.rows, columns), runs.error[columns]
    off = _margin(behind, has, ask, error, np.full(len(columns), behind.noise))[1]
    runs.left[behind.rows[:, None], columns] = np.maximum(has - ask, 0)
    runs.error[columns] = error + most * off + 4 * UNIT_ERROR * (has.max(axis=0) + most * price)
    runs.low[at, columns] = np.inf
    runs.bought[at, columns] = True
