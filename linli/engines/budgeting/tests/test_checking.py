"""The independent check: it confirms every honest result and rejects what was changed."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.engines.budgeting import FINDINGS, District, Limit, Options, as_json, budget, check, parse_pb, read_pb
from linli.engines.budgeting.tests.elections import WIELICZKA, elections, text

HOW = st.sampled_from(
    [(rule, "none") for rule in ("greedy", "mes-cost", "mes-project", "phragmen")]
    + [(rule, how) for rule in ("mes-cost", "mes-project") for how in ("add1", "add1u", "phragmen")]
)


def holds(document: dict[str, Any], path: Path | None = None) -> bool:
    """Whether the check is content (and has words for what it found)."""
    findings = check(json.loads(json.dumps(document)), {"pb": path} if path else {})
    assert all(FINDINGS.say(one.code, lang, **one.params) for one in findings for lang in ("zh", "en"))  # type: ignore[arg-type]
    return all(one.ok for one in findings)


@settings(max_examples=2 * settings.default.max_examples, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(elections(), HOW)
def test_the_check_replays_every_result(tmp_path: Path, case: Any, how: tuple[str, str]) -> None:
    path = tmp_path / "x.pb"
    path.write_text(text(*case), encoding="utf-8")
    document = as_json(budget(read_pb(path), Options(*how)))  # type: ignore[arg-type]
    assert holds(document, path) and holds(document)


@pytest.mark.parametrize(
    "how", [("greedy", "none"), ("mes-cost", "none"), ("mes-project", "phragmen"), ("phragmen", "none")]
)
def test_a_real_file(how: Any) -> None:
    assert holds(as_json(budget(read_pb(WIELICZKA), Options(*how), reasons=False)), WIELICZKA)


def test_districts_and_limits(tmp_path: Path) -> None:
    path = tmp_path / "x.pb"
    path.write_text(
        "META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost;district;category\n"
        "e;30;East;sport\nw;10;West;sport\nall;40;;culture\nv;9;West;sport\nVOTES\nvoter_id;vote;district\n"
        "1;e,all;East\n2;w,v;West\n3;e,w,v;West\n4;v;\n",
        encoding="utf-8",
    )
    districts = (District("East", 30), District("West", 20))
    for voters in ("own", "all"):
        for rule, completion in (("greedy", "none"), ("mes-cost", "add1"), ("phragmen", "none")):
            options = Options(rule, completion, districts, voters=voters, limits=(Limit("category", "sport", 35),))  # type: ignore[arg-type]
            document = as_json(budget(read_pb(path), options))
            assert holds(document, path)
            assert document["cost"] <= 75  # sport costs at most 35 in all pots together
            document["options"]["limit"][0]["at_most"] = 8
            assert not holds(document, path)


CHANGES: list[Any] = [
    lambda d: d["selected"].pop(),
    lambda d: d["pots"][0]["steps"].pop(),
    lambda d: d["pots"][0]["steps"].reverse(),
    lambda d: d["pots"][0]["steps"][0].update(price="1/3"),
    lambda d: d["pots"][0]["steps"][3].update(rest=d["pots"][0]["steps"][3]["rest"] + 1),
    lambda d: d["pots"][0].update(raised=149),
    lambda d: d["pots"][0].update(ended="overspent"),
    lambda d: d["pots"][0].update(voters=6585),
    lambda d: d.update(cost=d["cost"] - 1),
    lambda d: d.update(budget=900_000),
    lambda d: d.update(digest="0" * 64),
    lambda d: d.update(completion="add1"),
    lambda d: d["options"].update(completion="add1u"),
    lambda d: d.update(rule="mes-project"),
]


@pytest.fixture(scope="module")
def honest() -> dict[str, Any]:
    """Wieliczka by Equal Shares."""
    return as_json(budget(read_pb(WIELICZKA), Options("mes-cost"), reasons=False))


@pytest.mark.parametrize("change", CHANGES[:6] + CHANGES[8:12])
def test_tampered_results_are_rejected(honest: dict[str, Any], change: Any) -> None:
    document = copy.deepcopy(honest)
    change(document)
    assert not holds(document, WIELICZKA)


@pytest.mark.parametrize("change", CHANGES[:4] + CHANGES[6:8] + CHANGES[12:])
def test_a_small_tampered_result_is_rejected(tmp_path: Path, change: Any) -> None:
    path = tmp_path / "x.pb"
    votes = [{"a": 1, "b": 1, "c": 1}, {"b": 1, "c": 1}, {"c": 1, "d": 1}, {"d": 1}]
    path.write_text(text({"a": 1, "b": 2, "c": 3, "d": 2, "e": 9}, 8, votes), encoding="utf-8")
    document = as_json(budget(parse_pb(path.read_bytes()), Options("mes-cost", "add1")))
    assert holds(document, path)
    change(document)
    assert not holds(document, path)
