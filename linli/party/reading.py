"""Reading uploaded lists. Pure, for it runs in a child process that knows no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from linli.engines import lists
from linli.engines.errors import BadInput, Fault, Outcome

if TYPE_CHECKING:
    from linli.engines.lists import Grid, Layout, ListBook

DEMO_REGION = "999999"
Columns = Sequence[Mapping[str, str | None]]
Place = tuple[str, str, int]
"""File, sheet and row number from 1."""
Corrections = Mapping[tuple[str, str, int, int], str]
"""(file, sheet, row from 1, column from 0) → what the cell says after somebody set it right."""


@dataclass(frozen=True)
class Upload:
    """What an upload holds: columns per sheet, records, faults, and the cells of faulty or corrected rows."""

    layouts: tuple[Layout, ...]
    book: ListBook
    cells: dict[Place, tuple[str, ...]]


def read(
    files: dict[str, bytes],
    columns: Columns | None,
    on: date,
    regions: frozenset[str],
    corrections: Corrections | None = None,
) -> Upload | tuple[Fault, ...]:
    """Every sheet of the files under its layout. `columns`: per sheet, column index → field as somebody corrected it.

    Files that cannot be read come back as their faults: an engine's error does not survive the way out of a child.
    """
    try:
        grids, layouts = _open(files, columns, corrections or {})
    except BadInput as error:
        return error.faults
    book = lists.read_records(grids, layouts, on=on, known_regions=regions, demo_region=DEMO_REGION)
    sheets = {(grid.file, grid.sheet): grid for grid in grids}
    places = {(fault.file, fault.sheet, fault.row) for fault in book.faults if fault.row is not None}
    places |= {(file, sheet, row) for file, sheet, row, _column in corrections or {} if (file, sheet) in sheets}
    return Upload(tuple(layouts), book, {place: sheets[place[:2]].rows[place[2] - 1] for place in places})


def read_row(
    layouts: Sequence[Layout],
    place: Place,
    cells: Sequence[str],
    lost: frozenset[int],
    on: date,
    regions: frozenset[str],
) -> tuple[dict[str, Any] | None, tuple[Fault, ...]]:
    """One row by itself, under the layout of its sheet: its record (None: no person can be made of it) and faults.

    `lost`: the columns of the row whose numbers had lost digits in the file.
    """
    file, sheet, number = place
    grids = []
    for layout in layouts:
        here = (layout.file, layout.sheet) == (file, sheet)
        rows = ((),) * (number - 1) + (tuple(cells),) if here else ()
        holes = frozenset((number, column) for column in lost) if here else frozenset()
        grids.append(lists.Grid(layout.file, layout.sheet, rows, lost=holes))
    places = [replace(layout, first_row=number) for layout in layouts]
    book = lists.read_records(grids, places, on=on, known_regions=regions, demo_region=DEMO_REGION)
    found = book.records.to_pylist()
    return (found[0] if found else None), tuple(fault for fault in book.faults if fault.row is not None)


def marked(
    files: dict[str, bytes],
    columns: Columns | None,
    on: date,
    regions: frozenset[str],
    outcomes: Sequence[Outcome],
    lang: str,
    corrections: Corrections | None = None,
    without: Collection[Place] = (),
) -> bytes:
    """The senders' own sheets again: only rows that have faults, and a red column saying why and how to mend.

    `without`: rows of which nothing comes back.
    """
    grids, layouts = _open(files, columns, corrections or {})
    book = lists.read_records(grids, layouts, on=on, known_regions=regions, demo_region=DEMO_REGION)
    shown = [fault for fault in book.faults if fault.row is None or (fault.file, fault.sheet, fault.row) not in without]
    return lists.marked_workbook(
        list(zip(grids, layouts, strict=True)),
        shown,
        outcomes=tuple(outcomes),
        lang="en" if lang == "en" else "zh",
    )


def _open(
    files: dict[str, bytes], columns: Columns | None, corrections: Corrections
) -> tuple[list[Grid], list[Layout]]:
    grids = [grid for name, content in files.items() for grid in lists.read_grids(content, name)]
    layouts = [lists.recognise(grid) for grid in grids]
    if columns is not None:
        layouts = [_corrected(layout, chosen) for layout, chosen in zip(layouts, columns, strict=True)]
    return [_with(grid, corrections) for grid in grids], layouts


def _with(grid: Grid, corrections: Corrections) -> Grid:
    """The sheet after its corrections; how its columns were recognised stays as it was."""
    own = {
        (row, column): value
        for (file, sheet, row, column), value in corrections.items()
        if (file, sheet) == (grid.file, grid.sheet) and row <= len(grid.rows) and column < len(grid.rows[row - 1])
    }
    if not own:
        return grid
    rows = list(grid.rows)
    for (row, column), value in own.items():
        rows[row - 1] = (*rows[row - 1][:column], value, *rows[row - 1][column + 1 :])
    return replace(grid, rows=tuple(rows), lost=grid.lost - own.keys())


def _corrected(layout: Layout, chosen: Mapping[str, str | None]) -> Layout:
    for column in layout.columns:
        wanted = chosen.get(str(column.index), column.field)
        if wanted != column.field:
            layout = layout.with_column(column.index, wanted)
    return layout
