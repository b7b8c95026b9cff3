"""Where the keys come from: one file outside the data folder, never in the database or a backup.

`{"database": hex, "wrapping": {"current": "k1", "keys": {"k1": hex}}, "index": {…}, "signing": hex}`.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from linli.core.startup_words import said


@dataclass(frozen=True)
class KeySet:
    """Keys of one purpose by id; new data takes the current one, old data names its own."""

    current: str
    keys: dict[str, bytes]

    def newest(self) -> bytes:
        return self.keys[self.current]


@dataclass(frozen=True)
class Keyring:
    """All keys of an instance, in memory."""

    database: bytes
    wrapping: KeySet
    index: KeySet
    signing: bytes
    secret: bytes


def make_keyring_file(path: Path) -> None:
    """Write a new key file readable by its owner only; refuses to replace one."""
    fresh = {
        "database": secrets.token_hex(32),
        "wrapping": {"current": "k1", "keys": {"k1": secrets.token_hex(32)}},
        "index": {"current": "i1", "keys": {"i1": secrets.token_hex(32)}},
        "signing": secrets.token_hex(32),
        "secret": secrets.token_hex(32),
    }
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(fresh, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def read_keyring(path: Path) -> Keyring:
    """Read a key file; says what to do when it is missing, open to others or not whole."""
    if not path.exists():
        raise ImproperlyConfigured(said("keys_missing", path=path))
    if path.stat().st_mode & 0o077:
        raise ImproperlyConfigured(said("keys_open", path=path))
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Keyring(
            database=bytes.fromhex(raw["database"]),
            wrapping=_key_set(raw["wrapping"]),
            index=_key_set(raw["index"]),
            signing=bytes.fromhex(raw["signing"]),
            secret=bytes.fromhex(raw["secret"]),
        )
    except (ValueError, KeyError, TypeError):
        # Without the cause: a trace of it would show what stands in the file.
        raise ImproperlyConfigured(said("keys_broken", path=path)) from None


def add_key(path: Path, purpose: str) -> str:
    """Add a fresh key of `purpose` ("wrapping" or "index") and make it current; gives its id."""
    raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    keys = raw[purpose]["keys"]
    key_id = f"{purpose[0] if purpose == 'index' else 'k'}{len(keys) + 1}"
    keys[key_id] = secrets.token_hex(32)
    raw[purpose]["current"] = key_id
    beside = path.with_suffix(".new")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(raw, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    return key_id


def _key_set(raw: dict[str, Any]) -> KeySet:
    return KeySet(raw["current"], {name: bytes.fromhex(value) for name, value in raw["keys"].items()})
