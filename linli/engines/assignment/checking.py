"""What `linli check` asks of an assignment: the independent check of `check.py`, told as findings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from linli.engines.assignment.check import check as problems_of
from linli.engines.assignment.data import NEEDS, OFFERS
from linli.engines.assignment.reading import read_table
from linli.engines.errors import BadInput
from linli.engines.verdict import Finding


def check(document: dict[str, Any], inputs: dict[str, Path]) -> list[Finding]:
    """The certificate and, with `inputs["needs"]` and `inputs["offers"]`, the walls a person's safety rests on."""
    rows: list[list[dict[str, Any]] | None] = [None, None]
    if "needs" in inputs and "offers" in inputs:
        rows = [_rows(inputs["needs"], NEEDS), _rows(inputs["offers"], OFFERS)]
    problems = problems_of(document, *rows)
    return [Finding(False, code, params) for code, params in problems] or [Finding(True, "holds")]


def _rows(path: Path, schema: pa.Schema) -> list[dict[str, Any]]:
    table, faults = read_table(path, schema)
    if faults:
        raise BadInput(faults)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
