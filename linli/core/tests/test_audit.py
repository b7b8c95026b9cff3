"""The audit chain: numbered without gaps, in the same transaction, every tampering found."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from linli.core.actor import Actor, system_actor
from linli.core.audit import Verdict, chain_hash, record, record_now, unit_of_work, verify
from linli.core.decide import ActorFacts
from linli.core.models import AuditHead, AuditRow

NOW = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
ME, THING = UUID(int=1), UUID(int=2)
ACTOR = Actor(ActorFacts(login_uid=ME), now=NOW, role="worker")

pytestmark = pytest.mark.django_db


def some_rows(count: int = 6) -> None:
    with unit_of_work(UUID(int=99)):
        for number in range(count):
            record(ACTOR.at(NOW.replace(microsecond=number)), "need.close", kind="need", uid=THING, n=number, 字="一")


def tamper(sql: str, *values: Any) -> None:
    """Change audit rows as somebody holding the database could: with the triggers taken off."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER IF EXISTS core_auditrow_no_update")
            cursor.execute("DROP TRIGGER IF EXISTS core_auditrow_no_delete")
        else:
            cursor.execute("ALTER TABLE core_auditrow DISABLE TRIGGER USER")
        cursor.execute(sql, values)


def chain_anew() -> None:
    """Number and hash all rows again, and the head with them: a rewriting that leaves no inner fault."""
    rows = list(AuditRow.objects.order_by("number"))
    tamper("DELETE FROM core_auditrow")
    AuditHead.objects.filter(pk=1).update(number=0, hash="0" * 64)
    with unit_of_work():
        for row in rows:
            record(ACTOR.at(row.at), row.action, kind=row.object_kind, uid=row.object_uid, rewritten=True)


def test_rows_follow_each_other_and_say_who_did_what():
    some_rows()
    rows = list(AuditRow.objects.order_by("number"))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert all(after.previous_hash == before.hash for before, after in itertools.pairwise(rows))
    last = rows[-1]
    assert (last.actor_uid, last.actor_role, last.action, last.outcome) == (ME, "worker", "need.close", "done")
    assert (last.object_kind, last.object_uid, last.operation_id) == ("need", THING, UUID(int=99))
    assert json.loads(last.params) == {"n": 5, "字": "一"}
    assert verify() == Verdict(6, last.hash)


def test_an_empty_chain_holds():
    assert verify() == Verdict(0, "0" * 64)


def test_the_row_goes_when_its_change_is_rolled_back():
    some_rows(1)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        record(ACTOR, "need.close")
        raise ZeroDivisionError
    assert AuditRow.objects.count() == 1
    assert verify().fault is None


def test_a_unit_inside_a_unit_writes_once_at_the_end():
    with unit_of_work(UUID(int=5)):
        record_now(ACTOR, "person.read", outcome="read", uid=THING)
        assert AuditRow.objects.count() == 0
    row = AuditRow.objects.get()
    assert (row.outcome, row.operation_id) == ("read", UUID(int=5))


def test_recording_outside_a_unit_is_a_programming_mistake():
    with pytest.raises(AssertionError):
        record(ACTOR, "need.close")


def test_the_system_and_nobody_are_told_apart():
    record_now(system_actor("setup", NOW), "grant.propose")
    record_now(Actor(ActorFacts(login_uid=None), now=NOW), "person.read", outcome="denied")
    assert list(AuditRow.objects.order_by("number").values_list("actor_role", "actor_uid")) == [
        ("system", None), ("", None)
    ]  # fmt: skip


@pytest.mark.parametrize("statement", ["UPDATE core_auditrow SET action = 'x'", "DELETE FROM core_auditrow"])
def test_the_database_refuses_to_change_rows(statement: str):
    some_rows()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().fault is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite knows INSERT OR REPLACE")
def test_no_row_takes_the_place_of_another():
    some_rows()
    columns = ", ".join(f"'changed' AS {f.column}" if f.name == "action" else f.column for f in AuditRow._meta.fields)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO core_auditrow SELECT {columns} FROM core_auditrow WHERE number = 3")
    assert verify().fault is None


@pytest.mark.parametrize(
    ("sql", "values", "fault", "at_number"),
    [
        ("UPDATE core_auditrow SET action = %s WHERE number = 3", ["need.open"], "altered", 3),
        ("UPDATE core_auditrow SET params = %s WHERE number = 3", ["{}"], "altered", 3),
        ("UPDATE core_auditrow SET actor_role = %s WHERE number = 3", ["lead"], "altered", 3),
        ("UPDATE core_auditrow SET outcome = %s WHERE number = 3", ["read"], "altered", 3),
        ("UPDATE core_auditrow SET object_kind = %s WHERE number = 3", ["flag"], "altered", 3),
        ("UPDATE core_auditrow SET actor_uid = NULL WHERE number = 3", [], "altered", 3),
        ("UPDATE core_auditrow SET object_uid = NULL WHERE number = 3", [], "altered", 3),
        ("UPDATE core_auditrow SET operation_id = NULL WHERE number = 3", [], "altered", 3),
        ("UPDATE core_auditrow SET at = %s WHERE number = 3", ["2026-03-12 02:00:00.000009+00:00"], "altered", 3),
        ("UPDATE core_auditrow SET hash = %s WHERE number = 3", ["f" * 64], "altered", 3),
        ("UPDATE core_auditrow SET previous_hash = %s WHERE number = 3", ["f" * 64], "altered", 3),
        ("DELETE FROM core_auditrow WHERE number = 1", [], "gap", 2),
        ("DELETE FROM core_auditrow WHERE number = 3", [], "gap", 4),
        ("DELETE FROM core_auditrow WHERE number = 6", [], "cut", 5),
        ("UPDATE core_auditrow SET number = number + 10 WHERE number > 3", [], "gap", 14),
        ("DELETE FROM core_auditrow", [], "cut", 0),
        ("UPDATE core_audithead SET number = 5", [], "cut", 6),
    ],
)
def test_tampering_is_found(sql: str, values: list[str], fault: str, at_number: int):
    some_rows()
    tamper(sql, *values)
    verdict = verify()
    assert (verdict.fault, verdict.at_number) == (fault, at_number)


def test_two_rows_exchanged_are_found():
    some_rows()
    tamper("UPDATE core_auditrow SET number = 100 WHERE number = 2")
    tamper("UPDATE core_auditrow SET number = 2 WHERE number = 3")
    tamper("UPDATE core_auditrow SET number = 3 WHERE number = 100")
    assert verify().fault == "altered"


def test_a_chain_written_anew_is_found_by_a_checkpoint_held_elsewhere():
    some_rows()
    checkpoint = {"number": 4, "hash": AuditRow.objects.get(number=4).hash}
    assert verify(checkpoint).fault is None
    chain_anew()
    assert verify().fault is None, "from inside nothing shows: this is why the checkpoint is kept elsewhere"
    verdict = verify(checkpoint)
    assert (verdict.fault, verdict.at_number) == ("rewritten", 4)


def test_a_tail_cut_together_with_its_head_is_found_by_a_checkpoint():
    some_rows()
    checkpoint = {"number": 6, "hash": AuditRow.objects.get(number=6).hash}
    tamper("DELETE FROM core_auditrow WHERE number > 4")
    AuditHead.objects.filter(pk=1).update(number=4, hash=AuditRow.objects.get(number=4).hash)
    assert verify().fault is None
    verdict = verify(checkpoint)
    assert (verdict.fault, verdict.at_number) == ("cut_since_checkpoint", 6)


def test_columns_cannot_be_shifted_into_each_other():
    assert chain_hash("0", ("ab", "c")) != chain_hash("0", ("a", "bc"))
