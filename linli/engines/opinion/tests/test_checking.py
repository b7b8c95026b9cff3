"""The independent check accepts what is right and refuses what was changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.engines.opinion import FINDINGS, Options, as_json, draw_map, read_conversation, read_groups
from linli.engines.opinion.checking import check
from linli.engines.opinion.tests.made import DATA, files

NAME = "london.youth.policing"
Document = dict[str, Any]


def inputs(name: str) -> dict[str, Path]:
    votes, comments = files(name)
    return {"votes": votes, "comments": comments}


@pytest.fixture(scope="module")
def document() -> Document:
    """A result as it stands in a file."""
    text = json.dumps(as_json(draw_map(read_conversation(*files(NAME)))))
    made: Document = json.loads(text)
    return made


@pytest.mark.parametrize("name", [NAME, "golden-below-100-ptpts", "scoop-hivemind.freshwater", "scoop-hivemind.ubi"])
@pytest.mark.parametrize("mode", ["stable", "parity"])
def test_right_results_are_accepted(name: str, mode: str) -> None:
    found = draw_map(read_conversation(*files(name)), Options(mode=mode))  # type: ignore[arg-type]
    findings = check(json.loads(json.dumps(as_json(found))), inputs(name))
    assert [one.code for one in findings if not one.ok] == []
    assert {"digest", "counts", "consensus", "representative", "axes"} <= {one.code for one in findings}
    for one in findings:
        assert FINDINGS.say(one.code, "zh", **one.params) and FINDINGS.say(one.code, "en", **one.params)


def test_a_stated_grouping_is_accepted() -> None:
    groups = read_groups(DATA / NAME / "participants-votes.csv")
    found = as_json(draw_map(read_conversation(*files(NAME)), groups=groups))
    assert all(one.ok for one in check(found, inputs(NAME)))


def test_without_votes_the_file_alone_is_checked(document: Document) -> None:
    findings = check(document, {})
    assert all(one.ok for one in findings) and findings[-1].code == "without_votes"


def test_a_meeting_without_a_map_is_accepted_and_its_leaks_refused(tmp_path: Path) -> None:
    votes = tmp_path / "votes.csv"
    rows = [f"{t},-,{t % 9},{t // 9},{t % 3 - 1}" for t in range(60)]
    votes.write_text("timestamp,datetime,comment-id,voter-id,vote\n" + "\n".join(rows), "utf-8")
    made = as_json(draw_map(read_conversation(votes)))
    assert all(one.ok for one in check(made, {"votes": votes}))
    made["participants"][0]["x"] = 1.0
    assert not all(one.ok for one in check(made, {"votes": votes}))


def _turn(document: Document) -> None:
    x, y = document["axes"]
    document["axes"] = [
        [0.8 * a + 0.6 * b for a, b in zip(x, y, strict=True)],
        [0.8 * b - 0.6 * a for a, b in zip(x, y, strict=True)],
    ]


def _swap(document: Document) -> None:
    people = [one for one in document["participants"] if one["group"] is not None]
    one, two = (next(p for p in people if p["group"] == name) for name in ("A", "B"))
    one["group"], two["group"] = "B", "A"


TAMPERED: dict[str, Callable[[Document], object]] = {
    "a vote more": lambda d: d["statements"][3].update(agree=d["statements"][3]["agree"] + 1),
    "a group's vote": lambda d: d["statements"][3]["groups"][0].update(
        seen=d["statements"][3]["groups"][0]["seen"] + 1
    ),
    "consensus": lambda d: d["statements"][5].update(consensus=d["statements"][5]["consensus"] + 1e-6),
    "priority": lambda d: d["statements"][5].update(priority=d["statements"][5]["priority"] * 1.001),
    "two people swapped": _swap,
    "somebody left out": lambda d: d["participants"].pop(),
    "digest": lambda d: d.update(digest="0" * 64),
    "axes turned": _turn,
    "an eigenvalue": lambda d: d["eigenvalues"].__setitem__(1, d["eigenvalues"][1] * 1.001),
    "a position": lambda d: d["participants"][4].update(x=d["participants"][4]["x"] + 0.01),
    "a statement's place": lambda d: d["statements"][4].update(y=d["statements"][4]["y"] + 0.01),
    "silhouette": lambda d: d.update(silhouette=d["silhouette"] + 0.01),
    "explained": lambda d: d.update(explained=[0.5, 0.3]),
    "representative order": lambda d: d["groups"][0]["representative"].reverse(),
    "representative test": lambda d: d["groups"][1]["representative"][0].update(r_test=9.0),
    "representative side": lambda d: d["groups"][1]["representative"][0].update(side="disagree"),
    "common": lambda d: d["common"]["agree"].pop(0),
    "group size": lambda d: d["groups"][0].update(size=d["groups"][0]["size"] + 1),
    "group middle": lambda d: d["groups"][0].update(center=[0.0, 0.0]),
    "moderation": lambda d: d["statements"][2].update(is_out=True),
    "totals": lambda d: d["totals"].update(grouped=25),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_is_refused(document: Document, what: str) -> None:
    changed = copy.deepcopy(document)
    TAMPERED[what](changed)
    wrong = [one for one in check(changed, inputs(NAME)) if not one.ok]
    assert wrong
    for one in wrong:
        assert FINDINGS.say(one.code, "en", **one.params)


def test_other_votes_are_refused(document: Document, tmp_path: Path) -> None:
    votes, comments = files(NAME)
    lines = votes.read_text("utf-8").splitlines()
    other = tmp_path / "votes.csv"
    other.write_text("\n".join([*lines[:-1], lines[-1].rsplit(",", 1)[0] + ",0"]), "utf-8")
    wrong = {one.code for one in check(document, {"votes": other, "comments": comments}) if not one.ok}
    assert "digest_wrong" in wrong


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 12), st.sampled_from(["stable", "parity"]))
def test_whatever_is_drawn_is_accepted(tmp_path: Path, seed: int, people: int, statements: int, mode: str) -> None:
    draw = np.random.default_rng(seed)
    n = int(draw.integers(1, people * statements + 1))
    columns = (
        draw.integers(0, 50, n),
        draw.integers(0, statements, n),
        draw.integers(0, people, n),
        draw.integers(-1, 2, n),
    )
    votes, comments = tmp_path / "votes.csv", tmp_path / "comments.csv"
    rows = [f"{t},-,{s},{p},{v}" for t, s, p, v in zip(*columns, strict=True)]
    votes.write_text("timestamp,datetime,comment-id,voter-id,vote\n" + "\n".join(rows), "utf-8")
    states = [f"{s},{draw.choice([1, 1, 1, 0, -1])},句 {s}" for s in range(statements)]
    comments.write_text("comment-id,moderated,comment-body\n" + "\n".join(states), "utf-8")
    options = Options(mode=mode, least_people=4, least_votes=2, least_group=2)  # type: ignore[arg-type]
    found = json.loads(json.dumps(as_json(draw_map(read_conversation(votes, comments), options)), allow_nan=False))
    assert [one for one in check(found, {"votes": votes, "comments": comments}) if not one.ok] == []


def test_the_check_shares_no_code_with_the_solver() -> None:
    folder = Path(__file__).parents[1]
    solver = (
        "axes",
        "matrix",
        "statistics",
        "grouping",
        "clouds",
        "silhouettes",
        "mapping",
        "parity",
        "reading",
        "data",
    )
    for name in ("checking", "checking_axes", "checking_votes"):
        text = (folder / f"{name}.py").read_text("utf-8")
        assert not any(f"opinion.{part} import" in text or f"opinion import {part}" in text for part in solver)
