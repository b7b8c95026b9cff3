"""Decisions about needs, as tables of cases. No database."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from linli.core.errors import Refusal
from linli.engines.assignment import KNOWN_CODES
from linli.need import rules
from linli.need.rules import Level

ON = date(2026, 3, 1)
TARGET_GROUPS = Path(__file__).parents[3] / "packs" / "common" / "rules" / "target_groups.toml"


@pytest.mark.parametrize(("level", "days"), [(1, 0), (2, 3), (3, 14), (4, 90)])
def test_a_level_promises_a_day(level: int, days: int) -> None:
    assert rules.visit_due(Level(level), ON) == ON + timedelta(days=days)


@pytest.mark.parametrize(
    ("state", "to_state", "note", "code"),
    [
        ("heard", "assessed", "", None),
        ("assessed", "open", "", None),
        ("open", "proposed", "", None),
        ("proposed", "referred", "", None),
        ("referred", "closed", "办结", None),
        ("referred", "closed", " ", "need.move_wants_note"),
        ("open", "withdrawn", "本人撤回", None),
        ("open", "dismissed", "", "need.move_wants_note"),
        ("closed", "open", "", "need.move_wants_note"),
        ("closed", "open", "又有需要", None),
        ("heard", "referred", "", "need.move_not_allowed"),
        ("closed", "referred", "x", "need.move_not_allowed"),
        ("open", "open", "x", "need.move_not_allowed"),
        ("nowhere", "open", "x", "need.move_not_allowed"),
    ],
)
def test_moves_of_a_need(state: str, to_state: str, note: str, code: str | None) -> None:
    refusal = rules.why_not_move_need(state, to_state, note)
    assert (refusal.code if refusal else None) == code


def test_every_state_can_be_reached_and_left() -> None:
    reached, fresh = set(), {"heard"}
    while fresh:
        reached |= fresh
        fresh = {to for state in fresh for to in rules.NEED_MOVES[state]} - reached
    assert reached == set(rules.NEED_MOVES)


@pytest.mark.parametrize(
    ("state", "decide", "reopen"),
    [
        ("new", None, "need.flag_not_decided"),
        ("confirmed", "need.flag_decided", None),
        ("dismissed", "need.flag_decided", None),
        ("gone", "need.flag_gone", "need.flag_not_decided"),
    ],
)
def test_a_flag_is_decided_once_and_may_be_reopened(state: str, decide: str | None, reopen: str | None) -> None:
    for refusal, code in ((rules.why_not_decide_flag(state), decide), (rules.why_not_reopen_flag(state), reopen)):
        assert (refusal.code if refusal else None) == code


def test_a_dismissal_says_why() -> None:
    assert rules.why_not_dismiss("已搬走") is None
    assert rules.why_not_dismiss("  ") == Refusal("need.dismiss_wants_reason")


def test_a_need_is_written_down_in_a_known_code_and_level() -> None:
    assert rules.why_not_open("meal", 3) is None
    assert rules.why_not_open("party", 3) == Refusal("need.code_unknown", need_code="party")
    assert rules.why_not_open("meal", 0) == Refusal("need.level_unknown", level=0)


def test_every_code_of_need_has_its_words_and_stands_in_one_order() -> None:
    assert tuple(rules.need_codes()) == KNOWN_CODES


def test_every_rule_of_the_target_groups_leads_to_known_needs() -> None:
    known = tomllib.loads(TARGET_GROUPS.read_text("utf-8"))["rule"]
    codes = {rule["code"] for rule in known}
    named, _ = rules._flag_needs()
    assert set(named) <= codes
    for rule in known:
        drafts = rules.needs_of_flag(rule["code"], rule["kind"], ON)
        assert bool(drafts) == (rule["code"] != "smd_refer")
        assert all(draft.code in rules.need_codes() for draft in drafts)
