"""Pairs that never count as certain, however much else speaks for them.

Two different identity numbers whose check characters both fit are two people: MOD 11-2 (ISO 7064, GB 11643) notices
every single wrong digit and every exchange of neighbours, so a slip of the pen is never sound. Twins of one sex have
such numbers, one step apart, and everything else alike. And a name with a birth date that is less than the same day,
with no number, telephone or door beside it, is a namesake as easily as the person: how rare a name is cannot be told
from twenty rows.
"""

from __future__ import annotations

import numpy as np

from linli.engines.linkage.levels import FIELDS

_SPEAKS = {
    "id": {"id_same", "id_masked_same", "id_one_digit", "id_two_digits", "id_masked_one_digit"},
    "phone": {"phone_same", "phone_same_shared", "phone_one_digit"},
    "place": {"place_door", "place_house"},
    "birth": {"birth_same"},
}
_AT = {field.name: at for at, field in enumerate(FIELDS)}


def contradict(levels: np.ndarray, both_sound: np.ndarray) -> np.ndarray:
    """Per pair: two sound identity numbers that are not the same. `levels` (n, fields), -1 where nothing compares."""
    return np.asarray(both_sound & (levels[:, _AT["id"]] >= 0) & ~_is(levels, "id", {"id_same"}))


def is_thin(levels: np.ndarray) -> np.ndarray:
    """Per pair: nothing speaks for it beyond name, sex, town and a birth date that is not the same day."""
    spoken = [_is(levels, field, codes) for field, codes in _SPEAKS.items()]
    return np.asarray(~np.logical_or.reduce(spoken))


def _is(levels: np.ndarray, field: str, codes: set[str]) -> np.ndarray:
    order = FIELDS[_AT[field]].levels
    numbers = [len(order) - 1 - at for at, level in enumerate(order) if level.code in codes]
    return np.isin(levels[:, _AT[field]], numbers)
