"""Writes a lot of rows the demo invents: in chunks, each in one unit of work with one audit row of count and digest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work
from linli.core.models import Row

CHUNK = 2000


def add(actor: Actor, rows: Sequence[Row]) -> None:
    """Insert rows of one table."""
    for start in range(0, len(rows), CHUNK):
        part = list(rows[start : start + CHUNK])
        with unit_of_work():
            _manager(part[0]).bulk_create(part)
            _note(actor, "demo.add", part)


def change(actor: Actor, rows: Sequence[Row], fields: Sequence[str]) -> None:
    """Write these fields of rows of one table again."""
    for start in range(0, len(rows), CHUNK):
        part = list(rows[start : start + CHUNK])
        with unit_of_work():
            _manager(part[0]).bulk_update(part, list(fields), batch_size=500)
            _note(actor, "demo.change", part, fields=list(fields))


def _manager(row: Row) -> Any:
    return type(row)._default_manager


def _note(actor: Actor, action: str, rows: Sequence[Row], **params: Any) -> None:
    digest = hashlib.sha256("".join(row.uid.hex for row in rows).encode()).hexdigest()
    record(actor, action, kind=str(rows[0]._meta.model_name), count=len(rows), digest=digest, **params)
