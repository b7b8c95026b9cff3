"""The Method of Equal Shares: everybody holds the same share, projects are bought by their supporters.

In each round every project has a price: the least money per point of utility at which its supporters can
pay its cost together, each at most what she has left; the lowest price is bought (ties: smaller id as
text). Utility of a project to a supporter is her points for it (`mes-project`) or points × cost (`mes-cost`).
Sources: Peters, Pierczyński, Skowron, "Proportional Participatory Budgeting with Additive Utilities",
NeurIPS 2021; Peters and Skowron, "Proportionality and the Limits of Welfarism", EC 2020.

Prices are first reckoned in doubles with an error bound that is carried along; the winner's price is made
exact, and whatever lies within the bound of it (or of a voter's last money) is decided exactly (exact.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.engines.budgeting.data import Ballots, Floats, Step
from linli.engines.budgeting.exact import UNIT_ERROR, Ledger
from linli.engines.budgeting.rooms import Rooms

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
LITTLE = 1e-300  # keeps a purse that is not empty above the 0.0 that means empty


@dataclass(frozen=True)
class Supporters:
    """Who stands behind one project: ballot rows, their points (None: 1 each), voters, voters × points.

    `noise`: how much a sum of doubles up to the project's cost may be off.
    """

    rows: Rows
    weight: Floats | None
    count: Floats
    mass: Floats
    total: float
    voters: float
    noise: float


@dataclass(frozen=True)
class Market:
    """The projects open for purchase and their supporters: made once, used by every run."""

    ids: tuple[str, ...]
    cost: tuple[int, ...]
    scale: tuple[int, ...]
    supporters: tuple[Supporters, ...]
    ballots: Ballots
    rank: tuple[int, ...]
    by_cost: bool


def open_market(ballots: Ballots, ids: tuple[str, ...], cost: tuple[int, ...], by_cost: bool) -> Market:
    """Sort the ballots by project. `by_cost`: utility counts the project's cost (mes-cost)."""
    row_of = np.repeat(np.arange(ballots.rows), np.diff(ballots.start))
    order = np.argsort(ballots.project, kind="stable")
    ends = np.searchsorted(ballots.project[order], np.arange(len(ids) + 1))
    found = []
    for at in range(len(ids)):
        part = order[ends[at] : ends[at + 1]]
        rows = row_of[part]
        weight = ballots.weight[part].astype(np.float64)
        count = ballots.count[rows].astype(np.float64)
        mass = count * weight
        points = None if (weight == 1).all() else weight
        noise = 2 * (len(rows) + 8) * UNIT_ERROR * cost[at]
        found.append(
            Supporters(
                rows, points, count, count if points is None else mass, float(mass.sum()), float(count.sum()), noise
            )
        )
    rank = {at: place for place, at in enumerate(sorted(range(len(ids)), key=lambda at: ids[at]))}
    scale = cost if by_cost else (1,) * len(ids)
    return Market(ids, cost, scale, tuple(found), ballots, tuple(rank[at] for at in range(len(ids))), by_cost)


@dataclass
class Purses:
    """What every ballot row's voters have left, in doubles within `error`, and the points paid for (price × row)."""

    left: Floats
    spent: Mask
    paid: Floats
    error: float
    ledger: Ledger

    def poor_money(self, behind: Supporters, poor: Mask) -> tuple[int, list[int]]:
        """The money of the `poor` among a project's supporters, as the ledger writes it."""
        rows, count = behind.rows[poor], behind.count[poor]
        live = ~self.spent[rows]
        rows, count = rows[live], count[live]
        if not len(rows):
            return 0, []
        used = self.paid[: len(self.ledger.prices)].take(rows, axis=1) @ count
        return int(count.sum()), [int(n) for n in used]


@dataclass
class Run:
    """One finished run: its steps and, when asked for, the purses before each step and at the end."""

    steps: list[Step] = field(default_factory=list)
    before: list[Floats] = field(default_factory=list)
    purses: Purses | None = None


@dataclass(frozen=True)
class _Exact:
    """A project's exact price per point, `top / (over · bottom)`.

    `poor`: supporters with less money than the price; `broke`: those it leaves with nothing (the poor and who
    has just enough). `rest`: the poor's voters and their money over the ledger's denominator.
    """

    top: int
    bottom: int
    poor: Mask
    broke: Mask
    rest: tuple[int, int]


@dataclass
class _Search:
    """The rounds of one run: which projects are still for sale, a lower bound and a last price for each."""

    market: Market
    purses: Purses
    still: list[int]
    low: list[float]
    price: list[float]

    def drop(self, at: int) -> None:
        self.still.remove(at)

    def look(self, at: int) -> float | None:
        """The project's price per utility in doubles, moving its lower bound up; None: it cannot be paid any more."""
        behind, cost, price = self.market.supporters[at], self.market.cost[at], self.price[at]
        has = self.purses.left.take(behind.rows)
        rich, before = behind.total, 0
        while True:
            poor = has < (price if behind.weight is None else price * behind.weight)
            size = int(np.count_nonzero(poor))
            if size == before:
                break
            if size == len(has):
                slack = behind.total * self.purses.error + behind.noise
                if float(has @ behind.count) < cost - slack:
                    return None
                return self.low[at]  # all their money, within the error: left to the exact reckoning
            before = size
            at_poor = poor.nonzero()[0]
            mass = behind.mass.take(at_poor)
            count = mass if behind.weight is None else behind.count.take(at_poor)
            rich = behind.total - float(np.add.reduce(mass))
            price = (cost - float(has.take(at_poor) @ count)) / rich
        self.price[at] = price
        scale = self.market.scale[at] or 1
        slack = behind.total * self.purses.error + behind.noise
        self.low[at] = max(self.low[at], (price - 2 * slack / rich) / scale * (1 - 8 * UNIT_ERROR))
        return price / scale

    def cheapest(self) -> tuple[int, _Exact] | None:
        """The project bought next; None when no project can be paid."""
        while self.still:
            guess, best = {}, np.inf
            for at in sorted(self.still, key=self.low.__getitem__):
                if self.low[at] > best:
                    break
                near = self.look(at)
                if near is None:
                    self.drop(at)
                else:
                    guess[at] = near
                    best = min(best, near)
            if guess and (found := self._decided(guess)):
                return found
        return None

    def _decided(self, guess: dict[int, float]) -> tuple[int, _Exact] | None:
        """The cheapest exactly: whoever may lie below the best exact price so far is reckoned exactly too."""
        chosen, exact, known = -1, None, set()
        for at in sorted(guess, key=guess.__getitem__):  # the first that can be paid
            known.add(at)
            if exact := _exact_price(self.market.supporters[at], self.market.cost[at], self.price[at], self.purses):
                chosen = at
                break
            self.drop(at)
        if exact is None:
            return None
        while True:
            roof = self._per_utility(chosen, exact)
            rivals = [at for at in self.still if self.low[at] <= roof and at not in known]
            if not rivals:
                return chosen, exact
            for at in rivals:
                if at not in guess:
                    guess[at] = np.inf
                    if self.look(at) is None:
                        known.add(at)
                        self.drop(at)
                    continue  # its bound has moved: look at it again in the next pass
                known.add(at)
                rival = _exact_price(self.market.supporters[at], self.market.cost[at], self.price[at], self.purses)
                if rival is None:
                    self.drop(at)
                elif _before(self.market, at, rival, chosen, exact):
                    chosen, exact = at, rival

    def _per_utility(self, at: int, exact: _Exact) -> float:
        scale = self.market.scale[at] or 1
        return exact.top / (self.purses.ledger.over * exact.bottom * scale) * (1 + 4 * UNIT_ERROR)


def equal_shares(market: Market, share: Fraction, rooms: Rooms, trace: bool = False) -> Run:
    """Run the rule, each voter holding `share` (smallest money units).

    Projects nobody supports are never bought; a project that costs nothing is bought at price 0, first. A
    project that would break a limit (`rooms`) is no longer for sale.
    """
    rows, held = market.ballots.rows, float(share)
    purses = Purses(
        np.full(rows, held), np.zeros(rows, dtype=bool), np.zeros((len(market.ids), rows)), 0.0, Ledger(share)
    )
    still = [at for at in range(len(market.ids)) if market.supporters[at].total > 0 and rooms.fits(at)]
    price = [cost / (behind.total or 1) for cost, behind in zip(market.cost, market.supporters, strict=True)]
    low = [each / (scale or 1) * (1 - 8 * UNIT_ERROR) for each, scale in zip(price, market.scale, strict=True)]
    run, search = Run(purses=purses), _Search(market, purses, still, low, price)
    while True:
        purses.error = 4 * (len(run.steps) + 1) * UNIT_ERROR * held
        if trace:
            run.before.append(purses.left.copy())
        if (found := search.cheapest()) is None:
            return run
        run.steps.append(_buy(market.supporters[found[0]], *found, purses))
        search.drop(found[0])
        for at in rooms.take(found[0]):
            if at in still:
                search.drop(at)


def _before(market: Market, one: int, a: _Exact, two: int, b: _Exact) -> bool:
    """Whether project `one` is bought before `two`: lower exact price per utility, then smaller id."""
    left = a.top * b.bottom * (market.scale[two] or 1)
    right = b.top * a.bottom * (market.scale[one] or 1)
    return left < right or (left == right and market.rank[one] < market.rank[two])


def _exact_price(behind: Supporters, cost: int, price: float, purses: Purses) -> _Exact | None:
    """The exact price per point, by Newton's steps on the supporters' exact money; None: they cannot pay."""
    ledger = purses.ledger
    has = purses.left.take(behind.rows)
    weight: Any = 1.0 if behind.weight is None else behind.weight
    poor = has < price * weight
    if poor.all():
        poor = has / weight < (has / weight).max()
    while True:
        times, used = purses.poor_money(behind, poor)
        money = ledger.left(times, used)
        bottom = int(behind.total) - int(np.add.reduce(behind.mass[poor]))
        top = cost * ledger.over - money
        price = top / (ledger.over * bottom)
        ask = price * weight
        margin = 4 * purses.error + 8 * UNIT_ERROR * ask
        now, broke = has < ask - margin, has <= ask + margin
        near = (broke & ~now).nonzero()[0]
        if len(near):
            holds = _compare(behind, near, purses, top, bottom)
            now[near], broke[near] = holds < 0, holds <= 0
        if now.all():
            return None
        if (now == poor).all():
            return _Exact(top, bottom, poor, broke, (times, money))
        poor = now


def _compare(behind: Supporters, near: Rows, purses: Purses, top: int, bottom: int) -> NDArray[np.int8]:
    """For supporters within the error of the price, exactly: less (-1), just as much (0), or more money (1) than it."""
    ledger, known, answer = purses.ledger, {}, np.empty(len(near), dtype=np.int8)
    for place, at in enumerate(near):
        row = behind.rows[at]
        weight = 1 if behind.weight is None else int(behind.weight[at])
        paid = purses.paid[: len(ledger.prices), row]
        key = (weight, bool(purses.spent[row]), paid.tobytes())
        if key not in known:
            excess = (0 if key[1] else ledger.left(1, [int(n) for n in paid])) * bottom - top * weight
            known[key] = (excess > 0) - (excess < 0)
        answer[place] = known[key]
    return answer


def _buy(behind: Supporters, at: int, exact: _Exact, purses: Purses) -> Step:
    """Take the money: the poor give all they have, the others the price; note exactly what was paid."""
    ledger, rows = purses.ledger, behind.rows
    voters, money = exact.rest
    rest = ledger.fraction(money)
    price = ledger.add(exact.top, exact.bottom)
    weight: Any = 1.0 if behind.weight is None else behind.weight
    purses.left[rows] = np.maximum(purses.left[rows] - price * weight, LITTLE)
    purses.paid[len(ledger.prices) - 1, rows] = weight
    broke = rows[exact.broke]
    purses.left[broke] = 0.0
    purses.spent[broke] = True
    full = int(behind.count[~exact.poor].sum())
    return Step(at, "shares", ledger.fraction(ledger.prices[-1]), full=full, rest=voters, rest_total=rest)
