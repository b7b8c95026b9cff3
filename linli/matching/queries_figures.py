"""Needs as figures count them, with what became of their referrals; what waits for a worker's word."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery

from linli.core.actor import Actor
from linli.matching.models import Proposal, Referral, ReferralChange
from linli.need import queries_figures as needs
from linli.need.models import Need
from linli.party.queries import visible


def needs_in_scope(actor: Actor, action: str, place_path: str) -> QuerySet[Need]:
    """The needs of a place as `need` gives them, with `is_taken_on`: whether somebody accepted a referral of it."""
    return with_answers(needs.needs_in_scope(actor, action, place_path))


def with_answers(rows: QuerySet[Need]) -> QuerySet[Need]:
    """These needs with `is_taken_on`: whether somebody accepted a referral that still runs."""
    return rows.annotate(is_taken_on=Exists(Referral.objects.filter(need=OuterRef("pk"), state="accepted")))


def answers(rows: QuerySet[Need]) -> list[tuple[int, datetime, str]]:
    """When referrals of these needs went to which state, earliest first: (need, when, state)."""
    changes = ReferralChange.objects.filter(referral__need__in=rows.order_by().values("pk"))
    return list(changes.order_by("created_at", "id").values_list("referral__need_id", "created_at", "to_state"))


def with_proposals(actor: Actor, rows: QuerySet[Need]) -> QuerySet[Need]:
    """These needs with `proposals_count`: how many proposals the actor may read wait for a decision."""
    standing = visible(actor, "proposal.read", Proposal.objects.filter(need=OuterRef("pk"), state="open"))
    count = standing.order_by().values("need").annotate(n=Count("pk")).values("n")
    return rows.annotate(proposals_count=Subquery(count))


def unanswered(actor: Actor, until: date) -> QuerySet[Referral]:
    """Referrals in hand that nobody answered, due by a day, the longest overdue first."""
    rows = visible(actor, "referral.read", Referral.objects.filter(state="sent", answer_due_on__lte=until))
    return (
        rows.filter(need__in=needs.needs_in_hand(actor))
        .select_related("need__person", "offer")
        .order_by(F("answer_due_on"), "id")
    )
