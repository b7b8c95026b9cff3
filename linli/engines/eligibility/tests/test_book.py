"""Rules files: what a sound one gives, and every fault of a bad one at once."""

from __future__ import annotations

import pytest

from linli.engines.eligibility import load_rules, say_fault
from linli.engines.eligibility.tests.making import HEAD, ON, STANDARD, figure, rule
from linli.engines.errors import BadInput

BAD = (
    HEAD
    + """
[words.colour]
red = ["红", "red"]
[[parameter]]
code = "standard"
zh = "标准"
en = "standard"
unit = "元"
values = [
  { value = 900, status = "confirmed", to = 2026-06-30 },
  { value = 950, source = "invented", status = "sure", from = 2026-01-01 },
  { value = "x", source = "invented", status = "tbc", from = 2027-02-01, to = 2027-01-01 },
]
"""
    + figure("age", "income")
    + figure("total", "household_sum(incom)")
    + rule(
        "one", "income < standard and ag > 3", "disabled + 1", 'living == "alone"', reason="有 {nothing} 和 {groups}"
    )
    + rule("one", "household_any(disabled)", reason="{age!r}", more="surprise = 1")
    + rule("two", "age > 1", of="household")
    + rule("three")
)


def test_all_faults_of_a_bad_file_come_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        load_rules(("bad.toml", BAD))
    faults = caught.value.faults
    assert {fault.file for fault in faults} == {"bad.toml"}
    assert sorted((fault.column, fault.code) for fault in faults) == sorted(
        [
            ("book.words.colour", "expression_unknown_name"),
            ("parameter[standard].values[1].source", "rules_missing"),
            ("parameter[standard].values[2].status", "rules_choice"),
            ("parameter[standard].values[3].to", "rules_span"),
            ("parameter[standard].values", "rules_mixed_types"),
            ("parameter[standard].values", "rules_overlap"),
            ("parameter[standard].values", "rules_overlap"),
            ("figure[age].code", "rules_twice"),
            ("figure[total].is", "expression_unknown_name"),
            ("rule[one].reason_zh", "rules_template_name"),
            ("rule[one].reason_zh", "rules_template_name"),
            ("rule[one].reason_en", "rules_template_name"),
            ("rule[one].reason_en", "rules_template_name"),
            ("rule[one].when[1].is", "expression_unknown_name"),
            ("rule[one].when[2].is", "expression_type"),
            ("rule[one].when[1].is", "expression_household_place"),
            ("rule[one].reason_zh", "rules_template"),
            ("rule[one].reason_en", "rules_template"),
            ("rule[one].surprise", "rules_unknown_key"),
            ("rule[one].code", "rules_twice"),
            ("rule[two].when[1].is", "expression_not_household"),
            ("rule[three].when", "rules_missing"),
        ]
    )
    for fault in faults:
        assert say_fault(fault, "zh")
        assert say_fault(fault, "en")


@pytest.mark.parametrize("text", ["", "= 1", b"\xff\xfe", "[book]\ncode = 1", "book = 3", "rule = 1", "[[rule]]"])
def test_anything_else_is_refused_in_words(text: str | bytes) -> None:
    with pytest.raises(BadInput) as caught:
        load_rules(text)
    assert all(say_fault(fault) for fault in caught.value.faults)


def test_a_county_gives_a_parameter_anew() -> None:
    common = HEAD + STANDARD + rule("poor", "income < standard")
    county = STANDARD.replace("value = 1000", "value = 1200").replace(
        "[[parameter]]", '[book]\ncode = "c"\nversion = "2"\n[[parameter]]'
    )
    book = load_rules(common, county)
    dated = book.parameters["standard"].at(ON)
    assert dated is not None
    assert dated.value == 1200
    assert (book.code, book.version) == ("test+c", "1+2")
    assert book.digest != load_rules(common).digest
