"""Large votes.csv by pyarrow: only when the file is clean; anything odd is left to the careful reader, which names it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

LARGE = 4_000_000  # bytes; below this the csv module is as quick and needs no pyarrow

Columns = tuple[list[str], Any, list[str], Any, Any, Any]


def read_columns(path: Path, *names: Sequence[str]) -> Columns | None:
    """Ids and codes of people and of statements, votes, times; None when the file is anything but plain.

    `names`: the headings by which person, statement, vote and time may be called, in this order.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pcsv

    try:
        with path.open("rb") as file:
            heading = file.readline(4096).decode("utf-8-sig").strip().split(",")
        chosen = [next((name for name in known if name in heading), None) for known in names]
        if any(name is None for name in chosen[:3]) or len(set(heading)) < len(heading):
            return None
        coded = pa.dictionary(pa.int32(), pa.string())
        types = dict(zip(chosen, (coded, coded, pa.int8(), pa.int64()), strict=True))
        table = pcsv.read_csv(
            path,
            read_options=pcsv.ReadOptions(column_names=heading, skip_rows=1),
            parse_options=pcsv.ParseOptions(newlines_in_values=True),
            convert_options=pcsv.ConvertOptions(
                column_types={name: kind for name, kind in types.items() if name is not None},
                include_columns=[name for name in chosen if name is not None],
                null_values=[],
                strings_can_be_null=False,
            ),
        )
    except (OSError, UnicodeDecodeError, pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    if any(column.null_count for column in table.columns) or not table.num_rows:
        return None
    person, statement = (table[str(name)].unify_dictionaries().combine_chunks() for name in chosen[:2])
    vote = table[str(chosen[2])]
    ids = [str(one) for column in (person, statement) for one in column.dictionary.to_pylist()]
    if any(one != one.strip() or not one for one in ids) or pc.max(pc.abs(vote)).as_py() > 1:
        return None
    times = table[str(chosen[3])].to_numpy() if chosen[3] is not None else None
    return (
        person.dictionary.to_pylist(),
        person.indices.to_numpy(),
        statement.dictionary.to_pylist(),
        statement.indices.to_numpy(),
        vote.to_numpy(),
        times,
    )
