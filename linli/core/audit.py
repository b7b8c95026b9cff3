"""The audit record: every write, sensitive read and denial, chained by hash, in the same transaction.

Rows are collected while a unit of work runs and written by its last statement, so that the head of
the chain is locked for a moment only. `verify` re-reads the chain; a checkpoint kept elsewhere is
what reveals a cut tail or a chain written anew (docs/security.md I5, I6).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from linli.core.actor import Actor
from linli.core.models import AuditHead, AuditRow

GENESIS = "0" * 64


@dataclass
class _Unit:
    """The audit rows a running unit of work will write at its end."""

    operation_id: UUID | None = None
    rows: list[AuditRow] = field(default_factory=list)


_unit: ContextVar[_Unit | None] = ContextVar("linli_unit_of_work", default=None)


@contextmanager
def unit_of_work(operation_id: UUID | None = None) -> Iterator[None]:
    """One transaction with its audit rows. A unit inside a unit joins it."""
    if _unit.get() is not None:
        yield
        return
    unit = _Unit(operation_id)
    token = _unit.set(unit)
    with transaction.atomic():
        try:
            yield
            _write(unit.rows)
        finally:
            # Before the commit: what runs on commit is no part of this unit any more.
            _unit.reset(token)


def is_in_unit() -> bool:
    """Whether a unit of work runs: what is recorded now is written at its end, or falls with it."""
    return _unit.get() is not None


def record(
    actor: Actor,
    action: str,
    *,
    kind: str = "",
    uid: UUID | None = None,
    outcome: str = "done",
    **params: Any,
) -> None:
    """Add an audit row to the running unit of work. Values are codes and counts, never personal data."""
    unit = _unit.get()
    assert unit is not None, "record() outside a unit of work: the row could commit without its change"
    unit.rows.append(
        AuditRow(
            at=actor.now,
            actor_uid=actor.login_uid,
            actor_role=actor.role,
            action=action,
            outcome=outcome,
            object_kind=kind,
            object_uid=uid,
            operation_id=unit.operation_id,
            params=json.dumps(params, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str),
        )
    )


def record_now(actor: Actor, action: str, **rest: Any) -> None:
    """Record a read or a denial by itself: committed before the answer leaves, or no answer at all."""
    with unit_of_work():
        record(actor, action, **rest)


def _write(rows: list[AuditRow]) -> None:
    if not rows:
        return
    head = AuditHead.objects.select_for_update().get(pk=1)
    for row in rows:
        row.number = head.number + 1
        row.previous_hash = head.hash
        row.hash = chain_hash(head.hash, columns_of(row))
        head.number, head.hash = row.number, row.hash
    AuditRow.objects.bulk_create(rows)
    head.save(update_fields=["number", "hash"])


COLUMNS = ("number at actor_uid actor_role action outcome object_kind object_uid operation_id params").split()


def columns_of(row: AuditRow) -> tuple[str, ...]:
    """The row's values as text, in a form that both databases give back unchanged."""
    return (
        str(row.number),
        moment(row.at),
        _hex(row.actor_uid),
        row.actor_role,
        row.action,
        row.outcome,
        row.object_kind,
        _hex(row.object_uid),
        _hex(row.operation_id),
        row.params,
    )


def moment(at: datetime) -> str:
    """Microsecond UTC time, the precision both databases keep."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def _hex(uid: UUID | None) -> str:
    return uid.hex if uid else ""


def chain_hash(previous: str, columns: tuple[str, ...]) -> str:
    """SHA-256 over the previous hash and the length-marked columns, so that no two rows read alike."""
    text = previous + "".join([f"{len(c)}:{c}" for c in columns])
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Verdict:
    """What reading the chain found. `fault` is None when all of it holds."""

    rows: int
    head: str
    fault: str | None = None
    at_number: int | None = None


def verify(checkpoint: Mapping[str, Any] | None = None) -> Verdict:
    """Read the whole chain and compare it with its head, and with a checkpoint held elsewhere.

    Others may write meanwhile: the head is read before the rows and again after them, and what was
    read must reach from the one to the other.
    """
    head = AuditHead.objects.get(pk=1)
    previous, expected, at_head = GENESIS, 1, GENESIS
    known = {int(checkpoint["number"]): str(checkpoint["hash"])} if checkpoint else {}
    for number, columns, previous_hash, row_hash in _raw_rows():
        if number != expected:
            return Verdict(expected - 1, previous, "gap", number)
        if previous_hash != previous or chain_hash(previous, columns) != row_hash:
            return Verdict(expected - 1, previous, "altered", number)
        if known.get(number, row_hash) != row_hash:
            return Verdict(expected - 1, previous, "rewritten", number)
        previous, expected = row_hash, number + 1
        at_head = row_hash if number == head.number else at_head
    count = expected - 1
    if count < head.number or at_head != head.hash or count > AuditHead.objects.get(pk=1).number:
        return Verdict(count, previous, "cut", count)
    if checkpoint and int(checkpoint["number"]) > count:
        return Verdict(count, previous, "cut_since_checkpoint", int(checkpoint["number"]))
    return Verdict(count, previous)


def _raw_rows() -> Iterator[tuple[int, tuple[str, ...], str, str]]:
    """Rows by plain cursor, as they lie: a million of them must be read in seconds, a few thousand at a time."""
    sqlite = connection.vendor == "sqlite"
    # As text: Django would make a datetime of each moment, and this would make text of it again.
    names = ", ".join("CAST(at AS TEXT)" if sqlite and name == "at" else name for name in COLUMNS)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            f"SELECT {names}, previous_hash, hash FROM core_auditrow ORDER BY number"  # noqa: S608 – fixed column names
        )
        while rows := cursor.fetchmany(5000):
            for number, at, actor, role, action, outcome, kind, uid, operation, params, previous, row_hash in rows:
                if sqlite:
                    when = at if "." in at else at + ".000000"
                    who, what, by = actor or "", uid or "", operation or ""
                else:
                    when, who, what, by = moment(at), _hex(actor), _hex(uid), _hex(operation)
                columns = (str(number), when, who, role, action, outcome, kind, what, by, params)
                yield number, columns, previous, row_hash
