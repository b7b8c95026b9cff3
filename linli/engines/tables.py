"""Result tables to files: Parquet as they are, CSV so that spreadsheets open them right and run nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def write_table(table: pa.Table, path: Path, suffix: str, *, marked: bool = False) -> None:
    """`.parquet`, or `.csv`: UTF-8, lists joined by ；, no cell a formula.

    `marked` puts the byte order mark in front by which spreadsheets know UTF-8: for files people open, not for
    those programs read. A text that a spreadsheet would run as a formula gets a leading apostrophe; plain
    negative numbers are numbers in the table and stay as they are.
    """
    import pyarrow.csv
    import pyarrow.parquet as pq

    if suffix.lower() != ".csv":
        pq.write_table(table, path)
        return
    with path.open("wb") as file:
        if marked:
            file.write(b"\xef\xbb\xbf")
        pyarrow.csv.write_csv(_flat(table), file)


def _flat(table: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for at, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_list(column.type):
            column = pc.binary_join(column.cast(pa.list_(pa.string())), "；")
        if pa.types.is_string(column.type):
            risky = pc.is_in(pc.utf8_slice_codeunits(column, 0, 1), pa.array(FORMULA_STARTS))
            column = pc.if_else(risky, pc.binary_join_element_wise("'", column, ""), column)
        table = table.set_column(at, name, column)
    return table
