"""Sheets for the tests, written as a department would: invented people only (division code 999999)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from stdnum.cn.ric import calc_check_digit

from linli.engines.lists import Grid, ListBook, read_grids, read_records, recognise

ON = dt.date(2026, 6, 1)


def id_number(day: str, sequence: int = 1, region: str = "999999") -> str:
    """An identity number with a right check digit; `day` is yyyymmdd. An odd sequence is a man's."""
    body = f"{region}{day}{sequence:03d}"
    return body + calc_check_digit(body + "0")


def xlsx(*sheets: tuple[str, Sequence[Sequence[Any]]], merge: Sequence[str] = ()) -> bytes:
    """A workbook with the sheets given as (title, rows); `merge` are ranges of the first sheet."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    for cells in merge:
        book.worksheets[0].merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_bytes(rows: Sequence[Sequence[Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """The rows as a CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def grid(rows: Sequence[Sequence[str]], file: str = "名单.csv") -> Grid:
    """The one grid of a CSV file with these rows."""
    return read_grids(csv_bytes(rows), file)[0]


def read(*grids: Grid, on: dt.date = ON, **options: Any) -> ListBook:
    """Recognise and read grids; the invented division code is accepted."""
    return read_records(grids, [recognise(g) for g in grids], on, **{"demo_region": "999999", **options})


def codes(book: ListBook) -> set[tuple[str, str]]:
    """(code, outcome) of every fault."""
    return {(fault.code, fault.outcome) for fault in book.faults}
