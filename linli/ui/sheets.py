"""A table as a file for a spreadsheet: CSV or XLSX, every cell made harmless. What stands in it is the block's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from linli.engines import lists

KINDS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


def sheet_response(lines: Iterable[Sequence[Any]], kind: str, name: str) -> HttpResponse:
    """The lines as a download; a kind nobody knows counts as XLSX. Days and numbers stay days and numbers in XLSX."""
    kind = kind if kind in KINDS else "xlsx"
    cells = [[lists.neutral(cell) if isinstance(cell, str) else cell for cell in line] for line in lines]
    response = HttpResponse(_csv(cells) if kind == "csv" else _xlsx(cells), content_type=KINDS[kind])
    response["Content-Disposition"] = str(content_disposition_header(True, f"{name}.{kind}"))
    return response


def _csv(cells: list[list[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(cells)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(cells: list[list[Any]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options | {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)
        sheet.freeze_panes(1, 1)
    return out.getvalue()
