"""After the choice: for every need its next best offers, the best offers that are barred or full, and what binds.

One pass over the blocks; positions and numbers only. `telling` turns them into tables with codes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linli.engines.assignment.arrays import Ints
from linli.engines.assignment.barring import EXCLUDED
from linli.engines.assignment.core import Core
from linli.engines.assignment.pairs import Block, Pairs
from linli.engines.assignment.scoring import FULL
from linli.engines.progress import Progress

Int32s = npt.NDArray[np.int32]

FULL_UP = 1 << 15
"""A wall of its own: permitted, but every place is taken. Not a bit the barring uses."""


@dataclass(frozen=True)
class Found:
    """Positions: `other_*` next best permitted offers of met needs, best first; `rejected_*` with the walls in the
    way (FULL_UP where only places lack, told to unmet needs); for each unmet need the offer
    nearest to helping (-1: none), its walls, and 1 where the next place there is this need's."""

    other_need: Ints
    other_offer: Ints
    rejected_need: Ints
    rejected_offer: Ints
    rejected_walls: Ints
    unmet: Ints
    key_offer: Ints
    key_walls: Ints
    first_in_line: Ints


def survey(pairs: Pairs, core: Core, others: int, why_not: int, progress: Progress) -> Found:
    """Look at every pair once more, with the choice made."""
    taken = np.bincount(core.chosen[core.chosen >= 0], minlength=len(pairs.offers))
    spare = pairs.offers.capacity - taken
    parts: list[list[Ints]] = [[] for _ in range(5)]
    key = np.full(len(pairs.needs), -1, dtype=np.int64)
    key_walls = np.zeros(len(pairs.needs), dtype=np.int64)
    first = np.zeros(len(pairs.needs), dtype=np.int64)
    for at, whole in enumerate(pairs, start=1):
        progress("survey", at, len(pairs))
        for block in whole.slices():
            walls, rank = _ranked(block, spare, core.chosen)
            permitted = (walls & ~FULL_UP == 0) & (core.chosen[block.needs, None] >= 0)
            need, column = _best(np.where(permitted, rank, -1), others)
            parts[0].append(block.needs[need])
            parts[1].append(block.offers[column])
            need, column = _best(np.where((walls > 0) & ~permitted, rank, -1), why_not)
            parts[2].append(block.needs[need])
            parts[3].append(block.offers[column])
            parts[4].append(walls[need, column].astype(np.int64))
            left = np.flatnonzero(core.chosen[block.needs] < 0)
            if len(left):
                rows = block.needs[left]
                key[rows], key_walls[rows], first[rows] = _nearest_help(block, left, walls[left], core)
    unmet = np.flatnonzero(core.chosen < 0)
    joined = [np.concatenate(part) if part else np.zeros(0, dtype=np.int64) for part in parts]
    others_of, other, rejected_of, rejected, why = joined
    return Found(others_of, other, rejected_of, rejected, why, unmet, key[unmet], key_walls[unmet], first[unmet])


def _ranked(block: Block, spare: Ints, chosen: Ints) -> tuple[Int32s, Int32s]:
    """Walls with FULL_UP, -1 at each met need's own offer; and a rank by score, ties to the offer first by id."""
    walls = block.walls.astype(np.int32)
    walls[:, spare[block.offers] <= 0] |= FULL_UP
    rows = np.flatnonzero(chosen[block.needs] >= 0)
    walls[rows, np.searchsorted(block.offers, chosen[block.needs[rows]])] = -1
    rank = block.score.astype(np.int32) * len(block.offers) + np.arange(len(block.offers))[::-1].astype(np.int32)
    return walls, rank


def _best(rank: Int32s, count: int) -> tuple[Ints, Ints]:
    """Rows and columns of the `count` highest ranks ≥ 0 of each row, best first within a row."""
    every = np.arange(len(rank))
    picked = []
    for _ in range(min(count, rank.shape[1])):
        column = rank.argmax(axis=1)
        there = np.flatnonzero(rank[every, column] >= 0)
        picked.append((there, column[there]))
        rank[every, column] = -1
    if not picked:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    row, column = (np.concatenate(both) for both in zip(*picked, strict=True))
    order = np.argsort(row, kind="stable")
    return row[order], column[order]


def _nearest_help(block: Block, left: Ints, walls: Int32s, core: Core) -> tuple[Ints, Ints, Ints]:
    """For unmet needs: the offer with the least in the way, its walls, and whether one more place there is theirs.

    First a full offer (nothing else in the way), best by the core's prices: `first` is 1 when the place's
    whole value comes from this need, that is when its reduced cost is 0. Then one wall only, then more; an
    exclusion is never something to lift.
    """
    score = block.score[left].astype(np.int64)
    saving = core.unmet_cost[block.needs[left]][:, None] - (FULL - score) - core.price[block.offers]
    full = walls == FULL_UP
    standing = np.bitwise_count(walls & ~FULL_UP).astype(np.int64)
    rank = np.where(full, saving, -(standing * 2 + (walls & FULL_UP > 0)) * (1 << 44) + score)
    rank = np.where((walls & EXCLUDED) > 0, -(1 << 60), rank)
    column = rank.argmax(axis=1)
    row = np.arange(len(left))
    barred = rank[row, column] == -(1 << 60)
    offer = np.where(barred, -1, block.offers[column])
    return (
        offer,
        np.where(barred, EXCLUDED, walls[row, column]),
        (full[row, column] & (saving[row, column] == 0)).astype(np.int64),
    )
