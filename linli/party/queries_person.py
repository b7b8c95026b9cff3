"""One person's file as an actor may read it: facts with their sources, groups, household, who looked.

A read-only view made of queries; every field is decided by itself, and what is withheld says why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q, QuerySet

from linli.core.actor import LOCAL, Actor
from linli.core.audit import record, record_now, unit_of_work
from linli.core.decide import Decision, Sensitivity
from linli.core.errors import NotFound, Refusal, Refused
from linli.core.models import AuditRow, Guarded
from linli.core.policy import CASE_TIES, LEAD
from linli.core.sealed import data_keys
from linli.party import rules_people
from linli.party.fields import FIELDS, NOT_CORRECTED, PersonField
from linli.party.models import Exclusion, Fact, GroupStatus, Household, ImportRow, Login, Merge, Person, Protection, Tie
from linli.party.queries import note_search, people, person_by_uid, shown, visible
from linli.party.queries_names import station_logins

LOOKING = ("person.read", "person.reveal", "flag.read", "need.read", "proposal.read", "referral.read")
LOOKS_AT_MOST = 400


@dataclass(frozen=True)
class Stated:
    """One value somebody stated, with its source."""

    value: str
    source: str
    stated_on: Any
    is_chosen: bool
    doubt: str
    uid: UUID | None = None
    is_correction: bool = False
    why: str = ""


EACH_ITS_OWN = frozenset({"household_no"})
"""Fields every department numbers by itself: other lists have other values, and none is wrong."""


@dataclass(frozen=True)
class FieldView:
    """A field of the file: its values, or the reason why they are withheld."""

    field: PersonField
    values: tuple[Stated, ...] = ()
    withheld: str = ""

    @property
    def chosen(self) -> str:
        return next((v.value for v in self.values if v.is_chosen), self.values[0].value if self.values else "")

    @property
    def differs(self) -> bool:
        """Whether sources say different things and nobody has said which is right."""
        return self.varies and self.field.code not in EACH_ITS_OWN

    @property
    def varies(self) -> bool:
        """Whether several values stand side by side."""
        return len({v.value for v in self.values}) > 1 and not self.is_corrected

    @property
    def is_corrected(self) -> bool:
        """Whether somebody said which value is right."""
        return any(v.is_chosen and v.is_correction for v in self.values)


@dataclass(frozen=True)
class Looker:
    """One entry of “who looked”: when, who, in which role, doing what, and whether it was refused."""

    at: datetime
    name: str
    role: str
    action: str
    denied: bool
    reason: str


@dataclass(frozen=True)
class PersonFile:
    """What the page shows."""

    person: Person
    fields: tuple[FieldView, ...]
    groups: tuple[GroupStatus, ...]
    groups_withheld: int
    members: tuple[Person, ...]
    has_hidden_members: bool
    why_visible: str
    tied_from: datetime | None = None
    may_see_lookers: bool = False
    lookers: tuple[Looker, ...] = ()
    looked: int = 0


def person_file(actor: Actor, uid: UUID) -> PersonFile:
    """Open a person's file. The opening is recorded before anything is given out; so is a refusal."""
    person = _opened(actor, uid, "person.read")
    views = _views(actor, person)
    record_now(
        actor,
        "person.read",
        kind="person",
        uid=person.uid,
        outcome="read",
        fields=sorted(
            view.field.code for view in views if view.values and view.field.sensitivity >= Sensitivity.SENSITIVE
        ),
    )
    groups = list(shown(GroupStatus.objects.filter(person=person)).order_by("group", "ends_on"))
    readable = [status for status in groups if actor.decide("person.read", status.facts())]
    members, hidden = _household(actor, person)
    lookers, looked = _lookers(actor, person)
    why, since = _why_visible(actor, person)
    return PersonFile(
        person=person,
        fields=views,
        groups=tuple(readable),
        groups_withheld=len(groups) - len(readable),
        members=members,
        has_hidden_members=hidden,
        why_visible=why,
        tied_from=since,
        may_see_lookers=bool(actor.decide("person.read_audit", person.facts(), Sensitivity.SENSITIVE)),
        lookers=lookers,
        looked=looked,
    )


def note_looks(actor: Actor, action: str, people: Iterable[UUID | None], on: str) -> None:
    """Sensitive things of these people were shown on a page: one row for each, before the answer leaves."""
    with unit_of_work():
        for uid in sorted({uid for uid in people if uid is not None}):
            record(actor, action, kind="person", uid=uid, outcome="read", on=on)


def _opened(actor: Actor, uid: UUID, action: str) -> Person:
    try:
        return person_by_uid(actor, uid, action=action)
    except (NotFound, Refused) as error:
        record_now(
            actor, action, kind="person", uid=uid, outcome="denied", reason=error.params.get("reason", error.code)
        )
        error.is_recorded = True
        raise


def revealed(actor: Actor, uid: UUID, field: str, why: str) -> tuple[Person, tuple[Stated, ...]]:
    """A masked number in full, once: asks for a relationship, a fresh confirmation and a reason, and is recorded."""
    person = _opened(actor, uid, "person.reveal")
    decision = actor.decide("person.reveal", person.facts(), FIELDS[field].sensitivity_for(person.is_protected))
    if not decision:
        record_now(actor, "person.reveal", kind="person", uid=uid, outcome="denied", reason=decision.reason)
        refused = Refused(f"core.{decision.reason}", reason=decision.reason)
        refused.is_recorded = True
        raise refused
    record_now(actor, "person.reveal", kind="person", uid=uid, outcome="read", field=field, why=why)
    key = data_keys([person.uid]).get(person.uid)
    rows = _open(actor, person, _standing(person).filter(field=field), "person.reveal")
    for row in rows:
        row.__dict__["_data_key"] = key
    return person, tuple(_stated(row) for row in _distinct(rows))


def _standing(person: Person) -> QuerySet[Fact]:
    """The facts of a person but those withdrawn, the chosen ones first."""
    rows = Fact.objects.filter(person=person, withdrawn_at__isnull=True)
    return shown(rows).order_by("-is_chosen", "created_at", "id")


def fields_to_correct(actor: Actor, person: Person) -> list[PersonField]:
    """The fields this actor may set right for a person."""
    return [
        kind for kind in FIELDS.values() if kind.code not in NOT_CORRECTED and may_correct(actor, person, kind.code)
    ]


def keepers(actor: Actor, person: Person) -> list[Login]:
    """Those responsible for a person today, by name: who would still open the record were it protected."""
    ties = Tie.objects.filter(about_uid=person.uid, kind__in=sorted(CASE_TIES), ends_at__isnull=True)
    held = set(ties.values_list("login_id", flat=True))
    shut_out = Exclusion.objects.filter(about_uid__in=person.facts().about, lifted_at__isnull=True)
    away = set(shut_out.values_list("login_id", "person_id"))
    logins, persons = {login for login, _ in away}, {one for _, one in away if one is not None}
    here = [login for login in station_logins(actor, person.place_path) if login.pk in held - logins]
    return [login for login in here if login.person_id not in persons]


def keepers_to_be(actor: Actor, person: Person) -> list[Login]:
    """Whom this actor may make responsible when protecting: the place's station, himself only if he is so already."""
    is_tied = bool(actor.decide("person.protect", person.facts(), Sensitivity.SENSITIVE))
    return [one for one in station_logins(actor, person.place_path) if is_tied or one.uid != actor.login_uid]


def may_join(actor: Actor, kept: Person, gone: Person) -> Refusal | None:
    """Why this actor, whom place and class let merge, may not join these two records (or part them) after all."""
    reads_kept, reads_gone = (
        bool(actor.decide("person.merge", one.facts(), Sensitivity.SENSITIVE)) for one in (kept, gone)
    )
    leads = [grant for grant in actor.facts.grants if grant.role == LEAD and grant.holds(actor.today)]
    is_lead = all(any(grant.covers(one.place_path) for grant in leads) for one in (kept, gone))
    return rules_people.why_not_join(reads_kept=reads_kept, reads_gone=reads_gone, is_lead=is_lead)


def protection_of(person: Person) -> Protection | None:
    """The protection in force, with who asked to lift it."""
    return Protection.objects.filter(person=person, lifted_at__isnull=True).first()


def excluded_about(person: Person) -> list[Exclusion]:
    """Who is kept away from a person today."""
    rows = Exclusion.objects.filter(about_uid=person.uid, lifted_at__isnull=True)
    return list(rows.select_related("login", "person").order_by("created_at"))


def household_members(person: Person) -> list[Person]:
    """The others of the household."""
    if person.household_id is None:
        return []
    return list(shown(Person.objects.filter(household_id=person.household_id)).exclude(pk=person.pk).order_by("id"))


def kept_instead(actor: Actor, uid: UUID) -> UUID | None:
    """Where the record of a merged person went, for those who may read it there; None for everybody else."""
    person = Person.objects.filter(uid=uid, merged_into__isnull=False).select_related("merged_into").first()
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return person.uid if person is not None and actor.decide("person.read", person.facts()) else None


def alike(actor: Actor, person: Person, text: str = "", most: int = 12) -> list[Person]:
    """People this actor may merge who could be the same: same name, number or phone; or whom a search finds."""
    rows = people(actor, action="person.merge", text=text).exclude(pk=person.pk)
    if not text:
        same = Q(name=person.name)
        for index in ("id_no_index", "phone_index"):
            if value := getattr(person, index):
                same |= Q(**{index: value})
        rows = rows.filter(same)
    found = list(rows[:most])
    note_search(actor, text, len(found))
    return found


def merges_of(person: Person) -> list[Merge]:
    """Records that went into this one, newest first."""
    rows = Merge.objects.filter(kept=person, undone_at__isnull=True).select_related("gone")
    return list(rows.order_by("-id"))


def held_count(actor: Actor, person: Person) -> int:
    """How many rows of lists wait for this actor's word on a protected person."""
    if not actor.decide("person.write", person.facts()):
        return 0
    return ImportRow.objects.filter(held_for=person, batch__state="visible").count()


def rows_about(actor: Actor, person: Person) -> dict[str, int]:
    """How many rows of each table are about a person and may be read by the actor: what would follow it."""
    found = {}
    for model in apps.get_models():
        if issubclass(model, Guarded) and model not in (Person, Household):
            rows: Any = visible(actor, "person.read", model._default_manager.filter(subject_uid=person.uid))
            if count := rows.count():
                found[model._meta.label_lower] = count
    return found


def may_correct(actor: Actor, person: Person, field: str) -> Decision:
    """Whether this actor may set a field right: as for writing it in the first place."""
    return actor.decide("person.write", person.facts(), FIELDS[field].sensitivity_for(person.is_protected))


def field_to_correct(actor: Actor, person: Person, field: str) -> FieldView:
    """What is stated of one field, for who is about to correct it; reading it is written down."""
    if field not in FIELDS or field in NOT_CORRECTED:
        raise NotFound()
    decision = may_correct(actor, person, field)
    if not decision:
        refused = Refused(f"core.{decision.reason}", reason=decision.reason)
        record_now(actor, "person.write", kind="person", uid=person.uid, outcome="denied", reason=decision.reason)
        refused.is_recorded = True
        raise refused
    record_now(actor, "person.read", kind="person", uid=person.uid, outcome="read", fields=[field])
    key = data_keys([person.uid]).get(person.uid)
    rows = _open(actor, person, _standing(person).filter(field=field), "person.write")
    for row in rows:
        row.__dict__["_data_key"] = key
    return FieldView(FIELDS[field], tuple(_stated(row) for row in _distinct(rows)))


def _views(actor: Actor, person: Person) -> tuple[FieldView, ...]:
    key = data_keys([person.uid]).get(person.uid)
    stated: dict[str, list[Fact]] = {}
    for fact in _standing(person):
        fact.__dict__["_data_key"] = key
        stated.setdefault(fact.field, []).append(fact)
    views = []
    for code, kind in FIELDS.items():
        rows = stated.get(code, [])
        if not rows:
            continue
        level = kind.sensitivity_for(person.is_protected)
        decision = actor.decide("person.read", person.facts(), level)
        if not decision:
            views.append(FieldView(kind, withheld=decision.reason))
        elif open_rows := _open(actor, person, rows):
            views.append(FieldView(kind, tuple(_stated(row) for row in _distinct(open_rows))))
    return tuple(views)


def _open(actor: Actor, person: Person, rows: Iterable[Fact], action: str = "person.read") -> list[Fact]:
    """Without what was written while the person was protected, unless that may be read still."""
    about = person.facts()
    return [
        row
        for row in rows
        if row.sensitivity < Sensitivity.SAFETY or actor.decide(action, about, Sensitivity(row.sensitivity))
    ]


def _stated(row: Fact) -> Stated:
    said = (row.value, row.source, row.stated_on, row.is_chosen, row.doubt)
    return Stated(*said, uid=row.uid, is_correction=row.is_correction, why=row.why or "")


def _distinct(rows: Iterable[Fact]) -> list[Fact]:
    """One row per value and source, the chosen one first."""
    seen: dict[tuple[str, str], Fact] = {}
    for row in rows:
        seen.setdefault((row.value, row.source), row)
    return list(seen.values())


def _household(actor: Actor, person: Person) -> tuple[tuple[Person, ...], bool]:
    """The others of the household whom the actor may list, and whether there are more; never more by the protected

    or by those the actor must keep away from: even that there is somebody would tell where they live.
    """
    if person.household_id is None:
        return (), False
    others = list(
        shown(Person.objects.filter(household_id=person.household_id)).exclude(pk=person.pk).order_by("birth_year")
    )
    seen = [one for one in others if not one.is_protected and actor.decide("person.list", one.facts())]
    barred = actor.facts.excluded_from
    return tuple(seen), any(
        one not in seen and not one.is_protected and not barred & one.facts().about for one in others
    )


def _why_visible(actor: Actor, person: Person) -> tuple[str, datetime | None]:
    """The kind of relationship that opens the file, and since when; `self` and `place` need none written."""
    about = person.facts().about
    if actor.person_uid is not None and actor.person_uid in about:
        return "self", None
    ties = [tie for tie in actor.facts.ties if tie.uid in about and tie.holds(actor.now)]
    return (ties[0].kind, ties[0].starts_at) if ties else ("place", None)


def _lookers(actor: Actor, person: Person, most: int = 8) -> tuple[tuple[Looker, ...], int]:
    """Who opened something of the person or was refused, newest first, and how often in all.

    What one looked at several times on a day stands once, at its last time; refusals and numbers shown stand each.
    """
    if not actor.decide("person.read_audit", person.facts(), Sensitivity.SENSITIVE):
        return (), 0
    rows = AuditRow.objects.filter(object_uid=person.uid, action__in=LOOKING).order_by("-number")
    total = rows.count()
    days: dict[tuple[Any, ...], AuditRow] = {}
    for row in rows[:LOOKS_AT_MOST]:
        is_look = row.outcome == "read" and row.action != "person.reveal"
        same = (row.actor_uid, row.action, row.at.astimezone(LOCAL).date()) if is_look else (row.number,)
        days.setdefault(same, row)
    shown_rows = list(days.values())[:most]
    uids = {row.actor_uid for row in shown_rows if row.actor_uid}
    names = dict(Login.objects.filter(uid__in=uids).values_list("uid", "display_name"))
    return tuple(_looker(row, names) for row in shown_rows), total


def _looker(row: AuditRow, names: dict[UUID, str]) -> Looker:
    params = json.loads(row.params)
    denied = row.outcome == "denied"
    reason = str(params.get("reason" if denied else "why", ""))
    name = names.get(row.actor_uid, "") if row.actor_uid else ""
    return Looker(row.at, name, row.actor_role, row.action, denied, reason)
