"""`resolve`: records and their persons in, one row per person out, with every fact and the households."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from linli.engines.errors import BadInput, Fault
from linli.engines.linkage import facts
from linli.engines.linkage.data import LinkOptions, Resolved, table_digest
from linli.engines.linkage.households import group_persons
from linli.engines.linkage.model import connect
from linli.engines.progress import Progress, silent


def resolve(
    records: pa.Table,
    links: pa.Table,
    *,
    on: dt.date,
    order: Sequence[str] = (),
    options: LinkOptions | None = None,
    progress: Progress = silent,
) -> Resolved:
    """The PERSONS, FACTS and HOUSEHOLDS of records whose persons `links` names.

    `on`: the day of judging; dates after it are doubtful. `order`: lists from the most to the least
    authoritative, the unnamed after them by name. Raises BadInput when a record has no link.
    """
    known = set(links["unique_id"].to_pylist())
    missing = [key for key in records["unique_id"].to_pylist() if key not in known]
    if missing:
        raise BadInput([Fault("record_without_link", column="unique_id", value=key) for key in missing])
    progress("resolve", 1, 3)
    prepared = facts.prepare(records, links, on, order)
    with connect(options or LinkOptions()) as db:
        facts.choose(db, prepared)
        chosen = db.sql(
            "select f.person_id, f.field, f.value, f.source, f.unique_id from facts as f where chosen order by all"
        ).to_arrow_table()
        conflicts = dict(db.execute("select person_id, conflicts from disagree").fetchall())
        stated = db.sql(
            "select person_id, field, value, source, unique_id, chosen, doubt from facts"
            " order by person_id, field, not chosen, unique_id"
        ).to_arrow_table()
    progress("resolve", 2, 3)
    values: dict[str, dict[str, str | None]] = {name: {} for name in facts.FIELDS}
    origin: dict[str, dict[str, tuple[str, str]]] = {name: {} for name in facts.FIELDS}
    for person, field, value, source, unique_id in zip(*(column.to_pylist() for column in chosen.columns), strict=True):
        values[field][person] = value
        origin[field][person] = (unique_id, source)
    _follow(prepared, values, origin)
    _tell_together(stated, values, origin)
    home, households = group_persons(prepared, values)
    persons = _persons(records, prepared, values, origin, home, conflicts)
    progress("resolve", 3, 3)
    group_facts = _group_facts(records, prepared)
    table = pa.concat_tables([stated.cast(facts.FACTS), group_facts])
    return Resolved(persons, table, households, table_digest(links), {"on": on.isoformat(), "order": list(order)})


def _follow(
    prepared: pa.Table, values: dict[str, dict[str, str | None]], origin: dict[str, dict[str, tuple[str, str]]]
) -> None:
    """Fields that belong to another are taken from the record it was chosen from."""
    for name, leader in facts.FOLLOWS.items():
        by_record = dict(zip(prepared["unique_id"].to_pylist(), prepared[name].to_pylist(), strict=True))
        for person, (unique_id, source) in origin[leader].items():
            if by_record[unique_id] is not None:
                values[name][person] = by_record[unique_id]
                origin[name][person] = (unique_id, source)


def _tell_together(
    stated: pa.Table, values: dict[str, dict[str, str | None]], origin: dict[str, dict[str, tuple[str, str]]]
) -> None:
    """Free words of every record, the chosen first, with all their sources: 已去世 in one list is not lost to 高血压
    in another."""
    told: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    names = stated.filter(pc.field("field").isin(sorted(facts.TOLD_TOGETHER)))
    for row in names.select(["person_id", "field", "value", "source", "unique_id"]).to_pylist():
        told[row["field"], row["person_id"]].setdefault(row["value"], f"{row['unique_id']} {row['source']}".strip())
    for (name, person), said in told.items():
        if len(said) > 1:
            values[name][person], origin[name][person] = "；".join(said), ("；".join(said.values()), "")


def _persons(
    records: pa.Table,
    prepared: pa.Table,
    values: dict[str, dict[str, str | None]],
    origin: dict[str, dict[str, tuple[str, str]]],
    home: dict[str, str],
    conflicts: dict[str, list[str]],
) -> pa.Table:
    persons = sorted(home)
    sources: dict[str, set[str]] = defaultdict(set)
    count: dict[str, int] = defaultdict(int)
    for person, source in zip(prepared["person_id"].to_pylist(), prepared["source"].to_pylist(), strict=True):
        sources[person].add(source)
        count[person] += 1
    dates = _group_dates(records, prepared)
    columns: dict[str, pa.Array] = {
        "person_id": pa.array(persons, pa.string()),
        "household_id": pa.array([home[person] for person in persons], pa.string()),
    }
    for name, kind in facts.FIELDS.items():
        columns[name] = _typed([values[name].get(person) for person in persons], kind)
        said = [origin[name].get(person) for person in persons]
        columns[f"{name}_source"] = pa.array([f"{at[0]} {at[1]}".strip() if at else None for at in said], pa.string())
    columns["groups"] = pa.array([sorted(dates.get(person, {})) for person in persons], pa.list_(pa.string()))
    columns["group_dates"] = pa.array(
        [json.dumps(dates[person], sort_keys=True) if person in dates else None for person in persons], pa.string()
    )
    columns["sources"] = pa.array([sorted(sources[person]) for person in persons], pa.list_(pa.string()))
    columns["n_records"] = pa.array([count[person] for person in persons], pa.int32())
    columns["conflicts"] = pa.array([conflicts.get(person, []) for person in persons], pa.list_(pa.string()))
    return pa.table(columns)


def _typed(texts: Sequence[str | None], kind: pa.DataType) -> pa.Array:
    """Values back from their text; a date32, an integer or a truth value as `facts` wrote it."""
    return pa.array(texts, pa.string()).cast(kind)


def _group_dates(records: pa.Table, prepared: pa.Table) -> dict[str, dict[str, dict[str, str | None]]]:
    """Per person and group: the earliest start and the latest end; no end anywhere means open."""
    found: dict[str, dict[str, dict[str, str | None]]] = defaultdict(dict)
    for person, codes, start, end, _, _ in _grouped(records, prepared):
        for code in codes:
            first = start.isoformat() if start else None
            last = end.isoformat() if end else None
            known = found[person].get(code)
            if known is None:
                found[person][code] = {"from": first, "to": last}
                continue
            known["from"] = min(filter(None, (known["from"], first)), default=None)
            known["to"] = None if known["to"] is None or last is None else max(known["to"], last)
    return found


def _grouped(
    records: pa.Table, prepared: pa.Table
) -> list[tuple[str, list[str], dt.date | None, dt.date | None, str, str]]:
    if "groups" not in records.column_names:
        return []
    empty = [None] * records.num_rows
    start = records["group_from"].to_pylist() if "group_from" in records.column_names else empty
    end = records["group_to"].to_pylist() if "group_to" in records.column_names else empty
    rows = zip(
        prepared["person_id"].to_pylist(), records["groups"].to_pylist(), start, end, prepared["source"].to_pylist(),
        prepared["unique_id"].to_pylist(), strict=True,
    )  # fmt: skip
    return [row for row in rows if row[1]]


def _group_facts(records: pa.Table, prepared: pa.Table) -> pa.Table:
    """A fact per record and target group; all of them stand."""
    rows = [
        {
            "person_id": person, "field": "groups", "value": code, "source": source, "unique_id": unique_id,
            "chosen": True, "doubt": None,
        }
        for person, codes, _, _, source, unique_id in _grouped(records, prepared)
        for code in codes
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=facts.FACTS)
