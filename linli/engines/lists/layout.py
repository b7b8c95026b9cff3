"""What a sheet is: where its headings stand, which column means what, which list it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from linli.engines.lists.amounts import period_by_size, period_of
from linli.engines.lists.contents import kind_of
from linli.engines.lists.grids import Grid
from linli.engines.lists.headings import Meaning, is_subject, looks_like_heading, meaning
from linli.engines.lists.tables import fields, heading_key, several, table, tight
from linli.engines.lists.wording import ends_groups, said

_LOOK = 40
"""Headings are looked for in this many first rows; titles, notes and merged cells stand above them."""

_LONGEST_TITLE = 50

_SAMPLE = 300
"""Cells of a column looked at for its content, spread over the whole sheet."""

_OVERRULE = 3
"""Fewer filled cells than this never overrule a heading: they may be the faults of a short list."""

_SAYS_NOTHING = re.compile(r"(?:基本|个人|相关)*(?:信息|情况|资料|状况)$")
"""What a heading over several others ends in without saying anything: 户主信息, 残疾情况."""

_KIND_FIELD = {"id": "id_no", "card": "card_no", "phone": "phone", "sex": "sex", "region": "region", "name": "name"}
_FITS: dict[str, frozenset[str]] = {
    "id_no": frozenset({"id"}),
    "head_id_no": frozenset({"id"}),
    "card_no": frozenset({"card", "id"}),
    "phone": frozenset({"phone", "number"}),
    "sex": frozenset({"sex", "number", "han"}),
    "region": frozenset({"region", "number"}),
    "hukou_region": frozenset({"region", "number"}),
    "birth_on": frozenset({"date", "number", "region"}),
    "name": frozenset({"name", "han"}),
    "head_name": frozenset({"name", "han"}),
}


@dataclass(frozen=True)
class Column:
    """One column: its place from 0, heading as written, the field taken from it (None: kept in `extra`),
    how sure (0–1), why (a code of words.py), some cells to show; `code` is what the heading leaves out: what a yes
    means, or of which period incomes are (month, unclear)."""

    index: int
    heading: str
    field: str | None
    confidence: float
    why: str
    sample: tuple[str, ...] = ()
    rank: int = 0
    code: str = ""


@dataclass(frozen=True)
class Layout:
    """How one sheet is read. `header_rows` counts from 1 and is empty for a sheet without headings;
    `groups` are the target-group codes of the whole list; `title` is what stands above the headings; `unclear` why
    the title's words for groups say nothing of the rows, `unreadable` why no person can be read from the sheet as it
    stands (codes of words.py)."""

    file: str
    sheet: str
    header_rows: tuple[int, ...]
    first_row: int
    columns: tuple[Column, ...]
    groups: tuple[str, ...] = ()
    title: str = ""
    unclear: str = ""
    unreadable: str = ""

    @property
    def is_list(self) -> bool:
        """Whether persons can be read from the sheet: a column of names is known, and one person stands in a row."""
        return self.column("name") is not None and not self.unreadable

    def column(self, field: str) -> Column | None:
        """The first column that carries the field."""
        return next((column for column in self.columns if column.field == field), None)

    def with_column(self, index: int, field: str | None) -> Layout:
        """The layout after a person said what column `index` (from 0) means; None: nothing of ours.

        A field only one column may carry leaves the column that had it. Raises ValueError for an unknown field.
        """
        if field is not None and field not in fields():
            raise ValueError(field)
        columns = []
        for column in self.columns:
            if column.index == index:
                column = replace(column, field=field, confidence=1.0, why="by_hand")
            elif field and column.field == field and not several(field):
                column = replace(column, field=None, confidence=0.0, why="field_taken")
            columns.append(column)
        return replace(self, columns=tuple(columns))


def recognise(grid: Grid, named: Mapping[str, str] | None = None) -> Layout:
    """Find the headings, the meaning of each column and the kind of list.

    `named` maps headings to fields ("" for none of ours) and overrules the recognition (see `column_map`).
    """
    header = _header_rows(grid)
    headings = _joined(grid, header)
    first = header[-1] + 1 if header else 1
    above = grid.rows[: header[0] - 1] if header else ()
    # A longer text is a note on how to fill in the form; it may name groups the list is not of.
    titles = list(dict.fromkeys(cell for row in above for cell in row if cell and len(cell) <= _LONGEST_TITLE))
    columns = _columns(grid, headings, first, named or {})
    groups, unclear = _groups(titles, grid)
    unreadable = "sheet_side_by_side" if _side_by_side(grid, headings, first) else ""
    if any(kind_of([heading])[0] in {"id", "card", "phone", "sex"} for heading in headings if heading):
        unreadable = "sheet_is_form"
    return Layout(grid.file, grid.sheet, header, first, columns, groups, " ".join(titles)[:200], unclear, unreadable)


def _side_by_side(grid: Grid, headings: Sequence[str], first: int) -> bool:
    """Whether the list is printed in blocks beside each other (姓名 身份证号 | 姓名 身份证号): two columns of names
    with one heading, as many of numbers or dates, and other people in the second than in the first."""
    at: dict[tuple[str, str], list[int]] = {}
    for index, heading in enumerate(headings):
        if field := meaning(heading).field:
            at.setdefault((field, heading_key(heading)), []).append(index)
    names = next((places for (field, _), places in at.items() if field == "name" and len(places) > 1), [])
    tells = any(field in {"id_no", "birth_on", "card_no"} and len(places) > 1 for (field, _), places in at.items())
    if not names or not tells:
        return False
    return any(row[names[1]] and row[names[1]] != row[names[0]] for row in grid.rows[first - 1 :])


def _groups(titles: Sequence[str], grid: Grid) -> tuple[tuple[str, ...], str]:
    """The target group from the title and the sheet's name, from the file's name when these name none; and why there
    is none though they speak of groups. A title of several groups does not say which of them a row is of, and who
    left a group or only applied for it is not of it."""
    stem = Path(grid.file).stem
    found = [said("groups", text) for text in (*titles, grid.sheet)]
    if not any(each.all or each.denied for each in found):
        found = [said("groups", stem)]
    groups = {code for each in found for code in each.all}
    if not groups:
        return (), "title_denied" if any(each.denied for each in found) else ""
    if ends_groups(grid.sheet) or ends_groups(stem):
        return (), "title_denied"
    return (tuple(groups), "") if len(groups) == 1 else ((), "title_groups")


def _header_rows(grid: Grid) -> tuple[int, ...]:
    """Row numbers of the heading row, or of two that belong together; empty when there is none."""
    best = _best_header(grid, min(_LOOK, len(grid.rows)))
    if best:
        people = next((n for n, row in enumerate(grid.rows[: best[0] - 1], start=1) if _holds_an_id(row)), None)
        # Whoever stands above the best headings stands under others: one table below another, a form.
        best = (people and _best_header(grid, people - 1)) or best
    return best


def _best_header(grid: Grid, look: int) -> tuple[int, ...]:
    best: tuple[int, ...] = ()
    score = 1.5
    for number in range(1, look + 1):
        single = _score(_joined(grid, (number,)))
        pair = (number, number + 1)
        if number < len(grid.rows) and _belong_together(grid, number):
            double = _score(_joined(grid, pair))
            # Two rows win a tie when the upper one speaks of groups of columns; and where only it says whose
            # 姓名 of several is meant.
            if double > score and (double >= single or _repeats(grid, pair) < _repeats(grid, (number + 1,))):
                best, score = pair, max(double, _score(_joined(grid, (number + 1,))))
                continue
        if single > score:
            best, score = (number,), single
    return best


def _repeats(grid: Grid, rows: tuple[int, ...]) -> int:
    """How many headings with a meaning stand there more than once."""
    keys = [heading_key(text) for text in _joined(grid, rows) if text and meaning(text).field]
    return len(keys) - len(set(keys))


def _holds_an_id(row: Sequence[str]) -> bool:
    return any(kind_of([cell])[0] in {"id", "card"} for cell in row if len(cell) >= 15)


def _score(headings: Sequence[str]) -> float:
    known = [meaning(text) for text in set(headings) if text]
    return float(len({m.field for m in known if m.field and m.confidence >= 0.6}))


def _belong_together(grid: Grid, upper: int) -> bool:
    """Whether a row of group headings stands above a row of headings: several texts, none a sentence, and
    below it headings only where it leaves room."""
    top, low = grid.rows[upper - 1], grid.rows[upper]
    texts = {cell for cell in top if cell}
    below = [cell for cell in low if cell]
    if len(texts) < 2 or not below or any(len(text) > 20 or "：" in text or ":" in text for text in texts):
        return False
    if any(sum(ch.isdigit() for ch in tight(cell)) >= 4 for cell in below):
        return False
    if any((upper + 1, index) in grid.merged for index in range(len(low))):
        return True
    wide = any((upper, index) in grid.merged for index in range(len(top)))
    if wide:
        return any(looks_like_heading(cell) for cell in below)
    gaps = sum(1 for a, b in zip(top, low, strict=True) if not a and b)
    return gaps > 0 and sum(1 for a, b in zip(top, low, strict=True) if a and not b) > 0


def _joined(grid: Grid, rows: tuple[int, ...]) -> list[str]:
    """One heading per column; of two rows the upper is carried right over empty cells and put before the lower."""
    if not rows:
        return [""] * (len(grid.rows[0]) if grid.rows else 0)
    low = grid.rows[rows[-1] - 1]
    if len(rows) == 1:
        return list(low)
    result, group = [], ""
    for top, below in zip(grid.rows[rows[0] - 1], low, strict=True):
        group = top or (group if below else "")
        result.append(below if below == group or not group else _together(group, below))
    return result


def _together(group: str, below: str) -> str:
    """`户主信息` over `姓名` is 户主姓名; a group that adds nothing (`基本信息` over `姓名`) is dropped."""
    if not below:
        return group
    bare = _SAYS_NOTHING.sub("", tight(group))
    for both in [f"{bare}{below}", f"{group}{below}"] if bare else [f"{group}{below}"]:
        if meaning(both).confidence >= 0.95 or meaning(both).why == "heading_other_person":
            return both
    return below if meaning(below).field else f"{group}{below}"


def _columns(grid: Grid, headings: Sequence[str], first: int, named: Mapping[str, str]) -> tuple[Column, ...]:
    width = len(grid.rows[0]) if grid.rows else 0
    body = grid.rows[first - 1 :]
    step = max(1, len(body) // _SAMPLE)
    samples = list(zip(*body[::step], strict=True)) if body else [()] * width
    by_hand = {heading_key(heading): field for heading, field in named.items()}
    found = [_column(i, headings[i], samples[i], by_hand) for i in range(width)]
    return _head_as_subject(_settled(found, samples), samples)


def _column(index: int, heading: str, cells: Sequence[str], by_hand: Mapping[str, str]) -> Column:
    shown = tuple(dict.fromkeys(cell for cell in cells if cell))[:3]
    key = heading_key(heading)
    if key in by_hand:
        return Column(index, heading, by_hand[key] or None, 1.0, "by_map", shown)
    said = meaning(heading)
    kind, share = kind_of(cells)
    filled = sum(1 for cell in cells if cell)
    field, confidence, why = _second_opinion(said, kind, share, filled, key)
    code = period_by_size(cells, heading) if field == "income_fen" and not period_of(heading) else said.code
    return Column(index, heading, field, confidence, why, shown, said.rank, code)


def _second_opinion(
    said: Meaning, kind: str | None, share: float, filled: int, key: str
) -> tuple[str | None, float, str]:
    """The heading's word against what the cells look like: the cells win where they cannot be what it says."""
    field = said.field
    if field in {"father_state", "mother_state"} and kind == "name":
        return None, 0.0, "heading_other_person"
    if field == "place" and kind == "region":
        return "region", 0.8, "content_over_heading"
    if field in {"region", "hukou_region"} and kind in {"han", "name"}:
        return ("place" if field == "region" else "hukou_place"), 0.8, "content_over_heading"
    if field in _FITS and kind and kind not in _FITS[field] and share >= 0.8 and filled >= _OVERRULE:
        other = _KIND_FIELD.get(kind)
        return (other, 0.6, "content_over_heading") if other else (None, 0.0, "content_against_heading")
    if field == "unique_id" and kind in {"id", "card"} and share >= 0.8:
        return _KIND_FIELD[kind], 0.9, "content_over_heading"
    if field is None and said.why != "heading_other_person" and kind in {"id", "card", "phone", "sex", "region"}:
        return _KIND_FIELD[str(kind)], 0.7 * share, "content"
    if field is None and not key and kind == "name":
        return "name", 0.5 * share, "content"
    if field is None and is_subject(key) and kind == "name":
        return "name", 0.8 * share, "content"
    return field, said.confidence, said.why


def _settled(found: Sequence[Column], samples: Sequence[Sequence[str]]) -> list[Column]:
    """One column per field (save the fields several may carry): the surest, then the best filled, then the first."""

    def order(column: Column) -> tuple[float, int, str, int]:
        filled = sum(1 for cell in samples[column.index] if cell)
        return (-column.confidence, -filled, column.heading, column.index)

    winners: dict[str, int] = {}
    # Of two columns headed alike the second is about somebody else, however well it is filled.
    first: dict[str, int] = {}
    for column in found:
        first.setdefault(heading_key(column.heading), column.index)
    for column in sorted(found, key=order):
        if column.field and (not column.heading or first[heading_key(column.heading)] == column.index):
            winners.setdefault(column.field, column.index)
    return [
        column
        if not column.field
        or several(column.field)
        or winners[column.field] == column.index
        or column.why == "by_map"
        # 是否独居 and 是否空巢 are two questions, not two answers to one.
        or (column.field == "living" and column.code)
        else replace(column, field=None, confidence=0.0, why="field_taken")
        for column in found
    ]


def _head_as_subject(columns: list[Column], samples: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """A list without a name column lists its household members one a row, or its heads: they are the persons."""
    have = {column.field for column in columns}
    if "name" in have:
        return tuple(columns)
    members = next((c for c in columns if c.field == "member_names"), None)
    swap: dict[str, str] = {}
    if members and kind_of(samples[members.index])[0] in {"name", "han"}:
        swap = {"member_names": "name"}
    elif "head_name" in have:
        swap = {"head_name": "name"} | ({"head_id_no": "id_no"} if "id_no" not in have else {})
    return tuple(_promoted(column, swap, have) for column in columns)


def _promoted(column: Column, swap: Mapping[str, str], have: set[str | None]) -> Column:
    """The column when the head (or member) is the person; 户主电话 then is the person's phone."""
    if column.field and column.field in swap:
        return replace(column, field=swap[column.field], why="head_is_subject")
    key = heading_key(column.heading)
    if column.field is None and "head_name" in swap and key.startswith("户主"):
        said = meaning(key.removeprefix("户主"))
        if said.field and said.field not in have and said.field not in swap.values():
            return replace(column, field=said.field, confidence=0.8, why="head_is_subject", rank=said.rank)
    return column


def field_words(field: str, lang: str = "zh") -> str:
    """The name of a field for a page, `zh` or `en`."""
    return str(table("headings")["field"][field][lang])
