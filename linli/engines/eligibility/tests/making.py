"""Small rules files and tables for tests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa

ON = date(2026, 3, 1)
COLUMNS = {
    "age": "number",
    "income": "number",
    "disabled": "flag",
    "living": "text",
    "born": "date",
    "groups": "texts",
    "group_dates": "text",
}
ARROW = {
    "number": pa.float64(),
    "flag": pa.bool_(),
    "text": pa.string(),
    "date": pa.date32(),
    "texts": pa.list_(pa.string()),
}
HEAD = """
[book]
code = "test"
version = "1"
subject = "pid"
household = "hh"

[columns]
""" + "\n".join(f'{name} = "{kind}"' for name, kind in COLUMNS.items())
STANDARD = """
[[parameter]]
code = "standard"
zh = "标准"
en = "standard"
unit = "元"
values = [
  { value = 900, source = "invented", status = "confirmed", to = 2025-12-31 },
  { value = 1000, source = "invented", status = "tbc", from = 2026-01-01 },
]
"""


def rule(code: str, *when: str, of: str = "person", more: str = "", reason: str = "因为") -> str:
    conditions = ", ".join(each if each.startswith("{") else f"'{each}'" for each in when)
    return f"""
[[rule]]
code = "{code}"
version = "1"
of = "{of}"
kind = "missed"
zh = "规则"
en = "rule"
source = "invented"
article = "第1条"
status = "confirmed"
reason_zh = "{reason}"
reason_en = "{reason}"
when = [{conditions}]
{more}
"""


def figure(code: str, text: str) -> str:
    return f'\n[[figure]]\ncode = "{code}"\nzh = "{code}"\nen = "{code}"\nis = \'{text}\'\n'


def people(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows as a table with every column; what a row does not say is not known."""
    numbered = [{"pid": f"p{at:04}", "hh": f"h{at:04}", **row} for at, row in enumerate(rows)]
    columns = {name: pa.array([row.get(name) for row in numbered], ARROW[kind]) for name, kind in COLUMNS.items()}
    keys = {name: pa.array([row[name] for row in numbered], pa.string()) for name in ("pid", "hh")}
    return pa.table({**keys, **columns})
