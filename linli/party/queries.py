"""Who acts, and which rows that actor may see: the facts for `decide`, and the list filter made from the same rules."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.db.models.lookups import Exact

from linli.core.actor import Actor, anonymous
from linli.core.audit import record_now
from linli.core.decide import (
    FRESH_FACTOR_HOLDS,
    SECOND_FACTOR_HOLDS,
    ActorFacts,
    GrantFact,
    ObjectFacts,
    Sensitivity,
    TieFact,
    is_within,
)
from linli.core.errors import NotFound, Refused
from linli.core.models import Guarded
from linli.core.policy import ACTIONS, ActionRule
from linli.core.sealed import blind_indexes, data_keys, make_data_keys
from linli.party.models import Exclusion, Grant, GroupStatus, ImportBatch, Login, Person, Tie

G = TypeVar("G", bound=Guarded)


def actor_of(
    login: Login | None,
    *,
    now: datetime,
    second_factor_at: datetime | None = None,
    fresh_factor_at: datetime | None = None,
) -> Actor:
    """The actor a login is at this moment, with all facts deciding needs. None: nobody known."""
    if login is None or not login.is_active:
        return anonymous(now)
    person_uid = login.person.uid if login.person_id and login.person else None
    grants = Grant.objects.filter(login=login, state="active").order_by("id")
    facts = ActorFacts(
        login_uid=login.uid,
        person_uid=person_uid,
        grants=tuple(GrantFact(g.role, g.place_path, g.starts_on, g.ends_on) for g in grants),
        ties=tuple(_ties(login, now)),
        excluded_from=_excluded_from(login),
        second_factor_at=second_factor_at,
        fresh_factor_at=fresh_factor_at,
    )
    held = [g.role for g in facts.grants if g.holds(Actor(facts, now).today)]
    return Actor(facts, now=now, name=login.display_name, role=held[0] if held else "")


def _ties(login: Login, now: datetime) -> list[TieFact]:
    rows = Tie.objects.filter(login=login).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
    return [TieFact(t.about_uid, t.kind, t.starts_at, t.ends_at) for t in rows]


def _excluded_from(login: Login, since: datetime | None = None) -> frozenset[UUID]:
    rows = Exclusion.objects.filter(lifted_at__isnull=True).filter(_names(login.uid, _person_id(login)))
    if since is not None:
        rows = rows.filter(created_at__gt=since)
    return frozenset(rows.values_list("about_uid", flat=True))


def _person_id(login: Login) -> int | None:
    return login.person_id


def _names(login_uid: UUID | None, person_id: int | None) -> Q:
    by_login = Q(login__uid=login_uid)
    return by_login | Q(person_id=person_id) if person_id else by_login


def visible(actor: Actor, action: str, rows: QuerySet[G]) -> QuerySet[G]:
    """The rows of a guarded table for which `decide` would say yes to this actor and action.

    Written from the same rules in the same order; a test holds both against each other on random worlds.
    """
    if actor.system:
        return rows
    rule = ACTIONS[action]
    facts = actor.facts
    if not facts.is_active:
        return rows.none()
    allowed = Q(pk__in=[])
    if facts.login_uid is not None:
        allowed = _granted(actor, rule) & _assured(actor, rule)
        if rule.not_own:
            allowed &= ~_own(actor)
        if not rule.shows_nothing:
            untied = Sensitivity.SAFETY if rule.place_is_enough else Sensitivity.SENSITIVE
            tied = _tied(actor, rule)
            allowed &= tied if rule.needs_tie else (Q(sensitivity__lt=untied) | tied)
    if rule.open_to_all:
        allowed |= Q(sensitivity=Sensitivity.PUBLIC)
    return rows.filter(allowed).exclude(_about(list(facts.excluded_from)))


def _about(uids: list[UUID]) -> Q:
    """Rows about one of `uids`. Null columns are spelled out: SQL's NOT IN drops them."""
    if not uids:
        return Q(pk__in=[])
    return (
        Q(uid__in=uids)
        | Q(subject_uid__isnull=False, subject_uid__in=uids)
        | Q(household_uid__isnull=False, household_uid__in=uids)
    )


def _granted(actor: Actor, rule: ActionRule) -> Q:
    allowed = Q(pk__in=[])
    for grant in actor.facts.grants:
        if grant.role in rule.roles and grant.holds(actor.today):
            near = _inside(grant.place_path)
            allowed |= near & _tied(actor, rule) if grant.role in rule.by_tie else near
            if rule.anywhere:
                allowed |= Q(sensitivity__lte=Sensitivity.INTERNAL)
    if rule.self_service and actor.person_uid is not None:
        allowed |= _about([actor.person_uid])
    return allowed


def _inside(place_path: str) -> Q:
    """Rows at a place or below. `startswith` can use an index, but SQLite takes “a” for “A” there: hence the second."""
    if not place_path:
        return ~Q(place_path="")
    return Q(place_path__startswith=place_path) & Q(Exact(Left("place_path", len(place_path)), place_path))


def _own(actor: Actor) -> Q:
    own = Q(maker_uid__isnull=False, maker_uid=actor.login_uid)
    if actor.person_uid is not None:
        own |= _about([actor.person_uid])
    return own


def _tied(actor: Actor, rule: ActionRule) -> Q:
    assert actor.login_uid is not None, "ties are asked for only of somebody known"
    ties = (
        Tie.objects.filter(login__uid=actor.login_uid, kind__in=sorted(rule.ties), starts_at__lte=actor.now)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=actor.now))
        .filter(
            Q(about_uid=OuterRef("uid")) | Q(about_uid=OuterRef("subject_uid")) | Q(about_uid=OuterRef("household_uid"))
        )
    )
    tied = Q(Exists(ties))
    if rule.self_service and actor.person_uid is not None:
        tied |= _about([actor.person_uid])
    return tied


def _assured(actor: Actor, rule: ActionRule) -> Q:
    """Which classes this session's assurance opens."""
    facts, now = actor.facts, actor.now
    has_fresh = is_within(facts.fresh_factor_at, now, FRESH_FACTOR_HOLDS)
    has_second = is_within(facts.second_factor_at, now, SECOND_FACTOR_HOLDS)
    if rule.fresh:
        return Q() if has_fresh else Q(pk__in=[])
    opened = Q(sensitivity__gte=Sensitivity.SAFETY) if has_fresh else Q(pk__in=[])
    if has_second:
        opened |= Q(sensitivity=Sensitivity.SENSITIVE)
    if has_second or not rule.second_factor:
        opened |= Q(sensitivity__lt=Sensitivity.SENSITIVE)
    return opened


def shown(rows: QuerySet[G]) -> QuerySet[G]:
    """Without what belongs to an import that is not visible (being staged, failed or withdrawn).

    Of people, without those found to be somebody else: their records went over to the one kept.
    """
    hidden = ImportBatch.objects.exclude(state="visible").values("uid")
    seen = rows.filter(Q(batch_uid__isnull=True) | ~Q(batch_uid__in=hidden))
    return seen.filter(merged_into__isnull=True) if rows.model is Person else seen


ORDERS = {
    "place": ("place_path", "name_pinyin", "id"),
    "name": ("name_pinyin", "id"),
    "age": ("birth_year", "birth_on", "id"),
}


def people(
    actor: Actor,
    *,
    action: str = "person.list",
    place_path: str = "",
    text: str = "",
    group: str = "",
    ages: tuple[int, int | None] | None = None,
    batch_uid: UUID | None = None,
    order: str = "place",
) -> QuerySet[Person]:
    """The people this actor may list, inside a place, matching a search text when given.

    Search: two characters of a name, pinyin or its initials, the last four of a phone, or a whole ID number.
    That last asks for a second factor (Refused without), and who asks writes it down by `note_search`.
    `group` counts only memberships this actor may read. `ages`: from–to in full years, both inclusive.
    """
    rows = shown(visible(actor, action, Person.objects.all())).select_related("household")
    if place_path:
        rows = rows.filter(place_path__startswith=place_path)
    words = _words(text)
    _allow_search(actor, words)
    for word in words:
        rows = rows.filter(_matching(word))
    if group:
        statuses = shown(visible(actor, "person.read", GroupStatus.objects.filter(group=group)))
        today = actor.today
        held = statuses.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        rows = rows.filter(pk__in=held.values("person"))
    if ages:
        rows = rows.filter(_aged(actor.today, *ages))
    if batch_uid:
        rows = rows.filter(batch_uid=batch_uid)
    return rows.order_by(*ORDERS[order])


def _aged(today: date, least: int, most: int | None) -> Q:
    """Born early enough to be `least` years old, and late enough to be no older than `most`."""
    wanted = _born_by(years_before(today, least), today.year - least)
    if most is not None:
        wanted &= ~_born_by(years_before(today, most + 1), today.year - most - 1) & Q(birth_year__isnull=False)
    return wanted


def _born_by(day: date, year: int) -> Q:
    return Q(birth_on__isnull=False, birth_on__lte=day) | Q(birth_on__isnull=True, birth_year__lte=year)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th.

    >>> years_before(date(2024, 2, 29), 1)
    datetime.date(2023, 2, 28)
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFKC", text).split()


def _is_id_number(word: str) -> bool:
    return len(word) in (15, 18) and word[:-1].isdigit()


def _allow_search(actor: Actor, words: list[str]) -> None:
    """Finding somebody by a whole ID number confirms the number: it takes a second factor."""
    has_second = is_within(actor.facts.second_factor_at, actor.now, SECOND_FACTOR_HOLDS)
    if any(map(_is_id_number, words)) and not has_second:
        raise Refused("core.second_factor_needed", reason="second_factor_needed")


def note_search(actor: Actor, text: str, found: int) -> None:
    """Write down that somebody was searched for by a whole ID number, and how many were found; never the number."""
    if any(map(_is_id_number, _words(text))):
        record_now(actor, "person.list", kind="people", outcome="read", by="id_no", found=found)


def _matching(word: str) -> Q:
    if word.isdigit() and len(word) == 4:
        return Q(phone_last4=word) | Q(birth_year=int(word))
    if _is_id_number(word):
        return Q(id_no_index__in=blind_indexes("party_person.id_no", word))
    if word.isdigit() and len(word) >= 7:
        return Q(phone_index__in=blind_indexes("party_person.phone", word))
    if word.isascii():
        lower = word.lower()
        return Q(name_initials__startswith=lower) | Q(name_pinyin__startswith=lower) | Q(name__icontains=word)
    return Q(name__contains=word)


def people_opened(actor: Actor, place_path: str) -> list[tuple[Person, dict[str, str]]]:
    """The people of a place with ID number, phone and address in the clear, for an engine's input.

    Only for programs that compare people (import); nothing of it may be shown. Keys are opened in one go. Protected
    people are compared by the system alone, so that a second list does not write them down anew where all can see.
    """
    rows = list(
        shown(Person.objects.filter(place_path__startswith=place_path)).exclude(
            Q(is_protected=True) if not actor.system else Q(pk__in=[])
        )
    )
    keys = data_keys([row.uid for row in rows])
    opened = []
    for row in rows:
        row.__dict__["_data_key"] = keys.get(row.uid)
        opened.append((row, {"id_no": row.id_no, "phone": row.phone, "address": row.address}))
    return opened


def person_by_uid(actor: Actor, uid: UUID, *, action: str = "person.read", lock: bool = False) -> Person:
    """One person, or NotFound when there is none this actor may know of; Refused when more assurance is needed."""
    rows = Person.objects.select_for_update(of=("self",)) if lock else Person.objects.all()
    person = shown(rows.select_related("household").filter(uid=uid)).first()
    if person is None:
        raise NotFound()
    allow(actor, action, person.facts())
    return person


def allow(actor: Actor, action: str, thing: ObjectFacts) -> None:
    """Raise unless `decide` says yes: NotFound where the thing must stay hidden, Refused otherwise."""
    decision = actor.decide(action, thing)
    if decision:
        return
    if decision.hidden:
        raise NotFound(reason=decision.reason)
    raise Refused(f"core.{decision.reason}", reason=decision.reason)


def household_sizes(actor: Actor, household_ids: Iterable[int | None]) -> dict[int, int]:
    """How many live in each household, by internal id, as far as the actor may know: who must keep away from somebody

    counts the household without her, and who is not tied to somebody protected too.
    """
    rows = shown(Person.objects.filter(household_id__in=[one for one in household_ids if one is not None]))
    listed = visible(actor, "person.list", Person.objects.filter(sensitivity__gte=Sensitivity.SAFETY))
    rows = rows.exclude(_about(list(actor.facts.excluded_from)))
    rows = rows.filter(Q(sensitivity__lt=Sensitivity.SAFETY) | Q(pk__in=listed.values("pk")))
    return dict(rows.order_by().values_list("household_id").annotate(Count("pk")))


def person_ids(actor: Actor, uids: Iterable[UUID]) -> dict[UUID, int]:
    """Internal ids of people by uid."""
    return {uid: person.id for uid, person in people_by_uid(actor, uids).items()}


def protected_people() -> dict[UUID, int]:
    """Internal ids of the people protected today, by uid; for the program's own use."""
    return dict(Person.objects.filter(is_protected=True).values_list("uid", "id"))


def keys_of(uids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Data keys of owners, made where missing."""
    wanted = list(uids)
    found = data_keys(wanted)
    missing = [uid for uid in wanted if uid not in found]
    return found | (make_data_keys(missing) if missing else {})


def list_facts(place_path: str) -> ObjectFacts:
    """What deciding needs to know of a list of a place that names nobody."""
    return ObjectFacts(kind="list", place_path=place_path, sensitivity=Sensitivity.INTERNAL)


def logins_near(actor: Actor, place_path: str) -> list[Login]:
    """Logins holding a role above or below a place: those whom an exclusion there could name."""
    chain = [place_path[: i + 1] for i, sign in enumerate(place_path) if sign == "/"]
    grants = Grant.objects.filter(Q(place_path__in=chain) | Q(place_path__startswith=place_path), state="active")
    return list(Login.objects.filter(is_active=True, pk__in=grants.values("login")).order_by("display_name", "id"))


def excluded_from(login_uid: UUID, *, since: datetime | None = None) -> frozenset[UUID]:
    """Whom and what a login must never see; of that what was added after a moment, when one is given."""
    login = Login.objects.filter(uid=login_uid).first()
    return _excluded_from(login, since) if login else frozenset()


def shown_people() -> QuerySet[Person]:
    """All people but those of an import that is not visible: for joining in upper blocks' queries."""
    return shown(Person.objects.all())


def people_by_uid(actor: Actor, uids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, Person]:
    """People by uid for the program's own use, in chunks that fit a statement."""
    wanted = list(uids)
    rows = Person.objects.select_for_update(of=("self",)).order_by("pk") if lock else Person.objects.all()
    found: dict[UUID, Person] = {}
    for start in range(0, len(wanted), 500):
        found |= {person.uid: person for person in rows.filter(uid__in=wanted[start : start + 500])}
    return found


def barred_people(actor: Actor, about: Iterable[UUID]) -> dict[UUID, list[str]]:
    """For each person or household, uids and names of who must not come near: for matching, never for showing.

    Names too: an offer taken in from a workbook may name its giver without being joined to the person.
    """
    found: dict[UUID, list[str]] = {}
    rows = Exclusion.objects.filter(lifted_at__isnull=True, about_uid__in=list(about))
    for row in rows.select_related("person", "login__person"):
        person = row.person or (row.login.person if row.login else None)
        if row.login is not None:  # who leads an organisation need not be anybody on file
            found.setdefault(row.about_uid, []).append(str(row.login.uid))
        if person is not None:
            found.setdefault(row.about_uid, []).extend((str(person.uid), person.name))
    return found
