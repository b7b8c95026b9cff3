"""An independent check of a result: the rules replayed from the .pb file in exact integers and fractions.

It shares no code with the engine: its own reader, its own (plain) rules. Without the .pb file it checks what
the result says of itself: sums, budgets, names, and that payments make up costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from linli.engines.budgeting.replaying import Ballot, File, Fits, Replay, Step
from linli.engines.verdict import Finding

RULES = ("greedy", "mes-cost", "mes-project", "phragmen")
WHOLE = "*"
COMPLETIONS = ("none", "add1", "add1u", "phragmen")


def check(document: dict[str, Any], inputs: dict[str, Path]) -> list[Finding]:
    """Everything looked at; `inputs["pb"]` is the .pb file the result was made from."""
    steps = [step for pot in document["pots"] for step in pot["steps"]]
    chosen = [step["project"] for step in steps]
    cost = {project["id"]: _money(project["cost"]) for project in document["projects"]}
    spent = sum((cost[ident] for ident in chosen), Fraction(0))
    marked = sorted(project["id"] for project in document["projects"] if project["selected"])
    named = document["options"]["completion"]
    right = document["rule"] == document["options"]["rule"] and document["rule"] in RULES and named in COMPLETIONS
    right = right and (named == "none" or document["rule"].startswith("mes-"))
    same = sorted(chosen) == document["selected"] == marked and len(set(chosen)) == len(chosen)
    findings = [
        Finding(same, "selected", {"n": len(chosen)}),
        Finding(spent == _money(document["cost"]), "costs", {"cost": document["cost"]}),
        Finding(spent <= _money(document["budget"]), "budget", {"budget": document["budget"]}),
        Finding(right and named == document["completion"], "completion", {"completion": named}),
    ]
    for pot in document["pots"]:
        within = sum((cost[step["project"]] for step in pot["steps"]), Fraction(0)) <= _money(pot["budget"])
        findings.append(Finding(within, "pot_budget", {"pot": pot["name"] or WHOLE, "budget": pot["budget"]}))
    if document["vote_type"] in ("approval", "choose-1", "knapsack"):
        shares = [step for step in steps if step["phase"] == "shares"]
        exact = all(
            Fraction(step["price"]) * step["full"] + Fraction(step["rest_total"]) == cost[step["project"]]
            for step in shares
        )
        findings.append(Finding(exact, "payments", {"n": len(shares)}))
    if "pb" not in inputs:
        return [*findings, Finding(True, "not_replayed")]
    return findings + list(_replay(document, inputs["pb"]))


def _money(value: Any) -> Fraction:
    return Fraction(str(value))


def _replay(document: dict[str, Any], path: Path) -> Iterator[Finding]:
    file = File(path)
    same = file.digest == document["digest"]
    yield Finding(same, "digest" if same else "digest_other")
    costs = {project["id"]: _money(project["cost"]) * file.scale for project in document["projects"]}
    said: Any = (_money(document["budget"]) * file.scale, document["voters"], document["vote_type"], costs)
    facts = said == (file.budget, len(file.votes), file.meta["vote_type"].lower(), file.cost)
    yield Finding(facts, "facts")
    options = document["options"]
    known = {row["project_id"]: row for row in file.projects}
    for limit in options["limit"]:
        of_kind = [ident for ident, row in known.items() if limit["value"] in _tags(row, limit["field"])]
        spent = sum(file.cost[ident] for ident in of_kind if ident in document["selected"])
        yield Finding(spent <= _money(limit["at_most"]) * file.scale, "limit", limit)
    pots = list(_pots(file, options))
    if [pot["name"] for pot in document["pots"]] != [name for name, *_ in pots]:
        yield Finding(False, "shape", {"what": "pots"})
        return
    earlier: list[str] = []
    for told, (name, money, projects, ballots) in zip(document["pots"], pots, strict=True):
        fits, label = _limits(file, options, known, list(earlier)), name or WHOLE
        replayed, raised, ended = _decide(document, file, money, projects, ballots, fits)
        found = [_told(step) for step in told["steps"]]
        earlier += [step[0] for step in replayed]
        figures = {"voters": len(ballots), "raised": raised, "ended": ended, "budget": money}
        says = {**{key: told[key] for key in figures}, "budget": _money(told["budget"]) * file.scale}
        wrong = next((at for at, pair in enumerate(zip(replayed, found, strict=False)) if pair[0] != pair[1]), None)
        if wrong is None and len(replayed) != len(found):
            wrong = min(len(replayed), len(found))
        if wrong is not None or figures != says:
            expected, given = (str((*side, None)[wrong]) if wrong is not None else "" for side in (replayed, found))
            details = {"pot": label, "step": "–" if wrong is None else wrong + 1}
            yield Finding(
                False, "replay_differs", {**details, "expected": expected or str(figures), "found": given or str(says)}
            )
            continue
        yield Finding(True, "replay", {"pot": label, "rule": document["rule"], "completion": options["completion"]})
        if ended:
            yield Finding(True, "raised", {"pot": label, "raised": raised, "ended": ended})


def _told(step: dict[str, Any]) -> Step:
    if step["phase"] == "shares":
        rest = Fraction(step["rest_total"])
        return step["project"], "shares", Fraction(step["price"]), step["full"], step["rest"], rest
    if step["phase"] == "phragmen":
        return step["project"], "phragmen", Fraction(step["load"]), step["payers"]
    return step["project"], step["phase"]


def _tags(row: dict[str, str], field: str) -> list[str]:
    return [part.strip() for part in row.get(field, "").split(",")]


def _limits(file: File, options: dict[str, Any], known: dict[str, dict[str, str]], earlier: list[str]) -> Fits:
    """Whether a project may join those chosen (here, and `earlier` in other pots) without breaking a limit."""

    def fits(ident: str, chosen: list[str]) -> bool:
        for limit in options["limit"]:
            if limit["value"] in _tags(known[ident], limit["field"]):
                alike = [one for one in [*earlier, *chosen] if limit["value"] in _tags(known[one], limit["field"])]
                if sum(file.cost[one] for one in [*alike, ident]) > _money(limit["at_most"]) * file.scale:
                    return False
        return True

    return fits if options["limit"] else lambda ident, chosen: True


def _pots(file: File, options: dict[str, Any]) -> Iterator[tuple[str, int, list[str], list[Ballot]]]:
    """Every pot's name, money, projects and ballots."""
    if not options["district"]:
        yield "", file.budget, list(file.cost), file.ballots
        return
    home = {row["project_id"]: row.get(options["project_field"], "") for row in file.projects}
    named, left = {district["value"] for district in options["district"]}, file.budget
    for district in options["district"]:
        money = int(_money(district["budget"]) * file.scale)
        left -= money
        mine = {ident for ident, where in home.items() if where == district["value"]}
        ballots = [
            ballot
            for row, ballot in zip(file.votes, file.ballots, strict=True)
            if options["voters"] == "all" or row.get(options["voter_field"], "") == district["value"]
        ]
        yield district["value"], money, [one for one in file.cost if one in mine], _within(ballots, mine)
    rest = {ident for ident, where in home.items() if where not in named}
    yield "", left, [one for one in file.cost if one in rest], _within(file.ballots, rest)


def _within(ballots: list[Ballot], projects: set[str]) -> list[Ballot]:
    kept = [{ident: value for ident, value in ballot.items() if ident in projects} for ballot in ballots]
    return [ballot for ballot in kept if ballot]


def _decide(
    document: dict[str, Any], file: File, money: int, projects: list[str], ballots: list[Ballot], fits: Fits
) -> tuple[list[Step], int, str]:
    """The steps of one pot, how often shares were raised, why it ended."""
    alike: dict[frozenset[tuple[str, int]], int] = {}
    for ballot in ballots:
        key = frozenset(ballot.items())
        alike[key] = alike.get(key, 0) + 1
    groups = [(dict(key), count) for key, count in alike.items()]
    rule, completion = document["rule"], document["options"]["completion"]
    count = Replay(file, projects, groups, fits, rule == "mes-cost")
    if rule == "greedy":
        return count.greedy(money, [], "greedy"), 0, ""
    if rule == "phragmen":
        steps, stopped = count.phragmen(money, [], None)
        return steps, 0, "stopped" if stopped else ""
    if not ballots:
        return [], 0, ""
    share, raised, ended = Fraction(money, len(ballots)), 0, ""
    steps, left = count.shares(share)
    while completion in ("add1", "add1u"):
        chosen = [step[0] for step in steps]
        spent = sum(file.cost[ident] for ident in chosen)
        if not any(
            ident not in chosen and spent + file.cost[ident] <= money and fits(ident, chosen) for ident in count.behind
        ):
            ended = "exhausted"
            break
        more, more_left = count.shares(share + (raised + 1) * file.scale)
        if sum(file.cost[step[0]] for step in more) > money:
            ended = "overspent"
            break
        steps, left, raised = more, more_left, raised + 1
    if completion == "add1u":
        steps += count.greedy(money, [step[0] for step in steps], "fill")
    if completion == "phragmen":
        steps += count.phragmen(money, [step[0] for step in steps], left)[0]
    return steps, raised, ended
