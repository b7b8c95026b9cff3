"""Records from files, results to files: what the command reads and writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from linli.engines.errors import BadInput, Fault
from linli.engines.lists import ColumnMap, neutral, read_grids, read_records, recognise
from linli.engines.progress import Progress

_SEX = {"男": "1", "女": "2", "1": "1", "2": "2", "M": "1", "F": "2"}


def read_lists(
    paths: Sequence[Path], on: dt.date, columns: ColumnMap, progress: Progress
) -> tuple[pa.Table, list[Fault]]:
    """RECORDS of all files and the faults of their rows (refused rows are left out, doubtful ones taken in).

    A Parquet file with `unique_id` and `name` columns is taken as records already made. Raises
    BadInput with every file that cannot be read at all.
    """
    made: list[pa.Table] = []
    grids, layouts = [], []
    wrong: list[Fault] = []
    for path in paths:
        try:
            table = _records_in(path)
            if table is not None:
                made.append(table)
                continue
            for grid in read_grids(path):
                grids.append(grid)
                layouts.append(recognise(grid, columns.of(path.name)))
        except BadInput as error:
            wrong += error.faults
    if wrong:
        raise BadInput(wrong)
    faults: list[Fault] = []
    if grids:
        book = read_records(grids, layouts, on, progress=progress)
        made.append(book.records)
        faults += book.faults
    if not sum(table.num_rows for table in made):
        raise BadInput([*faults, Fault("nobody_in_lists")])
    return pa.concat_tables(made, promote_options="default"), faults


def _records_in(path: Path) -> pa.Table | None:
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


def write_table(table: pa.Table, path: Path, suffix: str) -> None:
    """Parquet, or (suffix `.csv`) UTF-8 CSV with a mark that spreadsheets know, no cell a formula."""
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    if suffix != ".csv":
        pq.write_table(table, path)
        return
    columns = {
        name: pa.array([neutral(value) if value else value for value in column.to_pylist()], pa.string())
        if column.type == pa.string()
        else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        csv.write_csv(pa.table(columns), file)
