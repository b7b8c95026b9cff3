"""Lists as departments send them → records: grids, recognised columns, values, faults with their cure."""

from __future__ import annotations

from linli.engines.lists.grids import Grid, Limits, read_grids

__all__ = ["Grid", "Limits", "read_grids"]
