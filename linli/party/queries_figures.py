"""People and workers as figures count them: never a name, never somebody whose whereabouts are secret."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from linli.core.actor import Actor
from linli.core.decide import Sensitivity
from linli.core.policy import STATION
from linli.party.models import Grant, Person
from linli.party.queries import shown, visible


def people_on_file(actor: Actor, action: str, place_path: str) -> QuerySet[Person]:
    """Everybody with a file in a place. `who`, `home`: the uids a figure counts; `since`: on file since when.

    The protected are left out: where few are counted, a figure would tell where they are.
    """
    rows = shown(visible(actor, action, Person.objects.filter(sensitivity__lt=Sensitivity.SAFETY)))
    rows = rows.filter(place_path__startswith=place_path)
    return rows.annotate(who=F("uid"), home=Coalesce("household_uid", "uid"), since=F("created_at"))


def station_places(actor: Actor, place_path: str) -> list[tuple[str, UUID]]:
    """Where in a place social workers are at work today: (path, login), one for each role held there."""
    today = actor.today
    held = Grant.objects.filter(role__in=sorted(STATION), state="active", place_path__startswith=place_path)
    held = held.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today, login__is_active=True)
    return list(held.values_list("place_path", "login__uid"))
