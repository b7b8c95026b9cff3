"""Why each project was or was not funded, and what would have changed it.

A project that lost had no part in what happened, so the run as it was tells what a cheaper or better liked
one would have met: it is enough to look, round by round, whether it would then have been bought before the
winner of that round (or after the last). Every figure given is proven that way in exact arithmetic, not
estimated; tests run the rule anew with the change made. With add1 and add1u the figures hold at the shares
the run ended with (raising might have ended elsewhere), and the words say so.

The measures are those of Boehmer, Faliszewski, Janeczko, Peters, Pierczyński, Schierreich, Skowron and Szufa,
"Evaluation of Project Performance in Participatory Budgeting", IJCAI 2024 (cost reduction; approvals added
optimistically and pessimistically).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from linli.engines.budgeting.data import Options, Pot, Reason
from linli.engines.budgeting.greedy import Turn
from linli.engines.budgeting.hindsight import Change, Moments
from linli.engines.budgeting.phragmen import Sequence
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market, Run
from linli.engines.budgeting.waiting import Waits


@dataclass(frozen=True)
class Trace:
    """What a pot's run leaves for explaining it."""

    market: Market
    run: Run | None = None
    sequence: Sequence | None = None
    turns: tuple[Turn, ...] = ()


def explain(pot: Pot, trace: Trace, options: Options, rooms: Rooms) -> Iterator[Reason]:
    """A reason for every project of a pot (projects numbered as its market numbers them)."""
    market, won = trace.market, {step.project: at for at, step in enumerate(pot.steps)}
    moments = Moments(market, trace.run, rooms.again()) if trace.run else None
    waits = Waits(market, trace.sequence, pot, rooms.again()) if trace.sequence else None
    each = _usual_points(market)
    for at in range(len(market.ids)):
        if at in won:
            yield _won(pot, market, at, won[at])
            continue
        if not market.supporters[at].total:
            yield Reason(at, "no_votes")
            continue
        change = _more(
            _turned(trace, at, rooms.again(), each, options.rule),
            moments.change(at, each) if moments else None,
            waits.change(at) if waits else None,
        )
        code, params = _lost(pot, trace, market, rooms, at, moments)
        if each != 1 and options.rule != "phragmen" and change.least is not None:
            params["each"] = each
        if options.completion in ("add1", "add1u"):
            params["at_final_shares"] = True
        yield Reason(at, code, params, change.cost, change.least, change.any)


def _usual_points(market: Market) -> int:
    """The points one more supporter is taken to give: what ballots give most often (the fewest, on a tie)."""
    points, times = np.unique(market.ballots.weight, return_counts=True)
    return int(points[times.argmax()]) if len(points) else 1


def _more(*changes: Change | None) -> Change:
    """The smallest change of several ways to be funded."""
    found = [change for change in changes if change]
    return Change(
        max((change.cost for change in found if change.cost is not None), default=None),
        min((change.least for change in found if change.least is not None), default=None),
        min((change.any for change in found if change.any is not None), default=None),
    )


def _won(pot: Pot, market: Market, at: int, place: int) -> Reason:
    step, params = pot.steps[place], {"place": place + 1}
    behind: Any = {"supporters": int(market.supporters[at].voters), "points": int(market.supporters[at].total)}
    return Reason(at, f"won_{step.phase}", {**params, **behind})


def _lost(
    pot: Pot, trace: Trace, market: Market, rooms: Rooms, at: int, moments: Moments | None
) -> tuple[str, dict[str, Any]]:
    """Why it was not funded."""
    cost = market.cost[at]
    rooms.again()
    for step in pot.steps:
        rooms.take(step.project)
    room = rooms.most(at)
    if cost > pot.budget:
        return "over_budget", {"cost": cost, "budget": pot.budget}
    if room is not None and room < cost:
        return "limit", {"cost": cost, "room": room}
    if moments:
        has = moments.left_at_end(at)
        return "short", {"cost": cost, "money": int(has), "supporters": int(market.supporters[at].voters)}
    if trace.sequence:
        return "stopped", {"cost": cost, "money": pot.budget - sum(market.cost[each] for each in pot.selected)}
    turn = next(turn for turn in trace.turns if turn.project == at)
    return "not_fit", {"cost": cost, "money": turn.money, "points": int(market.supporters[at].total)}


def _turned(trace: Trace, at: int, rooms: Rooms, each: int, rule: str) -> Change | None:
    """Greedy: the money at its turn is what it might cost; with more votes its turn comes earlier."""
    own = next((place for place, turn in enumerate(trace.turns) if turn.project == at), None)
    if own is None:
        return None
    market, need = trace.market, None
    points, cost = int(market.supporters[at].total), market.cost[at]
    if trace.run:
        for step in trace.run.steps:
            rooms.take(step.project)
    for turn in trace.turns[:own]:
        room = rooms.most(at)
        if turn.money >= cost and (room is None or room >= cost):
            other = int(market.supporters[turn.project].total)
            ahead = other - points + (market.rank[at] > market.rank[turn.project])
            need = -(-ahead // each)
        if turn.funded:
            rooms.take(turn.project)
    turn, room = trace.turns[own], rooms.most(at)
    others = sum(int(count) for count in market.ballots.count) - int(market.supporters[at].voters)
    if need is not None and need > others:
        need = None
    cost_then = turn.money if room is None else min(turn.money, room)
    return Change(cost_then if 0 < cost_then < cost else None, need, need)
