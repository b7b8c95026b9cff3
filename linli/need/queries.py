"""Reads of flags and needs: only what this actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.need.models import Flag, Need
from linli.party.queries import allow, shown_people, visible

OPEN_STATES = ("heard", "open", "referred", "served")


def flags(actor: Actor, *, action: str = "flag.list", place_path: str = "", state: str = "new") -> QuerySet[Flag]:
    """Flags of a place in a state (all states when empty), the gravest kind first."""
    rows = visible(actor, action, Flag.objects.all()).filter(person__in=shown_people())
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    if state:
        rows = rows.filter(state=state)
    return rows.select_related("person").order_by("-sensitivity", "created_at", "id")


def readable(actor: Actor, rows: Iterable[Flag | Need], action: str) -> set[UUID]:
    """Of these rows, the uids whose content this actor may read; the others are shown without reason or name."""
    return {row.uid for row in rows if actor.decide(action, row.facts())}


def flag_by_uid(actor: Actor, uid: UUID, *, action: str = "flag.read", lock: bool = False) -> Flag:
    """One flag, or NotFound / Refused as `decide` says."""
    rows = Flag.objects.select_for_update(of=("self",)) if lock else Flag.objects.all()
    flag = rows.select_related("person").filter(uid=uid).first()
    if flag is None:
        raise NotFound()
    allow(actor, action, flag.facts())
    return flag


def flags_by_person_rule(actor: Actor, place_path: str) -> dict[tuple[int, str], Flag]:
    """The latest flag of every person and rule in a place, whatever its state: for screening again."""
    rows = Flag.objects.filter(place_path__startswith=place_path).order_by("id")
    return {(flag.person_id, flag.rule): flag for flag in rows}


def needs(
    actor: Actor,
    *,
    action: str = "need.list",
    place_path: str = "",
    states: Iterable[str] = OPEN_STATES,
    code: str = "",
) -> QuerySet[Need]:
    """Needs of a place in these states, the most pressing and longest waiting first."""
    rows = visible(actor, action, Need.objects.all()).filter(person__in=shown_people())
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    if code:
        rows = rows.filter(code=code)
    chosen = list(states)
    if chosen:
        rows = rows.filter(state__in=chosen)
    return rows.select_related("person").order_by("level", "due_on", "opened_at", "id")


def need_by_uid(actor: Actor, uid: UUID, *, action: str = "need.read", lock: bool = False) -> Need:
    """One need, or NotFound / Refused as `decide` says."""
    rows = Need.objects.select_for_update(of=("self",)) if lock else Need.objects.all()
    need = rows.select_related("person").filter(uid=uid).first()
    if need is None:
        raise NotFound()
    allow(actor, action, need.facts())
    return need


def open_need_of(actor: Actor, person_id: int, code: str) -> Need | None:
    """The person's open need of this code, for the program's own use when it opens needs from flags."""
    return Need.objects.select_for_update().filter(person_id=person_id, code=code, state__in=OPEN_STATES).first()
