"""The shipped national table of divisions, read without a database."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

DIVISIONS = Path(__file__).parent / "data" / "divisions.csv"
# No province is numbered 99: under 9999 stand the counties that demo packs invent.
INVENTED = frozenset(f"9999{number:02d}" for number in range(100))


def national_divisions(prefix: str = "") -> list[dict[str, str]]:
    """Rows of code and name, or those under a province's two digits."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["code"].startswith(prefix)]


@cache
def county_prefixes() -> frozenset[str]:
    """All six-digit codes of the table and those of invented counties: what an ID number or a list may begin with."""
    return frozenset(row["code"] for row in national_divisions() if len(row["code"]) == 6) | INVENTED
