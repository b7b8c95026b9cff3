"""Needs and offers → assignment engine → proposals as plain values. Nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings

from linli.core.actor import Actor
from linli.need.models import Need
from linli.offer.models import Offer
from linli.offer.queries_words import party_in_tables
from linli.party import queries as party
from linli.party import queries_names as names
from linli.place import queries as places

if TYPE_CHECKING:
    import pyarrow as pa


@cache
def weights_on(day: Any) -> Any:
    """The dated matching numbers in force on a day."""
    from linli.engines import assignment

    return assignment.read_weights((Path(settings.LINLI_PACKS) / "common" / "matching.toml").read_text("utf-8"), on=day)


@dataclass(frozen=True)
class Matched:
    """One run over needs (by number) and offers (by code), and what is needed to run it again.

    Numbers and codes, not uids, so that ties fall the same way every time.
    """

    proposals: tuple[dict[str, Any], ...]
    unmet: tuple[dict[str, Any], ...]
    rejected: dict[str, list[dict[str, Any]]]
    engine: str
    version: str
    digest: str
    options: dict[str, Any]
    report: dict[str, Any]


def match(
    actor: Actor, needs: Sequence[Need], offers: Sequence[Offer], decided: Mapping[UUID, Collection[UUID]]
) -> Matched:
    """Run the assignment engine: exclusions, vetting, capacity and dates are constraints, never penalties.

    `decided`: per need, the offers somebody has decided about for it already; they are not proposed again.
    """
    from linli.engines import assignment

    codes = {offer.uid: offer.code for offer in offers}
    uids = {offer.code: str(offer.uid) for offer in offers}
    result = assignment.assign(
        _needs_table(actor, needs, decided, codes),
        _offers_table(offers, givers(actor, offers)),
        on=actor.today,
        weights=weights_on(actor.today),
    )
    rejected: dict[str, list[dict[str, Any]]] = {}
    for row in result.rejected.to_pylist():
        rejected.setdefault(row["need_id"], []).append(
            {"offer": uids[row["offer_id"]], "code": row["code"], "params": json.loads(row["params"] or "{}")}
        )
    return Matched(
        proposals=tuple(result.proposals.to_pylist()),
        unmet=tuple(result.unmet.to_pylist()),
        rejected=rejected,
        engine=result.engine,
        version=result.version,
        digest=result.digest,
        options=dict(result.options),
        report={"needs": len(needs), "offers": len(offers), "cost": result.cost, "bound": result.bound},
    )


def about(need: Need) -> set[UUID]:
    """The person and household a need is about, as things stand and as they stood when it was opened."""
    return {uid for uid in (need.person.uid, need.person.household_uid, need.household_uid) if uid is not None}


def givers(actor: Actor, offers: Iterable[Offer]) -> dict[int, list[str]]:
    """Who stands behind each of these offers, by internal id: uids of people and of logins.

    Whoever leads the organisation reads what is referred to it, and so counts like the one who comes.
    """
    rows = list({offer.pk: offer for offer in offers}.values())
    managers = names.managers_of(actor, {offer.organisation_id for offer in rows if offer.organisation_id})
    found: dict[int, list[str]] = {}
    for offer in rows:
        leading = managers[offer.organisation_id] if offer.organisation_id else []
        people = [offer.provider_person, *(login.person for login in leading)]
        found[offer.pk] = [str(one.uid) for one in (*people, *leading) if one is not None]
    return found


def is_own_offer(actor: Actor, offer: Offer) -> bool:
    """Whether the actor stands behind an offer himself."""
    own = {str(uid) for uid in (actor.login_uid, actor.facts.person_uid) if uid is not None}
    return bool(own & set(givers(actor, [offer])[offer.pk]))


def kept_away(actor: Actor, pairs: Iterable[tuple[Need, Offer]]) -> set[tuple[int, int]]:
    """Those of these needs and offers, by internal ids, that an exclusion keeps apart now; asked of the tables anew."""
    from linli.engines import assignment

    rows = list(pairs)
    barred = party.barred_people(actor, set[UUID]().union(*(about(need) for need, _offer in rows)))
    if not barred:
        return set()
    behind = givers(actor, (offer for _need, offer in rows))
    found = set()
    for need, offer in rows:
        terms = [term for uid in about(need) for term in barred.get(uid, ())]
        texts = [offer.code, offer.provider, offer.name, *behind[offer.pk]]
        if {part for term in terms for part in assignment.name_parts(term)} & {
            part for text in texts if text for part in assignment.name_parts(text)
        }:
            found.add((need.pk, offer.pk))
    return found


def _needs_table(
    actor: Actor, needs: Sequence[Need], decided: Mapping[UUID, Collection[UUID]], codes: Mapping[UUID, str]
) -> pa.Table:
    import pyarrow as pa

    from linli.engines.assignment import NEEDS

    where = places.names_by_path(actor, {need.place_path for need in needs})
    barred = party.barred_people(actor, set[UUID]().union(*(about(need) for need in needs)))
    rows = []
    for need in needs:
        person, place = need.person, where.get(need.place_path)
        wishes = json.loads(need.wishes) if need.wishes else {}
        age = actor.today.year - person.birth_year if person.birth_year else None
        rows.append(
            {
                "need_id": need.number,
                "person_id": str(person.uid),
                "household_id": str(need.household_uid or person.uid),
                "code": need.code,
                "level": need.level,
                "due_on": need.due_on,
                "place_code": place.code if place else need.place_path.rstrip("/").rsplit("/", 1)[-1],
                "lat": place.lat if place else None,
                "lon": place.lon if place else None,
                "languages": wishes.get("languages"),
                "helper_sex": wishes.get("helper_sex"),
                "slots": wishes.get("slots"),
                "minor": age is not None and age < 18,
                "excluded": sorted(
                    {name for uid in about(need) for name in barred.get(uid, ())}
                    | {codes[uid] for uid in decided.get(need.uid, ()) if uid in codes}
                ),
                "pays_fen": wishes.get("pays_fen"),
                "age": age,
                "sex": person.sex,
            }
        )
    return pa.Table.from_pylist([{name: row.get(name) for name in NEEDS.names} for row in rows], schema=NEEDS)


def _offers_table(offers: Sequence[Offer], behind: Mapping[int, list[str]]) -> pa.Table:
    import pyarrow as pa

    from linli.engines.assignment import OFFERS

    rows = [
        {
            "offer_id": offer.code,
            "provider": offer.provider,
            "party": party_in_tables(offer.party),
            "kind": offer.kind,
            "name": offer.name,
            "need_codes": offer.need_codes,
            "skills": offer.skills,
            "languages": offer.languages,
            "vetted_until": offer.vetted_until,
            "place_code": offer.place_code or None,
            "lat": offer.lat,
            "lon": offer.lon,
            "capacity": None if offer.capacity is None else max(offer.capacity - offer.used, 0),
            "unit": offer.unit,
            "slots": offer.slots,
            "conditions": offer.conditions,
            "valid_from": offer.valid_from,
            "valid_to": offer.valid_to,
            "people": behind[offer.pk],
        }
        for offer in offers
    ]
    return pa.Table.from_pylist(rows, schema=OFFERS)
