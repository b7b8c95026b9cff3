"""What can be given: services, time, goods, space and funds of the five parties (after HSDS 3)."""

from __future__ import annotations

from django.db import models

from linli.core.models import Guarded, Row


class Offer(Guarded):
    """One thing somebody gives, to whom, where, how much and until when.

    `provider_uid` names the person behind a volunteer's offer, so that exclusions bite on it.
    """

    personal_fields = ("provider",)

    code = models.CharField(max_length=60, unique=True)
    provider = models.CharField(max_length=120)
    provider_person = models.ForeignKey("party.Person", null=True, on_delete=models.SET_NULL, related_name="offers")
    organisation = models.ForeignKey("party.Organisation", null=True, on_delete=models.SET_NULL, related_name="offers")
    party = models.CharField(
        max_length=12, choices=[(p, p) for p in ("community", "worker", "organisation", "volunteer", "charity")]
    )
    kind = models.CharField(max_length=8, choices=[(k, k) for k in ("service", "time", "goods", "space", "fund")])
    name = models.CharField(max_length=160)
    need_codes = models.JSONField(default=list)
    skills = models.JSONField(default=list)
    languages = models.JSONField(default=list)
    vetted_until = models.DateField(null=True)
    place_code = models.CharField(max_length=20, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    capacity = models.PositiveIntegerField(null=True)
    used = models.PositiveIntegerField(default=0)
    unit = models.CharField(max_length=20, blank=True)
    slots = models.JSONField(default=list)
    conditions = models.TextField(blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=120, blank=True)
    is_withdrawn = models.BooleanField(default=False)


class OfferImport(Row):
    """One upload of offers, with its counts."""

    personal_fields = ("file_name",)

    file_name = models.CharField(max_length=200)
    content_digest = models.CharField(max_length=64)
    maker_uid = models.UUIDField(null=True)
    counts = models.JSONField(default=dict)
