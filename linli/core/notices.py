"""Lines for somebody's Today: a code with its values and where to go. Never personal data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from linli.core.actor import Actor
from linli.core.models import Notice


def notify(actor: Actor, login_uids: Iterable[UUID], code: str, *, link: str = "", **params: Any) -> list[Notice]:
    """Tell logins something, in the running transaction; gives the lines written."""
    each = dict.fromkeys(login_uids)
    rows = [Notice(created_at=actor.now, login_uid=uid, code=code, params=params, link=link) for uid in each]
    return Notice.objects.bulk_create(rows)


def unread_notices(actor: Actor) -> QuerySet[Notice]:
    """What this actor has not read yet, newest first."""
    if actor.login_uid is None:
        return Notice.objects.none()
    return Notice.objects.filter(login_uid=actor.login_uid, read_at__isnull=True).order_by("-created_at", "-id")


def mark_read(actor: Actor, uids: Iterable[UUID]) -> int:
    """Put the actor's own notices away; others' are not touched."""
    return unread_notices(actor).filter(uid__in=list(uids)).update(read_at=actor.now)
