"""The check's own reading of votes and statements: short, with the plain csv module, and its own digest."""

from __future__ import annotations

import array
import csv
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WHO = ("voter-id", "participant", "participant_id", "pid", "id")
WHAT = ("comment-id", "statement", "statement_id", "tid")
WHEN = ("timestamp", "modified")
TEXT = ("comment-body", "text", "txt")
STATE = ("moderated", "mod")


@dataclass(frozen=True)
class Ballots:
    """`by_person`: person → statement → vote, in natural order; `statements`: (id, text, moderation, meta)."""

    by_person: dict[str, dict[str, int]]
    statements: list[tuple[str, str, int, bool]]
    digest: str


def read_ballots(votes: Path, comments: Path | None) -> Ballots:
    """The votes that count (of one pair the latest time, then the later row). Raises ValueError on what is no vote."""
    last: dict[tuple[str, str], tuple[int, int]] = {}
    for person, statement, value, when in _cast(_table(votes)):
        if value not in (1, 0, -1):
            raise ValueError(f"vote {value} of {person} on {statement}")
        if (person, statement) not in last or when >= last[person, statement][0]:
            last[person, statement] = (when, value)
    people = sorted({person for person, _ in last}, key=_order)
    names = sorted({statement for _, statement in last}, key=_order)
    known = {_of(row, WHAT): row for row in _table(comments)} if comments else {}
    statements = [(name, *_about(known[name])) if name in known else (name, "", 1, False) for name in names]
    place = {name: at for at, name in enumerate(names)}
    row_of = {name: at for at, name in enumerate(people)}
    by_person: dict[str, dict[str, int]] = {person: {} for person in people}
    pairs = sorted((row_of[person], place[statement], *entry) for (person, statement), entry in last.items())
    for person_at, statement_at, _, value in pairs:
        by_person[people[person_at]][names[statement_at]] = value
    heads = json.dumps([people, [list(one) for one in statements]], ensure_ascii=False, separators=(",", ":"))
    made = hashlib.sha256(heads.encode())
    for at, kind in ((0, "i"), (1, "i"), (3, "b"), (2, "q")):
        made.update(array.array(kind, [pair[at] for pair in pairs]).tobytes())
    return Ballots(by_person, statements, made.hexdigest())


def _cast(rows: list[dict[str, Any]]) -> list[tuple[str, str, int, int]]:
    if rows and "n-disagree" in rows[0]:
        columns = list(rows[0])
        after = columns[columns.index("n-disagree") + 1 :]
        return [(_of(row, WHO), name, int(row[name]), 0) for row in rows for name in after if row[name]]
    return [(_of(row, WHO), _of(row, WHAT), int(float(row["vote"])), _whole(_of(row, WHEN))) for row in rows]


def _whole(time: str) -> int:
    return int(time) if time.lstrip("-").isdigit() else int(float(time or 0))


def _about(row: dict[str, Any]) -> tuple[str, int, bool]:
    meta = str(row.get("is_meta", row.get("is-meta", ""))).lower() in ("true", "1", "t", "yes")
    state = _of(row, STATE)
    return _of(row, TEXT), int(state) if state else (0 if any(name in row for name in STATE) else 1), meta


def _table(path: Path) -> list[dict[str, Any]]:
    content = path.read_bytes()
    if path.suffix.lower() == ".json":
        return list(json.loads(content))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]
    heading = [cell.strip() for cell in rows[0]]
    return [dict(zip(heading, (cell.strip() for cell in row), strict=False)) for row in rows[1:]]


def _of(row: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(row[name]) for name in names if row.get(name) is not None), "")


def _order(name: str) -> tuple[int, int, str]:
    return (0, int(name), name) if name.isascii() and name.isdigit() and len(name) < 19 else (1, 0, name)
