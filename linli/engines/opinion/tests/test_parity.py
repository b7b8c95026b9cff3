"""Parity mode against the output of Polis' own mathematics, and the expected figures of five real conversations."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from linli.engines.opinion import OpinionMap, Options, as_json, draw_map, read_conversation, read_groups
from linli.engines.opinion.tests.made import DATA, files, partition

GOLDEN = ["golden-below-100-ptpts", "golden-25ptpt-3gp-no-strict-with-meta"]
CONVERSATIONS = [
    "london.youth.policing",
    "scoop-hivemind.freshwater",
    "scoop-hivemind.ubi",
    "scoop-hivemind.taxes",
    "scoop-hivemind.biodiversity",
]


@pytest.fixture(params=GOLDEN)
def polis(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A published output with our map of the same votes, found cold and on the published groups."""
    name = request.param
    told = json.loads((DATA / name / "math-pca2.json").read_bytes())
    base = dict(zip(told["base-clusters"]["id"], told["base-clusters"]["members"], strict=True))
    groups = {
        str(person): str(group["id"])
        for group in told["group-clusters"]
        for member in group["members"]
        for person in base[member]
    }
    talk = read_conversation(*files(name))
    parity = Options(mode="parity")
    return {
        "told": told,
        "groups": groups,
        "cold": draw_map(talk, parity),
        "given": draw_map(talk, parity, groups=groups),
    }


def test_axes_and_centre_are_polis(polis: dict[str, Any]) -> None:
    found, told = polis["cold"], polis["told"]["pca"]
    for ours, theirs in zip(found.axes, told["comps"], strict=True):
        assert abs(float(ours @ np.array(theirs))) >= 1 - 1e-12
    assert np.allclose(found.center, -np.array(told["center"]), atol=1e-12)  # Polis stores agree as -1
    assert np.allclose(np.hypot(*found.statement_positions.T), told["comment-extremity"], atol=1e-9)


def test_the_same_people_are_grouped_in_the_same_way(polis: dict[str, Any]) -> None:
    found, told = polis["cold"], polis["told"]
    grouped = {person for person, g in zip(found.conversation.people, found.group, strict=True) if g >= 0}
    assert grouped == {str(person) for person in told["in-conv"]}
    theirs = {frozenset(p for p, g in polis["groups"].items() if g == name) for name in set(polis["groups"].values())}
    assert partition(found.conversation.people, found.group) == theirs
    assert found.base_clusters == len(told["base-clusters"]["id"])


def test_representative_statements_are_polis(polis: dict[str, Any]) -> None:
    document = as_json(polis["given"])
    for group in document["groups"]:
        published = polis["told"]["repness"][group["id"]]
        assert [(one["statement"], one["side"]) for one in group["representative"]] == [
            (str(one["tid"]), one["repful-for"]) for one in published
        ]
        for ours, theirs in zip(group["representative"], published, strict=True):
            assert (ours["success"], ours["trials"]) == (theirs["n-success"], theirs["n-trials"])
            assert ours["best_agree"] == theirs.get("best-agree", False)
            for mine, key in (("p", "p-success"), ("p_test", "p-test"), ("r", "repness"), ("r_test", "repness-test")):
                assert ours[mine] == pytest.approx(theirs[key], rel=1e-7, abs=1e-7)


def test_consensus_and_priority_are_polis(polis: dict[str, Any]) -> None:
    document, told = as_json(polis["given"]), polis["told"]
    for side in ("agree", "disagree"):
        assert [(one["statement"], one["success"], one["trials"]) for one in document["common"][side]] == [
            (str(one["tid"]), one["n-success"], one["n-trials"]) for one in told["consensus"][side]
        ]
    for one in document["statements"]:
        assert one["consensus"] == pytest.approx(told["group-aware-consensus"][one["id"]], rel=1e-12)
        assert one["priority"] == pytest.approx(told["comment-priorities"][one["id"]], rel=1e-9)
        for part in one["groups"]:
            votes = told["group-votes"][part["group"]]["votes"][one["id"]]
            assert (part["agree"], part["disagree"], part["seen"]) == (votes["A"], votes["D"], votes["S"])


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_expected_figures_of_real_conversations(name: str) -> None:
    votes, comments = files(name)
    figures = json.loads((DATA / "expected.json").read_bytes())["conversations"][name]
    peer = figures["red_dwarf_0_4_0"]
    found = draw_map(read_conversation(votes, comments))
    document = as_json(found)
    assert document["totals"]["participants"] == figures["participants"]
    assert document["totals"]["statements"] == figures["statements"]
    assert document["totals"]["votes"] == figures["votes_last_per_pair"]
    assert document["totals"]["grouped"] == peer["clustered"]
    assert np.allclose(found.explained, peer["explained_variance_ratio"], atol=6e-6)
    assert found.silhouette is not None and found.silhouette >= peer["silhouette"] - 0.005
    assert min(group["size"] for group in document["groups"]) >= 5


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_the_production_grouping_is_taken_as_given(name: str) -> None:
    votes, comments = files(name)
    production = read_groups(DATA / name / "participants-votes.csv")
    found = draw_map(read_conversation(votes, comments), groups=production)
    assert _groups(found) == production


def _groups(found: OpinionMap) -> dict[str, str]:
    people = found.conversation.people
    return {person: found.names[g] for person, g in zip(people, found.group.tolist(), strict=True) if g >= 0}
