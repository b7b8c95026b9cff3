"""Writes to the tree of places: seeding from tables, and later changes as dated codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import uuid4

from django.db import connection

from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work
from linli.core.errors import BadInput
from linli.place import rules
from linli.place.models import Place, PlaceCode

ORDER = ("province", "prefecture", "county", "town", "community", "grid")


CHUNK = 10_000


def load_places(*, actor: Actor, rows: Iterable[Mapping[str, str]]) -> int:
    """Add places that are not there yet, level by level. Columns: code, name, and any of name_en,
    kind, urban_class, col, row, lat, lon, has_service_point, valid_from, valid_to, replaced_by.

    Loading again adds nothing twice, so a load that was cut short is simply repeated.
    """
    wanted = [dict(row) for row in rows]
    odd = [row["code"] for row in wanted if rules.level_of(row["code"]) is None]
    if odd:
        raise BadInput("place.no_code", codes="、".join(odd[:5]), count=len(odd))
    known = dict(Place.objects.values_list("code", "id"))
    fresh = [row for row in wanted if row["code"] not in known]
    fresh.sort(key=lambda row: (ORDER.index(str(rules.level_of(row["code"]))), row["code"]))
    for _, group in groupby(fresh, key=lambda row: rules.level_of(row["code"])):
        level = list(group)
        _refuse_orphans(level, known)
        for start in range(0, len(level), CHUNK):
            with unit_of_work():
                _add(level[start : start + CHUNK], known, actor.now)
    with unit_of_work():
        record(actor, "place.load", kind="place", count=len(fresh))
    return len(fresh)


def _refuse_orphans(rows: list[dict[str, str]], known: dict[str, int]) -> None:
    orphans = [r["code"] for r in rows if (up := rules.parent_code(r["code"])) is not None and up not in known]
    if orphans:
        raise BadInput("place.no_parent", codes="、".join(orphans[:5]), count=len(orphans))


def _add(rows: list[dict[str, str]], known: dict[str, int], now: datetime) -> None:
    """Insert rows of one level. Plain statements: for the national table they take a fifth of the ORM's time."""
    columns = [str(field.column) for field in Place._meta.concrete_fields if field.column != "id"]
    at = Place._meta.get_field("created_at").get_db_prep_save(now, connection)
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {Place._meta.db_table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 – our own
    as_text = not connection.features.has_native_uuid_field
    values = ({**_columns(row, known), "created_at": at, "uid": _uid(as_text)} for row in rows)
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[each[column] for column in columns] for each in values])
    known |= dict(Place.objects.filter(level=rules.level_of(rows[0]["code"])).values_list("code", "id"))
    _add_codes(rows, known)


def _uid(as_text: bool) -> Any:
    return uuid4().hex if as_text else uuid4()


def _columns(row: dict[str, str], known: dict[str, int]) -> dict[str, Any]:
    """What a row of the table says, by the database's columns."""
    code = row["code"]
    return {
        "code": code,
        "name": row["name"],
        "name_en": row.get("name_en") or "",
        "level": str(rules.level_of(code)),
        "kind_word": row.get("kind") or "",
        "parent_id": known.get(rules.parent_code(code) or ""),
        "path": rules.path_of(code),
        "urban_rural_class": row.get("urban_class") or "",
        "has_service_point": row.get("has_service_point") == "1",
        "tile_column": _whole(row.get("col")),
        "tile_row": _whole(row.get("row")),
        "lat": _real(row.get("lat")),
        "lon": _real(row.get("lon")),
    }


def _add_codes(rows: list[dict[str, str]], known: dict[str, int]) -> None:
    PlaceCode.objects.bulk_create(
        [
            PlaceCode(
                place_id=known[row["code"]],
                code=row["code"],
                valid_from=_day(row.get("valid_from")),
                valid_to=_day(row.get("valid_to")),
                replaced_by=row.get("replaced_by", ""),
            )
            for row in rows
            if row.get("valid_from") or row.get("valid_to") or row.get("replaced_by")
        ]
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text else None


def _real(text: str | None) -> float | None:
    return float(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
