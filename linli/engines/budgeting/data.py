"""What goes into a budget decision and what comes out of it: frozen dataclasses, money as whole numbers.

Amounts are integers of the file's smallest money unit: 1/`scale` of its currency (a file that writes
12000.50 has scale 100). Shares and prices are exact fractions of that unit. It computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from linli.engines.errors import Fault

ENGINE = "budgeting"
VERSION = "1.0.0"
RULES = ("greedy", "mes-cost", "mes-project", "phragmen")
COMPLETIONS = ("none", "add1", "add1u", "phragmen")
VOTE_TYPES = ("approval", "choose-1", "knapsack", "ordinal", "cumulative", "scoring")

Rule = Literal["greedy", "mes-cost", "mes-project", "phragmen"]
Completion = Literal["none", "add1", "add1u", "phragmen"]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Project:
    """One project on the list; `fields` are its further cells as written (category, target, district …)."""

    id: str
    cost: int
    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def tags(self, name: str) -> tuple[str, ...]:
        """The values of a list field such as `category`: parted by commas, without blanks."""
        return tuple(part.strip() for part in self.fields.get(name, "").split(",") if part.strip())


@dataclass(frozen=True)
class Ballots:
    """Equal ballots as one row: `count` voters each; row r names `project[start[r]:start[r+1]]`.

    `weight` is what a ballot gives a project (1 for approvals, points otherwise), a positive whole
    number. Rows stand in an order that depends on their content only, never on the voters' order.
    """

    count: Ints
    start: Ints
    project: Ints
    weight: Ints

    @property
    def rows(self) -> int:
        """How many different ballots there are."""
        return len(self.count)


@dataclass(frozen=True)
class Section:
    """One part of a .pb file as written: its headings and its rows, split into `cells` or still as `plain` text."""

    header: Sequence[str]
    cells: Sequence[Sequence[str]] | None
    plain: str = ""

    @property
    def rows(self) -> Sequence[Sequence[str]]:
        """The rows of cells."""
        return [line.split(";") for line in self.plain.split("\n")] if self.cells is None else self.cells


@dataclass(frozen=True)
class Election:
    """A budget, projects and ballots, read from a .pb file and fit to be decided."""

    meta: Mapping[str, str]
    budget: int
    scale: int
    vote_type: str
    projects: tuple[Project, ...]
    ballots: Ballots
    ballot_of: Ints
    voter_ids: tuple[str, ...]
    sections: tuple[Section, Section, Section]
    digest: str
    doubts: tuple[Fault, ...] = ()
    point_scale: int = 1

    @property
    def voters(self) -> int:
        """How many people voted."""
        return len(self.ballot_of)


@dataclass(frozen=True)
class District:
    """A part of the list with money of its own: `value` of the district field, `budget` in the smallest unit."""

    value: str
    budget: int


@dataclass(frozen=True)
class Limit:
    """At most `at_most` for the projects whose `field` holds `value`."""

    field: str
    value: str
    at_most: int


@dataclass(frozen=True)
class Options:
    """How to decide: the rule, its completion, districts' own budgets and limits for kinds of projects.

    `voters`: "own" = in a district's pot only the people of that district vote (their row's
    `voter_field` says where they live); "all" = everybody.
    """

    rule: Rule = "mes-cost"
    completion: Completion = "none"
    districts: tuple[District, ...] = ()
    project_field: str = "district"
    voter_field: str = "district"
    voters: Literal["own", "all"] = "all"
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class Step:
    """One project funded, in the order the rule funded them.

    `phase`: greedy | shares | phragmen | fill | unsupported. `price`: what a supporter pays for each point given
    (greedy: none; Phragmén: the load after the purchase). `full`: voters who paid the price whole,
    `rest`: voters who gave all they had left, `rest_total`: their money.
    """

    project: int
    phase: str
    price: Fraction | None = None
    full: int = 0
    rest: int = 0
    rest_total: Fraction | None = None


@dataclass(frozen=True)
class Pot:
    """One sum of money decided at once: the whole city, or a district."""

    name: str
    budget: int
    projects: tuple[int, ...]
    voters: int
    steps: tuple[Step, ...]
    share: Fraction | None = None
    raised: int = 0
    ended: str = ""

    @property
    def selected(self) -> tuple[int, ...]:
        """The funded projects, in the order they were funded."""
        return tuple(step.project for step in self.steps)


@dataclass(frozen=True)
class Reason:
    """Why a project was or was not funded: a code with its figures, and what would have changed it.

    `cost_at_most`: the highest cost at which it would have been funded, all else equal.
    `supporters_least`: so many more of the people who voted, if they are the ones with most money
    left, would have been enough. `supporters_any`: so many are enough whoever they are. `None`:
    nothing of this kind would have funded it (or, for winners, the question does not arise).
    """

    project: int
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    cost_at_most: int | None = None
    supporters_least: int | None = None
    supporters_any: int | None = None


@dataclass(frozen=True)
class BudgetResult:
    """The outcome: pots with their steps, a reason for each project, and what made it."""

    election: Election
    options: Options
    pots: tuple[Pot, ...]
    reasons: tuple[Reason, ...]
    engine: str = ENGINE
    version: str = VERSION

    @property
    def digest(self) -> str:
        """sha256 of the input file."""
        return self.election.digest

    @property
    def selected(self) -> tuple[int, ...]:
        """Indices of the funded projects, by id."""
        chosen = [at for pot in self.pots for at in pot.selected]
        return tuple(sorted(chosen, key=lambda at: self.election.projects[at].id))

    @property
    def cost(self) -> int:
        """What the funded projects cost together, in the smallest unit."""
        return sum(self.election.projects[at].cost for at in self.selected)
