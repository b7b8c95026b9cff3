"""Names of groups that last: a group keeps its letter while most of its people stay; a letter is never given twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from linli.engines.opinion.data import Floats, Ints


@dataclass(frozen=True)
class Before:
    """What an earlier map of the same conversation fixes: people's groups, letters used, and the axes by statement."""

    group: Mapping[str, str]
    used: tuple[str, ...]
    axes: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, document: Mapping[str, object]) -> Before:
        """From an earlier result's JSON."""
        data: dict[str, list] = dict(document)  # type: ignore[arg-type,type-arg]
        axes = data["axes"] or [[], []]
        names = [one["id"] for one in data["statements"]][: len(axes[0])]
        return cls(
            group={one["id"]: one["group"] for one in data["participants"] if one["group"] is not None},
            used=tuple(data["names_used"]),
            axes={name: (x, y) for name, x, y in zip(names, *axes, strict=True)},
        )

    def axes_for(self, statements: Sequence[str]) -> Floats:
        """The earlier axes over today's statements (0 where a statement is new)."""
        return np.array([self.axes.get(name, (0.0, 0.0)) for name in statements]).T.reshape(2, -1)


def named(people: Sequence[str], label: Ints, k: int, before: Before | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of the k groups, and all names ever used. `label`: a place per person, -1 for those without a group.

    The assignment keeps as many people as possible under their old letter; a group that shares nobody with an old one
    gets the next unused letter.
    """
    if before is None:
        fresh = tuple(letter(at) for at in range(k))
        return fresh, fresh
    old = sorted(set(before.group.values()), key=lambda name: (len(name), name))
    shared = np.zeros((k, max(len(old), k)), dtype=np.int64)
    for at, person in enumerate(people):
        if label[at] >= 0 and person in before.group:
            shared[label[at], old.index(before.group[person])] += 1
    best = max(permutations(range(shared.shape[1]), k), key=lambda p: (sum(shared[g, o] for g, o in enumerate(p)), p))
    used = list(before.used)
    names = []
    for group, place in enumerate(best):
        if shared[group, place]:
            names.append(old[place])
        else:
            names.append(next(name for name in map(letter, range(10**6)) if name not in used))
            used.append(names[-1])
    return tuple(names), tuple(used)


def letter(at: int) -> str:
    """A, B, … Z, A1, B1, …"""
    turn, place = divmod(at, 26)
    return ascii_uppercase[place] + (str(turn) if turn else "")
