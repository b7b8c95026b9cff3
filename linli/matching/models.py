"""Needs meet offers: ranked proposals with reasons, why-not for the rest, and referrals in a loop."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.core.models import Guarded, Row


class Proposal(Guarded):
    """That an offer could serve a need: rank, score, what fits and what is missing. A person decides.

    The best of a need also keeps which offers were left out, and why.
    """

    personal_fields = ()

    need = models.ForeignKey("need.Need", on_delete=models.CASCADE, related_name="proposals")
    offer = models.ForeignKey("offer.Offer", on_delete=models.CASCADE, related_name="proposals")
    run_uid = models.UUIDField(db_index=True)
    rank = models.PositiveSmallIntegerField()
    score = models.PositiveSmallIntegerField()
    parts = models.JSONField(default=dict)
    fits = models.JSONField(default=list)
    lacks = models.JSONField(default=list)
    rejected = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, default="open", choices=[(s, s) for s in ("open", "accepted", "declined", "stale")]
    )
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["need", "offer"], condition=Q(state__in=["open", "accepted"]), name="proposal_open_once"
            )
        ]


class Unmet(Guarded):
    """Why a need got no proposal in a run: the binding constraint and what would unlock it."""

    personal_fields = ()

    need = models.ForeignKey("need.Need", on_delete=models.CASCADE, related_name="unmet")
    run_uid = models.UUIDField(db_index=True)
    binding = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    unlocked_by = models.JSONField(default=dict)
    rejected = models.JSONField(default=list)


class Referral(Guarded):
    """A need handed to an offer's provider, and what came back. Closed in a loop, never forgotten."""

    personal_fields = ("note",)

    number = models.CharField(max_length=24, unique=True)
    need = models.ForeignKey("need.Need", on_delete=models.PROTECT, related_name="referrals")
    offer = models.ForeignKey("offer.Offer", on_delete=models.PROTECT, related_name="referrals")
    proposal = models.ForeignKey(Proposal, null=True, on_delete=models.SET_NULL, related_name="referrals")
    consent_way = models.CharField(max_length=12)
    state = models.CharField(
        max_length=12,
        default="sent",
        db_index=True,
        choices=[(s, s) for s in ("sent", "accepted", "declined", "done", "withdrawn")],
    )
    answer_due_on = models.DateField()
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)


class ReferralChange(Row):
    """A referral's state moved: by whom, when, with which remark. Never edited."""

    personal_fields = ("note",)

    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="changes")
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    actor_uid = models.UUIDField(null=True)
    note = models.CharField(max_length=300, blank=True)
