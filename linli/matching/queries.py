"""Reads of proposals, unmet needs and referrals: only what this actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.matching.models import Proposal, Referral, Unmet
from linli.need.models import Need
from linli.party.queries import allow, visible


def proposals_of(actor: Actor, need: Need) -> QuerySet[Proposal]:
    """The standing proposals for a need the actor may read, best first."""
    rows = visible(actor, "proposal.read", Proposal.objects.filter(need=need).exclude(state="stale"))
    return rows.select_related("offer").order_by("rank", "id")


def unmet_of(actor: Actor, need: Need) -> Unmet | None:
    """Why the last run left this need over; None when it did not."""
    return visible(actor, "proposal.read", Unmet.objects.filter(need=need)).order_by("-id").first()


def proposal_by_uid(actor: Actor, uid: UUID, *, action: str = "proposal.read", lock: bool = False) -> Proposal:
    """One proposal, or NotFound / Refused as `decide` says."""
    rows = Proposal.objects.select_for_update(of=("self",)) if lock else Proposal.objects.all()
    proposal = rows.select_related("need__person", "offer").filter(uid=uid).first()
    if proposal is None:
        raise NotFound()
    allow(actor, action, proposal.facts())
    return proposal


def referrals(
    actor: Actor, *, action: str = "referral.list", place_path: str = "", states: Iterable[str] = ("sent", "accepted")
) -> QuerySet[Referral]:
    """Referrals in these states, the longest overdue first."""
    rows = visible(actor, action, Referral.objects.all())
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    chosen = list(states)
    if chosen:
        rows = rows.filter(state__in=chosen)
    return rows.select_related("need__person", "offer").order_by("answer_due_on", "id")


def referral_by_uid(actor: Actor, uid: UUID, *, action: str = "referral.read", lock: bool = False) -> Referral:
    """One referral, or NotFound / Refused as `decide` says."""
    rows = Referral.objects.select_for_update(of=("self",)) if lock else Referral.objects.all()
    referral = rows.select_related("need__person", "offer").filter(uid=uid).first()
    if referral is None:
        raise NotFound()
    allow(actor, action, referral.facts())
    return referral
