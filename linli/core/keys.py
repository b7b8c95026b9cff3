"""Changing keys while serving: wrap data keys again, compute blind indexes again (docs/security.md G14).

A new key joins the key file and becomes the current one; the old stay, for what they closed and
for older backups. Every step is a small transaction, and what is left is found by looking, so that
being killed anywhere only means running it again. The database's own key is changed by restoring.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction

from linli.core.keyring import add_key
from linli.core.sealed import BlindIndexField, SealedTextField, blind_indexes, data_keys, keyring, rewrap, unseal
from linli.engines.progress import Progress, silent

BATCH = 500
SETTLE_SECONDS = 1.0


def add_current_key(path: Path, purpose: str) -> str:
    """Add a key to the file and give running requests time to see it; gives its id."""
    key_id = add_key(path, purpose)
    time.sleep(SETTLE_SECONDS)
    return key_id


def rewrap_all(tell: Progress = silent) -> int:
    """Wrap every data key under the current wrapping key; gives how many changed."""
    changed = 0
    while True:
        with transaction.atomic():
            count = rewrap(BATCH)
        if not count:
            return changed
        changed += count
        tell("rewrap", changed)


def reindex_all(tell: Progress = silent) -> int:
    """Compute every blind index again under the current index key; gives how many changed.

    Searches match the indexes of all keys meanwhile, so nothing is ever not found.
    """
    changed = 0
    for model, field in indexed_columns():
        while count := _reindex_batch(model, field):
            changed += count
            tell("reindex", changed)
    return changed


def indexed_columns() -> Iterator[tuple[type[models.Model], BlindIndexField]]:
    """Every blind index of the house."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, BlindIndexField):
                yield model, field


def _reindex_batch(model: type[models.Model], field: BlindIndexField) -> int:
    rows = model._default_manager.exclude(**{field.attname: ""}).exclude(
        **{f"{field.attname}__startswith": f"{keyring().index.current}:"}
    )
    source: Any = model._meta.get_field(field.source)
    assert isinstance(source, SealedTextField)
    with transaction.atomic():
        batch = list(rows.select_for_update().order_by("pk")[:BATCH])
        keys = data_keys({source.owner_of(row) for row in batch})
        for row in batch:
            key, held = keys.get(source.owner_of(row)), row.__dict__[field.source]
            text = unseal(key, source.bound_to(row), bytes(held)) if key and held is not None else None
            value = blind_indexes(field.indexed_column(row), text)[0] if text else ""
            setattr(row, field.attname, value)
        model._default_manager.bulk_update(batch, [field.attname])
    return len(batch)
