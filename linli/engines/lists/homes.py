"""Households printed as blocks: the head's row, and below it the members with the household's cells left blank."""

from __future__ import annotations

from typing import Any

from linli.engines.lists.grids import Grid
from linli.engines.lists.layout import Layout
from linli.engines.lists.persons import Draft
from linli.engines.lists.tables import table, tight

_OF_HOUSEHOLD = ("household_no", "head_name", "head_id_no")
_OF_DOOR = ("region", "place", "address")


class Home:
    """The household of the rows above, row by row from the top of a sheet.

    A row belongs to it only when it follows without a gap, states a relation other than the head's, and either its
    cells for the running number and for the household are blank or merged with those above, or it names the head whose
    row began the household. It then takes the household's number, head and door where it has none of its own.
    """

    def __init__(self, grid: Grid, layout: Layout) -> None:
        at = {column.field: column.index for column in layout.columns if column.field}
        self._grid = grid
        self._relation = at.get("relation")
        # What tells where a block begins; without such a column every row stands for itself.
        self._begins = [at[name] for name in ("unique_id", *_OF_HOUSEHOLD) if name in at]
        self._last = 0
        self._home: dict[str, Any] = {}
        self._head = ""

    def enter(self, draft: Draft) -> None:
        """Read the next row: it begins a household, or takes what it lacks from the one above."""
        if self._relation is None or not self._begins:
            return
        record, follows = draft.record, draft.row == self._last + 1
        self._last = draft.row
        named = bool(record.get("head_name")) and record.get("head_name") == self._head
        if follows and self._home and self._is_member(draft, named):
            for name, value in self._home.items():
                record.setdefault(name, value)
        else:
            self._home = {name: record[name] for name in (*_OF_HOUSEHOLD, *_OF_DOOR) if name in record}
            self._head = ""
            if tight(record.get("relation", "")) in table("values")["heads"] and record.get("name"):
                self._head = record["name"]
                self._home["head_name"] = record["name"]
                if record.get("id_state") in {"valid", "old15", "other"}:
                    self._home.setdefault("head_id_no", record["id_no"])
            elif not self._home.keys() & set(_OF_HOUSEHOLD):
                self._home = {}

    def _is_member(self, draft: Draft, named: bool) -> bool:
        relation = tight(draft.record.get("relation", ""))
        if not relation or relation in table("values")["heads"]:
            return False
        row, merged = self._grid.rows[draft.row - 1], self._grid.merged
        return named or all(not row[i] or (draft.row, i) in merged for i in self._begins)
