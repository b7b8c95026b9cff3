"""The shipped national table of divisions, read without a database."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

DIVISIONS = Path(__file__).parent / "data" / "divisions.csv"


def national_divisions(prefix: str = "") -> list[dict[str, str]]:
    """Rows of code and name, or those under a province's two digits."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["code"].startswith(prefix)]


@cache
def county_prefixes() -> frozenset[str]:
    """All six-digit codes of the table: what an ID number or a list may begin with."""
    return frozenset(row["code"] for row in national_divisions() if len(row["code"]) == 6)
