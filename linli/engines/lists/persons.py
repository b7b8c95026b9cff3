"""One row → one record: its cells together, what is doubtful about them, or why no person can be made of it."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from linli.engines.errors import Fault
from linli.engines.lists.cells import DENIED_GROUPS, Cell, read_cell, several_people, why_not_a_name
from linli.engines.lists.dates import agrees, read_birth
from linli.engines.lists.grids import Grid
from linli.engines.lists.identity import NO_ID, IdRead, Regions, read_card, read_id
from linli.engines.lists.layout import Column, Layout
from linli.engines.lists.tables import is_empty, is_error, plain, several

_JOINED_BY = {"place": "", "remark": "；", "health": "；"}
OLDEST_YEARS = 125
"""A birth further back is marked: nobody listed today is older, and 1900-01-01 is a program's empty date (design)."""
_REMEMBERED = 4_000
"""Cells remembered per column: enough for words, towns and dates; names and addresses seldom come twice."""


@dataclass
class Draft:
    """A row being read. `faults` hold code, heading, value and parameters; a refused row keeps all of them."""

    row: int
    record: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether no person can be made of the row."""
        return bool(self.refusals)

    @property
    def loose(self) -> bool:
        """A name with a telephone or a door, but neither date nor ID: no person by itself, yet perhaps a known one."""
        return self.refusals == ["no_date_no_id"] and bool(self.record.get("phone") or self.record.get("address"))

    def doubt(self, code: str, column: Column | None, value: str, **params: str) -> None:
        """Mark a value as doubtful."""
        self.faults.append((code, column.heading if column else "", value, params))

    def refuse(self, code: str, column: Column | None, value: str, **params: str) -> None:
        """Say that no person can be made of the row."""
        self.refusals.append(code)
        self.doubt(code, column, value, **params)


class RowReader:
    """Reads the rows of one sheet under one layout; remembers cells already seen."""

    def __init__(self, grid: Grid, layout: Layout, on: dt.date, regions: Regions) -> None:
        self.grid, self.layout, self.on, self.regions = grid, layout, on, regions
        self.unread: Counter[tuple[str, str]] = Counter()
        self._by_field = {column.field: column for column in layout.columns if column.field}
        # Fields several columns carry are joined from the widest (town) to the narrowest, whatever their order.
        special = {"birth_on", "id_no", "head_id_no", "card_no"}
        # A yes to 是否独居 comes after what a column of its own says about living.
        ordered = sorted(
            layout.columns,
            key=lambda c: (c.rank, c.index) if c.field and several(c.field) else (int(bool(c.code)), 0),
        )
        self._seen: list[tuple[Column, dict[str, Cell]]] = [(c, {}) for c in ordered if c.field not in special]

    def read(self, number: int) -> Draft:
        """The draft of row `number` (from 1)."""
        row = self.grid.rows[number - 1]
        draft = Draft(number)
        if several_people(*(self._cell(field_name, row)[1] for field_name in ("name", "id_no"))):
            draft.refuse("several_people", *self._cell("name", row))
            return draft
        for column, seen in self._seen:
            text = row[column.index]
            if not text:
                continue
            if column.field is None or is_error(text):
                self._keep(draft, column, text)
                continue
            cell = seen.get(text)
            if cell is None:
                cell = read_cell(column, text)
                if len(seen) < _REMEMBERED:
                    seen[text] = cell
            self._take(draft, column, text, cell)
        self._name(draft, row)
        self._identity(draft, row)
        self._places(draft, row)
        for column in self._by_field.values():
            if is_error(row[column.index]):
                draft.doubt("cell_error", column, row[column.index])
        if draft.extra:
            draft.record["extra"] = json.dumps(draft.extra, ensure_ascii=False, sort_keys=True)
        return draft

    def _keep(self, draft: Draft, column: Column, text: str) -> None:
        heading = column.heading or f"列{column.index + 1}"
        if heading in draft.extra:
            heading = f"{heading} ({column.index + 1})"
        draft.extra[heading] = plain(text)

    def _take(self, draft: Draft, column: Column, text: str, cell: Cell) -> None:
        for name, value in cell.values.items():
            have = draft.record.get(name)
            if have is None or have == value:
                draft.record[name] = value
            elif name in _JOINED_BY:
                draft.record[name] = f"{have}{_JOINED_BY[name]}{value}"
            elif name in ("groups", DENIED_GROUPS):
                draft.record[name] = [*have, *(code for code in value if code not in have)]
        if cell.keep:
            self._keep(draft, column, text)
        if cell.note:
            draft.notes.append(cell.note)
        if cell.fault == "word_unknown":
            # A wording without a code says nothing against the person: it is reported once for the sheet.
            self.unread[(column.heading, text)] += 1
            draft.notes.append(cell.fault)
        elif cell.fault:
            draft.doubt(cell.fault, column, text)

    def _cell(self, field_name: str, row: tuple[str, ...]) -> tuple[Column | None, str]:
        """The column of a field and what the row holds there."""
        column = self._by_field.get(field_name)
        return column, row[column.index] if column else ""

    def _name(self, draft: Draft, row: tuple[str, ...]) -> None:
        column, text = self._cell("name", row)
        name = draft.record.get("name")
        if not name or is_empty(name):
            draft.refuse("no_name", column, text)
        elif code := why_not_a_name(name):
            draft.refuse(code, column, text)

    def _lost(self, draft: Draft, column: Column | None) -> bool:
        return column is not None and (draft.row, column.index) in self.grid.lost

    def _identity(self, draft: Draft, row: tuple[str, ...]) -> None:
        """Card, ID, birth date and sex, each against the others; refuses when neither date nor ID can be read."""
        record = draft.record
        card_id = self._card(draft, row)
        id_column, id_text = self._cell("id_no", row)
        read = read_id(id_text, self.on, self.regions, self._lost(draft, id_column)) if id_text else NO_ID
        faulty = id_column
        if read.id_no is None and card_id:
            faulty, id_text = self._cell("card_no", row)
            read = read_id(card_id, self.on, self.regions)
        for code in read.faults:
            draft.doubt(code, faulty, id_text)
        state = self._birth(draft, row, read)
        if read.id_no is not None:
            record["id_no"], record["id_state"] = read.id_no, state
        if read.sex and read.state == "valid" and record.get("sex") in {"1", "2"} and record["sex"] != read.sex:
            # Wrong in one list of two, and harmless: counted for the sheet, no doubt about who it is.
            draft.notes.append("sex_id_mismatch")
        if read.sex and not {"id_check", "id_lost_digits"} & set(read.faults):
            record.setdefault("sex", read.sex)
        if not read.readable and record.get("birth_on") is None:
            draft.refuse("no_date_no_id", id_column or self._by_field.get("birth_on"), id_text)
        self._head(draft, row)

    def _card(self, draft: Draft, row: tuple[str, ...]) -> str | None:
        """Read the disability card; the ID inside it, when it can be used."""
        column, text = self._cell("card_no", row)
        if not text:
            return None
        card = read_card(text, self._lost(draft, column))
        record = draft.record
        record["card_no"] = card.card_no
        if card.fault:
            draft.doubt(card.fault, column, text)
        for name, value in (("disability_class", card.disability_class), ("disability_grade", card.disability_grade)):
            if value and record.setdefault(name, value) != value:
                draft.doubt("card_words_mismatch", column, text)
        id_column = self._by_field.get("id_no")
        own = read_id(row[id_column.index], self.on, self.regions) if id_column else NO_ID
        whole = card.id_no and "*" not in card.id_no and own.state in {"valid", "doubtful"}
        if whole and own.id_no != card.id_no:
            draft.doubt("card_id_mismatch", column, text)
        return card.id_no

    def _birth(self, draft: Draft, row: tuple[str, ...], read: IdRead) -> str | None:
        """Read the birth date, compare it with the ID's, fill it from the ID; the ID's state after that."""
        column, text = self._cell("birth_on", row)
        state = read.state
        written = read_birth(text, self.on) if text and not is_empty(text) else None
        if written is not None and written.fault:
            draft.doubt(written.fault, column, text)
            if column:
                self._keep(draft, column, text)
        if written is not None and written.on is not None:
            draft.record["birth_on"], draft.record["birth_precision"] = written.on, written.precision
            if written.on > self.on:
                draft.doubt("date_future", column, text)
            elif written.on.year < self.on.year - OLDEST_YEARS:
                draft.doubt("birth_too_old", column, text)
            elif read.born_on and not agrees(written, read.born_on):
                draft.doubt("birth_id_mismatch", column, text, id_date=read.born_on.isoformat())
                state = "doubtful" if state == "valid" else state
            elif read.born_on and written.precision != "day" and state == "valid":
                draft.record["birth_on"], draft.record["birth_precision"] = read.born_on, "day"
        elif read.born_on is not None:
            draft.record["birth_on"], draft.record["birth_precision"] = read.born_on, "day"
        return state

    def _head(self, draft: Draft, row: tuple[str, ...]) -> None:
        column, text = self._cell("head_id_no", row)
        if text:
            read = read_id(text, self.on, self.regions, self._lost(draft, column))
            draft.record["head_id_no"] = read.id_no
            if read.faults:
                draft.doubt("head_id_doubtful", column, text)

    def _places(self, draft: Draft, row: tuple[str, ...]) -> None:
        """Division codes that exist nowhere; a visit in the future."""
        for name in ("region", "hukou_region"):
            code = draft.record.get(name)
            if code and len(code) in (6, 9, 12) and not self.regions.exists(code):
                draft.doubt("region_unknown", self._by_field.get(name), code)
        visit = draft.record.get("last_visit_on")
        if visit and visit > self.on:
            draft.doubt("date_future", self._by_field.get("last_visit_on"), visit.isoformat())


def as_faults(draft: Draft, file: str, sheet: str) -> list[Fault]:
    """The draft's faults as they are reported; all of a refused row's are reasons of its refusal."""
    outcome = "refused" if draft.refused else "doubtful"
    return [
        Fault(code, outcome, file, sheet, draft.row, heading, value, params)  # type: ignore[arg-type]
        for code, heading, value, params in draft.faults
    ]
