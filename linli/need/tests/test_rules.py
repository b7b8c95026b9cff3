"""Decisions about needs, as tables of cases. No database."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.core.errors import Refusal
from linli.need import rules
from linli.need.rules import Level

ON = date(2026, 3, 1)
TABLE = rules.triage_table(ON)
DIMENSIONS = TABLE.dimensions
TARGET_GROUPS = Path(__file__).parents[3] / "packs" / "common" / "rules" / "target_groups.toml"


def scored(*scores: int) -> dict[str, int]:
    return dict(zip(DIMENSIONS, scores, strict=False))


@pytest.mark.parametrize(
    ("scores", "red_flags", "level"),
    [
        ((), (), Level.ROUTINE),
        ((1, 1, 1, 1, 1), (), Level.ROUTINE),
        ((1, 1, 1, 1, 1, 1), (), Level.TWO_WEEKS),  # sum 6
        ((2,), (), Level.TWO_WEEKS),  # one at 2
        ((2, 2, 2, 2, 2, 1), (), Level.TWO_WEEKS),  # sum 11
        ((2, 2, 2, 2, 2, 2), (), Level.THREE_DAYS),  # sum 12
        ((0, 3), (), Level.THREE_DAYS),  # one at 3
        ((3, 3, 3, 3, 3, 3, 3), (), Level.THREE_DAYS),
        ((), ("domestic_violence",), Level.SAME_DAY),
        ((0, 0), ("child_at_risk", "missing"), Level.SAME_DAY),
    ],
)
def test_triage(scores: tuple[int, ...], red_flags: tuple[str, ...], level: Level) -> None:
    assert rules.triage_level(scored(*scores), red_flags, TABLE) == level


@given(st.lists(st.integers(0, 3), max_size=7), st.integers(0, 6))
def test_a_worse_score_is_never_less_pressing(scores: list[int], at: int) -> None:
    worse = [min(3, score + (number == at)) for number, score in enumerate(scores)]
    assert rules.triage_level(scored(*worse), (), TABLE) <= rules.triage_level(scored(*scores), (), TABLE)


@pytest.mark.parametrize(
    ("scores", "red_flags", "refusal"),
    [
        ({"safety": 3}, (), None),
        ({"safety": 4}, (), Refusal("need.triage_range", name="safety", highest=3)),
        ({"safety": -1}, (), Refusal("need.triage_range", name="safety", highest=3)),
        ({"mood": 1}, (), Refusal("need.triage_unknown", name="mood")),
        ({}, ("lonely",), Refusal("need.triage_unknown", name="lonely")),
    ],
)
def test_scores_outside_the_table_are_refused(
    scores: dict[str, int], red_flags: tuple[str, ...], refusal: Refusal | None
) -> None:
    assert rules.why_not_score(scores, red_flags, TABLE) == refusal


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


def flags(*rows: tuple[str, str, str]) -> pa.Table:
    return pa.table(
        {
            "subject": [row[0] for row in rows],
            "rule": [row[1] for row in rows],
            "kind": [row[2] for row in rows],
            "of": ["household" if row[0].startswith("h") else "person" for row in rows],
            "reason": [f"因 {row[1]}" for row in rows],
            "reason_en": [f"for {row[1]}" for row in rows],
        }
    )


PERSONS = pa.table(
    {
        "person_id": ["p2", "p1", "p3"],
        "household_id": ["h1", "h1", "h3"],
        "region": ["999981100001", None, None],
        "birth_on": [date(2008, 3, 1), date(2008, 3, 2), None],
    }
)


def test_one_need_per_person_and_code_with_the_most_pressing_level() -> None:
    found = rules.needs_from_flags(
        flags(("p1", "visit_monthly", "visit"), ("p1", "eal_missed", "missed"), ("p1", "visit_weekly", "visit")),
        PERSONS,
        ON,
    ).to_pylist()
    assert [(row["code"], row["level"], row["due_on"]) for row in found] == [
        ("company", 4, date(2026, 5, 30)),
        ("visit", 2, date(2026, 3, 4)),
    ]
    assert found[1]["reason"] == "因 visit_weekly；因 visit_monthly；因 eal_missed"
    assert found[1]["flag_rule"] == "visit_weekly;visit_monthly;eal_missed"


def test_needs_carry_what_matching_asks_of_the_person() -> None:
    found = rules.needs_from_flags(
        flags(("p1", "x", "missed"), ("p2", "x", "missed"), ("p3", "x", "missed")), PERSONS, ON
    ).to_pylist()
    assert [(row["age"], row["minor"], row["household_id"]) for row in found] == [
        (17, True, "h1"),
        (18, False, "h1"),
        (None, None, "h3"),
    ]
    assert [row["place_code"] for row in found] == [None, "999981100001", None]


def test_ids_do_not_depend_on_order_or_day() -> None:
    rows = [("p1", "mla_missed", "missed"), ("p2", "def_missed", "missed"), ("p3", "x", "conflict")]
    forward = rules.needs_from_flags(flags(*rows), PERSONS, ON)
    assert rules.needs_from_flags(flags(*rows[::-1]), PERSONS, ON).equals(forward)
    later = rules.needs_from_flags(flags(*rows), PERSONS, date(2026, 9, 1))
    assert later["need_id"].equals(forward["need_id"])
    assert len(set(forward["need_id"].to_pylist())) == forward.num_rows


def test_a_flag_on_a_household_falls_to_its_first_member() -> None:
    found = rules.needs_from_flags(flags(("h1", "x", "missed")), PERSONS, ON).to_pylist()
    assert [row["person_id"] for row in found] == ["p1"]


def test_severe_mental_disorder_opens_no_need() -> None:
    assert rules.needs_from_flags(flags(("p1", "smd_refer", "risk")), PERSONS, ON).num_rows == 0


def test_every_rule_of_the_target_groups_leads_to_known_needs() -> None:
    known = tomllib.loads(TARGET_GROUPS.read_text("utf-8"))["rule"]
    codes = {rule["code"] for rule in known}
    named, _ = rules._flag_needs()
    assert set(named) <= codes
    for rule in known:
        drafts = rules.needs_of_flag(rule["code"], rule["kind"], ON)
        assert bool(drafts) == (rule["code"] != "smd_refer")
        assert all(draft.code in rules.need_codes() for draft in drafts)
