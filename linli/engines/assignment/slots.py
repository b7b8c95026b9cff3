"""Weekly time slots: reading them as people write them, and counting shared half hours.

A slot is days and a time: `二 14:00-17:00`, `周二、周四 下午`, `Mon-Fri 09:00-11:30`, `工作日`.
Several slots are separated by `;` `；` or a line break. Dates and holidays are not held here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from linli.engines.words import Lang

HALF_HOURS = 48
WORDS = -(-7 * HALF_HOURS // 64)
DAY_SIGNS = "一二三四五六日"
DAY_NAMES = dict(zip(DAY_SIGNS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))

_DAYS: dict[str, tuple[int, ...]] = {sign: (at,) for at, sign in enumerate(DAY_SIGNS)}
_DAYS |= {name: (at,) for at, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_DAYS |= {name + "day": _DAYS[name[:3]] for name in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")}
_DAYS |= {"天": (6,), "工作日": (0, 1, 2, 3, 4), "weekdays": (0, 1, 2, 3, 4), "周末": (5, 6), "weekends": (5, 6)}
_DAYS |= {word: tuple(range(7)) for word in ("每天", "每日", "daily", "天天")}
_PARTS = {"上午": (16, 24), "下午": (26, 36), "晚上": (36, 42), "全天": (0, 48)}
_PARTS |= {"morning": (16, 24), "afternoon": (26, 36), "evening": (36, 42), "all day": (0, 48)}
_TIME = re.compile(r"(\d{1,2})[:点时]?(\d{2})?\s*(?:-|到|至)\s*(\d{1,2})[:点时]?(\d{2})?\s*$")
_PLAIN = str.maketrans(dict.fromkeys("–—~～―−", "-") | {"，": ",", "、": ",", "：": ":"})

Slot = tuple[int, int, int]
"""Day (0 Monday … 6 Sunday), first half hour, half hour after the last."""


def read_slots(text: str) -> list[Slot]:
    """The slots written in `text`, one per day; ValueError names the piece that cannot be read.

    Only whole half hours count: a start is rounded up and an end down to :00 or :30.
    """
    slots: list[Slot] = []
    for piece in re.split(r"[;；\n]", text):
        if piece.strip():
            slots += _read_piece(piece)
    return slots


def write_slot(slot: Slot) -> str:
    """`二 14:00-17:00`: the one form `read_slots` gives back unchanged."""
    day, start, end = slot
    return f"{DAY_SIGNS[day]} {start // 2:02d}:{start % 2 * 30:02d}-{end // 2:02d}:{end % 2 * 30:02d}"


def say_slots(written: Iterable[str], lang: Lang = "zh") -> str:
    """Written slots in words, days with the same times together: 二、四 14:00-17:00 · Tue, Thu 14:00-17:00."""
    times: dict[str, list[str]] = {}
    for slot in written:
        day, _space, time = slot.partition(" ")
        times.setdefault(day, []).append(time)
    days: dict[tuple[str, ...], list[str]] = {}
    for day, spans in times.items():
        days.setdefault(tuple(spans), []).append(DAY_NAMES.get(day, day) if lang == "en" else day)
    comma, joint = (", ", "; ") if lang == "en" else ("、", "；")
    return joint.join(f"{comma.join(named)} {comma.join(spans)}" for spans, named in days.items())


def slot_bits(slots: Iterable[Slot]) -> npt.NDArray[np.uint64]:
    """A week of half hours as `WORDS` 64-bit words."""
    week = 0
    for day, start, end in slots:
        week |= ((1 << (end - start)) - 1) << (day * HALF_HOURS + start)
    return np.array([week >> (64 * at) & 0xFFFF_FFFF_FFFF_FFFF for at in range(WORDS)], dtype=np.uint64)


def bits_of(written: Sequence[str] | None) -> tuple[npt.NDArray[np.uint64], int]:
    """Bits of a list of written slots, and how many of them could not be read (those count as not said)."""
    slots: list[Slot] = []
    unread = 0
    for text in written or ():
        try:
            slots += read_slots(text)
        except ValueError:
            unread += 1
    return slot_bits(slots), unread


def _read_piece(piece: str) -> list[Slot]:
    text = unicodedata.normalize("NFKC", piece).translate(_PLAIN).strip().lower()
    days_text, start, end = _split_time(text)
    days = _read_days(days_text)
    if not days or end <= start:
        raise ValueError(piece.strip())
    return [(day, start, end) for day in days]


def _split_time(text: str) -> tuple[str, int, int]:
    clock = _TIME.search(text)
    if clock:
        first, last = (int(clock[at]) * 60 + int(clock[at + 1] or 0) for at in (1, 3))
        if last > 24 * 60 or int(clock[2] or 0) > 59 or int(clock[4] or 0) > 59:
            raise ValueError(text)
        return text[: clock.start()], -(-first // 30), last // 30
    for word, (start, end) in _PARTS.items():
        if text.endswith(word):
            return text[: -len(word)], start, end
    return text, 0, HALF_HOURS


def _read_days(text: str) -> list[int]:
    days: set[int] = set()
    for item in re.split(r"[,\s/和]+", re.sub("[至到]", "-", text.strip(" ,的"))):
        names = [_day(name) for name in item.split("-")] if item else []
        if not names:
            continue
        if len(names) > 2 or any(name is None for name in names):
            raise ValueError(text)
        first, last = names[0] or (), names[-1] or ()
        span = range(first[0], last[0] + 1 + 7 * (last[0] < first[0]))
        days |= set(first) if len(names) == 1 else {day % 7 for day in span}
    return sorted(days)


def _day(name: str) -> tuple[int, ...] | None:
    if name in _DAYS:
        return _DAYS[name]
    bare = re.sub(r"^(周|星期|礼拜)", "", name)
    if bare in _DAYS:
        return _DAYS[bare]
    if bare and all(sign in _DAYS for sign in bare):
        return tuple(sorted({day for sign in bare for day in _DAYS[sign]}))
    return None
