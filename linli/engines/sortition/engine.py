"""A fair draw from beginning to end: the fairest lottery, its certificate, one draw from it.

Nothing here reads files or says words; see `reading`, `words`, `report`, and `checking` for the independent check.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from linli.engines.apart import apart
from linli.engines.progress import Progress, silent
from linli.engines.sortition.cells import Floats, Ints, Problem, make_problem
from linli.engines.sortition.data import VERSION, Draw, Fairness, Lottery, Pool, Quota, Stage
from linli.engines.sortition.drawing import draw_panel, seat_people, stand_ins
from linli.engines.sortition.feasibility import Infeasible, feasibility
from linli.engines.sortition.lottery import ENOUGH, decompose
from linli.engines.sortition.nash import panels_nash, relaxed_nash
from linli.engines.sortition.relaxed import relaxed_stages
from linli.engines.sortition.seeds import Source, Stream
from linli.engines.sortition.solver import ORTOOLS
from linli.engines.sortition.staged import staged
from linli.engines.sortition.threads import one_thread

WHOLE = 10**15
"""Weights are whole numbers out of so many."""
SCALE = 10**12
"""Values, dual weights and prices in the certificate are whole numbers out of so many."""


def fair_lottery(problem: Problem, fairness: Fairness = "leximin", progress: Progress = silent) -> Lottery:
    """The fairest lottery over panels. Raises Infeasible when there is no panel."""
    if ORTOOLS in sys.modules:
        return apart(fair_lottery, problem, fairness)
    with one_thread():
        return _fair_lottery(problem, fairness, progress)


def _fair_lottery(problem: Problem, fairness: Fairness, progress: Progress) -> Lottery:
    bound = relaxed_stages(problem, only_minimum=fairness != "leximin", progress=progress)
    if bound is None:
        raise Infeasible(feasibility(problem))
    stages, seats = bound
    if fairness == "nash":
        return _nash(problem, stages, progress)
    floors = np.zeros(problem.cells)
    for stage in stages:
        floors[list(stage.fixed)] = stage.value
    found = decompose(problem, seats, progress=progress)
    if found is None:
        raise Infeasible(feasibility(problem))
    if found.short <= ENOUGH:
        return _lottery(found.panels, found.weights, stages, attained=True)
    panels, weights, proven = staged(problem, found.panels, only_minimum=fairness == "maximin", progress=progress)
    return _lottery(panels, weights, proven, attained=False)


def _nash(problem: Problem, stages: Sequence[Stage], progress: Progress) -> Lottery:
    """Nobody's zero counts in the product: those who are on no panel at all are left out of it."""
    nothing = [stage for stage in stages if stage.value < 1e-9]
    zero = [j for stage in nothing for j in stage.fixed]
    stage, seats = relaxed_nash(problem, zero)
    found = decompose(problem, seats, progress=progress)
    if found is None:
        raise Infeasible(feasibility(problem))
    if found.short <= ENOUGH:
        return _lottery(found.panels, found.weights, [*nothing, stage], attained=True)
    panels, weights, proven = panels_nash(problem, found.panels, zero)
    return _lottery(panels, weights, [*nothing, *proven], attained=False)


def _lottery(panels: Sequence[Ints], weights: Floats, stages: Sequence[Stage], *, attained: bool) -> Lottery:
    """Weights as exact fractions that add up to 1; panels of no weight left out, the heaviest first."""
    numbers = np.rint(weights / weights.sum() * WHOLE).astype(np.int64)
    numbers[int(numbers.argmax())] += WHOLE - int(numbers.sum())
    order = sorted(
        (int(at) for at in np.flatnonzero(numbers > 0)), key=lambda at: (-int(numbers[at]), panels[at].tolist())
    )
    return Lottery(
        panels=tuple({int(j): int(panels[at][j]) for j in np.flatnonzero(panels[at])} for at in order),
        weights=tuple(Fraction(int(numbers[at]), WHOLE) for at in order),
        stages=tuple(stages),
        attained=attained,
    )


def draw(
    pool: Pool,
    quotas: Sequence[Quota],
    size: int,
    *,
    source: Source | None,
    fairness: Fairness = "leximin",
    commitment: str = "",
    options: dict[str, Any] | None = None,
    progress: Progress = silent,
) -> Draw:
    """Draw a panel of `size`; `source` None prepares and proves the lottery without drawing from it.

    The input is taken as read and clean (`reading.read_input`). Raises Infeasible with the smallest conflict and the
    nearest change when no panel keeps every quota.
    """
    problem = make_problem(pool, quotas, size)
    if len(pool.people) < size:
        raise Infeasible(feasibility(problem))
    lottery = fair_lottery(problem, fairness, progress)
    return assemble(problem, pool, lottery, source, fairness, commitment=commitment, options=options)


def assemble(
    problem: Problem,
    pool: Pool,
    lottery: Lottery,
    source: Source | None,
    fairness: Fairness,
    *,
    commitment: str = "",
    options: dict[str, Any] | None = None,
    replacing: dict[str, Any] | None = None,
) -> Draw:
    """The result with everything a checker needs, and the draw itself."""
    document: dict[str, Any] = {
        "engine": "sortition",
        "version": VERSION,
        "digest": "",
        "options": {"size": problem.size, "fairness": fairness, **(options or {})},
        "seed": _seed(source, commitment),
        "probabilities": [],
        "drawn": None,
        "replacements": None,
        "categories": list(pool.categories),
        "quotas": [_quota(quota) for quota in problem.quotas],
        "cells": [
            {"features": list(problem.features[j]), "people": int(problem.count[j]), "class": problem.class_of[j]}
            for j in range(problem.cells)
        ],
        "cell_of": list(problem.cell_of),
        "households": None if pool.households is None else list(pool.households),
        "denominator": WHOLE,
        "panels": [
            {"weight": int(weight * WHOLE), "seats": [[j, n] for j, n in sorted(panel.items())]}
            for panel, weight in zip(lottery.panels, lottery.weights, strict=True)
        ],
        "certificate": _certificate(lottery),
    }
    if replacing is not None:
        document["replacing"] = replacing
    document["digest"] = digest_of(document)
    document["probabilities"] = probabilities(document)
    if source is not None:
        stream = Stream(document["digest"], source)
        chosen = draw_panel([panel["weight"] for panel in document["panels"]], stream)
        homes = pool.households if pool.households is not None else tuple(range(len(pool.people)))
        seats = dict(document["panels"][chosen]["seats"])
        drawn = seat_people(seats, problem.cell_of, problem.class_of, homes, stream)
        kinds = {features: at for at, features in enumerate(dict.fromkeys(problem.features))}
        kind_of = [None if j is None else kinds[problem.features[j]] for j in problem.cell_of]
        document["panel"] = chosen
        document["drawn"] = drawn
        document["replacements"] = [
            {"for": members, "order": order} for members, order in stand_ins(drawn, kind_of, homes, stream)
        ]
    document["groups"] = _groups(document)
    document["seal"] = seal_of(document)
    return Draw(document)


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Per quota: people in the pool, their chances added up (expected seats), seats drawn."""
    features = [cell["features"] for cell in document["cells"]]
    at = {category: place for place, category in enumerate(document["categories"])}
    drawn = document["drawn"] or []
    out = []
    for quota in document["quotas"]:
        place, value = at[quota["category"]], quota["value"]
        inside = [i for i, j in enumerate(document["cell_of"]) if j is not None and features[j][place] == value]
        members = set(inside)
        out.append(
            {
                "category": quota["category"],
                "value": value,
                "pool": len(inside),
                "expected": round(sum(document["probabilities"][i] for i in inside), 6),
                "drawn": sum(1 for i in drawn if i in members) if document["drawn"] is not None else None,
            }
        )
    return out


def probabilities(document: dict[str, Any]) -> list[float]:
    """Each person's chance in pool order: the exact fraction, written as the nearest number."""
    seats = [0] * len(document["cells"])
    for panel in document["panels"]:
        for j, n in panel["seats"]:
            seats[j] += panel["weight"] * n
    chances = [
        float(Fraction(total, document["denominator"] * cell["people"]))
        for total, cell in zip(seats, document["cells"], strict=True)
    ]
    return [0.0 if j is None else chances[j] for j in document["cell_of"]]


def digest_of(document: dict[str, Any]) -> str:
    """sha256 of what was put in: features of each person in order, homes, quotas, size, rule of fairness."""
    features = [cell["features"] for cell in document["cells"]]
    put_in = [
        document["categories"],
        [None if j is None else features[j] for j in document["cell_of"]],
        document["households"],
        [[q["category"], q["value"], q["min"], q["max"]] for q in document["quotas"]],
        document["options"]["size"],
        document["options"]["fairness"],
        document.get("replacing"),
    ]
    return hashlib.sha256(json.dumps(put_in, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def seal_of(document: dict[str, Any]) -> str:
    """sha256 of the whole result but the seal itself: shows any change made by accident, not one made with care."""
    rest = {key: value for key, value in document.items() if key != "seal"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _seed(source: Source | None, commitment: str) -> dict[str, str]:
    if source is None:
        return {"kind": "none", "commitment": commitment}
    return {"kind": source.kind, "text": source.text, "nonce": source.nonce, "commitment": source.commitment}


def _quota(quota: Quota) -> dict[str, Any]:
    return {"category": quota.category, "value": quota.value, "min": quota.low, "max": quota.high}


def _certificate(lottery: Lottery) -> dict[str, Any]:
    return {
        "scale": SCALE,
        "attained": lottery.attained,
        "stages": [
            {
                "value": round(stage.value * SCALE),
                "fixed": list(stage.fixed),
                **({"product": True} if stage.product else {}),
                **_multipliers(stage),
            }
            for stage in lottery.stages
        ],
    }


def _multipliers(stage: Stage) -> dict[str, Any]:
    """Dual weights and prices, scaled so that the largest weight on a cell of the stage is 1."""
    top = max((stage.weights.get(j, 0.0) for j in stage.fixed), default=1.0) or 1.0

    def scaled(values: dict[int, float]) -> list[list[int]]:
        whole = [[at, round(value / top * SCALE)] for at, value in sorted(values.items())]
        return [[at, value] for at, value in whole if value]

    def scaled_tree(node: Any) -> Any:
        if "prices" in node:
            return {"prices": scaled(node["prices"])}
        if "cell" not in node:
            return node
        return {**node, "below": scaled_tree(node["below"]), "above": scaled_tree(node["above"])}

    out: dict[str, Any] = {"weights": scaled(stage.weights), "prices": scaled(stage.prices)}
    if stage.tree is not None:
        out["tree"] = scaled_tree(stage.tree)
    return out
