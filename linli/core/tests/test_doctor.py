"""The doctor sees what is unsafe, and says so in both languages."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.checkpoint import keep_checkpoint
from linli.core.doctor import POSTGRES_SETTINGS, Line, examine
from linli.core.doctor_words import ASKED, WORDS
from linli.core.embedded.base import why_unsafe
from linli.core.models import AuditHead, Run

SAFE: dict[str, Any] = {
    "version": (3, 51, 3), "journal": "wal", "synchronous": 2, "mmap": 0, "foreign_keys": 1, "cipher": "4.19",
}  # fmt: skip


def about(lines: list[Line], name: str) -> Line:
    return next(line for line in lines if line.about == name)


@pytest.mark.django_db
def test_a_sound_instance_fails_nothing_and_every_line_has_words(now: datetime) -> None:
    lines = examine(now)
    assert [line for line in lines if line.state == "fail"] == []
    assert about(lines, "database").state == "ok"
    for line in lines:
        assert WORDS.say(line.code, "zh", **line.params)
        assert not re.search("[\u4e00-\u9fff]", WORDS.say(line.code, "en", **line.params))
        json.dumps(line.plain())


@pytest.mark.django_db
def test_a_key_file_others_can_read_fails(now: datetime, settings: Any, tmp_path: Path) -> None:
    copy = tmp_path / "keyring.json"
    shutil.copyfile(settings.KEYS, copy)
    os.chmod(copy, 0o644)
    settings.KEYS = copy
    line = about(examine(now), "keys")
    assert (line.state, line.code) == ("fail", "keys_open")
    assert f"chmod 600 {copy}" in WORDS.say(line.code, "zh", **line.params)


@pytest.mark.django_db
def test_keys_among_the_data_fail_and_missing_keys_fail(now: datetime, settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    settings.KEYS = tmp_path / "k.json"
    assert about(examine(now), "keys").code == "keys_missing"
    settings.KEYS.write_text("{}")
    settings.KEYS.chmod(0o600)
    assert about(examine(now), "keys_place").code == "keys_in_data"


@pytest.mark.django_db
def test_a_clock_behind_the_newest_row_fails(now: datetime, system: Actor) -> None:
    record_now(system, "need.write")
    assert about(examine(now), "clock").state == "ok"
    assert about(examine(now - timedelta(seconds=1)), "clock").code == "clock_behind"


@pytest.mark.django_db
def test_a_broken_chain_fails(now: datetime) -> None:
    AuditHead.objects.filter(pk=1).update(number=7)
    assert about(examine(now), "audit").code == "audit_broken"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": (3, 40, 1)}, "3.51.3"),
        ({"version": (3, 51, 1)}, "3.51.3"),
        ({"cipher": ""}, "不加密"),
        ({"journal": "delete"}, "WAL"),
        ({"synchronous": 1}, "FULL"),
        ({"mmap": 1 << 20}, "mmap_size"),
        ({"foreign_keys": 0}, "foreign_keys"),
    ],
)
def test_each_unsafe_setting_of_the_embedded_database_is_refused(change: dict[str, Any], said: str) -> None:
    assert why_unsafe(**SAFE) is None
    reason = why_unsafe(**{**SAFE, **change})
    assert reason is not None
    assert said in reason


@pytest.mark.django_db
def test_an_unsafe_setting_of_the_server_fails(now: datetime) -> None:
    if connection.vendor != "postgresql":
        assert about(examine(now), "encryption").code == "file_encrypted"
        return
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
    lines = examine(now)
    assert about(lines, "synchronous_commit").code == "server_unsafe"
    assert {about(lines, name).state for name in POSTGRES_SETTINGS if name != "synchronous_commit"} == {"ok"}


@pytest.mark.django_db
def test_it_asks_for_a_checkpoint_kept_outside(now: datetime, system: Actor, settings: Any, tmp_path: Path) -> None:
    def said(at: datetime = now) -> tuple[str, str]:
        line = about(examine(at), "checkpoints")
        assert WORDS.say(line.code, "zh", **line.params) and WORDS.say(line.code, "en", **line.params)
        return line.state, line.code

    record_now(system, "need.write")
    settings.LINLI_CHECKPOINTS = ""
    assert said() == ("warn", "checkpoints_unset")
    settings.LINLI_CHECKPOINTS = str(tmp_path / "disk")
    assert said() == ("warn", "checkpoints_missing")
    settings.LINLI_CHECKPOINTS = str(tmp_path)
    assert said() == ("warn", "checkpoints_none")
    keep_checkpoint(tmp_path, now)
    assert said() == ("ok", "checkpoints_kept")
    assert said(now + timedelta(days=1, seconds=1)) == ("warn", "checkpoints_old")
    held = next(tmp_path.iterdir())
    noted = held.read_text()
    held.write_text("{}")
    assert said() == ("fail", "checkpoints_spoilt")
    held.write_text(noted)
    AuditHead.objects.filter(pk=1).update(number=0, hash="0" * 64)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER core_auditrow_no_delete")
        else:
            cursor.execute("ALTER TABLE core_auditrow DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM core_auditrow")
    assert said() == ("fail", "checkpoints_differ")


@pytest.mark.django_db
def test_in_the_demo_it_asks_for_none(now: datetime, settings: Any) -> None:
    settings.LINLI_CHECKPOINTS, settings.LINLI_DEMO = "", True
    Run.objects.create(created_at=now, engine="demo", version="1", input_digest="")
    assert "checkpoints" not in {line.about for line in examine(now)}


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["core_auditrow", "core_audithead"])
def test_a_question_that_cannot_be_asked_is_named(table: str, now: datetime) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("there the broken statement ends the transaction of the test")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away")
    line = next(line for line in examine(now) if line.code == "not_asked")
    assert (line.about, line.state) == ("audit", "fail") and line.about in ASKED
