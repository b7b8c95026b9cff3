"""The order of a list, as its reader asked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from django.db.models import ExpressionWrapper, F, Model, QuerySet

Row = TypeVar("Row", bound=Model)
Columns: TypeAlias = "Mapping[str, str | ExpressionWrapper[Any]]"


def ordered(rows: QuerySet[Row], order: str, columns: Columns, last: Sequence[str]) -> QuerySet[Row]:
    """Rows by one column, with a minus from its end, then by `last`; by `last` alone when no such column is known.

    What has no value stands at the end either way, on every database.
    """
    column = columns.get(order.removeprefix("-"))
    if column is None:
        return rows.order_by(*last)
    by = F(column) if isinstance(column, str) else column
    first = by.desc(nulls_last=True) if order.startswith("-") else by.asc(nulls_last=True)
    return rows.order_by(first, *last)
