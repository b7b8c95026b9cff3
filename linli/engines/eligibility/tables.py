"""Reads the table rules are asked of (Parquet, or text in CSV and XLSX under the columns' names), and writes results."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from linli.engines.eligibility.data import RuleBook
from linli.engines.eligibility.language import Type
from linli.engines.errors import BadInput, Fault
from linli.engines.lists import read_grids

if TYPE_CHECKING:
    import pyarrow as pa

_YES = ("true", "1", "yes", "y", "是", "有")
_NO = ("false", "0", "no", "n", "否", "无")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def read_table(path: Path, book: RuleBook) -> pa.Table:
    """The table at `path`, its columns in the types the rules declare.

    Raises `BadInput` naming every cell of a CSV or XLSX file that cannot be read as its column's type.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix.lower() == ".parquet":
            return pq.read_table(path)
        if path.suffix.lower() not in (".csv", ".xlsx", ".xls"):
            raise BadInput([Fault("table_kind", file=path.name)])
        grids = read_grids(path)
    except (OSError, pa.ArrowInvalid) as error:
        detail = MappingProxyType({"detail": str(error).splitlines()[0][:200]})
        raise BadInput([Fault("table_unreadable", file=path.name, params=detail)]) from error
    grid = grids[0]
    heading, *rows = grid.rows
    faults: list[Fault] = []
    columns = {}
    for at, name in enumerate(heading):
        if name not in (book.subject, book.household, *book.columns):
            continue
        kind = book.columns.get(name, "text")
        values = []
        for number, row in enumerate(rows, start=2):
            value, good = _read_cell(row[at].strip(), kind)
            if not good:
                params = MappingProxyType({"wanted": kind})
                faults.append(Fault("cell_type", "refused", path.name, grid.sheet, number, name, row[at], params))
            values.append(value)
        columns[name] = pa.array(values, _arrow(kind))
    if faults:
        raise BadInput(faults)
    return pa.table(columns)


def _read_cell(text: str, kind: Type) -> tuple[Any, bool]:
    """The cell's value, and whether it could be read; an empty cell is not known."""
    if not text:
        return None, True
    try:
        return _READERS[kind](text), True
    except ValueError:
        return None, False


def _flag(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(text)


_READERS: Mapping[Type, Callable[[str], Any]] = {
    "text": str,
    "number": float,
    "flag": _flag,
    "date": datetime.date.fromisoformat,
    "texts": lambda text: [
        part for part in text.replace("，", ",").replace("、", ",").replace(";", ",").split(",") if part
    ],
}


def _arrow(kind: Type) -> pa.DataType:
    import pyarrow as pa

    types: Mapping[Type, pa.DataType] = {
        "text": pa.string(),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "date": pa.date32(),
        "texts": pa.list_(pa.string()),
    }
    return types[kind]


def write_table(table: pa.Table, path: Path, kind: str) -> None:
    """The table as Parquet, or as CSV (UTF-8 with BOM, for spreadsheets) when `kind` is ".csv".

    In CSV a text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv
    import pyarrow.parquet as pq

    if kind.lower() != ".csv":
        pq.write_table(table, path)
        return
    for at, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_string(column.type):
            risky = pc.is_in(pc.utf8_slice_codeunits(column, 0, 1), pa.array(_DANGEROUS))
            safe = pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
            table = table.set_column(at, name, safe)
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        pa.csv.write_csv(table, file)
