"""Where a link begins, chosen without truth, and what the lists themselves say against the choice.

The probabilities of the mixture give, for each possible threshold, the F1 to be expected if they
are right; the threshold is the best of these. Whether they are right is tried on the pairs where
both records carry a sound identity number: the number is hidden, the pairs are judged by the rest, and
the share that then turns out to have the same number is compared with the share promised. Promised
too much → all pairs judged without a number are marked down by that much before choosing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from linli.engines.linkage.levels import FIELDS, ID
from linli.engines.linkage.mixture import Mixture

_LEAST_PAIRS = 200
_LEAST, _MOST = 0.2, 0.9
_DEFAULT = 0.5
_WORST = -4.0
_ID_AT = [field.name for field in FIELDS].index("id")
_ID_SAME = len(ID.levels) - 1


@dataclass(frozen=True)
class Choice:
    """The threshold, the log-odds after marking down, and the numbers behind them."""

    threshold: float
    log_odds: np.ndarray
    report: dict[str, Any]


def probability(log_odds: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-x) without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(log_odds / 2.0)))


def choose(
    mixture: Mixture, patterns: np.ndarray, counts: np.ndarray, sound: np.ndarray, recall: float | None
) -> Choice:
    """The threshold for patterns seen `counts` times, `sound` of them with two sound identity numbers.

    `recall` is the estimated share of one-person pairs that were looked at.
    """
    log_odds = mixture.log_odds(patterns)
    shift, tried = _mark_down(mixture, patterns, sound)
    log_odds = np.where(patterns[:, _ID_AT] >= 0, log_odds, log_odds + shift)
    report: dict[str, Any] = {"truth_used": False, "id_check": tried, "mark_down": round(shift, 4)}
    if counts.sum() < _LEAST_PAIRS:
        report |= {"method": "shipped", "pairs": int(counts.sum())}
        return Choice(_DEFAULT, log_odds, report)
    threshold, expected = _best_expected(probability(log_odds), counts, recall or 1.0)
    report |= {"method": "expected_f1", "pairs": int(counts.sum()), **expected}
    return Choice(threshold, log_odds, report)


def _best_expected(chance: np.ndarray, counts: np.ndarray, recall: float) -> tuple[float, dict[str, float]]:
    """The threshold of greatest expected F1, kept within bounds, with the figures expected there."""
    order = np.argsort(-chance, kind="stable")
    ranked, weight = chance[order], counts[order].astype(float)
    taken = np.cumsum(weight)
    right = np.cumsum(weight * ranked)
    all_right = right[-1] / recall
    f1 = 2.0 * right / (taken + all_right)
    best = int(np.argmax(f1))
    below = ranked[best + 1] if best + 1 < len(ranked) else 0.0
    threshold = float(np.clip((ranked[best] + below) / 2.0, _LEAST, _MOST))
    at = max(int(np.searchsorted(-ranked, -threshold, side="right")) - 1, 0)
    return threshold, {
        "expected_precision": round(float(right[at] / taken[at]), 5),
        "expected_recall": round(float(right[at] / all_right), 5),
        "expected_f1": round(float(f1[at]), 5),
    }


def _mark_down(mixture: Mixture, patterns: np.ndarray, sound: np.ndarray) -> tuple[float, dict[str, Any]]:
    """By how much log-odds judged without the number promise too much (≤ 0), and the comparison made.

    Only pairs of two sound numbers (check character right) are asked: a mistyped number proves
    nothing. Two standard errors of chance are allowed for.
    """
    total = float(sound.sum())
    if total < _LEAST_PAIRS:
        return 0.0, {"pairs": int(total)}
    hidden = mixture.log_odds(patterns, skip=frozenset({"id"}))
    same = float(sound[patterns[:, _ID_AT] == _ID_SAME].sum()) / total
    chance = probability(hidden)
    promised = float((chance * sound).sum()) / total
    allowed = same + 2.0 * float(np.sqrt((chance * (1.0 - chance) * sound).sum())) / total
    report = {"pairs": int(total), "promised": round(promised, 5), "found": round(same, 5)}
    if promised <= allowed:
        return 0.0, report
    low, high = _WORST, 0.0
    for _ in range(40):
        middle = (low + high) / 2.0
        if float((probability(hidden + middle) * sound).sum()) / total > allowed:
            high = middle
        else:
            low = middle
    return (low + high) / 2.0, report
