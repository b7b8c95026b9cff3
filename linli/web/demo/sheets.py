"""A department's list as it would lie on a desk, and how it is written to a file.

Holds layout only: title rows, merged cells, headings, data, totals and signatures. What stands in
the cells is decided in `lists`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from linli.web.demo.columns import Columns

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows above the headings, the headings, one array a column, rows below.

    `person_no` says whom each data row is about; `errors` which mistakes it carries.
    """

    name: str
    above: tuple[tuple[str, ...], ...]
    columns: Columns
    below: tuple[tuple[str, ...], ...]
    person_no: np.ndarray
    errors: list[list[str]]
    written: Columns
    number_heading: str | None = None

    @property
    def headings(self) -> tuple[str, ...]:
        """The words over the columns, in order."""
        return tuple(self.columns)

    @property
    def first_row(self) -> int:
        """The row of the first person as the sheet shows it, counted from 1."""
        return len(self.above) + 2

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """The data rows as plain values."""
        return zip(*(_plain(values) for values in self.columns.values()), strict=True)


@dataclass(frozen=True)
class DepartmentList:
    """One file a department sends; `form` is xlsx or csv, `encoding` that of a csv."""

    code: str
    department: str
    file: str
    form: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    notes: tuple[str, ...] = ()

    def bytes(self) -> bytes:
        """The file's content."""
        return _csv(self) if self.form == "csv" else _xlsx(self)


def write(lists: list[DepartmentList], folder: Path) -> list[Path]:
    """Write every list into `folder` (made if absent); answers the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for each in lists:
        path = folder / each.file
        path.write_bytes(each.bytes())
        paths.append(path)
    return paths


def _plain(values: np.ndarray) -> list[Cell]:
    """An array as Python values; NaT and None are empty."""
    if values.dtype.kind == "M":
        return [None if v is None else v for v in values.astype("datetime64[D]").astype(object)]
    return list(values.tolist())


def _csv(each: DepartmentList) -> bytes:
    """Comma-separated text; the title stands in the first cell of its row, as exported programs write it."""
    sheet = each.sheets[0]
    width = len(sheet.headings)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    for row in (*sheet.above, sheet.headings):
        out.writerow([*row, *[""] * (width - len(row))])
    out.writerows(["" if cell is None else cell for cell in row] for row in sheet.rows())
    out.writerows([*row, *[""] * (width - len(row))] for row in sheet.below)
    return text.getvalue().encode(each.encoding)


def _xlsx(each: DepartmentList) -> bytes:
    """A workbook whose titles are merged over the table's width; notes go on a sheet of their own."""
    import xlsxwriter

    buffer = io.BytesIO()
    # A fixed creation day keeps the bytes the same for the same world.
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC), "company": each.department})
    title = book.add_format({"bold": True, "align": "center", "font_size": 14})
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for sheet in each.sheets:
        page = book.add_worksheet(sheet.name)
        width = len(sheet.headings)
        for number, row in enumerate(sheet.above):
            _above(page, number, row, width, title)
        page.write_row(len(sheet.above), 0, sheet.headings, head)
        at = sheet.first_row - 1
        for cells in sheet.rows():
            _row(page, at, cells, day)
            at += 1
        for row in sheet.below:
            page.write_row(at, 0, row)
            at += 1
        page.freeze_panes(sheet.first_row - 1, 0)
    if each.notes:
        book.add_worksheet("填表说明").write_column(0, 0, each.notes)
    book.close()
    return buffer.getvalue()


def _above(page: object, number: int, row: tuple[str, ...], width: int, title: object) -> None:
    """A title over the whole width, or several words each over its share of the columns."""
    share = max(width // len(row), 1)
    for place, words in enumerate(row):
        first = place * share
        last = width - 1 if place == len(row) - 1 else first + share - 1
        if last > first:
            page.merge_range(number, first, number, last, words, title)  # type: ignore[attr-defined]
        else:
            page.write(number, first, words, title)  # type: ignore[attr-defined]


def _row(page: object, at: int, cells: tuple[Cell, ...], day: object) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, date):
            page.write_datetime(at, column, cell, day)  # type: ignore[attr-defined]
        elif isinstance(cell, str):
            page.write_string(at, column, cell)  # type: ignore[attr-defined]
        elif cell is not None:
            page.write_number(at, column, cell)  # type: ignore[attr-defined]
