"""Lists as departments send them → records: grids, recognised columns, values, faults with their cure."""

from __future__ import annotations

from linli.engines.lists.book import ListBook, SheetReport, read_records
from linli.engines.lists.columns import ColumnMap, column_map
from linli.engines.lists.grids import Grid, Limits, read_grids
from linli.engines.lists.identity import id_states
from linli.engines.lists.layout import Column, Layout, field_words, recognise
from linli.engines.lists.marked import marked_workbook, neutral
from linli.engines.lists.schema import records_schema
from linli.engines.lists.tables import fields
from linli.engines.lists.wording import groups_in
from linli.engines.lists.words import CURES, FAULTS, WHYS, explain, say

__all__ = [
    "CURES",
    "FAULTS",
    "WHYS",
    "Column",
    "ColumnMap",
    "Grid",
    "Layout",
    "Limits",
    "ListBook",
    "SheetReport",
    "column_map",
    "explain",
    "field_words",
    "fields",
    "groups_in",
    "id_states",
    "marked_workbook",
    "neutral",
    "read_grids",
    "read_records",
    "recognise",
    "records_schema",
    "say",
]
