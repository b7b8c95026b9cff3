"""Sums of money as they stand in lists: how many yuan, and of which period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from statistics import median
from typing import Literal, NamedTuple

from linli.engines.lists.tables import heading_key, is_empty, plain, tight

Period = Literal["month", "year", ""]
SURELY_MONTHLY = 2_500
"""Yuan: half of the incomes per head of a list below this are sums of a month, whatever its heading leaves out; a year
of so little is a fraction of any standard (design)."""

_AMOUNT = re.compile(r"^(?:约|人民币|¥|￥|rmb)?(-?[\d,]*\.?\d+)(万)?元?(?:(?:/|每)([月年]))?(?:rmb)?$")
_YEAR_NUMBER = re.compile(r"\d{2,4}年度?")


class Amount(NamedTuple):
    """A sum in yuan and the period the cell itself names."""

    yuan: Decimal
    period: Period


def read_amount(text: str, heading: str) -> Amount | None:
    """The sum in a cell (万元 by cell or heading is respected); None when it cannot be read.

    >>> read_amount("1.2万元/年", "")
    Amount(yuan=Decimal('12000.0'), period='year')
    """
    match = _AMOUNT.match(tight(text).lower())
    try:
        yuan = Decimal(match[1].replace(",", "")) if match else None
    except InvalidOperation:
        yuan = None
    if match is None or yuan is None or abs(yuan) > 10**10:
        return None
    if match[2] or "万元" in plain(heading):
        yuan *= 10_000
    return Amount(yuan, "month" if match[3] == "月" else "year" if match[3] else "")


def period_of(heading: str) -> Period:
    """The period a heading names (a record's own `…_fen` is a month's); "" when it names none. The number of a
    year (2026年人均月收入) is no period, unless nothing else is said.

    >>> period_of("2026年家庭人均月收入"), period_of("人均收入（元/年）"), period_of("人均收入（元）")
    ('month', 'year', '')
    """
    for text in (heading_key(heading), plain(heading).lower()):
        bare = _YEAR_NUMBER.sub("", text)
        if "月" in bare or "month" in bare or bare.endswith("fen"):
            return "month"
        if "年" in bare or "year" in bare or "annual" in bare:
            return "year"
    return "year" if "年" in heading else ""


def period_by_size(cells: Sequence[str], heading: str) -> Literal["month", "unclear", ""]:
    """What incomes under a heading without a period are: a month's when they are small, else unclear; "" when the
    column holds none, or its cells name their period themselves."""
    found = [read_amount(cell, heading) for cell in cells if not is_empty(cell)]
    sums = [amount.yuan for amount in found if amount and amount.yuan > 0 and not amount.period]
    if not sums:
        return ""
    return "month" if median(sums) <= SURELY_MONTHLY else "unclear"
