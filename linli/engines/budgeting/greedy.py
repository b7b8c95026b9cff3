"""Greedy by votes: the list in order of votes (points), each project funded while it still fits the money left.

The rule most cities use (Talmon and Faliszewski, "A Framework for Approval-Based Budgeting Methods",
AAAI 2019: greedy by votes, utility = cost). Ties go to the smaller id as text. Whole numbers only.
"""

from __future__ import annotations

from dataclasses import dataclass

from linli.engines.budgeting.data import Step
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market


@dataclass(frozen=True)
class Turn:
    """A project's turn: the money and the room (None: no limit) there were when it came up."""

    project: int
    money: int
    room: int | None
    funded: bool


def order_by_votes(market: Market) -> list[int]:
    """The projects by points, most first; ties by id."""
    return sorted(range(len(market.ids)), key=lambda at: (-market.supporters[at].total, market.rank[at]))


def greedy(
    market: Market, budget: int, rooms: Rooms, funded: tuple[Step, ...] = (), phase: str = "greedy"
) -> tuple[list[Step], list[Turn]]:
    """Fund by votes what fits `budget` after the steps already `funded`; the new steps and everybody's turn.

    Completing (`phase` "fill") passes over projects nobody voted for; the plain rule, like every city's count,
    comes to them last.
    """
    taken = {step.project for step in funded}
    money = budget - sum(market.cost[at] for at in taken)
    steps, turns = [], []
    for at in order_by_votes(market):
        if at in taken or (phase == "fill" and not market.supporters[at].total):
            continue
        fits = market.cost[at] <= money and rooms.fits(at)
        turns.append(Turn(at, money, rooms.most(at), fits))
        if fits:
            steps.append(Step(at, phase))
            money -= market.cost[at]
            rooms.take(at)
    return steps, turns
