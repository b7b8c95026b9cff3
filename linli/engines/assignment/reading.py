"""Needs and offers from a file as one typed table: lists split, dates and numbers read, every fault told.

Headings are the canonical English names. Messy workbooks with Chinese headings are read by
`linli.offer.workbook`, not here.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from linli.engines.errors import Fault

_TRUE = {"1", "true", "yes", "是", "y"}


def read_table(path: Path, schema: pa.Schema) -> tuple[pa.Table, list[Fault]]:
    """The file's columns that the schema knows; the table is empty where the file cannot be read at all."""
    try:
        if path.suffix.lower() == ".parquet":
            return pyarrow.parquet.read_table(path), []
        grid = _workbook(path) if path.suffix.lower() in (".xlsx", ".xls") else _csv(path.read_bytes())
    except Exception as error:  # every reader has its own errors; all mean the same to the user
        return schema.empty_table(), [Fault("file_unreadable", file=path.name, value=str(error)[:120])]
    return _typed(grid, schema, path.name)


def _csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def _workbook(path: Path) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [[as_text(cell) for cell in row] for row in rows]


def as_text(cell: object) -> str:
    """A cell as text: whole numbers without `.0`, dates as ISO."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return str(cell).strip()


def _typed(grid: list[list[str]], schema: pa.Schema, file: str) -> tuple[pa.Table, list[Fault]]:
    heads = [head.strip() for head in grid[0]] if grid else []
    faults: list[Fault] = []
    columns: dict[str, pa.Array] = {}
    for field in schema:
        name = "region" if field.name == "place_code" and "place_code" not in heads else field.name
        if name not in heads:
            continue
        at = heads.index(name)
        read = _reader(field.type)
        values: list[Any] = []
        for row, cells in enumerate(grid[1:], start=2):
            text = cells[at].strip() if at < len(cells) else ""
            if not any(cell.strip() for cell in cells):
                continue
            try:
                values.append(read(text) if text else None)
            except ValueError:
                code = "bad_date" if pa.types.is_date(field.type) else "bad_number"
                faults.append(Fault(code, file=file, row=row, column=name, value=text))
                values.append(None)
        columns[field.name] = pa.array(values, field.type)
    return (pa.table(columns) if columns else schema.empty_table()), faults


def _reader(kind: pa.DataType) -> Callable[[str], Any]:
    if pa.types.is_date(kind):
        return lambda text: date.fromisoformat(text[:10].replace("/", "-"))
    if pa.types.is_int32(kind):
        return lambda text: _whole(text, 2**31 - 1)
    if pa.types.is_int64(kind):
        return lambda text: _whole(text, 2**53)
    if pa.types.is_floating(kind):
        return float
    if pa.types.is_boolean(kind):
        return lambda text: text.lower() in _TRUE
    if pa.types.is_list(kind):
        return lambda text: [part.strip() for part in re.split(r"[;；]", text) if part.strip()]
    return str


def _whole(text: str, most: int) -> int:
    value = int(text)
    if abs(value) > most:
        raise ValueError(text)
    return value
