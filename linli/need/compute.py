"""People → eligibility engine → flags as plain rows. Nothing is written here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linli.core.actor import Actor
from linli.engines import eligibility
from linli.need.queries_words import rulebook
from linli.party import queries as party

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Hit:
    """One flag to be: whom, by which rule, why (in both languages), with which figures."""

    person_uid: UUID
    rule: str
    rule_version: str
    group: str
    kind: str
    reason: str
    figures: str
    source: str


@dataclass(frozen=True)
class Screening:
    """The hits of one run, and what is needed to run it again."""

    hits: tuple[Hit, ...]
    engine: str
    version: str
    digest: str
    options: dict[str, Any]
    report: dict[str, Any]


def people_table(actor: Actor, place_path: str) -> pa.Table:
    """The people of a place with their chosen facts, in the shape engines read (PERSONS)."""
    import pyarrow as pa

    from linli.engines import lists

    kept = [name for name in lists.records_schema().names if name not in NOT_OF_PERSONS]
    fields = [pa.field(name, lists.records_schema().field(name).type) for name in kept]
    fields += [pa.field(name, pa.string()) for name in ("person_id", "household_id", "group_dates")]
    fields += [pa.field("conflicts", pa.list_(pa.string()))]
    schema = pa.schema(fields)
    rows = party.people_facts(actor, place_path)
    return pa.Table.from_pylist(
        [{name: _typed(schema, name, row.get(name)) for name in schema.names} for row in rows], schema
    )


def ground(figures: str) -> dict[str, Any]:
    """The figures a flag stands on, without those that only count days and so change by themselves."""
    days = {figure.code for figure in rulebook().figures if figure.unit == "天"}
    return {name: value for name, value in json.loads(figures).items() if name not in days}


NOT_OF_PERSONS = {
    "unique_id",
    "source",
    "file",
    "sheet",
    "row",
    "group_from",
    "group_to",
    "extra",
    "doubts",
    "member_names",
}


def _typed(schema: pa.Schema, name: str, value: Any) -> Any:
    """Facts are kept as text; engines want their types."""
    import pyarrow as pa

    kind = schema.field(name).type
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return value
    if pa.types.is_integer(kind):
        return int(float(value))
    if pa.types.is_boolean(kind):
        return value in ("True", "true", "1")
    if pa.types.is_date(kind):
        from datetime import date

        return date.fromisoformat(value[:10])
    return value


def screen_place(actor: Actor, place_path: str) -> Screening:
    """Run the rules over the people of a place on the actor's day."""
    people = people_table(actor, place_path)
    result = eligibility.screen(people, rulebook(), on=actor.today, near=False)
    hits = tuple(
        Hit(
            person_uid=UUID(row["subject"]),
            rule=row["rule"],
            rule_version=row["version"],
            group=row["group"] or "",
            kind=row["kind"],
            reason=json.dumps({"zh": row["reason"], "en": row["reason_en"]}, ensure_ascii=False),
            figures=row["figures"] or "{}",
            source=(row["source"] or "")[:200],
        )
        for row in result.hits.to_pylist()
    )
    report = {"rows": result.report.rows, "hits": dict(result.report.hits)}
    return Screening(hits, result.engine, result.version, result.digest, dict(result.options), report)
