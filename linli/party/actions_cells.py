"""Setting a cell of an upload right before it is confirmed, and setting it back. The sheet itself stays as sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.errors import NotFound, Refused, stop_if
from linli.party import compute, queries_imports, rules_imports
from linli.party.actions_imports import counts_of, faults_in_clear, job_state_of, sealed_record
from linli.party.models import ImportBatch, ImportCorrection, ImportRow


@action("person.import")
def correct_cell(*, actor: Actor, batch_uid: UUID, row_id: int, column: int, value: str) -> dict[str, Any]:
    """Set one cell of a faulty row right and read the row again; the value as written sets it back.

    Answers what the row is now: its outcome and how many faults are left.
    """
    batch = queries_imports.own_import(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_busy(job_state_of(batch)) or rules_imports.why_not_move(batch.state, "checked"))
    row, held = _row(batch, row_id)
    cells = list(held.get("cells") or ())
    if not 0 <= column < len(cells):
        raise NotFound()
    stop_if(rules_imports.why_not_correct(cells[column], value))
    _keep_correction(actor, batch, row, column, cells[column], value)
    cells[column] = value
    lost = _lost(batch, row, held)
    found, faults = compute.read_row_again(actor, batch, row, cells, lost - _corrected(batch, row))
    if found is None and not faults:
        raise Refused("party.cell_no_person")
    row.record = sealed_record({**(found or {}), "lost": sorted(lost)}, cells, faults)
    row.faults = faults_in_clear(faults)
    row.outcome = "refused" if found is None else "doubtful" if faults else "taken"
    row.decision = row.decision if row.decision == "hold" else ""
    row.who, row.decided_at = None, None
    row.person, row.held_for, row.cluster, row.probability, row.candidates = None, None, "", None, []
    row.save()
    batch.counts = counts_of(batch)
    batch.save(update_fields=["counts"])
    record(
        actor, "person.import", kind="import", uid=batch.uid, step="cell", row=row.row_number, column=column,
        outcome_now=row.outcome,
    )  # fmt: skip
    return {"outcome": row.outcome, "faults": len(faults)}


def _row(batch: ImportBatch, row_id: int) -> tuple[ImportRow, dict[str, Any]]:
    found = queries_imports.import_records(batch, [row_id])
    if not found:
        raise NotFound()
    return found[0]


def _keep_correction(actor: Actor, batch: ImportBatch, row: ImportRow, column: int, old: str, value: str) -> None:
    """Remember what was written first, through however many corrections; written again, none is left."""
    place = {"file": row.file, "sheet": row.sheet, "row_number": row.row_number, "column": column}
    kept = ImportCorrection.objects.filter(batch=batch, **place).first()
    if kept is None:
        kept = ImportCorrection(batch=batch, **place, written=old)
    kept.batch = batch
    if kept.written == value:
        kept.delete()
        return
    kept.value, kept.maker_uid, kept.created_at = value, actor.login_uid, actor.now
    kept.save()


def _corrected(batch: ImportBatch, row: ImportRow) -> set[int]:
    place = {"file": row.file, "sheet": row.sheet, "row_number": row.row_number}
    return set(ImportCorrection.objects.filter(batch=batch, **place).values_list("column", flat=True))


def _lost(batch: ImportBatch, row: ImportRow, held: Mapping[str, Any]) -> frozenset[int]:
    """Columns of the row whose numbers had lost digits in the file, as the first reading found them."""
    if "lost" in held:
        return frozenset(held["lost"])
    sheet = next(each for each in batch.layouts if (each["file"], each["sheet"]) == (row.file, row.sheet))
    index = {column["heading"]: column["index"] for column in sheet["columns"]}
    lost = {index.get(fault["column"]) for fault in held.get("faults", []) if "lost" in fault["code"]}
    return frozenset(column for column in lost if column is not None)
