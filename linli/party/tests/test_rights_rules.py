"""Rules of rights as tables. No database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from linli.core.policy import ROLES
from linli.party import rules

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)


def code(refusal: Any) -> str | None:
    return refusal.code if refusal else None


@pytest.mark.parametrize("role", ROLES)
def test_only_three_roles_are_granted_by_one_person(role: str):
    assert rules.is_sensitive(role) is (role not in ("resident", "volunteer", "donor"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"role": "king"}, "party.grant_unknown_role"),
        ({"proposer_uid": B}, "party.grant_own"),
        ({"proposer_uid": None}, None),
        ({"ends_on": TODAY}, None),
        ({"ends_on": date(2026, 2, 27)}, "party.grant_ends_before_start"),
        ({"starts_on": date(2026, 1, 1), "ends_on": date(2026, 3, 1)}, "party.grant_already_over"),
        ({"starts_on": date(2026, 1, 1)}, None),
        ({"held_roles": ["worker", "resident"]}, None),
        ({"held_roles": ["audit_admin"]}, "party.grant_admin_apart"),
        ({"role": "resident", "held_roles": ["audit_admin"]}, None),
        ({"role": "system_admin", "held_roles": ["security_admin"]}, "party.grant_admin_apart"),
        ({"role": "system_admin", "held_roles": ["system_admin"]}, None),
        ({"role": "audit_admin", "held_roles": ["worker"]}, "party.grant_admin_apart"),
        ({"role": "audit_admin", "held_roles": ["resident"]}, None),
    ],
)
def test_why_not_propose(changes: dict[str, Any], expected: str | None):
    given = {
        "proposer_uid": A,
        "login_uid": B,
        "role": "worker",
        "starts_on": TODAY,
        "ends_on": None,
        "today": TODAY,
        "held_roles": [],
    } | changes
    assert code(rules.why_not_propose(**given)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"approver_uid": A}, "party.grant_needs_another"),
        ({"approver_uid": B}, "party.grant_own"),
        ({"proposer_uid": None}, None),
        *(({"state": state}, "party.grant_not_waiting") for state in ("active", "refused", "ended")),
    ],
)
def test_why_not_approve(changes: dict[str, Any], expected: str | None):
    given = {"state": "proposed", "proposer_uid": A, "login_uid": B, "approver_uid": C} | changes
    assert code(rules.why_not_approve(**given)) == expected


@pytest.mark.parametrize(
    ("state", "role", "others", "expected"),
    [
        ("active", "worker", 0, None),
        ("ended", "worker", 3, "party.grant_not_held"),
        ("active", "security_admin", 0, "party.grant_last_admin"),
        ("active", "security_admin", 1, None),
    ],
)
def test_why_not_end_grant(state: str, role: str, others: int, expected: str | None):
    assert code(rules.why_not_end_grant(state=state, role=role, others_with_role=others)) == expected


@pytest.mark.parametrize(
    ("kind", "is_own", "expected"),
    [
        ("assigned", False, None),
        ("assigned", True, "party.tie_own"),
        ("guardian", False, "party.tie_by_papers"),
        ("self", False, "party.tie_by_papers"),
    ],
)
def test_why_not_tie(kind: str, is_own: bool, expected: str | None):
    assert code(rules.why_not_tie(kind=kind, is_own=is_own)) == expected


@pytest.mark.parametrize(
    ("kind", "ends_at", "expected"),
    [
        ("assigned", None, None),
        ("supervises", NOW + timedelta(seconds=1), None),
        ("assigned", NOW, "party.tie_over"),
        ("guardian", None, "party.tie_by_papers"),
        ("self", None, "party.tie_by_papers"),
    ],
)
def test_why_not_end_tie(kind: str, ends_at: datetime | None, expected: str | None):
    assert code(rules.why_not_end_tie(kind=kind, ends_at=ends_at, now=NOW)) == expected


def test_it_is_handed_to_a_colleague_who_is_somebody_else():
    assert code(rules.why_not_hand_over(holder_uid=A, login_uid=A)) == "party.tie_same"
    assert rules.why_not_hand_over(holder_uid=A, login_uid=B) is None
    assert code(rules.why_not_colleague(is_colleague=False)) == "party.tie_elsewhere"
    assert rules.why_not_colleague(is_colleague=True) is None


def test_a_protected_record_keeps_a_keeper():
    assert code(rules.why_not_leave(is_protected=True, has_keeper=False)) == "party.tie_last_keeper"
    assert rules.why_not_leave(is_protected=True, has_keeper=True) is None
    assert rules.why_not_leave(is_protected=False, has_keeper=False) is None


@pytest.mark.parametrize(
    ("lifted", "asked_by", "expected"),
    [
        (False, B, None),
        (True, B, "party.exclusion_gone"),
        (False, None, "party.exclusion_lift_not_asked"),
        (False, A, "party.exclusion_needs_another"),
    ],
)
def test_why_not_lift(lifted: bool, asked_by: UUID | None, expected: str | None):
    assert code(rules.why_not_lift(lifted=lifted, asked_by=asked_by, lifter_uid=A)) == expected


def test_nobody_is_shut_out_of_their_own_record():
    assert code(rules.why_not_exclude(about_uid=A, person_uid=A)) == "party.exclusion_of_oneself"
    assert rules.why_not_exclude(about_uid=A, person_uid=B) is None
    assert rules.why_not_exclude(about_uid=A, person_uid=None) is None


@pytest.mark.parametrize(
    ("until", "expected"),
    [(None, False), (NOW, False), (NOW + timedelta(seconds=1), True), (NOW - timedelta(1), False)],
)
def test_is_locked(until: datetime | None, expected: bool):
    assert rules.is_locked(until, NOW) is expected
