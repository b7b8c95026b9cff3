"""Flags (who may need help, and why), needs, and how they moved."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from linli.core.models import Guarded, Row
from linli.core.sealed import BlindIndexField, SealedTextField


class Flag(Guarded):
    """A rule's remark about a person: may need help, with the reason and the figures used.

    The machine proposes; a person confirms or dismisses with a reason. Never an eligibility decision.
    """

    personal_fields = ("reason", "figures")

    person = models.ForeignKey("party.Person", on_delete=models.CASCADE, related_name="flags")
    rule = models.CharField(max_length=60, db_index=True)
    rule_version = models.CharField(max_length=20)
    group = models.CharField(max_length=8, blank=True)
    kind = models.CharField(max_length=12)
    reason = SealedTextField(owner="subject_uid")
    figures = SealedTextField(owner="subject_uid")
    figures_index = BlindIndexField(source="figures", db_index=False)
    source = models.CharField(max_length=200, blank=True)
    run_uid = models.UUIDField(null=True)
    state = models.CharField(
        max_length=10, default="new", db_index=True, choices=[(s, s) for s in ("new", "confirmed", "dismissed", "gone")]
    )
    taken_by = models.UUIDField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "rule"], condition=Q(state__in=["new", "confirmed"]), name="flag_open_once"
            )
        ]


class Need(Guarded):
    """What a person needs, in the code of the need list, how pressing, and by when somebody looks."""

    personal_fields = ("words", "reason", "wishes")

    number = models.CharField(max_length=24, unique=True)
    person = models.ForeignKey("party.Person", on_delete=models.CASCADE, related_name="needs")
    code = models.CharField(max_length=24, db_index=True)
    level = models.PositiveSmallIntegerField()
    function = models.CharField(
        max_length=16, default="remedial", choices=[(f, f) for f in ("remedial", "preventive", "developmental")]
    )
    channel = models.CharField(max_length=20, default="list")
    words = SealedTextField(owner="subject_uid")
    reason = SealedTextField(owner="subject_uid")
    wishes = SealedTextField(owner="subject_uid")
    flag = models.ForeignKey(Flag, null=True, on_delete=models.SET_NULL, related_name="needs")
    state = models.CharField(
        max_length=12,
        default="open",
        db_index=True,
        choices=[
            (s, s)
            for s in ("heard", "assessed", "open", "proposed", "referred", "served", "closed", "withdrawn", "dismissed")
        ],
    )
    opened_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_on"], name="need_by_state_due")]
        constraints = [
            models.CheckConstraint(name="need_level_1_to_4", condition=Q(level__gte=1) & Q(level__lte=4)),
            models.CheckConstraint(name="need_pressing_has_due", condition=Q(level__gt=3) | Q(due_on__isnull=False)),
        ]


class NeedChange(Row):
    """A need went from one state to another: by whom, when, with which remark. Never edited."""

    personal_fields = ("note",)

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="changes")
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    actor_uid = models.UUIDField(null=True)
    note = models.CharField(max_length=300, blank=True)


class FlagChange(Row):
    """A flag's state moved: by whom, when and why. Never edited."""

    personal_fields = ("note",)

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="changes")
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    actor_uid = models.UUIDField(null=True)
    note = models.CharField(max_length=300, blank=True)
