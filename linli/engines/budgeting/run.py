"""The whole decision: pots (districts with their own money, and the rest), the rule in each, and every reason."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from linli.engines.budgeting.ballots import restricted
from linli.engines.budgeting.completing import add_one
from linli.engines.budgeting.data import BudgetResult, Election, Ints, Limit, Options, Pot, Reason, Step
from linli.engines.budgeting.explaining import Trace, explain
from linli.engines.budgeting.greedy import greedy
from linli.engines.budgeting.options import check_options
from linli.engines.budgeting.phragmen import phragmen
from linli.engines.budgeting.rooms import Rooms
from linli.engines.budgeting.shares import Market, equal_shares, open_market
from linli.engines.progress import Progress, silent


def budget(
    election: Election, options: Options | None = None, progress: Progress = silent, reasons: bool = True
) -> BudgetResult:
    """Decide which projects are funded. The same file and options give the same result, whatever the rows' order.

    `reasons=False` leaves the reasons out (the outcome only). Raises `BadInput` when the options do not fit the file.
    """
    options = options or Options()
    check_options(election, options)
    pots: list[Pot] = []
    told: list[Reason] = []
    limits = options.limits
    for name, money, projects, voters in pots_of(election, options):
        rooms = Rooms([election.projects[at] for at in projects], limits)
        pot, trace = _decide(election, options, rooms, name, money, projects, voters, progress, reasons)
        pots.append(pot)
        if reasons:
            progress("explaining")
            told += [
                replace(reason, project=projects[reason.project])
                for reason in explain(_local(pot, projects), trace, options, rooms)
            ]
        limits = tuple(
            replace(limit, at_most=limit.at_most - sum(_spent_on(election, limit, at) for at in pot.selected))
            for limit in limits
        )
    return BudgetResult(election, options, tuple(pots), tuple(sorted(told, key=lambda reason: reason.project)))


def _spent_on(election: Election, limit: Limit, at: int) -> int:
    project = election.projects[at]
    return project.cost if limit.value in project.tags(limit.field) else 0


def pots_of(election: Election, options: Options) -> list[tuple[str, int, tuple[int, ...], Ints]]:
    """Name, money, projects and voters per ballot row of every pot.

    Without districts everybody decides on everything. With districts a pot is decided by the people (of the
    district, if `voters` is "own") whose ballot names one of its projects.
    """
    everyone = election.ballots.count
    if not options.districts:
        return [("", election.budget, tuple(range(len(election.projects))), everyone)]
    home = [project.fields.get(options.project_field, "") for project in election.projects]
    found, left = [], election.budget
    lives = _lives_in(election, options) if options.voters == "own" else None
    for district in options.districts:
        projects = tuple(at for at, value in enumerate(home) if value == district.value)
        voters = everyone
        if lives is not None:
            mine = [row for row, value in zip(election.ballot_of, lives, strict=True) if value == district.value]
            voters = np.bincount(np.array(mine, dtype=np.int64), minlength=election.ballots.rows)
        found.append((district.value, district.budget, projects, _taking_part(election, projects, voters)))
        left -= district.budget
    named = {district.value for district in options.districts}
    rest = tuple(at for at, value in enumerate(home) if value not in named)
    return [*found, ("", left, rest, _taking_part(election, rest, everyone))]


def members_of(election: Election, options: Options, number: int) -> list[int]:
    """The voters (their places in the file) who decide in pot `number`."""
    name, _, _, rows = pots_of(election, options)[number]
    people = [voter for voter, row in enumerate(election.ballot_of) if rows[row]]
    if options.voters == "own" and number < len(options.districts):
        lives = _lives_in(election, options)
        people = [voter for voter in people if lives[voter] == name]
    return people


def _lives_in(election: Election, options: Options) -> list[str]:
    """Every voter's district, from her row."""
    votes = election.sections[2]
    at = [head.strip().lower() for head in votes.header].index(options.voter_field)
    rows = [row for row in votes.rows if any(cell.strip() for cell in row)]
    return [row[at].strip() if at < len(row) else "" for row in rows]


def _taking_part(election: Election, projects: tuple[int, ...], voters: Ints) -> Ints:
    """The voters per row, 0 for rows that name none of the projects."""
    ballots = election.ballots
    row_of = np.repeat(np.arange(ballots.rows), np.diff(ballots.start))
    names = np.bincount(row_of[np.isin(ballots.project, projects)], minlength=ballots.rows) > 0
    return np.where(names, voters, 0).astype(np.int64)


def market_of(election: Election, options: Options, projects: tuple[int, ...], voters: Ints) -> Market:
    """The pot's projects (numbered by their place in `projects`) and their supporters."""
    ballots = election.ballots
    if len(projects) != len(election.projects) or voters is not ballots.count:
        ballots = restricted(ballots, np.array(projects, dtype=np.int64), voters)
    ids = tuple(election.projects[at].id for at in projects)
    cost = tuple(election.projects[at].cost for at in projects)
    return open_market(ballots, ids, cost, options.rule == "mes-cost")


def _decide(
    election: Election,
    options: Options,
    rooms: Rooms,
    name: str,
    money: int,
    projects: tuple[int, ...],
    voters: Ints,
    progress: Progress,
    keep: bool,
) -> tuple[Pot, Trace]:
    """Run the rule and its completion in one pot."""
    progress("counting")
    market = market_of(election, options, projects, voters)
    people = int(voters.sum())
    share, raised, ended = None, 0, ""
    trace = Trace(market)
    if options.rule == "greedy":
        steps, turns = greedy(market, money, rooms)
        trace = replace(trace, turns=tuple(turns))
    elif options.rule == "phragmen":
        sequence = phragmen(market, money, rooms, trace=keep)
        steps, ended = sequence.steps, "stopped" if sequence.stopped_by is not None else ""
        trace = replace(trace, sequence=sequence)
    elif not people:
        steps = []
    else:
        steps, trace, raised, ended = _shares(market, options, money, people, election.scale, rooms, progress, keep)
        share = Fraction(money, people) + raised * election.scale
    shown = tuple(replace(step, project=projects[step.project]) for step in steps)
    return Pot(name, money, projects, people, shown, share, raised, ended), trace


def _shares(
    market: Market,
    options: Options,
    money: int,
    people: int,
    unit: int,
    rooms: Rooms,
    progress: Progress,
    keep: bool,
) -> tuple[list[Step], Trace, int, str]:
    """Equal Shares with its completion."""
    if options.completion in ("add1", "add1u"):
        result = add_one(market, money, people, unit, rooms, keep, progress)
        run, raised, ended = result.run, result.raised, result.ended
    else:
        run, raised, ended = equal_shares(market, Fraction(money, people), rooms, keep), 0, ""
    steps, trace = list(run.steps), Trace(market, run=run)
    rooms.again()
    for step in steps:
        rooms.take(step.project)
    if options.completion == "add1u":
        more, turns = greedy(market, money, rooms, tuple(steps), phase="fill")
        return steps + more, replace(trace, turns=tuple(turns)), raised, ended
    if options.completion == "phragmen":
        assert run.purses is not None
        sequence = phragmen(market, money, rooms, (tuple(steps), run.purses), keep)
        return steps + sequence.steps, replace(trace, sequence=sequence), raised, ended
    return steps, trace, raised, ended


def _local(pot: Pot, projects: tuple[int, ...]) -> Pot:
    """The pot with its projects numbered by place, as its market numbers them."""
    place = {at: local for local, at in enumerate(projects)}
    steps = tuple(replace(step, project=place[step.project]) for step in pot.steps)
    return replace(pot, steps=steps, projects=tuple(range(len(projects))))
