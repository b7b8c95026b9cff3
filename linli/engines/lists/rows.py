"""Which rows of a sheet speak of persons: not titles, sums, signatures, notes, empty or repeated heading rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from linli.engines.lists.contents import ENOUGH
from linli.engines.lists.grids import Grid
from linli.engines.lists.headings import looks_like_heading, meaning
from linli.engines.lists.layout import Layout
from linli.engines.lists.tables import heading_key, plain, table, tight


@dataclass(frozen=True)
class Rows:
    """Row numbers from 1: `data` to be read as persons, `repeated` heading rows among them, `foreign` rows below
    headings of another table, which cannot be read under these, `notes` rows of one text; `skipped` counts the rest
    by why: blank, total, signature, note."""

    data: tuple[int, ...]
    repeated: tuple[int, ...]
    foreign: tuple[int, ...]
    notes: tuple[int, ...]
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
    heads = {grid.rows[n - 1] for n in layout.header_rows}
    data: list[int] = []
    repeated: list[int] = []
    foreign: list[int] = []
    notes: list[int] = []
    skipped: Counter[str] = Counter()
    other_table = False
    for number, row in enumerate(grid.rows[layout.first_row - 1 :], start=layout.first_row):
        name = row[name_at] if name_at is not None else ""
        first = next(((i, cell) for i, cell in enumerate(row) if cell), None)
        if first is None:
            skipped["blank"] += 1
        elif row in heads:
            other_table = False
            repeated.append(number)
        elif other_table or (looks_like_heading(name) and _other_headings(row)):
            other_table = True
            foreign.append(number)
        elif _example(name) or _example(first[1]) or _across(row, number, grid):
            notes.append(number)
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
            if why == "note":
                notes.append(number)
            elif why:
                skipped[why] += 1
            else:
                data.append(number)
    if notes:
        skipped["note"] = len(notes)
    return Rows(tuple(data), tuple(repeated), tuple(foreign), tuple(notes), dict(skipped))


def _other_headings(row: tuple[str, ...]) -> bool:
    """Whether a row among the data is the heading row of another table: three headings of different fields and more,
    one of them for names, and hardly anything else."""
    filled = [cell for cell in row if cell]
    said = {meaning(cell).field for cell in filled if looks_like_heading(cell)} - {None}
    own = [cell for cell in filled if meaning(cell).why == "heading_exact" and meaning(cell).field == "name"]
    return len(said) >= 3 and bool(own) and len(said) >= ENOUGH * len(set(filled))


def _example(text: str) -> bool:
    """示例：张三, 例：…, （样例）: the specimen row of a form."""
    return bool(text) and heading_key(plain(text).partition(":")[0]).startswith(_words("examples")) and len(text) <= 24


def _across(row: tuple[str, ...], number: int, grid: Grid) -> bool:
    """Whether one text is spread over the row by merged cells: a title repeated after a page break."""
    filled = [i for i, cell in enumerate(row) if cell]
    return len({row[i] for i in filled}) == 1 and len(filled) > 2 and (number, filled[-1]) in grid.merged


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
    if filled == [name_at] and row[filled[0]].endswith(_words("places")):
        return "note"
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
    if not text or len(text) > 16:
        return False
    if text[0] not in _first_characters():
        # 花园村小计; 计 ends no given name.
        return text.rstrip(":： ")[-1:] == "计" and heading_key(text).endswith(_words("sums_at_the_end"))
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
