"""Records → what is compared: one row per record, in the records' order, hot values emptied.

Nothing here looks at two records at once; counting how often a value stands in the lists is all.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pyarrow as pa

from linli.engines.linkage.names import plain_name, readings, surname
from linli.engines.linkage.places import road_and_door

_NOTHING = frozenset(
    {"", "无", "無", "不详", "未知", "暂无", "没有", "空", "NULL", "NONE", "NAN", "N/A", "NA", "/", "-", "--", "0", "1"}
)
_BODY = re.compile(r"\d{17}[\dX]")
_OLD = re.compile(r"\d{15}")
_HOT_PHONE = 30
_HOT_SHARE = 0.005
_HOT_LEAST = 50

T = TypeVar("T")
U = TypeVar("U")


def _each(values: Sequence[T | None], make: Callable[[T], U | None]) -> list[U | None]:
    """`make` once per different value; None stays None."""
    known: dict[T, U | None] = {}
    out: list[U | None] = []
    for value in values:
        if value is None:
            out.append(None)
            continue
        if value not in known:
            known[value] = make(value)
        out.append(known[value])
    return out


def _text(value: str) -> str | None:
    text = value.strip().upper()
    return None if text in _NOTHING else text


def _one_character(text: str) -> bool:
    return len(set(text)) <= 1


def clean_id(value: str) -> str | None:
    """An identity number as compared (digits, X, `*`), or None when it says nothing."""
    text = re.sub(r"[\s　\-]", "", unicodedata.normalize("NFKC", value)).upper()
    if len(text.replace("*", "")) < 6 or _one_character(text.replace("*", "").strip("X") or "0"):
        return None
    return text if any(letter.isdigit() for letter in text) else None


def id_is_sound(number: str) -> bool:
    """18 characters, a real date, and the check character of GB 11643-1999 fits."""
    from stdnum.cn import ric

    if not _BODY.fullmatch(number) or id_birth(number) is None:
        return False
    return str(ric.calc_check_digit(number)) == number[-1]


def id_core(number: str) -> str | None:
    """What two writings of one number share: seventeen digits (15-digit numbers are of the 1900s).

    A number of another shape (a passport, a digit lost) stands for itself; a masked one has no core.
    """
    if _BODY.fullmatch(number):
        return number[:17]
    if _OLD.fullmatch(number):
        return f"{number[:6]}19{number[6:]}"
    return None if "*" in number else number


def id_birth(number: str) -> dt.date | None:
    """The birth date inside a full number; None when it is no date."""
    if not (_BODY.fullmatch(number) or _OLD.fullmatch(number)):
        return None
    core = str(id_core(number))
    try:
        return dt.date(int(core[6:10]), int(core[10:12]), int(core[12:14]))
    except ValueError:
        return None


def _phone(value: str) -> str | None:
    digits = re.sub(r"\D", "", value)
    if digits.startswith("86") and len(digits) == 13:
        digits = digits[2:]
    return None if len(digits) < 7 or _one_character(digits) else digits


def _hot(values: Sequence[T | None], most: float) -> frozenset[T]:
    return frozenset(value for value, count in Counter(values).items() if value is not None and count > most)


@dataclass(frozen=True)
class _Births:
    """ISO text of each date as far as it is known: day, month, year; and how many dates were hot."""

    days: list[str | None]
    months: list[str | None]
    years: list[str | None]
    hot: int


def _births(dates: Sequence[dt.date | None], precisions: Sequence[str | None]) -> _Births:
    """Dates on too many records say nothing; neither does 1900 (an empty cell in many systems)."""
    hot = _hot(dates, max(_HOT_LEAST, _HOT_SHARE * len(dates)))
    found = _Births([], [], [], len(hot))
    for date, precision in zip(dates, precisions, strict=True):
        text = date.isoformat() if date is not None and date.year > 1900 and date not in hot else None
        found.days.append(text if precision in (None, "", "day") else None)
        found.months.append(text[:7] if text and precision != "year" else None)
        found.years.append(text[:4] if text else None)
    return found


def features(records: pa.Table) -> tuple[pa.Table, dict[str, int]]:
    """The comparison table (`i` = row number) and how many values were set aside as hot, by field."""
    column = {name: records[name].to_pylist() for name in records.column_names}
    size = records.num_rows
    names = _each(_each(column["name"], _text), lambda value: plain_name(value) or None)
    counts = Counter(names)
    all_readings = _each(names, readings)
    ids = _ids(column["id_no"], column["card_no"])
    hot_ids = _hot(ids, _HOT_PHONE)
    ids = [None if value in hot_ids else value for value in ids]
    phones = _each(column["phone"], _phone)
    hot_phones = _hot(phones, _HOT_PHONE)
    phones = [None if value in hot_phones else value for value in phones]
    births = _births(column["birth_on"], column["birth_precision"])
    of_id = _each(ids, lambda value: born.isoformat() if (born := id_birth(value)) else None)
    addresses = [
        _text(address or place or "") for address, place in zip(column["address"], column["place"], strict=True)
    ]
    doors = _each(addresses, road_and_door)
    phone_counts = Counter(phones)
    table = pa.table(
        {
            "i": pa.array(range(size), pa.int32()),
            "name": pa.array(names, pa.string()),
            "name_n": pa.array([counts[value] for value in names], pa.int32()),
            "reads": pa.array(all_readings, pa.list_(pa.string())),
            "py": pa.array([value[0] if value else None for value in all_readings], pa.string()),
            "initials": pa.array([_initials(value[0]) if value else None for value in all_readings], pa.string()),
            "sur": pa.array(_each(names, lambda value: readings(surname(value))[0]), pa.string()),
            "sex": pa.array([value if value in ("1", "2") else None for value in column["sex"]], pa.string()),
            "year": pa.array(births.years, pa.string()),
            "any_day": pa.array([a or b for a, b in zip(births.days, of_id, strict=True)], pa.string()),
            "any_month": pa.array([a or (b and b[:7]) for a, b in zip(births.months, of_id, strict=True)], pa.string()),
            "any_year": pa.array([a or (b and b[:4]) for a, b in zip(births.years, of_id, strict=True)], pa.string()),
            "id_no": pa.array(ids, pa.string()),
            "id_core": pa.array(_each(ids, id_core), pa.string()),
            "id_head": pa.array(_each(ids, lambda value: value.split("*")[0] if "*" in value else None), pa.string()),
            "id_tail": pa.array(_each(ids, lambda value: value.split("*")[-1] if "*" in value else None), pa.string()),
            "id_sound": pa.array(_each(ids, id_is_sound), pa.bool_()),
            "phone": pa.array(phones, pa.string()),
            "phone_n": pa.array([phone_counts[value] for value in phones], pa.int32()),
            "region": pa.array(_each(column["region"], _region), pa.string()),
            "road": pa.array([value[0] or None if value else None for value in doors], pa.string()),
            "door": pa.array([value[1] or None if value else None for value in doors], pa.string()),
        }
    )
    return table, {"id_no": len(hot_ids), "phone": len(hot_phones), "birth_on": births.hot}


def _initials(reading: str) -> str:
    return "".join(part[0] for part in reading.split())


def _ids(numbers: Sequence[str | None], cards: Sequence[str | None]) -> list[str | None]:
    """The identity number, or the one a disability card number begins with (CDPF: 18 + class + grade)."""
    own = _each(numbers, clean_id)
    inside = _each(cards, lambda value: clean_id(value[:18]) if len(value) >= 20 else None)
    return [a or b for a, b in zip(own, inside, strict=True)]


def _region(value: str) -> str | None:
    digits = re.sub(r"\D", "", value)
    return digits[:9] if len(digits) >= 6 and not _one_character(digits) else None
