"""A checkpoint kept elsewhere, and every kind of tampering with the chain behind it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from linli.core.actor import Actor
from linli.core.audit import GENESIS, chain_hash, columns_of, record, unit_of_work, verify
from linli.core.checkpoint import make_checkpoint, read_checkpoint, write_checkpoint
from linli.core.errors import BadInput
from linli.core.models import AuditHead, AuditRow

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
