"""The sender's own sheet back: the rows with faults, wrong cells coloured, a red column with why and cure."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from linli.engines.errors import Fault, Outcome
from linli.engines.lists.grids import Grid
from linli.engines.lists.layout import Layout
from linli.engines.lists.words import explain
from linli.engines.words import Lang

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet
    from openpyxl.worksheet.worksheet import Worksheet

_RED, _AMBER, _HEAD = "FFF4B6B6", "FFFCE4A8", "FFEFEFEF"
_COLUMNS: dict[str, tuple[str, str]] = {"zh": ("问题与改法", "原行号"), "en": ("Problem and cure", "Row in your sheet")}
_MOST = 30_000
_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""Excel keeps 32,767 characters in a cell."""


def marked_workbook(
    sheets: Sequence[tuple[Grid, Layout]],
    faults: Iterable[Fault],
    *,
    outcomes: Collection[Outcome] = ("refused", "doubtful"),
    lang: Lang = "zh",
) -> bytes:
    """An .xlsx with the rows that have faults, in the columns and order they were sent, for the sender to correct.

    Titles and headings stay above; refused cells are red, doubtful ones amber; two columns are added at the right:
    the problem with its cure, and the row's number in the sheet as sent. Every cell is text, and one that a
    spreadsheet would run as a formula gets an apostrophe before it. `outcomes` says which faults to give back.
    """
    from openpyxl import Workbook

    by_sheet: dict[tuple[str, str], dict[int, list[Fault]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        if fault.outcome in outcomes and fault.row is not None:
            by_sheet[(fault.file, fault.sheet)][fault.row].append(fault)
    book = Workbook()
    book.remove(book.active)
    for grid, layout in sheets:
        rows = by_sheet.get((grid.file, grid.sheet))
        if rows or len(sheets) == 1:
            _write_sheet(book.create_sheet(_title(grid, book.sheetnames)), grid, layout, rows or {}, lang)
    if not book.sheetnames:
        book.create_sheet("1")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before = + - @ of any width, no control characters.

    A lone sign and a plain negative number are left as they are.
    """
    clean = "".join(ch for ch in text if ch >= " " or ch == "\n")[:_MOST]
    harmless = len(clean) < 2 or (clean[0] == "-" and clean[1:].replace(".", "", 1).isdigit())
    return f"'{clean}" if clean.lstrip().startswith(_STARTS) and not harmless else clean


def _title(grid: Grid, taken: Sequence[str]) -> str:
    wanted = "".join("_" if ch in "[]:*?/\\'" else ch for ch in grid.sheet or grid.file)[:25] or "1"
    title, number = wanted, 1
    while title.lower() in {name.lower() for name in taken}:
        number += 1
        title = f"{wanted} {number}"
    return title


def _write_sheet(
    sheet: Worksheet | WriteOnlyWorksheet, grid: Grid, layout: Layout, rows: dict[int, list[Fault]], lang: Lang
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    fills = {code: PatternFill("solid", fgColor=code) for code in (_RED, _AMBER, _HEAD)}
    width = len(grid.rows[0]) if grid.rows else 0
    at = {column.heading: column.index for column in reversed(layout.columns)}
    line = 0
    for number in range(1, layout.first_row):
        line += 1
        _write_row(sheet, line, grid.rows[number - 1])
    if layout.header_rows:
        for offset, text in enumerate(_COLUMNS[lang]):
            cell = sheet.cell(line, width + 1 + offset, text)
            cell.font, cell.fill = Font(bold=True, color="FFB00020"), fills[_HEAD]
    for number in sorted(rows):
        line += 1
        _write_row(sheet, line, grid.rows[number - 1])
        for fault in rows[number]:
            if fault.column in at:
                sheet.cell(line, at[fault.column] + 1).fill = fills[_RED if fault.outcome == "refused" else _AMBER]
        problem = sheet.cell(line, width + 1, neutral(_problem(rows[number], lang)))
        problem.font, problem.alignment = Font(color="FFB00020"), Alignment(wrap_text=True, vertical="top")
        sheet.cell(line, width + 2, number)
    sheet.column_dimensions[sheet.cell(1, width + 1).column_letter].width = 60
    if layout.header_rows:
        sheet.freeze_panes = sheet.cell(layout.first_row, 1)


def _write_row(sheet: Worksheet | WriteOnlyWorksheet, line: int, cells: Sequence[str]) -> None:
    for index, text in enumerate(cells, start=1):
        if text:
            cell = sheet.cell(line, index, neutral(text))
            cell.data_type, cell.number_format = "s", "@"


def _problem(faults: Sequence[Fault], lang: Lang) -> str:
    """One line per fault: heading, why, cure."""
    lines = []
    for fault in faults:
        why, cure = explain(fault, lang)
        head = f"{fault.column}：" if fault.column else ""
        lines.append(f"{head}{why}。{cure}。" if lang == "zh" else f"{head.replace('：', ': ')}{why}. {cure}.")
    return "\n".join(dict.fromkeys(lines))
