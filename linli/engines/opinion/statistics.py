"""Counts, tests, representativeness, consensus and priority: Polis' formulas, vectorised. No grouping here.

Source of the formulas: Small, Bjorkegren, Erkkilä, Shaw, Megill, "Polis: Scaling deliberation by mapping high
dimensional opinion spaces", Recerca 26(2), 2021, and Polis' published results. "Seen" counts passes too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from linli.engines.opinion.data import AGREE, DISAGREE, Common, Counts, Representative

if TYPE_CHECKING:
    from linli.engines.opinion.data import Conversation, Flags, Floats, Ints

Z_90 = 1.2816  # one-sided 90 %, as Polis writes it
PICKS = 5
META_PRIORITY = 49.0


def counted(talk: Conversation, group: Ints, groups: int) -> Counts:
    """Votes per group and statement; `group` holds a place per person, people with -1 are not counted."""
    width = len(talk.statements)
    mine = group[talk.person]
    cell = (mine * width + talk.statement) * 3 + talk.value + 1
    if len(mine) and mine.min() < 0:
        cell = cell[mine >= 0]
    votes = np.bincount(cell, minlength=groups * width * 3).reshape(groups, width, 3)
    return Counts(votes[:, :, AGREE + 1].copy(), votes[:, :, DISAGREE + 1].copy(), votes.sum(axis=2))


def zeroed(counts: Counts, sizes: Ints, out: Flags) -> Counts:
    """The same counts on the working matrix: a statement that is out holds a 0 (seen) for every person."""
    return Counts(
        np.where(out, 0, counts.agree), np.where(out, 0, counts.disagree), np.where(out, sizes[:, None], counts.seen)
    )


def smoothed(success: Ints, trials: Ints) -> Floats:
    """(n + 1) / (S + 2): the rate with one imagined vote on each side."""
    return np.asarray((success + 1) / (trials + 2))


def one_proportion(success: Ints, trials: Ints) -> Floats:
    """z of the rate against one half, with one success added."""
    return np.asarray(2 * np.sqrt(trials + 1) * ((success + 1) / (trials + 1) - 0.5))


def two_proportions(success: Ints, trials: Ints, other: Ints, other_trials: Ints) -> Floats:
    """z of two rates' difference, one added to all four counts; 0 where the pooled rate is 1."""
    n1, n2 = trials + 1, other_trials + 1
    p1, p2 = (success + 1) / n1, (other + 1) / n2
    pooled = (success + other + 2) / (n1 + n2)
    spread = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    safe = np.where(pooled == 1, 1.0, spread)
    return np.asarray(np.where(pooled == 1, 0.0, (p1 - p2) / np.sqrt(safe)))


def group_consensus(agree: Ints, seen: Ints) -> Floats:
    """Group-informed consensus: the product over groups of each one's smoothed rate; high only if no group objects."""
    return np.asarray(np.prod((agree + 1) / (seen + 2), axis=0))


def priorities(counts: Counts, extremity: Floats, is_meta: Flags) -> Floats:
    """Which statement should be shown next: votes of the grouped people, the statement's reach, and how new it is."""
    agree, disagree, seen = (part.sum(axis=0) for part in (counts.agree, counts.disagree, counts.seen))
    passes = seen - agree - disagree
    importance = (1 - smoothed(passes, seen)) * (extremity + 1) * smoothed(agree, seen)
    return np.asarray(np.where(is_meta, META_PRIORITY, (importance * (1 + 8 * 2.0 ** (-seen / 5))) ** 2))


def common_opinion(counts: Counts) -> tuple[tuple[Common, ...], tuple[Common, ...]]:
    """What the whole conversation agrees and disagrees with (one row of counts on the working matrix)."""
    seen = counts.seen.sum(axis=0)
    return _leaning(counts.agree.sum(axis=0), seen), _leaning(counts.disagree.sum(axis=0), seen)


def _leaning(success: Ints, seen: Ints) -> tuple[Common, ...]:
    p, z = smoothed(success, seen), one_proportion(success, seen)
    strength = p * z
    fit = np.flatnonzero((p > 0.5) & (z > Z_90))
    best = fit[np.argsort(-strength[fit], kind="stable")][:PICKS]
    return tuple(Common(int(j), int(success[j]), int(seen[j]), float(p[j]), float(z[j])) for j in best)


class Contrast:
    """Each group against all others, per statement: rates, ratios and tests of both sides (groups × statements)."""

    def __init__(self, counts: Counts) -> None:
        rest = [part.sum(axis=0) - part for part in (counts.agree, counts.disagree, counts.seen)]
        self.counts = counts
        self.sides = [
            _Side(counts.agree, counts.seen, rest[0], rest[2]),
            _Side(counts.disagree, counts.seen, rest[1], rest[2]),
        ]

    def representative(self, group: int) -> tuple[Representative, ...]:
        """At most five statements that mark the group: its best agreement first, then agrees before disagrees."""
        agree, disagree = self.sides
        is_agree = agree.r_test[group] > disagree.r_test[group]
        p, pt, r, rt = (
            np.where(is_agree, one[group], two[group])
            for one, two in zip(agree.figures(), disagree.figures(), strict=True)
        )
        fit = np.flatnonzero(agree.passes(group) | disagree.passes(group))
        best = self._best_agree(group)
        strength = r * rt * p * pt
        ranked = [int(j) for j in fit[np.argsort(-strength[fit], kind="stable")]]
        if not ranked and best is None:
            ranked = [int(np.argmax(np.maximum(agree.r_test[group], disagree.r_test[group])))] if len(r) else []
        chosen = ([best] if best is not None else []) + [j for j in ranked if j != best]
        chosen = sorted(chosen[:PICKS], key=lambda j: not is_agree[j])
        success = np.where(is_agree, self.counts.agree[group], self.counts.disagree[group])
        return tuple(
            Representative(
                statement=j,
                side="agree" if is_agree[j] else "disagree",
                success=int(success[j]),
                trials=int(self.counts.seen[group][j]),
                p=float(p[j]),
                p_test=float(pt[j]),
                r=float(r[j]),
                r_test=float(rt[j]),
                is_best_agree=j == best,
            )
            for j in chosen
        )

    def _best_agree(self, group: int) -> int | None:
        """The agreement most the group's own, by a holder-and-challenger walk in the order of the statements."""
        side = self.sides[0]
        p, pt, r, rt = (part[group].tolist() for part in side.figures())
        voted = (self.counts.agree[group] + self.counts.disagree[group]).tolist()
        best: int | None = None
        for j, votes in enumerate(voted):
            if not votes:
                continue
            if best is None:
                better = pt[j] > Z_90 or (r[j] > 1 and p[j] > 0.5)
            elif r[best] > 1:
                better = r[j] * rt[j] * p[j] * pt[j] > r[best] * rt[best] * p[best] * pt[best]
            else:
                better = p[j] * pt[j] > p[best] * pt[best]
            best = j if better else best
        return best


class _Side:
    """One side (agree or disagree) of every group against the rest."""

    def __init__(self, success: Ints, seen: Ints, other: Ints, other_seen: Ints) -> None:
        self.p, self.p_test = smoothed(success, seen), one_proportion(success, seen)
        self.r = self.p / smoothed(other, other_seen)
        self.r_test = two_proportions(success, seen, other, other_seen)

    def figures(self) -> tuple[Floats, Floats, Floats, Floats]:
        return self.p, self.p_test, self.r, self.r_test

    def passes(self, group: int) -> Flags:
        return np.asarray((self.r_test[group] > Z_90) & (self.p_test[group] > Z_90))
