"""Needs and offers as tables: brought to one schema, checked, sorted by id, and digested."""

from __future__ import annotations

import hashlib

import pyarrow as pa
import pyarrow.compute as pc

from linli.engines.assignment.data import KINDS
from linli.engines.errors import BadInput, Fault


def conform(table: pa.Table, schema: pa.Schema, file: str, id_column: str) -> tuple[pa.Table, list[Fault]]:
    """`table` with exactly the schema's columns (missing ones null), sorted by id; and what is wrong with it.

    Sorting by id makes every result independent of the order of the rows.
    """
    if "region" in table.column_names and "place_code" not in table.column_names:
        table = table.rename_columns({"region": "place_code"})
    faults: list[Fault] = []
    columns = []
    for field in schema:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        try:
            columns.append(table[field.name].cast(field.type).combine_chunks())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
            faults.append(Fault("column_type", file=file, column=field.name, value=str(error)[:120]))
            columns.append(pa.nulls(table.num_rows, field.type))
    plain = pa.table(columns, schema=schema)
    faults += _id_faults(plain, file, id_column)
    return plain.sort_by(id_column), faults


def _id_faults(table: pa.Table, file: str, column: str) -> list[Fault]:
    """Missing and repeated ids, by row."""
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for row, value in enumerate(table[column].to_pylist(), start=1):
        if not value:
            faults.append(Fault("id_missing", file=file, row=row, column=column))
        elif value in seen:
            faults.append(
                Fault("id_repeated", file=file, row=row, column=column, value=value, params={"first": str(seen[value])})
            )
        else:
            seen[value] = row
    return faults


def check_values(needs: pa.Table, offers: pa.Table) -> list[Fault]:
    """Values that would make the reckoning meaningless: levels, kinds, capacities, coordinates."""
    faults = _outside(
        needs, "needs", "need_id", "level", pc.or_(pc.less(needs["level"], 1), pc.greater(needs["level"], 4))
    )
    kinds = pc.invert(pc.is_in(offers["kind"], value_set=pa.array(KINDS)))
    faults += _outside(offers, "offers", "offer_id", "kind", pc.and_(kinds, offers["kind"].is_valid()))
    faults += _outside(offers, "offers", "offer_id", "capacity", pc.less(offers["capacity"], 0))
    faults += _outside(offers, "offers", "offer_id", "capacity", pc.greater(offers["capacity"], 10**9))
    for file, table, key in (("needs", needs, "need_id"), ("offers", offers, "offer_id")):
        for column, most in (("lat", 90.0), ("lon", 180.0)):
            far = pc.invert(pc.less_equal(pc.abs(table[column]), most))
            faults += _outside(table, file, key, column, far)
    return faults


def _outside(table: pa.Table, file: str, key: str, column: str, wrong: pa.ChunkedArray) -> list[Fault]:
    bad = table.filter(pc.fill_null(wrong, False))
    ids, values = bad[key].to_pylist(), bad[column].to_pylist()
    return [
        Fault("value_outside", file=file, column=column, value=str(value), params={"id": str(one)})
        for one, value in zip(ids, values, strict=True)
    ]


def checked(
    needs: pa.Table, offers: pa.Table, needs_schema: pa.Schema, offers_schema: pa.Schema
) -> tuple[pa.Table, pa.Table]:
    """Both tables conformed; BadInput with every fault of both."""
    plain_needs, faults = conform(needs, needs_schema, "needs", "need_id")
    plain_offers, more = conform(offers, offers_schema, "offers", "offer_id")
    faults += more + check_values(plain_needs, plain_offers)
    if faults:
        raise BadInput(faults)
    return plain_needs, plain_offers


def digest(*parts: pa.Table | str) -> str:
    """sha256 over the tables (as Arrow streams of one chunk) and texts."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(part.encode())
            continue
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, part.schema) as writer:
            writer.write_table(part.combine_chunks())
        total.update(sink.getvalue())
    return total.hexdigest()
