"""How well an offer suits a need: five parts in whole points, so that every machine agrees.

Each part is 0–100; times its points it gives hundredths of the score (0–10000). Positions of needs and
offers broadcast against each other, so one formula serves whole blocks and single pairs.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linli.engines.assignment.arrays import UNKNOWN_DAY, Floats, Ints, Needs, Offers
from linli.engines.assignment.barring import shared_digits
from linli.engines.assignment.data import KINDS, Weights

FULL = 10_000
Small = npt.NDArray[np.int16]


class Scoring:
    """The five parts for these needs and offers under one version of the weights."""

    def __init__(self, needs: Needs, offers: Offers, codes: list[str], weights: Weights, today: int) -> None:
        self.needs, self.offers, self.weights = needs, offers, weights
        fits = [{**weights.kind_fit, **weights.kind_fit_of.get(code, {})} for code in codes]
        self._kind_fit = np.array([[row[kind] for kind in KINDS] for row in fits] or [[0] * len(KINDS)], dtype=np.int64)
        self._wait = self._wait_part(today)

    def _wait_part(self, today: int) -> Ints:
        levels = np.array([0, *(self.weights.wait_level[level] for level in (1, 2, 3, 4))], dtype=np.int64)
        due = self.needs.due
        overdue = np.where(due == UNKNOWN_DAY, 0, np.maximum(today - due, 0))
        return np.asarray(np.minimum(levels[self.needs.level] + overdue * self.weights.overdue_per_day, 100))

    def fit(self, i: Ints, j: Ints) -> Ints:
        """The kind of offer for this code, less for a side line, less for wished skills that are missing."""
        weights = self.weights.fit
        code = self.needs.code[i]
        base = self._kind_fit[code, self.offers.kind[j]]
        main = np.where(self.offers.listed[j, code] == 2, 100, weights["side_line"])
        wished = np.bitwise_count(self.needs.skills[i]).sum(-1, dtype=np.int64)
        there = np.bitwise_count(self.needs.skills[i] & self.offers.skills[j]).sum(-1, dtype=np.int64)
        keep = weights["no_skill"]
        skilled = np.where(wished > 0, keep + (100 - keep) * there // np.maximum(wished, 1), 100)
        return np.asarray(base * main * skilled // 10_000)

    def wish(self, i: Ints, j: Ints) -> Ints:
        """Language, time and the helper's sex: all of it where nothing is wished, part where not known."""
        needs, offers, weights = self.needs, self.offers, self.weights.wish
        unknown = weights["unknown"]
        language = _share(needs.languages[i], offers.languages[j], unknown)
        time = _share(needs.slots[i], offers.slots[j], unknown)
        wanted, helpers = needs.helper_sex[i], offers.helper_sex[j]
        sex = np.where(wanted == 0, 100, np.where(helpers == 0, unknown, np.where(helpers & wanted, 100, 0)))
        total = language * weights["language"] + time * weights["time"] + sex * weights["helper_sex"]
        return np.asarray(total // 100)

    def wait(self, i: Ints) -> Ints:
        """The need's level and the days it is overdue."""
        return np.asarray(self._wait[i])

    def place(self, i: Ints, j: Ints) -> Ints:
        """Nearness by division, where distance cannot be measured."""
        weights = self.weights.distance
        shared = shared_digits(self.needs, self.offers, i, j)
        names = {12: "village", 9: "town", 6: "county", 4: "city", 0: "elsewhere", -1: "unknown"}
        values = np.zeros(14, dtype=np.int64)
        for digits, name in names.items():
            values[digits] = weights[name]
        return values[shared]

    def near(self, km: Floats) -> Small:
        """Nearness by distance, in tenths of a kilometre; NaN gives 0 (use `place` there)."""
        far = self.weights.distance["far_km"] * 10.0
        tenths = np.fmin(np.rint(km * 10.0), far)
        # Exact in floats: a quotient of whole numbers this small never rounds up to the next one.
        return np.asarray(100.0 - np.floor(100.0 * tenths / far)).astype(np.int16)

    def cost(self, i: Ints, j: Ints) -> Ints:
        """What the person pays, against what she said she can (or a reference fee)."""
        weights = self.weights.cost
        fee, pays = self.offers.fee[j], self.needs.pays[i]
        able = 100 - 50 * np.minimum(fee, pays) // np.maximum(pays, 1)
        stated = np.where(fee > pays, 0, able)
        reference = 100 - np.minimum(100 * np.maximum(fee, 0) // max(weights["fee_ref_fen"], 1), 100)
        value = np.where(pays >= 0, stated, reference)
        return np.asarray(np.where(fee < 0, weights["unknown"], np.where(fee == 0, 100, value)))


def _share(wanted: npt.NDArray[np.uint64], given: npt.NDArray[np.uint64], unknown: int) -> Ints:
    common = (wanted & given).any(-1)
    return np.asarray(np.where(~wanted.any(-1), 100, np.where(~given.any(-1), unknown, np.where(common, 100, 0))))


def km_between(needs: Needs, offers: Offers, i: Ints, j: Ints) -> Floats:
    """Straight-line km (the chord; under 0.01 % short of the great circle below 300 km); NaN if not known."""
    total = np.zeros(np.broadcast_shapes(np.shape(i), np.shape(j)))
    for axis in range(3):
        step = needs.xyz[i, axis] - offers.xyz[j, axis]
        total = total + step * step
    return np.asarray(np.sqrt(total))
