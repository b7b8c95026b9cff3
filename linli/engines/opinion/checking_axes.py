"""The check's look at axes and positions, from the votes alone: residual, no larger direction, places, silhouette."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from linli.engines.opinion.checking_votes import Ballots

CLOSE = 1e-6
WHOLE = 1500  # statements up to which every eigenvalue is worked out; beyond, the largest is probed for
SEVERAL = 20_000  # people up to which the silhouette is worked out again


def check_axes(document: dict[str, Any], ballots: Ballots) -> Iterator[str]:
    """What is wrong with axes, eigenvalues, positions or silhouette; nothing when they hold."""
    names = [one[0] for one in ballots.statements]
    out = np.array([one[2] == -1 or one[3] for one in ballots.statements])
    who, what, how = _columns(ballots, names)
    lively = ~out[what]
    seen = np.bincount(what[lively], minlength=len(names))
    center = np.bincount(what[lively], how[lively], minlength=len(names)) / np.maximum(seen, 1)
    who, what, spread = who[lively], what[lively], how[lively] - center[what[lively]]
    shape = (len(ballots.by_person), len(names))
    axes, values = np.array(document["axes"]), np.array(document["eigenvalues"])

    def forward(vector: Any) -> Any:
        return np.bincount(who, spread * vector[what], minlength=shape[0])

    def back(vector: Any) -> Any:
        return np.bincount(what, spread * vector[who], minlength=shape[1])

    top = max(float(values[0]), 1e-300)
    for at, axis in enumerate(axes):
        length = float(axis @ axis)
        if abs(length - 1) > CLOSE and not (values[at] == 0 and length == 0):
            yield f"axis {at + 1}: length² {length}"
        residual = float(np.linalg.norm(back(forward(axis)) - values[at] * axis)) / top
        if residual > CLOSE:
            yield f"axis {at + 1}: residual {residual:.1e}"
    if abs(float(axes[0] @ axes[1])) > CLOSE or values[0] < values[1]:
        yield "axes"
    largest = _largest(who, what, spread, shape, axes, values, forward, back)
    if np.any(largest > values + CLOSE * top):
        yield f"λ {largest.tolist()} > {values.tolist()}"
    if not np.allclose(document["explained"], values / max(float(spread @ spread), 1e-300), atol=CLOSE):
        yield "explained"
    answered = np.bincount(who, minlength=shape[0]) + out.sum()
    scale = np.sqrt(shape[1] / np.maximum(answered, 1))
    places = np.stack([forward(axis) * scale for axis in axes], axis=1)
    told = np.array([[one["x"], one["y"]] for one in document["participants"]])
    yield from _places(document, places, told, center, axes)


def _places(document: dict[str, Any], places: Any, told: Any, center: Any, axes: Any) -> Iterator[str]:
    apart = np.abs(places - told).max(axis=1)
    if apart.max() > CLOSE * max(1.0, float(np.abs(places).max())):
        yield f"participant {document['participants'][int(apart.argmax())]['id']}: position"
    statements = (np.sqrt(len(center)) * (1 - center) * axes).T
    given = np.array([[one["x"], one["y"]] for one in document["statements"]])
    if np.abs(statements - given).max() > CLOSE * max(1.0, float(np.abs(statements).max())):
        yield "statement positions"
    label = np.array(
        [
            -1 if one["group"] is None else document["groups"].index(_group(document, one["group"]))
            for one in document["participants"]
        ]
    )
    points, label = told[label >= 0], label[label >= 0]
    parity = document["options"]["mode"] == "parity" and document["options"]["groups"] == "found"
    if document["silhouette"] is not None and not parity and len(points) <= SEVERAL:
        found = _silhouette(points, label)
        if abs(found - document["silhouette"]) > CLOSE:
            yield f"silhouette {found}"


def _group(document: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in document["groups"] if one["id"] == name)


def _columns(ballots: Ballots, names: list[str]) -> tuple[Any, Any, Any]:
    place = {name: at for at, name in enumerate(names)}
    triples = [(p, place[s], v) for p, votes in enumerate(ballots.by_person.values()) for s, v in votes.items()]
    table = np.array(triples, dtype=np.int64)
    return table[:, 0], table[:, 1], table[:, 2].astype(float)


def _largest(who: Any, what: Any, spread: Any, shape: Any, axes: Any, values: Any, forward: Any, back: Any) -> Any:
    """The two largest eigenvalues of XᵀX: all of them by LAPACK, or (many statements) a probe beside the axes."""
    if shape[1] <= WHOLE:
        square = np.zeros((shape[1], shape[1]))
        for begin in range(0, shape[0], 2000):
            inside = (who >= begin) & (who < begin + 2000)
            strip = np.zeros((min(2000, shape[0] - begin), shape[1]))
            strip[who[inside] - begin, what[inside]] = spread[inside]
            square += strip.T @ strip
        return np.append(np.linalg.eigvalsh(square)[::-1], 0.0)[:2]
    probe = np.ones(shape[1]) + np.arange(shape[1]) % 7
    for _ in range(60):
        probe = probe - axes.T @ (axes @ probe)
        probe = back(forward(probe / np.linalg.norm(probe)))
    third = float(np.linalg.norm(probe - axes.T @ (axes @ probe)))
    return np.maximum(values, [0.0, third])


def _silhouette(points: Any, label: Any) -> float:
    """Mean silhouette, by its definition, a person at a time."""
    sizes = np.bincount(label)
    total = 0.0
    for at in range(len(points)):
        far = np.bincount(label, np.hypot(*(points - points[at]).T))
        if sizes[label[at]] > 1:
            own = far[label[at]] / (sizes[label[at]] - 1)
            other = min(far[g] / sizes[g] for g in range(len(sizes)) if g != label[at] and sizes[g])
            total += (other - own) / max(own, other, 1e-300)
    return total / len(points)
