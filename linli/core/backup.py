"""Backup while serving, and restore into an empty home (docs/security.md I12).

A backup is one tar file: `manifest.json` first, then the database and the uploaded files. On the
embedded database the copy is made by SQLite's own online backup onto a keyed, so encrypted, target;
on PostgreSQL by pg_dump. Keys are never in it. Nothing is believed on restore: every digest, the
database's own checks, the audit chain and the row counts are compared before the home appears.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from linli.core.audit import verify
from linli.core.checkpoint import Checkpoint, make_checkpoint, read_checkpoint, write_checkpoint
from linli.core.errors import BadInput

FORMAT = "linli-backup-1"
EMBEDDED, SERVER = "linli.sqlite3", "linli.pgdump"


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: each file with its SHA-256, how many rows each table has, where the audit ends."""

    database: str
    made_at: str
    files: dict[str, str]
    counts: dict[str, int]
    audit_number: int
    audit_hash: str
    format: str = FORMAT


def back_up(out: Path, now: datetime) -> Manifest:
    """Write a backup of the running instance to `out`, whole or not at all."""
    if out.exists():
        raise BadInput("core.backup_exists", file=str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".linli-backup-", dir=out.parent) as beside:
        folder = Path(beside)
        checkpoint = make_checkpoint(now)
        counts = _copy_database(folder)
        write_checkpoint(folder / "checkpoint.json", checkpoint)
        if _uploads().is_dir():
            shutil.copytree(_uploads(), folder / "files")
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        manifest = Manifest(
            database=connection.vendor,
            made_at=checkpoint.at,
            files={name: _digest(folder / name) for name in names},
            counts=counts,
            audit_number=checkpoint.number,
            audit_hash=checkpoint.hash,
        )
        (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        _pack(folder, ["manifest.json", *names], out)
    return manifest


def _uploads() -> Path:
    return Path(settings.DATA) / "files"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(folder: Path, names: list[str], out: Path) -> None:
    packed = folder / "packed.tar"
    handle = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as tar:
            for name in names:
                tar.add(folder / name, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(packed, out)


def _copy_database(folder: Path) -> dict[str, int]:
    if connection.vendor == "sqlite":
        return _copy_embedded(folder / EMBEDDED)
    return _dump_server(folder / SERVER)


def _dump_server(target: Path) -> dict[str, int]:
    """The dump and the counts look at one snapshot, so that writes meanwhile cannot part them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        counts = _counts()
        _run_postgres("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={target}")
    return counts


def _copy_embedded(target: Path) -> dict[str, int]:
    """One consistent picture: in WAL mode the copy reads while others go on writing."""
    import sqlcipher3

    from linli.core.embedded.base import apply_key

    key = settings.LINLI_KEYRING().database
    connection.ensure_connection()
    copy = sqlcipher3.dbapi2.connect(str(target))
    try:
        apply_key(copy, key)
        connection.connection.backup(copy)
        counts = {t: copy.execute(f'SELECT count(*) FROM "{t}"').fetchone()[0] for t in _tables()}  # noqa: S608
    finally:
        copy.close()
    target.chmod(0o600)
    return counts


def _tables() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_models() if model._meta.managed)


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in _tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 – names of our own models
            found[table] = int(cursor.fetchone()[0])
        return found


def _run_postgres(program: str, *args: str) -> None:
    """Run one of PostgreSQL's own programs against the settings' database."""
    if shutil.which(program) is None:
        raise BadInput("core.no_postgres_programs", program=program)
    params: dict[str, Any] = connection.get_connection_params()
    names = {"dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT"}
    given = {variable: str(params[name]) for name, variable in names.items() if params.get(name)}
    done = subprocess.run([program, *args], env={**os.environ, **given}, capture_output=True, text=True)
    if done.returncode:
        raise BadInput("core.postgres_program_failed", program=program, words=done.stderr.strip()[:400])


def unpack(file: Path, folder: Path) -> Manifest:
    """Lay a backup's files in an empty folder, each compared with its digest."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            for member in tar:
                _take_out(tar, member, folder)
        raw = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        manifest = Manifest(**raw)
    except (tarfile.TarError, OSError, ValueError, TypeError):
        raise BadInput("core.not_a_backup", file=file.name) from None
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise BadInput("core.backup_damaged", file=file.name, part=name)
    return manifest


def _take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One ordinary file, below the folder and nowhere else (Debian 12's tarfile has no filters yet)."""
    target = (folder / member.name).resolve()
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or not target.is_relative_to(folder.resolve()):
        raise tarfile.TarError(member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        shutil.copyfileobj(content, file, 1 << 20)


def lay_out_home(unpacked: Path, home: Path, keys: Path) -> None:
    """Arrange unpacked files as an instance's home, with the key file in its own folder."""
    data = home / "data"
    data.mkdir(parents=True, mode=0o700, exist_ok=True)
    if (unpacked / EMBEDDED).exists():
        os.replace(unpacked / EMBEDDED, data / EMBEDDED)
    if (unpacked / "files").is_dir():
        os.replace(unpacked / "files", data / "files")
    (home / "keys").mkdir(mode=0o700)
    shutil.copyfile(keys, home / "keys" / "keyring.json")
    (home / "keys" / "keyring.json").chmod(0o600)


def load_server_dump(unpacked: Path) -> None:
    """Fill the settings' PostgreSQL database, which must have no tables yet."""
    if connection.introspection.table_names():
        raise BadInput("core.database_not_empty")
    _run_postgres("pg_restore", "--no-owner", "--exit-on-error", "--dbname=" + connection.settings_dict["NAME"],
                  str(unpacked / SERVER))  # fmt: skip


def check_restored(manifest: Manifest, checkpoint_file: Path) -> Checkpoint:
    """Everything a restored database must pass; raises with the first thing that does not hold."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            said = cursor.fetchone()[0]
            if said != "ok":
                raise BadInput("core.restored_damaged", words=str(said)[:200])
    try:
        connection.check_constraints()
    except IntegrityError as error:
        raise BadInput("core.restored_damaged", words=str(error)[:200]) from None
    found = _counts()
    wrong = [table for table, count in manifest.counts.items() if found.get(table) != count]
    if wrong:
        raise BadInput("core.restored_counts_differ", tables=", ".join(wrong))
    checkpoint = read_checkpoint(checkpoint_file)
    verdict = verify({"number": checkpoint.number, "hash": checkpoint.hash})
    if verdict.fault:
        raise BadInput("core.audit_broken", fault=verdict.fault, number=verdict.at_number)
    return checkpoint
