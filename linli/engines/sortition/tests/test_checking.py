"""The checker refuses every tampering: each number changed as it stands, and again with the seal made good."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from linli.engines.sortition import Pool, Quota, Source, draw
from linli.engines.sortition.checking import check
from linli.engines.sortition.engine import seal_of

POOL = Pool(
    ("sex", "age"),
    (("f", "old"), ("f", "young"), ("m", "old"), ("m", "young"), ("f", "old"), ("m", "mid"), ("f", "mid")),
    (0, 0, 1, 2, 3, 4, 5),
)
QUOTAS = [
    *(Quota("sex", "f", 1, 2), Quota("sex", "m", 1, 2)),
    *(Quota("age", "old", 1, 1), Quota("age", "young", 0, 1), Quota("age", "mid", 1, 2)),
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(json.dumps(draw(POOL, QUOTAS, 3, source=Source("seed", "42", "n")).document))


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every number in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in items:
        yield from numbers(inside, (*path, key))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path


def changed(document: dict[str, Any], path: tuple[Any, ...], by: float) -> dict[str, Any]:
    """The document with one number moved."""
    other = copy.deepcopy(document)
    at: Any = other
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] += by
    return other


def refused(document: dict[str, Any]) -> bool:
    """Whether the check fails, or cannot even be made."""
    try:
        return not all(finding.ok for finding in check(document, {}))
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError, StopIteration):
        return True


def test_the_result_holds(document):
    assert all(finding.ok for finding in check(document, {}))


def test_every_changed_number_is_refused(document):
    paths = list(numbers(document))
    assert len(paths) > 100
    for path in paths:
        assert refused(changed(document, path, 1)), path


def test_every_changed_number_is_refused_even_under_a_new_seal(document):
    """Figures of the proof are moved by more than its tolerance; a multiplier may still prove the same with room."""
    for path in numbers(document):
        proof = path[0] == "certificate" and path[-1] == 1
        figure = proof or path[-1] == "value"
        other = changed(document, path, document["certificate"]["scale"] // 1000 if figure else 1)
        other["seal"] = seal_of(other)
        assert refused(other) or (proof and weaker_proof_still_proves(other)), path


def weaker_proof_still_proves(document: dict[str, Any]) -> bool:
    """A changed proof that passes must prove the same chances, not others."""
    seats = [Fraction(0)] * len(document["cells"])
    for panel in document["panels"]:
        for cell, n in panel["seats"]:
            seats[cell] += Fraction(panel["weight"] * n, document["denominator"])
    values = {j: stage["value"] for stage in document["certificate"]["stages"] for j in stage["fixed"]}
    scale = document["certificate"]["scale"]
    return all(
        abs(seats[j] / document["cells"][j]["people"] - Fraction(value, scale)) < Fraction(1, 10**6)
        for j, value in values.items()
    )


def test_a_less_fair_lottery_is_refused_under_a_new_seal(document):
    one = min(range(len(document["panels"])), key=lambda at: document["panels"][at]["weight"])
    other = copy.deepcopy(document)
    moved = other["panels"][one]["weight"] // 2
    other["panels"][one]["weight"] -= moved
    other["panels"][one - 1]["weight"] += moved
    other["seal"] = seal_of(other)
    assert refused(other)


@pytest.mark.parametrize("field", ["text", "nonce", "commitment"])
def test_another_seed_is_refused_under_a_new_seal(document, field):
    other = copy.deepcopy(document)
    other["seed"][field] += "0"
    other["seal"] = seal_of(other)
    assert refused(other)


def test_a_broken_proof_is_refused(document):
    other = copy.deepcopy(document)
    other["certificate"]["stages"][0]["prices"] = []
    other["seal"] = seal_of(other)
    found = {finding.code for finding in check(other, {}) if not finding.ok}
    assert found == {"stage_unproven"}
