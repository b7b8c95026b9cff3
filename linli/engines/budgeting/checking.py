"""An independent check of a result: the rules replayed from the .pb file in exact integers and fractions.

It shares no code with the engine: its own reader, its own (plain) rules. Without the .pb file it checks what
the result says of itself: sums, budgets, names, and that payments make up costs.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

from linli.engines.verdict import Finding

RULES = ("greedy", "mes-cost", "mes-project", "phragmen")
WHOLE = "*"
COMPLETIONS = ("none", "add1", "add1u", "phragmen")
Ballot = dict[str, int]
Group = tuple[Ballot, int]
Step = tuple[Any, ...]
Fits = Callable[[str, list[str]], bool]


def check(document: dict[str, Any], inputs: dict[str, Path]) -> list[Finding]:
    """Everything looked at; `inputs["pb"]` is the .pb file the result was made from."""
    steps = [step for pot in document["pots"] for step in pot["steps"]]
    chosen = [step["project"] for step in steps]
    cost = {project["id"]: _money(project["cost"]) for project in document["projects"]}
    spent = sum((cost[ident] for ident in chosen), Fraction(0))
    marked = sorted(project["id"] for project in document["projects"] if project["selected"])
    named = document["options"]["completion"]
    right = named in COMPLETIONS and (named == "none" or document["rule"].startswith("mes-"))
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


class File:
    """The .pb file, read plainly: amounts and points as whole numbers of their smallest units."""

    def __init__(self, path: Path) -> None:
        raw = path.read_bytes()
        self.digest = hashlib.sha256(raw).hexdigest()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("gb18030")
        parts: dict[str, list[list[str]]] = {}
        for row in csv.reader(re.split(r"\r\n|\r|\n", text), delimiter=";", skipinitialspace=True):
            if not any(cell.strip() for cell in row):
                continue
            title = row[0].strip().upper()
            if title in ("META", "PROJECTS", "VOTES") and not any(cell.strip() for cell in row[1:]):
                parts[title] = now = []
            else:
                now.append([cell.strip() for cell in row])
        self.meta = {row[0].lower(): ";".join(row[1:]) for row in parts["META"][1:]}
        self.projects = _rows(parts["PROJECTS"])
        self.votes = _rows(parts["VOTES"])
        costs = {row["project_id"]: _amount(row["cost"]) for row in self.projects}
        budget = _amount(self.meta["budget"])
        self.scale = lcm(budget.denominator, *(cost.denominator for cost in costs.values()))
        self.budget = int(budget * self.scale)
        self.cost = {ident: int(cost * self.scale) for ident, cost in costs.items()}
        given = [self._given(row) for row in self.votes]
        self.points = lcm(1, *{value.denominator for ballot in given for value in ballot.values()})
        self.ballots = [{ident: int(value * self.points) for ident, value in ballot.items()} for ballot in given]

    def _given(self, row: dict[str, str]) -> dict[str, Fraction]:
        kind = self.meta["vote_type"].lower()
        names = [name.strip() for name in row["vote"].split(",")] if row["vote"] else []
        worth = [Fraction(1)] * len(names)
        if kind in ("ordinal", "cumulative", "scoring") and "points" in self.votes[0]:
            worth = [Fraction(part.strip()) for part in row.get("points", "").split(",")] if names else []
        elif kind == "ordinal":
            longest = max(vote["vote"].count(",") + 1 for vote in self.votes)
            most = self.meta.get("max_length", "")
            top = max(int(most), longest) if most.isdecimal() else longest
            worth = [Fraction(top - place) for place in range(len(names))]
        return {name: value for name, value in zip(names, worth, strict=True) if value > 0}


def _rows(part: list[list[str]]) -> list[dict[str, str]]:
    heads = [head.lower() for head in part[0]]
    return [dict(zip(heads, row, strict=False)) for row in part[1:]]


def _amount(text: str) -> Fraction:
    return Fraction(text.replace("\u00a0", "").replace(" ", "").replace(",", "."))


def _replay(document: dict[str, Any], path: Path) -> Iterator[Finding]:
    file = File(path)
    same = file.digest == document["digest"]
    yield Finding(same, "digest" if same else "digest_other")
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
    for told, (name, money, projects, ballots) in zip(document["pots"], pots, strict=True):
        fits, label = _limits(file, options, known), name or WHOLE
        replayed, raised, ended = _decide(document, file, money, projects, ballots, fits)
        found = [_told(step) for step in told["steps"]]
        facts = {"voters": len(ballots), "raised": raised, "ended": ended, "budget": money}
        says = {**{key: told[key] for key in facts}, "budget": _money(told["budget"]) * file.scale}
        wrong = next((at for at, pair in enumerate(zip(replayed, found, strict=False)) if pair[0] != pair[1]), None)
        if wrong is None and len(replayed) != len(found):
            wrong = min(len(replayed), len(found))
        if wrong is not None or facts != says:
            expected, given = (str((*side, None)[wrong]) if wrong is not None else "" for side in (replayed, found))
            details = {"pot": label, "step": "–" if wrong is None else wrong + 1}
            yield Finding(
                False, "replay_differs", {**details, "expected": expected or str(facts), "found": given or str(says)}
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


def _limits(file: File, options: dict[str, Any], known: dict[str, dict[str, str]]) -> Fits:
    """Whether a project may join those chosen without breaking a limit."""

    def fits(ident: str, chosen: list[str]) -> bool:
        for limit in options["limit"]:
            if limit["value"] in _tags(known[ident], limit["field"]):
                alike = [one for one in chosen if limit["value"] in _tags(known[one], limit["field"])]
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


class Replay:
    """The rules, plainly. Purses and loads are whole numbers over one common denominator that grows."""

    def __init__(self, file: File, projects: list[str], groups: list[Group], fits: Fits, by_cost: bool) -> None:
        self.file, self.projects, self.groups, self.fits, self.by_cost = file, projects, groups, fits, by_cost
        self.behind: dict[str, list[tuple[int, int, int]]] = {}
        for at, (ballot, count) in enumerate(groups):
            for ident, points in ballot.items():
                self.behind.setdefault(ident, []).append((at, count, points))

    def greedy(self, money: int, before: list[str], phase: str) -> list[Step]:
        """By points, then id; what fits is funded."""
        points = {
            ident: sum(count * value for _, count, value in self.behind.get(ident, [])) for ident in self.projects
        }
        left, chosen = money - sum(self.file.cost[ident] for ident in before), list(before)
        for ident in sorted(self.projects, key=lambda ident: (-points[ident], ident)):
            if ident in before or (phase == "fill" and not points[ident]):
                continue
            if self.file.cost[ident] <= left and self.fits(ident, chosen):
                chosen.append(ident)
                left -= self.file.cost[ident]
        return [(ident, phase) for ident in chosen[len(before) :]]

    def shares(self, share: Fraction) -> tuple[list[Step], tuple[list[int], int]]:
        """Equal Shares; the steps, and what everybody has left with its denominator."""
        over, left = share.denominator, [share.numerator] * len(self.groups)
        for_sale = set(self.behind)
        hint = dict.fromkeys(for_sale, 0.0)  # a lower bound of each price: only saves looking
        chosen: list[str] = []
        steps: list[Step] = []
        while True:
            best: tuple[Fraction, str] | None = None
            for ident in sorted(for_sale, key=lambda ident: (hint[ident], ident)):
                if best and hint[ident] * (1 - 1e-9) > float(best[0]) * (1 + 1e-9):
                    break
                price = self._price(ident, left, over) if self.fits(ident, chosen) else None
                if price is None:
                    for_sale.discard(ident)
                    continue
                rate = price / over / ((self.file.cost[ident] or 1) if self.by_cost else 1)
                hint[ident] = float(rate)
                best = min(best, (rate, ident)) if best else (rate, ident)
            if best is None:
                return steps, (left, over)
            rate, ident = best
            price = rate * ((self.file.cost[ident] or 1) if self.by_cost else 1) * over
            grow, over = price.denominator, over * price.denominator
            left, whole = [money * grow for money in left], price.numerator
            full = rest = rest_total = 0
            for at, count, points in self.behind[ident]:
                pays = min(left[at], whole * points)
                if pays == whole * points:
                    full += count
                elif pays:
                    rest, rest_total = rest + count, rest_total + count * pays
                left[at] -= pays
            for_sale.remove(ident)
            chosen.append(ident)
            told = Fraction(whole * self.file.points, over * self.file.scale)
            steps.append((ident, "shares", told, full, rest, Fraction(rest_total, over * self.file.scale)))

    def _price(self, ident: str, left: list[int], over: int) -> Fraction | None:
        """The least price per point (times `over`) that covers the cost; None when their money does not."""
        rich = self.behind[ident]
        need, points = self.file.cost[ident] * over, sum(count * value for _, count, value in rich)
        while rich:
            top, bottom = need, points
            poor = [(count, left[at], value) for at, count, value in rich if left[at] * bottom < top * value]
            if not poor:
                return Fraction(top, bottom)
            rich = [(at, count, value) for at, count, value in rich if left[at] * bottom >= top * value]
            need -= sum(count * money for count, money, _ in poor)
            points -= sum(count * value for count, _, value in poor)
        return None

    def phragmen(self, money: int, before: list[str], held: tuple[list[int], int] | None) -> tuple[list[Step], bool]:
        """Phragmén's rule; after Equal Shares (`held`) it passes over what does not fit instead of stopping."""
        over, load = (held[1], [-one for one in held[0]]) if held else (1, [0] * len(self.groups))
        spent, chosen = sum(self.file.cost[ident] for ident in before), list(before)
        steps: list[Step] = []
        while True:
            limit = money - spent if held else money
            open_to = [
                ident
                for ident in self.behind
                if ident not in chosen and self.file.cost[ident] <= limit and self.fits(ident, chosen)
            ]
            if not open_to:
                return steps + ([] if held else self._unsupported(money, spent, chosen)), False
            after = {ident: self._load(ident, load, over) for ident in open_to}
            least = min(after.values())
            tied = sorted(ident for ident in open_to if after[ident] == least)
            if any(spent + self.file.cost[ident] > money for ident in tied):
                return steps, True
            ident, grow = tied[0], least.denominator
            over, load = over * grow, [one * grow for one in load]
            for at, _, _ in self.behind[ident]:
                load[at] = least.numerator
            payers = sum(count for _, count, _ in self.behind[ident])
            steps.append((ident, "phragmen", Fraction(least.numerator, over * self.file.scale), payers))
            spent += self.file.cost[ident]
            chosen.append(ident)

    def _unsupported(self, money: int, spent: int, chosen: list[str]) -> list[Step]:
        """Projects nobody voted for: all equally late, so the next is bought only while every one of them fits."""
        steps: list[Step] = []
        late = sorted(one for one in self.projects if one not in self.behind and self.file.cost[one] <= money)
        while late := [one for one in late if one not in chosen and self.fits(one, chosen)]:
            if any(spent + self.file.cost[one] > money for one in late):
                break
            steps.append((late[0], "unsupported"))
            spent += self.file.cost[late[0]]
            chosen = [*chosen, late[0]]
        return steps

    def _load(self, ident: str, load: list[int], over: int) -> Fraction:
        behind = self.behind[ident]
        total = self.file.cost[ident] * over + sum(count * load[at] for at, count, _ in behind)
        return Fraction(total, sum(count for _, count, _ in behind))
