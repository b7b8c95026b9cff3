"""Facts of a person: every value with its source, one chosen per field, and where the lists disagree.

The order of choice: a sound value before a doubtful one; then what most records say; then a value
that passes its check; then the freshest record (last visit, then the day its list was stated, where
records have a `stated_on`); then the list that ranks first; then, of writings that mean the same, the
fullest; then the smallest `unique_id`. Records disagree when two sound values of a field mean different
things: a shortened address or another writing of a name is no disagreement.
"""
# ruff: noqa: S608 - the SQL is put together from this module's own names, never from data.

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from linli.engines.linkage.features import clean_id, id_birth, id_core, id_is_sound
from linli.engines.linkage.names import plain_name
from linli.engines.linkage.places import road_and_door

if TYPE_CHECKING:
    import duckdb

FIELDS: dict[str, pa.DataType] = {
    "name": pa.string(),
    "sex": pa.string(),
    "birth_on": pa.date32(),
    "birth_precision": pa.string(),
    "id_no": pa.string(),
    "id_state": pa.string(),
    "phone": pa.string(),
    "region": pa.string(),
    "place": pa.string(),
    "address": pa.string(),
    "hukou_region": pa.string(),
    "hukou_place": pa.string(),
    "household_no": pa.string(),
    "relation": pa.string(),
    "head_name": pa.string(),
    "head_id_no": pa.string(),
    "card_no": pa.string(),
    "disability_class": pa.string(),
    "disability_grade": pa.string(),
    "income_fen": pa.int64(),
    "medical_fen": pa.int64(),
    "living": pa.string(),
    "self_care": pa.string(),
    "health": pa.string(),
    "guardian": pa.string(),
    "father_state": pa.string(),
    "mother_state": pa.string(),
    "school": pa.string(),
    "employment": pa.string(),
    "housing": pa.string(),
    "veteran": pa.bool_(),
    "last_visit_on": pa.date32(),
    "remark": pa.string(),
}
"""The single-valued fields of RECORDS and their types."""

FOLLOWS = {"birth_precision": "birth_on", "id_state": "id_no"}
"""Fields that belong to another one and are taken from the same record."""

NO_CONFLICT = frozenset(
    {"birth_precision", "id_state", "household_no", "relation", "health", "last_visit_on", "remark", "place"}
)
"""Lists may differ here without disagreeing: their own numbering, a later visit, free words."""

TOLD_TOGETHER = frozenset({"health", "remark"})
"""Free words: what one list says takes nothing away from what another says, and a person's row holds them all."""

FACTS = pa.schema(
    [
        ("person_id", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("source", pa.string()),
        ("unique_id", pa.string()),
        ("chosen", pa.bool_()),
        ("doubt", pa.string()),
    ]
)

# Which field a row's fault code speaks of; `date_` codes do not say whose date and are not laid to the birth.
_DOUBT_OF = (("id_", "id_no"), ("birth", "birth_on"), ("sex", "sex"), ("phone", "phone"), ("region", "region"))


def prepare(records: pa.Table, links: pa.Table, on: dt.date, order: Sequence[str]) -> pa.Table:
    """One row per record: person, source, rank, freshness, each field, and what each field's value means.

    `m_<field>` is the meaning two values are compared by, `d_<field>` why a value is doubtful,
    `v_<field>` whether it passes its check.
    """
    person = dict(zip(links["unique_id"].to_pylist(), links["person_id"].to_pylist(), strict=True))
    ids = records["unique_id"].to_pylist()
    sources = [value or "" for value in _column(records, "source", pa.string()).to_pylist()]
    ranks = {source: at for at, source in enumerate([*order, *sorted(set(sources) - set(order))])}
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "unique_id": pa.array(ids, pa.string()),
        "person_id": pa.array([person[key] for key in ids], pa.string()),
        "source": pa.array(sources, pa.string()),
        "rank": pa.array([ranks[source] for source in sources], pa.int32()),
    }
    for name, kind in FIELDS.items():
        columns[name] = _column(records, name, kind)
    visited = [day if day is not None and day <= on else None for day in columns["last_visit_on"].to_pylist()]
    columns["fresh"] = pa.array(visited, pa.date32())
    columns["told"] = _column(records, "stated_on", pa.date32())
    doubts = _doubts_by_field(records)
    births = columns["birth_on"].to_pylist()
    numbers = [clean_id(value) if value else None for value in columns["id_no"].to_pylist()]
    sound = [value is not None and id_is_sound(value) for value in numbers]
    of_id = [id_birth(value) if value and good else None for value, good in zip(numbers, sound, strict=True)]
    columns["id_born"] = pa.array(of_id, pa.date32())
    columns["d_birth_on"] = pa.array(
        [_birth_doubt(born, on, doubt) for born, doubt in zip(births, doubts["birth_on"], strict=True)], pa.string()
    )
    raw = columns["id_no"].to_pylist()
    columns["d_id_no"] = pa.array(
        [
            None if good else _id_doubt(text, doubt)
            for text, good, doubt in zip(raw, sound, doubts["id_no"], strict=True)
        ],
        pa.string(),
    )
    for name in ("sex", "phone", "region"):
        columns[f"d_{name}"] = pa.array(doubts[name], pa.string())
    columns["v_id_no"] = pa.array(sound, pa.bool_())
    columns["m_name"] = _meant(columns["name"], plain_name)
    columns["m_id_no"] = _meant(columns["id_no"], lambda value: id_core(clean_id(value) or value) or value)
    columns["m_address"] = _meant(columns["address"], _house)
    return pa.table(columns)


def _birth_doubt(born: dt.date | None, on: dt.date, doubt: str | None) -> str | None:
    if born is None:
        return None
    return "birth_future" if born > on else "birth_early" if born.year <= 1900 else doubt


def _id_doubt(text: str | None, doubt: str | None) -> str | None:
    """Why a number that is not sound is doubtful; a passport or permit (letters first) is not."""
    if not text:
        return None
    return doubt or ("id_masked" if "*" in text else "id_doubtful" if text[0].isdigit() else None)


def _column(records: pa.Table, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    if name not in records.column_names:
        return pa.chunked_array([pa.nulls(records.num_rows, kind)])
    column = records[name]
    return column if column.type == kind else column.cast(kind)


def _meant(column: pa.ChunkedArray, meaning: Callable[[str], str]) -> pa.Array:
    known = {value: meaning(value) for value in column.unique().to_pylist() if value is not None}
    return pa.array([known.get(value) for value in column.to_pylist()], pa.string())


def _house(address: str) -> str:
    road, door = road_and_door(address)
    return f"{road}{door.split('-')[0]}"


def _doubts_by_field(records: pa.Table) -> dict[str, list[str | None]]:
    """The fault codes of a row, each laid to the field it speaks of."""
    found: dict[str, list[str | None]] = {field: [None] * records.num_rows for _, field in _DOUBT_OF}
    if "doubts" not in records.column_names:
        return found
    for at, codes in enumerate(records["doubts"].to_pylist()):
        for code in codes or ():
            field = next((field for prefix, field in _DOUBT_OF if code.startswith(prefix)), None)
            if field is not None and found[field][at] is None:
                found[field][at] = code
    return found


def choose(db: duckdb.DuckDBPyConnection, prepared: pa.Table) -> None:
    """Tables `facts` (every value, one chosen per person and field) and `disagree` in `db`."""
    db.register("handed_in", prepared)
    db.execute("create table prepared as select * from handed_in").fetchall()
    db.unregister("handed_in")
    db.execute(
        "create table births as select person_id, id_born as born, count(*) as said from prepared"
        " where id_born is not null group by 1, 2"
    ).fetchall()
    unions = " union all ".join(_field_sql(name, prepared.column_names) for name in FIELDS if name not in FOLLOWS)
    db.execute(f"create table stated as {unions}").fetchall()
    db.execute(
        "create table weighed as select s.*, (doubt is not null) as shaky,"
        " count(*) over (partition by s.person_id, s.field, s.meaning)"
        " * case when s.field = 'last_visit_on' then 0 else 1 end"  # a later visit is no less true for being told once
        " + case when s.field = 'birth_on' and doubt is null then coalesce(b.said, 0) else 0 end as support,"
        " min(rank) over (partition by s.person_id, s.field, s.meaning) as led,"
        " max(fresh) over (partition by s.person_id, s.field, s.meaning) as latest,"
        " max(told) over (partition by s.person_id, s.field, s.meaning) as last_told"
        " from stated as s left join births as b on s.field = 'birth_on' and b.person_id = s.person_id"
        " and b.born::varchar = s.value"
    ).fetchall()
    db.execute(
        "create table facts as select person_id, field, value, source, unique_id, doubt, meaning, row_number() over"
        " (partition by person_id, field order by shaky, support desc, checked desc, latest desc nulls last,"
        " last_told desc nulls last, led, meaning, length(value) desc, rank, unique_id) = 1 as chosen from weighed"
    ).fetchall()
    db.execute("drop table weighed").fetchall()
    db.execute("drop table stated").fetchall()
    quiet = ", ".join(f"'{name}'" for name in sorted(NO_CONFLICT))
    db.execute(
        "create table disagree as select person_id, list(field order by field) as conflicts from ("
        " select person_id, field from facts where doubt is null and field not in (" + quiet + ")"
        " group by 1, 2 having count(distinct meaning) > 1) group by 1"
    ).fetchall()


def _field_sql(name: str, columns: Sequence[str]) -> str:
    meaning = f"m_{name}" if f"m_{name}" in columns else f"{name}::varchar"
    doubt = f"d_{name}" if f"d_{name}" in columns else "null::varchar"
    checked = f"v_{name}" if f"v_{name}" in columns else "true"
    return (
        f"select person_id, '{name}' as field, {name}::varchar as value, source, unique_id, rank, fresh, told,"
        f" {meaning} as meaning, {doubt} as doubt, coalesce({checked}, false) as checked"
        f" from prepared where {name} is not null"
    )
