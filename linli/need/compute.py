"""People → eligibility engine → flags as plain rows. Nothing is written here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.core.actor import Actor
from linli.engines import eligibility
from linli.need.queries_words import rulebook
from linli.party import queries_facts as party


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


def ground(figures: str) -> dict[str, Any]:
    """The figures a flag stands on, without those that only count days and so change by themselves."""
    days = {figure.code for figure in rulebook().figures if figure.unit == "天"}
    return {name: value for name, value in json.loads(figures).items() if name not in days}


def screen_place(actor: Actor, place_path: str) -> Screening:
    """Run the rules over the people of a place on the actor's day."""
    people = party.people_table(actor, place_path)
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
