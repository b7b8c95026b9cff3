"""Work done after commit: a Job row is the truth, the queue carries only its uid.

`add_job` writes the row in the action's own transaction. Handing over happens on commit; a sweep
each minute hands over what was missed. A job is claimed by one statement, so that being handed
over twice does it once; its function does its writes under `work.uid` as operation id, so that
being run again after a crash has one effect. A job reads the clock as it starts and as it ends.
Which functions exist is one table, named by the setting LINLI_JOB_TABLE. No personal data in
arguments, answers or faults.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from linli.core.actor import Actor, system_actor
from linli.core.errors import LinliError
from linli.core.models import Job

MOST_TRIES = 3
MISSED_AFTER = timedelta(seconds=30)
TELL_EVERY = 0.5
log = logging.getLogger(__name__)


class JobStopped(Exception):
    """Somebody stopped the job; raised where it next tells its progress."""


@dataclass
class Work:
    """What a job function is given. Call it like a `Progress` to tell how far the work is."""

    uid: UUID
    args: Mapping[str, Any]
    actor: Actor
    asked_by: UUID | None
    _told: float = field(default=0.0, repr=False)

    def __call__(self, step: str, done: int = 0, total: int | None = None) -> None:
        if time.monotonic() - self._told < TELL_EVERY and done != total:
            return
        self._told = time.monotonic()
        running = Job.objects.filter(uid=self.uid, state="running")
        if not running.update(step=step[:60], done=done, total=total):
            raise JobStopped


JobFunction = Callable[[Work], Any]


def job_table() -> Mapping[str, JobFunction]:
    """Every job this house knows, by name."""
    table: Mapping[str, JobFunction] = import_string(settings.LINLI_JOB_TABLE)
    return table


def add_job(actor: Actor, name: str, **args: Any) -> UUID:
    """Ask for work after the running transaction commits; gives the job's uid."""
    assert name in job_table(), f"no job named {name}"
    job = Job.objects.create(created_at=actor.now, name=name, args=args, actor_uid=actor.login_uid)
    transaction.on_commit(lambda: hand_over(job.uid))
    return job.uid


def hand_over(uid: UUID) -> None:
    """Give a job to the queue, or do it here and now when LINLI_JOBS is `inline`.

    A queue that cannot be reached is no reason to fail what has been committed: the sweep tries again.
    """
    if settings.LINLI_JOBS == "inline":
        run_job(uid)
        return
    from linli.core.queue import enqueue

    try:
        enqueue(uid)
    except Exception as error:
        log.warning("job %s not handed over (%s); the sweep will", uid, type(error).__name__)


def run_job(uid: UUID, now: datetime | None = None) -> None:
    """Do one job, unless another worker has it or it is over. `now`: the moment it counts as done at (the clock's)."""
    now = now or timezone.now()
    job = _claim(uid, now)
    if job is None:
        return
    work = Work(job.uid, job.args, system_actor(f"job:{job.name}", now), job.actor_uid)
    try:
        answer = job_table()[job.name](work)
    except JobStopped:
        _end(job, "stopped")
    except LinliError as error:
        _end(job, "failed", fault=error.code)
    except Exception as error:
        # Without its words: those of a database quote the whole row, those of a parser the cell.
        log.error(
            "job %s (%s) failed on try %s: %s %s", job.uid, job.name, job.tries, type(error).__name__, _places(error)
        )
        _end(job, "waiting" if job.tries < MOST_TRIES else "failed", fault=type(error).__name__)
    else:
        _end(job, "done", answer=answer)


def _places(error: BaseException) -> str:
    """Where an error came from, through what caused it: file, line and function, none of their values."""
    found: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        stack = traceback.extract_tb(cause.__traceback__)
        found.append(f"{type(cause).__name__} " + " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in stack[::-1]))
        cause = cause.__cause__ or cause.__context__
    return " | ".join(found)


def _claim(uid: UUID, now: datetime) -> Job | None:
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(uid=uid, state="waiting").first()
        if job is None:
            return None
        job.state, job.started_at, job.tries, job.fault = "running", now, job.tries + 1, ""
        job.save(update_fields=["state", "started_at", "tries", "fault"])
        return job


def _end(job: Job, state: str, *, answer: Any = None, fault: str = "") -> None:
    ended_at = None if state == "waiting" else timezone.now()
    Job.objects.filter(uid=job.uid, state="running").update(
        state=state, answer=answer, fault=fault[:60], ended_at=ended_at
    )


def stop_job(uid: UUID, now: datetime) -> bool:
    """Ask a job to stop: a waiting one never starts, a running one stops at its next progress."""
    changed = Job.objects.filter(uid=uid, state__in=("waiting", "running")).update(state="stopped", ended_at=now)
    return bool(changed)


def sweep(now: datetime) -> int:
    """Hand over again every job still waiting for half a minute; gives how many."""
    missed = list(Job.objects.filter(state="waiting", created_at__lt=now - MISSED_AFTER).order_by("created_at")[:500])
    for job in missed:
        hand_over(job.uid)
    return len(missed)


def take_up_left_behind() -> int:
    """When the one process that does the jobs starts: what was running when it died waits again."""
    Job.objects.filter(state="running", tries__gte=MOST_TRIES).update(state="failed", fault="process_ended")
    return Job.objects.filter(state="running").update(state="waiting")


def job_state(uid: UUID) -> dict[str, Any] | None:
    """How far a job is, for the page that waits for it."""
    names = ("name", "state", "step", "done", "total", "answer", "fault", "tries", "actor_uid", "started_at")
    found: dict[str, Any] | None = Job.objects.filter(uid=uid).values(*names).first()
    return found
