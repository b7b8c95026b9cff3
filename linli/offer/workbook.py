"""The offers workbook: what providers fill in, read into the canonical offers table with every fault at once.

Pure: no Django, no database. A fault *refused* drops the row (no id, no name, no known kind, a broken
capacity); *doubtful* keeps the row and what could be read. The template has drop-downs and a help sheet.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from linli.engines import lists
from linli.engines.assignment import KNOWN_CODES, NEED_CODES, OFFERS, read_slots, write_slot
from linli.engines.errors import BadInput, Fault
from linli.offer.parties import PARTIES, party_of
from linli.offer.words_reading import WORDS, say_fault

KIND_WORDS = {"service": "服务", "time": "时间", "goods": "物资", "space": "场地", "fund": "资金"}
__all__ = ["HEADINGS", "WORDS", "OfferBook", "read_offers", "say_fault"]

HEADINGS: dict[str, tuple[str, ...]] = {
    "offer_id": ("编号", "资源编号", "序号", "id"),
    "provider": ("提供方", "提供单位", "单位"),
    "party": ("主体", "五社主体"),
    "kind": ("类型", "资源类型", "类别"),
    "name": ("名称", "资源名称", "服务名称"),
    "need_codes": ("需求代码", "可满足需求", "对应需求", "服务内容"),
    "skills": ("技能", "专长"),
    "languages": ("语言", "会说"),
    "vetted_until": ("审查有效期", "审查有效到", "资质有效期"),
    "place_code": ("区划代码", "地点代码", "所在地代码"),
    "lat": ("纬度",),
    "lon": ("经度",),
    "capacity": ("名额", "数量", "容量"),
    "unit": ("单位（量）", "计量单位", "量词"),
    "slots": ("时间", "可服务时间", "时段"),
    "conditions": ("条件", "要求"),
    "valid_from": ("开始日期", "有效期起", "起"),
    "valid_to": ("结束日期", "有效期止", "止"),
    "people": ("服务人员", "人员"),
}
NEEDED = ("offer_id", "name", "kind", "need_codes", "capacity")
_LISTED = re.compile(r"[;；,，、\n]")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?")
_MOST_BYTES = 50_000_000


@dataclass(frozen=True)
class OfferBook:
    """Offers that could be made, in the order of the sheet, and every fault found."""

    offers: pa.Table
    faults: tuple[Fault, ...]


@dataclass
class _Row:
    """One row being read: where it stands and what is wrong with it."""

    file: str
    sheet: str
    number: int
    cells: dict[str, str]
    headings: dict[str, str]
    faults: list[Fault]

    def fault(
        self,
        field: str,
        code: str,
        value: str = "",
        outcome: Literal["refused", "doubtful"] = "doubtful",
        **params: str,
    ) -> None:
        column = self.headings.get(field, field)
        self.faults.append(Fault(code, outcome, self.file, self.sheet, self.number, column, value, params))


def read_offers(source: str | Path | bytes, name: str = "") -> OfferBook:
    """Offers from an XLSX, XLS or CSV file (a path, or its bytes and file name).

    Headings may be the canonical English names or the Chinese ones, in any order, with title rows above.
    Lists are separated by `;` `；` `,` `、`. Raises BadInput when no heading row can be found or read.
    """
    path = None if isinstance(source, bytes) else Path(source)
    file = name or (path.name if path else "")
    sheet, grid = _grid(source if isinstance(source, bytes) else _bytes(Path(source), file), file)
    top, columns, headings = _find_headings(grid, file, sheet)
    faults: list[Fault] = []
    rows: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(grid[top + 1 :], start=top + 2):
        if not any(cells):
            continue
        row = _Row(
            file,
            sheet,
            number,
            {field: cells[at] if at < len(cells) else "" for field, at in columns.items()},
            headings,
            [],
        )
        made = _read_row(row, seen)
        faults += row.faults
        if not any(fault.outcome == "refused" for fault in row.faults):
            rows.append(made)
    return OfferBook(pa.Table.from_pylist(rows, schema=OFFERS), tuple(faults))


def _bytes(path: Path, file: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BadInput([Fault("offer_unreadable", file=file)]) from None


def _grid(data: bytes, file: str) -> tuple[str, Sequence[Sequence[str]]]:
    """The first sheet that holds anything and is not hidden, as text; a merged provider stands in all its rows."""
    if len(data) > _MOST_BYTES:
        raise BadInput([Fault("offer_too_large", file=file)])
    try:
        grids = lists.read_grids(data, file)
    except BadInput as error:
        if error.faults[0].code == "file_empty":
            return "", []
        raise BadInput([Fault("offer_unreadable", file=file, row=error.faults[0].row)]) from None
    grid = next((grid for grid in grids if not grid.hidden), grids[0])
    return grid.sheet, grid.rows


def _find_headings(grid: Sequence[Sequence[str]], file: str, sheet: str) -> tuple[int, dict[str, int], dict[str, str]]:
    """The heading row (best of the first twenty), field → column, and field → heading as written."""
    known = {_plain(word): field for field, words in HEADINGS.items() for word in (field, *words)}
    best = max(range(min(len(grid), 20)), key=lambda at: sum(_plain(cell) in known for cell in grid[at]), default=None)
    if best is None or sum(_plain(cell) in known for cell in grid[best]) < 3:
        raise BadInput([Fault("offer_no_headings", file=file, sheet=sheet)])
    columns: dict[str, int] = {}
    faults: list[Fault] = []
    for at, cell in enumerate(grid[best]):
        field = known.get(_plain(cell))
        if field in columns:
            faults.append(Fault("offer_heading_twice", file=file, sheet=sheet, row=best + 1, column=cell))
        elif field:
            columns[field] = at
    missing = [field for field in NEEDED if field not in columns]
    faults += [
        Fault("offer_heading_missing", file=file, sheet=sheet, row=best + 1, column=f"{HEADINGS[field][0]} {field}")
        for field in missing
    ]
    if faults:
        raise BadInput(faults)
    return best, columns, {field: grid[best][at] for field, at in columns.items()}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().strip("*").casefold().replace(" ", "")


def _read_row(row: _Row, seen: dict[str, int]) -> dict[str, Any]:
    cells = row.cells
    for field in NEEDED:
        if not cells.get(field):
            row.fault(field, "offer_empty", outcome="refused")
    offer_id = cells.get("offer_id", "")
    if offer_id in seen:
        row.fault("offer_id", "offer_id_repeated", offer_id, "refused", first=str(seen[offer_id]))
    elif offer_id:
        seen[offer_id] = row.number
    made: dict[str, Any] = {
        name: cells.get(name) or None for name in ("offer_id", "provider", "name", "unit", "conditions")
    }
    made |= {name: _list(cells.get(name, "")) for name in ("skills", "languages", "people")}
    made |= {"kind": _kind(row), "party": _party(row), "need_codes": _codes(row), "capacity": _capacity(row)}
    made |= {name: _date(row, name) for name in ("vetted_until", "valid_from", "valid_to")}
    if made["valid_from"] and made["valid_to"] and made["valid_to"] < made["valid_from"]:
        row.fault("valid_to", "offer_dates_crossed", cells["valid_to"], "refused")
    made |= {"slots": _slots(row), "place_code": _place(row), **_point(row)}
    return made


def _list(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in _LISTED.split(text) if part.strip()))


def _kind(row: _Row) -> str | None:
    word = _plain(row.cells.get("kind", ""))
    kinds = {**{kind: kind for kind in KIND_WORDS}, **{words: kind for kind, words in KIND_WORDS.items()}}
    if word and word not in kinds:
        row.fault(
            "kind",
            "offer_bad_kind",
            row.cells["kind"],
            "refused",
            known="、".join(f"{kind} {words}" for kind, words in KIND_WORDS.items()),
        )
    return kinds.get(word)


def _party(row: _Row) -> str | None:
    written = row.cells.get("party", "")
    party = party_of(written)
    if written and party is None:
        row.fault("party", "offer_bad_party", written, known="、".join(word for word, _english in PARTIES.values()))
    return PARTIES[party][0] if party else None


def _codes(row: _Row) -> list[str]:
    """Known codes, written as codes or in Chinese or English words; unknown ones are named with the known list."""
    words = {_plain(word): code for code, both in NEED_CODES.items() for word in (code, *both)}
    found: list[str] = []
    for written in _list(row.cells.get("need_codes", "")):
        code = words.get(_plain(written))
        if code is None:
            row.fault(
                "need_codes",
                "offer_bad_code",
                written,
                known="、".join(f"{code} {NEED_CODES[code][0]}" for code in KNOWN_CODES),
            )
        elif code not in found:
            found.append(code)
    return found


def _capacity(row: _Row) -> int | None:
    written = unicodedata.normalize("NFKC", row.cells.get("capacity", ""))
    if written and not re.fullmatch(r"[0-9]{1,9}", written):
        row.fault("capacity", "offer_bad_capacity", written, "refused")
        return None
    return int(written) if written else None


def _date(row: _Row, field: str) -> date | None:
    written = unicodedata.normalize("NFKC", row.cells.get(field, "")).strip()
    if not written:
        return None
    # Run together only with all eight digits: 202611 is a month, not the first of January.
    match = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", written) or _DAY.fullmatch(written)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    # Dates are safety facts (vetting, validity): a row whose date cannot be read is refused.
    row.fault(field, "offer_bad_date", written, "refused")
    return None


def _slots(row: _Row) -> list[str]:
    written = row.cells.get("slots", "")
    try:
        return [write_slot(slot) for slot in read_slots(written)]
    except ValueError as error:
        row.fault("slots", "offer_bad_slots", str(error))
        return []


def _place(row: _Row) -> str | None:
    written = unicodedata.normalize("NFKC", row.cells.get("place_code", ""))
    if written and not re.fullmatch(r"[0-9]{2,12}", written):
        row.fault("place_code", "offer_bad_place", written)
        return None
    return written or None


def _point(row: _Row) -> dict[str, float | None]:
    lat = _degrees(row, "lat", 90.0, "offer_bad_latitude")
    lon = _degrees(row, "lon", 180.0, "offer_bad_longitude")
    if (lat is None) != (lon is None):
        row.fault("lon" if lon is None else "lat", "offer_half_point")
        return {"lat": None, "lon": None}
    return {"lat": lat, "lon": lon}


def _degrees(row: _Row, field: str, most: float, code: str) -> float | None:
    written = unicodedata.normalize("NFKC", row.cells.get(field, ""))
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not abs(value) <= most:
        row.fault(field, code, written)
        return None
    return value
