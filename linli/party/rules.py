"""Rules about rights: who may be granted what by whom, locks, relationships, exclusions. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
# Whoever gave somebody a one-time password could have signed in as them: so long the two do not count as two.
PASSWORD_TIES = timedelta(days=30)


@dataclass(frozen=True)
class PasswordGiven:
    """Who last gave a login its one-time password, and when; no giver where the command line did."""

    login_uid: UUID | None
    by: UUID | None = None
    at: datetime | None = None

    def is_from(self, giver_uid: UUID | None, now: datetime) -> bool:
        """Whether that giver did, lately."""
        return self.by is not None and self.by == giver_uid and self.at is not None and now - self.at < PASSWORD_TIES


def is_sensitive(role: str) -> bool:
    """Whether a role needs two people to be granted (docs/security.md, section 2)."""
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


def why_not_two(first: PasswordGiven, second: PasswordGiven, *, now: datetime) -> Refusal | None:
    """Two people are two only if neither has lately given the other a password."""
    if second.is_from(first.login_uid, now) or first.is_from(second.login_uid, now):
        return Refusal("party.grant_password_given", days=PASSWORD_TIES.days)
    return None


def why_not_confirm_binding(*, state: str, proposer_uid: UUID | None, confirmer_uid: UUID | None) -> Refusal | None:
    """Whose login it is, is said by one and checked by another."""
    if state != "proposed":
        return Refusal("party.grant_not_waiting")
    return Refusal("party.grant_needs_another") if proposer_uid == confirmer_uid else None


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


def why_not_tie(*, kind: str, is_own: bool) -> Refusal | None:
    """Why a relationship may not be written."""
    if is_own:
        return Refusal("party.tie_own")
    return Refusal("party.tie_by_papers") if kind in ("self", "guardian") else None


def why_not_colleague(*, is_colleague: bool) -> Refusal | None:
    """Responsible is who works at the station of the place and need not keep away."""
    return None if is_colleague else Refusal("party.tie_elsewhere")


def why_not_hand_over(*, holder_uid: UUID, login_uid: UUID) -> Refusal | None:
    """It is handed to somebody else."""
    return Refusal("party.tie_same") if holder_uid == login_uid else None


def why_not_end_tie(*, kind: str, ends_at: datetime | None, now: datetime) -> Refusal | None:
    """Why a relationship may not be ended here: it runs by papers, or is over."""
    if kind in ("self", "guardian"):
        return Refusal("party.tie_by_papers")
    return Refusal("party.tie_over") if ends_at is not None and ends_at <= now else None


def why_not_leave(*, is_protected: bool, has_keeper: bool) -> Refusal | None:
    """The record of a protected person never stays without anybody who can open it."""
    return Refusal("party.tie_last_keeper") if is_protected and not has_keeper else None


def why_not_shut_out(*, may_assign: bool) -> Refusal | None:
    """Who is responsible is kept away by one who is responsible too, or by who names others; nobody else."""
    return None if may_assign else Refusal("party.exclusion_of_keeper")


def why_not_leave_alone(*, are_others: bool) -> Refusal | None:
    """The last one responsible is kept away only after another is named."""
    return None if are_others else Refusal("party.exclusion_of_last_keeper")


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
