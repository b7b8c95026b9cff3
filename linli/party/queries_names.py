"""Words and people of this block for those above: what a field or a group is called, who can be given a thing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.core.actor import Actor
from linli.core.policy import ORG_MANAGER, STATION
from linli.party.fields import FIELDS, GROUP_WORDS
from linli.party.models import Grant, Login, Membership, Organisation


def field_words(code: str) -> Any:
    """What a field of a person is called; None for a code that is no field."""
    found = FIELDS.get(code)
    return found.words if found else None


def group_words() -> dict[str, Any]:
    """Target group codes and what they are called."""
    return dict(GROUP_WORDS)


def station_logins(actor: Actor, place_path: str, *, roles: Collection[str] = STATION) -> list[Login]:
    """Workers (or who else holds one of `roles`) of the station whose place covers this one today, by name."""
    grants = Grant.objects.filter(role__in=sorted(roles), state="active", login__is_active=True)
    held = [grant for grant in _today(grants, actor).select_related("login") if place_path.startswith(grant.place_path)]
    return sorted({grant.login for grant in held}, key=lambda login: login.display_name)


def station_logins_around(actor: Actor, place_path: str) -> list[Login]:
    """Workers of the stations whose places cover this one or lie in it: for choosing somebody in a list."""
    grants = Grant.objects.filter(role__in=sorted(STATION), state="active", login__is_active=True)
    held = [
        grant
        for grant in _today(grants, actor).select_related("login")
        if place_path.startswith(grant.place_path) or grant.place_path.startswith(place_path)
    ]
    return sorted({grant.login for grant in held}, key=lambda login: login.display_name)


def manager_logins(actor: Actor, organisation: Organisation | None) -> list[Login]:
    """The logins that lead an organisation today: those who answer what is referred to it."""
    return managers_of(actor, [organisation.pk])[organisation.pk] if organisation else []


def managers_of(actor: Actor, organisation_ids: Collection[int]) -> dict[int, list[Login]]:
    """The same for several organisations, by internal id."""
    members = _today(Membership.objects.filter(organisation_id__in=organisation_ids, login__is_active=True), actor)
    managers = _today(Grant.objects.filter(role=ORG_MANAGER, state="active"), actor).values("login")
    found: dict[int, list[Login]] = {pk: [] for pk in organisation_ids}
    rows = members.filter(login__in=managers).select_related("login__person").order_by("login__username", "id")
    for row in rows:
        if row.login is not None and row.login not in found[row.organisation_id]:
            found[row.organisation_id].append(row.login)
    return found


def own_organisations(actor: Actor) -> set[int]:
    """The organisations this actor belongs to today, by internal id."""
    members = _today(Membership.objects.filter(login__uid=actor.login_uid), actor) if actor.login_uid else ()
    return {row.organisation_id for row in members}


def _today(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    return rows.filter(starts_on__lte=actor.today).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=actor.today))


def organisations_by_name(actor: Actor, names: set[str]) -> dict[str, Organisation]:
    """Organisations bearing exactly these names."""
    return {row.name: row for row in Organisation.objects.filter(name__in=names)}


def login_names(uids: set[UUID | None]) -> dict[UUID, str]:
    """The shown names of logins: who did it."""
    rows = Login.objects.filter(uid__in=[uid for uid in uids if uid])
    return dict(rows.values_list("uid", "display_name"))
