"""People who cannot be told apart are one cell; quotas, size and the household rule are rows over cells.

Without the household rule a cell is a type: all people with the same features. With it, households of the same
make-up form a class, and a cell is one type within one class; a row says that a class gives at most one member per
household. Either way every panel is a vector of whole numbers over cells, and every such vector that keeps the
rows is a panel (Flanigan, Gölz, Gupta, Hennig, Procaccia, "Fair algorithms for selecting citizens' assemblies",
Nature 596, 2021, work over people; by symmetry a fairest lottery treats the people of a cell alike).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linli.engines.sortition.data import Pool, Quota

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """Rows `low ≤ A·x ≤ high` over cells, x whole, 0 ≤ x ≤ `most`; `count[j]` people share the seats of cell j.

    `cell_of` is None for people of the pool who take no part (in a replacement draw).


    Rows come in this order: the quotas, the panel's size, then one row per household class of several cells.
    """

    size: int
    quotas: tuple[Quota, ...]
    a: Floats
    low: Floats
    high: Floats
    count: Floats
    most: Floats
    cell_of: tuple[int | None, ...]
    class_of: tuple[int, ...]
    features: tuple[tuple[str, ...], ...]

    @property
    def cells(self) -> int:
        """How many cells."""
        return len(self.count)


def make_problem(pool: Pool, quotas: Sequence[Quota], size: int) -> Problem:
    """Merge the pool into cells, numbered by the first person of each, and write the rows."""
    keys, classes = _keys(pool)
    number: dict[tuple[object, ...], int] = {}
    cell_of = [number.setdefault(key, len(number)) for key in keys]
    features: tuple[tuple[str, ...], ...] = tuple(tuple(key[-1]) for key in number)  # type: ignore[arg-type]
    class_number: dict[object, int] = {}
    class_of = tuple(class_number.setdefault(key[0], len(class_number)) for key in number)
    count = np.bincount(cell_of, minlength=len(number)).astype(float)
    limit = np.array([classes[key[0]] for key in number], dtype=float)
    rows = [_quota_row(quota, pool.categories, features) for quota in quotas]
    rows.append(np.ones(len(number)))
    low = [float(quota.low) for quota in quotas] + [float(size)]
    high = [float(quota.high) for quota in quotas] + [float(size)]
    members = Counter(class_of)
    for at, key in enumerate(class_number):
        if members[at] > 1:
            rows.append((np.array(class_of) == at).astype(float))
            low.append(0.0)
            high.append(float(classes[key]))
    return Problem(
        size=size,
        quotas=tuple(quotas),
        a=np.array(rows).reshape(len(rows), len(number)),
        low=np.array(low),
        high=np.array(high),
        count=count,
        most=np.minimum(count, limit),
        cell_of=tuple(cell_of),
        class_of=class_of,
        features=features,
    )


def _keys(pool: Pool) -> tuple[list[tuple[object, ...]], Counter[object]]:
    """For each person (class, type); for each class how many may come from it."""
    if pool.households is None:
        return [(person, person) for person in pool.people], Counter(pool.people)
    members: dict[int, list[tuple[str, ...]]] = {}
    for home, person in zip(pool.households, pool.people, strict=True):
        members.setdefault(home, []).append(person)
    make_up = {home: tuple(sorted(people)) for home, people in members.items()}
    keys: list[tuple[object, ...]] = [
        (make_up[home], person) for home, person in zip(pool.households, pool.people, strict=True)
    ]
    return keys, Counter(make_up.values())


def _quota_row(quota: Quota, categories: tuple[str, ...], features: tuple[tuple[str, ...], ...]) -> Floats:
    at = categories.index(quota.category)
    return np.array([person[at] == quota.value for person in features], dtype=float)
