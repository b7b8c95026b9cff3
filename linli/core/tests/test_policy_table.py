"""The table of roles and actions, read once more by hand: what no row may ever say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from linli.core.decide import TIE_KINDS
from linli.core.policy import ACTIONS, ROLES, STAFF, ActionRule

WRITTEN = tomllib.loads(Path(__file__).with_name("policy_rows.toml").read_text(encoding="utf-8"))
STATION_WRITTEN = {"worker", "lead", "supervisor"}
GROUPS = {
    "station": STATION_WRITTEN,
    "staff": STATION_WRITTEN | {"county", "secretary", "grid"},
    "everyone": STATION_WRITTEN
    | {"county", "secretary", "grid", "org_manager", "volunteer", "resident", "donor", "auditor"}
    | {"system_admin", "security_admin", "audit_admin"},
}
CASE = {"assigned", "co-worker", "supervises", "referral"}

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


def test_both_writings_hold_the_same_actions():
    assert set(WRITTEN) == set(ACTIONS)


@pytest.mark.parametrize("name", WRITTEN)
def test_both_writings_say_the_same(name: str):
    roles, asks = WRITTEN[name]
    rule, asked = ACTIONS[name], {word.partition(":")[0]: word.partition(":")[2] for word in asks.split()}
    assert rule.roles == set().union(*(GROUPS.get(word, {word}) for word in roles.split()))
    assert rule.ties == CASE | ({"guardian", "self"} if "kin" in asked else set())
    assert rule.by_tie == {one for one in asked.get("only-tied", "").split(",") if one}
    said = {
        "tie": rule.needs_tie,
        "place": rule.place_is_enough,
        "nothing": rule.shows_nothing,
        "anywhere": rule.anywhere,
        "not-own": rule.not_own,
        "self": rule.self_service,
        "all": rule.open_to_all,
        "hides": rule.hides,
        "fresh": rule.fresh,
        "second": rule.second_factor,
    }
    assert {word for word, holds in said.items() if holds} == set(asked) - {"kin", "only-tied"}


def test_the_roles_are_fourteen():
    assert set(ROLES) == GROUPS["everyone"]
    assert len(ROLES) == 14


@pytest.mark.parametrize(("name", "rule"), ACTIONS.items())
def test_who_only_follows_relationships_gets_in_by_nothing_else(name: str, rule: ActionRule):
    assert rule.by_tie <= rule.roles
    assert not (rule.by_tie and (rule.anywhere or rule.self_service or rule.open_to_all))


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


def test_what_the_place_alone_does_to_the_protected_is_a_short_list():
    shows_nothing = [name for name, rule in ACTIONS.items() if rule.shows_nothing]
    assert shows_nothing == ["person.exclude", "tie.assign", "exclusion.lift"]
    assert all(ACTIONS[name].place_is_enough for name in shows_nothing)


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
