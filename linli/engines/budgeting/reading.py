"""Pabulib .pb files → an election fit to be decided, or every fault of the file at once.

Tolerant of form (BOM, CRLF, blanks, quoted and badly quoted cells, GB18030, sections in any order, decimal
comma, empty lines), strict about what is counted: a vote for an unknown project, a voter twice, a cost that
is no amount are refused with their place and cure. What the file's own rules forbid but counting does not
need (too many projects on a ballot, totals that differ) is kept as written and marked doubtful.
Format: Faliszewski et al., "Participatory Budgeting: Data, Tools, and Analysis", IJCAI 2023; pabulib.org/format.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from pathlib import Path

import numpy as np

from linli.engines.budgeting.data import VOTE_TYPES, Election, Project, Section
from linli.engines.budgeting.votes import Votes, read_votes
from linli.engines.errors import BadInput, Fault

AMOUNT = re.compile(r"[+-]?\d+([.,]\d+)?$")
NAMES = ("META", "PROJECTS", "VOTES")
TITLE = re.compile(r'^[ \t"]*(META|PROJECTS|VOTES)[ \t";]*$', re.MULTILINE | re.IGNORECASE)
OPENS = re.compile(r'(^|;)\s*"')
LONGEST_CELL = 200
LONGEST_ROW = 20


@dataclass
class Table:
    """A section as it is read: headings, its rows as cells or as `plain` text, and the line each row began on."""

    header: list[str] = field(default_factory=list)
    cells: list[list[str]] | None = field(default_factory=list)
    lines: Sequence[int] = ()
    plain: str = ""

    @property
    def rows(self) -> list[list[str]]:
        """Every row's cells; plain text is split now, and once."""
        if self.cells is None:
            self.cells = [line.split(";") for line in self.plain.split("\n")]
        return self.cells

    def column(self, name: str) -> int | None:
        """Where a heading stands, blanks and case aside."""
        return next((at for at, head in enumerate(self.header) if head.strip().lower() == name), None)

    def pick(self, *columns: int) -> list[list[str]]:
        """These columns. Raises IndexError when a row is too short.

        Plain text whose lines all have as many cells as the heading is split in one go.
        """
        wide = len(self.header)
        if self.cells is None and max(columns) < wide and self._is_even(wide):
            flat = self.plain.replace("\n", ";").split(";")
            return [flat[column::wide] for column in columns]
        return [[row[column] for row in self.rows] for column in columns]

    def _is_even(self, wide: int) -> bool:
        """Whether every line of the plain text has `wide` cells."""
        marks = np.frombuffer((self.plain + "\n").encode(), dtype=np.uint8)
        ends = np.flatnonzero(marks == ord("\n"))
        upto = np.searchsorted(np.flatnonzero(marks == ord(";")), ends)
        return bool((np.diff(upto, prepend=0) == wide - 1).all())

    def without_blank_rows(self) -> Table:
        """The same without rows that hold nothing."""
        kept = [at for at, row in enumerate(self.rows) if any(cell.strip() for cell in row)]
        return Table(self.header, [self.rows[at] for at in kept], [self.lines[at] for at in kept])

    def section(self) -> Section:
        """The section as it was written."""
        return Section(self.header, self.cells, self.plain)


def read_pb(path: Path) -> Election:
    """Read a .pb file. Raises `BadInput` naming every fault (file, line, column, value)."""
    try:
        raw = path.read_bytes()
    except OSError:
        raise BadInput([Fault("file_unreadable", file=path.name)]) from None
    return parse_pb(raw, path.name)


def parse_pb(raw: bytes, name: str = "") -> Election:
    """Read the bytes of a .pb file; `name` stands in its faults."""
    faults: list[Fault] = []
    text = _decoded(raw, name, faults)
    tables = _tables(text, name, faults)
    for title in ("META", "PROJECTS"):
        tables[title] = tables[title].without_blank_rows()
    meta = _meta(tables["META"], name, faults)
    vote_type = meta.get("vote_type", "").strip().lower()
    if tables["META"].rows and vote_type not in VOTE_TYPES:
        known = ", ".join(VOTE_TYPES)
        faults.append(Fault("vote_type", file=name, column="vote_type", value=vote_type, params={"known": known}))
    budget = _amount(meta.get("budget", ""), name, tables["META"], "budget", faults)
    projects, scale = _projects(tables["PROJECTS"], budget, name, faults)
    votes = read_votes(tables["VOTES"], meta, vote_type, [project.id for project in projects], name, faults)
    faults += [*_length_doubts(meta, votes, name), *_count_doubts(meta, len(projects), len(votes.ids), name)]
    if votes.ids and budget is not None and (vote_type == "knapsack" or meta.get("max_sum_cost")):
        faults += _cost_doubts(meta.get("max_sum_cost") or meta["budget"], projects, scale, votes, name)
    if refused := [fault for fault in faults if fault.outcome == "refused"]:
        raise BadInput(refused + [fault for fault in faults if fault.outcome != "refused"])
    assert budget is not None
    return Election(
        meta=meta,
        budget=int(budget * scale),
        scale=scale,
        vote_type=vote_type,
        projects=projects,
        ballots=votes.ballots,
        ballot_of=votes.ballot_of,
        voter_ids=votes.ids,
        sections=(tables["META"].section(), tables["PROJECTS"].section(), tables["VOTES"].section()),
        digest=hashlib.sha256(raw).hexdigest(),
        doubts=tuple(faults),
        point_scale=votes.point_scale,
    )


def _decoded(raw: bytes, name: str, faults: list[Fault]) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        faults.append(Fault("encoding", file=name))
        return raw.decode("utf-8", "replace")
    faults.append(Fault("read_as_gb18030", "doubtful", file=name))
    return text


def _tables(text: str, name: str, faults: list[Fault]) -> dict[str, Table]:
    """The three sections. A row is a line; quotes are unpacked, a quoted cell may go on over lines."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    titles = _titles(text)
    before = text[: titles[0].start()] if titles else text
    if before.strip():
        faults.append(Fault("before_sections", file=name, row=1, value=before.strip()[:LONGEST_CELL]))
    found: dict[str, Table] = {}
    for at, title in enumerate(titles):
        end = titles[at + 1].start() if at + 1 < len(titles) else len(text)
        line = text.count("\n", 0, title.start()) + 1
        if title[1].upper() in found:
            faults.append(Fault("section_twice", file=name, row=line, value=title[1]))
        found[title[1].upper()] = _table(text[title.end() + 1 : end], line + 1)
    for wanted in NAMES:
        if wanted not in found:
            faults.append(Fault("section_missing", file=name, value=wanted))
    return {wanted: found.get(wanted, Table()) for wanted in NAMES}


def _titles(text: str) -> list[re.Match[str]]:
    """The lines that begin a section; VOTES is last in nearly every file, and then its many lines are not searched."""
    votes = text.find("\nVOTES\n")
    head = list(TITLE.finditer(text, 0, votes + 7)) if votes >= 0 else []
    if {title[1] for title in head} == set(NAMES) and all(text.find(f"\n{title}\n", votes + 6) < 0 for title in NAMES):
        return head
    return list(TITLE.finditer(text))


def _table(body: str, first: int) -> Table:
    """One section; `first`: the number of its first line. Text without quotes, the usual case, stays in lines."""
    heading, _, rest = body.partition("\n")
    if '"' not in body and heading.strip(" ;\t"):
        rest = rest.rstrip("\n")
        count = rest.count("\n") + 1 if rest else 0
        return Table(heading.split(";"), None if rest else [], range(first + 1, first + 1 + count), rest)
    lines = body.split("\n")
    rows, numbers, at = [], [], 0
    while at < len(lines):
        began = at
        cells, at = _cells(lines, at)
        if any(cell.strip() for cell in cells):
            rows.append(cells)
            numbers.append(first + began)
    return Table(rows[0], rows[1:], numbers[1:]) if rows else Table()


def _cells(lines: list[str], at: int) -> tuple[list[str], int]:
    """The cells of the row that begins at line `at`, and where the next row begins.

    Lines are joined while a quoted cell is open; a stray quote is a plain character.
    """
    line = lines[at]
    if '"' not in line:
        return line.split(";"), at + 1
    joined, upto = line, at + 1
    while OPENS.search(line) and joined.count('"') % 2 and upto < min(len(lines), at + LONGEST_ROW):
        joined, upto = joined + "\n" + lines[upto], upto + 1
    if not OPENS.search(line) or joined.count('"') % 2:
        return line.split(";"), at + 1
    return next(csv.reader(io.StringIO(joined), delimiter=";", skipinitialspace=True), []), upto


def _meta(table: Table, name: str, faults: list[Fault]) -> dict[str, str]:
    meta: dict[str, str] = {}
    for cells, line in zip(table.rows, table.lines, strict=True):
        key = cells[0].strip().lower()
        if key in meta:
            faults.append(Fault("meta_twice", "doubtful", file=name, row=line, column=key, value=";".join(cells[1:])))
        meta[key] = ";".join(cells[1:]).strip()
    return meta


def _amount(
    text: str, name: str, table: Table, column: str, faults: list[Fault], line: int | None = None
) -> Fraction | None:
    """An amount of money ≥ 0, decimal point or comma; a fault and None when it is not one."""
    clean = text.strip().replace("\u00a0", "").replace(" ", "")
    if not AMOUNT.match(clean):
        if line is None:
            line = next((at for row, at in zip(table.rows, table.lines, strict=True) if row[0].strip() == column), None)
        faults.append(Fault("amount", file=name, row=line, column=column, value=text.strip()))
        return None
    value = Fraction(clean.replace(",", "."))
    if value < 0:
        faults.append(Fault("negative", file=name, row=line, column=column, value=text.strip()))
        return None
    return value


def _projects(table: Table, budget: Fraction | None, name: str, faults: list[Fault]) -> tuple[tuple[Project, ...], int]:
    """The projects, their costs in the smallest unit, and how many of it make one unit of currency."""
    where = {wanted: table.column(wanted) for wanted in ("project_id", "cost")}
    for wanted, column in where.items():
        if column is None and table.header:
            faults.append(Fault("column_missing", file=name, column=wanted, params={"section": "PROJECTS"}))
    at_id, at_cost = where["project_id"], where["cost"]
    if at_id is None or at_cost is None:
        return (), 1
    heads = [head.strip().lower() for head in table.header]
    seen: dict[str, int] = {}
    read: list[tuple[str, Fraction, dict[str, str]]] = []
    for cells, line in zip(table.rows, table.lines, strict=True):
        if len(cells) <= max(at_id, at_cost):
            faults.append(Fault("row_short", file=name, row=line, value=";".join(cells)[:LONGEST_CELL]))
            continue
        ident = cells[at_id].strip()
        if not ident or "," in ident:
            faults.append(Fault("project_id", file=name, row=line, column="project_id", value=ident))
        elif ident in seen:
            twice = Fault("project_twice", file=name, row=line, column="project_id", value=ident)
            faults.append(Fault(**{**vars(twice), "params": {"line": str(seen[ident])}}))
        else:
            seen[ident] = line
            cost = _amount(cells[at_cost], name, table, "cost", faults, line)
            fields = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if head}
            read.append((ident, Fraction(0) if cost is None else cost, fields))
    if table.header and not read and not faults:
        faults.append(Fault("no_projects", file=name))
    scale = lcm(*(amount.denominator for _, amount, _ in read), budget.denominator if budget is not None else 1)
    return tuple(Project(ident, int(cost * scale), f.get("name", ""), f) for ident, cost, f in read), scale


def _count_doubts(meta: dict[str, str], projects: int, votes: int, name: str) -> list[Fault]:
    """Totals written in META that differ from what the file holds."""
    return [
        Fault("count_differs", "doubtful", file=name, column=key, value=meta[key], params={"found": str(found)})
        for key, found in (("num_projects", projects), ("num_votes", votes))
        if meta.get(key, str(found)).strip() != str(found)
    ]


def _length_doubts(meta: dict[str, str], votes: Votes, name: str) -> list[Fault]:
    """Ballots with fewer or more projects than META allows, each named by its line."""
    doubts = []
    for key, sign in (("min_length", -1), ("max_length", 1)):
        text = meta.get(key, "")
        if text and not text.isdecimal():
            doubts.append(Fault("bound", "doubtful", file=name, column=key, value=text))
        elif text:
            doubts += [
                Fault(
                    "ballot_length",
                    "doubtful",
                    file=name,
                    row=votes.lines[at],
                    column="vote",
                    params={"bound": text, "size": str(votes.lengths[at]), "key": key},
                )
                for at in np.flatnonzero(sign * votes.lengths > sign * int(text)).tolist()
            ]
    return doubts


def _cost_doubts(bound: str, projects: tuple[Project, ...], scale: int, votes: Votes, name: str) -> list[Fault]:
    """Ballots whose projects cost more together than a ballot may (knapsack ballots: the budget)."""
    clean = bound.replace(",", ".").replace(" ", "")
    if not AMOUNT.match(clean):
        return [Fault("bound", "doubtful", file=name, column="max_sum_cost", value=bound)]
    ballots, most = votes.ballots, Fraction(clean) * scale
    spent = [
        sum(projects[at].cost for at in ballots.project[ballots.start[row] : ballots.start[row + 1]])
        for row in range(ballots.rows)
    ]
    over = np.array([cost > most for cost in spent], dtype=bool)
    return [
        Fault(
            "ballot_cost",
            "doubtful",
            file=name,
            row=votes.lines[at],
            column="vote",
            params={"cost": str(Fraction(spent[votes.ballot_of[at]], scale)), "bound": bound},
        )
        for at in np.flatnonzero(over[votes.ballot_of]).tolist()
    ]
