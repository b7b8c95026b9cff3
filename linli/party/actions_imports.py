"""Writes of imports up to confirming: a list comes in, is read, staged row by row, answered. One verb each."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from linli.core.acting import action, write_part
from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work
from linli.core.errors import BadInput, NotFound, stop_if
from linli.core.jobs import JobStopped, add_job, job_state, stop_job
from linli.core.notices import notify
from linli.core.sealed import blind_indexes, data_key
from linli.engines.progress import Progress, silent
from linli.party import compute, queries, queries_imports, rules_imports
from linli.party.actions import CHUNK
from linli.party.models import ImportBatch, ImportRow
from linli.party.reading import Upload


@action("person.import")
def upload_lists(*, actor: Actor, files: Mapping[str, bytes], place_path: str, stated_on: date) -> str:
    """Keep uploaded lists, sealed, before anything is read from them. Answers the batch's uid."""
    queries.allow(actor, "person.import", queries_imports.import_facts(place_path))
    batch = ImportBatch(
        created_at=actor.now,
        file_names=list(files),
        content_digest=hashlib.sha256(b"".join(files.values())).hexdigest(),
        place_path=place_path,
        maker_uid=actor.login_uid or uuid4(),
        stated_on=stated_on,
    )
    batch.content = json.dumps({name: content.hex() for name, content in files.items()})
    batch.job_uid = add_job(actor, "party.check_import", batch_uid=str(batch.uid))
    batch.save()
    size = sum(len(content) for content in files.values())
    record(actor, "person.import", kind="import", uid=batch.uid, digest=batch.content_digest, size=size)
    return str(batch.uid)


@action("person.import")
def ask_check(*, actor: Actor, batch_uid: UUID, columns: Sequence[Mapping[str, str | None]] | None) -> str:
    """Read the lists again with columns the user corrected."""
    batch = queries_imports.own_import(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_busy(job_state_of(batch)) or rules_imports.why_not_move(batch.state, "checked"))
    batch.job_uid = add_job(
        actor, "party.check_import", batch_uid=str(batch.uid), columns=list(columns) if columns else None
    )
    batch.save(update_fields=["job_uid"])
    record(actor, "person.import", kind="import", uid=batch.uid, step="columns")
    return str(batch.uid)


@action("person.import")
def stop_import(*, actor: Actor, batch_uid: UUID) -> str:
    """Stop reading or writing: what was there before stays, and of what was begun nothing is left."""
    batch = queries_imports.import_by_uid(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_stop(batch.state, job_state_of(batch)))
    assert batch.job_uid is not None, "an import at work has a job"
    stop_job(batch.job_uid, actor.now)
    record(actor, "person.import", kind="import", uid=batch.uid, step="stop")
    return str(batch.uid)


def stop_if_asked(batch: ImportBatch) -> None:
    """Asked in the transaction that would show the work, so that it is never shown after somebody stopped it."""
    if job_state_of(batch) == "stopped":
        raise JobStopped


def job_state_of(batch: ImportBatch) -> str | None:
    """How the job an import waits for stands; None when it waits for none."""
    job = job_state(batch.job_uid) if batch.job_uid else None
    return job["state"] if job else None


def as_uid(value: UUID | str) -> UUID:
    """A uid as a job carries it."""
    return value if isinstance(value, UUID) else UUID(value)


def check_import(
    *,
    actor: Actor,
    operation_id: UUID,
    batch_uid: UUID | str,
    columns: Sequence[Mapping[str, str | None]] | None = None,
    work: Progress = silent,
) -> str:
    """Read the list with these columns, match its rows with the people here, and stage every row with its faults.

    Reading and matching happen before any transaction opens: they take seconds, and the write lock
    may be held for a fraction of one only. Files that cannot be read at all end the import, each with its reason.
    """
    batch = queries_imports.import_by_uid(actor, as_uid(batch_uid))
    work("read")
    try:
        upload = compute.read_upload(
            actor,
            files_of(batch),
            columns,
            batch.stated_on or actor.today,
            queries_imports.corrected_cells(batch),
        )
    except BadInput as error:
        faults = error.params.get("faults") or [{"code": error.code}]
        return str(_mark_failed(actor=actor, operation_id=operation_id, batch_uid=batch.uid, faults=faults))
    work("link")
    matches = compute.match_records(actor, upload.book.records, batch.place_path)
    said = _said(batch)
    _clear_rows(actor=actor, operation_id=uuid4(), batch_uid=batch.uid)
    with unit_of_work():
        key = data_key(batch.uid, make=True)
    rows = _staged_rows(actor, batch, upload, matches)
    _say_again(rows, said)
    _answer_as_before(batch, rows)
    for row in rows:
        row.__dict__["_data_key"] = key
    for start in range(0, len(rows), CHUNK):
        work("stage", start, len(rows))
        part = rows[start : start + CHUNK]
        write_part(
            actor,
            operation_id,
            "person.import.rows",
            kind="import",
            content=[row.uid for row in part],
            write=partial(ImportRow.objects.bulk_create, part),
        )
    samples = json.dumps([{c.index: list(c.sample[:3]) for c in layout.columns} for layout in upload.layouts])
    layouts = _plain(upload)
    done = _mark_checked(actor=actor, operation_id=operation_id, batch_uid=batch.uid, layouts=layouts, samples=samples)
    return str(done)


@action("person.import")
def _clear_rows(*, actor: Actor, batch_uid: UUID) -> str:
    """Before rows are staged again the import counts as unread: stopped half-way, nobody confirms half of it."""
    batch = queries_imports.import_by_uid(actor, batch_uid, lock=True)
    if batch.state != "uploaded":
        stop_if(rules_imports.why_not_move(batch.state, "uploaded"))
        batch.state = "uploaded"
        batch.save(update_fields=["state"])
        record(actor, "person.import", kind="import", uid=batch.uid, step="again")
    ImportRow.objects.filter(batch=batch).delete()
    return str(batch.uid)


def _said(batch: ImportBatch) -> dict[tuple[str, str, int], ImportRow]:
    """The rows of which a person said who they are, before the lists are read again, by place."""
    rows = ImportRow.objects.filter(batch=batch, decision__in=("same", "new", "hold"))
    return {(row.file, row.sheet, row.row_number): row for row in rows}


def _say_again(rows: Sequence[ImportRow], said: Mapping[tuple[str, str, int], ImportRow]) -> None:
    """Decisions hold over another reading, where the row still is one that can be decided so."""
    for row in rows:
        before = said.get((row.file, row.sheet, row.row_number))
        if before is None or row.outcome == "refused" or (before.decision == "same" and not row.candidates):
            continue
        row.decision, row.person_id, row.decided_at = before.decision, before.person_id, before.decided_at
        row.who = rules_imports.who(json.loads(row.record))
        row.cluster = before.cluster or f"apart:{row.uid.hex}"


def _answer_as_before(batch: ImportBatch, rows: Sequence[ImportRow]) -> None:
    """A row sent again of which somebody said who it is, is that person still, if it resembles that person still."""
    asked: dict[str, set[str]] = {}
    together: dict[str, list[ImportRow]] = {}
    column = ImportRow._meta.get_field("who_index").indexed_column(ImportRow)
    for row in rows:
        if row.decision == "ask":
            together.setdefault(row.cluster, []).append(row)
            for index in blind_indexes(column, rules_imports.who(json.loads(row.record))):
                asked.setdefault(index, set()).add(row.cluster)
    for index, person, answered in queries_imports.answers(batch, list(asked)):
        for row in (row for cluster in asked[index] for row in together[cluster]):
            if row.decision == "ask" and str(person.uid) in {each["person"] for each in row.candidates}:
                row.decision, row.person, row.decided_at = "same", person, answered


def files_of(batch: ImportBatch) -> dict[str, bytes]:
    """The files of an import as they were sent."""
    return {name: bytes.fromhex(content) for name, content in json.loads(batch.content).items()}


def _plain(upload: Upload) -> list[dict[str, Any]]:
    return [
        {
            "file": layout.file,
            "sheet": layout.sheet,
            "is_list": layout.is_list,
            "title": layout.title,
            "groups": list(layout.groups),
            "faults": [
                fault.as_dict()
                for fault in upload.book.faults
                if fault.row is None and (fault.file, fault.sheet) == (layout.file, layout.sheet)
            ],
            "columns": [
                {
                    "index": c.index,
                    "heading": c.heading,
                    "field": c.field,
                    "why": c.why,
                    "rank": c.rank,
                    "code": c.code,
                }
                for c in layout.columns
            ],
        }
        for layout in upload.layouts
    ]


def _staged_rows(
    actor: Actor, batch: ImportBatch, upload: Upload, matches: Mapping[str, compute.Match]
) -> list[ImportRow]:
    faults: dict[tuple[str, str, int], list[dict[str, Any]]] = {}
    for fault in upload.book.faults:
        if fault.row is not None:
            faults.setdefault((fault.file, fault.sheet, fault.row), []).append(fault.as_dict())
    here = queries.person_ids(actor, [m.person_uid for m in matches.values() if m.person_uid])
    guarded = _guarded_clusters(matches)
    closed = {str(uid) for uid in queries_imports.people_closed_to_maker(batch)}
    rows = []
    for value in upload.book.records.to_pylist():
        place = (value["file"], value["sheet"], value["row"])
        match = matches[value["unique_id"]]
        found = faults.pop(place, [])
        row = _staged_row(actor, batch, place, value["unique_id"], found, upload.cells.get(place), value)
        row.outcome = "doubtful" if found else "taken"
        row.person_id = here.get(match.person_uid) if match.person_uid else None
        row.cluster, row.probability = match.cluster, match.probability
        if match.cluster in guarded:  # looks like any other row; waits for those who may see the person
            row.person_id, row.held_for_id = None, guarded[match.cluster]
            rows.append(row)
            continue
        row.candidates = [each for each in match.candidates if each["person"] not in closed]
        if row.candidates and row.person_id is None:
            part = hashlib.sha256(match.part.encode()).hexdigest()[:12]
            row.decision, row.cluster = "ask", rules_imports.asked(match.cluster, part)
        rows.append(row)
    for place, found in faults.items():
        rows.append(_staged_row(actor, batch, place, ":".join(map(str, place)), found, upload.cells.get(place), {}))
        rows[-1].outcome = "refused"
    return rows


def _guarded_clusters(matches: Mapping[str, compute.Match]) -> dict[str, int]:
    """Clusters of rows that are, or seem to be, a protected person: cluster → that person."""
    met: dict[str, set[UUID]] = {}
    for match in matches.values():
        people = {UUID(each["person"]) for each in match.candidates} | {match.person_uid or UUID(int=0)}
        met.setdefault(match.cluster, set()).update(people)
    protected = queries.protected_people()
    return {
        cluster: min(protected[uid] for uid in people & protected.keys())
        for cluster, people in met.items()
        if people & protected.keys()
    }


def _staged_row(
    actor: Actor,
    batch: ImportBatch,
    place: tuple[str, str, int],
    record_id: str,
    faults: list[dict[str, Any]],
    cells: Sequence[str] | None,
    value: Mapping[str, Any],
) -> ImportRow:
    file, sheet, number = place
    return ImportRow(
        created_at=actor.now,
        batch=batch,
        file=file,
        sheet=sheet,
        row_number=number,
        record_id=record_id,
        record=sealed_record(value, cells, faults),
        faults=faults_in_clear(faults),
    )


def sealed_record(value: Mapping[str, Any], cells: Sequence[str] | None, faults: list[dict[str, Any]]) -> str:
    """What a staged row keeps under seal: the record, the cells of a faulty or corrected row, its faults in full."""
    return json.dumps({**value, "cells": cells or (), "faults": faults}, ensure_ascii=False, default=str)


def faults_in_clear(faults: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Codes, outcomes and columns only: for counting."""
    return [{name: fault[name] for name in ("code", "outcome", "column")} for fault in faults]


@action("person.import")
def _mark_checked(*, actor: Actor, batch_uid: UUID, layouts: list[dict[str, Any]], samples: str) -> str:
    batch = queries_imports.import_by_uid(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_move(batch.state, "checked"))
    stop_if_asked(batch)
    batch.state, batch.layouts, batch.samples = "checked", layouts, samples
    batch.counts = counts_of(batch)
    batch.save(update_fields=["state", "layouts", "samples", "counts"])
    record(actor, "person.import", kind="import", uid=batch.uid, step="checked", **batch.counts)
    notify(actor, [batch.maker_uid], "party.import_checked", link=page_of(batch), **batch.counts)
    return str(batch.uid)


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """How many staged rows there are of each outcome, and how many are somebody already here."""
    outcomes = Counter(ImportRow.objects.filter(batch=batch).values_list("outcome", flat=True))
    counts = {name: outcomes.get(name, 0) for name in ("taken", "doubtful", "refused")}
    closed = queries_imports.people_closed_to_maker(batch).values()
    known = ImportRow.objects.filter(batch=batch, person__isnull=False).exclude(person__in=closed)
    return counts | {"matched": known.count()}


@action("person.import")
def _mark_failed(*, actor: Actor, batch_uid: UUID, faults: list[dict[str, Any]]) -> str:
    batch = queries_imports.import_by_uid(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_move(batch.state, "failed"))
    batch.state, batch.counts = "failed", {"faults": [{**fault, "value": ""} for fault in faults]}
    batch.save(update_fields=["state", "counts"])
    record(
        actor, "person.import", kind="import", uid=batch.uid, step="failed", codes=sorted({f["code"] for f in faults})
    )
    notify(actor, [batch.maker_uid], "party.import_failed", link=page_of(batch))
    return str(batch.uid)


def page_of(batch: ImportBatch) -> str:
    """Where an import is shown."""
    return f"/imports/{batch.uid}/"


@action("person.import")
def decide_row(*, actor: Actor, batch_uid: UUID, row_id: int, decision: str, person_uid: UUID | None) -> str:
    """Say of a doubtful row whether it is an existing person (`same`), somebody new (`new`), or stays out (`hold`).

    Rows that are certainly the same person are answered with it.
    """
    batch = queries_imports.own_import(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_busy(job_state_of(batch)) or rules_imports.why_not_move(batch.state, "checked"))
    row = ImportRow.objects.filter(batch=batch, pk=row_id).first()
    if row is None or decision not in ("same", "new", "hold"):
        raise NotFound()
    person_id = None
    if decision == "same":
        hidden = {str(uid) for uid in queries_imports.people_hidden(batch)}
        if person_uid is None or str(person_uid) not in {each["person"] for each in row.candidates} - hidden:
            raise NotFound()
        person_id = queries.person_ids(actor, [person_uid])[person_uid]
    pks = [row.pk]
    if rules_imports.is_answered_as_one(row.cluster):
        one = ImportRow.objects.filter(batch=batch, cluster=row.cluster).exclude(outcome="refused")
        pks = list(one.values_list("pk", flat=True))
    for each, held in queries_imports.import_records(batch, pks):
        each.decision, each.decided_at, each.who = decision, actor.now, rules_imports.who(held)
        each.person_id, each.cluster = person_id, f"{rules_imports.ANSWERED}{row.pk}"
        each.save(update_fields=["decision", "decided_at", "who", "who_index", "person", "cluster"])
    record(actor, "person.import", kind="import", uid=batch.uid, step="row", row=row.row_number, decision=decision)
    return str(batch.uid)
