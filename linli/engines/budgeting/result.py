"""A result as plain data for JSON, with its words in both languages; the same outcome gives the same bytes.

Amounts are numbers in the file's currency (decimals exactly as many as the file uses); shares, prices and
remainders are exact fractions as text, "p/q".
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from linli.engines.budgeting.data import BudgetResult, Options, Pot, Reason, Step
from linli.engines.budgeting.words import say_reason
from linli.engines.errors import Fault

MONEY = ("cost", "budget", "money", "room")


def amount(units: int, scale: int) -> int | float:
    """Smallest units as a number of currency; decimals read back exactly from its shortest text."""
    return units // scale if units % scale == 0 else float(Fraction(units, scale))


def ratio(value: Fraction | None, scale: int = 1) -> str | None:
    """An exact fraction of currency, as text."""
    return None if value is None else str(value / scale)


def as_json(result: BudgetResult) -> dict[str, Any]:
    """Everything of a result, keys in a fixed order."""
    election = result.election
    reasons = {reason.project: reason for reason in result.reasons}
    chosen = set(result.selected)
    support = _support(result)
    spent = result.cost
    return {
        "engine": result.engine,
        "version": result.version,
        "digest": result.digest,
        "options": options_json(result.options, election.scale),
        "rule": result.options.rule,
        "completion": result.options.completion,
        "ties": "project id as text",
        "vote_type": election.vote_type,
        "currency": election.meta.get("currency", ""),
        "voters": election.voters,
        "budget": amount(election.budget, election.scale),
        "selected": [election.projects[at].id for at in result.selected],
        "cost": amount(spent, election.scale),
        "left": amount(election.budget - spent, election.scale),
        "pots": [_pot(result, pot) for pot in result.pots],
        "projects": [
            {
                "id": project.id,
                "name": project.name,
                "cost": amount(project.cost, election.scale),
                "votes": support[at][0],
                "points": str(Fraction(support[at][1], election.point_scale)),
                "selected": at in chosen,
                "reason": _reason(result, reasons[at]) if at in reasons else None,
            }
            for at, project in enumerate(election.projects)
        ],
        "doubts": [fault_json(fault) for fault in election.doubts],
    }


def fault_json(fault: Fault) -> dict[str, Any]:
    """A doubt about the file."""
    return fault.as_dict()


def options_json(options: Options, scale: int) -> dict[str, Any]:
    """The options a result was made with."""
    return {
        "rule": options.rule,
        "completion": options.completion,
        "project_field": options.project_field,
        "voter_field": options.voter_field,
        "voters": options.voters,
        "district": [{"value": each.value, "budget": amount(each.budget, scale)} for each in options.districts],
        "limit": [
            {"field": each.field, "value": each.value, "at_most": amount(each.at_most, scale)}
            for each in options.limits
        ],
    }


def _support(result: BudgetResult) -> list[tuple[int, int]]:
    """Voters and points behind every project."""
    import numpy as np

    ballots = result.election.ballots
    row_of = np.repeat(np.arange(ballots.rows), np.diff(ballots.start))
    wide = len(result.election.projects)
    count = ballots.count[row_of].astype(np.float64)
    votes = np.bincount(ballots.project, weights=count, minlength=wide)
    points = np.bincount(ballots.project, weights=count * ballots.weight, minlength=wide)
    return [(int(one), int(two)) for one, two in zip(votes, points, strict=True)]


def _pot(result: BudgetResult, pot: Pot) -> dict[str, Any]:
    election = result.election
    cost = sum(election.projects[at].cost for at in pot.selected)
    return {
        "name": pot.name,
        "budget": amount(pot.budget, election.scale),
        "cost": amount(cost, election.scale),
        "voters": pot.voters,
        "share": ratio(pot.share, election.scale),
        "raised": pot.raised,
        "ended": pot.ended,
        "projects": [election.projects[at].id for at in pot.projects],
        "steps": [_step(result, step) for step in pot.steps],
    }


def _step(result: BudgetResult, step: Step) -> dict[str, Any]:
    election = result.election
    told: dict[str, Any] = {
        "project": election.projects[step.project].id,
        "phase": step.phase,
        "cost": amount(election.projects[step.project].cost, election.scale),
    }
    if step.phase == "shares":
        assert step.price is not None
        told |= {
            "price": ratio(step.price * election.point_scale, election.scale),
            "full": step.full,
            "rest": step.rest,
            "rest_total": ratio(step.rest_total, election.scale),
        }
    if step.phase == "phragmen":
        told |= {"load": ratio(step.price, election.scale), "payers": step.full}
    return told


def _reason(result: BudgetResult, reason: Reason) -> dict[str, Any]:
    scale = result.election.scale
    params = {key: amount(value, scale) if key in MONEY else value for key, value in reason.params.items()}
    told = {
        "code": reason.code,
        "params": params,
        "cost_at_most": None if reason.cost_at_most is None else amount(reason.cost_at_most, scale),
        "supporters_least": reason.supporters_least,
        "supporters_any": reason.supporters_any,
    }
    return told | {"words": {"zh": say_reason(result, reason, "zh"), "en": say_reason(result, reason, "en")}}
