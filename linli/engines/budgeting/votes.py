"""The VOTES section → ballots: who voted, for what, with how many points; all faults at once.

Equal vote texts are read once, so a file of many voters costs little more than its different ballots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from linli.engines.budgeting.ballots import Mark, merged
from linli.engines.budgeting.data import Ballots, Ints
from linli.engines.errors import Fault

if TYPE_CHECKING:
    from linli.engines.budgeting.reading import Table

POINTED = ("cumulative", "scoring", "ordinal")
MOST_POINTS = 10**9
Said = tuple[str, str]
Given = tuple[tuple[int, ...], tuple[int | Fraction, ...]]


@dataclass
class Votes:
    """What was read: merged ballots, each voter's row, the voters, how many projects each named, and on which line."""

    ballots: Ballots
    ballot_of: Ints
    ids: tuple[str, ...]
    point_scale: int = 1
    lengths: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lines: Sequence[int] = ()


def _nothing() -> Votes:
    return Votes(*merged([], np.zeros(0, dtype=np.int64)), ids=())


def read_votes(
    table: Table, meta: Mapping[str, str], vote_type: str, projects: Sequence[str], name: str, faults: list[Fault]
) -> Votes:
    """Read the rows of VOTES; faults are added to `faults`."""
    at_id, at_vote, at_points = table.column("voter_id"), table.column("vote"), table.column("points")
    needed = {"voter_id": at_id, "vote": at_vote}
    if vote_type in ("cumulative", "scoring"):
        needed["points"] = at_points
    missing = [wanted for wanted, column in needed.items() if column is None]
    if table.header:
        faults += [Fault("column_missing", file=name, column=each, params={"section": "VOTES"}) for each in missing]
    if missing or at_id is None or at_vote is None:
        return _nothing()
    if table.header and not len(table.lines):
        faults.append(Fault("no_votes", file=name))
        return _nothing()
    pointed = at_points is not None and vote_type in POINTED
    try:
        wanted = (at_id, at_vote, at_points) if pointed and at_points is not None else (at_id, at_vote)
        columns = table.pick(*wanted)
    except IndexError:
        return _short(table, needed, name, faults)
    ids = list(map(str.strip, columns[0]))
    if "" in ids and len((kept := table.without_blank_rows()).lines) < len(ids):
        return read_votes(kept, meta, vote_type, projects, name, faults)
    _find_twice(ids, table, name, faults)
    votes: Sequence[Any] = list(zip(*columns[1:], strict=True)) if pointed else columns[1]
    texts = {text: at for at, text in enumerate(dict.fromkeys(votes))}
    which = np.fromiter(map(texts.__getitem__, votes), dtype=np.int64, count=len(votes))
    said_once: list[Said] = list(texts) if pointed else [(vote, "") for vote in texts]
    reader = _Reader(
        {ident: at for at, ident in enumerate(projects)}, vote_type, pointed, _longest(meta, [v for v, _ in said_once])
    )
    read = [reader.read(*text) for text in said_once]
    _tell(reader, which, table, name, faults)
    scale = lcm(*{points.denominator for _, given in read for points in given}) if pointed else 1
    marks = [(chosen, tuple(int(n * scale) for n in given)) for chosen, given in read] if pointed else read
    lengths = np.array(reader.lengths, dtype=np.int64)[which]
    return Votes(*merged(cast("list[Mark]", marks), which), tuple(ids), scale, lengths, table.lines)


def _short(table: Table, needed: Mapping[str, int | None], name: str, faults: list[Fault]) -> Votes:
    """Rows that end before a needed column."""
    wide = max(column for column in needed.values() if column is not None)
    whole = table.without_blank_rows()
    faults += [
        Fault("row_short", file=name, row=line, value=";".join(cells)[:200])
        for cells, line in zip(whole.rows, whole.lines, strict=True)
        if len(cells) <= wide
    ]
    return _nothing()


def _longest(meta: Mapping[str, str], votes: Sequence[str]) -> int:
    """Borda's L: the most places a ballot may have (META max_length, else the longest ballot)."""
    bound = meta.get("max_length", "")
    longest = max((vote.count(",") + 1 for vote in votes), default=1)
    return max(int(bound), longest) if bound.isdigit() else longest


def _find_twice(ids: list[str], table: Table, name: str, faults: list[Fault]) -> None:
    if len(set(ids)) == len(ids) and "" not in ids:
        return
    first: dict[str, int] = {}
    for ident, line in zip(ids, table.lines, strict=True):
        if not ident:
            faults.append(Fault("voter_unnamed", file=name, row=line, column="voter_id"))
        elif ident in first:
            params = {"line": str(first[ident])}
            faults.append(Fault("voter_twice", file=name, row=line, column="voter_id", value=ident, params=params))
        else:
            first[ident] = line


@dataclass
class _Reader:
    """Reads one vote text at a time; `wrong` collects (text number, code, column, value)."""

    places: Mapping[str, int]
    vote_type: str
    pointed: bool
    longest: int
    wrong: list[tuple[int, str, str, str]] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)

    def read(self, vote: str, points: str) -> Given:
        """The projects on the ballot with points > 0, ascending, and their points."""
        number = len(self.lengths)
        names = vote.split(",") if vote.strip() else []
        self.lengths.append(len(names))
        if len(names) > 1 and self.vote_type == "choose-1":
            self.wrong.append((number, "one_choice", "vote", vote))
        if not self.pointed and self.vote_type != "ordinal":
            try:
                chosen = sorted({self.places[ident] for ident in names})
            except KeyError:
                chosen = []
            if len(chosen) == len(names):
                return tuple(chosen), (1,) * len(chosen)
        given: dict[int, int | Fraction] = {}
        names = [part.strip() for part in names]
        for ident, worth in zip(names, self._worth(number, names, points), strict=True):
            at = self.places.get(ident)
            if at is None:
                self.wrong.append((number, "unknown_project", "vote", ident))
            elif at in given:
                self.wrong.append((number, "named_twice", "vote", ident))
            else:
                given[at] = worth
        counted = sorted((at, worth) for at, worth in given.items() if worth > 0)
        return tuple(at for at, _ in counted), tuple(worth for _, worth in counted)

    def _worth(self, number: int, names: list[str], points: str) -> Sequence[int | Fraction]:
        if not self.pointed:
            return (
                range(self.longest, self.longest - len(names), -1) if self.vote_type == "ordinal" else [1] * len(names)
            )
        cells = points.split(",") if points.strip() else []
        if len(cells) != len(names):
            self.wrong.append((number, "points_count", "points", points))
            return [1] * len(names)
        return [self._points(number, cell.strip()) for cell in cells]

    def _points(self, number: int, cell: str) -> int | Fraction:
        """Points ≥ 0, decimals allowed."""
        if cell.isdecimal() and len(cell) < 10:
            return int(cell)
        try:
            value = Fraction(cell)
        except (ValueError, ZeroDivisionError):
            value = Fraction(-1)
        if not 0 <= value <= MOST_POINTS or value.denominator > MOST_POINTS:
            self.wrong.append((number, "points", "points", cell))
            return 1
        return value


def _tell(reader: _Reader, which: Ints, table: Table, name: str, faults: list[Fault]) -> None:
    """A fault for every row whose vote text is wrong."""
    for number, code, column, value in reader.wrong:
        faults += [
            Fault(code, file=name, row=table.lines[at], column=column, value=value)
            for at in np.flatnonzero(which == number).tolist()
        ]
