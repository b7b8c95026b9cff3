"""Headings of a list that sort it: links with a GET parameter, so that keyboard and plain pages can use them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict


@dataclass(frozen=True)
class Heading:
    """A column's head: its words, where its link leads ("" when it does not sort), how the list stands by it."""

    words: Any
    query: str = ""
    direction: str = ""
    is_number: bool = False


def headings(
    given: QueryDict, columns: Sequence[tuple[Any, str]], order: str, numbers: Sequence[str] = ()
) -> list[Heading]:
    """The heads of the columns given as (words, code); "" as code is a column that cannot be sorted by.

    `order` is the code the list is sorted by, with a minus when from the end; `numbers` the codes set to the right.
    Clicking sorts, clicking again turns round; the filters stay, the page begins anew.
    """
    return [_heading(given, words, code, order, code in numbers) for words, code in columns]


def _heading(given: QueryDict, words: Any, code: str, order: str, is_number: bool) -> Heading:
    if not code:
        return Heading(words)
    query = given.copy()
    query.pop("page", None)
    query["order"] = f"-{code}" if order == code else code
    direction = {code: "ascending", f"-{code}": "descending"}.get(order, "")
    return Heading(words, "?" + query.urlencode(), direction, is_number)
