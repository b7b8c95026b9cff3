"""Records already made, from a Parquet file: of our own shape, or with a birth date in words and 男/女."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa

from linli.engines.errors import BadInput, Fault

_SEX = {"男": "1", "女": "2", "1": "1", "2": "2", "M": "1", "F": "2"}


def records_in(path: Path) -> pa.Table | None:
    """The records of a Parquet file that has `unique_id` and `name`; None for any other file.

    Raises BadInput when the file is broken.
    """
    import pyarrow.parquet as pq

    if path.suffix.lower() != ".parquet":
        return None
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput([Fault("table_unreadable", file=path.name)]) from error
    if not {"unique_id", "name"} <= set(table.column_names):
        return None
    return as_records(table, path.stem)


def as_records(table: pa.Table, source: str) -> pa.Table:
    """A table with the columns of RECORDS, or with `dob` for the birth date and 男/女 for the sex, as RECORDS."""
    columns = {name: table[name] for name in table.column_names if name not in {"dob", "cluster"}}
    if "dob" in table.column_names and "birth_on" not in columns:
        columns["birth_on"] = pa.array([_day(value) for value in table["dob"].to_pylist()], pa.date32())
    if "sex" in columns:
        columns["sex"] = pa.array([_SEX.get(str(value)) for value in columns["sex"].to_pylist()], pa.string())
    if "source" not in columns:
        columns["source"] = pa.array([source] * table.num_rows, pa.string())
    texts = {name: column.cast(pa.string()) for name, column in columns.items() if _is_text(column)}
    return pa.table(columns | texts)


def _is_text(column: pa.Array | pa.ChunkedArray) -> bool:
    return bool(pa.types.is_large_string(column.type) or pa.types.is_dictionary(column.type))


def _day(value: object) -> dt.date | None:
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
