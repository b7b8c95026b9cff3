"""Which rows of a sheet speak of persons: not titles, sums, signatures, notes, empty or repeated heading rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from linli.engines.lists.grids import Grid
from linli.engines.lists.headings import looks_like_heading
from linli.engines.lists.layout import Layout
from linli.engines.lists.tables import heading_key, plain, table, tight


@dataclass(frozen=True)
class Rows:
    """Row numbers from 1: `data` to be read as persons, `repeated` heading rows among them; `skipped` counts the
    rest by why: blank, total, signature, note."""

    data: tuple[int, ...]
    repeated: tuple[int, ...]
    skipped: Mapping[str, int]


def sort_rows(grid: Grid, layout: Layout) -> Rows:
    """Tell the rows below the headings apart."""
    places = {column.field: column.index for column in layout.columns if column.field}
    name_at = places.get("name")
    number_at = places.get("unique_id")
    numbers = [places[f] for f in ("id_no", "card_no") if f in places]
    tell = [*numbers, *(places[f] for f in ("birth_on",) if f in places)]
    remarks = {column.index for column in layout.columns if column.field == "remark"}
    headings = {column.index: heading_key(column.heading) for column in layout.columns if column.heading}
    data: list[int] = []
    repeated: list[int] = []
    skipped: Counter[str] = Counter()
    for number, row in enumerate(grid.rows[layout.first_row - 1 :], start=layout.first_row):
        name = row[name_at] if name_at is not None else ""
        first = next(((i, cell) for i, cell in enumerate(row) if cell), None)
        if first is None:
            skipped["blank"] += 1
        elif _names_somebody(name) and (
            any(_ID_LIKE.match(tight(row[i])) for i in numbers) or (first[0] in remarks and any(row[i] for i in tell))
        ):
            # Whatever stands first: a remark column may come first and say 审核 or 注：…
            data.append(number)
        elif _is_total(first[1]) or _is_total(name) or (_counts(name or first[1]) and not any(row[i] for i in tell)):
            skipped["total"] += 1
        elif name and name_at in headings and heading_key(name) == headings[name_at]:
            repeated.append(number)
        elif _signs(first[1]) or _signs(name):
            skipped["signature"] += 1
        elif name and any(row[i] for i in tell):
            data.append(number)
        else:
            why = _not_a_person(row, number, grid, name_at, number_at)
            if why:
                skipped[why] += 1
            else:
                data.append(number)
    return Rows(tuple(data), tuple(repeated), dict(skipped))


# Long enough for a number of a document, and no date: what stands beside a name only when somebody is meant.
_ID_LIKE = re.compile(r"[0-9*]{9,}[0-9Xx*]+(?:[A-Za-z][0-9]?)?$")


def _names_somebody(name: str) -> bool:
    """Whether the name cell neither is empty nor says a sum, a signature or a heading."""
    return bool(name) and not (_is_total(name) or _counts(name) or _signs(name) or looks_like_heading(name))


def _not_a_person(row: tuple[str, ...], number: int, grid: Grid, name_at: int | None, number_at: int | None) -> str:
    """Why a row without a name beside an ID or date is no person's row; "" when it may be a broken one."""
    filled = [i for i, cell in enumerate(row) if cell]
    texts = {row[i] for i in filled}
    # Forms come with running numbers printed in empty rows.
    if filled == [number_at] and all(text.isdigit() for text in texts):
        return "blank"
    if any(_signs(text) for text in texts):
        return "signature"
    if any(_is_total(text) or _counts(text) for text in texts):
        return "total"
    merged = any((number, i) in grid.merged for i in filled)
    if len(texts) == 1 and (merged or filled != [name_at] or len(next(iter(texts))) > 6):
        return "note"
    return ""


@cache
def _words(kind: str) -> tuple[str, ...]:
    return tuple(heading_key(word) for word in table("headings")["rows"][kind])


@cache
def _first_characters() -> frozenset[str]:
    """Characters a total or a signature line can begin with: most cells are told apart by this alone."""
    return frozenset(word[0] for kind in ("totals", "signatures") for word in _words(kind)) | set("([【（〔<*＊ TSPR")


def _is_total(text: str) -> bool:
    """合计, 合 计, 合计：12人; not a name that begins so (合计 is no surname) nor a sentence."""
    if not text or text[0] not in _first_characters() or len(text) > 16:
        return False
    key = heading_key(text)
    return key.startswith(_words("totals")) and (key in _words("totals") or not plain(text).isalpha())


# 3人, 共 12 户 35 人, 计三人次: how many there are, with or without a word before.
_COUNT = re.compile(
    r"(?:总计|合计|共计|共有|共|计)?(?:[0-9,]+|[〇零一二两三四五六七八九十百千]+)(?:人次|人|户|名|条|份)"
)


def _counts(text: str) -> bool:
    """Whether a cell says nothing but how many persons or households there are; no name reads so."""
    whole = "".join(plain(text).split()).rstrip("。.")
    return bool(whole) and len(whole) <= 24 and re.fullmatch(f"(?:{_COUNT.pattern}[,、;]?)+", whole) is not None


def _signs(text: str) -> bool:
    """A signature line's cell: 填表人：张三, （盖章）, 审核人. A word with a colon, or the word alone."""
    if not text or text[0] not in _first_characters() or len(text) > 300:
        return False
    head, colon, _ = plain(text).partition(":")
    key = heading_key(head)
    return key in _words("signatures") or (bool(colon) and key.endswith(_words("signatures")) and len(key) <= 12)
