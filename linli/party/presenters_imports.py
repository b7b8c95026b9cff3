"""What the pages of an import show: steps, progress, columns, rows with their faults and cures, the receipt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.words import WORDS as CORE_WORDS
from linli.engines import lists
from linli.engines.errors import Fault
from linli.engines.words import Lang
from linli.party.fields import GROUP_WORDS
from linli.party.models import ImportBatch
from linli.party.words import WORDS

GUESSED = frozenset({"heading_similar", "content", "content_over_heading", "content_against_heading"})
RUNNING = ("waiting", "running")


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


# How much of the whole is done when a step begins and ends: estimates, not measurements. They only move the bar;
# how long is left is reckoned from the time gone by.
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
        groups = (", " if lang() == "en" else "、").join(str(GROUP_WORDS.get(code, code)) for code in sheet["groups"])
        sheets.append({**sheet, "columns": columns, "groups": groups, "number": number})
    return sheets


def field_choices() -> list[tuple[str, str]]:
    """Every field a column can be, in words; first: none of them."""
    return [("", _("不用这一列，原样留着")), *((code, lists.field_words(code, lang())) for code in lists.fields())]


def kept_columns(batch: ImportBatch) -> list[dict[str, str | None]]:
    """The columns as they are: for reading the lists again without changing what they mean."""
    return [{str(column["index"]): column["field"] for column in sheet["columns"]} for sheet in batch.layouts]


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


def sheet_faults(batch: ImportBatch) -> list[dict[str, str]]:
    """What is doubtful about a sheet as a whole: which sheet, what, and what to do."""
    rows = []
    for sheet in batch.layouts:
        for stored in sheet.get("faults", ()):
            why, cure = lists.explain(as_fault(stored), lang())
            rows.append({"sheet": f"{sheet['file']} {sheet['sheet']}".strip(), "why": why, "cure": cure})
    return rows


def guesses(batch: ImportBatch) -> dict[str, int]:
    """How much of the recognition a person should look at. A sheet of one column is a page of text, no list unread."""
    columns = [column for sheet in batch.layouts if sheet["is_list"] for column in sheet["columns"]]
    return {
        "sheets": sum(1 for sheet in batch.layouts if sheet["is_list"]),
        "unread": sum(1 for sheet in batch.layouts if not sheet["is_list"] and len(sheet["columns"]) > 1),
        "known": sum(1 for column in columns if column["field"]),
        "kept": sum(1 for column in columns if not column["field"]),
        "guessed": sum(1 for column in columns if column["field"] and column["why"] in GUESSED),
    }


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
