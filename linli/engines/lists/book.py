"""All sheets together → one table of records, with every fault and a report per sheet."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linli.engines.errors import Fault
from linli.engines.lists.cells import DENIED_GROUPS
from linli.engines.lists.grids import Grid
from linli.engines.lists.homes import Home
from linli.engines.lists.identity import Regions
from linli.engines.lists.layout import Column, Layout
from linli.engines.lists.persons import Draft, RowReader, as_faults
from linli.engines.lists.rows import Rows, sort_rows
from linli.engines.lists.schema import ORDER, records_schema
from linli.engines.lists.tables import table
from linli.engines.lists.wording import said
from linli.engines.progress import Progress, silent

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = "1"
LOOSE = "loose"

_UNREAD = 50
_SHOWN = 60
_LONGEST_SECTION = 20
"""A longer line between the rows explains something; it names no part of the list."""


@dataclass(frozen=True)
class SheetReport:
    """What became of one sheet: rows `read` = `taken` + `refused`; `doubtful` of the taken ones; `skipped` by why
    (blank, total, signature, note); the columns as they were understood. `is_list` is False for a sheet without a
    column of names: nothing is read from it. `unread` are the commonest wordings without a code, as (heading, wording,
    times): the values are kept in `extra`. `noted` counts remarks that make no row doubtful."""

    file: str
    sheet: str
    source: str
    groups: tuple[str, ...]
    read: int
    taken: int
    refused: int
    doubtful: int
    skipped: Mapping[str, int]
    columns: tuple[Column, ...]
    is_list: bool = True
    unread: tuple[tuple[str, str, int], ...] = ()
    noted: Mapping[str, int] = field(default_factory=dict)

    @property
    def recognised(self) -> tuple[Column, ...]:
        """Columns that carry a field."""
        return tuple(column for column in self.columns if column.field)

    @property
    def unrecognised(self) -> tuple[Column, ...]:
        """Columns kept only in `extra`."""
        return tuple(column for column in self.columns if not column.field)


@dataclass(frozen=True)
class ListBook:
    """The records of all sheets (schema: `records_schema()`), every fault, a report per sheet; and what made them.

    `loose`: rows refused only for want of date and ID, but with a name and a telephone or a door. No person is made
    of them; linkage may still say to whom they belong.
    """

    records: pa.Table
    loose: pa.Table
    faults: tuple[Fault, ...]
    sheets: tuple[SheetReport, ...]
    digest: str
    options: Mapping[str, str]
    engine: str = "lists"
    version: str = VERSION


def read_records(
    grids: Sequence[Grid],
    layouts: Sequence[Layout],
    on: dt.date,
    *,
    known_regions: frozenset[str] | None = None,
    demo_region: str | None = None,
    progress: Progress = silent,
) -> ListBook:
    """Read every sheet under its layout.

    `on` is today: what lies after it is in the future. `known_regions` are six-digit division prefixes that exist,
    beside the table of present and past ones; `demo_region` one more, invented. A row is refused only when no
    person can be made of it: no name, neither date nor ID readable, a broken row. Everything else is taken in,
    and what is doubtful is kept as written and listed with its cure.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if len(grids) != len(layouts):
        raise ValueError("one layout per grid")
    regions = Regions(known_regions, demo_region)
    sources = _sources(layouts)
    columns: dict[str, list[Any]] = {name: [] for name in (*ORDER, LOOSE)}
    faults: list[Fault] = []
    reports: list[SheetReport] = []
    for index, (grid, layout) in enumerate(zip(grids, layouts, strict=True)):
        progress("read", index, len(grids))
        found, report = _read_sheet(grid, layout, sources[index], on, regions, columns)
        faults += found
        reports.append(report)
    progress("read", len(grids), len(grids))
    columns["unique_id"] = _numbered(columns)
    digest = hashlib.sha256("".join(sorted({grid.digest for grid in grids})).encode()).hexdigest()
    options = {"on": on.isoformat(), "demo_region": demo_region or ""}
    table, loose = _table(columns), pa.array(columns[LOOSE], pa.bool_())
    return ListBook(
        records=table.filter(pc.invert(loose)),
        loose=table.filter(loose),
        faults=tuple(faults),
        sheets=tuple(reports),
        digest=digest,
        options=options,
    )


def _sources(layouts: Sequence[Layout]) -> list[str]:
    """A name per list: the file's stem, with the sheet where a file carries several, with its suffix where two
    files share a stem."""
    per_file = Counter(layout.file for layout in layouts if layout.is_list)
    stems = Counter(Path(file).stem for file in per_file)
    names = []
    for layout in layouts:
        stem = Path(layout.file).stem
        name = layout.file if stems[stem] > 1 else stem
        names.append(f"{name}/{layout.sheet}" if per_file[layout.file] > 1 and layout.sheet else name)
    return names


def _read_sheet(
    grid: Grid, layout: Layout, source: str, on: dt.date, regions: Regions, columns: dict[str, list[Any]]
) -> tuple[list[Fault], SheetReport]:
    """Read one sheet; its records are put at the end of `columns`."""
    if not layout.is_list:
        return _no_list(grid, layout), _report(layout, source, 0, 0, 0, {}, False)
    rows = sort_rows(grid, layout)
    reader = RowReader(grid, layout, on, regions)
    faults = [Fault("row_repeated_heading", "refused", grid.file, grid.sheet, number) for number in rows.repeated]
    for number in rows.foreign:
        shown = " ".join(cell for cell in grid.rows[number - 1] if cell)[:_SHOWN]
        faults.append(Fault("row_other_table", "refused", grid.file, grid.sheet, number, value=shown))
    taken = doubtful = 0
    noted: Counter[str] = Counter()
    groups = _groups_by_row(grid, layout, rows)
    home = Home(grid, layout)
    for number in rows.data:
        draft = reader.read(number)
        home.enter(draft)
        if draft.faults:
            faults += as_faults(draft, grid.file, grid.sheet)
        noted.update(draft.notes)
        if draft.refused and not draft.loose:
            continue
        taken += not draft.refused
        doubtful += bool(draft.faults) and not draft.refused
        record = _finished(draft, grid, groups[number], source)
        record[LOOSE] = draft.loose
        for name, values in columns.items():
            values.append(record.get(name))
    faults.sort(key=lambda fault: fault.row or 0)
    faults += _of_sheet(grid, layout)
    read = len(rows.data) + len(rows.repeated) + len(rows.foreign)
    unread = tuple((heading, word, times) for (heading, word), times in reader.unread.most_common(_UNREAD))
    report = _report(layout, source, read, taken, doubtful, rows.skipped)
    return faults, replace(report, unread=unread, noted=dict(noted))


def _report(
    layout: Layout, source: str, read: int, taken: int, doubtful: int, skipped: Mapping[str, int], is_list: bool = True
) -> SheetReport:
    return SheetReport(
        file=layout.file,
        sheet=layout.sheet,
        source=source,
        groups=layout.groups,
        read=read,
        taken=taken,
        refused=read - taken,
        doubtful=doubtful,
        skipped=skipped,
        columns=layout.columns,
        is_list=is_list,
    )


def _of_sheet(grid: Grid, layout: Layout) -> list[Fault]:
    """What is doubtful about a sheet as a whole."""
    codes = []
    category = any(column.field == "groups" and not column.code for column in layout.columns)
    if layout.unclear and not (layout.unclear == "title_groups" and category):
        codes.append((layout.unclear, "", layout.title or layout.sheet))
    if grid.hidden:
        codes.append(("sheet_hidden", "", ""))
    codes += [
        ("income_unclear" if column.code == "unclear" else "income_monthly", column.heading, "")
        for column in layout.columns
        if column.field == "income_fen" and column.code
    ]
    return [Fault(code, "doubtful", grid.file, grid.sheet, None, heading, value) for code, heading, value in codes]


def _no_list(grid: Grid, layout: Layout) -> list[Fault]:
    code = layout.unreadable or ("sheet_without_names" if _looks_like_people(layout) else "")
    return [Fault(code, "refused", grid.file, grid.sheet)] if code else []


def _looks_like_people(layout: Layout) -> bool:
    """A sheet without names is worth a word only when it seems to hold people; drop-down lists do not."""
    fields = {column.field for column in layout.columns}
    return bool(fields & {"id_no", "birth_on", "card_no"}) or len(fields - {None}) >= 3


def _groups_by_row(grid: Grid, layout: Layout, rows: Rows) -> dict[int, tuple[str, ...]]:
    """The list's groups for each row: the title's, until a line between the rows names others (二、特困人员)."""
    found, groups, notes = {}, layout.groups, list(rows.notes)
    for number in rows.data:
        while notes and notes[0] < number:
            text = next(cell for cell in grid.rows[notes.pop(0) - 1] if cell)
            named = said("groups", text).all if len(text) <= _LONGEST_SECTION else ()
            groups = () if len(named) > 1 else named or groups
        found[number] = groups
    return found


def _finished(draft: Draft, grid: Grid, groups: Sequence[str], source: str) -> dict[str, Any]:
    """The record with where it stands, its groups and its doubts."""
    record = draft.record
    record["source"] = record.get("source") or source
    record["file"], record["sheet"], record["row"] = grid.file, grid.sheet, draft.row
    record["groups"] = _groups(groups, record.get("groups", ()), record.get(DENIED_GROUPS, ()))
    record["doubts"] = tuple(dict.fromkeys([*(code for code, *_ in draft.faults), *draft.notes]))
    return record


def _groups(of_list: Sequence[str], own: Sequence[str], denied: Sequence[str]) -> tuple[str, ...]:
    """A row's groups: its own and the list's, save those it denies and those whose place its own take."""
    if not own and not denied:
        return tuple(of_list)
    kinds = table("values")["kinds"].values()
    replaced = {code for kind in kinds if set(kind) & set(own) for code in kind}
    return tuple(sorted({*own, *(code for code in of_list if code not in replaced and code not in denied)}))


def _numbered(columns: Mapping[str, Sequence[Any]]) -> list[str]:
    """A unique id for every record: the list's own numbers where every row of the list has one, no two the same and
    none that another such list uses too; else `file:sheet:row` (`file:row` for a file without sheets) for the whole
    list."""
    places = list(zip(columns["file"], columns["sheet"], strict=True))
    own: dict[tuple[str, str], list[str]] = {}
    for place, number in zip(places, columns["unique_id"], strict=True):
        own.setdefault(place, []).append(number)
    named = {place: numbers for place, numbers in own.items() if all(numbers) and len(set(numbers)) == len(numbers)}
    count = Counter(number for numbers in named.values() for number in numbers)
    alone = {place for place, numbers in named.items() if all(count[number] == 1 for number in numbers)}
    return [
        number if place in alone else ":".join(filter(None, (*place, str(row))))
        for place, number, row in zip(places, columns["unique_id"], columns["row"], strict=True)
    ]


def _table(columns: Mapping[str, Sequence[Any]]) -> Any:
    import pyarrow as pa

    schema = records_schema()
    return pa.Table.from_arrays([pa.array(columns[name], schema.field(name).type) for name in ORDER], schema=schema)
