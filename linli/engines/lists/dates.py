"""Dates as people write them in lists → a date and how precise it is."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import lru_cache
from typing import Literal, NamedTuple

from linli.engines.lists.tables import plain, tight

Precision = Literal["day", "month", "year"]


class DateRead(NamedTuple):
    """The date (first day of a month or year when only these are known), its precision, and a fault's code."""

    on: dt.date | None
    precision: Precision | None
    fault: str = ""


_PARTS = re.compile(r"^(\d{4})(?:[-/.,、\\年]+(\d{1,2})(?:[-/.,、\\月]+(\d{1,2})日?号?|月?份?)?|年)?[.]?$")
_PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_SERIAL = re.compile(r"^\d{5}(\.\d+)?$")
_CLOCK = re.compile(
    r"(?:\s*T\s*|\s+|(?<=[日号]))(?:[上下]午|[AP]M)?\s*"
    r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AP]M)?\s*(?:Z|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
"""A clock after a date. Something stands before it (a blank, T, 日): else the hour would take the day's last digit."""
_WEEKDAY = re.compile(r"[\s(,]*(?:星期|礼拜|周)[一二三四五六日天][\s),]*")
_AS_NUMBER = re.compile(r"^(\d{4}|\d{6}|\d{8})\.0+$")
"""A packed date that a program took for a number."""
_HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九元", "0001234567891")
_HAN_DATE = re.compile(
    r"^([〇零○一二三四五六七八九\d]{4})年"
    r"(?:([一二三四五六七八九十元\d]{1,3})月(?:([一二三四五六七八九十\d]{1,3})[日号])?)?$"
)
_NOT_DATES = frozenset({"长期", "至今", "永久", "长期有效", "今", "现在"})
_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)


@lru_cache(maxsize=100_000)
def read_date(text: str) -> DateRead:
    """Read one cell. Faults: `date_impossible` (2019-02-29), `date_ambiguous` (1950.1 may be October whose zero
    was lost; 03/04/1950), `date_unreadable`. Excel day numbers count from 1899-12-30 (ECMA-376 18.17.4.1).

    >>> read_date("一九五〇年十二月三日").on, read_date("1950年1月").precision, read_date("18264").on.isoformat()
    (datetime.date(1950, 12, 3), 'month', '1950-01-01')
    """
    cell = tight(_CLOCK.sub("", _WEEKDAY.sub(" ", plain(text)).strip()))
    if cell in _NOT_DATES:
        return DateRead(None, None)
    if not cell.isascii():
        cell = _arabic(cell)
    cell = _AS_NUMBER.sub(r"\1", cell)
    match = _PARTS.match(cell) or (_PACKED.match(cell) if cell.isdigit() else None)
    if match:
        if re.fullmatch(r"\d{4}\.1", cell):
            return _made(match[1], None, None, "date_ambiguous")
        return _made(match[1], match[2], match[3])
    if _SERIAL.match(cell) and 5_000 <= float(cell) < 80_000:
        return DateRead(_EXCEL_DAY_ZERO + dt.timedelta(days=int(float(cell))), "day")
    if match := _YEAR_LAST.match(cell):
        first, second = int(match[1]), int(match[2])
        if first == second or max(first, second) > 12:
            return _made(match[3], str(min(first, second)), str(max(first, second)))
        return _made(match[3], None, None, "date_ambiguous")
    return DateRead(None, None, "date_unreadable")


_SHORT = re.compile(r"^(\d\d)(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?号?|月)?|年|(\d\d)(\d\d))$")


def read_birth(text: str, on: dt.date) -> DateRead:
    """A birth date; also one whose year has two digits, of the 1900s (`birth_short_year`). Those of a year that may as
    well be of this century are not taken: 12.3 is a man of 114, a girl of 14, or a third of December.

    >>> read_birth("50年1月", dt.date(2026, 6, 1)), read_birth("12.3", dt.date(2026, 6, 1)).fault
    (DateRead(on=datetime.date(1950, 1, 1), precision='month', fault='birth_short_year'), 'date_unreadable')
    """
    read = read_date(text.removesuffix("出生").removesuffix("生"))
    match = _SHORT.match(tight(text)) if read.fault == "date_unreadable" else None
    # 31 at least: no day of a month.
    if match is None or int(match[1]) <= max(on.year % 100, 31):
        return read
    if re.fullmatch(r"\d\d[.]1", tight(text)):
        return _made(f"19{match[1]}", None, None, "date_ambiguous")
    return _made(f"19{match[1]}", match[2] or match[4], match[3] or match[5], "birth_short_year")


def _made(year: str, month: str | None, day: str | None, fault: str = "") -> DateRead:
    if not 1800 <= int(year) <= 2199:
        return DateRead(None, None, "date_unreadable")
    # 00 for an unknown month or day is a common way of writing a partial date.
    month = None if month is None or int(month) == 0 else month
    day = None if month is None or day is None or int(day) == 0 else day
    try:
        on = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return DateRead(None, None, "date_impossible")
    return DateRead(on, "day" if day else "month" if month else "year", fault)


def _arabic(cell: str) -> str:
    """一九五〇年十二月三日 → 1950-12-3; anything else unchanged."""
    match = _HAN_DATE.match(cell)
    if not match:
        return cell
    parts = [match[1].translate(_HAN_DIGITS)] + [_han_number(part) for part in match.groups()[1:] if part]
    return "-".join(parts)


def _han_number(text: str) -> str:
    if "十" not in text:
        return text.translate(_HAN_DIGITS)
    tens, ones = text.split("十", 1)
    return str(int(tens.translate(_HAN_DIGITS) or 1) * 10 + int(ones.translate(_HAN_DIGITS) or 0))


def last_day(read: DateRead) -> dt.date | None:
    """The last day a date of any precision can mean.

    >>> last_day(read_date("2026年2月")).isoformat(), last_day(read_date("2026")).isoformat()
    ('2026-02-28', '2026-12-31')
    """
    if read.on is None or read.precision == "day":
        return read.on
    month = 12 if read.precision == "year" else read.on.month
    return read.on.replace(month=month, day=calendar.monthrange(read.on.year, month)[1])


def agrees(read: DateRead, exact: dt.date) -> bool:
    """Whether a date of any precision can be the exact date."""
    if read.on is None or read.precision is None:
        return True
    if read.precision == "year":
        return read.on.year == exact.year
    if read.precision == "month":
        return (read.on.year, read.on.month) == (exact.year, exact.month)
    return read.on == exact
