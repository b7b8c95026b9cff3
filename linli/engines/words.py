"""Words for codes, in two languages. Each engine keeps one catalogue; this is its shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Lang = Literal["zh", "en"]
_AT: dict[str, int] = {"zh": 0, "en": 1}


class Words:
    """A catalogue: code → (Chinese, English), with `{name}` places for the parameters.

    >>> Words({"late": ("晚了 {days} 天", "{days} days late")}).say("late", "en", days=2)
    '2 days late'
    """

    def __init__(self, entries: Mapping[str, tuple[str, str]]) -> None:
        self.entries = dict(entries)

    def say(self, code: str, lang: Lang = "zh", **params: object) -> str:
        """The sentence for `code`; an unknown code is a programming mistake and raises KeyError."""
        return self.entries[code][_AT[lang]].format(**params)

    def __contains__(self, code: str) -> bool:
        return code in self.entries
