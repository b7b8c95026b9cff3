"""Reads of offers: only what this actor may see."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.offer.models import Offer
from linli.party.queries import allow, visible


def offers(
    actor: Actor, *, on: date | None = None, text: str = "", party: str = "", kind: str = "", need_code: str = ""
) -> QuerySet[Offer]:
    """Offers, those standing on a day when one is given, matching the filters, in the order of their codes."""
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
    if need_code:
        rows = rows.annotate(codes_text=Cast("need_codes", TextField())).filter(codes_text__contains=f'"{need_code}"')
    return rows.order_by("code")


def offer_by_uid(actor: Actor, uid: UUID, *, lock: bool = False) -> Offer:
    """One offer, or NotFound / Refused as `decide` says."""
    rows = Offer.objects.select_for_update(of=("self",)) if lock else Offer.objects.all()
    offer = rows.filter(uid=uid).first()
    if offer is None:
        raise NotFound()
    allow(actor, "offer.read", offer.facts())
    return offer
