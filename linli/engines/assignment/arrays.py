"""The two tables as numpy arrays, with sets as bits, places as numbers and exclusions as barred pairs.

No rule lives here: `barring` and `scoring` read these arrays.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linli.engines.assignment.conditions import Conditions, read_conditions
from linli.engines.assignment.data import KINDS
from linli.engines.assignment.slots import WORDS, bits_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]

EARTH_KM = 6371.0088
UNKNOWN_DAY = np.iinfo(np.int32).min
LEVELS_OF_PLACE = (12, 9, 6, 4)
"""Digits of village, town, county and city in a division code (统计用区划代码)."""


@dataclass(frozen=True)
class Needs:
    """One entry per need, in order of id."""

    code: Ints
    level: Ints
    due: Ints
    xyz: Floats
    place: Ints
    place_digits: Ints
    languages: Bits
    slots: Bits
    skills: Bits
    groups: Bits
    helper_sex: Ints
    helper_sex_must: Bools
    pays: Ints
    amount: Ints
    age: Ints
    sex: Ints
    minor: Bools
    barred: dict[int, Ints]
    """Offers barred by exclusion, for the needs that have any."""
    unread_slots: int

    def __len__(self) -> int:
        return len(self.code)


@dataclass(frozen=True)
class Offers:
    """One entry per offer, in order of id."""

    listed: npt.NDArray[np.int8]
    """offer × code: 2 the first code listed, 1 a later one, 0 not offered."""
    kind: Ints
    xyz: Floats
    place: Ints
    place_digits: Ints
    languages: Bits
    slots: Bits
    skills: Bits
    groups: Bits
    vetted_until: Ints
    valid_from: Ints
    valid_to: Ints
    capacity: Ints
    conditions: list[Conditions]
    age_min: Ints
    age_max: Ints
    sex: Ints
    level_max: Ints
    helper_sex: Ints
    fee: Ints
    most: Ints
    home_place: Ints
    home_digits: Ints
    unread_slots: int

    def __len__(self) -> int:
        return len(self.kind)


def arrays(needs: pa.Table, offers: pa.Table) -> tuple[Needs, Offers, list[str]]:
    """Both tables as arrays, and the need codes in use (their positions are the code numbers)."""
    codes = sorted({code for code in needs["code"].to_pylist() if code})
    offer_codes = [_clean(listed) for listed in offers["need_codes"].to_pylist()]
    codes = sorted(set(codes).union(*offer_codes))
    universe = {
        "languages": _Universe(needs["languages"].to_pylist() + offers["languages"].to_pylist(), language_of),
        "skills": _Universe(needs["skills"].to_pylist() + offers["skills"].to_pylist(), plain),
    }
    conditions = _once(read_conditions, offers["conditions"].to_pylist())
    groups = _Universe(needs["groups"].to_pylist() + [list(one.groups) for one in conditions], plain)
    return (
        _needs(needs, offers, codes, universe["languages"], universe["skills"], groups),
        _offers(offers, offer_codes, conditions, codes, universe["languages"], universe["skills"], groups),
        codes,
    )


def _needs(
    needs: pa.Table, offers: pa.Table, codes: list[str], languages: _Universe, skills: _Universe, groups: _Universe
) -> Needs:
    number = {code: at for at, code in enumerate(codes)}
    slots, unread = _slots(needs["slots"].to_pylist())
    wishes = [(text or "").strip() for text in needs["helper_sex"].to_pylist()]
    place, digits = places(needs["place_code"].to_pylist())
    return Needs(
        code=np.array([number.get(code, -1) for code in needs["code"].to_pylist()], dtype=np.int64),
        level=_ints(needs["level"], 4),
        due=days(needs["due_on"]),
        xyz=_xyz(needs),
        place=place,
        place_digits=digits,
        languages=languages.bits(needs["languages"].to_pylist()),
        slots=slots,
        skills=skills.bits(needs["skills"].to_pylist()),
        groups=groups.bits(needs["groups"].to_pylist()),
        helper_sex=np.array([_sex(wish) for wish in wishes], dtype=np.int64),
        helper_sex_must=np.array([wish.endswith(("!", "！")) for wish in wishes], dtype=bool),
        pays=_ints(needs["pays_fen"], -1),
        amount=_ints(needs["amount_fen"], -1),
        age=_ints(needs["age"], -1),
        sex=np.array([_sex(text or "") for text in needs["sex"].to_pylist()], dtype=np.int64),
        minor=np.array([bool(minor) for minor in needs["minor"].to_pylist()], dtype=bool),
        barred=_barred(needs, offers),
        unread_slots=unread,
    )


def _offers(
    offers: pa.Table,
    offer_codes: list[list[str]],
    conditions: list[Conditions],
    codes: list[str],
    languages: _Universe,
    skills: _Universe,
    groups: _Universe,
) -> Offers:
    number = {code: at for at, code in enumerate(codes)}
    listed = np.zeros((len(offer_codes), max(len(codes), 1)), dtype=np.int8)
    for row, own in enumerate(offer_codes):
        for at, code in enumerate(own):
            listed[row, number[code]] = 1 if at else 2
    kinds = offers["kind"].to_pylist()
    # Volunteers take no pay from the person served (志愿服务条例 art. 21, 37); a grant costs her nothing.
    free = [kind == "fund" or party == "志愿者" for kind, party in zip(kinds, offers["party"].to_pylist(), strict=True)]
    slots, unread = _slots(offers["slots"].to_pylist())
    place, digits = places(offers["place_code"].to_pylist())
    home, home_digits = places([one.place for one in conditions])

    def of(values: Iterable[int]) -> Ints:
        return np.array(list(values), dtype=np.int64)

    return Offers(
        listed=listed,
        kind=of(KINDS.index(kind) if kind in KINDS else 0 for kind in kinds),
        xyz=_xyz(offers),
        place=place,
        place_digits=digits,
        languages=languages.bits(offers["languages"].to_pylist()),
        slots=slots,
        skills=skills.bits(offers["skills"].to_pylist()),
        groups=groups.bits([list(one.groups) for one in conditions]),
        vetted_until=days(offers["vetted_until"]),
        valid_from=days(offers["valid_from"]),
        valid_to=days(offers["valid_to"]),
        capacity=_ints(offers["capacity"], 1),
        conditions=conditions,
        age_min=of(one.age_min for one in conditions),
        age_max=of(one.age_max for one in conditions),
        sex=of(one.sex for one in conditions),
        level_max=of(one.level_max for one in conditions),
        helper_sex=of(one.helper_sex for one in conditions),
        fee=of(0 if gift else one.fee_fen for one, gift in zip(conditions, free, strict=True)),
        most=of(one.max_fen for one in conditions),
        home_place=home,
        home_digits=home_digits,
        unread_slots=unread,
    )


def plain(text: str) -> str:
    """Text compared by meaning of letters only: NFKC, no case, no spaces at the ends."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


_LANGUAGES = dict.fromkeys(("普通话", "国语", "汉语", "mandarin", "chinese", "cmn", "zho", "zh-cn"), "zh")
_LANGUAGES |= {"英语": "en", "english": "en", "eng": "en", "手语": "csl", "中国手语": "csl", "sign": "csl"}


def language_of(text: str) -> str:
    """One name per language: 普通话, Mandarin and zh are the same."""
    name = plain(text)
    return _LANGUAGES.get(name, name)


def _clean(listed: Sequence[str] | None) -> list[str]:
    return list(dict.fromkeys(code.strip() for code in listed or () if code and code.strip()))


class _Universe:
    """Every value of a list column, so that a list becomes a row of bits."""

    def __init__(self, lists: Iterable[Sequence[str] | None], norm: Callable[[str], str]) -> None:
        self._norm = norm
        self._cache: dict[str, str] = {}
        names = sorted({self._name(value) for listed in lists for value in listed or () if value and value.strip()})
        self._at = {name: at for at, name in enumerate(names)}
        self._words = max(1, -(-len(names) // 64))

    def _name(self, value: str) -> str:
        if value not in self._cache:
            self._cache[value] = self._norm(value)
        return self._cache[value]

    def bits(self, lists: Sequence[Sequence[str] | None]) -> Bits:
        rows = np.zeros((len(lists), self._words), dtype=np.uint64)
        for row, listed in enumerate(lists):
            for value in listed or ():
                if value and value.strip():
                    at = self._at[self._name(value)]
                    rows[row, at // 64] |= np.uint64(1 << at % 64)
        return rows


def _once(read: Callable[[str | None], Conditions], texts: list[str | None]) -> list[Conditions]:
    known = {text: read(text) for text in set(texts)}
    return [known[text] for text in texts]


def _slots(lists: list[list[str] | None]) -> tuple[Bits, int]:
    known = {key: bits_of(key) for key in {tuple(listed or ()) for listed in lists}}
    rows = [known[tuple(listed or ())] for listed in lists]
    bits = np.array([row for row, _ in rows], dtype=np.uint64).reshape(len(rows), WORDS)
    return bits, sum(unread for _, unread in rows)


def _ints(column: pa.ChunkedArray, missing: int) -> Ints:
    return np.asarray(column.fill_null(missing).to_numpy(), dtype=np.int64)


def days(column: pa.ChunkedArray) -> Ints:
    """Days since 1970-01-01; UNKNOWN_DAY where null."""
    return np.asarray(column.cast(pa.int32()).fill_null(UNKNOWN_DAY).to_numpy(), dtype=np.int64)


def _sex(text: str) -> int:
    sign = unicodedata.normalize("NFKC", text).strip(" !必须")
    return {"1": 1, "男": 1, "2": 2, "女": 2}.get(sign, 0)


def _xyz(table: pa.Table) -> Floats:
    """Points on a sphere in km; NaN where a coordinate is missing."""
    lat, lon = (np.radians(table[name].fill_null(float("nan")).to_numpy()) for name in ("lat", "lon"))
    return EARTH_KM * np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def places(codes: Sequence[str | None]) -> tuple[Ints, Ints]:
    """Division codes as 12-digit numbers, and how many of their digits say something (0: no code)."""
    known: dict[str | None, tuple[int, int]] = {}
    for code in set(codes):
        text = re.sub(r"\D", "", code or "")[:12].ljust(12, "0")
        bare = text.rstrip("0")
        digits = next((step for step in (2, 4, 6, 9, 12) if len(bare) <= step), 12) if bare else 0
        known[code] = (int(text), digits)
    pairs = [known[code] for code in codes]
    return np.array([one for one, _ in pairs], dtype=np.int64), np.array([two for _, two in pairs], dtype=np.int64)


def _barred(needs: pa.Table, offers: pa.Table) -> dict[int, Ints]:
    """Pairs barred by exclusion. An exclusion of one need holds for its whole household and person.

    Names match whole or as a part set off by brackets or marks, so that 张三（志愿者） is 张三: barring
    one offer too many is the safe mistake.
    """
    excluded = needs["excluded"].to_pylist()
    terms: dict[tuple[str, str], set[str]] = defaultdict(set)
    own_keys: list[list[tuple[str, str]]] = []
    columns = {column: needs[column].to_pylist() for column in ("household_id", "person_id", "need_id")}
    for row, listed in enumerate(excluded):
        keys = [(column, values[row]) for column, values in columns.items() if values[row]]
        own_keys.append(keys)
        for key in keys if listed else ():
            terms[key] |= {part for term in listed if term for part in name_parts(term)}
    if not terms:
        return {}
    index = _offers_by_name(offers)
    barred: dict[int, Ints] = {}
    for row, keys in enumerate(own_keys):
        hits = {at for key in keys for term in terms.get(key, ()) for at in index.get(term, ())}
        if hits:
            barred[row] = np.array(sorted(hits), dtype=np.int64)
    return barred


def name_parts(text: str) -> set[str]:
    """The text and its parts set off by brackets or list marks, without spaces or case."""
    whole = "".join(plain(text).split())
    return {part for part in (whole, *re.split(r"[()\[\]【】,、;:|]+", whole)) if part}


def _offers_by_name(offers: pa.Table) -> dict[str, list[int]]:
    index: dict[str, list[int]] = defaultdict(list)
    columns = [offers[column].to_pylist() for column in ("offer_id", "provider", "name", "people")]
    for at, (offer_id, provider, name, people) in enumerate(zip(*columns, strict=True)):
        texts = [text for text in (provider, name, *(people or ())) if text]
        for term in {part for text in texts for part in name_parts(text)} | {"".join(plain(offer_id).split())}:
            index[term].append(at)
    return index
