"""Reads the demo county's pack: places, organisations, stations, logins, offers, parameters.

Holds no rule and invents nothing: what stands in the pack's files is returned as tables of text
and numbers. The real four levels of divisions are shipped by the place block, not by the pack.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

LOUXI = Path(__file__).resolve().parents[3] / "packs" / "louxi"
_TEXT = pa.string()
_FLAGS = {"has_service_point": pa.int8(), "urban": pa.int8(), "demo": pa.int8()}
_NUMBERS = {"lat": pa.float64(), "lon": pa.float64(), "weight": pa.float64()}
_WHOLE = {"col": pa.int32(), "row": pa.int32(), "capacity": pa.int32(), "workers": pa.int32(), "area_m2": pa.int32()}
_DAYS = {name: pa.date32() for name in ("valid_from", "valid_to", "vetted_until", "opened_on", "contract_to", "since")}


@dataclass(frozen=True)
class Pack:
    """One county's files.

    `offers` has the columns of the offers workbook, lists joined by `;`; `cast` are the named people.
    """

    county: dict[str, Any]
    parameters: dict[str, float]
    roles: dict[str, tuple[str, str]]
    places: pa.Table
    organisations: pa.Table
    stations: pa.Table
    logins: pa.Table
    offers: pa.Table
    cast: dict[str, Any]

    @property
    def on(self) -> date:
        """The day the demo stands on unless another is given."""
        day: date = self.county["on"]
        return day


def read(folder: Path = LOUXI) -> Pack:
    """Read the pack in `folder`; a missing file raises FileNotFoundError."""
    told = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8"))
    files = {name: _table(folder / file) for name, file in told["files"].items()}
    return Pack(
        county=told["county"],
        parameters={p["name"]: p["value"] for p in told["parameters"]},
        roles={r["code"]: (r["zh"], r["en"]) for r in told["roles"]},
        places=files["places"],
        organisations=files["organisations"],
        stations=files["stations"],
        logins=files["people"],
        offers=files["offers"],
        cast=tomllib.loads((folder / "cast.toml").read_text(encoding="utf-8")),
    )


def _table(path: Path) -> pa.Table:
    """A CSV as text, except the columns known to be numbers or days; empty cells are null."""
    with path.open(encoding="utf-8") as file:
        heads = file.readline().strip().split(",")
    known = {**_FLAGS, **_NUMBERS, **_WHOLE, **_DAYS}
    return pacsv.read_csv(
        path,
        convert_options=pacsv.ConvertOptions(
            column_types={head: known.get(head, _TEXT) for head in heads}, strings_can_be_null=True, null_values=[""]
        ),
    )
