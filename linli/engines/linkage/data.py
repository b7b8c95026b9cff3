"""Frozen inputs and results of linkage, and the shapes of its tables. No computing here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from linli.engines.errors import BadInput, Fault

ENGINE = "linkage"
VERSION = "1"

LINKS = pa.schema(
    [
        ("unique_id", pa.string()),
        ("source", pa.string()),
        ("person_id", pa.string()),
        ("probability", pa.float64()),
        ("why", pa.string()),
    ]
)
REVIEW = pa.schema(
    [
        ("a", pa.string()),
        ("b", pa.string()),
        ("probability", pa.float64()),
        ("for", pa.string()),
        ("against", pa.string()),
    ]
)

USED: dict[str, pa.DataType] = {
    "unique_id": pa.string(),
    "source": pa.string(),
    "sheet": pa.string(),
    "row": pa.int32(),
    "name": pa.string(),
    "sex": pa.string(),
    "birth_on": pa.date32(),
    "birth_precision": pa.string(),
    "id_no": pa.string(),
    "phone": pa.string(),
    "region": pa.string(),
    "place": pa.string(),
    "address": pa.string(),
    "card_no": pa.string(),
}
"""The columns of RECORDS that linkage looks at; a missing one counts as all null."""


@dataclass(frozen=True)
class LinkOptions:
    """What a caller may set.

    `pairs_per_row`: a blocking key that would give a record more pairs than this is not used.
    `review_low`, `review_high`: pairs between these probabilities go to the review queue.
    `doubtful_cap`: a record with a doubt (待核) is never linked with more probability than this.
    `prior_pairs`: how many pairs the shipped parameters weigh against the data's own.
    `lang`: language of the words in the tables. `memory_limit`, `threads`, `spill_dir` are
    DuckDB's; without `spill_dir` nothing is ever written to disk.
    """

    pairs_per_row: int = 200
    review_low: float = 0.1
    review_high: float = 0.9
    doubtful_cap: float = 0.99
    prior_pairs: float = 50.0
    lang: str = "zh"
    memory_limit: str | None = None
    threads: int = 2
    spill_dir: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The options that decide the result (not those of the machine)."""
        machine = {"memory_limit", "threads", "spill_dir"}
        return {key: value for key, value in asdict(self).items() if key not in machine}


@dataclass(frozen=True)
class LinkResult:
    """One row of `links` per record; `review` holds the doubtful pairs; `report` codes and numbers.

    `certain`, beside `links`: records with one name there are one person by certain pairs alone. A person of several
    such parts is held together by pairs that stand in `review`.
    """

    links: pa.Table
    review: pa.Table
    certain: pa.Array
    report: Mapping[str, Any]
    threshold: float
    digest: str
    options: Mapping[str, Any]
    engine: str = ENGINE
    version: str = VERSION


@dataclass(frozen=True)
class Resolved:
    """Persons with the chosen facts, every fact with its source, and households."""

    persons: pa.Table
    facts: pa.Table
    households: pa.Table
    digest: str
    options: Mapping[str, Any] = field(default_factory=dict)
    engine: str = ENGINE
    version: str = VERSION


def ordered_records(records: pa.Table) -> pa.Table:
    """The used columns in their types, ordered by `unique_id`, so that the order of rows tells nothing.

    Raises BadInput when `unique_id` is missing, empty or repeated.
    """
    faults = [] if "unique_id" in records.column_names else [Fault("unique_id_missing", column="unique_id")]
    if faults:
        raise BadInput(faults)
    columns = {
        name: _cast(records[name], kind) if name in records.column_names else pa.nulls(records.num_rows, kind)
        for name, kind in USED.items()
    }
    ids = columns["unique_id"].to_pylist()
    seen: set[str] = set()
    for at, value in enumerate(ids, start=1):
        if not value:
            faults.append(Fault("unique_id_empty", row=at, column="unique_id"))
        elif value in seen:
            faults.append(Fault("unique_id_repeated", row=at, column="unique_id", value=value))
        seen.add(value)
    if faults:
        raise BadInput(faults)
    order = pa.array(sorted(range(len(ids)), key=ids.__getitem__), pa.int64())
    return pa.table(columns).take(order).combine_chunks()


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    return column if column.type == kind else column.cast(kind)


def table_digest(table: pa.Table) -> str:
    """sha256 over the columns' names and values, in the table's order; the same on every machine."""
    digest = hashlib.sha256()
    for name in table.column_names:
        digest.update(f"\x1d{name}\x1d".encode())
        values = ("" if value is None else f"\x1e{value}" for value in table[name].to_pylist())
        digest.update("\x1f".join(values).encode())
    return digest.hexdigest()


def person_id(smallest: str) -> str:
    """The person's number, from the smallest `unique_id` of its records: the same in every run."""
    return "P" + hashlib.sha256(f"{VERSION}:{smallest}".encode()).hexdigest()[:12].upper()
