"""What the roof keeps for itself: how a county sorts clients into classes for its statistics. Nothing of a person."""

from __future__ import annotations

from django.db import models

from linli.core.models import Row


class ClientClass(Row):
    """One wording of one class of clients: its name and the target groups that belong to it.

    Rows are added, never changed: the last of a code holds. A class without any row is as shipped
    (`rules.SHIPPED`); `is_counted` false takes it out of the statistics.
    """

    personal_fields = ()

    code = models.CharField(max_length=8, db_index=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    groups = models.JSONField()
    is_counted = models.BooleanField(default=True)
    why = models.CharField(max_length=120)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
