"""Imports and their staged rows, for those who may import into their place."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.core.actor import Actor
from linli.core.decide import ObjectFacts, Sensitivity
from linli.core.errors import NotFound
from linli.core.policy import ACTIONS
from linli.core.sealed import data_keys
from linli.party.models import ImportBatch, ImportCorrection, ImportRow, Person
from linli.party.queries import allow


def import_by_uid(actor: Actor, uid: UUID, *, lock: bool = False) -> ImportBatch:
    """An import of a place where this actor may import; NotFound otherwise."""
    rows = ImportBatch.objects.select_for_update() if lock else ImportBatch.objects.all()
    batch = rows.filter(uid=uid).first()
    if batch is None:
        raise NotFound()
    allow(actor, "person.import", import_facts(batch.place_path))
    return batch


def import_facts(place_path: str, sensitivity: Sensitivity = Sensitivity.SENSITIVE) -> ObjectFacts:
    """What deciding needs to know of an import lying in a place; a list of people is sensitive."""
    return ObjectFacts(kind="import", place_path=place_path, sensitivity=sensitivity)


def imports(actor: Actor) -> QuerySet[ImportBatch]:
    """Imports of the places where this actor may import, newest first."""
    paths = [
        g.place_path for g in actor.facts.grants if g.role in ACTIONS["person.import"].roles and g.holds(actor.today)
    ]
    inside = Q(pk__in=[])
    for path in paths:
        inside |= Q(place_path__startswith=path)
    return ImportBatch.objects.filter(Q() if actor.system else inside).order_by("-created_at")


def rows_to_import(batch: ImportBatch) -> QuerySet[ImportRow]:
    """The rows that become people when the import is confirmed: not refused, not held back, no question open."""
    return rows_taken(batch).filter(held_for__isnull=True)


def rows_taken(batch: ImportBatch) -> QuerySet[ImportRow]:
    """What the importer is told goes in: with the rows that wait, unseen, for those who may see a protected person."""
    rows = ImportRow.objects.filter(batch=batch).exclude(outcome="refused")
    return rows.exclude(decision__in=("hold", "ask")).order_by("id")


def people_met(batch: ImportBatch) -> QuerySet[Person]:
    """The people already here to whom rows of this import belong."""
    return Person.objects.filter(pk__in=rows_to_import(batch).filter(person__isnull=False).values("person")).exclude(
        batch_uid=batch.uid
    )


def import_rows(batch: ImportBatch, segment: str) -> QuerySet[ImportRow]:
    """Staged rows in the order of the sheets: `look` at (faults, likenesses), `fine`, or all."""
    rows = ImportRow.objects.filter(batch=batch).order_by("file", "sheet", "row_number")
    fine = Q(outcome="taken", decision="") & ~_corrected()
    if segment == "look":
        return rows.exclude(fine)
    return rows.filter(fine) if segment == "fine" else rows


def _corrected() -> Q:
    """Rows in which somebody set a cell right: to be seen even when nothing is wrong any more."""
    same = {name: OuterRef(name) for name in ("batch", "file", "sheet", "row_number")}
    return Q(Exists(ImportCorrection.objects.filter(**same)))


def rows_to_compare(batch: ImportBatch) -> QuerySet[ImportRow]:
    """Rows that would go in but changed since the lists were compared with the people here."""
    return rows_to_import(batch).filter(cluster="")


def rows_held_for(person: Person) -> list[tuple[ImportRow, dict[str, Any]]]:
    """Rows of confirmed imports that seem to be about a protected person, opened; the caller has decided already."""
    rows = ImportRow.objects.filter(held_for=person, batch__state="visible").select_related("batch").order_by("id")
    opened = []
    for row in rows:
        row.__dict__["_data_key"] = data_keys([row.batch.uid])[row.batch.uid]
        opened.append((row, json.loads(row.record or "{}")))
    return opened


def corrections(batch: ImportBatch) -> list[ImportCorrection]:
    """The cells somebody set right, opened."""
    rows = list(ImportCorrection.objects.filter(batch=batch).order_by("id"))
    key = data_keys([batch.uid]).get(batch.uid) if rows else None
    for row in rows:
        row.__dict__["_data_key"] = key
        row.batch = batch
    return rows


def corrected_cells(batch: ImportBatch) -> dict[tuple[str, str, int, int], str]:
    """Where cells were set right, and what they say now."""
    return {(row.file, row.sheet, row.row_number, row.column): row.value for row in corrections(batch)}


def import_records(batch: ImportBatch, row_ids: Iterable[int]) -> list[tuple[ImportRow, dict[str, Any]]]:
    """Staged rows with their sealed records opened, in the order of the sheets."""
    key = data_keys([batch.uid])[batch.uid]
    rows = ImportRow.objects.filter(batch=batch, pk__in=list(row_ids)).select_related("person")
    opened = []
    for row in rows.order_by("file", "sheet", "row_number"):
        row.__dict__["_data_key"] = key
        row.batch = batch
        opened.append((row, json.loads(row.record or "{}")))
    return opened
