"""Runs of engines, kept so that anyone can run them again and get the same result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings

from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work
from linli.core.models import Run

DEMO = "demo"


def is_demo() -> bool:
    """Whether this is the demo county: asked for by LINLI_DEMO, and its people made by the demo's own run.

    A real county's accounts are never entered by a click, whatever stands in the environment.
    """
    return settings.LINLI_DEMO and Run.objects.filter(engine=DEMO).exists()


def store_run(
    actor: Actor,
    *,
    engine: str,
    version: str,
    digest: str,
    options: Mapping[str, Any],
    report: Mapping[str, Any],
    seed: str = "",
    job_uid: UUID | None = None,
) -> UUID:
    """Keep what an engine was given and what it reports, in codes and numbers; gives the run's uid.

    A job that is done again with the same input has made one run.
    """
    uid = uuid5(job_uid, f"{engine} {version} {digest}") if job_uid else uuid4()
    with unit_of_work(uid):
        if not Run.objects.filter(uid=uid).exists():
            Run.objects.create(
                uid=uid,
                created_at=actor.now,
                engine=engine,
                version=version,
                input_digest=digest,
                seed=seed,
                options=dict(options),
                report=dict(report),
                actor_uid=actor.login_uid,
            )
            record(actor, "run.store", kind="run", uid=uid, engine=engine, digest=digest)
    return uid
