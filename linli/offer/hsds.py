"""HSDS 3 packages read into the offers table: services as JSON, or a tabular data package (folder or zip of CSV).

Human Services Data Specification 3.0 and 3.1 (Open Referral). HSDS says nothing of party or vetting: a service comes
in as 社会组织 and without vetting, so walls that need vetting stand until someone fills it in. Places left are said
since 3.1 (`service_capacity`); where nothing is said a service has one place, and that is doubtful. A service that is
not active is left out and named. Pure: no Django, no network; a package's links are never followed.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from linli.engines.assignment import NEED_CODES, OFFERS, write_slot
from linli.engines.assignment.slots import Slot
from linli.engines.errors import BadInput, Fault
from linli.offer.words_reading import WORDS, say_fault
from linli.offer.workbook import OfferBook

__all__ = ["WORDS", "read_package", "say_fault"]

_DAYS = {day: at for at, day in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_MOST_BYTES = 200_000_000
_TABLES = (
    "services",
    "organizations",
    "schedules",
    "service_at_location",
    "locations",
    "addresses",
    "attributes",
    "taxonomy_terms",
    "cost_options",
    "languages",
    "service_capacity",
    "units",
)


def read_package(source: str | Path | bytes, name: str = "") -> OfferBook:
    """Offers from an HSDS 3 service (one, a list, or a page with `contents`) or a tabular package.

    `source` is a JSON file, a zip, a folder of CSV, or the bytes of one of the first two. Raises BadInput
    when it is none of these; what is doubtful in a service is a fault that names its id.
    """
    file = name or ("" if isinstance(source, bytes) else Path(source).name)
    try:
        services = list(_services(source))
    except BadInput as bad:
        raise BadInput([Fault(fault.code, file=file) for fault in bad.faults]) from None
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        csv.Error,
        zipfile.BadZipFile,
        NotImplementedError,
    ):
        raise BadInput([Fault("hsds_unreadable", file=file)]) from None
    if not services:
        raise BadInput([Fault("hsds_no_services", file=file)])
    faults: list[Fault] = []
    unsaid = 0
    rows: dict[str, dict[str, Any]] = {}
    for number, service in enumerate(services, start=1):
        reading = _Service(service, file, number)
        offer = reading.offer()
        if offer and offer["offer_id"] in rows:
            reading.fault("hsds_id_repeated", "id", offer["offer_id"], "refused")
        elif offer:
            rows[offer["offer_id"]] = offer
            unsaid += not reading.says_capacity
        faults += reading.faults
    if unsaid:
        faults.append(Fault("hsds_no_capacity", "doubtful", file, params={"count": str(unsaid)}))
    return OfferBook(pa.Table.from_pylist(list(rows.values()), schema=OFFERS), tuple(faults))


def _services(source: str | Path | bytes) -> Iterator[Mapping[str, Any]]:
    if not isinstance(source, bytes):
        path = Path(source)
        if path.is_dir():
            yield from _joined({table: _csv_file(path / f"{table}.csv") for table in _TABLES})
            return
        source = path.read_bytes()
    if len(source) > _MOST_BYTES:
        raise BadInput([Fault("hsds_too_large")])
    if source[:2] == b"PK":
        yield from _joined(_zipped(source))
        return
    loaded = json.loads(source.decode("utf-8-sig"))
    found: Any = loaded.get("contents", loaded.get("services", [loaded])) if isinstance(loaded, dict) else loaded
    yield from (service for service in found if isinstance(service, dict))


def _csv_file(path: Path) -> list[dict[str, str]]:
    return _csv(path.read_bytes()) if path.is_file() else []


def _csv(data: bytes) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [
        {key: value for key, value in row.items() if isinstance(key, str) and isinstance(value, str) and value}
        for row in rows
    ]


def _zipped(data: bytes) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {Path(member.filename).name: member for member in package.infolist()}
        wanted = {table: members[f"{table}.csv"] for table in _TABLES if f"{table}.csv" in members}
        if sum(member.file_size for member in wanted.values()) > _MOST_BYTES:
            raise BadInput([Fault("hsds_too_large")])
        return {table: _csv(package.read(member)) for table, member in wanted.items()}


def _joined(tables: Mapping[str, list[dict[str, str]]]) -> Iterator[dict[str, Any]]:
    """The flat tables as the nested services that JSON has."""
    by: dict[tuple[str, str], dict[str, list[dict[str, str]]]] = {}

    def group(table: str, key: str) -> dict[str, list[dict[str, str]]]:
        if (table, key) not in by:
            groups: dict[str, list[dict[str, str]]] = defaultdict(list)
            for row in tables.get(table, ()):
                groups[row.get(key, "")].append(row)
            by[table, key] = groups
        return by[table, key]

    def one(table: str, uid: str | None) -> dict[str, str]:
        return group(table, "id").get(uid or "", [{}])[0] if uid else {}

    def of_place(uid: str | None) -> list[dict[str, str]]:
        """The hours of a place itself, of whatever service."""
        hours = group("schedules", "location_id")[uid or "-"]
        return [row for row in hours if not row.get("service_id") and not row.get("service_at_location_id")]

    for service in tables.get("services", ()):
        uid = service.get("id", "-")
        places: list[dict[str, Any]] = []
        for row in group("service_at_location", "service_id")[uid]:
            where: dict[str, Any] = {**one("locations", row.get("location_id"))}
            where["schedules"] = of_place(row.get("location_id"))
            hours = group("schedules", "service_at_location_id")[row.get("id", "-")]
            places.append({**row, "location": where, "schedules": hours})
        capacities = [
            {**row, "unit": one("units", row.get("unit_id"))} for row in group("service_capacity", "service_id")[uid]
        ]
        terms = [
            {"taxonomy_term": one("taxonomy_terms", row.get("taxonomy_term_id"))}
            for row in group("attributes", "link_id")[uid]
        ]
        yield {
            **service,
            "organization": one("organizations", service.get("organization_id")),
            "service_at_locations": places,
            "attributes": terms,
            "capacities": capacities,
            **{table: group(table, "service_id")[uid] for table in ("schedules", "cost_options", "languages")},
        }


class _Service:
    """One service on its way to an offer, with what is wrong with it."""

    def __init__(self, service: Mapping[str, Any], file: str, number: int) -> None:
        self.service, self.file, self.number = service, file, number
        self.faults: list[Fault] = []
        self.says_capacity = False

    def fault(
        self,
        code: str,
        column: str,
        value: object = "",
        outcome: Literal["refused", "doubtful"] = "doubtful",
        **params: str,
    ) -> None:
        self.faults.append(Fault(code, outcome, self.file, "services", self.number, column, str(value)[:200], params))

    def offer(self) -> dict[str, Any] | None:
        """The offer, or None where none can be made (a refused fault says why)."""
        service = self.service
        uid, name, status = (_text(service.get(key)) for key in ("id", "name", "status"))
        if not uid or not name:
            self.fault("hsds_no_name" if uid else "hsds_no_id", "name" if uid else "id", uid, "refused")
            return None
        if status and status != "active":
            self.fault("hsds_inactive", "status", uid, status=status)
            return None
        codes, others = self._codes()
        slots, start, end = self._schedules()
        if any(fault.outcome == "refused" for fault in self.faults):
            return None
        organisation = service.get("organization")
        return {
            "offer_id": uid,
            "provider": _text(organisation.get("name")) if isinstance(organisation, Mapping) else None,
            "party": "社会组织",
            "kind": "service",
            "name": name,
            "need_codes": codes,
            "skills": others,
            "languages": list(
                dict.fromkeys(
                    filter(None, (_text(row.get("name") or row.get("code")) for row in _rows(service, "languages")))
                )
            ),
            **self._capacity(),
            "slots": slots,
            "conditions": self._conditions(),
            "valid_from": start,
            "valid_to": end,
            **self._place(),
        }

    def _capacity(self) -> dict[str, int | str | None]:
        """Places left, else places at all, summed where they are of one unit; one place where nothing is said."""
        rows = list(_rows(self.service, "capacities"))
        told = [_number(row.get("maximum") if row.get("available") in (None, "") else row["available"]) for row in rows]
        units = [unit.get("name") if isinstance(unit := row.get("unit"), Mapping) else None for row in rows]
        places = [
            int(n) for n, unit in zip(told, units, strict=True) if n is not None and 0 <= n < 1e9 and unit == units[0]
        ]
        self.says_capacity = bool(places)
        return {"capacity": sum(places), "unit": _text(units[0])} if places else {"capacity": 1, "unit": None}

    def _codes(self) -> tuple[list[str], list[str]]:
        """Need codes, and the terms that map to none."""
        codes: list[str] = []
        others: list[str] = []
        for row in _rows(self.service, "attributes"):
            term = row.get("taxonomy_term")
            if not isinstance(term, Mapping):
                continue
            names = [_text(term.get("code")) or "", _text(term.get("name")) or ""]
            code = next((known for text in names if (known := _terms().get(text.strip().casefold()))), None)
            if code:
                codes.append(code)
            elif any(names):
                others.append(names[1] or names[0])
                self.fault("hsds_unknown_term", "taxonomy_term", names[1] or names[0])
        if not codes:
            self.fault("hsds_no_term", "attributes", _text(self.service.get("id")) or "")
        return list(dict.fromkeys(codes)), list(dict.fromkeys(others))

    def _schedules(self) -> tuple[list[str], date | None, date | None]:
        """Weekly slots, and the period all schedules lie in: the service's own, else those at its places, else the
        places' own."""
        places = list(_rows(self.service, "service_at_locations"))
        rows = list(_rows(self.service, "schedules"))
        rows = rows or [row for place in places for row in _rows(place, "schedules")]
        where = [place["location"] for place in places if isinstance(place.get("location"), Mapping)]
        rows = rows or [row for place in where for row in _rows(place, "schedules")]
        slots: list[Slot] = []
        starts: list[date | None] = []
        ends: list[date | None] = []
        for row in rows:
            try:
                slots += _weekly(row)
            except ValueError:
                self.fault("hsds_bad_schedule", "schedules", row.get("byday") or row.get("opens_at") or "")
            try:
                starts.append(_day(row.get("valid_from")))
                ends.append(_day(row.get("valid_to") or row.get("until")))
            except ValueError:
                self.fault("hsds_bad_date", "schedules", row.get("valid_from") or "", "refused")
        start = min((day for day in starts if day), default=None) if all(starts) else None
        end = max((day for day in ends if day), default=None) if all(ends) else None
        return [write_slot(slot) for slot in sorted(set(slots))], start, end

    def _place(self) -> dict[str, float | None]:
        """The first location with usable coordinates."""
        for place in _rows(self.service, "service_at_locations"):
            location = place.get("location")
            if not isinstance(location, Mapping) or location.get("latitude") in (None, ""):
                continue
            lat, lon = (_number(location.get(key)) for key in ("latitude", "longitude"))
            if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180:
                return {"lat": lat, "lon": lon}
            self.fault("hsds_bad_place", "latitude", f"{location.get('latitude')}, {location.get('longitude')}")
        return {"lat": None, "lon": None}

    def _conditions(self) -> str | None:
        """Ages and a fee in yuan in the machine's words; the rest as written."""
        service = self.service
        items = [
            f"age{sign}{int(age)}"
            for key, sign in (("minimum_age", ">="), ("maximum_age", "<="))
            if (age := _number(service.get(key))) is not None and 0 <= age <= 150
        ]
        costs = [row for row in _rows(service, "cost_options") if _number(row.get("amount")) is not None]
        yuan = [
            _number(row.get("amount")) or 0.0
            for row in costs
            if (_text(row.get("currency")) or "").casefold() in ("cny", "rmb")
        ]
        if yuan and 0 <= max(yuan) < 1e9:
            items.append(f"fee_fen={round(max(yuan) * 100)}")
        written = [service.get("eligibility_description"), None if yuan else service.get("fees_description")]
        items += [
            text.replace(";", "，").replace("；", "，").replace("\n", " ") for one in written if (text := _text(one))
        ]
        return "；".join(items) or None


@cache
def _terms() -> dict[str, str]:
    """Term (small letters) → need code: the shipped table, and Linli's own codes and words."""
    table: dict[str, str] = tomllib.loads((Path(__file__).parent / "data/hsds_terms.toml").read_text(encoding="utf-8"))[
        "terms"
    ]
    own = {word.casefold(): code for code, words in NEED_CODES.items() for word in (code, *words)}
    return {**table, **own}


def _rows(holder: Mapping[str, Any], key: str) -> Iterable[Mapping[str, Any]]:
    found = holder.get(key)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def _weekly(row: Mapping[str, Any]) -> list[Slot]:
    """Half-hour slots of a weekly schedule; [] where it is not weekly or names no day or no hours.

    Times may end with seconds or a zone; the zone is not used.
    """
    if (_text(row.get("freq")) or "WEEKLY").upper() != "WEEKLY":
        return []
    days = [day.strip()[-2:].upper() for day in (_text(row.get("byday")) or "").split(",") if day.strip()]
    opens, closes = (_minutes(row.get(key)) for key in ("opens_at", "closes_at"))
    if not days or opens is None or closes is None:
        return []
    if any(day not in _DAYS for day in days) or closes // 30 <= -(-opens // 30):
        raise ValueError(row.get("byday"))
    return [(_DAYS[day], -(-opens // 30), closes // 30) for day in days]


def _minutes(value: object) -> int | None:
    text = _text(value)
    if not text:
        return None
    hours, minutes = int(text[:2]), int(text[3:5])
    if not (0 <= hours <= 24 and 0 <= minutes < 60 and hours * 60 + minutes <= 1440):
        raise ValueError(text)
    return hours * 60 + minutes


def _day(value: object) -> date | None:
    text = _text(value)
    return date.fromisoformat(text[:10]) if text else None


def _number(value: object) -> float | None:
    try:
        number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        return None
    return number if number is not None and abs(number) < 1e12 else None


def _text(value: object) -> str | None:
    return str(value).strip() or None if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
