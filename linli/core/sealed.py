"""Encrypted fields and blind indexes: AES-256-GCM under a data key per owner, wrapped by a key-encryption key.

A sealed value is bound to its table, column, row uid and key (docs/security.md I7): moved to another
row it does not open. The blind index (I8) is a keyed HMAC over the normalised value, exact match
only, for high-entropy columns only. `core/keys.py` rotates.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

from linli.core.errors import LinliError
from linli.core.keyring import Keyring
from linli.core.models import DataKey

NONCE_BYTES = 12


class SealBroken(LinliError):
    """A sealed value does not open: altered, moved to another row, or its key was destroyed."""

    status = 500


def keyring() -> Keyring:
    """The instance's keys, from the settings."""
    ring: Keyring = settings.LINLI_KEYRING()
    return ring


def derived_key(purpose: str) -> bytes:
    """A key of its own for one purpose of the program: the same on every start, worth nothing for any other purpose."""
    return hmac.digest(keyring().secret, f"linli:{purpose}".encode(), hashlib.sha256)


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def make_data_keys(owner_uids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Fresh data keys for new owners, stored wrapped, in one statement; gives them in the clear."""
    ring = keyring().wrapping
    plain = {uid: AESGCM.generate_key(256) for uid in owner_uids}
    DataKey.objects.bulk_create(
        [
            DataKey(owner_uid=uid, wrapping_key_id=ring.current, wrapped=_wrap(ring.newest(), uid, key))
            for uid, key in plain.items()
        ],
        batch_size=400,
    )
    return plain


def data_keys(owner_uids: Iterable[UUID]) -> dict[UUID, bytes]:
    """The data keys of owners, unwrapped; an owner without one is absent."""
    ring = keyring().wrapping
    rows = DataKey.objects.in_bulk(list(owner_uids))
    return {uid: _unwrap(ring.keys.get(row.wrapping_key_id), uid, bytes(row.wrapped)) for uid, row in rows.items()}


def data_key(owner_uid: UUID, *, make: bool = False) -> bytes:
    """One owner's data key; made when asked and missing."""
    found = data_keys([owner_uid]).get(owner_uid)
    if found is not None:
        return found
    if make:
        return make_data_keys([owner_uid])[owner_uid]
    raise SealBroken("core.key_destroyed")


def destroy_data_key(owner_uid: UUID) -> None:
    """Make everything sealed for the owner unreadable for good (erasure; the audit stays)."""
    DataKey.objects.filter(pk=owner_uid).delete()


def rewrap(batch: int = 500) -> int:
    """Wrap data keys again under the current key-encryption key, a batch at a time; gives how many."""
    ring = keyring().wrapping
    rows = list(DataKey.objects.exclude(wrapping_key_id=ring.current)[:batch])
    for row in rows:
        key = _unwrap(ring.keys.get(row.wrapping_key_id), row.owner_uid, bytes(row.wrapped))
        row.wrapped, row.wrapping_key_id = _wrap(ring.newest(), row.owner_uid, key), ring.current
    DataKey.objects.bulk_update(rows, ["wrapped", "wrapping_key_id"])
    return len(rows)


def _wrap(wrapping_key: bytes, owner_uid: UUID, key: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(wrapping_key).encrypt(nonce, key, b"data-key:" + owner_uid.bytes)


def _unwrap(wrapping_key: bytes | None, owner_uid: UUID, wrapped: bytes) -> bytes:
    if wrapping_key is None:
        raise SealBroken("core.seal_broken")
    try:
        bound_to = b"data-key:" + owner_uid.bytes
        return _cipher(wrapping_key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        raise SealBroken("core.seal_broken") from None


def seal(key: bytes, bound_to: str, text: str) -> bytes:
    """Encrypt under a data key, bound to “table.column:uid”."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), bound_to.encode())


def unseal(key: bytes, bound_to: str, sealed: bytes) -> str:
    """The text again; anything altered or moved raises `SealBroken`."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode()).decode()
    except (InvalidTag, ValueError):
        raise SealBroken("core.seal_broken") from None


class _Opened:
    """Reads and writes the clear text on an instance; opens only when somebody reads it."""

    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type) -> Any:
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            row.refresh_from_db(fields=[self.field.attname])
        value = row.__dict__[self.field.attname]
        if isinstance(value, bytes | memoryview):
            key = row.__dict__.get("_data_key") or data_key(self.field.owner_of(row))
            value = unseal(key, self.field.bound_to(row), bytes(value))
            row.__dict__[self.field.attname] = value
        return value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text that lies encrypted in the database. `owner` names the attribute holding the key owner's uid."""

    def __init__(self, *args: Any, owner: str = "uid", **kwargs: Any) -> None:
        kwargs.setdefault("null", True)
        kwargs["editable"] = True
        super().__init__(*args, **kwargs)
        self.owner = owner

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.owner != "uid":
            kwargs["owner"] = self.owner
        return name, path, list(args), kwargs

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def owner_of(self, row: Any) -> UUID:
        uid: UUID = getattr(row, self.owner)
        return uid

    def bound_to(self, row: Any) -> str:
        return f"{row._meta.db_table}.{self.column}:{row.uid.hex}"

    def pre_save(self, row: Any, add: bool) -> Any:
        value = row.__dict__.get(self.attname)
        if value is None or isinstance(value, bytes | memoryview):
            return value
        key = row.__dict__.get("_data_key") or data_key(self.owner_of(row), make=True)
        return seal(key, self.bound_to(row), value)


def normal(value: str) -> str:
    """The form that is compared: no spaces or hyphens, upper case."""
    return "".join(value.split()).replace("-", "").upper()


def blind_indexes(column: str, value: str) -> list[str]:
    """The index of a value under every key in use, newest first: match any of them while rotating."""
    ring = keyring().index
    order = [ring.current, *(name for name in ring.keys if name != ring.current)]
    return [_index(ring.keys[name], name, column, value) for name in order]


def _index(key: bytes, key_id: str, column: str, value: str) -> str:
    column_key = hmac.digest(key, column.encode(), hashlib.sha256)
    return f"{key_id}:{hmac.new(column_key, normal(value).encode(), hashlib.sha256).hexdigest()}"


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """The keyed digest of another, sealed column; filled when the row is saved."""

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 80)
        kwargs.setdefault("db_index", True)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)
        self.source = source

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["source"] = self.source
        return name, path, list(args), kwargs

    def indexed_column(self, row: Any) -> str:
        return f"{row._meta.db_table}.{self.source}"

    def pre_save(self, row: Any, add: bool) -> Any:
        if self.source not in row.__dict__ or isinstance(row.__dict__[self.source], bytes | memoryview):
            return getattr(row, self.attname)
        held = row.__dict__[self.source]
        value = blind_indexes(self.indexed_column(row), held)[0] if held else ""
        setattr(row, self.attname, value)
        return value
