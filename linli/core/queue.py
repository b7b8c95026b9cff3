"""The queue under `jobs.py`: huey with its threads in the server's own process.

On the embedded database the queue is a second encrypted file; huey's own SQLite storage would open
Python's own SQLite, plain and of an unsafe version. On PostgreSQL it is huey's own tables there.
"""

from __future__ import annotations

import fcntl
import logging
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import sqlcipher3
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone
from huey import Huey, PostgresHuey, crontab
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from huey.storage import SqliteStorage

from linli.core import jobs
from linli.core.checkpoint import keep_checkpoint
from linli.core.embedded.base import apply_key
from linli.core.errors import LinliError

log = logging.getLogger(__name__)


class EncryptedStorage(SqliteStorage):  # type: ignore[misc]
    """Huey's SQLite storage on a keyed sqlcipher3 connection."""

    integrity_error = sqlcipher3.dbapi2.IntegrityError
    operational_error = sqlcipher3.dbapi2.OperationalError

    def _create_connection(self) -> Any:
        opened = sqlcipher3.dbapi2.connect(self.filename, timeout=self._timeout, check_same_thread=False)
        apply_key(opened, settings.LINLI_KEYRING().database)
        opened.isolation_level = None
        self._set_journal_mode(opened)
        opened.execute("PRAGMA synchronous=FULL")
        opened.execute("PRAGMA mmap_size=0")
        return opened


class EncryptedHuey(Huey):  # type: ignore[misc]
    """Huey on an encrypted file."""

    storage_class = EncryptedStorage


@cache
def queue() -> Huey:
    """The queue of this instance, with its three tasks."""
    made = _open()

    @made.task(name="run_job")  # type: ignore[untyped-decorator]
    def run(uid: str) -> None:
        close_old_connections()
        try:
            jobs.run_job(UUID(uid))
        finally:
            close_old_connections()

    @made.periodic_task(crontab(minute="*"), name="sweep")  # type: ignore[untyped-decorator]
    def sweep() -> None:
        close_old_connections()
        try:
            jobs.sweep(timezone.now())
        finally:
            close_old_connections()

    @made.periodic_task(crontab(minute="7"), name="checkpoint")  # type: ignore[untyped-decorator]
    def checkpoint() -> None:
        close_old_connections()
        try:
            keep_hourly_checkpoint()
        finally:
            close_old_connections()

    made.run_job = run
    return made


def keep_hourly_checkpoint() -> None:
    """Write the checkpoint outside, where a folder is named for it; `linli doctor` asks how old the newest is."""
    folder = settings.LINLI_CHECKPOINTS
    if not folder:
        return
    try:
        keep_checkpoint(Path(folder), timezone.now())
    except (LinliError, OSError) as error:
        log.error(
            "no audit checkpoint was kept: %s", error.code if isinstance(error, LinliError) else type(error).__name__
        )


def _open() -> Huey:
    # Messages are pickled: unsigned, whoever writes to the server's database could run code here, where the keys are.
    # A message signed before the secret changed is dropped; the sweep hands its job over again.
    given = {"results": False, "serializer": SignedSerializer(secret=settings.SECRET_KEY, salt="linli-jobs")}
    if connection.vendor == "postgresql":
        return PostgresHuey("linli", connection=_connect, **given)
    return EncryptedHuey("linli", filename=str(Path(settings.DATA) / "jobs.sqlite3"), **given)


def _connect() -> psycopg.Connection[Any]:
    """A connection of the queue's own, to the same server."""
    params = connection.get_connection_params()
    wanted = {key: value for key, value in params.items() if key not in ("cursor_factory", "context")}
    wanted.pop("prepare_threshold", None)
    return psycopg.connect(**wanted)


def _claim_the_jobs() -> Any:
    """What holds the right to do this instance's jobs while it is open; None when another process has it.

    Two processes would each take up what the other is doing, as left behind. The claim ends with the process, however
    that ends: a lock on a file, or of a connection to the server.
    """
    if connection.vendor == "postgresql":
        held = _connect()
        held.autocommit = True
        answer = held.execute("SELECT pg_try_advisory_lock(hashtext('linli-jobs'))").fetchone()
        if answer is not None and answer[0]:
            return held
        held.close()
        return None
    file = (Path(settings.DATA) / "jobs.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def enqueue(uid: UUID) -> None:
    """Give one job's uid to the workers."""
    queue().run_job(str(uid))


class Workers(Consumer):  # type: ignore[misc]
    """Huey's consumer beside the web server, which keeps the signals for itself."""

    def _set_signal_handlers(self) -> None:
        return

    claim: Any = None

    def stop(self, graceful: bool = False) -> None:
        """End the threads, waiting for what they do when `graceful`, and let go of the queue."""
        super().stop(graceful=graceful)
        self.huey.storage.close()
        if self.claim is not None:
            self.claim.close()


def start_workers(threads: int = 2) -> Workers | None:
    """Begin to do jobs in threads of this process; None when another process of this instance does them.

    Call `.stop(graceful=True)` before leaving.
    """
    claim = _claim_the_jobs()
    if claim is None:
        return None
    jobs.take_up_left_behind()
    workers = Workers(queue(), workers=threads, max_delay=1.0, check_worker_health=True, shutdown_timeout=20)
    workers.claim = claim
    workers.start()
    jobs.sweep(timezone.now() + jobs.MISSED_AFTER)
    return workers
