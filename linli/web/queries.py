"""Reads of the roof's own tables, the classes of clients as they hold now, and who belongs to which group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.core.actor import LOCAL, Actor
from linli.core.errors import NotFound
from linli.party.models import GroupStatus
from linli.party.queries import shown, visible
from linli.web.models import ClientClass
from linli.web.rules import SHIPPED, ClassOfClients


def client_classes(actor: Actor, *, counted_only: bool = True) -> list[ClassOfClients]:
    """Every class as it was last worded, in the order of its code."""
    found = {one.code: one for one in SHIPPED}
    for row in ClientClass.objects.order_by("id"):
        since = row.created_at.astimezone(LOCAL).date()
        found[row.code] = ClassOfClients(row.code, row.name, row.name_en, tuple(row.groups), row.is_counted, since)
    return [one for _code, one in sorted(found.items()) if one.is_counted or not counted_only]


def client_class(actor: Actor, code: str, *, counted_only: bool = True) -> ClassOfClients:
    """One class, or NotFound."""
    for one in client_classes(actor, counted_only=counted_only):
        if one.code == code:
            return one
    raise NotFound()


def wordings(actor: Actor, code: str) -> list[ClientClass]:
    """How a class was worded before, the latest first."""
    return list(ClientClass.objects.filter(code=code).order_by("-id"))


def statuses_in_force(actor: Actor, action: str, groups: Collection[str] = ()) -> QuerySet[GroupStatus]:
    """Memberships in target groups that hold today; in all groups when none is named."""
    rows = shown(visible(actor, action, GroupStatus.objects.filter(subject_uid__isnull=False)))
    rows = rows.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=actor.today))
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=actor.today))
    return rows.filter(group__in=list(groups)) if groups else rows


def memberships(actor: Actor, action: str) -> dict[UUID, set[str]]:
    """Person → the target groups it belongs to today. For counting only."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for who, group in statuses_in_force(actor, action).values_list("subject_uid", "group").distinct():
        if who is not None:
            found[who].add(group)
    return dict(found)
