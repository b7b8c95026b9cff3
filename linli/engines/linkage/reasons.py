"""Levels → words: why two records are one person, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from linli.engines.linkage.levels import FIELDS, level_of
from linli.engines.linkage.words import WORDS
from linli.engines.words import Lang

_SPOKEN = ("id", "name", "birth", "phone", "place", "sex")
_SILENT = frozenset({"sex_same", "place_county", "birth_near"})
_AGAINST = frozenset(
    {
        "id_differs_doubtful", "id_differs", "name_one_character", "name_given", "name_surname", "name_differs",
        "birth_one_part", "birth_year", "birth_differs", "phone_differs", "place_town", "place_differs", "sex_differs",
    }
)  # fmt: skip


def points(levels: Sequence[int]) -> tuple[list[str], list[str]]:
    """Codes for and against, the telling fields first, from a pair's level numbers."""
    by_name = {field.name: level_of(field, int(value)) for field, value in zip(FIELDS, levels, strict=True)}
    codes = [level.code for name in _SPOKEN if (level := by_name[name]) is not None and level.code not in _SILENT]
    return [code for code in codes if code not in _AGAINST], [code for code in codes if code in _AGAINST]


def say(codes: Iterable[str], lang: Lang) -> str:
    """The codes' words, joined as the language joins them."""
    return WORDS.say("joiner", lang).join(WORDS.say(code, lang) for code in codes)


class Sayings:
    """The words of each different pattern of levels, made once."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self._known: dict[bytes, tuple[str, str]] = {}

    def of(self, levels: np.ndarray) -> tuple[str, str]:
        """(for, against) in words."""
        key = levels.tobytes()
        if key not in self._known:
            speaks_for, speaks_against = points(levels.tolist())
            self._known[key] = (say(speaks_for, self.lang), say(speaks_against, self.lang))
        return self._known[key]
