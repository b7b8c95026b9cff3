"""Rules about rights: who may be granted what by whom, locks, exclusions, consents. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from linli.core.actor import Actor
from linli.core.errors import Refusal
from linli.core.policy import (
    AUDIT_ADMIN,
    DONOR,
    RESIDENT,
    ROLES,
    SECURITY_ADMIN,
    SYSTEM_ADMIN,
    VOLUNTEER,
)

# Roles that open no other person's sensitive data: one person may grant them.
PLAIN_ROLES = frozenset({RESIDENT, VOLUNTEER, DONOR})
# GB/T 22239-2019, 8.1.5: system, security and audit administration are held by different people.
ADMIN_ROLES = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN})

FAILURES_BEFORE_LOCK = 5
LOCK_HOLDS = timedelta(minutes=15)


def is_sensitive(role: str) -> bool:
    """Whether a role needs two people to be granted (SECURITY-GOALS, section 2)."""
    return role not in PLAIN_ROLES


def needs_second_factor(actor: Actor) -> bool:
    """Whether some role held today works with sensitive data."""
    return any(is_sensitive(grant.role) and grant.holds(actor.today) for grant in actor.facts.grants)


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """Whether a login is still locked after too many failures."""
    return locked_until is not None and now < locked_until


def why_not_propose(
    *,
    proposer_uid: UUID | None,
    login_uid: UUID,
    role: str,
    starts_on: date,
    ends_on: date | None,
    today: date,
    held_roles: Iterable[str],
) -> Refusal | None:
    """Why this role may not be proposed for that login."""
    if role not in ROLES:
        return Refusal("party.grant_unknown_role", role=role)
    if proposer_uid == login_uid:
        return Refusal("party.grant_own")
    if ends_on is not None and ends_on < starts_on:
        return Refusal("party.grant_ends_before_start")
    if ends_on is not None and ends_on < today:
        return Refusal("party.grant_already_over")
    return why_not_together(role, held_roles)


def why_not_together(role: str, held_roles: Iterable[str]) -> Refusal | None:
    """An administrator holds no second administration and no work with cases."""
    others = set(held_roles) - {role}
    if role in ADMIN_ROLES and others - PLAIN_ROLES:
        return Refusal("party.grant_admin_apart")
    if role not in PLAIN_ROLES and others & ADMIN_ROLES:
        return Refusal("party.grant_admin_apart")
    return None


def why_not_approve(
    *, state: str, proposer_uid: UUID | None, login_uid: UUID, approver_uid: UUID | None
) -> Refusal | None:
    """Why this person may not approve (or refuse) a proposed role: it takes another than proposer and holder."""
    if state != "proposed":
        return Refusal("party.grant_not_waiting")
    if approver_uid is not None and approver_uid == proposer_uid:
        return Refusal("party.grant_needs_another")
    if approver_uid is not None and approver_uid == login_uid:
        return Refusal("party.grant_own")
    return None


def why_not_on_oneself(*, login_uid: UUID, actor_uid: UUID | None) -> Refusal | None:
    """One's own login is closed, opened or given a password by somebody else."""
    return Refusal("party.grant_own") if login_uid == actor_uid else None


def why_not_assign_oneself(*, login_uid: UUID, actor_uid: UUID | None) -> Refusal | None:
    """Nobody opens a file to himself by making himself responsible for it."""
    return Refusal("party.tie_to_oneself") if login_uid == actor_uid else None


def why_not_end_grant(*, state: str, role: str, others_with_role: int) -> Refusal | None:
    """Why a role may not be ended: it must be held, and somebody must stay to guard the rights."""
    if state != "active":
        return Refusal("party.grant_not_held")
    if role in ADMIN_ROLES and others_with_role == 0:
        return Refusal("party.grant_last_admin")
    return None


def why_not_tie(*, kind: str, starts_at: datetime, ends_at: datetime | None, is_own: bool) -> Refusal | None:
    """Why a relationship may not be written."""
    if is_own:
        return Refusal("party.tie_own")
    if kind in ("self", "guardian"):
        return Refusal("party.tie_by_papers")
    if ends_at is not None and ends_at <= starts_at:
        return Refusal("party.tie_ends_before_start")
    return None


def why_not_exclude(*, about_uid: UUID, person_uid: UUID | None) -> Refusal | None:
    """An exclusion keeps somebody else away; a person is never shut out of what is their own."""
    return Refusal("party.exclusion_of_oneself") if person_uid == about_uid else None


def why_not_lift(*, lifted: bool, asked_by: UUID | None, lifter_uid: UUID | None) -> Refusal | None:
    """It takes two to lift an exclusion: one asks, another does it."""
    if lifted:
        return Refusal("party.exclusion_gone")
    if asked_by is None:
        return Refusal("party.exclusion_lift_not_asked")
    if asked_by == lifter_uid:
        return Refusal("party.exclusion_needs_another")
    return None


def why_not_consent(*, way: str, witness_uid: UUID | None) -> Refusal | None:
    """A spoken consent counts only with somebody who heard it (PIPL art. 14: explicit)."""
    if way == "oral" and witness_uid is None:
        return Refusal("party.consent_needs_witness")
    return None
