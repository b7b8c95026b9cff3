"""What a column looks like from its values alone: IDs, phones, dates, sexes, division codes, names, numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from linli.engines.lists.tables import is_empty, table, tight

_ID = re.compile(r"^(\d{17}[\dXx]|\d{15}|\d{6}[\d*]{8,11}[\dXx*]{1,4})$")
_CARD = re.compile(r"^\d{6}[\d*]{11}[\dXx*][1-7][1-4]([A-Za-z]\d{0,2})?$")
_PHONE = re.compile(r"^(\+?86)?1[3-9]\d[\d*]{4}\d{4}$|^0\d{2,3}-?\d{7,8}$|^0{3}\d{8}$")
_DATE = re.compile(r"^(18|19|20)\d\d([-/.年](0?[1-9]|1[0-2])([-/.月](\d{1,2})日?)?月?|(0[1-9]|1[0-2])([0-3]\d)?)?$")
_REGION = re.compile(r"^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[123]|99)\d{4}(\d{3}(\d{3})?)?$")
_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
_HAN = re.compile(r"^[\u3400-\u9fff\U00020000-\U000323af]+(·[\u3400-\u9fff]+)*$")
_SEX = frozenset({"男", "女", "男性", "女性"})

ENOUGH = 0.6
"""Share of filled cells of one kind from which a column counts as being of that kind (design)."""


def kind_of(values: Sequence[str]) -> tuple[str | None, float]:
    """The kind most filled cells share and that share: id, card, phone, sex, date, region, name, han, number.

    `values` is a sample of cells as written. None when no kind reaches `ENOUGH`.
    """
    cells = [tight(value) for value in values if not is_empty(value)]
    if not cells:
        return None, 0.0
    counts: dict[str, int] = {}
    for cell in cells:
        for kind in _kinds(cell):
            counts[kind] = counts.get(kind, 0) + 1
    kind, count = max(counts.items(), key=lambda pair: pair[1], default=("", 0))
    if kind == "han" and counts.get("name", 0) >= ENOUGH * len(cells):
        # Names with a rare surname among the others are names too.
        kind, count = "name", counts["name"]
    share = count / len(cells)
    return (kind, share) if share >= ENOUGH else (None, share)


def _kinds(cell: str) -> tuple[str, ...]:
    """The kinds of one cell, the most telling first (`max` keeps the first of equals)."""
    if _ID.match(cell):
        return ("id",)
    if _CARD.match(cell):
        return ("card",)
    if _PHONE.match(cell.replace("-", "")) or _PHONE.match(cell):
        return ("phone",)
    if cell in _SEX:
        return ("sex",)
    # An 8-digit date is never a division code (6, 9, 12 digits); a 6-digit one may be either.
    if _REGION.match(cell):
        return ("region", "date") if _DATE.match(cell) else ("region",)
    if _DATE.match(cell):
        return ("date",)
    if _NUMBER.match(cell):
        return ("number",)
    if _HAN.match(cell):
        if 2 <= len(cell) <= 4 and cell[0] in _surnames():
            return ("name", "han")
        return ("han",)
    return ()


def _surnames() -> str:
    return str(table("headings")["names"]["surnames"])
