"""Names made searchable: pinyin and its initials. Surnames are read as surnames."""

from __future__ import annotations

from functools import lru_cache

# Readings a surname has that the character alone does not (Xinhua dictionary, surname entries).
SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "任": "ren", "朴": "piao", "区": "ou",
    "盖": "ge", "乐": "yue", "华": "hua", "覃": "qin", "翟": "zhai", "尉": "wei", "缪": "miao", "员": "yun",
    "折": "she", "黑": "he", "种": "chong", "冼": "xian", "燕": "yan", "纪": "ji", "葛": "ge", "柏": "bai",
}  # fmt: skip
COMPOUND_READINGS = {"尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "澹台": ("tan", "tai")}


@lru_cache(maxsize=50_000)
def syllables(name: str) -> tuple[str, ...]:
    """Toneless syllables of a name, the surname in its surname reading.

    >>> syllables("单晓红")
    ('shan', 'xiao', 'hong')
    """
    from pypinyin import lazy_pinyin

    plain = lazy_pinyin(name)
    if name[:2] in COMPOUND_READINGS:
        plain[:2] = COMPOUND_READINGS[name[:2]]
    elif name[:1] in SURNAME_READINGS:
        plain[0] = SURNAME_READINGS[name[0]]
    return tuple(plain)


def pinyin(name: str) -> str:
    """`lixiaohong` for 李晓红: lower case, no tones, no blanks."""
    return "".join(syllables(name)).lower()


def initials(name: str) -> str:
    """`lxh` for 李晓红."""
    return "".join(part[0] for part in syllables(name) if part).lower()[:20]
