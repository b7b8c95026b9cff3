"""Votes as written → ballots the rules use: points per project, equal ballots merged into one row.

What a ballot gives each project it names (Pabulib's kinds, docs in README.md): approval, choose-1 and
knapsack 1; cumulative and scoring the points written; ordinal the points written or, without a points
column, Borda's count: the first of L places gives L, the next L − 1 …
"""

from __future__ import annotations

from itertools import chain

import numpy as np

from linli.engines.budgeting.data import Ballots, Ints

Mark = tuple[tuple[int, ...], tuple[int, ...]]


def merged(marks: list[Mark], which: Ints) -> tuple[Ballots, Ints]:
    """Equal ballots as one row each.

    `marks`: the different vote texts, each as its projects (ascending) and their points; `which`: the text of each
    voter. Returns the ballots, in an order that depends only on what they say, and each voter's row.
    """
    places = {mark: at for at, mark in enumerate(sorted(set(marks)))}
    of_text = np.fromiter(map(places.__getitem__, marks), dtype=np.int64, count=len(marks))
    ballot_of = of_text[which] if len(marks) else np.zeros(0, dtype=np.int64)
    start = np.zeros(len(places) + 1, dtype=np.int64)
    np.cumsum([len(projects) for projects, _ in places], out=start[1:])
    project = np.fromiter(chain.from_iterable(projects for projects, _ in places), dtype=np.int64)
    points = np.fromiter(chain.from_iterable(points for _, points in places), dtype=np.int64)
    counts = np.bincount(ballot_of, minlength=len(places)).astype(np.int64)
    return Ballots(counts, start, project, points), ballot_of


def restricted(ballots: Ballots, keep: Ints, voters: Ints) -> Ballots:
    """The ballots as seen by one pot: only the projects `keep` (their new index: place in `keep`), `voters` per row.

    Rows nobody of the pot cast stay with 0 voters; a ballot naming none of the projects stays, empty: its
    voter has a share.
    """
    place = np.full(int(max(ballots.project.max(initial=-1), keep.max(initial=-1))) + 2, -1, dtype=np.int64)
    place[keep] = np.arange(len(keep))
    project = place[ballots.project]
    row_of = np.repeat(np.arange(ballots.rows), np.diff(ballots.start))
    kept = (project >= 0) & (voters[row_of] > 0)
    start = np.concatenate([[0], np.cumsum(np.bincount(row_of[kept], minlength=ballots.rows))]).astype(np.int64)
    return Ballots(voters, start, project[kept], ballots.weight[kept])
