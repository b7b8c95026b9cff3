"""Writes about offers: importing a directory, taking a place, giving it back, withdrawing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.decide import ObjectFacts, Sensitivity
from linli.core.errors import BadInput, Conflict, Refused
from linli.core.policy import ACTIONS, ORG_MANAGER
from linli.engines.errors import Fault
from linli.offer import compute, queries
from linli.offer.models import Offer, OfferImport
from linli.offer.parties import party_of
from linli.party import queries as party
from linli.party import queries_imports as imports
from linli.party import queries_names as names
from linli.place import queries as places

KEPT = (
    "provider", "kind", "name", "need_codes", "skills", "languages", "vetted_until", "lat", "lon",
    "capacity", "unit", "slots", "conditions", "valid_from", "valid_to",
)  # fmt: skip


def import_offers(
    *,
    actor: Actor,
    operation_id: UUID,
    file_name: str,
    content: bytes,
    place_path: str,
    persons: Mapping[str, UUID] | None = None,
) -> dict[str, Any]:
    """Take in a directory of offers (workbook or HSDS package): all of it, or nothing with every fault named.

    The file is read before any transaction opens: that takes seconds, and the write lock may be held for a fraction
    of one only. An offer whose code is here already is brought up to date, if it lies where the actor may import; its
    used places stay. `persons` names the person behind a volunteer's offer, by offer code.
    """
    given: dict[str, Any] = {"actor": actor, "operation_id": operation_id, "place_path": place_path}
    given |= {"file_name": file_name, "content_digest": hashlib.sha256(content).hexdigest(), "persons": persons or {}}
    if not actor.decide("offer.import", _lying(place_path)):
        return dict(_take_in(**given, rows=[], faults=[]))  # refuses, and records that
    book = compute.read_offers(file_name, content)
    rows, faults = book.offers.to_pylist(), [fault.as_dict() for fault in book.faults]
    refused = [fault for fault in faults if fault["outcome"] == "refused"] + _outside(actor, rows, file_name)
    known = Offer.objects.filter(code__in=[row["offer_id"] for row in rows])
    refused += [
        Fault("offer_of_others", file=file_name, column="offer_id", value=offer.code).as_dict()
        for offer in of_others(actor, known)
    ]
    if refused:
        raise BadInput("offer.file_faulty", count=len(refused), faults=refused)
    return dict(_take_in(**given, rows=rows, faults=faults))


def _lying(path: str) -> ObjectFacts:
    return imports.import_facts(path, sensitivity=Sensitivity.INTERNAL)


def _outside(actor: Actor, rows: Sequence[Mapping[str, Any]], file_name: str) -> list[dict[str, Any]]:
    """A fault for every row whose place lies where the actor may not write offers."""
    where = places.places_by_code(actor, {row["place_code"] for row in rows if row["place_code"]})
    shut = {code for code, place in where.items() if not actor.decide("offer.import", _lying(place.path))}
    return [
        Fault("place_outside", file=file_name, column="place_code", value=f"{offer} {code}").as_dict()
        for offer, code in ((row["offer_id"], row["place_code"]) for row in rows)
        if code in shut
    ]


def of_others(actor: Actor, offers: Iterable[Offer]) -> list[Offer]:
    """Of these, what an organisation's manager may not touch: somebody else's offers, in the same place too.

    What is referred to an offer goes to its organisation: whoever could put his own there would be told of people.
    """
    rule = ACTIONS["offer.import"]
    held = [grant for grant in actor.facts.grants if grant.role in rule.roles and grant.holds(actor.today)]
    staff = [grant for grant in held if grant.role != ORG_MANAGER]
    own = names.own_organisations(actor)
    return [
        offer
        for offer in offers
        if not (actor.system or any(grant.covers(offer.place_path) for grant in staff))
        and any(grant.covers(offer.place_path) for grant in held)
        and (offer.organisation_id not in own if offer.organisation_id else offer.maker_uid != actor.login_uid)
    ]


@action("offer.import")
def _take_in(
    *,
    actor: Actor,
    file_name: str,
    content_digest: str,
    place_path: str,
    persons: Mapping[str, UUID],
    rows: Sequence[Mapping[str, Any]],
    faults: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Write the offers that were read."""
    party.allow(actor, "offer.import", _lying(place_path))
    where = places.places_by_code(actor, {row["place_code"] for row in rows if row["place_code"]})
    for path in {place.path for place in where.values()}:
        party.allow(actor, "offer.import", _lying(path))
    behind = party.people_by_uid(actor, set(persons.values()))
    bodies = names.organisations_by_name(actor, {row["provider"] for row in rows if row["provider"]})
    known = {offer.code: offer for offer in Offer.objects.filter(code__in=[row["offer_id"] for row in rows])}
    for offer in known.values():
        party.allow(actor, "offer.import", offer.facts())
    _refuse_of_others(actor, known.values())
    for row in rows:
        offer = known.get(row["offer_id"]) or Offer(uid=uuid4(), created_at=actor.now, code=row["offer_id"])
        place = where.get(row["place_code"] or "")
        offer.place_path, offer.place_code = (place.path, place.code) if place else (place_path, "")
        offer.party = party_of(row["party"] or "") or "organisation"
        offer.organisation = bodies.get(row["provider"] or "")
        offer.sensitivity = Sensitivity.INTERNAL
        offer.maker_uid, offer.source, offer.is_withdrawn = actor.login_uid, file_name[:120], False
        for name in KEPT:
            setattr(offer, name, _plain(name, row[name]))
        # A directory sent again without the people behind it must not part a volunteer from his exclusions.
        if offer.code in persons:
            offer.provider_person = behind.get(persons[offer.code])
        offer.save()
    made = OfferImport(
        created_at=actor.now,
        file_name=file_name,
        content_digest=content_digest,
        maker_uid=actor.login_uid,
        counts={"new": len(rows) - len(known), "changed": len(known), "doubtful": len(faults)},
    )
    made.save()
    record(actor, "offer.import", kind="offer_import", uid=made.uid, **made.counts)
    return {"import": str(made.uid), **made.counts, "faults": list(faults)}


def _refuse_of_others(actor: Actor, offers: Iterable[Offer]) -> None:
    if of_others(actor, offers):
        raise Refused("offer.of_others", reason="no_relationship")


def _plain(name: str, value: Any) -> Any:
    if name in ("need_codes", "skills", "languages", "slots"):
        return list(value or ())
    if name in ("unit", "conditions", "provider", "name", "kind"):
        return value or ""
    return value


def take_place(actor: Actor, offer: Offer) -> None:
    """Take one place of a locked offer inside the caller's unit of work."""
    if offer.capacity is not None and offer.used >= offer.capacity:
        raise Conflict("offer.full")
    offer.used += 1
    offer.save(update_fields=["used"])


def give_place_back(actor: Actor, offer: Offer) -> None:
    """Give a taken place of a locked offer back."""
    offer.used = max(offer.used - 1, 0)
    offer.save(update_fields=["used"])


@action("offer.import")
def withdraw_offer(*, actor: Actor, offer_uid: UUID) -> str:
    """Take an offer out of the directory; referrals already sent stay."""
    offer = queries.offer_by_uid(actor, offer_uid, lock=True)
    party.allow(actor, "offer.import", offer.facts())
    _refuse_of_others(actor, [offer])
    offer.is_withdrawn = True
    offer.save(update_fields=["is_withdrawn"])
    record(actor, "offer.import", kind="offer", uid=offer.uid, to="withdrawn")
    return str(offer.uid)
