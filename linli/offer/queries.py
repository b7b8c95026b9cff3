"""Reads of offers: only what this actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import ExpressionWrapper, F, IntegerField, Q, QuerySet, TextField
from django.db.models.functions import Cast

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.offer.models import Offer
from linli.party.queries import allow, visible
from linli.party.queries_order import Columns, ordered

ORDERS: Columns = {
    "name": "name",
    "provider": "provider",
    "kind": "kind",
    "place": "place_path",
    "left": ExpressionWrapper(F("capacity") - F("used"), IntegerField()),
    "vetted": "vetted_until",
}


def offers(
    actor: Actor,
    *,
    on: date | None = None,
    text: str = "",
    party: str = "",
    kind: str = "",
    need_code: str = "",
    place_path: str = "",
    only_free: bool = False,
    lapsed_on: date | None = None,
    order: str = "",
) -> QuerySet[Offer]:
    """Offers, those standing on a day when one is given, matching the filters, by code or by a column of `ORDERS`.

    `only_free`: with places left; `lapsed_on`: whose vetting is over on that day.
    """
    rows = visible(actor, "offer.list", Offer.objects.filter(is_withdrawn=False)).select_related("provider_person")
    if on is not None:
        rows = rows.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on))
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(provider__icontains=text) | Q(code__iexact=text))
    if party:
        rows = rows.filter(party=party)
    if kind:
        rows = rows.filter(kind=kind)
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    if only_free:
        rows = rows.filter(Q(capacity__isnull=True) | Q(capacity__gt=F("used")))
    if lapsed_on is not None:
        rows = rows.filter(vetted_until__lt=lapsed_on)
    if need_code:
        rows = rows.annotate(codes_text=Cast("need_codes", TextField())).filter(codes_text__contains=f'"{need_code}"')
    return ordered(rows, order, ORDERS, ("code",))


def offer_by_uid(actor: Actor, uid: UUID, *, lock: bool = False) -> Offer:
    """One offer, or NotFound / Refused as `decide` says."""
    rows = Offer.objects.select_for_update(of=("self",)) if lock else Offer.objects.all()
    offer = rows.select_related("organisation").filter(uid=uid).first()
    if offer is None:
        raise NotFound()
    allow(actor, "offer.read", offer.facts())
    return offer


def offers_by_uid(actor: Actor, uids: Iterable[UUID]) -> dict[UUID, Offer]:
    """Offers by uid that this actor may see, withdrawn ones too: for naming them."""
    return {offer.uid: offer for offer in visible(actor, "offer.read", Offer.objects.filter(uid__in=list(uids)))}
