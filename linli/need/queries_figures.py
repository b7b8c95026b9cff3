"""Flags and needs as figures count them, and what one worker has in hand. Names are for those who may read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from linli.core.actor import Actor
from linli.core.decide import Sensitivity
from linli.need.models import Flag, Need, NeedChange
from linli.need.queries import flags, opened
from linli.need.rules import ENDED
from linli.party.models import Tie
from linli.party.queries import shown_people, visible

WATCHING = ("assigned", "co-worker", "supervises")


def needs_in_scope(actor: Actor, action: str, place_path: str) -> QuerySet[Need]:
    """Every need of a place, whatever its state, but those of protected people.

    `who`, `home`: the uids a figure counts; `since`: waiting since when; `died`: the person's day of death.
    """
    rows = visible(actor, action, Need.objects.filter(sensitivity__lt=Sensitivity.SAFETY))
    rows = rows.filter(place_path__startswith=place_path, person__in=shown_people())
    return rows.annotate(
        who=F("subject_uid"),
        home=Coalesce("household_uid", "subject_uid"),
        since=F("opened_at"),
        died=F("person__died_on"),
        sort=F("code"),
    )


def flags_in_scope(actor: Actor, action: str, place_path: str) -> QuerySet[Flag]:
    """Every flag of a place, whatever its state, but those of protected people; see `needs_in_scope`."""
    rows = visible(actor, action, Flag.objects.filter(sensitivity__lt=Sensitivity.SAFETY))
    rows = rows.filter(place_path__startswith=place_path, person__in=shown_people())
    return rows.annotate(
        who=F("subject_uid"),
        home=Coalesce("household_uid", "subject_uid"),
        since=F("created_at"),
        died=F("person__died_on"),
        sort=F("kind"),
    )


def state_changes(needs: QuerySet[Need]) -> list[tuple[int, datetime, str]]:
    """When each of these needs went to which state, earliest first: (need, when, state)."""
    rows = NeedChange.objects.filter(need__in=needs.order_by().values("pk")).order_by("created_at", "id")
    return list(rows.values_list("need_id", "created_at", "to_state"))


def with_help_begun(needs: QuerySet[Need], since: datetime) -> QuerySet[Need]:
    """These needs with `is_help_begun`: whether help began since a moment."""
    begun = NeedChange.objects.filter(need=OuterRef("pk"), to_state="served", created_at__gte=since)
    return needs.annotate(is_help_begun=Exists(begun))


def latest_changes(needs: QuerySet[Need]) -> list[tuple[str, datetime]]:
    """For each place, when one of these needs last moved."""
    rows = NeedChange.objects.filter(need__in=needs.order_by().values("pk")).values_list("need__place_path")
    return list(rows.annotate(Max("created_at")).order_by())


def needs_in_hand(actor: Actor, states: Iterable[str] = ()) -> QuerySet[Need]:
    """The needs of the people this actor looks after, where they may be read; of all states when none is named."""
    rows = visible(actor, "need.read", Need.objects.all()).filter(_watched(actor), person__in=shown_people())
    chosen = list(states)
    return (rows.filter(state__in=chosen) if chosen else rows).select_related("person")


def flags_in_hand(actor: Actor) -> list[Flag]:
    """The undecided flags of the people this actor looks after, with their reasons at hand, the oldest first."""
    rows = visible(actor, "flag.read", Flag.objects.filter(state="new")).filter(_watched(actor))
    return opened(rows.filter(person__in=shown_people()).select_related("person").order_by("created_at", "id"))


def flags_untaken(actor: Actor) -> QuerySet[Flag]:
    """Undecided flags of one's places about people nobody looks after."""
    ties = Tie.objects.filter(kind__in=WATCHING, starts_at__lte=actor.now)
    ties = ties.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=actor.now))
    return flags(actor).filter(~Exists(ties.filter(about_uid=OuterRef("subject_uid"))))


def needs_left_alone(actor: Actor, about_uid: UUID) -> int:
    """How many needs of a person or household still go on with nobody assigned to either."""
    ties = Tie.objects.filter(kind="assigned", login__is_active=True, starts_at__lte=actor.now, ends_at__isnull=True)
    looked_after = ties.filter(Q(about_uid=OuterRef("subject_uid")) | Q(about_uid=OuterRef("household_uid")))
    rows = Need.objects.filter(Q(subject_uid=about_uid) | Q(household_uid=about_uid)).exclude(state__in=ENDED)
    return rows.filter(~Exists(looked_after)).count()


def _watched(actor: Actor) -> Q:
    """About somebody this actor is tied to by work today."""
    uids = {tie.uid for tie in actor.facts.ties if tie.kind in WATCHING and tie.holds(actor.now)}
    if not uids or actor.login_uid is None:
        return Q(pk__in=[])
    held = Tie.objects.filter(login__uid=actor.login_uid, kind__in=WATCHING, starts_at__lte=actor.now)
    ties = held.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=actor.now)).values("about_uid")
    return Q(uid__in=ties) | Q(subject_uid__in=ties) | Q(household_uid__in=ties)
