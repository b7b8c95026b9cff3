"""Excel workbooks → grids, through python-calamine, after the packing of an .xlsx has been checked.

The parts of an .xlsx are unpacked here, counted byte by byte and handed on in a plain archive, so that
what calamine reads is exactly what was measured (a header that lies about a size cannot pass).
An .xls has no packing to check and is read in a child process (`xls.py`). Memory and time for the rest are
the caller's to limit: an upload is read in a limited child process.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from linli.engines.errors import BadInput
from linli.engines.lists.grids import Grid, Limits, bare_text, check_area, file_fault, make_grid, value_text

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_SHEET_PART = re.compile(r"(?i)^/?xl/worksheets/[^/]+\.xml$")
_CELL_AT = re.compile(rb"""\br\s*=\s*["']\$?([A-Za-z]+)\$?(\d+)["']""")
_ROW_AT = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\br\s*=\s*["'](\d+)["']""")
_STRING_AT = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*(\d+)""")
_STRING = re.compile(rb"<(?:\w+:)?si[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ERROR = re.compile(rb"""(<(?:\w+:)?c\s[^<>]*?\bt\s*=\s*["'])e(?=["'])""")


def open_xlsx(data: bytes, name: str, digest: str, limits: Limits) -> Iterator[Grid]:
    """The sheets of an .xlsx/.xlsm. Raises BadInput when broken, encrypted or too big."""
    return sheets(_plain_archive(data, name, limits), name, digest, limits)


def _plain_archive(data: bytes, name: str, limits: Limits) -> bytes:
    """The XML parts of the workbook, unpacked within the limits, as an uncompressed archive."""
    out = io.BytesIO()
    left = limits.bytes_unpacked
    strings, sheet_parts = b"", []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as plain:
            parts = [part for part in packed.infolist() if part.filename.lower().endswith((".xml", ".rels"))]
            if any(part.flag_bits & 1 for part in parts):
                raise file_fault("file_encrypted", name)
            if sum(part.file_size for part in parts) > left or len(parts) > 20 * limits.sheets + 100:
                raise file_fault("unpacked_too_big", name, limit=limits.bytes_unpacked // 2**20)
            if len({part.filename for part in parts}) < len(parts):
                raise file_fault("file_broken", name)
            for part in parts:
                with packed.open(part) as opened:
                    body = opened.read(left + 1)
                left -= len(body)
                if left < 0:
                    raise file_fault("unpacked_too_big", name, limit=limits.bytes_unpacked // 2**20)
                if _SHEET_PART.match(part.filename):
                    _check_part(body, name, limits)
                    # The reader leaves the cell of a failed formula empty; as a text it can be reported.
                    body = _ERROR.sub(rb"\1str", body)
                    sheet_parts.append(body)
                elif part.filename.lower().endswith("sharedstrings.xml"):
                    strings = body
                plain.writestr(part.filename, body)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise file_fault("file_broken", name) from error
    except (RuntimeError, KeyError, OverflowError, MemoryError) as error:
        raise file_fault("file_broken", name) from error
    _check_repetition(strings, sheet_parts, name, limits)
    return out.getvalue()


def _check_repetition(strings: bytes, sheet_parts: Sequence[bytes], name: str, limits: Limits) -> None:
    """Refuse a workbook that says one long text a million times: each cell gets its own copy of it."""
    sizes = [len(part) for part in _STRING.split(strings)[1:]]
    most = 2 * limits.bytes_unpacked
    if max(sizes, default=0) * sum(map(len, sheet_parts)) // 20 <= most:
        return
    copied = 0
    for body in sheet_parts:
        for number, times in Counter(_STRING_AT.findall(body)).items():
            copied += sizes[int(number)] * times if int(number) < len(sizes) else 0
    if copied > most:
        raise file_fault("unpacked_too_big", name, limit=limits.bytes_unpacked // 2**20)


def _check_part(body: bytes, name: str, limits: Limits) -> None:
    """Refuse a sheet whose cells span a larger area than allowed: the reader lays the whole area out."""
    places = _CELL_AT.findall(body)
    rows = max(map(int, {row for _, row in places} | set(_ROW_AT.findall(body))), default=0)
    columns = max((_column_number(letters) for letters in {letters for letters, _ in places}), default=0)
    cells = len(_CELL.findall(body))
    if cells > limits.cells:
        raise file_fault("too_many_rows", name, count=cells, limit=limits.rows)
    if cells > len(places):
        # Cells may leave out their place and follow the one before: count them row by row.
        columns += max(len(_CELL.findall(row)) for row in body.split(b"row"))
        rows += body.count(b"row")
    check_area(name, "", rows, columns, limits)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def sheets(data: bytes, name: str, digest: str, limits: Limits) -> Iterator[Grid]:
    """The sheets of a workbook whose packing has been checked. Raises BadInput when it cannot be read."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = [meta for meta in book.sheets_metadata if meta.typ == calamine.SheetTypeEnum.WorkSheet]
        if len(found) > limits.sheets:
            raise file_fault("too_many_sheets", name, count=len(found), limit=limits.sheets)
        for meta in found:
            hidden = meta.visible != calamine.SheetVisibleEnum.Visible
            yield replace(_grid(book, meta.name, name, digest, limits), hidden=hidden)
    except BadInput:
        raise
    except calamine.PasswordError as error:
        raise file_fault("file_encrypted", name) from error
    except Exception as error:
        raise file_fault("file_broken", name) from error
    except BaseException as error:
        # A panic inside the Rust reader arrives as an exception outside Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise file_fault("file_broken", name) from error


def _grid(book: CalamineWorkbook, title: str, name: str, digest: str, limits: Limits) -> Grid:
    sheet = book.get_sheet_by_name(title)
    if sheet.end is None:
        return make_grid(name, title, [], digest)
    check_area(name, title, sheet.end[0] + 1, sheet.end[1] + 1, limits)
    lost: list[tuple[int, int]] = []
    rows: list[list[str]] = []
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        row: list[str] = []
        for index, value in enumerate(values):
            if value.__class__ is str:
                row.append(bare_text(value))
                continue
            text, cut = value_text(value)
            row.append(text)
            if cut:
                lost.append((number, index))
        rows.append(row)
    merged = _fill_merged(sheet, rows, limits.cells)
    return make_grid(name, title, [tuple(row) for row in rows], digest, lost, merged)


def _fill_merged(sheet: CalamineSheet, rows: list[list[str]], budget: int) -> list[tuple[int, int]]:
    """Copy the top-left cell of each merged range into its empty cells; give the filled cells.

    `budget` bounds the cells visited: ranges that overlap endlessly are a trap, not a list.
    """
    filled: list[tuple[int, int]] = []
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        budget -= (bottom - top + 1) * (right - left + 1)
        if budget < 0:
            break
        text = rows[top][left]
        for r in range(top, min(bottom + 1, len(rows))):
            for c in range(left, min(right + 1, len(rows[r]))):
                if not rows[r][c]:
                    rows[r][c] = text
                    filled.append((r + 1, c))
    return filled
