"""Reading uploaded lists. Pure, for it runs in a child process that knows no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from linli.engines import lists
from linli.engines.errors import BadInput, Fault, Outcome

if TYPE_CHECKING:
    from linli.engines.lists import Grid, Layout, ListBook

DEMO_REGION = "999999"
Columns = Sequence[Mapping[str, str | None]]


@dataclass(frozen=True)
class Upload:
    """What an upload holds: recognised columns per sheet, records, faults, and the cells of faulty rows as written.

    `written`: (file, sheet, row) → field, or `#index` of a column without one → the cell's text.
    """

    layouts: tuple[Layout, ...]
    book: ListBook
    written: dict[tuple[str, str, int], dict[str, str]]


def read(
    files: dict[str, bytes], columns: Columns | None, on: date, regions: frozenset[str]
) -> Upload | tuple[Fault, ...]:
    """Every sheet of the files under its layout. `columns`: per sheet, column index → field as somebody corrected it.

    Files that cannot be read come back as their faults: an engine's error does not survive the way out of a child.
    """
    try:
        grids, layouts = _open(files, columns)
    except BadInput as error:
        return error.faults
    book = lists.read_records(grids, layouts, on=on, known_regions=regions, demo_region=DEMO_REGION)
    return Upload(tuple(layouts), book, _written(grids, layouts, book))


def _written(grids: list[Grid], layouts: list[Layout], book: ListBook) -> dict[tuple[str, str, int], dict[str, str]]:
    """The cells of rows that have faults, as they stand in the sheet."""
    by_sheet = {(grid.file, grid.sheet): (grid, layout) for grid, layout in zip(grids, layouts, strict=True)}
    found: dict[tuple[str, str, int], dict[str, str]] = {}
    for fault in book.faults:
        if fault.row is not None:
            grid, layout = by_sheet[fault.file, fault.sheet]
            cells = grid.rows[fault.row - 1]
            found[fault.file, fault.sheet, fault.row] = {
                column.field or f"#{column.index}": cells[column.index] for column in layout.columns
            }
    return found


def marked(
    files: dict[str, bytes],
    columns: Columns | None,
    on: date,
    regions: frozenset[str],
    outcomes: Sequence[Outcome],
    lang: str,
) -> bytes:
    """The senders' own sheets again: only rows that have faults, and a red column saying why and how to mend."""
    grids, layouts = _open(files, columns)
    book = lists.read_records(grids, layouts, on=on, known_regions=regions, demo_region=DEMO_REGION)
    return lists.marked_workbook(
        list(zip(grids, layouts, strict=True)),
        book.faults,
        outcomes=tuple(outcomes),
        lang="en" if lang == "en" else "zh",
    )


def _open(files: dict[str, bytes], columns: Columns | None) -> tuple[list[Grid], list[Layout]]:
    grids = [grid for name, content in files.items() for grid in lists.read_grids(content, name)]
    layouts = [lists.recognise(grid) for grid in grids]
    if columns is not None:
        layouts = [_corrected(layout, chosen) for layout, chosen in zip(layouts, columns, strict=True)]
    return grids, layouts


def _corrected(layout: Layout, chosen: Mapping[str, str | None]) -> Layout:
    for column in layout.columns:
        wanted = chosen.get(str(column.index), column.field)
        if wanted != column.field:
            layout = layout.with_column(column.index, wanted)
    return layout
