"""A checkpoint kept elsewhere, and every kind of tampering with the chain behind it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from linli.core.actor import Actor
from linli.core.audit import GENESIS, chain_hash, columns_of, record, unit_of_work, verify
from linli.core.checkpoint import (
    keep_checkpoint,
    make_checkpoint,
    moment_of,
    newest_kept,
    read_checkpoint,
    write_checkpoint,
)
from linli.core.errors import BadInput
from linli.core.models import AuditHead, AuditRow
from linli.core.queue import keep_hourly_checkpoint, queue

ROWS = 30
OTHER_KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"  # RFC 8032, test 2


@pytest.fixture
def chain(db: None, system: Actor) -> int:
    with unit_of_work():
        for number in range(ROWS):
            record(system, "need.write", count=number)
    return ROWS


def held(now: datetime) -> dict[str, Any]:
    checkpoint = make_checkpoint(now)
    return {"number": checkpoint.number, "hash": checkpoint.hash}


def take_guard_down() -> None:
    """What somebody with the server's own rights could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER core_auditrow_no_update")
            cursor.execute("DROP TRIGGER core_auditrow_no_delete")
        else:
            cursor.execute("ALTER TABLE core_auditrow DISABLE TRIGGER USER")


def write_anew(rows: list[AuditRow]) -> None:
    """The whole chain as it would look had these rows been the truth, head included."""
    AuditRow.objects.all().delete()
    previous = GENESIS
    for number, row in enumerate(rows, start=1):
        row.number, row.previous_hash = number, previous
        row.hash = previous = chain_hash(previous, columns_of(row))
    AuditRow.objects.bulk_create(rows)
    AuditHead.objects.filter(pk=1).update(number=len(rows), hash=previous)


def flip(dice: random.Random) -> None:
    column = dice.choice(["action", "params", "outcome", "actor_role", "hash", "previous_hash"])
    row = AuditRow.objects.get(number=dice.randint(1, ROWS))
    old = getattr(row, column)
    AuditRow.objects.filter(pk=row.pk).update(**{column: "x" + old[1:] if old and old[0] != "x" else "y" + old[1:]})


def delete(dice: random.Random) -> None:
    AuditRow.objects.filter(number=dice.randint(1, ROWS)).delete()


def cut(dice: random.Random) -> None:
    keep = dice.randint(0, ROWS - 1)
    AuditRow.objects.filter(number__gt=keep).delete()
    last = AuditRow.objects.filter(number=keep).first()
    AuditHead.objects.filter(pk=1).update(number=keep, hash=last.hash if last else GENESIS)


def swap(dice: random.Random) -> None:
    a, b = dice.sample(range(1, ROWS + 1), 2)
    first, second = AuditRow.objects.get(number=a), AuditRow.objects.get(number=b)
    AuditRow.objects.filter(number__in=[a, b]).delete()
    first.number, second.number = b, a
    AuditRow.objects.bulk_create([first, second])


def insert(dice: random.Random) -> None:
    rows = list(AuditRow.objects.order_by("number"))
    planted = AuditRow.objects.get(number=dice.randint(1, ROWS))
    planted.action = "person.read"
    rows.insert(dice.randint(0, ROWS - 1), planted)
    write_anew(rows)


def rewrite(dice: random.Random) -> None:
    rows = list(AuditRow.objects.order_by("number"))
    rows[dice.randrange(ROWS)].params = '{"count":-1}'
    write_anew(rows)


@pytest.mark.parametrize("tamper", [flip, delete, cut, swap, insert, rewrite])
def test_random_tampering_is_found_every_time(
    chain: int, now: datetime, times: Callable[[int], int], tamper: Callable[[random.Random], None]
) -> None:
    known = held(now)
    take_guard_down()
    for seed in range(times(15)):
        mark = transaction.savepoint()
        tamper(random.Random(seed))
        assert verify(known).fault, f"{tamper.__name__} with seed {seed} was not found"
        transaction.savepoint_rollback(mark)
    assert verify(known).fault is None


def test_a_checkpoint_holds_for_the_rows_that_came_after_it(chain: int, now: datetime, system: Actor) -> None:
    known = held(now)
    with unit_of_work():
        record(system, "need.write")
    assert verify(known) == verify()
    assert verify(known).rows == ROWS + 1


def test_a_broken_chain_is_not_signed(chain: int, now: datetime) -> None:
    take_guard_down()
    delete(random.Random(0))
    with pytest.raises(BadInput) as told:
        make_checkpoint(now)
    assert told.value.code == "core.audit_broken"


def test_a_checkpoint_comes_back_from_its_file(chain: int, now: datetime, tmp_path: Path) -> None:
    made = make_checkpoint(now)
    write_checkpoint(tmp_path / "c.json", made)
    assert read_checkpoint(tmp_path / "c.json") == made


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": 1}, "core.checkpoint_forged"),
        ({"hash": "0" * 64}, "core.checkpoint_forged"),
        ({"at": "2020-01-01"}, "core.checkpoint_forged"),
        ({"signature": "00" * 64}, "core.checkpoint_forged"),
        ({"public_key": OTHER_KEY}, "core.checkpoint_of_another"),
        ({"signature": "no hex"}, "core.checkpoint_unreadable"),
        ({"extra": 1}, "core.checkpoint_unreadable"),
    ],
)
def test_a_changed_checkpoint_is_refused(
    chain: int, now: datetime, tmp_path: Path, change: dict[str, Any], code: str
) -> None:
    file = tmp_path / "c.json"
    file.write_text(json.dumps({**asdict(make_checkpoint(now)), **change}))
    with pytest.raises(BadInput) as told:
        read_checkpoint(file)
    assert told.value.code == code


# The hourly one


def test_of_each_day_the_newest_is_kept(chain: int, now: datetime, system: Actor, tmp_path: Path) -> None:
    for hours in (0, 1, 24, 25):
        with unit_of_work():
            record(system, "need.write", hour=hours)
        keep_checkpoint(tmp_path, now + timedelta(hours=hours))
    kept = sorted(tmp_path.iterdir())
    assert [read_checkpoint(file).number for file in kept] == [chain + 2, chain + 4]
    newest = newest_kept(tmp_path)
    assert newest is not None and moment_of(newest) == now + timedelta(hours=25)


def test_they_do_not_grow_without_end(chain: int, now: datetime, tmp_path: Path) -> None:
    (tmp_path / "of somebody else.json").write_text("")
    for days in (0, 400, 801):
        keep_checkpoint(tmp_path, now + timedelta(days=days))
    assert len(list(tmp_path.iterdir())) == 2
    assert not list(tmp_path.glob(".*"))


def test_a_chain_written_anew_is_not_written_over_its_proof(chain: int, now: datetime, tmp_path: Path) -> None:
    made = keep_checkpoint(tmp_path, now)
    rows = list(AuditRow.objects.order_by("number"))
    take_guard_down()
    write_anew(rows[:-1])
    assert verify().fault is None, "from inside nothing shows"
    with pytest.raises(BadInput, match="audit_broken"):
        keep_checkpoint(tmp_path, now + timedelta(minutes=5))
    assert newest_kept(tmp_path) == made


def test_a_folder_that_is_not_there_is_not_made(chain: int, now: datetime, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="checkpoints_missing"):
        keep_checkpoint(tmp_path / "disk", now)
    assert not (tmp_path / "disk").exists()


def test_the_hourly_one_is_written_where_the_setting_says(
    chain: int, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LINLI_CHECKPOINTS = ""
    keep_hourly_checkpoint()
    settings.LINLI_CHECKPOINTS = str(tmp_path)
    keep_hourly_checkpoint()
    assert len(list(tmp_path.iterdir())) == 1
    settings.LINLI_CHECKPOINTS = str(tmp_path / "gone")
    keep_hourly_checkpoint()
    assert "checkpoints_missing" in caplog.text


def test_the_server_writes_one_each_hour(db: None) -> None:
    tasks = {type(task).__name__: task for task in queue()._registry.periodic_tasks}
    hours = [hour for hour in range(24) if tasks["checkpoint"].validate_datetime(datetime(2026, 3, 2, hour, 7))]
    assert len(hours) == 24
