"""How likely a pair is one person: a mixture of three kinds of pairs, fitted to the candidates without truth.

Fellegi–Sunter (1969) with parameters by expectation–maximisation (Winkler 1988), over the patterns
of levels Splink found, and two changes. (1) The pairs that are not one person fall into two kinds,
members of one household (same door, same phone, same surname) and chance meetings: with one kind
alone, sharing a door would count as proof. (2) The shipped shares stand as Dirichlet pseudo-counts
(MAP), so that ten records get the shipped model and a hundred thousand get their own, with no
switch between.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.engines.linkage.levels import FIELDS

KINDS = ("match", "household", "other")
MATCH, HOUSEHOLD, OTHER = range(3)
_SHARES = np.array([0.35, 0.35, 0.30])
_ROUNDS = 200
_CONVERGED = 1e-7


@dataclass(frozen=True)
class Mixture:
    """Fitted shares: of the three kinds, and per field (levels counted from the least alike) × kind."""

    shares: np.ndarray
    levels: tuple[np.ndarray, ...]
    rounds: int
    pairs: int

    def log_odds(self, patterns: np.ndarray, skip: frozenset[str] = frozenset()) -> np.ndarray:
        """Natural log of the odds of one person, per row of level numbers (-1: nothing to compare)."""
        logs = _log_likelihood(patterns, self.shares, self.levels, skip)
        other = np.logaddexp(logs[:, HOUSEHOLD], logs[:, OTHER])
        return np.asarray(logs[:, MATCH] - other)

    def weights(self) -> dict[str, dict[str, float]]:
        """log2 of match share over the share among all other pairs, per field and level code."""
        rest = self.shares[1:] / self.shares[1:].sum()
        found: dict[str, dict[str, float]] = {}
        for field, table in zip(FIELDS, self.levels, strict=True):
            ratio = np.log2(table[:, MATCH] / (table[:, 1:] @ rest))
            found[field.name] = {
                level.code: round(float(value), 3) for level, value in zip(field.levels, ratio[::-1], strict=True)
            }
        return found


def _shipped() -> tuple[np.ndarray, ...]:
    tables = []
    for field in FIELDS:
        table = np.array([(level.match, level.household, level.other) for level in reversed(field.levels)])
        tables.append(table / table.sum(axis=0))
    return tuple(tables)


def _log_likelihood(
    patterns: np.ndarray, shares: np.ndarray, levels: tuple[np.ndarray, ...], skip: frozenset[str]
) -> np.ndarray:
    logs = np.tile(np.log(shares), (len(patterns), 1))
    for at, (field, table) in enumerate(zip(FIELDS, levels, strict=True)):
        if field.name in skip:
            continue
        known = patterns[:, at] >= 0
        logs[known] += np.log(table)[patterns[known, at]]
    return logs


def fit(patterns: np.ndarray, counts: np.ndarray, prior_pairs: float) -> Mixture:
    """The MAP mixture for patterns seen `counts` times; with no pairs at all, the shipped one."""
    shipped = _shipped()
    shares, levels = _SHARES, shipped
    weight = counts.astype(float)[:, None]
    moved, rounds = 1.0, 0
    while moved > _CONVERGED and rounds < _ROUNDS:
        rounds += 1
        logs = _log_likelihood(patterns, shares, levels, frozenset())
        belongs = np.exp(logs - np.logaddexp.reduce(logs, axis=1, keepdims=True)) * weight
        new_shares = (belongs.sum(axis=0) + prior_pairs * _SHARES) / (counts.sum() + prior_pairs)
        new_levels = tuple(_counted(patterns[:, at], belongs, table, prior_pairs) for at, table in enumerate(shipped))
        changes = zip((new_shares, *new_levels), (shares, *levels), strict=True)
        moved = max(float(np.abs(new - old).max()) for new, old in changes)
        shares, levels = new_shares, new_levels
    return Mixture(shares=shares, levels=levels, rounds=rounds, pairs=int(counts.sum()))


def _counted(column: np.ndarray, belongs: np.ndarray, shipped: np.ndarray, prior_pairs: float) -> np.ndarray:
    """Expected counts of a field's levels by kind, plus the shipped pseudo-counts, as shares."""
    known = column >= 0
    table = prior_pairs * shipped
    for kind in range(belongs.shape[1]):
        table[:, kind] += np.bincount(column[known], weights=belongs[known, kind], minlength=len(shipped))
    return np.asarray(table / table.sum(axis=0))
