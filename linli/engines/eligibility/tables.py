"""Gives rows of text the types the rules declare."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from linli.engines.eligibility.data import RuleBook
from linli.engines.eligibility.language import Type
from linli.engines.errors import BadInput, Fault

if TYPE_CHECKING:
    import pyarrow as pa

_YES = ("true", "1", "yes", "y", "是", "有")
_NO = ("false", "0", "no", "n", "否", "无")


def typed(rows: Sequence[Sequence[str]], book: RuleBook, file: str, sheet: str = "") -> pa.Table:
    """Rows of text, the first of them the columns' names, as a table in the types the rules declare.

    Columns the rules do not know are left out. Raises `BadInput` naming every cell that cannot be read.
    """
    import pyarrow as pa

    heading, *people = rows
    faults: list[Fault] = []
    columns = {}
    for at, name in enumerate(heading):
        if name not in (book.subject, book.household, *book.columns):
            continue
        kind = book.columns.get(name, "text")
        values = []
        for number, row in enumerate(people, start=2):
            value, good = _read_cell(row[at].strip(), kind)
            if not good:
                params = MappingProxyType({"wanted": kind})
                faults.append(Fault("cell_type", "refused", file, sheet, number, name, row[at], params))
            values.append(value)
        columns[name] = pa.array(values, _arrow(kind))
    if book.subject not in columns:
        faults.append(Fault("no_subject_column", "refused", file, sheet, 1, book.subject))
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
