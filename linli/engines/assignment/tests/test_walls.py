"""Hard safety: each wall bars, is named, and says what would lift it; an exclusion stays unnamed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from linli.engines.assignment import say_reason, say_unlocked
from linli.engines.assignment.tests.make import chosen, rejection, run

WALLS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("vetting", {"code": "bath"}, {"need_codes": ["bath"], "vetted_until": date(2026, 3, 11)}),
    ("vetting", {"code": "bath"}, {"need_codes": ["bath"], "vetted_until": None}),
    ("vetting", {"minor": True, "due_on": date(2026, 4, 1)}, {"vetted_until": date(2026, 3, 31)}),
    ("validity", {}, {"valid_to": date(2026, 3, 11)}),
    ("validity", {"due_on": date(2026, 3, 14)}, {"valid_from": date(2026, 3, 15)}),
    ("condition", {"age": 59}, {"conditions": "age>=60"}),
    ("condition", {"level": 3}, {"conditions": "级别<=2"}),
    ("condition", {"place_code": "330521104001"}, {"conditions": "地区=330521103"}),
    ("helper_sex", {"helper_sex": "2!"}, {"conditions": "helper_sex=1"}),
    ("helper_sex", {"helper_sex": "2!"}, {}),
    ("amount", {"amount_fen": 600_000}, {"kind": "fund", "conditions": "每份上限=5000元"}),
    ("distance", {"lat": 30.0, "lon": 120.0}, {"lat": 31.0, "lon": 120.0}),
    ("distance", {"place_code": "330521103001"}, {"place_code": "330522"}),
    ("time", {"slots": ["二 14:00-17:00"]}, {"slots": ["三 14:00-17:00"]}),
    ("language", {"code": "mental", "languages": ["吴语"]}, {"need_codes": ["mental"], "languages": ["普通话"]}),
    ("no_places", {}, {"capacity": 0}),
]


@pytest.mark.parametrize(("code", "need", "offer"), WALLS)
def test_each_wall_bars_and_says_what_lifts_it(code: str, need: dict[str, Any], offer: dict[str, Any]) -> None:
    result = run([need], [offer])
    assert result.proposals.num_rows == 0
    assert rejection(result)["code"] == code
    row = result.unmet.to_pylist()[0]
    assert row["binding"] == code
    assert json.loads(row["unlocked_by"])[0][0] == f"lift_{code}"
    for lang in ("zh", "en"):
        assert say_unlocked(row["unlocked_by"], lang)
        assert say_reason(code, json.loads(row["params"]), lang)


@pytest.mark.parametrize(
    ("need", "offer"),
    [
        ({"code": "bath", "due_on": date(2026, 3, 20)}, {"need_codes": ["bath"], "vetted_until": date(2026, 3, 20)}),
        ({"minor": True, "code": "goods"}, {"need_codes": ["goods"], "kind": "goods", "vetted_until": None}),
        ({}, {"valid_from": date(2026, 3, 12), "valid_to": date(2026, 3, 12)}),
        ({}, {"conditions": "age>=60"}),
        ({"helper_sex": "2!"}, {"conditions": "服务人员性别=1|2"}),
        ({"helper_sex": "2"}, {"conditions": "helper_sex=1"}),
        ({"slots": ["周二下午"]}, {"slots": ["二 16:30-18:00"]}),
        ({"languages": ["吴语"]}, {"languages": ["普通话"]}),
        ({"place_code": "330521103001"}, {"place_code": "33"}),
    ],
)
def test_what_is_just_within_is_permitted(need: dict[str, Any], offer: dict[str, Any]) -> None:
    assert chosen(run([need], [offer])) == {"N1": "O1"}


@pytest.mark.parametrize(
    ("excluded", "offer"),
    [
        ("O1", {}),
        (" o1 ", {}),
        ("周大山", {"provider": "周大山"}),
        ("周大山", {"provider": "周大山（志愿者）"}),
        ("周大山（前夫）", {"provider": "邻里队", "people": ["李平", "周 大山"]}),
        ("邻里队", {"name": "邻里队"}),
    ],
)
def test_an_exclusion_bars_and_is_not_named(excluded: str, offer: dict[str, Any]) -> None:
    result = run([{"excluded": [excluded]}], [offer])
    assert result.proposals.num_rows == 0
    for row in (rejection(result), result.unmet.to_pylist()[0]):
        assert row.get("binding", row["code"]) == "not_suitable"
        assert row["restricted_code"] == "excluded"
        assert row["params"] == "{}"
    assert json.loads(result.unmet["unlocked_by"][0].as_py())[0][0] == "new_offer"


def test_a_personal_condition_reads_like_an_exclusion() -> None:
    """Otherwise the code itself would give the exclusion away."""
    barred = run([{"excluded": ["O1"]}], [{}])
    unfit = run([{"groups": ["PWD"]}], [{"conditions": "groups=MLA"}])
    for table in ("rejected", "unmet"):
        one, other = (
            getattr(result, table).drop_columns(["restricted_code"]).to_pylist() for result in (barred, unfit)
        )
        assert one == other


def test_an_exclusion_holds_for_the_whole_household() -> None:
    rows = [{"household_id": "H1", "excluded": ["P1"]}, {"household_id": "H1"}, {"household_id": "H2"}]
    assert chosen(run(rows, [{"capacity": 3}])) == {"N3": "O1"}


def test_another_name_that_only_contains_the_excluded_one_is_not_barred() -> None:
    assert chosen(run([{"excluded": ["周大"]}], [{"provider": "周大山"}])) == {"N1": "O1"}


def test_nobody_offers_this() -> None:
    row = run([{"code": "legal", "place_code": "330521103001"}], [{}]).unmet.to_pylist()[0]
    assert row["binding"] == "no_offer_for_code"
    assert say_unlocked(row["unlocked_by"]) == "在 330521103001 有人提供法律援助"
    assert say_unlocked(row["unlocked_by"], "en") == "an offer of legal aid in 330521103001"


def test_one_more_place_names_who_waits_ahead() -> None:
    rows = [{"level": 1}, {"level": 2}, {"level": 4}]
    result = run(rows, [{"name": "食堂"}])
    assert chosen(result) == {"N1": "O1"}
    assert [say_unlocked(text).split("；")[0] for text in result.unmet["unlocked_by"].to_pylist()] == [
        "食堂 再多 1 个名额",
        "食堂 再多名额（前面还有 1 人在等）",
    ]
    assert chosen(run(rows, [{"name": "食堂", "capacity": 2}])) == {"N1": "O1", "N2": "O1"}
