"""Logins, roles, exclusions and what waits for a second person: reads for the pages of rights."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import F, Model, Prefetch, Q, QuerySet

from linli.core.actor import Actor
from linli.core.decide import FRESH_FACTOR_HOLDS, ObjectFacts, Sensitivity, is_within
from linli.core.errors import NotFound, Refused
from linli.core.policy import ACTIONS, AUDIT_ADMIN, SECURITY_ADMIN
from linli.core.runs import is_demo
from linli.core.sealed import blind_indexes
from linli.party.models import Binding, DoorTries, Exclusion, Grant, Household, Login, Person
from linli.party.queries import allow, list_facts, shown, visible
from linli.party.rules import PasswordGiven

Row = TypeVar("Row", bound=Model)
Guard = TypeVar("Guard", Person, Household)


def grant_facts(login: Login, place_path: str) -> ObjectFacts:
    """A role in a place, as deciding sees it; the login itself stands as maker, so that nobody rules on their own."""
    about = {login.uid} | ({login.person.uid} if login.person else set())
    return ObjectFacts("grant", place_path, Sensitivity.INTERNAL, frozenset(about), maker_uid=login.uid)


def places_held(actor: Actor, action: str) -> list[str]:
    """The places in which this actor holds a role for an action today."""
    roles = ACTIONS[action].roles
    return [g.place_path for g in actor.facts.grants if g.role in roles and g.holds(actor.today)]


def login_list_facts(actor: Actor) -> ObjectFacts:
    """What deciding needs to know of a login yet to be made: it is of the place where its maker makes logins."""
    return list_facts(next(iter(places_held(actor, "login.make")), ""))


def exported(actor: Actor, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of the rows of a list, those in places where this actor may take lists away; refused without a fresh factor."""
    found = Q(pk__in=[])
    for path in places_held(actor, "person.export"):
        allow(actor, "person.export", list_facts(path))
        found |= Q(place_path__startswith=path)
    return rows.filter(found)


def _inside(actor: Actor, action: str, column: str = "place_path") -> Q:
    found = Q(pk__in=[])
    for path in places_held(actor, action):
        found |= Q(**{f"{column}__startswith": path})
    return found


def granted_logins(actor: Actor, *, text: str = "", role: str = "", today: date | None = None) -> QuerySet[Login]:
    """Logins holding (or to hold) a role in one's own places, and those that hold none anywhere."""
    grants = Grant.objects.filter(_inside(actor, "grant.list"), state__in=["active", "proposed"]).order_by("starts_on")
    if role:
        grants = grants.filter(role=role)
    wanted = Q(pk__in=grants.values("login"))
    if not role and actor.holds_role_for("login.make"):
        wanted |= Q(grants__isnull=True)
    rows = Login.objects.filter(wanted).distinct().order_by("username")
    for word in text.split():
        rows = rows.filter(Q(username__icontains=word) | Q(display_name__icontains=word))
    return rows.prefetch_related(Prefetch("grants", queryset=grants, to_attr="shown_grants"))


def waiting_grants(actor: Actor) -> QuerySet[Grant]:
    """Roles proposed in one's places that this actor may approve: neither one's own nor proposed by oneself."""
    if actor.login_uid is None:
        return Grant.objects.none()
    rows = Grant.objects.filter(_inside(actor, "grant.approve"), state="proposed").select_related("login")
    return rows.exclude(login__uid=actor.login_uid).exclude(proposed_by=actor.login_uid).order_by("created_at")


def login_in_reach(actor: Actor, uid: UUID) -> Login:
    """One login whose roles this actor may see; NotFound otherwise."""
    login = granted_logins(actor).filter(uid=uid).select_related("person").first()
    if login is None:
        raise NotFound()
    return login


def grants_of(actor: Actor, login: Login) -> QuerySet[Grant]:
    """All roles of a login inside one's places, ended ones too."""
    return Grant.objects.filter(_inside(actor, "grant.list"), login=login).order_by("-starts_on", "-id")


def open_exclusions(actor: Actor, *, text: str = "", state: str = "") -> list[Exclusion]:
    """Exclusions in force about those this actor may rule on, not yet reviewed ones first.

    `text`: part of the name of who is kept away or of whom it is about. `state`: "new", "asked" or "kept".
    """
    people = visible(actor, "exclusion.lift", Person.objects.all())
    homes = visible(actor, "exclusion.lift", Household.objects.all())
    rows = Exclusion.objects.filter(lifted_at__isnull=True).filter(
        Q(about_uid__in=people.values("uid")) | Q(about_uid__in=homes.values("uid"))
    )
    if text:
        rows = rows.filter(
            Q(login__display_name__icontains=text)
            | Q(person__name__icontains=text, about_uid__in=_nameable(actor, people).values("uid"))
            | Q(person__name__icontains=text, about_uid__in=_nameable(actor, homes).values("uid"))
            | Q(about_uid__in=_nameable(actor, people).filter(name__icontains=text).values("uid"))
            | Q(about_uid__in=_nameable(actor, homes).filter(number__icontains=text).values("uid"))
        )
    if state:
        asked = Q(lift_asked_by__isnull=False)
        rows = rows.filter(asked if state == "asked" else ~asked & Q(reviewed_at__isnull=state == "new"))
    return list(rows.select_related("login", "person").order_by(F("reviewed_at").asc(nulls_first=True), "-created_at"))


def names_of_subjects(actor: Actor, uids: set[UUID]) -> dict[UUID, str]:
    """What people and households are called, for those whose exclusions this actor may rule on."""
    people = visible(actor, "exclusion.lift", Person.objects.filter(uid__in=uids))
    homes = visible(actor, "exclusion.lift", Household.objects.filter(uid__in=uids))
    named = _nameable(actor, people).values_list("uid", "name")
    return dict(named) | dict(_nameable(actor, homes).values_list("uid", "number"))


def _nameable(actor: Actor, rows: QuerySet[Guard]) -> QuerySet[Guard]:
    """Without the protected whom the actor may not read: ruling on an exclusion tells nobody whom it guards."""
    readable = visible(actor, "person.read", rows.filter(sensitivity__gte=Sensitivity.SAFETY))
    return rows.filter(Q(sensitivity__lt=Sensitivity.SAFETY) | Q(pk__in=readable.values("pk")))


def readable_people(actor: Actor, uids: set[UUID]) -> set[UUID]:
    """Of these, the people whose page this actor may open."""
    return {one.uid for one in Person.objects.filter(uid__in=uids) if actor.decide("person.read", one.facts())}


def party_thing(uid: UUID, *, lock: bool = False) -> Person | Household:
    """The person or household with this uid; NotFound when there is none."""
    people, homes = Person.objects.filter(uid=uid), Household.objects.filter(uid=uid)
    if lock:
        people, homes = people.select_for_update(of=("self",)), homes.select_for_update(of=("self",))
    found = people.first() or homes.first()
    if found is None:
        raise NotFound()
    return found


def must(actor: Actor, action: str, thing: ObjectFacts) -> None:
    """Raise unless `decide` says yes: NotFound where the thing stays hidden, Refused otherwise."""
    decision = actor.decide(action, thing)
    if decision:
        return
    if decision.hidden:
        raise NotFound(reason=decision.reason)
    raise Refused(f"core.{decision.reason}", reason=decision.reason)


def binding_facts(login: Login, actor: Actor) -> ObjectFacts:
    """A login to be bound to a record, as deciding sees it: in the place where it works."""
    return grant_facts(login, place_of_login(login, actor))


def place_of_login(login: Login, actor: Actor) -> str:
    """Where a login works, for deciding; one without a role is nobody's yet, so the actor's own place counts."""
    held = login.grants.filter(state__in=["active", "proposed"]).values_list("place_path", flat=True).first()
    return held or next((g.place_path for g in actor.facts.grants), "")


def must_over_login(actor: Actor, login: Login, action: str) -> None:
    """Raise unless the actor may do this to a login wherever it holds a role: who signs in with it has all of them."""
    held = login.grants.filter(state__in=["active", "proposed"])
    paths = set(held.exclude(ends_on__lt=actor.today).values_list("place_path", flat=True))
    for path in sorted(paths) or [place_of_login(login, actor)]:
        must(actor, action, grant_facts(login, path))


def person_by_papers(actor: Actor, name: str, id_no: str) -> Person | None:
    """The one this actor may list whose name and whole ID number agree with papers shown; None else."""
    indexes = blind_indexes("party_person.id_no", id_no)
    rows = shown(visible(actor, "person.list", Person.objects.filter(name=name, id_no_index__in=indexes)))
    found = list(rows.order_by("id")[:2])
    return found[0] if len(found) == 1 else None


def has_phone_of_somebody(actor: Actor, phone: str) -> bool:
    """Whether a record in the places where this actor makes logins has that telephone. Nothing of the protected."""
    indexes = blind_indexes("party_person.phone", phone) if phone else []
    near = Person.objects.filter(_inside(actor, "login.make"), phone_index__in=indexes, is_protected=False)
    return shown(near.filter(sensitivity__lt=Sensitivity.SAFETY)).exists()


def binding_of(login: Login) -> tuple[Binding | None, Binding | None]:
    """What is said of whose login it is: the binding that waits, and the one that holds."""
    rows = {row.state: row for row in Binding.objects.filter(login=login, state__in=["proposed", "active"])}
    return rows.get("proposed"), rows.get("active")


def waiting_bindings(actor: Actor) -> list[Binding]:
    """Bindings that wait for this actor to check the papers."""
    rows = Binding.objects.filter(state="proposed").exclude(proposed_by=actor.login_uid).select_related("login__person")
    return [
        row
        for row in rows.order_by("created_at")
        if actor.decide("binding.confirm", binding_facts(row.login, actor)).reason
        in ("allowed", "second_factor_needed")
    ]


def must_show_factor(login: Login, actor: Actor) -> bool:
    """Whether somebody who has a second factor must show it first: a password alone changes none of the ways in.

    Any second factor shown within a quarter of an hour will do, a recovery code too, or a lost phone could never be
    replaced. A login that has none yet sets up its first with the password.
    """
    has_one = is_mfa_enabled(login, ["totp", "webauthn"])
    return has_one and not is_within(actor.facts.second_factor_at, actor.now, FRESH_FACTOR_HOLDS)


def password_given(login_uid: UUID | None) -> PasswordGiven:
    """Who last gave a login its one-time password, and when."""
    login = Login.objects.filter(uid=login_uid).first() if login_uid else None
    return PasswordGiven(login_uid, login.password_given_by, login.password_given_at) if login else PasswordGiven(None)


def locked_logins(logins: Iterable[Login], now: datetime) -> set[UUID]:
    """Of these logins, those shut to some address after too many failures there."""
    tries = DoorTries.objects.filter(login__in=[login.pk for login in logins], locked_until__gt=now)
    return set(tries.values_list("login__uid", flat=True))


def watchers(login: Login, today: date) -> set[UUID]:
    """The logins that administer audit or security today: who hears of what is done to a login."""
    roles = Grant.objects.filter(role__in=[AUDIT_ADMIN, SECURITY_ADMIN], state="active", starts_on__lte=today)
    held = roles.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today)).select_related("login")
    places = list(login.grants.filter(state__in=["active", "proposed"]).values_list("place_path", flat=True))
    near = [g for g in held if not places or any(path.startswith(g.place_path) for path in places)]
    return {grant.login.uid for grant in near if grant.login.is_active}


def names_of_logins(uids: set[UUID | None]) -> dict[UUID, str]:
    """The shown names of logins, for “who proposed”."""
    return dict(Login.objects.filter(uid__in=[uid for uid in uids if uid]).values_list("uid", "display_name"))


def demo_grants() -> list[Grant]:
    """The first role of each demo account (a login whose password is known); nothing outside the demo."""
    if not is_demo():
        raise NotFound()
    known = Grant.objects.filter(state="active", login__is_active=True).exclude(
        login__password__startswith=UNUSABLE_PASSWORD_PREFIX
    )
    first: dict[int, Grant] = {}
    for grant in known.select_related("login").order_by("login_id", "id"):
        first.setdefault(grant.login_id, grant)
    return list(first.values())


def login_named(username: str) -> Login:
    """An active login by its name; NotFound when there is none."""
    login = Login.objects.filter(username=username, is_active=True).first()
    if login is None:
        raise NotFound()
    return login
