"""Operations: one effect per client-made id, conflicts, and denials that outlive their rollback."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from linli.core.acting import action, content_digest, write_part
from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work, verify
from linli.core.decide import ActorFacts
from linli.core.errors import BadInput, Conflict, NotFound, Refused
from linli.core.models import AuditRow, Notice, Operation
from linli.core.notices import notify

NOW = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
ME, THEM = UUID(int=1), UUID(int=2)
ACTOR = Actor(ActorFacts(login_uid=ME), now=NOW, role="worker")


@action("note.write")
def write_note(*, actor: Actor, login_uid: UUID, code: str, fail: str = "") -> dict[str, str]:
    """A small real action on a table of core."""
    notice = Notice.objects.create(created_at=actor.now, login_uid=login_uid, code=code)
    record(actor, "note.write", kind="notice", uid=notice.uid)
    if fail == "refused":
        raise Refused("core.no_role", reason="outside_place")
    if fail == "hidden":
        raise NotFound()
    if fail == "bad":
        raise BadInput("core.bad")
    return {"uid": str(notice.uid)}


@action("note.copy")
def write_twice(*, actor: Actor, login_uid: UUID) -> list[dict[str, str]]:
    return [write_note.within(actor=actor, login_uid=login_uid, code=code) for code in ("one", "two")]


@pytest.mark.django_db
def test_the_same_operation_gives_the_first_answer_and_one_effect():
    operation = uuid4()
    first = write_note(actor=ACTOR, operation_id=operation, login_uid=THEM, code="hello")
    again = write_note(actor=ACTOR.at(NOW.replace(hour=3)), operation_id=operation, login_uid=THEM, code="hello")
    assert first == again
    assert Notice.objects.count() == AuditRow.objects.count() == 1
    assert AuditRow.objects.get().operation_id == operation


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed", [{"code": "other"}, {"login_uid": ME}, {"actor": Actor(ActorFacts(login_uid=THEM), now=NOW)}]
)
def test_the_same_id_with_another_content_or_by_another_is_a_conflict(changed: dict[str, Any]):
    operation = uuid4()
    asked = {"actor": ACTOR, "operation_id": operation, "login_uid": THEM, "code": "hello"}
    write_note(**asked)
    with pytest.raises(Conflict) as refusal:
        write_note(**(asked | changed))
    assert refusal.value.code == "core.operation_reused"
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_the_same_id_for_another_action_is_a_conflict():
    operation = uuid4()
    write_note(actor=ACTOR, operation_id=operation, login_uid=THEM, code="hello")
    with pytest.raises(Conflict):
        write_twice(actor=ACTOR, operation_id=operation, login_uid=THEM)


@pytest.mark.django_db
@pytest.mark.parametrize(("fail", "error", "reason"), [
    ("refused", Refused, "outside_place"), ("hidden", NotFound, "core.not_found")
])  # fmt: skip
def test_a_denial_is_recorded_though_its_transaction_is_undone(fail: str, error: type[Exception], reason: str):
    operation = uuid4()
    with pytest.raises(error):
        write_note(actor=ACTOR, operation_id=operation, login_uid=THEM, code="hello", fail=fail)
    assert not Notice.objects.exists()
    assert not Operation.objects.exists()
    row = AuditRow.objects.get()
    assert (row.action, row.outcome, row.object_uid, row.actor_uid) == ("note.write", "denied", THEM, ME)
    assert reason in row.params
    write_note(actor=ACTOR, operation_id=operation, login_uid=THEM, code="hello")
    assert Notice.objects.count() == 1, "a refused operation id is free again"


@pytest.mark.django_db
def test_bad_input_undoes_all_and_is_no_denial():
    with pytest.raises(BadInput):
        write_note(actor=ACTOR, operation_id=uuid4(), login_uid=THEM, code="hello", fail="bad")
    assert not Notice.objects.exists()
    assert not AuditRow.objects.exists()


@pytest.mark.django_db
def test_an_action_within_an_action_is_covered_by_the_outer_id():
    operation = uuid4()
    answer = write_twice(actor=ACTOR, operation_id=operation, login_uid=THEM)
    assert write_twice(actor=ACTOR, operation_id=operation, login_uid=THEM) == answer
    assert Operation.objects.count() == 1
    assert Notice.objects.count() == 2
    assert set(AuditRow.objects.values_list("operation_id", flat=True)) == {operation}


@pytest.mark.django_db
def test_an_action_is_not_called_where_its_denial_would_be_lost():
    with pytest.raises(AssertionError, match=r"write_note\.within"), unit_of_work():
        write_note(actor=ACTOR, operation_id=uuid4(), login_uid=ME, code="one", fail="refused")
    assert not Notice.objects.exists()
    with pytest.raises(Refused):
        write_note(actor=ACTOR, operation_id=uuid4(), login_uid=ME, code="one", fail="refused")
    assert AuditRow.objects.get().outcome == "denied"


@pytest.mark.django_db(transaction=True)
def test_threads_with_the_same_id_have_one_effect():
    operation, answers, barrier = uuid4(), [], threading.Barrier(4)

    def press() -> None:
        try:
            barrier.wait(10)
            answers.append(write_note(actor=ACTOR, operation_id=operation, login_uid=THEM, code="hello"))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 4
    assert all(answer == answers[0] for answer in answers)
    assert Notice.objects.count() == Operation.objects.count() == 1
    assert verify().rows == 1
    assert verify().fault is None


@pytest.mark.django_db(transaction=True)
def test_threads_with_their_own_ids_keep_the_chain_whole():
    barrier, done = threading.Barrier(4), []

    def press() -> None:
        try:
            barrier.wait(10)
            for _ in range(5):
                write_note(actor=ACTOR, operation_id=uuid4(), login_uid=THEM, code="hello")
                done.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    verdict = verify()
    assert (len(done), verdict.rows, verdict.fault) == (20, 20, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": ME}, {"a": str(ME)}),
        ({"a": date(2026, 3, 12)}, {"a": "2026-03-12"}),
        ({"a": (1, 2)}, {"a": [1, 2]}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": {3, 1, 2}}, {"a": [1, 2, 3]}),
    ],
)
def test_the_same_content_has_one_digest_however_it_was_typed(one: dict[str, Any], other: dict[str, Any]):
    assert content_digest("x", one) == content_digest("x", other)


@pytest.mark.parametrize(("one", "other"), [
    ({"a": 1}, {"a": 2}), ({"a": "1"}, {"a": 1}), ({"a": None}, {}), ({"a": b"1"}, {"a": b"2"})
])  # fmt: skip
def test_other_content_has_another_digest(one: dict[str, Any], other: dict[str, Any]):
    assert content_digest("x", one) != content_digest("x", other)
    assert content_digest("x", one) != content_digest("y", one)


def test_a_digest_is_found_again_by_nobody_without_the_keys():
    """A safe telephone number has ten digits: whoever holds the database alone must not be able to try them all."""
    given = {"safe_phone": "13900001234"}
    plain = json.dumps(["person.protect", given], sort_keys=True, ensure_ascii=False)
    assert content_digest("person.protect", given) != hashlib.sha256(plain.encode()).hexdigest()


def test_what_has_no_stable_form_is_a_programming_mistake():
    with pytest.raises(TypeError):
        content_digest("x", {"a": object()})


@pytest.mark.django_db
def test_a_part_of_a_job_acts_once_and_is_recorded_with_its_count():
    job = uuid4()

    def write() -> list[Notice]:
        return notify(ACTOR, [ME, THEM], "hello")

    for _time in range(2):
        assert write_part(ACTOR, job, "notice.new", kind="notice", content=[ME, THEM], write=write) == 2
    assert Notice.objects.count() == 2
    row = AuditRow.objects.get()
    uids = "".join(sorted(str(uid) for uid in Notice.objects.values_list("uid", flat=True)))
    assert json.loads(row.params) == {"count": 2, "digest": hashlib.sha256(uids.encode()).hexdigest()}
    assert Operation.objects.get().pk == row.operation_id
    write_part(ACTOR, job, "notice.new", kind="notice", content=[ME], write=write)
    write_part(ACTOR, uuid4(), "notice.new", kind="notice", content=[ME, THEM], write=write)
    assert Notice.objects.count() == 6, "another part, another job"


@pytest.mark.django_db(transaction=True)
def test_a_part_broken_off_leaves_neither_rows_nor_record_and_is_done_by_the_next_try():
    job, tries = uuid4(), iter((True, False))

    def write() -> list[Notice]:
        rows = notify(ACTOR, [ME], "hello")
        if next(tries):
            raise OSError
        return rows

    with pytest.raises(OSError):
        write_part(ACTOR, job, "notice.new", kind="notice", content="one", write=write)
    assert not (Notice.objects.exists() or AuditRow.objects.exists() or Operation.objects.exists())
    assert write_part(ACTOR, job, "notice.new", kind="notice", content="one", write=write) == 1
    assert Notice.objects.count() == AuditRow.objects.count() == 1
