"""An offer's conditions: the part a machine can read, and the rest kept as written.

Items are separated by `;` or `；`. Read are `age>=60` `age<=18` `sex=2` `groups=MLA|DES`
`place=330521103` `level<=2` `helper_sex=2` (or `1|2`) `fee_fen=2000` `max_fen=500000`, and in Chinese
`年龄>=60` `性别=女` `人群=MLA|DES` `地区=330521103` `级别<=2` `服务人员性别=女` `自付=20元` `每份上限=5000元`.
Anything else is a note for the worker to ask about first; it never bars.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NAMES = {
    "年龄": "age",
    "性别": "sex",
    "人群": "groups",
    "对象": "groups",
    "地区": "place",
    "区划": "place",
    "级别": "level",
    "服务人员性别": "helper_sex",
    "自付": "fee_fen",
    "每份上限": "max_fen",
}
_SEXES = {"男": 1, "女": 2, "1": 1, "2": 2, "male": 1, "female": 2}
_ITEM = re.compile(r"^([a-z_]+|[\u4e00-\u9fff]+)\s*(>=|<=|=|≥|≤)\s*(.+)$")


@dataclass(frozen=True)
class Conditions:
    """What one offer asks for and charges; -1 or empty where it does not say."""

    age_min: int = -1
    age_max: int = -1
    sex: int = 0
    groups: tuple[str, ...] = ()
    place: str = ""
    level_max: int = -1
    helper_sex: int = 0
    """1 men, 2 women, 3 either as asked, 0 not said."""
    fee_fen: int = -1
    max_fen: int = -1
    note: str = ""


def read_conditions(text: str | None) -> Conditions:
    """Read what can be read; the rest is the note."""
    found: dict[str, object] = {}
    notes: list[str] = []
    for written in re.split(r"[;；\n]", text or ""):
        item = unicodedata.normalize("NFKC", written).strip()
        if item and not _read_item(item, found):
            notes.append(written.strip())
    return Conditions(**found, note="；".join(notes))  # type: ignore[arg-type]


def _read_item(item: str, found: dict[str, object]) -> bool:
    match = _ITEM.match(item.lower())
    if not match:
        return False
    name, sign = _NAMES.get(match[1], match[1]), match[2].replace("≥", ">=").replace("≤", "<=")
    value = match[3].strip()
    if name == "age" and value.isascii() and value.isdigit():
        whole = min(int(value), 200)
        found |= {} if sign == "<=" else {"age_min": whole}
        found |= {} if sign == ">=" else {"age_max": whole}
    elif name == "level" and sign in ("<=", "=") and value in "1234":
        found["level_max"] = int(value)
    elif sign != "=":
        return False
    else:
        return _read_equal(name, value, found)
    return True


def _read_equal(name: str, value: str, found: dict[str, object]) -> bool:
    parts = [part.strip() for part in re.split(r"[|,、/]", value) if part.strip()]
    if name == "sex" and value in _SEXES:
        found["sex"] = _SEXES[value]
    elif name == "helper_sex" and parts and all(part in _SEXES for part in parts):
        found["helper_sex"] = sum({_SEXES[part] for part in parts})
    elif name == "groups" and parts:
        found["groups"] = tuple(sorted({part.upper() for part in parts}))
    elif name == "place" and re.fullmatch(r"[0-9]{2,12}", value):
        found["place"] = value
    elif name in ("fee_fen", "max_fen") and (fen := _fen(value)) is not None:
        found[name] = fen
    else:
        return False
    return True


def _fen(value: str) -> int | None:
    """`2000` is fen; `20元` and `20.50元` are yuan."""
    match = re.fullmatch(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?(元)?", value)
    if not match or (match[2] and not match[3]):
        return None
    return int(match[1]) * (100 if match[3] else 1) + int((match[2] or "").ljust(2, "0"))
