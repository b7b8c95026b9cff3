"""Who acts, and which rows that actor may see: the facts for `decide`, and the list filter made from the same rules."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.core.actor import Actor, anonymous
from linli.core.decide import (
    FRESH_FACTOR_HOLDS,
    SECOND_FACTOR_HOLDS,
    ActorFacts,
    GrantFact,
    Sensitivity,
    TieFact,
)
from linli.core.models import Guarded
from linli.core.policy import ACTIONS, ActionRule
from linli.party.models import Exclusion, Grant, Login, Tie

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


def _excluded_from(login: Login) -> frozenset[UUID]:
    rows = Exclusion.objects.filter(lifted_at__isnull=True).filter(_names(login.uid, _person_id(login)))
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
        if not rule.place_is_enough:
            tied = _tied(actor, rule)
            allowed &= tied if rule.needs_tie else (Q(sensitivity__lt=Sensitivity.SENSITIVE) | tied)
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
            allowed |= Q(place_path__startswith=grant.place_path) & ~Q(place_path="")
    if rule.self_service and actor.person_uid is not None:
        allowed |= _about([actor.person_uid])
    return allowed


def _own(actor: Actor) -> Q:
    own = Q(maker_uid__isnull=False, maker_uid=actor.login_uid)
    if actor.person_uid is not None:
        own |= _about([actor.person_uid])
    return own


def _tied(actor: Actor, rule: ActionRule) -> Q:
    ties = (
        Tie.objects.filter(login__uid=actor.login_uid, kind__in=sorted(rule.ties), starts_at__lte=actor.now)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=actor.now))
        .filter(
            Q(about_uid=OuterRef("uid"))
            | Q(about_uid=OuterRef("subject_uid"))
            | Q(about_uid=OuterRef("household_uid"))
        )
    )
    tied = Q(Exists(ties))
    if rule.self_service and actor.person_uid is not None:
        tied |= _about([actor.person_uid])
    return tied


def _assured(actor: Actor, rule: ActionRule) -> Q:
    """Which classes this session's assurance opens."""
    facts, now = actor.facts, actor.now
    has_fresh = facts.fresh_factor_at is not None and now - facts.fresh_factor_at < FRESH_FACTOR_HOLDS
    has_second = facts.second_factor_at is not None and now - facts.second_factor_at < SECOND_FACTOR_HOLDS
    if rule.fresh:
        return Q() if has_fresh else Q(pk__in=[])
    opened = Q(sensitivity__gte=Sensitivity.SAFETY) if has_fresh else Q(pk__in=[])
    if has_second:
        opened |= Q(sensitivity=Sensitivity.SENSITIVE)
    if has_second or not rule.second_factor:
        opened |= Q(sensitivity__lt=Sensitivity.SENSITIVE)
    return opened


def login_by_uid(uid: UUID) -> Login | None:
    """A login for the program's own use (names in “who looked”)."""
    return Login.objects.filter(uid=uid).first()

