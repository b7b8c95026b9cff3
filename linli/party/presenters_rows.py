"""The rows of an import as the check page shows them: faults with their cures, cells set right, likenesses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from linli.engines import lists
from linli.party.fields import value_words
from linli.party.models import ImportBatch, ImportCorrection, ImportRow, Person
from linli.party.presenters_imports import as_fault, lang

SHOWN_FIELDS = ("name", "id_no", "birth_on", "phone", "place")
VERY_LIKE, LIKE = 0.9, 0.6
# A fault between two cells can be cured in either.
PAIRED = {
    "birth_id_mismatch": ("birth_on", "id_no"),
    "card_id_mismatch": ("card_no", "id_no"),
    "card_words_mismatch": ("card_no", "disability_class", "disability_grade"),
    "no_date_no_id": ("id_no", "birth_on"),
    "row_shifted": ("name", "id_no"),
}


def summary(rows: Iterable[ImportRow]) -> list[dict[str, Any]]:
    """The kinds of faults with their rows, refused ones first; the last kind: rows that look like somebody here."""
    kinds: dict[tuple[bool, str], list[ImportRow]] = {}
    for row in rows:
        for code in dict.fromkeys(fault["code"] for fault in row.faults):
            kinds.setdefault((row.outcome != "refused", code), []).append(row)
        if row.decision == "ask":
            kinds.setdefault((True, "~ask"), []).append(row)
    return [
        {
            "code": code.removeprefix("~"),
            "words": _("像是已有的人") if code == "~ask" else _plain_why(code),
            "cure": "" if code == "~ask" else lists.CURES.say(code, lang()),
            "is_refused": not taken,
            "count": len(found),
            "numbers": (", " if lang() == "en" else "、").join(str(row.row_number) for row in found[:6])
            + ("…" if len(found) > 6 else ""),
        }
        for (taken, code), found in sorted(
            kinds.items(), key=lambda item: (item[0][0], item[0][1] == "~ask", -len(item[1]))
        )
    ]


def _plain_why(code: str) -> str:
    """The fault without its row's own values."""
    text = lists.FAULTS.entries[code][0 if lang() == "zh" else 1]
    return text.replace(" {id_date} ", "日子" if lang() == "zh" else " the date ")


@dataclass(frozen=True)
class _Sheet:
    """The columns of one sheet, by heading and by the name they are shown under (a field, or `#index`)."""

    by_heading: Mapping[str, int]
    by_name: Mapping[str, Sequence[int]]
    headings: Mapping[int, str]

    def name_of(self, index: int) -> str:
        return next((name for name, places in self.by_name.items() if index in places), "name")


def _sheets(batch: ImportBatch) -> dict[tuple[str, str], _Sheet]:
    found = {}
    for sheet in batch.layouts:
        names: dict[str, list[int]] = {}
        for column in sheet["columns"]:
            names.setdefault(column["field"] or f"#{column['index']}", []).append(column["index"])
        headings = {column["index"]: column["heading"] for column in sheet["columns"]}
        by_heading = {heading: index for index, heading in reversed(headings.items())}
        found[sheet["file"], sheet["sheet"]] = _Sheet(by_heading, names, headings)
    return found


@dataclass(frozen=True)
class Looked:
    """What the table needs besides the rows: people the reader may know of, cells set right, and who did it."""

    seen: Mapping[UUID, Person]
    corrections: Sequence[ImportCorrection] = ()
    names: Mapping[UUID, str] = field(default_factory=dict)

    def of(self, row: ImportRow) -> list[ImportCorrection]:
        place = (row.file, row.sheet, row.row_number)
        return [each for each in self.corrections if (each.file, each.sheet, each.row_number) == place]


def table(batch: ImportBatch, opened: Sequence[tuple[ImportRow, dict[str, Any]]], looked: Looked) -> dict[str, Any]:
    """The rows as a table: heads, and for every row its cells, the wrong ones framed, with reasons and cures below."""
    sheets = _sheets(batch)
    blank = _Sheet({}, {}, {})
    marked: dict[int, dict[str, str]] = {}
    for row, record in opened:
        sheet = sheets.get((row.file, row.sheet), blank)
        marked[row.pk] = {sheet.name_of(each.column): "mend" for each in looked.of(row)} | {
            sheet.name_of(sheet.by_heading.get(fault["column"], -1)): "bad" if fault["outcome"] == "refused" else "ask"
            for fault in record.get("faults", [])
        }
    in_use = {name for sheet in sheets.values() for name in sheet.by_name}
    extra = dict.fromkeys(name for names in marked.values() for name in names if name not in SHOWN_FIELDS)
    names = [name for name in SHOWN_FIELDS if name in in_use or name == "name"] + list(extra)
    several = len({(sheet["file"], sheet["sheet"]) for sheet in batch.layouts if sheet["is_list"]}) > 1
    lines = [
        _line(row, record, names, marked[row.pk], sheets.get((row.file, row.sheet), blank), looked)
        for row, record in opened
    ]
    heads = [_head(name, sheets.values()) for name in names]
    return {"heads": heads, "lines": lines, "several": several, "width": len(names)}


def _head(name: str, sheets: Iterable[_Sheet]) -> str:
    if not name.startswith("#"):
        return lists.field_words(name, lang())
    index = int(name[1:])
    return next((sheet.headings[index] for sheet in sheets if name in sheet.by_name), name)


def _line(
    row: ImportRow,
    record: Mapping[str, Any],
    names: Sequence[str],
    marked: Mapping[str, str],
    sheet: _Sheet,
    looked: Looked,
) -> dict[str, Any]:
    asks = bool(row.candidates) and row.person_id is None
    corrected = looked.of(row)
    was = {sheet.name_of(each.column): each.written for each in corrected}
    cells = []
    for name in names:
        kind = marked.get(name, "ask" if asks and name == "name" and row.decision == "ask" else "")
        text = _cell(record, name, sheet)
        cells.append({"text": text, "kind": kind, "is_code": name in ("id_no", "card_no"), "was": was.get(name)})
    return {
        "id": row.pk,
        "number": row.row_number,
        "list": row.file + (f" / {row.sheet}" if row.sheet else ""),
        "cells": cells,
        "fixes": _fixes(record, sheet),
        "mends": [_mend(each, sheet, looked.names) for each in corrected],
        "is_waiting": row.outcome != "refused" and not row.cluster and bool(corrected),
        "outcome": row.outcome,
        "decision": row.decision,
        "before": row.decided_at if row.decided_at and row.decided_at < row.batch.created_at else None,
        "match": _match(row, looked.seen),
        "likes": _likes(row, looked.seen) if asks or row.decision else [],
        "operation_id": uuid4(),
    }


def _fixes(record: Mapping[str, Any], sheet: _Sheet) -> list[dict[str, Any]]:
    """Each fault with its reason, its cure, and the cells in which it can be cured here; every cell once."""
    cells = record.get("cells") or ()
    offered: set[int] = set()
    found = []
    for stored in record.get("faults", []):
        why, cure = lists.explain(as_fault(stored), lang())
        wanted = [sheet.by_heading.get(stored["column"], -1)] if stored["code"] != "row_repeated_heading" else []
        wanted += [sheet.by_name[name][0] for name in PAIRED.get(stored["code"], ()) if name in sheet.by_name]
        inputs = [
            {"index": index, "heading": sheet.headings[index] or _("没有表头"), "value": cells[index]}
            for index in dict.fromkeys(wanted)
            if 0 <= index < len(cells) and index not in offered
        ]
        offered |= {each["index"] for each in inputs}
        column = stored["column"] or lists.field_words("name", lang())
        found.append({"column": column, "why": why, "cure": cure, "inputs": inputs})
    return found


def _mend(correction: ImportCorrection, sheet: _Sheet, names: Mapping[UUID, str]) -> dict[str, Any]:
    at: datetime = correction.created_at
    return {
        "index": correction.column,
        "column": sheet.headings.get(correction.column) or _("没有表头"),
        "was": correction.written,
        "now": correction.value,
        "who": names.get(correction.maker_uid, "") if correction.maker_uid else "",
        "at": at,
        "operation_id": uuid4(),
    }


def _cell(record: Mapping[str, Any], name: str, sheet: _Sheet) -> str:
    """The cell as it stands where a fault or a correction keeps it, else as read."""
    cells = record.get("cells") or ()
    if cells:
        return "".join(cells[index] for index in sheet.by_name.get(name, ()) if index < len(cells))
    value = record.get(name)
    return value_words(name, str(value)) if value not in (None, "") else ""


def _match(row: ImportRow, seen: Mapping[UUID, Person]) -> dict[str, Any] | None:
    """The person a row was found to be, where this reader may know of that person."""
    person = seen.get(row.person.uid) if row.person_id and row.person else None
    return {"uid": person.uid, "name": person.name} if person else None


def _likes(row: ImportRow, seen: Mapping[UUID, Person]) -> list[dict[str, Any]]:
    found = []
    for candidate in sorted(row.candidates, key=lambda each: -each["probability"]):
        person = seen.get(UUID(candidate["person"]))
        found.append(
            {
                "uid": candidate["person"],
                "name": person.name if person else "",
                "how": _likeness(candidate["probability"]),
                "for": _reasons(candidate.get("for") or ""),
                "against": _reasons(candidate.get("against") or ""),
            }
        )
    return found


def _likeness(probability: float) -> str:
    return _("很像") if probability >= VERY_LIKE else _("像") if probability >= LIKE else _("有点像")


def _reasons(text: str) -> str:
    """Reasons are kept in Chinese; each is looked up again for readers of English."""
    if lang() == "zh":
        return text
    from linli.engines import linkage

    english = dict(cast(Any, linkage.WORDS).entries.values())
    joiner = linkage.WORDS.say("joiner", "zh")
    return linkage.WORDS.say("joiner", "en").join(english.get(part, part) for part in text.split(joiner))


def candidates_of(opened: Iterable[tuple[ImportRow, dict[str, Any]]]) -> set[UUID]:
    """Everybody these rows could be."""
    found: set[UUID] = set()
    for row, _record in opened:
        found |= {UUID(each["person"]) for each in row.candidates}
        if row.person_id and row.person:
            found.add(row.person.uid)
    return found


def read_again_words(now: Mapping[str, Any]) -> str:
    """What became of a row after a cell was set right."""
    if not now["faults"]:
        return _("改好了，这一行再读没有问题。")
    said = _("改了，这一行再读还有 %(n)s 处要看。") if now["outcome"] == "doubtful" else _("改了，这一行还不能导入。")
    return said % {"n": now["faults"]}
