"""A file as sent → grids of text: which file, which sheet, which row, what stands in each cell.

Holds the size limits, the telling of file kinds by content, CSV and Parquet. Workbooks are opened
in `workbook.py`. Nothing here knows what a column means.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from linli.engines.errors import BadInput, Fault

EXACT_UP_TO = 2**53
"""Above this a number cell cannot hold every digit (IEEE 754 binary64; Excel keeps 15 digits)."""


@dataclass(frozen=True)
class Limits:
    """How much one file may hold; checked before its content is unpacked or turned into text.

    `bytes_packed` the file as sent, `bytes_unpacked` everything inside it, `rows`/`columns`/`cells`
    the area of one sheet including empty cells. The defaults keep one file under about 600 MiB of memory.
    """

    bytes_packed: int = 64 * 2**20
    bytes_unpacked: int = 160 * 2**20
    sheets: int = 100
    rows: int = 300_000
    columns: int = 500
    cells: int = 5_000_000


@dataclass(frozen=True)
class Grid:
    """One sheet as text. `rows[0]` is row 1 of the sheet; all rows are equally long.

    Numbers are written without exponent, dates as ISO. `lost` names the cells (row number from 1,
    column index from 0) whose number had more digits than the file could keep; `merged` the cells
    filled from the top-left cell of their merged range. `digest` is the SHA-256 of the file; `hidden`: nobody who
    opens the file sees the sheet.
    """

    file: str
    sheet: str
    rows: tuple[tuple[str, ...], ...]
    digest: str = ""
    lost: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    merged: frozenset[tuple[int, int]] = field(default_factory=frozenset)
    hidden: bool = False


def read_grids(source: Path | str | bytes, name: str | None = None, limits: Limits | None = None) -> list[Grid]:
    """Every sheet of a file (.xlsx, .xls, .csv, .parquet; told by content, not by its name).

    `source` is a path or the bytes themselves; `name` is the file name shown in faults and reports.
    Raises BadInput with every reason when the file is empty, broken, encrypted, of another kind or
    larger than `limits`; never anything else for any content. Sheets without a filled cell are left out.
    """
    limits = limits or Limits()
    name = name or (Path(source).name if not isinstance(source, bytes) else "file")
    data = source if isinstance(source, bytes) else _read_bytes(Path(source), name, limits)
    if len(data) > limits.bytes_packed:
        raise file_fault("file_too_big", name, size=len(data) // 2**20, limit=limits.bytes_packed // 2**20)
    if not data.strip(b"\x00\r\n\t ,;\xef\xbb\xbf"):
        raise file_fault("file_empty", name)
    digest = hashlib.sha256(data).hexdigest()
    grids = [grid for grid in _open(data, name, digest, limits) if grid.rows]
    if not grids:
        raise file_fault("file_empty", name)
    return grids


def file_fault(code: str, name: str, sheet: str = "", row: int | None = None, **params: object) -> BadInput:
    """The exception for one thing wrong with a whole file or sheet."""
    words = {key: str(value) for key, value in params.items()}
    return BadInput([Fault(code=code, file=name, sheet=sheet, row=row, params=words)])


def _read_bytes(path: Path, name: str, limits: Limits) -> bytes:
    try:
        size = path.stat().st_size
        if size > limits.bytes_packed:
            raise file_fault("file_too_big", name, size=size // 2**20, limit=limits.bytes_packed // 2**20)
        return path.read_bytes()
    except OSError as error:
        raise file_fault("file_missing", name) from error


def _open(data: bytes, name: str, digest: str, limits: Limits) -> Iterable[Grid]:
    from linli.engines.lists.workbook import open_xlsx
    from linli.engines.lists.xls import open_xls

    head = data[:4096].lstrip().lower()
    if data.startswith(b"PK"):
        return open_xlsx(data, name, digest, limits)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return open_xls(data, name, digest, limits)
    if data.startswith(b"PAR1"):
        return [_open_parquet(data, name, digest, limits)]
    if head.startswith((b"%pdf", b"\xff\xd8\xff", b"\x89png")):
        raise file_fault("file_not_table", name)
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"mime-version")):
        raise file_fault("file_web_page", name)
    return [_open_csv(data, name, digest, limits)]


def make_grid(
    name: str,
    sheet: str,
    rows: list[tuple[str, ...]],
    digest: str,
    lost: Iterable[tuple[int, int]] = (),
    merged: Iterable[tuple[int, int]] = (),
) -> Grid:
    """A grid without the empty rows below and the empty columns to the right."""
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((_filled(row) for row in rows), default=0)
    even = tuple(row[:width] if len(row) >= width else row + ("",) * (width - len(row)) for row in rows)
    return Grid(name, sheet, even if width else (), digest, frozenset(lost), frozenset(merged))


def _filled(row: tuple[str, ...]) -> int:
    width = len(row)
    while width and not row[width - 1]:
        width -= 1
    return width


def number_text(value: float) -> tuple[str, bool]:
    """A number cell as its digits, and whether digits were lost (more than binary64 can keep).

    >>> number_text(320583199001011008.0)
    ('320583199001011000', True)
    >>> number_text(13800001111.0), number_text(0.1 + 0.2)
    (('13800001111', False), ('0.3', False))
    """
    if not math.isfinite(value):
        return "", False
    if value.is_integer():
        if abs(value) <= EXACT_UP_TO:
            return str(int(value)), False
        return (str(int(Decimal(repr(value)))) if abs(value) < 1e30 else repr(value)), True
    return format(value, ".15g"), False


def bare_text(text: str) -> str:
    """Trimmed, and without what keeps a cell from being run as a formula or taken for a number."""
    text = text.strip()
    if text[:2] == '="' and text[-1] == '"':
        # ="0123" keeps a program from taking the digits for a number.
        return text[2:-1].strip()
    return text[1:] if text[:2] in {"'=", "'+", "'-", "'@"} else text


def value_text(value: object) -> tuple[str, bool]:
    """A cell's value as text, and whether digits were lost."""
    if value is None:
        return "", False
    if isinstance(value, str):
        return bare_text(value), False
    if isinstance(value, bool):
        return ("是" if value else "否"), False
    if isinstance(value, int):
        return str(value), False
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return (value.date().isoformat() if midnight else value.isoformat(" ", "seconds")), False
    if isinstance(value, dt.date):
        return value.isoformat(), False
    return str(value).strip(), False


def _open_csv(data: bytes, name: str, digest: str, limits: Limits) -> Grid:
    text = _decode(data, name)
    lines = text.count("\n") + 1
    if lines > limits.rows * 2:
        raise file_fault("too_many_rows", name, count=lines, limit=limits.rows)
    rows: list[tuple[str, ...]] = []
    cells = 0
    for row in _records(text, name):
        if len(row) > limits.columns:
            raise file_fault("too_many_columns", name, row=len(rows) + 1, count=len(row), limit=limits.columns)
        rows.append(tuple(bare_text(cell) for cell in row))
        cells += len(row)
        if len(rows) > limits.rows or cells > limits.cells:
            raise file_fault("too_many_rows", name, count=len(rows), limit=limits.rows)
    return make_grid(name, "", rows, digest)


def _decode(data: bytes, name: str) -> str:
    encodings = ("utf-8-sig", "gb18030")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise file_fault("file_not_table", name)


def _records(text: str, name: str) -> Iterator[list[str]]:
    """The CSV records, blank lines kept as empty rows so that row numbers stay the sheet's own."""
    mark = _delimiter(text)
    # Behind the last line a line of our own: a quotation mark that is still open takes it in.
    reader = csv.reader(io.StringIO(f"{text}\n{_LAST}", newline=""), delimiter=mark)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if row == [_LAST]:
                return
            if any(_LAST in cell or _swallowed(cell, mark, len(row)) for cell in row if len(cell) > 20):
                raise file_fault("csv_open_quote", name, row=number)
            yield row
    except csv.Error as error:
        raise file_fault("csv_open_quote", name, row=number + 1) from error


_LAST = "\x04" * 24
_NUMBER_OF_A_PERSON = re.compile(r"\d{15}")


def _swallowed(cell: str, mark: str, width: int) -> bool:
    """Whether a cell holds lines that are rows of the table: very many, or one with a person's number among as many
    separators as a row has."""
    if "\n" not in cell:
        return False
    lines = cell.split("\n")
    return len(lines) > 21 or any(
        line.count(mark) >= max(1, width - 1) and _NUMBER_OF_A_PERSON.search(line) for line in lines[1:]
    )


def _delimiter(text: str) -> str:
    """The separator that gives most lines the same number (more than one) of cells."""
    sample = text[:20_000].splitlines()[:60]
    best, score = ",", 0
    for mark in (",", "\t", ";", "|"):
        widths = Counter(line.count(mark) for line in sample if mark in line)
        if not widths:
            continue
        width, lines = max(widths.items(), key=lambda pair: (pair[1] * pair[0], pair[0]))
        if width * lines > score:
            best, score = mark, width * lines
    return best


def _open_parquet(data: bytes, name: str, digest: str, limits: Limits) -> Grid:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        meta = file.metadata
        unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if unpacked > limits.bytes_unpacked:
            raise file_fault("unpacked_too_big", name, limit=limits.bytes_unpacked // 2**20)
        check_area(name, "", meta.num_rows + 1, meta.num_columns, limits)
        table = file.read()
        lost: list[tuple[int, int]] = []
        columns = [_column_text(table.column(i), i, lost) for i in range(table.num_columns)]
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise file_fault("file_broken", name) from error
    rows = [tuple(str(heading) for heading in table.column_names), *zip(*columns, strict=True)]
    return make_grid(name, "", rows, digest, lost)


def _column_text(column: object, index: int, lost: list[tuple[int, int]]) -> list[str]:
    texts: list[str] = []
    for position, value in enumerate(column.to_pylist()):  # type: ignore[attr-defined]
        text, cut = value_text(value)
        texts.append(text)
        if cut:
            lost.append((position + 2, index))
    return texts


def check_area(name: str, sheet: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a sheet whose area is larger than the limits, before it is laid out in memory."""
    if columns > limits.columns:
        raise file_fault("too_many_columns", name, sheet, count=columns, limit=limits.columns)
    if rows > limits.rows or rows * columns > limits.cells:
        raise file_fault("too_many_rows", name, sheet, count=rows, limit=limits.rows)
