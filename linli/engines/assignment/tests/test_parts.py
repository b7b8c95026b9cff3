"""Slots, conditions, weights, words and scores: known answers."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.assignment import (
    WORDS,
    read_conditions,
    read_slots,
    read_weights,
    say_slots,
    say_unlocked,
    say_why,
    write_slot,
)
from linli.engines.assignment.tests.make import ON, PACK, run
from linli.engines.errors import BadInput


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("二 14:00-17:00; 四 09:00-11:00", ["二 14:00-17:00", "四 09:00-11:00"]),
        ("Tue 14:00-17:00", ["二 14:00-17:00"]),
        ("周二、周四下午", ["二 13:00-18:00", "四 13:00-18:00"]),
        ("周一至周三 9点到11点30", ["一 09:00-11:30", "二 09:00-11:30", "三 09:00-11:30"]),
        ("Mon-Wed 9:00-11:30", ["一 09:00-11:30", "二 09:00-11:30", "三 09:00-11:30"]),
        ("六-一 上午", ["一 08:00-12:00", "六 08:00-12:00", "日 08:00-12:00"]),
        ("周末 全天", ["六 00:00-24:00", "日 00:00-24:00"]),
        ("星期天 ８：１５—９：４５", ["日 08:30-09:30"]),
        ("二 17:00-14:00", None),
        ("二 25:00-26:00", None),
        ("不定", None),
    ],
)
def test_slots(text: str, slots: list[str] | None) -> None:
    if slots is None:
        with pytest.raises(ValueError, match=re.escape(text)):
            read_slots(text)
    else:
        assert sorted(map(write_slot, read_slots(text))) == sorted(slots)


@given(st.integers(0, 6), st.integers(0, 47), st.integers(1, 48))
def test_slots_round_trip(day: int, start: int, length: int) -> None:
    slot = (day, start, min(start + length, 48))
    assert read_slots(write_slot(slot)) == [slot]


def test_slots_are_said_in_the_readers_language() -> None:
    slots = ["二 14:00-17:00", "四 14:00-17:00", "六 09:00-11:00"]
    assert say_slots(slots) == "二、四 14:00-17:00；六 09:00-11:00"
    assert say_slots(slots, "en") == "Tue, Thu 14:00-17:00; Sat 09:00-11:00"
    lift = json.dumps([["lift_time", {"name": "A", "slots": "；".join(slots)}]])
    assert say_unlocked(lift, "en") == "A open at Tue, Thu 14:00-17:00; Sat 09:00-11:00"


@given(st.text(max_size=30))
def test_any_text_is_slots_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert all(0 <= day < 7 and 0 <= start < end <= 48 for day, start, end in read_slots(text))


def test_conditions_in_both_languages_and_the_note() -> None:
    chinese = read_conditions("年龄>=60；人群=MLA|DES；自付=20元；每份上限=5000元；服务人员性别=女；要房东签字")
    english = read_conditions("age>=60; groups=mla|des; fee_fen=2000; max_fen=500000; helper_sex=2; 要房东签字")
    assert chinese == english
    assert (chinese.age_min, chinese.fee_fen, chinese.groups, chinese.note) == (60, 2000, ("DES", "MLA"), "要房东签字")


@given(st.text(max_size=40))
def test_no_condition_is_lost(text: str) -> None:
    read = read_conditions(text)
    assert read == read_conditions(None) or read.note or re.search("[=≥≤＝<>]", text) or not text.strip(" ;；\n")


def test_weights_faults_come_at_once() -> None:
    text = PACK.read_text(encoding="utf-8")
    assert read_weights(text, ON).id == "2026-01"
    broken = (
        text.replace("fit = 40", "fit = -1").replace("far_km = 20", "far_km = 0.5").replace("overdue_per_day = 2", "")
    )
    with pytest.raises(BadInput) as bad:
        read_weights(broken, ON)
    assert {fault.column for fault in bad.value.faults} >= {"points.fit", "wait"}
    for wrong, code in (
        (text.replace("fit = 40", "fit = 41"), "weights_sum"),
        ("[[", "weights_toml"),
        ("", "weights_none_in_force"),
    ):
        with pytest.raises(BadInput) as bad:
            read_weights(wrong, ON)
        assert [fault.code for fault in bad.value.faults] == [code]


def test_score_is_the_sum_worked_by_hand() -> None:
    """Bath as a side line (40·80 %), time unknown (20·(40+40/2+20) %), level 2 three days late (20·66 %),
    5 km of 20 (10·75 %), 20 of 40 yuan (10·75 %)."""
    need = {
        "code": "bath",
        "level": 2,
        "due_on": ON.replace(day=9),
        "slots": ["二 下午"],
        "lat": 30.0,
        "lon": 120.0,
        "pays_fen": 4000,
    }
    offer = {"need_codes": ["clean", "bath"], "lat": 30.04497, "lon": 120.0, "conditions": "自付=20元"}
    row = run([need], [offer]).proposals.to_pylist()[0]
    assert [row[part] for part in ("fit", "wish", "wait", "distance", "cost")] == [32.0, 16.0, 13.2, 7.5, 7.5]
    assert row["score"] == 76.2
    told = json.loads(row["why"])
    assert {code for code, _ in told["lacks"]} == {"side_line", "time_unknown"}
    assert ["near", {"km": "5"}] in told["fits"]
    assert say_why(row["why"]).startswith("合：") and "欠：这一项是兼做；时间没写，先问" in say_why(row["why"])


def test_ranks_follow_the_choice_then_the_score() -> None:
    rows: list[dict[str, Any]] = [{"conditions": f"fee_fen={fee}"} for fee in (3000, 0, 1000, 2000, 4000)]
    told = run([{}], rows).proposals.to_pylist()
    assert [(row["rank"], row["offer_id"]) for row in told] == [(1, "O2"), (2, "O3"), (3, "O4"), (4, "O1")]
    assert len(run([{}], rows, k=1).proposals) == 1


def test_an_alternative_planned_for_others_says_so() -> None:
    told = run([{}, {}], [{}, {"conditions": "fee_fen=1000"}]).proposals.to_pylist()
    assert sorted((row["need_id"], row["rank"]) for row in told) == [("N1", 1), ("N1", 2), ("N2", 1), ("N2", 2)]
    assert all(("planned_for_others" in row["why"]) == (row["rank"] == 2) for row in told)


def test_bad_tables_name_every_fault() -> None:
    with pytest.raises(BadInput) as bad:
        run(
            [{"need_id": "A"}, {"need_id": "A"}, {"need_id": None}, {"level": 9}],
            [{"capacity": -1}, {"kind": "magic"}, {"lat": 99.0}],
        )
    assert sorted(fault.code for fault in bad.value.faults) == ["id_missing", "id_repeated", *["value_outside"] * 4]


def test_empty_tables() -> None:
    nothing = run([], [])
    assert (nothing.cost, nothing.proposals.num_rows, nothing.unmet.num_rows) == (0, 0, 0)
    assert run([{}], []).unmet["binding"].to_pylist() == ["no_offer_for_code"]
    assert run([], [{}]).proposals.num_rows == 0


def test_words_are_whole_in_both_languages() -> None:
    for code, (chinese, english) in WORDS.entries.items():
        assert chinese and english, code
        assert set(re.findall(r"{(\w+)}", chinese)) == set(re.findall(r"{(\w+)}", english)), code


def test_same_input_same_digest() -> None:
    first, second = run([{}], [{}]), run([{}], [{"capacity": 2}])
    assert first.digest == run([{}], [{}]).digest != second.digest
