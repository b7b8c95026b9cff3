"""The rules once more, plainly and exactly, for checking results: a reader, Greedy, Equal Shares, Phragmén.

It shares no code with the engine that computed the result. Purses and loads are whole numbers over one
common denominator, prices are fractions.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

Ballot = dict[str, int]
Group = tuple[Ballot, int]
Step = tuple[Any, ...]
Fits = Callable[[str, list[str]], bool]


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
