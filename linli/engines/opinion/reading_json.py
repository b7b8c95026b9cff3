"""The JSON of Polis' public interface: votes and comments as lists of objects, under its older and newer names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from linli.engines.errors import Fault
from linli.engines.opinion.data import Statement

PERSON = ("participant_id", "pid", "voter-id", "participant")
STATEMENT = ("statement_id", "tid", "comment-id", "statement")
TIME = ("modified", "timestamp")
MODERATED = ("moderated", "mod")
TEXT = ("txt", "text", "comment-body")


def is_json(path: Path) -> bool:
    """By the name's ending."""
    return path.suffix.lower() == ".json"


def votes_from_json(path: Path, faults: list[Fault]) -> tuple[list[str], list[str], list[int], list[int]] | None:
    """People, statements, votes and times in parallel; None (and faults) where the file cannot be used."""
    people: list[str] = []
    statements: list[str] = []
    value: list[int] = []
    times: list[int] = []
    for number, entry in _entries(path, faults):
        person, statement = _first(entry, PERSON), _first(entry, STATEMENT)
        vote, time = entry.get("vote"), _time(_first(entry, TIME))
        if person is None or statement is None:
            faults.append(Fault("no_id", file=path.name, row=number))
        elif isinstance(vote, bool) or vote not in (1, 0, -1):
            faults.append(Fault("bad_vote", file=path.name, row=number, column="vote", value=str(vote)))
        elif time is None:
            faults.append(Fault("bad_time", file=path.name, row=number, value=str(_first(entry, TIME))))
        else:
            people.append(str(person))
            statements.append(str(statement))
            value.append(int(vote))
            times.append(time)
    return None if faults else (people, statements, value, times)


def comments_from_json(path: Path, faults: list[Fault]) -> dict[str, Statement]:
    """Statements by id."""
    found: dict[str, Statement] = {}
    for number, entry in _entries(path, faults):
        name, moderated = _first(entry, STATEMENT), _first(entry, MODERATED)
        moderated = 1 if moderated is None else moderated
        if name is None:
            faults.append(Fault("no_id", file=path.name, row=number))
        elif str(name) in found:
            faults.append(Fault("statement_again", file=path.name, row=number, value=str(name)))
        elif isinstance(moderated, bool) or moderated not in (1, 0, -1):
            faults.append(Fault("bad_moderation", file=path.name, row=number, value=str(moderated)))
        else:
            text = str(_first(entry, TEXT) or "")
            found[str(name)] = Statement(str(name), text, int(moderated), entry.get("is_meta") is True)
    return found


def _entries(path: Path, faults: list[Fault]) -> list[tuple[int, dict[str, Any]]]:
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        faults.append(Fault("unreadable", file=path.name, params={"why": error.strerror or ""}))
        return []
    except ValueError as error:
        faults.append(Fault("broken_json", file=path.name, params={"why": str(error)}))
        return []
    if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
        faults.append(Fault("broken_json", file=path.name, params={"why": "[{…}, {…}, …]"}))
        return []
    return list(enumerate(data, start=1))


def _first(entry: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((entry[name] for name in names if entry.get(name) is not None), None)


def _time(value: Any) -> int | None:
    try:
        return 0 if value is None else int(value)
    except (TypeError, ValueError, OverflowError):
        return None
