"""A backup is taken while others write, holds together, and never holds a key."""

from __future__ import annotations

import json
import tarfile
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.core import backup
from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.errors import BadInput

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_backup_taken_while_a_thread_writes_is_one_moment(system: Actor, now: datetime, tmp_path: Path) -> None:
    stop, written, faults = threading.Event(), [], []

    def write() -> None:
        try:
            while not stop.is_set():
                record_now(system, "need.write", n=len(written))
                written.append(1)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 5 and not faults:
            stop.wait(0.01)
        manifest = backup.back_up(tmp_path / "b.tar", now)
        before_end = len(written)
        while len(written) < before_end + 5 and not faults:
            stop.wait(0.01)
    finally:
        stop.set()
        writer.join()
    assert not faults
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    assert backup.unpack(tmp_path / "b.tar", unpacked) == manifest
    assert manifest.audit_number <= manifest.counts["core_auditrow"] <= len(written)
    if connection.vendor == "sqlite":
        rows, head = _rows_and_head(unpacked / backup.EMBEDDED)
        assert rows == head == manifest.counts["core_auditrow"]


def _rows_and_head(file: Path) -> tuple[int, int]:
    import sqlcipher3
    from django.conf import settings

    from linli.core.embedded.base import apply_key

    copy = sqlcipher3.dbapi2.connect(str(file))
    apply_key(copy, settings.LINLI_KEYRING().database)
    rows = copy.execute("SELECT count(*) FROM core_auditrow").fetchone()[0]
    head = copy.execute("SELECT number FROM core_audithead").fetchone()[0]
    copy.close()
    return rows, head


def test_no_key_is_in_a_backup_and_only_its_owner_reads_it(
    system: Actor, now: datetime, tmp_path: Path, settings: Any
) -> None:
    record_now(system, "need.write", marker="bei-fen-biao-ji")
    settings.DATA = tmp_path / "data"
    (settings.DATA / "files" / "a").mkdir(parents=True)
    (settings.DATA / "files" / "a" / "b.bin").write_bytes(b"uploaded")
    file = tmp_path / "b.tar"
    manifest = backup.back_up(file, now)
    assert "files/a/b.bin" in manifest.files
    assert file.stat().st_mode & 0o077 == 0
    raw = file.read_bytes()
    for secret in _secrets(json.loads(Path(settings.KEYS).read_text())):
        assert secret.encode() not in raw
        assert bytes.fromhex(secret) not in raw
    if connection.vendor == "sqlite":
        assert b"bei-fen-biao-ji" not in raw
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".linli")]


def _secrets(raw: Any) -> list[str]:
    if isinstance(raw, dict):
        return [secret for value in raw.values() for secret in _secrets(value)]
    return [raw] if len(raw) == 64 else []


def test_an_existing_file_is_not_overwritten(now: datetime, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_text("mine")
    with pytest.raises(BadInput) as told:
        backup.back_up(tmp_path / "b.tar", now)
    assert told.value.code == "core.backup_exists"
    assert (tmp_path / "b.tar").read_text() == "mine"


def test_a_damaged_backup_is_refused(now: datetime, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    backup.back_up(file, now)
    with tarfile.open(file) as tar:
        member = max(tar.getmembers(), key=lambda m: m.size)
    raw = bytearray(file.read_bytes())
    raw[member.offset_data + member.size // 2] ^= 1
    file.write_bytes(raw)
    for content, code in ((bytes(raw), "core.backup_damaged"), (b"no tar", "core.not_a_backup")):
        file.write_bytes(content)
        folder = tmp_path / code
        folder.mkdir()
        with pytest.raises(BadInput) as told:
            backup.unpack(file, folder)
        assert told.value.code == code


def test_a_file_that_climbs_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        (tmp_path / "x").write_text("x")
        tar.add(tmp_path / "x", arcname="../climbed")
    (tmp_path / "in").mkdir()
    with pytest.raises(BadInput) as told:
        backup.unpack(tmp_path / "b.tar", tmp_path / "in")
    assert told.value.code == "core.not_a_backup"
    assert not (tmp_path / "climbed").exists()
