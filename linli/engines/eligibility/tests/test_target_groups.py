"""The target-group rules against the cases a lawyer can read, and what every one of them must carry."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from linli.engines.eligibility import RuleBook, ScreenResult, load_rules, screen
from linli.engines.eligibility.language import Type

RULES = Path(__file__).parents[4] / "packs" / "common" / "rules"
CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("target_groups_cases.toml").read_text("utf-8"))[
    "case"
]
ON = date(2026, 3, 1)
ARROW: dict[Type, pa.DataType] = {
    "number": pa.int64(),
    "flag": pa.bool_(),
    "text": pa.string(),
    "date": pa.date32(),
    "texts": pa.list_(pa.string()),
}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_rules((RULES / "target_groups.toml").read_bytes())


@pytest.fixture(scope="module")
def result(book: RuleBook) -> ScreenResult:
    """All cases screened together, each a household of its own."""
    rows = [
        {"person_id": f"{at}:{number}", "household_id": str(at), **person}
        for at, case in enumerate(CASES)
        for number, person in enumerate([case["person"], *case.get("household", [])])
    ]
    columns = {name: pa.array([row.get(name) for row in rows], ARROW[kind]) for name, kind in book.columns.items()}
    keys = {name: pa.array([row[name] for row in rows]) for name in ("person_id", "household_id")}
    return screen(pa.table({**keys, **columns}), book, on=ON)


@pytest.mark.parametrize("at", range(len(CASES)), ids=[case["zh"] for case in CASES])
def test_case(at: int, result: ScreenResult) -> None:
    case = CASES[at]
    hits = {row["rule"] for row in result.hits.to_pylist() if row["subject"] == f"{at}:0"}
    near = {row["rule"] for row in result.near.to_pylist() if row["subject"] == f"{at}:0"}
    assert set(case.get("finds", [])) <= hits
    assert not set(case.get("not", [])) & hits
    assert set(case.get("near", [])) <= near
    assert not hits & near


def test_every_rule_has_a_case_that_it_finds(book: RuleBook) -> None:
    found = {code for case in CASES for code in case.get("finds", [])}
    # The ends of a status are one pattern per group; the cases show it on two groups.
    same_pattern = {rule.code for rule in book.rules if rule.kind in ("expired", "expiring")}
    assert {rule.code for rule in book.rules} - same_pattern <= found
    assert {"mla_expired", "mla_expiring", "pwd_expired"} <= found


def test_every_rule_names_its_ground_and_never_decides(book: RuleBook) -> None:
    marks = (RULES / "target_groups.toml").read_text("utf-8").split("[book]")[0]
    for rule in book.rules:
        assert rule.source
        assert re.split("〔", rule.source)[0] in marks or rule.source.startswith("国发")
        if rule.kind in ("missed", "risk", "conflict"):
            assert "可能" in rule.reason_zh
            assert "may" in rule.reason_en


def test_what_is_not_confirmed_is_said(result: ScreenResult) -> None:
    for row in [*result.hits.to_pylist(), *result.near.to_pylist()]:
        assert (row["status"] == "tbc") == ("待核" in row["reason"]) == ("to be checked" in row["reason_en"])


def test_sentences_hold_words_and_no_codes(result: ScreenResult) -> None:
    for row in result.hits.to_pylist():
        assert not re.search(r"[a-z]{3,}_[a-z]|prison|\bdead\b|severe", row["reason"])
        assert "{" not in row["reason"] + row["reason_en"]
