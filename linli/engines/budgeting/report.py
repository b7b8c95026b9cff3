"""A result as one HTML page: the budget bar, who won, who lost and why, who paid; both languages, print and phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from linli.engines.budgeting.data import BudgetResult, Pot
from linli.engines.budgeting.paying import paid_by_row
from linli.engines.budgeting.words import METHODS, RULES, money, say_fault, say_paid, say_reason
from linli.engines.page import bars, render
from linli.engines.words import Lang

TEMPLATE = Path(__file__).parent / "report.html"
SHOWN_DOUBTS = 50
BUCKETS = (
    ("一分没花", "nothing", 0.0),
    ("四分之一以内", "up to a quarter", 0.25),
    ("四分之一到一半", "a quarter to a half", 0.5),
    ("一半到四分之三", "a half to three quarters", 0.75),
    ("四分之三以上", "more than three quarters", 0.999_999),
    ("全部花完", "all of it", 1.0),
)


def as_html(result: BudgetResult, lang: Lang = "zh") -> str:
    """The page as text; `lang` is the language that shows first."""
    election, options = result.election, result.options
    completion = "after_phragmen" if options.completion == "phragmen" else options.completion
    content = {
        "title": election.meta.get("description") or election.meta.get("unit") or "",
        "place": "·".join(election.meta[key] for key in ("unit", "subunit", "instance") if election.meta.get(key)),
        "rule": [RULES.say(options.rule, tongue) for tongue in ("zh", "en")],
        "completion": [RULES.say(completion, tongue) for tongue in ("zh", "en")]
        if options.rule.startswith("mes-")
        else None,
        "figures": _strip(result),
        "pots": [_pot(result, pot, number) for number, pot in enumerate(result.pots)],
        "covered": _covered(result),
        "doubts": [
            [say_fault(fault, tongue) for tongue in ("zh", "en")] + [fault] for fault in election.doubts[:SHOWN_DOUBTS]
        ],
        "doubts_more": max(0, len(election.doubts) - SHOWN_DOUBTS),
        "runs": [{"engine": result.engine, "version": result.version, "digest": result.digest}],
        "method": [METHODS.say(options.rule, tongue) for tongue in ("zh", "en")],
        "pointed": bool((election.ballots.weight != 1).any()),
        "final_shares": options.completion in ("add1", "add1u"),
    }
    return render(TEMPLATE, content, lang)


def _strip(result: BudgetResult) -> list[dict[str, Any]]:
    election = result.election
    left = election.budget - result.cost
    return [
        {"zh": "预算", "en": "Budget", "n": money(election.budget, election.scale)},
        {"zh": "用去", "en": "Spent", "n": money(result.cost, election.scale)},
        {"zh": "余下", "en": "Left", "n": money(left, election.scale)},
        {"zh": "入选项目", "en": "Funded", "n": f"{len(result.selected)} / {len(election.projects)}"},
        {"zh": "投票人", "en": "Voters", "n": f"{election.voters:,}"},
    ]


def _covered(result: BudgetResult) -> str:
    """The share of voters who voted for at least one funded project, in percent."""
    ballots = result.election.ballots
    row_of = np.repeat(np.arange(ballots.rows), np.diff(ballots.start))
    happy = np.bincount(row_of[np.isin(ballots.project, result.selected)], minlength=ballots.rows) > 0
    return f"{100 * int(ballots.count[happy].sum()) / max(result.election.voters, 1):.0f}"


def _pot(result: BudgetResult, pot: Pot, number: int) -> dict[str, Any]:
    election, scale = result.election, result.election.scale
    cost = sum(election.projects[at].cost for at in pot.selected)
    return {
        "name": pot.name,
        "budget": money(pot.budget, scale),
        "cost": money(cost, scale),
        "share": None if pot.share is None else f"{float(pot.share / scale):,.2f}",
        "raised": pot.raised,
        "ended": pot.ended,
        "voters": f"{pot.voters:,}",
        "bar": _bar(result, pot),
        "end": f"{100 * cost / max(pot.budget, 1):.3f}",
        "rest": f"{100 - 100 * cost / max(pot.budget, 1):.3f}",
        "won": _won(result, pot),
        "lost": _lost(result, pot),
        "spending": _spending(result, pot, number),
    }


def _bar(result: BudgetResult, pot: Pot) -> list[dict[str, str]]:
    """The funded projects side by side, as percents of the pot."""
    found, at = [], 0.0
    for step in pot.steps:
        project = result.election.projects[step.project]
        wide = 100 * project.cost / max(pot.budget, 1)
        name = f"{project.id} {project.name}: {money(project.cost, result.election.scale)}"
        found.append({"x": f"{at:.3f}", "w": f"{max(wide - 0.15, 0.05):.3f}", "name": name})
        at += wide
    return found


def _support(result: BudgetResult, at: int) -> tuple[int, str]:
    ballots = result.election.ballots
    mine = ballots.project == at
    row_of = np.repeat(np.arange(ballots.rows), np.diff(ballots.start))[mine]
    points = int((ballots.count[row_of] * ballots.weight[mine]).sum())
    return int(ballots.count[row_of].sum()), f"{points / result.election.point_scale:,g}"


def _won(result: BudgetResult, pot: Pot) -> list[dict[str, Any]]:
    rows, election = [], result.election
    told = {reason.project: reason for reason in result.reasons}
    for place, step in enumerate(pot.steps, 1):
        project, (votes, points) = election.projects[step.project], _support(result, step.project)
        reason = told.get(step.project)
        rows.append(
            {
                "place": place,
                "id": project.id,
                "name": project.name,
                "cost": money(project.cost, election.scale),
                "votes": f"{votes:,}",
                "points": points,
                "words": [say_paid(result, step, "zh"), say_paid(result, step, "en")]
                if step.phase == "shares"
                else [say_reason(result, reason, "zh"), say_reason(result, reason, "en")]
                if reason
                else ["", ""],
            }
        )
    return rows


def _lost(result: BudgetResult, pot: Pot) -> list[dict[str, Any]]:
    rows, chosen, election = [], set(pot.selected), result.election
    told = {reason.project: reason for reason in result.reasons}
    for at in pot.projects:
        if at in chosen:
            continue
        project, (votes, points) = election.projects[at], _support(result, at)
        reason = told.get(at)
        rows.append(
            {
                "id": project.id,
                "name": project.name,
                "cost": money(project.cost, election.scale),
                "votes": f"{votes:,}",
                "order": votes,
                "points": points,
                "words": [say_reason(result, reason, "zh"), say_reason(result, reason, "en")] if reason else ["", ""],
            }
        )
    return sorted(rows, key=lambda row: (-row["order"], row["id"]))


def _spending(result: BudgetResult, pot: Pot, number: int) -> list[tuple[Any, int, str]] | None:
    """How many voters spent how much of their share (Equal Shares), for the bars of the page."""
    if pot.share is None or not pot.share:
        return None
    spent: dict[int, float] = {}
    for _, paid in paid_by_row(result, number):
        for row, (amount, _) in paid.items():
            spent[row] = spent.get(row, 0.0) + float(amount)
    share = float(pot.share / result.election.scale)
    counts = [0] * len(BUCKETS)
    people = 0
    for row, amount_spent in spent.items():
        part = min(amount_spent / share, 1.0)  # money a completion adds goes beyond the share
        place = next(at for at, (_, _, upto) in enumerate(BUCKETS) if part <= upto)
        counts[place] += int(result.election.ballots.count[row])
        people += int(result.election.ballots.count[row])
    counts[0] += max(pot.voters - people, 0)
    return bars([((zh, en), n) for (zh, en, _), n in zip(BUCKETS, counts, strict=True)])
