"""Alarm for coordinated voting: ballots too alike to be chance, cast in one burst. A reason to look, never a verdict.

Two questions, both must be answered yes.
1. *Too alike?* A pair is near-identical when it shares many statements and answers nearly all of them alike, and when
   that has at most `FALSE_PAIRS` expected occurrences among all pairs if everybody answered for themselves: on each
   statement with the answer rates of the whole conversation, tilted by the person's own habit (somebody who agrees with
   everything is like others who do, and that is no campaign). A few differences are allowed and paid for by the union
   bound over which statements they are.
2. *In one burst?* People are ranked by the time of their first vote. If who is near-identical has nothing to do with
   when they came, the m of them that stand within r ranks are a chance of at most C(M, m)·n·C(r−1, m−1)/C(n, m) (union
   bound over subsets and windows; M near-identical people among n). No arrival rate is assumed: a busy evening makes
   ranks dense for all alike.
Without times only the first question can be asked. No groups are used: a campaign would make its own.
"""

from __future__ import annotations

from dataclasses import replace
from math import lgamma, log
from typing import TYPE_CHECKING

import numpy as np

from linli.engines.opinion.data import Alarm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linli.engines.opinion.data import Conversation, Floats, Ints

LEAST_SHARED = 8  # statements
SHARED_PART = 0.8  # of the shorter ballot
ALIKE = 0.95  # of the shared statements
FALSE_PAIRS = 0.01  # expected number of pairs of independent people in the whole conversation
LEAST_PEOPLE = 3
BURST_CHANCE = 0.001
EVERY_PAIR = 1500  # people up to which every pair is looked at; beyond, those that are alike on an eighth of statements
BANDS = 8
CROWD = 64  # most people compared with each other in one band
STRIP = 40_000  # pairs looked at together: what a processor keeps near


def coordinated(talk: Conversation, every_pair: int = EVERY_PAIR) -> tuple[Alarm, ...]:
    """Sets of people whose ballots raise the alarm, the most unlikely first.

    `every_pair`: up to so many people every pair is compared; beyond, those alike on an eighth of the statements.
    """
    talk = _without_rejected(talk)
    people = _talkative(talk)
    if len(people) < LEAST_PEOPLE:
        return ()
    votes = _Ballots(talk, people)
    pairs = votes.near_pairs() if len(people) <= every_pair else votes.banded_pairs()
    limit = float(np.log2(max(1.0, len(people) * (len(people) - 1) / 2) / FALSE_PAIRS))
    kept = [(*pair, bits) for pair, bits in zip(pairs, votes.bits(pairs), strict=True) if bits >= limit]
    alarms = [alarm for part in _components(kept) for alarm in votes.alarms(part, kept)]
    return tuple(sorted(alarms, key=lambda alarm: (alarm.burst_chance or 0.0, -alarm.bits)))


def _without_rejected(talk: Conversation) -> Conversation:
    """The votes on statements that count."""
    out = np.array([one.is_out for one in talk.statements], dtype=bool)
    if not out.any():
        return talk
    kept = ~out[talk.statement]
    place = np.cumsum(~out) - 1
    statements = tuple(one for one in talk.statements if not one.is_out)
    columns = {"person": talk.person[kept], "statement": place[talk.statement[kept]], "value": talk.value[kept]}
    return replace(talk, statements=statements, at=talk.at[kept], **columns)


def _talkative(talk: Conversation) -> Ints:
    """People with enough votes and more than one kind of answer: one who only agrees is like all who only agree."""
    n = len(talk.people)
    kinds = np.bincount(talk.person * 3 + talk.value + 1, minlength=3 * n).reshape(n, 3)
    return np.flatnonzero((kinds.sum(axis=1) >= LEAST_SHARED) & ((kinds > 0).sum(axis=1) > 1))


class _Ballots:
    """The ballots of some people, with what each answer would be by chance."""

    def __init__(self, talk: Conversation, people: Ints) -> None:
        self.talk, self.people = talk, people
        self.first = np.searchsorted(talk.person, people)
        self.last = np.searchsorted(talk.person, people, side="right")
        width = len(talk.statements)
        counts = np.bincount(talk.statement * 3 + talk.value + 1, minlength=3 * width).reshape(width, 3)
        self.rates = (counts + 1 / 3) / (counts.sum(axis=1, keepdims=True) + 1)
        self.times = bool(talk.at.any())
        began = np.full(len(talk.people), np.iinfo(np.int64).max)
        first = np.flatnonzero(np.diff(talk.person, prepend=-1))
        began[talk.person[first]] = np.minimum.reduceat(talk.at, first)
        self.began: Ints = began[people]
        self.rank: Ints = np.empty(len(people), dtype=np.int64)
        self.rank[np.argsort(self.began, kind="stable")] = np.arange(len(people))

    def near_pairs(self) -> list[tuple[int, int]]:
        """Every pair that shares enough and answers it nearly alike."""
        shape = (len(self.talk.people), len(self.talk.statements))
        answer = np.zeros(shape, dtype=np.int8)
        answer[self.talk.person, self.talk.statement] = self.talk.value + 2
        answer = answer[self.people]
        seen = (answer > 0).astype(np.float32)
        each = np.concatenate([answer == kind for kind in (1, 2, 3)], axis=1).astype(np.float32)
        enough = np.maximum(LEAST_SHARED, np.ceil(SHARED_PART * (self.last - self.first))).astype(np.float32)
        near: list[tuple[int, int]] = []
        rows = max(1, STRIP // len(answer))
        for begin in range(0, len(answer), rows):
            strip = slice(begin, begin + rows)
            shared = seen[strip] @ seen[begin:].T
            fit = shared - each[strip] @ each[begin:].T <= (1 - ALIKE) * shared
            fit &= shared >= np.minimum.outer(enough[strip], enough[begin:])
            ones, twos = np.divmod(np.flatnonzero(fit), fit.shape[1])
            later = twos > ones
            near += zip((begin + ones[later]).tolist(), (begin + twos[later]).tolist(), strict=True)
        return near

    def banded_pairs(self) -> list[tuple[int, int]]:
        """Pairs whose ballots are the same on every eighth statement (for one of eight beginnings), then looked at."""
        talk = self.talk
        mark = (talk.statement * 3 + talk.value + 2).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mark ^= mark >> np.uint64(29)
        mark *= np.uint64(0xBF58476D1CE4E5B9)
        found: set[tuple[int, int]] = set()
        for band in range(BANDS):
            sums = np.add.reduceat(np.where(talk.statement % BANDS == band, mark, np.uint64(0)), self.first)
            order = np.argsort(sums, kind="stable")
            same = np.flatnonzero(np.diff(sums[order]) == 0)
            for run in np.split(same, np.flatnonzero(np.diff(same) > 1) + 1) if len(same) else ():
                crowd = sorted(order[run[0] : run[-1] + 2].tolist())[:CROWD]
                if sums[crowd[0]]:
                    found.update((a, b) for at, a in enumerate(crowd) for b in crowd[at + 1 :])
        return sorted(pair for pair in found if self._is_near(*pair))

    def _shared(self, one: int, two: int) -> tuple[Ints, Ints, Ints]:
        """Statements both voted on, and their votes."""
        (a, b), (c, d) = ((self.first[at], self.last[at]) for at in (one, two))
        mine, other = self.talk.statement[a:b], self.talk.statement[c:d]
        place = np.searchsorted(other, mine)
        place[place == len(other)] = 0
        both = other[place] == mine
        return mine[both], self.talk.value[a:b][both], self.talk.value[c:d][place[both]]

    def _is_near(self, one: int, two: int) -> bool:
        both, left, right = self._shared(one, two)
        shorter = min(int(self.last[at] - self.first[at]) for at in (one, two))
        enough = len(both) >= max(LEAST_SHARED, SHARED_PART * shorter)
        return enough and int((left != right).sum()) <= (1 - ALIKE) * len(both)

    def bits(self, pairs: list[tuple[int, int]]) -> list[float]:
        """For each pair −log₂ of a bound on the chance that two independent people answer so much alike."""
        found: list[float] = []
        for begin in range(0, len(pairs), CROWD):
            one, two = np.array(pairs[begin : begin + CROWD]).T
            mine, other = self._answers(one), self._answers(two)
            both = (mine > 0) & (other > 0)
            habit, other_habit = self._habit(mine), self._habit(other)
            usual = (habit @ self.rates.T) * (other_habit @ self.rates.T)
            same = (habit * other_habit) @ (self.rates**2).T / usual
            surprise = np.sort(np.where(both, -np.log2(same), 0.0), axis=1)
            shared, allowed = both.sum(axis=1).tolist(), (both & (mine != other)).sum(axis=1).tolist()
            for row, many, apart in zip(surprise, shared, allowed, strict=True):
                found.append(float(row[: len(row) - apart].sum()) - _log_choose(many, apart) / log(2))
        return found

    def _answers(self, people: Ints) -> NDArray[np.int8]:
        """The ballots of these people in full width: 1, 2, 3 for no, pass, yes; 0 without an answer."""
        made = np.zeros((len(people), len(self.talk.statements)), dtype=np.int8)
        for row, first, last in zip(made, self.first[people].tolist(), self.last[people].tolist(), strict=True):
            row[self.talk.statement[first:last]] = self.talk.value[first:last] + 2
        return made

    def _habit(self, answers: NDArray[np.int8]) -> Floats:
        """Of each ballot, how much likelier its person gives each answer than the rates of all would have it."""
        own = np.stack([(answers == kind).sum(axis=1) for kind in (1, 2, 3)], axis=1)
        return np.asarray((own + 1) / ((answers > 0) @ self.rates + 1))

    def alarms(self, part: list[int], pairs: list[tuple[int, int, float]]) -> list[Alarm]:
        """The alarm of one set of linked near-identical people, if they (or the densest of them) came in a burst."""
        chosen, chance = (part, None) if not self.times else self._densest(part)
        if len(chosen) < LEAST_PEOPLE or (chance is not None and chance > BURST_CHANCE):
            return []
        inside = set(chosen)
        linked = [(one, two, bits) for one, two, bits in pairs if one in inside and two in inside]
        if not linked:
            return []
        span = self.began[chosen].max() - self.began[chosen].min()
        return [
            Alarm(
                people=tuple(sorted(int(self.people[at]) for at in chosen)),
                statements=max(len(self._shared(one, two)[0]) for one, two, _ in linked),
                bits=max(bits for _, _, bits in linked),
                seconds=float(span) / 1000 if self.times else None,
                burst_chance=chance,
            )
        ]

    def _densest(self, part: list[int]) -> tuple[list[int], float]:
        """The run of these people, by rank, that is least likely to stand so close by chance."""
        n, every = len(self.people), len(part)
        ordered = sorted(part, key=lambda at: int(self.rank[at]))
        best: tuple[float, list[int]] = (0.0, [])
        for begin in range(every):
            for end in range(begin + LEAST_PEOPLE, every + 1):
                run = ordered[begin:end]
                m, r = len(run), int(self.rank[run[-1]] - self.rank[run[0]]) + 1
                chance = _log_choose(every, m) + log(n) + _log_choose(r - 1, m - 1) - _log_choose(n, m)
                if chance < best[0]:
                    best = (chance, run)
        return best[1], float(np.exp(best[0]))


def _components(pairs: list[tuple[int, int, float]]) -> list[list[int]]:
    """Sets of people linked by pairs."""
    parent: dict[int, int] = {}

    def root(at: int) -> int:
        while parent.setdefault(at, at) != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for one, two, _ in pairs:
        parent[root(one)] = root(two)
    parts: dict[int, list[int]] = {}
    for at in sorted(parent):
        parts.setdefault(root(at), []).append(at)
    return [part for part in parts.values() if len(part) >= LEAST_PEOPLE]


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) if 0 <= k <= n else float("-inf")
