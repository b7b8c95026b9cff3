"""Every need × offer pair of equal code, block by block: score and walls as two small matrices.

Nothing is looped per pair. What depends on few facts (wishes, dates, conditions, fees, places) is
reckoned once per distinct set of facts and spread over the rows; only distance is per pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linli.engines.assignment.arrays import Ints, Needs, Offers
from linli.engines.assignment.barring import EXCLUDED, Barring, Mask
from linli.engines.assignment.scoring import FULL, Scoring, Small, km_between

_ROWS_TIMES_OFFERS = 4_000_000
_IN_CACHE = 60_000
_KEPT_PAIRS = 350_000_000


@dataclass(frozen=True)
class Block:
    """Some needs of one code against every offer of that code; offers in order of id."""

    needs: Ints
    offers: Ints
    score: Small
    """Hundredths of points, as if nothing barred the pair."""
    walls: Mask
    """0 where the pair is permitted."""

    def priced(self, price: Ints) -> Ints:
        """FULL − score + the offer's price where permitted; a number no cost reaches elsewhere."""
        cost = (price[self.offers] + FULL) - self.score
        np.putmask(cost, self.walls != 0, UNREACHED)
        return cost

    def slices(self) -> Iterator[Block]:
        """The block in pieces that fit a processor's cache."""
        step = max(1, _IN_CACHE // len(self.offers))
        for start in range(0, len(self.needs), step):
            part = slice(start, start + step)
            yield Block(self.needs[part], self.offers, self.score[part], self.walls[part])


UNREACHED = np.int64(1) << 42


class Pairs:
    """The blocks, kept after the first pass while they fit (4 bytes a pair), reckoned again beyond that."""

    def __init__(self, needs: Needs, offers: Offers, barring: Barring, scoring: Scoring) -> None:
        self.needs, self.offers, self.barring, self.scoring = needs, offers, barring, scoring
        self._plan = _plan(needs, offers)
        self.count = sum(len(rows) * len(columns) for rows, columns in self._plan)
        self._keys = _keys(needs)
        self._kept: dict[int, Block] = {}
        self._kept_pairs = 0

    def __len__(self) -> int:
        return len(self._plan)

    def __iter__(self) -> Iterator[Block]:
        """Every block once, in order."""
        for at, (rows, columns) in enumerate(self._plan):
            if at in self._kept:
                yield self._kept[at]
                continue
            block = self._block(rows, columns)
            if self._kept_pairs + block.score.size <= _KEPT_PAIRS:
                self._kept[at] = block
                self._kept_pairs += block.score.size
            yield block

    def _block(self, rows: Ints, columns: Ints) -> Block:
        points, scoring, barring = self.scoring.weights.points, self.scoring, self.barring
        j = columns[None, :]
        score = np.zeros((len(rows), len(columns)), dtype=np.int16)
        walls = np.zeros((len(rows), len(columns)), dtype=np.uint16)
        score += self._spread(
            "wish", rows, j, lambda i, j: points["fit"] * scoring.fit(i, j) + points["wish"] * scoring.wish(i, j)
        )
        score += self._spread("money", rows, j, lambda i, j: points["cost"] * scoring.cost(i, j))
        score += (points["wait"] * scoring.wait(rows)).astype(np.int16)[:, None]
        walls |= self._spread("wish", rows, j, barring.wish, np.uint16)
        walls |= self._spread("money", rows, j, barring.amount, np.uint16)
        walls |= self._spread("dates", rows, j, barring.dates, np.uint16)
        walls |= self._spread("person", rows, j, barring.person, np.uint16)
        walls |= self._spread("place", rows, j, barring.place, np.uint16)
        near = self._spread("place", rows, j, scoring.place)
        step = max(1, _IN_CACHE // len(columns))
        for start in range(0, len(rows), step):
            part = slice(start, start + step)
            km = km_between(self.needs, self.offers, rows[part, None], j)
            score[part] += np.int16(points["distance"]) * np.where(np.isnan(km), near[part], scoring.near(km))
            walls[part] |= barring.far(km, j)
        self._exclude(rows, columns, walls)
        return Block(rows, columns, score, walls)

    def _spread(
        self,
        key: str,
        rows: Ints,
        j: Ints,
        reckon: Callable[[Ints, Ints], npt.NDArray[np.integer[Any]]],
        kind: type[np.int16] | type[np.uint16] = np.int16,
    ) -> npt.NDArray[np.integer[Any]]:
        """`reckon` once per distinct key among the rows, copied to every row with that key."""
        _, first, place = np.unique(self._keys[key][rows], return_index=True, return_inverse=True)
        table: npt.NDArray[np.integer[Any]] = np.broadcast_to(
            reckon(rows[first][:, None], j).astype(kind), (len(first), j.shape[1])
        )
        return np.asarray(table[place])

    def _exclude(self, rows: Ints, columns: Ints, walls: Mask) -> None:
        for at, row in enumerate(rows.tolist()):
            barred = self.needs.barred.get(row)
            if barred is not None:
                walls[at, np.isin(columns, barred)] |= np.uint16(EXCLUDED)


def _plan(needs: Needs, offers: Offers) -> list[tuple[Ints, Ints]]:
    """Needs and offers of each code, cut so that a block stays small."""
    plan = []
    for code in np.unique(needs.code[needs.code >= 0]).tolist():
        columns = np.flatnonzero(offers.listed[:, code] > 0)
        rows = np.flatnonzero(needs.code == code)
        if len(columns):
            step = max(1, _ROWS_TIMES_OFFERS // len(columns))
            plan += [(rows[start : start + step], columns) for start in range(0, len(rows), step)]
    return plan


def _keys(needs: Needs) -> dict[str, Ints]:
    """A number per distinct set of the facts each part depends on."""
    flag = needs.helper_sex_must.astype(np.int64)
    return {
        "wish": _number(needs.helper_sex * 2 + flag, *needs.languages.T, *needs.slots.T, *needs.skills.T),
        "money": _number(needs.pays, needs.amount),
        "dates": _number(needs.due, needs.minor.astype(np.int64)),
        "person": _number(needs.age, needs.sex, needs.level, *needs.groups.T),
        "place": _number(needs.place, needs.place_digits, np.isnan(needs.xyz[:, 0]).astype(np.int64)),
    }


def _number(*columns: npt.NDArray[np.generic]) -> Ints:
    numbers = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        _, inverse = np.unique(column, return_inverse=True)
        _, numbers = np.unique(numbers * (int(inverse.max(initial=0)) + 1) + inverse, return_inverse=True)
    return numbers.astype(np.int64)
