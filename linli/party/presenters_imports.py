"""What the pages of an import show: steps, progress, columns, rows with their faults and cures, the receipt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.words import WORDS as CORE_WORDS
from linli.engines import lists
from linli.engines.errors import Fault
from linli.engines.words import Lang
from linli.party.fields import GROUP_WORDS, value_words
from linli.party.models import ImportBatch, ImportRow, Person
from linli.party.words import WORDS

SHOWN_FIELDS = ("name", "id_no", "birth_on", "phone", "place")
GUESSED = frozenset({"heading_similar", "content", "content_over_heading", "content_against_heading"})
RUNNING = ("waiting", "running")
VERY_LIKE, LIKE = 0.9, 0.6


def lang() -> Lang:
    """The engines' name of the reader's language."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def steps(
    batch: ImportBatch | None, job: Mapping[str, Any] | None, *, at_columns: bool = False
) -> list[dict[str, Any]]:
    """The five steps of an import, with the one it stands at."""
    names = [_("选文件"), _("对列"), _("检查"), _("确认"), _("回执")]
    now = 0
    if batch is not None:
        is_running = bool(job and job["state"] in RUNNING)
        now = {"uploaded": 1, "failed": 0, "checked": 3 if is_running else 2, "importing": 3}.get(batch.state, 4)
        if batch.state == "checked" and (at_columns or (is_running and job and job["name"] == "party.check_import")):
            now = 1
    return [{"words": words, "ok": number < now, "now": number == now} for number, words in enumerate(names)]


def states() -> dict[str, tuple[str, str]]:
    """A state of an import in words, with the shape of its tag."""
    return {
        "uploaded": (_("在读"), "live"),
        "mapped": (_("在读"), "live"),
        "checked": (_("检查好了，等确认"), ""),
        "importing": (_("在导入"), "live"),
        "visible": (_("导入了"), "done"),
        "withdrawn": (_("撤回了"), "stop"),
        "failed": (_("没读成"), "late"),
    }


# How much of the whole is done when a step begins and ends, measured on the demo county's lists (9,000 rows).
SHARES = {
    "read": (0, 25),
    "link": (25, 75),
    "stage": (75, 100),
    "resolve": (0, 20),
    "write": (20, 100),
}
SOON = 15


def progress(job: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What a running job is at: the step in words, the share done in per cent, about how long it will take still."""
    words = {
        "read": _("在读名册"),
        "link": _("在和已有的人比对"),
        "stage": _("在记下每一行的检查结果"),
        "resolve": _("在把同一个人的几行合成一个人"),
        "write": _("在写进人员"),
        "screen": _("在按规则找可能要帮助的人"),
        "assign": _("在给需求找资源"),
    }
    start, end = SHARES.get(job["step"], (0, 0))
    share = start + (end - start) * job["done"] // job["total"] if job["total"] else start
    seconds = (now - job["started_at"]).total_seconds() if job["started_at"] else 0
    return {
        "words": words.get(job["step"], _("排着队，马上开始")),
        "done": job["done"],
        "total": job["total"],
        "share": share,
        "left": _left(seconds * (100 - share) / share) if share else "",
        "is_checking": job["name"] == "party.check_import",
    }


def _left(seconds: float) -> str:
    """About how long still, in words that do not promise more than is known."""
    if seconds < SOON:
        return _("马上就好")
    if seconds < 60:
        return _("大约还要 %(n)s 秒") % {"n": -int(-seconds // 10) * 10}
    return _("大约还要 %(n)s 分钟") % {"n": -int(-seconds // 60)}


def job_lost(job: Mapping[str, Any] | None) -> str:
    """Why the last job came to nothing, in words; "" when it did not."""
    if not job or job["state"] not in ("failed", "stopped"):
        return ""
    if job["state"] == "stopped" and job["name"] == "party.check_import":
        return _("检查被停下了。名册还在，没有写进任何记录；再检查一次就从头读。")
    if job["state"] == "stopped":
        return _("导入被停下了。写了一半的已经全部收回，一个人也没有进来；要导入，再按一次。")
    return job_fault(job["fault"])


def job_fault(code: str) -> str:
    """Why a job ended badly, in words."""
    known = CORE_WORDS | WORDS
    return str(known[code]) if code in known else _("程序中途停了。你传的名册还在，再来一次就好。")


def file_faults(batch: ImportBatch) -> list[dict[str, str]]:
    """Why files could not be read, each with its cure."""
    found = []
    for stored in batch.counts.get("faults", []):
        if stored["code"] in lists.FAULTS:
            why, cure = lists.explain(as_fault(stored), lang())
            found.append({"file": stored.get("file", ""), "why": why, "cure": cure})
        else:
            found.append({"file": "", "why": job_fault(stored["code"]), "cure": ""})
    return found


def as_fault(stored: Mapping[str, Any]) -> Fault:
    """A stored fault as the engine's own object again."""
    return Fault(**{name: stored[name] for name in Fault.__dataclass_fields__ if name in stored})


def column_sheets(batch: ImportBatch) -> list[dict[str, Any]]:
    """Every sheet with its columns: heading, some cells, what it was taken for and why."""
    samples: list[dict[str, list[str]]] = json.loads(batch.samples or "[]")
    sheets = []
    for number, sheet in enumerate(batch.layouts):
        cells = samples[number] if number < len(samples) else {}
        columns = [
            {
                "name": f"s{number}c{column['index']}",
                "heading": column["heading"] or _("没有表头"),
                "field": column["field"] or "",
                "why": lists.WHYS.say(column["why"], lang()),
                "is_guess": column["why"] in GUESSED,
                "sample": cells.get(str(column["index"]), []),
            }
            for column in sheet["columns"]
        ]
        groups = "、".join(str(GROUP_WORDS.get(code, code)) for code in sheet["groups"])
        sheets.append({**sheet, "columns": columns, "groups": groups, "number": number})
    return sheets


def field_choices() -> list[tuple[str, str]]:
    """Every field a column can be, in words; first: none of them."""
    return [("", _("不用这一列，原样留着")), *((code, lists.field_words(code, lang())) for code in lists.fields())]


def chosen_columns(batch: ImportBatch, posted: Mapping[str, str]) -> list[dict[str, str | None]]:
    """The columns as a form says them: per sheet, index → field. What the form does not name stays."""
    known = set(lists.fields())
    chosen: list[dict[str, str | None]] = []
    for number, sheet in enumerate(batch.layouts):
        wanted: dict[str, str | None] = {}
        for column in sheet["columns"]:
            said = posted.get(f"s{number}c{column['index']}")
            wanted[str(column["index"])] = column["field"] if said is None else said if said in known else None
        chosen.append(wanted)
    return chosen


def guesses(batch: ImportBatch) -> dict[str, int]:
    """How much of the recognition a person should look at."""
    columns = [column for sheet in batch.layouts if sheet["is_list"] for column in sheet["columns"]]
    return {
        "sheets": sum(1 for sheet in batch.layouts if sheet["is_list"]),
        "unread": sum(1 for sheet in batch.layouts if not sheet["is_list"]),
        "known": sum(1 for column in columns if column["field"]),
        "kept": sum(1 for column in columns if not column["field"]),
        "guessed": sum(1 for column in columns if column["field"] and column["why"] in GUESSED),
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


def headline(counts: Mapping[str, int], asked: int) -> str:
    """How many rows there are, and what is to be looked at."""
    refused, doubtful = counts.get("refused", 0), counts.get("doubtful", 0)
    total = counts.get("taken", 0) + doubtful + refused
    parts = [
        _("%(n)s 行不能导入") % {"n": refused} if refused else "",
        _("%(n)s 行待核") % {"n": doubtful} if doubtful else "",
        _("%(n)s 行像是已有的人，等你认") % {"n": asked} if asked else "",
    ]
    said = (", " if lang() == "en" else "，").join(part for part in parts if part)
    return _("%(total)s 行里，%(said)s") % {"total": total, "said": said or _("都认过了")}


def _plain_why(code: str) -> str:
    """The fault without its row's own values."""
    text = lists.FAULTS.entries[code][0 if lang() == "zh" else 1]
    return text.replace(" {id_date} ", "日子" if lang() == "zh" else " the date ")


def table(
    batch: ImportBatch, opened: Sequence[tuple[ImportRow, dict[str, Any]]], seen: Mapping[UUID, Person]
) -> dict[str, Any]:
    """The rows as a table: heads, and for every row its cells, the wrong ones framed, with reasons and cures below."""
    headings = {
        (sheet["file"], sheet["sheet"]): {c["heading"]: c["field"] or f"#{c['index']}" for c in sheet["columns"]}
        for sheet in batch.layouts
    }
    wrong: dict[int, dict[str, str]] = {}
    for row, record in opened:
        places = headings.get((row.file, row.sheet), {})
        wrong[row.pk] = {
            places.get(fault["column"], "name"): "bad" if fault["outcome"] == "refused" else "ask"
            for fault in record.get("faults", [])
        }
    in_use = {c["field"] for sheet in batch.layouts for c in sheet["columns"] if c["field"]}
    extra = dict.fromkeys(field for fields in wrong.values() for field in fields if field not in SHOWN_FIELDS)
    names = [field for field in SHOWN_FIELDS if field in in_use or field == "name"] + list(extra)
    back = {place: {name: heading for heading, name in columns.items()} for place, columns in headings.items()}
    heads = [_head(name, back) for name in names]
    several = len({(sheet["file"], sheet["sheet"]) for sheet in batch.layouts if sheet["is_list"]}) > 1
    lines = [_line(row, record, names, wrong[row.pk], seen) for row, record in opened]
    return {"heads": heads, "lines": lines, "several": several, "width": len(names)}


def _head(name: str, headings: Mapping[Any, Mapping[str, str]]) -> str:
    if not name.startswith("#"):
        return lists.field_words(name, lang())
    return next((columns[name] for columns in headings.values() if name in columns), name)


def _line(
    row: ImportRow,
    record: Mapping[str, Any],
    names: Sequence[str],
    wrong: Mapping[str, str],
    seen: Mapping[UUID, Person],
) -> dict[str, Any]:
    asks = bool(row.candidates) and row.person_id is None
    cells = []
    for name in names:
        kind = wrong.get(name, "ask" if asks and name == "name" and row.decision == "ask" else "")
        cells.append({"text": _cell(record, name), "kind": kind, "is_code": name in ("id_no", "card_no")})
    fixes = []
    for stored in record.get("faults", []):
        why, cure = lists.explain(as_fault(stored), lang())
        fixes.append({"column": stored["column"] or lists.field_words("name", lang()), "why": why, "cure": cure})
    return {
        "id": row.pk,
        "number": row.row_number,
        "list": row.file + (f" / {row.sheet}" if row.sheet else ""),
        "cells": cells,
        "fixes": fixes,
        "outcome": row.outcome,
        "decision": row.decision,
        "match": _match(row, seen),
        "likes": _likes(row, seen) if asks or row.decision else [],
        "operation_id": uuid4(),
    }


def _cell(record: Mapping[str, Any], name: str) -> str:
    """The cell as written where a fault keeps it, else as read."""
    written = record.get("written") or {}
    if name in written:
        return str(written[name])
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


def title(batch: ImportBatch) -> str:
    """What an import is called: its file, or the first of several."""
    names = batch.file_names or [""]
    return names[0] if len(names) == 1 else _("%(name)s 等 %(count)s 份") % {"name": names[0], "count": len(names)}


def returned_name(batch: ImportBatch) -> str:
    """The file name of the rows that go back, after the original."""
    stem = batch.file_names[0].rsplit(".", 1)[0] if len(batch.file_names) == 1 else _("几份名册")
    return _("%(name)s-要改的行") % {"name": stem} + ".xlsx"


def import_lines(actor: Actor, batches: Iterable[ImportBatch], names: Mapping[UUID, str]) -> list[dict[str, Any]]:
    """Imports as a register."""
    known = states()
    return [
        {
            "uid": batch.uid,
            "title": title(batch),
            "at": batch.created_at,
            "who": names.get(batch.maker_uid, ""),
            "state": known[batch.state][0],
            "shape": known[batch.state][1],
            "rows": sum(batch.counts.get(name, 0) for name in ("taken", "doubtful", "refused")),
            "people": batch.counts.get("people_new", 0) if batch.state == "visible" else None,
        }
        for batch in batches
    ]
