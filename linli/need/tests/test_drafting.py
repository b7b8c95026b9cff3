"""Flags and people become a table of needs. No database."""

from __future__ import annotations

from datetime import date

import pyarrow as pa

from linli.need import drafting

ON = date(2026, 3, 1)


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
    found = drafting.needs_from_flags(
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
    found = drafting.needs_from_flags(
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
    forward = drafting.needs_from_flags(flags(*rows), PERSONS, ON)
    assert drafting.needs_from_flags(flags(*rows[::-1]), PERSONS, ON).equals(forward)
    later = drafting.needs_from_flags(flags(*rows), PERSONS, date(2026, 9, 1))
    assert later["need_id"].equals(forward["need_id"])
    assert len(set(forward["need_id"].to_pylist())) == forward.num_rows


def test_a_flag_on_a_household_falls_to_its_first_member() -> None:
    found = drafting.needs_from_flags(flags(("h1", "x", "missed")), PERSONS, ON).to_pylist()
    assert [row["person_id"] for row in found] == ["p1"]


def test_severe_mental_disorder_opens_no_need() -> None:
    assert drafting.needs_from_flags(flags(("p1", "smd_refer", "risk")), PERSONS, ON).num_rows == 0


def test_who_may_be_gone_is_sent_nobody() -> None:
    raised = flags(("p1", "visit_weekly", "visit"), ("p1", "conflict_gone", "conflict"), ("h1", "x", "missed"))
    found = drafting.needs_from_flags(raised, PERSONS, ON).to_pylist()
    assert [(row["person_id"], row["code"]) for row in found] == [("p1", "document"), ("p2", "aid_guidance")]
