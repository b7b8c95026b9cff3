"""Jobs: written with the change, done once, tried again, stopped, and swept up when missed."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from linli.core import jobs
from linli.core.actor import Actor
from linli.core.audit import unit_of_work
from linli.core.errors import Refused
from linli.core.models import Job, Run
from linli.core.runs import store_run

seen: list[Any] = []


def note(work: jobs.Work) -> dict[str, int]:
    seen.append(work.args["what"])
    work("noting", 1, 1)
    return {"noted": len(seen)}


def fall(work: jobs.Work) -> None:
    seen.append(work.uid)
    raise ZeroDivisionError


def refuse(work: jobs.Work) -> None:
    raise Refused("core.no_role")


def stop_midway(work: jobs.Work) -> None:
    jobs.stop_job(work.uid, timezone.now())
    work("counting", 2, 2)
    seen.append("went on")


def quote(work: jobs.Work) -> None:
    """As a database does that refuses a row."""
    try:
        raise KeyError("身份证号 999999194408171028")
    except KeyError:
        raise ValueError("Failing row contains (7, 张三, 00055500182)") from None


TABLE = {"note": note, "fall": fall, "refuse": refuse, "stop_midway": stop_midway, "quote": quote}


@pytest.fixture(autouse=True)
def table(settings: Any) -> None:
    settings.LINLI_JOB_TABLE = "linli.core.tests.test_jobs.TABLE"
    seen.clear()


def add(actor: Actor, name: str, **args: Any) -> UUID:
    with unit_of_work():
        return jobs.add_job(actor, name, **args)


@pytest.mark.django_db(transaction=True)
def test_a_job_runs_when_its_change_is_committed(system: Actor) -> None:
    uid = add(system, "note", what="x")
    state = jobs.job_state(uid)
    assert state is not None
    assert (state["state"], state["answer"], state["done"], state["step"]) == ("done", {"noted": 1}, 1, "noting")


@pytest.mark.django_db(transaction=True)
def test_a_change_that_fails_leaves_no_job(system: Actor) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        jobs.add_job(system, "note", what="x")
        raise ZeroDivisionError
    assert not seen
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_handed_over_twice_is_done_once(system: Actor) -> None:
    uid = add(system, "note", what="x")
    jobs.run_job(uid)
    assert seen == ["x"]


@pytest.mark.django_db(transaction=True)
def test_a_crash_is_tried_three_times_under_one_uid_and_then_said(system: Actor) -> None:
    uid = add(system, "fall")
    for _ in range(4):
        jobs.sweep(timezone.now() + timedelta(days=400))
    job = Job.objects.get(uid=uid)
    assert (job.state, job.tries, job.fault) == ("failed", 3, "ZeroDivisionError")
    assert seen == [uid] * 3


@pytest.mark.django_db(transaction=True)
def test_a_crash_is_logged_by_its_kind_and_place_and_nothing_it_quotes(system: Actor, caplog: Any) -> None:
    add(system, "quote")
    assert "ValueError" in caplog.text and "test_jobs.py" in caplog.text
    for quoted in ("张三", "00055500182", "999999194408171028"):
        assert quoted not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_not_tried_again(system: Actor) -> None:
    job = Job.objects.get(uid=add(system, "refuse"))
    assert (job.state, job.tries, job.fault) == ("failed", 1, "core.no_role")


@pytest.mark.django_db(transaction=True)
def test_a_stopped_job_ends_at_its_next_progress(system: Actor) -> None:
    uid = add(system, "stop_midway")
    assert Job.objects.get(uid=uid).state == "stopped"
    assert not seen


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_process_was_doing_waits_again(system: Actor) -> None:
    Job.objects.create(created_at=system.now, name="note", args={"what": 1}, state="running", tries=1)
    worn = Job.objects.create(created_at=system.now, name="note", args={"what": 2}, state="running", tries=3)
    assert jobs.take_up_left_behind() == 1
    jobs.sweep(timezone.now() + timedelta(days=400))
    assert seen == [1]
    assert Job.objects.get(pk=worn.pk).fault == "process_ended"


@pytest.mark.django_db(transaction=True)
def test_workers_do_what_is_queued_and_what_was_missed(system: Actor, settings: Any) -> None:
    from linli.core import queue

    settings.LINLI_JOBS = "queue"
    missed = Job.objects.create(created_at=timezone.now(), name="note", args={"what": "missed"})
    uid = add(system, "note", what="queued")
    workers = queue.start_workers(threads=2)
    try:
        wait_for = time.monotonic() + 20
        while time.monotonic() < wait_for and Job.objects.exclude(state="done").exists():
            time.sleep(0.05)
    finally:
        workers.stop(graceful=True)
    assert {Job.objects.get(uid=u).state for u in (uid, missed.uid)} == {"done"}
    assert sorted(seen) == ["missed", "queued"]


@pytest.mark.django_db(transaction=True)
def test_the_queue_on_the_embedded_database_is_encrypted(system: Actor, settings: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL the queue is a table there")
    from linli.core import queue

    marker = uuid4()
    queue.enqueue(marker)
    for name in ("jobs.sqlite3", "jobs.sqlite3-wal"):
        raw = (settings.DATA / name).read_bytes()
        assert b"SQLite format 3" not in raw
        assert str(marker).encode() not in raw
    queue.queue().flush()


@pytest.mark.django_db
def test_a_run_keeps_what_is_needed_to_run_again(system: Actor) -> None:
    uid = store_run(system, engine="e", version="1", digest="d" * 64, options={"k": 1}, report={"rows": 3}, seed="7")
    run = Run.objects.get(uid=uid)
    assert (run.engine, run.options, run.report, run.seed) == ("e", {"k": 1}, {"rows": 3}, "7")
