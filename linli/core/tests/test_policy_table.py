"""The table of roles and actions, read once more by hand: what no row may ever say."""

from __future__ import annotations

import pytest

from linli.core.decide import TIE_KINDS
from linli.core.policy import ACTIONS, ROLES, STAFF, ActionRule

ADMINS = {"system_admin", "security_admin", "audit_admin"}
PERSONAL = ("person.", "flag.", "need.", "proposal.", "referral.")


@pytest.mark.parametrize(("name", "rule"), ACTIONS.items())
def test_a_row_names_known_roles_and_ties(name: str, rule: ActionRule):
    block, _, verb = name.partition(".")
    assert block.isidentifier()
    assert verb.isidentifier()
    assert rule.roles
    assert rule.roles <= set(ROLES)
    assert rule.ties <= set(TIE_KINDS)
    assert not (rule.needs_tie and rule.place_is_enough), "asks for a tie and says none is needed"


@pytest.mark.parametrize("name", [n for n in ACTIONS if n.startswith(PERSONAL)])
def test_running_the_system_opens_no_case(name: str):
    assert not ACTIONS[name].roles & ADMINS


@pytest.mark.parametrize("name", [n for n in ACTIONS if n.startswith(PERSONAL)])
def test_residents_volunteers_and_donors_hold_no_role_over_others(name: str):
    assert not ACTIONS[name].roles & {"resident", "volunteer", "donor"}


@pytest.mark.parametrize(
    "name", ["person.read", "person.reveal", "flag.read", "need.read", "proposal.read", "referral.read"]
)
def test_reading_content_is_never_by_place_alone(name: str):
    assert not ACTIONS[name].place_is_enough
    assert ACTIONS[name].ties


def test_what_may_be_public_is_one_row():
    assert [name for name, rule in ACTIONS.items() if rule.open_to_all] == ["page.public"]


def test_only_what_is_offered_is_seen_from_anywhere():
    assert [name for name, rule in ACTIONS.items() if rule.anywhere] == ["offer.list", "offer.read"]


def test_serving_oneself_is_reading_only():
    assert [n for n, rule in ACTIONS.items() if rule.self_service] == ["person.read", "person.read_audit", "need.read"]


@pytest.mark.parametrize("name", ["grant.propose", "grant.approve", "flag.decide", "proposal.decide"])
def test_nobody_rules_on_their_own(name: str):
    assert ACTIONS[name].not_own


@pytest.mark.parametrize("name", ["grant.propose", "grant.approve", "tie.assign", "audit.read", "person.import"])
def test_power_asks_for_a_second_factor(name: str):
    assert ACTIONS[name].second_factor


@pytest.mark.parametrize("name", ["person.reveal", "person.export", "token.make"])
def test_taking_out_asks_for_a_fresh_factor(name: str):
    assert ACTIONS[name].fresh


def test_any_worker_adds_an_exclusion_at_once():
    rule = ACTIONS["person.exclude"]
    assert rule.place_is_enough
    assert not rule.fresh
    assert not rule.second_factor
    assert {"worker", "lead", "supervisor"} <= rule.roles <= STAFF
