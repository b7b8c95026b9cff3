"""Reads of flags and needs: only what this actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, QuerySet

from linli.core.actor import Actor
from linli.core.decide import ObjectFacts
from linli.core.errors import NotFound
from linli.core.sealed import data_keys
from linli.need.models import Flag, FlagChange, Need, NeedChange
from linli.need.rules import ENDED
from linli.party.queries import allow, shown_people, visible
from linli.party.queries_order import ordered

R = TypeVar("R", Flag, Need)
OPEN_STATES = ("heard", "open", "referred", "served")
ORDERS = {
    "number": "number",
    "code": "code",
    "level": "level",
    "due": "due_on",
    "since": "opened_at",
    "place": "place_path",
}


def flags(
    actor: Actor,
    *,
    action: str = "flag.list",
    place_path: str = "",
    state: str = "new",
    kind: str = "",
    rule: str = "",
    group: str = "",
) -> QuerySet[Flag]:
    """Flags of a place in a state (all states when empty), the gravest kind first.

    A rule or a group tells why somebody is flagged: asked for, only flags whose reason may be read are counted.
    """
    rows = visible(actor, action, Flag.objects.all()).filter(person__in=shown_people())
    if rule or group:
        rows = visible(actor, "flag.read", rows)
    given = {"state": state, "kind": kind, "rule": rule, "group": group, "place_path__startswith": place_path}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    return rows.select_related("person").order_by("-sensitivity", "created_at", "id")


def count_by_state(rows: QuerySet[Any]) -> dict[str, int]:
    """How many rows stand in each state."""
    return dict(rows.order_by().values_list("state").annotate(Count("pk")))


def opened(rows: Iterable[R]) -> list[R]:
    """The rows with the keys of their sealed words at hand, fetched in one go."""
    found = list(rows)
    keys = data_keys({row.subject_uid for row in found if row.subject_uid})
    for row in found:
        row.__dict__["_data_key"] = keys.get(row.subject_uid) if row.subject_uid else None
    return found


def changes_of(actor: Actor, thing: Flag | Need) -> list[FlagChange | NeedChange]:
    """How a flag or need the actor may read has moved, latest first."""
    return list(thing.changes.order_by("-id"))


def needs_from(actor: Actor, flag: Flag) -> list[Need]:
    """The needs that were opened from a flag the actor may read."""
    return list(visible(actor, "need.read", Need.objects.filter(flag=flag)).order_by("level", "id"))


def readable(actor: Actor, rows: Iterable[Flag | Need], action: str) -> set[UUID]:
    """Of these rows, the uids whose content this actor may read; the others are shown without reason or name."""
    return {row.uid for row in rows if actor.decide(action, row.facts())}


def flag_by_uid(actor: Actor, uid: UUID, *, action: str = "flag.read", lock: bool = False) -> Flag:
    """One flag, or NotFound / Refused as `decide` says."""
    rows = Flag.objects.select_for_update(of=("self",)) if lock else Flag.objects.all()
    flag = rows.select_related("person").filter(uid=uid, person__in=shown_people()).first()
    if flag is None:
        raise NotFound()
    allow(actor, action, flag.facts())
    return flag


def is_own_dismissal(actor: Actor, uid: UUID) -> bool:
    """Whether this actor took the flag and dismissed it."""
    own = {"taken_by": actor.login_uid, "decided_by": actor.login_uid}
    return actor.is_known and Flag.objects.filter(uid=uid, state="dismissed", **own).exists()


def has_work_of(flag: Flag, login_uid: UUID) -> bool:
    """Whether somebody has more to do with a flag's person: another flag taken, or an open need written down."""
    others = Flag.objects.filter(person_id=flag.person_id, taken_by=login_uid, state__in=("new", "confirmed"))
    written = Need.objects.filter(person_id=flag.person_id, maker_uid=login_uid).exclude(state__in=ENDED)
    return others.exclude(pk=flag.pk).exists() or written.exists()


def still_waiting(flags: Iterable[Flag]) -> list[Flag]:
    """Those of these flags nobody has decided meanwhile, locked, for the program's own use."""
    keys = [flag.pk for flag in flags]
    return list(Flag.objects.select_for_update(of=("self",)).filter(pk__in=keys, state="new").order_by("id"))


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
    level: int | None = None,
    number: str = "",
    order: str = "",
) -> QuerySet[Need]:
    """Needs of a place in these states, the most pressing and longest waiting first, or by a column of `ORDERS`.

    `number` finds one by its number.
    """
    rows = visible(actor, action, Need.objects.all()).filter(person__in=shown_people())
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    if code:
        rows = rows.filter(code=code)
    if level:
        rows = rows.filter(level=level)
    if number:
        rows = rows.filter(number__icontains=number)
    chosen = list(states)
    if chosen:
        rows = rows.filter(state__in=chosen)
    return ordered(rows.select_related("person"), order, ORDERS, ("level", "due_on", "opened_at", "id"))


def need_by_uid(actor: Actor, uid: UUID, *, action: str = "need.read", lock: bool = False) -> Need:
    """One need, or NotFound / Refused as `decide` says."""
    rows = Need.objects.select_for_update(of=("self",)) if lock else Need.objects.all()
    need = rows.select_related("person").filter(uid=uid, person__in=shown_people()).first()
    if need is None:
        raise NotFound()
    allow(actor, action, need.facts())
    return need


def facts_of_need(uid: UUID) -> ObjectFacts:
    """What deciding needs to know of a need."""
    return Need.objects.get(uid=uid).facts()


def open_still(ids: Iterable[int]) -> dict[int, Need]:
    """Those of these needs, by internal id, that are open still, as they stand now, locked, for the program's use."""
    rows = Need.objects.select_for_update(of=("self",)).filter(pk__in=list(ids), state="open")
    return {need.pk: need for need in rows.order_by("id")}


def need_to_carry(uid: UUID) -> Need:
    """One need, locked, for the program's own use after its caller has decided (a referral carries its need along)."""
    return Need.objects.select_for_update(of=("self",)).select_related("person").get(uid=uid)


def open_need_of(actor: Actor, person_id: int, code: str) -> Need | None:
    """The person's open need of this code, for the program's own use when it opens needs from flags."""
    return Need.objects.select_for_update().filter(person_id=person_id, code=code, state__in=OPEN_STATES).first()
