"""Django's SQLite backend driven by sqlcipher3: whole-file encryption, and a library we can trust.

Python's own SQLite (3.40.1 on Debian 12) carries the WAL-reset fault that can corrupt a database
(sqlite.org, fixed in 3.51.3), so it is never used: Django's backend module is imported once with
the encrypted driver standing under the standard library's names, which are then given back.

Every connection is keyed first, set to WAL, synchronous=FULL and no memory mapping, and then asked
whether it really is so. A connection that is not safe is refused with the reason and the cure.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import sqlcipher3
from django.core.exceptions import ImproperlyConfigured

from linli.core.startup_words import said

LOWEST_SAFE_VERSION = (3, 51, 3)
BUSY_MILLISECONDS = 20_000

_ours = {"sqlite3": sqlcipher3, "sqlite3.dbapi2": sqlcipher3.dbapi2}
_standard = {name: sys.modules.get(name) for name in _ours}
if "django.db.backends.sqlite3.base" in sys.modules:
    raise ImproperlyConfigured(said("loaded_before"))
sys.modules.update(_ours)
try:
    from django.db.backends.sqlite3 import base as stock
finally:
    for _name, _module in _standard.items():
        if _module is None:
            del sys.modules[_name]
        else:
            sys.modules[_name] = _module


class UnsafeDatabase(ImproperlyConfigured):
    """The embedded database would not keep its promises; the message says why and what to do."""


def why_unsafe(
    *, version: tuple[int, ...], journal: str, synchronous: int, mmap: int, foreign_keys: int, cipher: str
) -> str | None:
    """The first reason not to trust these settings, with its cure; None when all hold."""
    if version < LOWEST_SAFE_VERSION:
        return said("version_unsafe", version=".".join(map(str, version)))
    if not cipher:
        return said("not_encrypting")
    if journal != "wal":
        return said("journal_unsafe", journal=journal)
    if synchronous != 2:
        return said("synchronous_unsafe", synchronous=synchronous)
    if mmap:
        return said("mmap_unsafe")
    if not foreign_keys:
        return said("foreign_keys_off")
    return None


def apply_key(connection: Any, key: bytes) -> None:
    """Give a connection its 32-byte key, before anything is read or written.

    SQLCipher's own lines on stderr about a wrong key are switched off: what is wrong is said in words, once.
    A raw key skips the passphrase derivation, which would cost 100 ms and more per connection.
    """
    if len(key) != 32:
        raise ImproperlyConfigured(said("key_length"))
    connection.execute("PRAGMA cipher_log_level=NONE").fetchall()
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")


class Features(stock.DatabaseFeatures):  # type: ignore[name-defined,misc]
    """What this library can do beyond what Django assumes of any SQLite."""

    # SQLITE_MAX_VARIABLE_NUMBER since 3.32; Django's 999 makes bulk inserts thirty times as many statements.
    max_query_params = 32_766


class DatabaseWrapper(stock.DatabaseWrapper):
    """A connection to an encrypted file. OPTIONS["key"] holds a callable giving the 32 bytes."""

    features_class = Features
    display_name = "SQLite (encrypted)"

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        self._key = params.pop("key")
        params.setdefault("timeout", BUSY_MILLISECONDS / 1000)
        params["uri"] = False
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = self.Database.connect(**conn_params)
        try:
            self._prepare(connection, str(conn_params["database"]))
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: Any, name: str) -> None:
        apply_key(connection, self._key())
        connection.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except self.Database.DatabaseError as error:
            if "file is not a database" not in str(error):
                raise
            raise UnsafeDatabase(said("key_does_not_fit", file=Path(name).name)) from None
        stock.register_functions(connection)  # type: ignore[attr-defined]
        connection.execute("PRAGMA legacy_alter_table=OFF")
        _into_wal(connection)
        for setting in ("foreign_keys=ON", "synchronous=FULL", "mmap_size=0", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {setting}").fetchall()
        reason = why_unsafe(**settings_of(connection))
        if reason:
            raise UnsafeDatabase(reason)


def _into_wal(connection: Any) -> None:
    """Switch to WAL, waiting while another process does the same.

    Changing the mode needs an exclusive lock for a moment, and SQLite answers "locked" at once
    there instead of honouring the busy timeout.
    """
    for attempt in range(50):
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            return
        except sqlcipher3.dbapi2.OperationalError as error:
            if "locked" not in str(error) or attempt == 49:
                raise
            time.sleep(0.05)


def settings_of(connection: Any) -> dict[str, Any]:
    """What a live connection answers about itself, as `why_unsafe` wants it."""

    def ask(pragma: str) -> Any:
        row = connection.execute(f"PRAGMA {pragma}").fetchone()
        return row[0] if row else ""

    return {
        "version": tuple(sqlcipher3.dbapi2.sqlite_version_info),
        "journal": ask("journal_mode"),
        "synchronous": ask("synchronous"),
        "mmap": ask("mmap_size") or 0,
        "foreign_keys": ask("foreign_keys"),
        "cipher": ask("cipher_version"),
    }
