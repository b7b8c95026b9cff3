"""Whom rules find, what is lacking, and how dates, unknown facts and households count."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.eligibility import ScreenResult, compare, load_rules, say_fault, screen
from linli.engines.eligibility.tests.making import HEAD, ON, STANDARD, figure, people, rule
from linli.engines.errors import BadInput

ROOT = Path(__file__).parents[4]
DATA = ROOT / "tests" / "data" / "eligibility"
POOR = HEAD + STANDARD + rule("poor", "income < standard", reason="收入 {income}，标准 {standard}")


def subjects(result: ScreenResult, code: str) -> list[str]:
    return [row["subject"] for row in result.hits.to_pylist() if row["rule"] == code]


def test_the_nine_toy_rules_find_exactly_the_expected_counts() -> None:
    book = load_rules((ROOT / "packs" / "toy" / "toy_rules.toml").read_bytes())
    expected = json.loads((DATA / "expected.json").read_text())["counts"]
    result = screen(pq.read_table(DATA / "residents_dev.parquet"), book, on=ON, near=False)
    assert dict(result.report.hits) == expected
    assert result.hits.num_rows == sum(expected.values())


def test_a_parameter_is_the_one_of_the_day() -> None:
    table, book = people([{"income": 950.0}]), load_rules(POOR)
    before, after = screen(table, book, on=date(2025, 12, 31)), screen(table, book, on=date(2026, 1, 1))
    assert subjects(before, "poor") == []
    assert subjects(after, "poor") == ["p0000"]
    hit = after.hits.to_pylist()[0]
    assert hit["reason"] == "收入 950，标准 1000（依据或标准待核）"
    assert json.loads(hit["figures"]) == {"income": 950, "standard": 1000}
    assert (hit["status"], hit["source"], hit["kind"]) == ("tbc", "invented 第1条", "missed")


def test_a_rule_runs_only_between_its_days_and_with_all_its_values() -> None:
    ended = STANDARD.replace("from = 2026-01-01 }", "from = 2026-01-01, to = 2026-01-31 }")
    text = HEAD + ended + rule("poor", "income < standard") + rule("old", "age >= 60", more="to = 2025-12-31")
    result = screen(people([{"income": 1.0, "age": 70}]), load_rules(text), on=ON)
    assert result.hits.num_rows == 0
    assert result.report.not_in_force == ("old",)
    assert dict(result.report.without_value) == {"poor": ("standard",)}


def test_what_is_lacking_is_named_with_its_distance() -> None:
    near = '{ is = "income < standard", zh = "收入低于标准", en = "income below", within = 100 }'
    book = load_rules(HEAD + STANDARD + rule("poor", near, '{ is = "disabled", near = "unknown" }', "age >= 60"))
    table = people(
        [
            {"income": 1050.0, "disabled": True, "age": 70},  # 50 too much: near
            {"income": 1150.0, "disabled": True, "age": 70},  # too far
            {"income": None, "disabled": True, "age": 70},  # not known: ask
            {"income": 500.0, "disabled": False, "age": 70},  # plainly not disabled: not near
            {"income": 500.0, "disabled": None, "age": 70},  # not known: ask
            {"income": 1050.0, "disabled": True, "age": None},  # two things lacking
            {"income": 500.0, "disabled": True, "age": 57},  # three years too young: near
        ]
    )
    result = screen(table, book, on=ON)
    found = {row["subject"]: (row["kind"], json.loads(row["lacking"])) for row in result.near.to_pylist()}
    assert found == {
        "p0000": ("short", [{"condition": "1", "state": "short", "gap": 50}]),
        "p0002": ("unknown", [{"condition": "1", "state": "unknown"}]),
        "p0004": ("unknown", [{"condition": "2", "state": "unknown"}]),
        "p0006": ("short", [{"condition": "3", "state": "short", "gap": 3}]),
    }
    said = result.near.to_pylist()
    assert said[0]["reason"] == "接近“规则”：尚不符合——收入低于标准（差50）（依据或标准待核）"
    assert said[1]["reason"] == "接近“规则”：未知，请核实——收入低于标准（依据或标准待核）"
    assert said[1]["reason_en"].startswith("Close to “rule”: not known, please ask – income below")
    assert result.report.hits["poor"] == 0


def test_a_rule_may_bear_two_unknown_facts() -> None:
    book = load_rules(HEAD + rule("r", "income == 0", 'living == "alone"', more="lacking = 2"))
    result = screen(people([{}, {"income": 5.0}]), book, on=ON)
    assert [len(json.loads(row["lacking"])) for row in result.near.to_pylist()] == [2, 2]


def test_a_household_without_a_number_is_a_household_alone() -> None:
    book = load_rules(HEAD + figure("members", "household_size()") + rule("alone", "members == 1"))
    result = screen(people([{"hh": None}, {"hh": None}, {"hh": "x"}, {"hh": "x"}]), book, on=ON)
    assert subjects(result, "alone") == ["p0000", "p0001"]


def test_a_rule_on_households_finds_each_household_once() -> None:
    text = HEAD + STANDARD + figure("total", "household_sum(income)") + rule("poor", "total < standard", of="household")
    rows = [{"hh": "x", "income": 400.0}, {"hh": "x", "income": 500.0}, {"hh": "y", "income": 600.0}, {"hh": "y"}]
    result = screen(people(rows), load_rules(text), on=ON)
    assert [(row["subject"], row["household"], row["of"]) for row in result.hits.to_pylist()] == [
        ("x", "x", "household")
    ]
    assert [(row["subject"], row["kind"]) for row in result.near.to_pylist()] == [("y", "unknown")]


def test_a_missing_column_is_unknown_and_said() -> None:
    book = load_rules(POOR + rule("not_disabled", "not disabled"))
    result = screen(people([{"income": 1.0}]).drop_columns(["disabled"]), book, on=ON)
    assert dict(result.report.hits) == {"poor": 1, "not_disabled": 0}
    assert result.report.missing_columns == ("disabled",)
    assert result.report.blind == ("not_disabled",)
    assert [row["kind"] for row in result.near.to_pylist()] == ["unknown"]


def test_a_number_that_is_none_is_unknown() -> None:
    result = screen(people([{"income": float("nan")}]), load_rules(POOR + rule("rich", "income >= standard")), on=ON)
    assert dict(result.report.hits) == {"poor": 0, "rich": 0}


def test_a_table_of_other_types_is_refused_with_every_fault() -> None:
    book = load_rules(POOR)
    table = pa.table({"hh": ["a"], "income": ["many"], "age": [True], "groups": ["MLA"]})
    with pytest.raises(BadInput) as caught:
        screen(table, book, on=ON)
    faults = [(fault.code, fault.column) for fault in caught.value.faults]
    assert faults == [("no_subject_column", "pid")] + [("column_type", name) for name in ("age", "income", "groups")]
    assert all(say_fault(fault) for fault in caught.value.faults)


def test_not_known_of_a_negation_is_not_known_of_the_fact() -> None:
    book = load_rules(
        HEAD + figure("able", "not disabled") + rule("ask", "unknown(able)") + rule("told", "known(able)")
    )
    result = screen(people([{"disabled": None}, {"disabled": True}]), book, on=ON)
    assert (subjects(result, "ask"), subjects(result, "told")) == (["p0000"], ["p0001"])


def test_quotes_and_line_ends_stay_sound_json() -> None:
    book = load_rules(HEAD + rule("r", "known(living)", reason="住 {living}"))
    words = 'he said "no"\n\\ 好'
    hit = screen(people([{"living": words}]), book, on=ON).hits.to_pylist()[0]
    assert json.loads(hit["figures"]) == {"living": 'he said "no" \\ 好'}
    assert hit["reason"] == f"住 {words}"


def test_an_empty_table_gives_empty_results_with_all_columns() -> None:
    full, empty = (
        screen(people([{"income": 1.0}]), load_rules(POOR), on=ON),
        screen(people([]), load_rules(POOR), on=ON),
    )
    assert empty.hits.num_rows == empty.near.num_rows == 0
    assert empty.hits.column_names == full.hits.column_names


def test_the_order_of_the_rows_changes_nothing() -> None:
    rows = [{"pid": f"p{at}", "hh": f"h{at % 3}", "income": 90.0 * at} for at in range(20)]
    book = load_rules(HEAD + STANDARD + figure("mean", "household_avg(income)") + rule("poor", "mean < standard"))
    forward, backward = screen(people(rows), book, on=ON), screen(people(rows[::-1]), book, on=ON)
    assert forward.hits.equals(backward.hits)
    assert forward.near.equals(backward.near)
    assert forward.digest != backward.digest


def test_residents_in_a_database_are_asked_there() -> None:
    import duckdb
    import ibis

    table, book = people([{"income": 950.0}, {"income": 1200.0}]), load_rules(POOR)
    database = duckdb.connect()
    database.register("sent", table)
    database.execute("create table residents as select * from sent").fetchall()
    database.unregister("sent")
    there = ibis.duckdb.from_connection(database)
    asked = screen(there.table("residents"), book, on=ON)
    assert asked.hits.equals(screen(table, book, on=ON).hits)
    assert database.execute("select table_name from information_schema.tables").fetchall() == [("residents",)]


@settings(max_examples=settings.default.max_examples // 2)
@given(
    incomes=st.lists(st.none() | st.floats(0, 3000), min_size=1, max_size=12),
    lower=st.integers(0, 3000),
    more=st.integers(0, 1000),
)
def test_a_higher_standard_never_loses_anybody(incomes: list[float | None], lower: int, more: int) -> None:
    table = people([{"income": income} for income in incomes])
    books = [load_rules(POOR.replace("value = 1000", f"value = {value}")) for value in (lower, lower + more)]
    change = compare(table, books[0], books[1], on=ON)
    assert change.lost.num_rows == 0
    before, after = change.counts["poor"]
    assert change.gained.num_rows == after - before >= 0


def test_a_comparison_says_who_gains_and_who_loses() -> None:
    table = people([{"income": 950.0, "age": 70}, {"income": 950.0, "age": 50}, {"income": 1100.0, "age": 70}])
    before = load_rules(POOR)
    after = load_rules(HEAD + STANDARD.replace("1000", "1200") + rule("poor", "income < standard", "age >= 60"))
    change = compare(table, before, after, on=ON)
    assert change.gained.to_pylist() == [{"subject": "p0002", "household": "h0002", "rule": "poor"}]
    assert change.lost.to_pylist() == [{"subject": "p0001", "household": "h0001", "rule": "poor"}]
    assert dict(change.counts) == {"poor": (2, 2)}
    assert change.options["before"] == before.digest


def test_results_are_frozen_and_say_what_made_them() -> None:
    result = screen(people([{"income": 1.0}]), load_rules(POOR), on=ON)
    assert (result.engine, result.version, len(result.digest)) == ("eligibility", "1", 64)
    assert result.options["on"] == "2026-03-01"
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.engine = "x"  # type: ignore[misc]
