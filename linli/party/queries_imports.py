"""Imports for those who may import into their place; their rows for who sent them.

A row tells its maker nothing of people he may not know: it looks like somebody new.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.core.actor import Actor
from linli.core.decide import ObjectFacts, Sensitivity
from linli.core.errors import NotFound, Refused
from linli.core.policy import ACTIONS
from linli.core.sealed import data_keys
from linli.party.models import ImportBatch, ImportCorrection, ImportRow, Person
from linli.party.queries import allow, excluded_from, protected_people

HELD = "held:"  # how the cluster of a row begins that waited for who may see a protected person


def import_by_uid(actor: Actor, uid: UUID, *, lock: bool = False) -> ImportBatch:
    """An import of a place where this actor may import; NotFound otherwise."""
    rows = ImportBatch.objects.select_for_update() if lock else ImportBatch.objects.all()
    batch = rows.filter(uid=uid).first()
    if batch is None:
        raise NotFound()
    allow(actor, "person.import", import_facts(batch.place_path))
    return batch


def own_import(actor: Actor, uid: UUID, *, lock: bool = False) -> ImportBatch:
    """An import whose rows this actor may open: who sent the lists, nobody else of the place; Refused otherwise."""
    batch = import_by_uid(actor, uid, lock=lock)
    if not is_own(actor, batch):
        raise Refused("party.import_not_yours", reason="no_relationship")
    return batch


def is_own(actor: Actor, batch: ImportBatch) -> bool:
    """Whether this actor sent the lists (or is the program, which reads them for who did)."""
    return bool(actor.system) or batch.maker_uid == actor.login_uid


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


def people_closed_to_maker(batch: ImportBatch, *, since: datetime | None = None) -> dict[UUID, int]:
    """The people whom who sent the lists must never see, by uid; of them those closed since a moment, when asked."""
    closed = excluded_from(batch.maker_uid, since=since)
    rows = Person.objects.filter(Q(uid__in=closed) | Q(household_uid__isnull=False, household_uid__in=closed))
    return dict(rows.values_list("uid", "pk")) if closed else {}


def people_hidden(batch: ImportBatch) -> dict[UUID, int]:
    """Whom no row may name to who sent the lists: the protected, and who is closed to him. As things stand now."""
    return protected_people() | people_closed_to_maker(batch)


def forget_hidden(batch: ImportBatch, rows: Iterable[ImportRow]) -> set[int]:
    """Take out of rows in memory, for showing only, whom they may not name; gives the rows left without a question."""
    hidden = people_hidden(batch)
    names, ids = {str(uid) for uid in hidden}, set(hidden.values())
    settled = set()
    for row in rows:
        row.candidates = [each for each in row.candidates if each["person"] not in names]
        if row.person_id in ids:
            row.person = None
            row.decision = "" if row.decision == "same" else row.decision
        if row.decision == "ask" and not row.candidates:
            row.decision = ""
            settled.add(row.pk)
    return settled


def rows_to_look_at(batch: ImportBatch) -> tuple[list[ImportRow], list[ImportRow], int]:
    """The rows a person must look at; those that are fine once hidden people are out of them; how many wait no more."""
    rows = list(import_rows(batch, "look"))
    settled = forget_hidden(batch, rows)
    mended = set(ImportCorrection.objects.filter(batch=batch).values_list("file", "sheet", "row_number"))
    freed = [
        row
        for row in rows
        if row.pk in settled and row.outcome == "taken" and (row.file, row.sheet, row.row_number) not in mended
    ]
    return [row for row in rows if row not in freed], freed, len(settled)


def rows_unseen(batch: ImportBatch) -> QuerySet[ImportRow]:
    """Rows that wait, unseen, for those who may see a protected person: to the importer they count as somebody new."""
    return rows_taken(batch).filter(held_for__isnull=False)


def places_closed_since(batch: ImportBatch) -> set[tuple[str, str, int]]:
    """File, sheet and number of rows whose person is closed to who sent them only since: protected, or kept from him.

    Not among them: what was hidden from the start. That row looks like any other, or it would tell who is hidden.
    """
    closed = people_closed_to_maker(batch, since=batch.created_at)
    rows = ImportRow.objects.filter(batch=batch).exclude(cluster__startswith=HELD)
    rows = rows.filter(Q(person__is_protected=True) | Q(person__in=closed.values()))
    return set(rows.values_list("file", "sheet", "row_number"))


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


def answers(batch: ImportBatch, indexes: Sequence[str]) -> list[tuple[str, Person, datetime]]:
    """What was last said of rows with these indexes in the place's confirmed imports: who it is, and when."""
    last: dict[str, ImportRow] = {}
    said = ImportRow.objects.filter(batch__state="visible", batch__place_path=batch.place_path)
    for start in range(0, len(indexes), 500):
        rows = said.filter(who_index__in=indexes[start : start + 500], decided_at__isnull=False)
        last |= {row.who_index: row for row in rows.select_related("person").order_by("decided_at", "id")}
    return [
        (index, row.person, row.decided_at)
        for index, row in last.items()
        if row.decision != "hold" and row.person is not None and row.decided_at is not None
    ]


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
