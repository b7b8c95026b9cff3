"""Addresses for comparing: the road or village before the first number, and the numbers of the door."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"\d+")
_CHINESE = str.maketrans("〇零一二三四五六七八九", "00123456789")
_COUNTED = re.compile(r"[〇零一二三四五六七八九十]+(?=[组社队号栋幢单室楼巷弄])")


def _counted(match: re.Match[str]) -> str:
    text = match.group()
    if "十" not in text:
        return text.translate(_CHINESE)
    tens, _, ones = text.partition("十")
    return str(int(tens.translate(_CHINESE) or 1) * 10 + int(ones.translate(_CHINESE) or 0))


def road_and_door(address: str) -> tuple[str, str]:
    """`("花园路", "244-21-2-293")` from any usual writing of an address; either may be empty.

    The road is kept to its last three characters: the words before it (province to town) are
    written in full, shortened or left out from list to list.
    """
    text = unicodedata.normalize("NFKC", address).upper().replace(" ", "")
    text = _COUNTED.sub(_counted, text)
    first = _NUMBER.search(text)
    before = text[: first.start()] if first else text
    door = "-".join(number.lstrip("0") or "0" for number in _NUMBER.findall(text))
    return before[-3:], door
