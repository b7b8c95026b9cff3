"""Reads of proposals, unmet needs and referrals: only what this actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.matching.models import Proposal, Referral, ReferralChange, Unmet
from linli.need.models import Need
from linli.need.queries import needs
from linli.party.queries import allow, shown_people, visible
from linli.party.queries_order import ordered

ORDERS = {
    "number": "number",
    "code": "need__code",
    "offer": "offer__name",
    "sent": "sent_at",
    "due": "answer_due_on",
    "place": "place_path",
}


def proposals_of(actor: Actor, need: Need) -> QuerySet[Proposal]:
    """The standing proposals for a need the actor may read, best first."""
    rows = visible(actor, "proposal.read", Proposal.objects.filter(need=need).exclude(state="stale"))
    return rows.select_related("offer").order_by("rank", "id")


def best_standing(need: Need) -> int | None:
    """The key of the best proposal still standing for a need, for the program's own use."""
    return Proposal.objects.filter(need=need, state="open").order_by("rank", "id").values_list("pk", flat=True).first()


def standing_locked(need: Need) -> list[Proposal]:
    """The standing proposals of a locked need, locked too, for the program's own use."""
    return list(Proposal.objects.select_for_update(of=("self",)).filter(need=need, state="open").order_by("id"))


def standing_about(uid: UUID) -> list[Proposal]:
    """The standing proposals about a person or household, locked, for the program's own use."""
    rows = Proposal.objects.select_for_update(of=("self",)).filter(_about(uid), state="open")
    return list(rows.select_related("need__person", "offer__provider_person").order_by("id"))


def under_way_about(uid: UUID) -> list[Referral]:
    """The referrals about a person or household that have not ended, for the program's own use."""
    rows = Referral.objects.filter(_about(uid), state__in=("sent", "accepted"))
    return list(rows.select_related("need__person", "offer__provider_person").order_by("id"))


def _about(uid: UUID) -> Q:
    return Q(need__person__uid=uid) | Q(need__person__household_uid=uid) | Q(need__household_uid=uid)


def decided_offers(actor: Actor, place_path: str) -> dict[UUID, set[UUID]]:
    """Per need of a place, the offers that were accepted or declined for it, for the program's own use."""
    rows = Proposal.objects.filter(state__in=("accepted", "declined"), place_path__startswith=place_path)
    found: dict[UUID, set[UUID]] = {}
    for need_uid, offer_uid in rows.values_list("need__uid", "offer__uid"):
        found.setdefault(need_uid, set()).add(offer_uid)
    return found


def offers_decided(need_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Which offers were accepted or declined for these needs, by internal ids, for the program's own use."""
    rows = Proposal.objects.filter(need_id__in=list(need_ids), state__in=("accepted", "declined"))
    return set(rows.values_list("need_id", "offer_id"))


def waiting(actor: Actor, *, place_path: str = "", met: bool = True) -> QuerySet[Need]:
    """Open needs with proposals that wait for a decision; or, `met=False`, those the last run left over."""
    rows = needs(actor, action="proposal.list", place_path=place_path, states=("open",))
    standing = Proposal.objects.filter(need=OuterRef("pk"), state="open")
    if not met:
        return rows.filter(~Exists(standing), Exists(Unmet.objects.filter(need=OuterRef("pk"))))
    count = standing.order_by().values("need").annotate(n=Count("pk")).values("n")
    best = standing.order_by("rank", "id").values("offer__name")[:1]
    return rows.filter(Exists(standing)).annotate(proposals_count=Subquery(count), best_offer=Subquery(best))


def why_left(actor: Actor, rows: Iterable[Need]) -> dict[int, Unmet]:
    """Why the last run left these needs over, by need, where the actor may read it."""
    left = visible(actor, "proposal.read", Unmet.objects.filter(need__in=list(rows)))
    return {unmet.need_id: unmet for unmet in left.order_by("id")}


def rejected_of(actor: Actor, need: Need) -> list[dict[str, Any]]:
    """The offers the last run left out for a need, and why; those decided about already are not among them."""
    rows = visible(actor, "proposal.read", Proposal.objects.filter(need=need).exclude(state="stale"))
    decided = {str(uid) for uid in rows.exclude(state="open").values_list("offer__uid", flat=True)}
    unmet = unmet_of(actor, need)
    kept = (
        unmet.rejected
        if unmet
        else rows.exclude(rejected=[]).order_by("-id").values_list("rejected", flat=True).first()
    )
    return [row for row in kept or [] if row["offer"] not in decided]


def changes_of(actor: Actor, referral: Referral) -> list[ReferralChange]:
    """How a referral the actor may read has moved, latest first."""
    return list(referral.changes.order_by("-id"))


def referrals_of(actor: Actor, need: Need) -> list[Referral]:
    """The referrals made for a need that this actor may read, latest first."""
    rows = visible(actor, "referral.read", Referral.objects.filter(need=need))
    return list(rows.select_related("offer").order_by("-id"))


def count_by_state(rows: QuerySet[Referral]) -> dict[str, int]:
    """How many referrals stand in each state."""
    return dict(rows.order_by().values_list("state").annotate(Count("pk")))


def readable(actor: Actor, rows: Iterable[Any], action: str) -> set[UUID]:
    """Of these rows, the uids whose content this actor may read."""
    return {row.uid for row in rows if actor.decide(action, row.facts())}


def unmet_of(actor: Actor, need: Need) -> Unmet | None:
    """Why the last run left this need over; None when it did not."""
    return visible(actor, "proposal.read", Unmet.objects.filter(need=need)).order_by("-id").first()


def proposal_by_uid(actor: Actor, uid: UUID, *, action: str = "proposal.read", lock: bool = False) -> Proposal:
    """One proposal, or NotFound / Refused as `decide` says."""
    rows = Proposal.objects.select_for_update(of=("self",)) if lock else Proposal.objects.all()
    rows = rows.select_related("need__person", "offer")
    proposal = rows.filter(uid=uid, need__person__in=shown_people()).first()
    if proposal is None:
        raise NotFound()
    allow(actor, action, proposal.facts())
    return proposal


def referrals(
    actor: Actor,
    *,
    action: str = "referral.list",
    place_path: str = "",
    states: Iterable[str] = ("sent", "accepted"),
    offer_uid: UUID | None = None,
    order: str = "",
) -> QuerySet[Referral]:
    """Referrals in these states, the longest overdue first, or by a column of `ORDERS`."""
    rows = visible(actor, action, Referral.objects.filter(need__person__in=shown_people()))
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    if offer_uid:
        rows = rows.filter(offer__uid=offer_uid)
    chosen = list(states)
    if chosen:
        rows = rows.filter(state__in=chosen)
    return ordered(rows.select_related("need__person", "offer"), order, ORDERS, ("answer_due_on", "id"))


def referral_by_uid(actor: Actor, uid: UUID, *, action: str = "referral.read", lock: bool = False) -> Referral:
    """One referral, or NotFound / Refused as `decide` says."""
    rows = Referral.objects.select_for_update(of=("self",)) if lock else Referral.objects.all()
    rows = rows.select_related("need__person", "offer")
    referral = rows.filter(uid=uid, need__person__in=shown_people()).first()
    if referral is None:
        raise NotFound()
    allow(actor, action, referral.facts())
    return referral
