"""Who paid what: every voter's payment for every funded project, exactly, worked out from a result's steps."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TextIO

import numpy as np

from linli.engines.budgeting.data import BudgetResult
from linli.engines.budgeting.run import members_of, pots_of


@dataclass(frozen=True)
class Payment:
    """What one voter pays for one project, in units of the currency; `all_left`: it was everything she had left."""

    voter_id: str
    project_id: str
    amount: Fraction
    all_left: bool


def payments(result: BudgetResult) -> Iterator[Payment]:
    """Every payment above nothing, project by project as they were bought, voters as the file lists them.

    Equal Shares and Phragmén's rule only: greedy takes the money from the common budget, nobody pays.
    """
    election = result.election
    for number in range(len(result.pots)):
        people = members_of(election, result.options, number)
        for project, paid in paid_by_row(result, number):
            for voter in people:
                row = int(election.ballot_of[voter])
                if row in paid:
                    amount, all_left = paid[row]
                    ident = election.projects[project].id
                    yield Payment(election.voter_ids[voter], ident, amount, all_left)


def paid_by_row(result: BudgetResult, number: int) -> Iterator[tuple[int, dict[int, tuple[Fraction, bool]]]]:
    """For each step: what each voter of a ballot row pays (and whether it empties her purse)."""
    election, pot = result.election, result.pots[number]
    prices = [step.price for step in pot.steps if step.price is not None]
    over = lcm(*(price.denominator for price in prices), pot.share.denominator if pot.share is not None else 1)
    voters = pots_of(election, result.options)[number][3]
    share = int(pot.share * over) if pot.share is not None else 0
    left = [share if n else 0 for n in voters]
    ballots = election.ballots
    row_of = np.repeat(np.arange(ballots.rows), np.diff(ballots.start))
    for step in pot.steps:
        if step.price is None:
            continue
        price, paid = int(step.price * over), {}
        known: dict[int, Fraction] = {}
        for at in np.flatnonzero(ballots.project == step.project):
            row = int(row_of[at])
            if not voters[row]:
                continue
            if step.phase == "phragmen":  # a load: money below zero is still held
                pays, all_left = price + left[row], False
                left[row] = -price
            else:
                asked = price * int(ballots.weight[at])
                pays, all_left = min(asked, left[row]), left[row] < asked
                left[row] -= pays
            if pays:
                if pays not in known:
                    known[pays] = Fraction(pays, over * election.scale)
                paid[row] = (known[pays], all_left)
        yield step.project, paid


def as_csv(result: BudgetResult, sheet: TextIO) -> None:
    """Write the payments: amounts rounded for reading and exact as a fraction."""
    writer = csv.writer(sheet)
    writer.writerow(["voter_id", "project_id", "amount", "all_left", "exact"])
    for paid in payments(result):
        amount = f"{float(paid.amount):.4f}"
        writer.writerow([paid.voter_id, paid.project_id, amount, int(paid.all_left), str(paid.amount)])
