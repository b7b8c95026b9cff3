"""Files → conversation: Polis' export (votes.csv, comments.csv, participants-votes.csv) and the JSON of its interface.

Every fault of every file is gathered before anything is refused. UTF-8 (with or without byte order mark) or GB18030;
any line ends. No statistics here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from linli.engines.errors import BadInput, Fault
from linli.engines.opinion.data import Conversation, Statement, conversation, from_codes
from linli.engines.opinion.reading_fast import read_columns
from linli.engines.opinion.reading_json import comments_from_json, is_json, votes_from_json

PERSON = ("voter-id", "participant", "participant_id", "pid", "id")
STATEMENT = ("comment-id", "statement", "statement_id", "tid")
VOTE = ("vote",)
TIME = ("timestamp", "modified")
GROUP = ("group", "group-id")
TEXT = ("comment-body", "text", "txt")
VALUES = {"1": 1, "-1": -1, "0": 0, "+1": 1, "1.0": 1, "-1.0": -1, "0.0": 0}
MODERATION = {"1": 1, "-1": -1, "0": 0, "": 0}
YES = {"true": True, "1": True, "t": True, "yes": True}
BEFORE_STATEMENTS = "n-disagree"  # the last column of participants-votes.csv that is not a statement
SHOWN = 200  # faults kept of one file: a wrong file has one per row

Rows = list[tuple[int, list[str]]]


def read_conversation(votes: Path, comments: Path | None = None) -> Conversation:
    """The conversation in these files; raises BadInput with every fault of both.

    `votes`: votes.csv (of one pair the latest time counts, then the later row), participants-votes.csv, or JSON;
    `comments`: comments.csv or JSON.
    """
    faults: list[Fault] = []
    about = read_comments(comments, faults) if comments else {}
    made = _read_votes(votes, about, faults)
    if made is not None and not made.person.size and not faults:
        faults.append(Fault("no_votes", file=votes.name))
    if faults or made is None:
        raise BadInput(faults)
    return made


def _read_votes(path: Path, about: Mapping[str, Statement], faults: list[Fault]) -> Conversation | None:
    if is_json(path):
        columns = votes_from_json(path, faults)
        return None if columns is None else conversation(*columns, about=about)
    plain = read_columns(path, PERSON, STATEMENT, VOTE, TIME)
    return from_codes(*plain, about=about) if plain else read_carefully(path, about, faults)


def read_carefully(path: Path, about: Mapping[str, Statement], faults: list[Fault]) -> Conversation | None:
    """A CSV of votes row by row, long or wide; what is wrong is added to `faults`."""
    rows = _rows(path, faults)
    if rows is None:
        return None
    heading = next(rows, (1, []))[1]
    if BEFORE_STATEMENTS in heading:
        return conversation(*_wide(path.name, heading, rows, faults), about=about)
    return _long(path.name, heading, rows, about, faults)


def _long(
    file: str,
    heading: list[str],
    rows: Iterator[tuple[int, list[str]]],
    about: Mapping[str, Statement],
    faults: list[Fault],
) -> Conversation | None:
    """One vote a row."""
    wanted = [_column(file, heading, names, faults) for names in (PERSON, STATEMENT, VOTE)]
    when = next((heading.index(name) for name in TIME if name in heading), None)
    if None in wanted:
        return None
    who, what, how = (int(at) for at in wanted if at is not None)
    people: dict[str, int] = {}
    names: dict[str, int] = {}
    person, statement, value, times = [], [], [], []
    least = max(who, what, how, -1 if when is None else when) + 1
    for number, row in rows:
        if len(row) < least:
            faults.append(Fault("short_row", file=file, row=number, value=",".join(row)[:60]))
            continue
        one, two, three = row[who].strip(), row[what].strip(), VALUES.get(row[how].strip())
        time = _whole(row[when]) if when is not None else 0
        if not one or not two or three is None or time is None:
            faults += _row_faults(file, number, heading, row, (who, what, how, when))
            continue
        person.append(people.setdefault(one, len(people)))
        statement.append(names.setdefault(two, len(names)))
        value.append(three)
        times.append(time)
    return from_codes(list(people), person, list(names), statement, value, times, about=about)


def _row_faults(
    file: str, number: int, heading: Sequence[str], row: Sequence[str], places: tuple[int, int, int, int | None]
) -> Iterator[Fault]:
    who, what, how, when = places
    for at in (who, what):
        if not row[at].strip():
            yield Fault("no_id", file=file, row=number, column=heading[at])
    if row[how].strip() not in VALUES:
        yield Fault("bad_vote", file=file, row=number, column=heading[how], value=row[how])
    if when is not None and _whole(row[when]) is None:
        yield Fault("bad_time", file=file, row=number, column=heading[when], value=row[when])


def _wide(
    file: str, heading: list[str], rows: Iterator[tuple[int, list[str]]], faults: list[Fault]
) -> tuple[list[str], list[str], list[int]]:
    """One person a row, one statement a column, an empty cell for no vote; no times."""
    first = heading.index(BEFORE_STATEMENTS) + 1
    people: list[str] = []
    names: list[str] = []
    value: list[int] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        person = row[0].strip() if row else ""
        if not person:
            faults.append(Fault("no_id", file=file, row=number, column=heading[0]))
        elif person in seen:
            faults.append(Fault("id_again", file=file, row=number, value=person, params={"first": str(seen[person])}))
        seen.setdefault(person, number)
        for statement, cell in zip(heading[first:], row[first:], strict=False):
            if cell.strip() in VALUES:
                people.append(person)
                names.append(statement.strip())
                value.append(VALUES[cell.strip()])
            elif cell.strip():
                faults.append(Fault("bad_vote", file=file, row=number, column=statement, value=cell))
    return people, names, value


def read_comments(path: Path, faults: list[Fault]) -> dict[str, Statement]:
    """Statements by id, from comments.csv or JSON; rejected and meta ones are marked."""
    if is_json(path):
        return comments_from_json(path, faults)
    rows = _rows(path, faults)
    if rows is None:
        return {}
    heading = next(rows, (1, []))[1]
    which = _column(path.name, heading, STATEMENT, faults)
    if which is None:
        return {}
    places = {key: next((heading.index(n) for n in names if n in heading), None) for key, names in _ABOUT.items()}
    found: dict[str, Statement] = {}
    for number, row in rows:
        cell = {key: row[at].strip() if at is not None and at < len(row) else "" for key, at in places.items()}
        name = row[which].strip() if which < len(row) else ""
        if not name:
            faults.append(Fault("no_id", file=path.name, row=number, column=heading[which]))
        elif name in found:
            faults.append(Fault("statement_again", file=path.name, row=number, column=heading[which], value=name))
        elif cell["moderated"] not in MODERATION:
            column = heading[places["moderated"] or 0]
            faults.append(Fault("bad_moderation", file=path.name, row=number, column=column, value=cell["moderated"]))
        else:
            moderated = 1 if places["moderated"] is None else MODERATION[cell["moderated"]]
            found[name] = Statement(name, cell["text"], moderated, YES.get(cell["meta"].lower(), False))
    return found


_ABOUT = {"text": TEXT, "moderated": ("moderated", "mod"), "meta": ("is-meta", "is_meta")}


def read_groups(path: Path) -> dict[str, str]:
    """A stated grouping: person → group from a CSV with `id, group` (or participants-votes.csv); empty: not grouped."""
    faults: list[Fault] = []
    rows = _rows(path, faults)
    found: dict[str, str] = {}
    if rows is not None:
        heading = next(rows, (1, []))[1]
        who = _column(path.name, heading, PERSON, faults)
        group = _column(path.name, heading, GROUP, faults)
        for number, row in rows if who is not None and group is not None else ():
            person, name = (row[at].strip() if at is not None and at < len(row) else "" for at in (who, group))
            if not person:
                faults.append(Fault("no_id", file=path.name, row=number, column=heading[who or 0]))
            elif person in found:
                faults.append(Fault("id_again", file=path.name, row=number, value=person, params={"first": "?"}))
            elif name:
                found[person] = name
        if not found and not faults:
            faults.append(Fault("no_groups", file=path.name))
    if faults:
        raise BadInput(faults)
    return found


def _rows(path: Path, faults: list[Fault]) -> Iterator[tuple[int, list[str]]] | None:
    """Numbered rows, empty ones left out; None (and a fault) if the file cannot be read."""
    try:
        text = decoded(path.read_bytes())
    except OSError as error:
        faults.append(Fault("unreadable", file=path.name, params={"why": error.strerror or ""}))
        return None
    except UnicodeDecodeError:
        faults.append(Fault("encoding", file=path.name))
        return None
    return _numbered(csv.reader(io.StringIO(text, newline="")), path.name, faults)


def _numbered(reader: Iterable[list[str]], file: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if any(row):
                yield number, row if number > 1 else [cell.strip() for cell in row]
    except csv.Error as error:
        faults.append(Fault("broken_csv", file=file, row=number + 1, params={"why": str(error)}))


def decoded(content: bytes) -> str:
    """UTF-8, else GB18030; raises UnicodeDecodeError when it is neither."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _column(file: str, heading: Sequence[str], names: Sequence[str], faults: list[Fault]) -> int | None:
    for name in names:
        if name in heading:
            return heading.index(name)
    faults.append(Fault("no_column", file=file, row=1, column=names[0], params={"names": " / ".join(names)}))
    return None


def _whole(text: str) -> int | None:
    """A time as a whole number; empty is 0 (not known)."""
    try:
        return int(text) if text else 0
    except ValueError:
        return None


def listed(faults: Sequence[Fault]) -> list[Fault]:
    """The faults to print: of a file with very many, the first ones and how many more there are."""
    shown: list[Fault] = []
    files: dict[str, int] = {}
    for fault in faults:
        files[fault.file] = files.get(fault.file, 0) + 1
        if files[fault.file] <= SHOWN:
            shown.append(fault)
    more = [Fault("and_more", file=file, params={"count": str(n - SHOWN)}) for file, n in files.items() if n > SHOWN]
    return shown + more
