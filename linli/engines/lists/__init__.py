"""Lists as departments send them → records: grids, recognised columns, values, faults with their cure."""

from __future__ import annotations

from linli.engines.lists.grids import Grid, Limits, read_grids
from linli.engines.lists.layout import Column, Layout, field_words, recognise

__all__ = ["Column", "Grid", "Layout", "Limits", "field_words", "read_grids", "recognise"]
