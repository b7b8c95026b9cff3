"""Hard safety: what bars a need from an offer, whatever the weights. Never a penalty, always a wall.

Each function takes positions of needs and offers that broadcast against each other and gives bits.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linli.engines.assignment.arrays import LEVELS_OF_PLACE, UNKNOWN_DAY, Ints, Needs, Offers
from linli.engines.assignment.data import KINDS, Weights

Mask = npt.NDArray[np.uint16]

EXCLUDED, VETTING, VALIDITY, PERSONAL, CONDITION, HELPER_SEX, AMOUNT, DISTANCE, TIME, LANGUAGE, NO_PLACES = (
    1 << at for at in range(11)
)
"""One bit per wall. PERSONAL: a condition on the person's group or sex; CONDITION: on age, place or level."""

REASONS = {
    VETTING: "vetting",
    VALIDITY: "validity",
    CONDITION: "condition",
    HELPER_SEX: "helper_sex",
    AMOUNT: "amount",
    DISTANCE: "distance",
    TIME: "time",
    LANGUAGE: "language",
    NO_PLACES: "no_places",
    PERSONAL: "personal",
    EXCLUDED: "excluded",
}
"""Codes by wall, in the order they are told: an exclusion is told last, so that it hides behind any other."""


class Barring:
    """The walls between these needs and these offers on one day."""

    def __init__(self, needs: Needs, offers: Offers, codes: list[str], weights: Weights, today: int) -> None:
        self.needs, self.offers, self.today = needs, offers, today
        self._vet_code = np.array([code in weights.vet_codes for code in codes] + [False])
        self._language_code = np.array([code in weights.language_codes for code in codes] + [False])
        self._vet_kind = np.array([kind in weights.vet_kinds for kind in KINDS])
        self._time_kind = np.array([kind in weights.common_time_kinds for kind in KINDS])
        self._reach_km = np.array([weights.reach_km.get(kind, np.inf) for kind in KINDS], dtype=np.float64)
        self._reach_digits = np.array([weights.reach_digits.get(kind, 0) for kind in KINDS], dtype=np.int64)
        self._vet_minor = weights.vet_minor

    def dates(self, i: Ints, j: Ints) -> Mask:
        """Vetting good on the day and on the due day; offered at some time between the two; any place at all."""
        needs, offers = self.needs, self.offers
        last = np.maximum(needs.due[i], self.today)
        must = self._vet_kind[offers.kind[j]] & (self._vet_code[needs.code[i]] | (needs.minor[i] & self._vet_minor))
        unvetted = must & (offers.vetted_until[j] < last)
        ended = (offers.valid_to[j] != UNKNOWN_DAY) & (offers.valid_to[j] < self.today)
        late = (offers.valid_from[j] != UNKNOWN_DAY) & (offers.valid_from[j] > last)
        return _bits((VETTING, unvetted), (VALIDITY, ended | late), (NO_PLACES, offers.capacity[j] <= 0))

    def person(self, i: Ints, j: Ints) -> Mask:
        """Conditions on the person. A fact not known bars nothing: it is asked first (see scoring's notes)."""
        needs, offers = self.needs, self.offers
        asks, has = offers.groups[j].any(-1), needs.groups[i].any(-1)
        groups = asks & has & ~(offers.groups[j] & needs.groups[i]).any(-1)
        sex = (offers.sex[j] > 0) & (needs.sex[i] > 0) & (offers.sex[j] != needs.sex[i])
        age = needs.age[i]
        young = (offers.age_min[j] >= 0) & (age >= 0) & (age < offers.age_min[j])
        old = (offers.age_max[j] >= 0) & (age >= 0) & (age > offers.age_max[j])
        level = (offers.level_max[j] >= 0) & (needs.level[i] > offers.level_max[j])
        return _bits((PERSONAL, groups | sex), (CONDITION, young | old | level))

    def wish(self, i: Ints, j: Ints) -> Mask:
        """A required helper's sex must be known to be met; common time and language where both sides name them."""
        needs, offers = self.needs, self.offers
        wanted = needs.helper_sex[i]
        sex = needs.helper_sex_must[i] & (wanted > 0) & ((offers.helper_sex[j] & wanted) == 0)
        both = needs.slots[i].any(-1) & offers.slots[j].any(-1)
        time = self._time_kind[offers.kind[j]] & both & ~(needs.slots[i] & offers.slots[j]).any(-1)
        named = needs.languages[i].any(-1) & offers.languages[j].any(-1)
        mute = self._language_code[needs.code[i]] & named & ~(needs.languages[i] & offers.languages[j]).any(-1)
        return _bits((HELPER_SEX, sex & self._meets_person(j)), (TIME, time), (LANGUAGE, mute))

    def _meets_person(self, j: Ints) -> npt.NDArray[np.bool_]:
        """Goods and money have no helper."""
        return self._vet_kind[self.offers.kind[j]]

    def amount(self, i: Ints, j: Ints) -> Mask:
        """A fund that gives less than is asked."""
        most = self.offers.most[j]
        return _bits((AMOUNT, (most >= 0) & (self.needs.amount[i] > most)))

    def place(self, i: Ints, j: Ints) -> Mask:
        """Residents-only offers, and (where no distance can be measured) divisions too far apart."""
        needs, offers = self.needs, self.offers
        home = (offers.home_digits[j] > 0) & (needs.place_digits[i] > 0)
        outside = home & ~same_division(needs.place[i], offers.home_place[j], offers.home_digits[j])
        unmeasured = np.isnan(needs.xyz[i, 0]) | np.isnan(offers.xyz[j, 0])
        reach = np.minimum(self._reach_digits[offers.kind[j]], offers.place_digits[j])
        known = (needs.place_digits[i] >= reach) & (reach > 0)
        far = unmeasured & known & ~same_division(needs.place[i], offers.place[j], reach)
        return _bits((CONDITION, outside), (DISTANCE, far))

    def far(self, km: npt.NDArray[np.float64], j: Ints) -> Mask:
        """Beyond the reach of the offer's kind; NaN km bars nothing."""
        return _bits((DISTANCE, km > self._reach_km[self.offers.kind[j]]))


def same_division(one: Ints, other: Ints, digits: Ints) -> npt.NDArray[np.bool_]:
    """Whether two codes share their first `digits` digits."""
    unit = 10 ** (12 - digits)
    return np.asarray(one // unit == other // unit)


def shared_digits(needs: Needs, offers: Offers, i: Ints, j: Ints) -> Ints:
    """Digits of the smallest division both codes name and share; 0 none, -1 where a code is missing."""
    smallest = np.minimum(needs.place_digits[i], offers.place_digits[j])
    shared = np.where(smallest > 0, 0, -1)
    for digits in reversed(LEVELS_OF_PLACE):
        step = np.int64(10 ** (12 - digits))
        same = (smallest >= digits) & (needs.place[i] // step == offers.place[j] // step)
        shared = np.where(same, digits, shared)
    return shared


def _bits(*walls: tuple[int, npt.NDArray[np.bool_]]) -> Mask:
    total: Mask = np.zeros((), dtype=np.uint16)
    for bit, standing in walls:
        total = total | np.where(standing, np.uint16(bit), np.uint16(0))
    return total
