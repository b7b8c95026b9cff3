"""Writes of rights: logins, roles, relationships, exclusions, consents, and what happens at the door.

Upper blocks tie a worker to what they open by `write_tie` inside their own action, after their own check.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record, record_now, unit_of_work
from linli.core.errors import BadInput, Conflict, NotFound, stop_if
from linli.core.policy import AUDIT_ADMIN, SECURITY_ADMIN, SYSTEM_ADMIN
from linli.party import rules
from linli.party.models import Consent, Exclusion, Grant, Login, Person, Tie
from linli.party.queries import actor_of
from linli.party.queries_rights import grant_facts, must, party_thing

FIRST_ROLES = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)
# No letters or digits that look alike: the password is read from paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Four groups of four: about 79 bits, to be changed at the first log-in."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


# Logins


@action("login.make")
def make_login(*, actor: Actor, username: str, display_name: str, password: str, phone: str = "") -> dict[str, str]:
    """A new login with a one-time password that must be changed; it holds no role yet."""
    if not actor.system and not actor.holds_role_for("login.make"):
        raise NotFound()
    if Login.objects.filter(username=username).exists():
        raise BadInput("party.username_taken", username=username)
    login = Login(
        username=username,
        display_name=display_name,
        must_change_password=True,
        created_at=actor.now,
        phone=phone or None,
    )
    login.set_password(password)
    login.save()
    record(actor, "login.make", kind="login", uid=login.uid)
    return {"uid": str(login.uid)}


@action("login.make")
def renew_password(*, actor: Actor, login_uid: UUID, password: str) -> dict[str, str]:
    """A new one-time password for somebody who forgot theirs; a lock is lifted with it."""
    login = _login(login_uid)
    must(actor, "login.make", grant_facts(login, _place_of(login, actor)))
    stop_if(rules.why_not_on_oneself(login_uid=login.uid, actor_uid=actor.login_uid))
    login.set_password(password)
    login.must_change_password, login.locked_until = True, None
    login.save(update_fields=["password", "must_change_password", "locked_until"])
    forget_failed_logins(login)
    record(actor, "login.renew_password", kind="login", uid=login.uid)
    return {"uid": str(login.uid)}


@action("login.make")
def set_login_active(*, actor: Actor, login_uid: UUID, is_active: bool) -> dict[str, str]:
    """Close a login (it stops at its next request) or open it again."""
    login = _login(login_uid)
    must(actor, "login.make", grant_facts(login, _place_of(login, actor)))
    stop_if(rules.why_not_on_oneself(login_uid=login.uid, actor_uid=actor.login_uid))
    login.is_active = is_active
    login.save(update_fields=["is_active"])
    record(actor, "login.open" if is_active else "login.close", kind="login", uid=login.uid)
    return {"uid": str(login.uid)}


def make_first_logins(actor: Actor, place_path: str, names: Mapping[str, str]) -> list[dict[str, str]]:
    """The three administrators of an empty instance, each with a one-time password, shown once.

    System, security and audit administration go to three different logins (GB/T 22239-2019). `names`
    says per role what the account is called where people read it. Refused once any login exists.
    """
    if not actor.system or Login.objects.exists():
        raise Conflict("party.logins_exist")
    made = []
    with unit_of_work():
        for role in FIRST_ROLES:
            username, password = role.replace("_", "-"), one_time_password()
            answer = make_login.within(actor=actor, username=username, display_name=names[role], password=password)
            propose_grant.within(
                actor=actor, login_uid=UUID(answer["uid"]), role=role, place_path=place_path, starts_on=actor.today
            )
            made.append({"role": role, "username": username, "password": password})
    return made


def _login(uid: UUID) -> Login:
    login = Login.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if login is None:
        raise NotFound()
    return login


def _place_of(login: Login, actor: Actor) -> str:
    """Where a login works, for deciding; one without a role is nobody's yet, so the actor's own place counts."""
    held = login.grants.filter(state__in=["active", "proposed"]).values_list("place_path", flat=True).first()
    return held or next((g.place_path for g in actor.facts.grants), "")


# Roles


@action("grant.propose")
def propose_grant(
    *, actor: Actor, login_uid: UUID, role: str, place_path: str, starts_on: date, ends_on: date | None = None
) -> dict[str, str]:
    """Give a role in a place from a day to a day. A sensitive one waits for a second person."""
    login = _login(login_uid)
    held = login.grants.filter(state__in=["active", "proposed"])
    stop_if(
        rules.why_not_propose(
            proposer_uid=actor.login_uid,
            login_uid=login.uid,
            role=role,
            starts_on=starts_on,
            ends_on=ends_on,
            today=actor.today,
            held_roles=[g.role for g in held if g.ends_on is None or g.ends_on >= actor.today],
        )
    )
    must(actor, "grant.propose", grant_facts(login, place_path))
    waits = rules.is_sensitive(role) and not actor.system
    grant = Grant.objects.create(
        login=login,
        role=role,
        place_path=place_path,
        starts_on=starts_on,
        ends_on=ends_on,
        state="proposed" if waits else "active",
        proposed_by=actor.login_uid,
        created_at=actor.now,
    )
    record(actor, "grant.propose", kind="grant", uid=grant.uid, role=role, place=place_path, login=login.uid)
    return {"uid": str(grant.uid), "state": grant.state}


@action("grant.approve")
def approve_grant(*, actor: Actor, grant_uid: UUID) -> dict[str, str]:
    """A second person says yes: the role holds from its first day."""
    grant = _grant_to_decide(actor, grant_uid)
    held = grant.login.grants.filter(state="active")
    stop_if(rules.why_not_together(grant.role, [g.role for g in held if g.ends_on is None or g.ends_on >= actor.today]))
    grant.state, grant.approved_by = "active", actor.login_uid
    grant.save(update_fields=["state", "approved_by"])
    record(actor, "grant.approve", kind="grant", uid=grant.uid, role=grant.role, login=grant.login.uid)
    return {"uid": str(grant.uid), "state": grant.state}


@action("grant.approve")
def refuse_grant(*, actor: Actor, grant_uid: UUID) -> dict[str, str]:
    """A second person says no."""
    grant = _grant_to_decide(actor, grant_uid)
    grant.state, grant.approved_by = "refused", actor.login_uid
    grant.save(update_fields=["state", "approved_by"])
    record(actor, "grant.refuse", kind="grant", uid=grant.uid, role=grant.role, login=grant.login.uid)
    return {"uid": str(grant.uid), "state": grant.state}


@action("grant.end")
def end_grant(*, actor: Actor, grant_uid: UUID) -> dict[str, str]:
    """A role ends now; whoever held it loses it at the next request."""
    grant = _grant(grant_uid)
    must(actor, "grant.end", grant_facts(grant.login, grant.place_path))
    others = Grant.objects.filter(role=grant.role, state="active", login__is_active=True).exclude(pk=grant.pk).count()
    stop_if(rules.why_not_end_grant(state=grant.state, role=grant.role, others_with_role=others))
    grant.state, grant.ends_on = "ended", max(grant.starts_on, actor.today)
    grant.save(update_fields=["state", "ends_on"])
    record(actor, "grant.end", kind="grant", uid=grant.uid, role=grant.role, login=grant.login.uid)
    return {"uid": str(grant.uid), "state": grant.state}


def _grant(uid: UUID) -> Grant:
    grant = Grant.objects.select_for_update(of=("self",)).select_related("login__person").filter(uid=uid).first()
    if grant is None:
        raise NotFound()
    return grant


def _grant_to_decide(actor: Actor, uid: UUID) -> Grant:
    grant = _grant(uid)
    stop_if(
        rules.why_not_approve(
            state=grant.state, proposer_uid=grant.proposed_by, login_uid=grant.login.uid, approver_uid=actor.login_uid
        )
    )
    must(actor, "grant.approve", grant_facts(grant.login, grant.place_path))
    return grant


# Relationships


def write_tie(
    actor: Actor, login: Login, about_uid: UUID, kind: str, why: str, *, ends_at: datetime | None = None
) -> Tie:
    """Tie a login to something from now on; the calling action has decided already. One of a kind is enough."""
    tie = Tie.objects.filter(login=login, about_uid=about_uid, kind=kind, ends_at__isnull=True).first()
    if tie is None:
        tie = Tie.objects.create(
            login=login,
            about_uid=about_uid,
            kind=kind,
            starts_at=actor.now,
            ends_at=ends_at,
            why=why,
            created_at=actor.now,
        )
        record(actor, "tie.assign", kind="tie", uid=about_uid, tie=kind, login=login.uid)
    return tie


@action("tie.assign")
def assign_tie(
    *, actor: Actor, login_uid: UUID, about_uid: UUID, kind: str, why: str, ends_at: datetime | None = None
) -> dict[str, str]:
    """Make somebody responsible for a person or household of one's place."""
    thing, login = party_thing(about_uid), _login(login_uid)
    must(actor, "tie.assign", thing.facts())
    is_own = login.person is not None and login.person.uid in thing.facts().about
    stop_if(rules.why_not_tie(kind=kind, starts_at=actor.now, ends_at=ends_at, is_own=is_own))
    stop_if(rules.why_not_assign_oneself(login_uid=login.uid, actor_uid=actor.login_uid))
    return {"uid": str(write_tie(actor, login, about_uid, kind, why, ends_at=ends_at).uid)}


@action("tie.assign")
def end_tie(*, actor: Actor, tie_uid: UUID) -> dict[str, str]:
    """A relationship ends now."""
    tie = Tie.objects.select_for_update().filter(uid=tie_uid).first()
    if tie is None:
        raise NotFound()
    must(actor, "tie.assign", party_thing(tie.about_uid).facts())
    if tie.ends_at is None or tie.ends_at > actor.now:
        tie.ends_at = actor.now
        tie.save(update_fields=["ends_at"])
        record(actor, "tie.end", kind="tie", uid=tie.about_uid, tie=tie.kind)
    return {"uid": str(tie.uid)}


# Exclusions


@action("person.exclude")
def add_exclusion(
    *, actor: Actor, about_uid: UUID, why: str, login_uid: UUID | None = None, person_uid: UUID | None = None
) -> dict[str, str]:
    """Keep a login or a person away from somebody, whatever else they hold. At once; reviewed after."""
    thing = party_thing(about_uid)
    must(actor, "person.exclude", thing.facts())
    stop_if(rules.why_not_exclude(about_uid=about_uid, person_uid=person_uid))
    login = _login(login_uid) if login_uid else None
    person = Person.objects.filter(uid=person_uid).first() if person_uid else None
    if login is None and person is None:
        raise BadInput("party.exclusion_of_nobody")
    row = Exclusion.objects.filter(login=login, person=person, about_uid=about_uid, lifted_at__isnull=True).first()
    if row is None:
        row = Exclusion.objects.create(
            login=login, person=person, about_uid=about_uid, why=why, made_by=actor.login_uid, created_at=actor.now
        )
        record(actor, "person.exclude", kind="exclusion", uid=about_uid, exclusion=row.uid)
    return {"uid": str(row.uid)}


@action("exclusion.lift")
def keep_exclusion(*, actor: Actor, exclusion_uid: UUID) -> dict[str, str]:
    """Reviewed: the exclusion stays, and a wish to lift it falls."""
    row = _exclusion(actor, exclusion_uid)
    row.reviewed_by, row.reviewed_at, row.lift_asked_by = actor.login_uid, actor.now, None
    row.save(update_fields=["reviewed_by", "reviewed_at", "lift_asked_by"])
    record(actor, "exclusion.keep", kind="exclusion", uid=row.about_uid, exclusion=row.uid)
    return {"uid": str(row.uid)}


@action("exclusion.lift")
def ask_lift_exclusion(*, actor: Actor, exclusion_uid: UUID) -> dict[str, str]:
    """The first of two: asks that an exclusion be lifted. It goes on holding."""
    row = _exclusion(actor, exclusion_uid)
    row.lift_asked_by = actor.login_uid
    row.save(update_fields=["lift_asked_by"])
    record(actor, "exclusion.ask_lift", kind="exclusion", uid=row.about_uid, exclusion=row.uid)
    return {"uid": str(row.uid)}


@action("exclusion.lift")
def lift_exclusion(*, actor: Actor, exclusion_uid: UUID) -> dict[str, str]:
    """The second of two: lifts it."""
    row = _exclusion(actor, exclusion_uid)
    stop_if(rules.why_not_lift(lifted=False, asked_by=row.lift_asked_by, lifter_uid=actor.login_uid))
    row.lifted_by, row.lifted_at = actor.login_uid, actor.now
    row.save(update_fields=["lifted_by", "lifted_at"])
    record(actor, "exclusion.lift", kind="exclusion", uid=row.about_uid, exclusion=row.uid)
    return {"uid": str(row.uid)}


def _exclusion(actor: Actor, uid: UUID) -> Exclusion:
    row = Exclusion.objects.select_for_update(of=("self",)).filter(uid=uid, lifted_at__isnull=True).first()
    if row is None:
        raise NotFound()
    must(actor, "exclusion.lift", party_thing(row.about_uid).facts())
    return row


# Consents


@action("consent.write")
def give_consent(
    *, actor: Actor, person_uid: UUID, purpose: str, text_version: str, way: str, witness_uid: UUID | None = None
) -> dict[str, str]:
    """A person agreed to a purpose: which text, in which way, heard by whom."""
    person = party_thing(person_uid)
    if not isinstance(person, Person):
        raise NotFound()
    must(actor, "consent.write", person.facts())
    stop_if(rules.why_not_consent(way=way, witness_uid=witness_uid))
    consent = Consent.objects.create(
        person=person,
        purpose=purpose,
        text_version=text_version,
        way=way,
        witness_uid=witness_uid,
        created_at=actor.now,
    )
    record(actor, "consent.give", kind="consent", uid=person_uid, purpose=purpose, way=way)
    return {"uid": str(consent.uid)}


@action("consent.write")
def withdraw_consent(*, actor: Actor, consent_uid: UUID) -> dict[str, str]:
    """The person takes it back; what was done before stays lawful (PIPL art. 15)."""
    consent = Consent.objects.select_for_update(of=("self",)).select_related("person").filter(uid=consent_uid).first()
    if consent is None:
        raise NotFound()
    must(actor, "consent.write", consent.person.facts())
    if consent.withdrawn_at is None:
        consent.withdrawn_at = actor.now
        consent.save(update_fields=["withdrawn_at"])
        record(actor, "consent.withdraw", kind="consent", uid=consent.person.uid, purpose=consent.purpose)
    return {"uid": str(consent.uid)}


# At the door


def note_login_event(login: Login, name: str, outcome: str, now: datetime, **params: Any) -> None:
    """One audit row about somebody at the door: who, what, how it went; never what was typed."""
    record_now(actor_of(login, now=now), name, kind="login", uid=login.uid, outcome=outcome, **params)


def count_failed_login(login: Login | None, *, now: datetime) -> None:
    """Record a failed try; the fifth in a row locks the login for a quarter of an hour."""
    if login is None:
        record_now(actor_of(None, now=now), "account.login", outcome="failed", reason="unknown")
        return
    failures = cache.get(_failures_key(login), 0) + 1
    cache.set(_failures_key(login), failures, timeout=int(rules.LOCK_HOLDS.total_seconds()))
    with unit_of_work():
        actor = actor_of(None, now=now)
        record(actor, "account.login", kind="login", uid=login.uid, outcome="failed", failures=failures)
        if failures >= rules.FAILURES_BEFORE_LOCK and not rules.is_locked(login.locked_until, now):
            Login.objects.filter(pk=login.pk).update(locked_until=now + rules.LOCK_HOLDS)
            record(actor, "account.lock", kind="login", uid=login.uid)


def forget_failed_logins(login: Login) -> None:
    """A log-in that worked starts the count again."""
    cache.delete(_failures_key(login))


def _failures_key(login: Login) -> str:
    return "linli-failed-" + hashlib.sha256(login.uid.bytes).hexdigest()
