"""The shipped shares, the mixture and the threshold."""

from __future__ import annotations

import numpy as np
import pytest

from linli.engines.linkage.levels import FIELDS, level_of
from linli.engines.linkage.mixture import fit
from linli.engines.linkage.threshold import choose, probability
from linli.engines.linkage.words import WORDS


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_shipped_shares_are_shares(field: object) -> None:
    assert field in FIELDS
    levels = next(known for known in FIELDS if known is field).levels
    for kind in ("match", "household", "other"):
        assert sum(getattr(level, kind) for level in levels) == pytest.approx(1.0, abs=0.02)
    assert all(level.code in WORDS for level in levels)
    assert levels[-1].sql == ""


def test_levels_count_from_the_least_alike() -> None:
    assert (same := level_of(FIELDS[0], len(FIELDS[0].levels) - 1)) is not None
    assert same.code == "name_same"
    assert (other := level_of(FIELDS[0], 0)) is not None
    assert other.code == "name_differs"
    assert level_of(FIELDS[0], -1) is None


def _drawn(seed: int, shares: list[float], size: int) -> tuple[np.ndarray, np.ndarray]:
    """Patterns drawn from the shipped shares of each kind, and which were matches."""
    lot = np.random.default_rng(seed)
    kind = lot.choice(3, size=size, p=shares)
    names = ("match", "household", "other")
    columns = []
    for field in FIELDS:
        column = np.zeros(size, dtype=np.int8)
        for at, name in enumerate(names):
            chance = np.array([getattr(level, name) for level in reversed(field.levels)])
            mine = kind == at
            column[mine] = lot.choice(len(chance), size=int(mine.sum()), p=chance / chance.sum())
        columns.append(column)
    return np.stack(columns, axis=1), kind == 0


def test_planted_shares_are_recovered_and_probabilities_mean_what_they_say() -> None:
    drawn, match = _drawn(5, [0.2, 0.5, 0.3], 20_000)
    patterns, at, counts = np.unique(drawn, axis=0, return_inverse=True, return_counts=True)
    fitted = fit(patterns, counts, 50.0)
    assert fitted.shares[0] == pytest.approx(match.mean(), abs=0.01)
    chance = probability(fitted.log_odds(patterns))[at]
    assert chance.mean() == pytest.approx(match.mean(), abs=0.01)
    picked = choose(fitted, patterns, counts, np.zeros(len(counts)), None)
    taken = chance >= picked.threshold
    precision = match[taken].mean()
    assert picked.report["expected_precision"] == pytest.approx(precision, abs=0.01)
    assert picked.report["truth_used"] is False


def test_without_pairs_the_shipped_model_stands() -> None:
    none = np.zeros((0, len(FIELDS)), dtype=np.int8)
    fitted = fit(none, np.zeros(0, dtype=np.int64), 50.0)
    same = np.array([[len(field.levels) - 1 for field in FIELDS]], dtype=np.int8)
    assert probability(fitted.log_odds(same))[0] > 0.999
    picked = choose(fitted, none, np.zeros(0, dtype=np.int64), np.zeros(0), None)
    assert (picked.threshold, picked.report["method"]) == (0.5, "shipped")


def test_promises_too_great_are_marked_down() -> None:
    drawn, _ = _drawn(6, [0.3, 0.4, 0.3], 5_000)
    id_at = [field.name for field in FIELDS].index("id")
    drawn[:, id_at] = 0  # every two sound numbers differ: no pair is one person, whatever the rest says
    patterns, counts = np.unique(drawn, axis=0, return_counts=True)
    fitted = fit(patterns, counts, 50.0)
    picked = choose(fitted, patterns, counts, counts.astype(float), None)
    assert picked.report["mark_down"] < -1.0
