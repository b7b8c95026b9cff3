"""Writes at the door: who signed in or failed to, what somebody's own account changed, and the lock after failures."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.core.cache import cache

from linli.core.audit import record, record_now, unit_of_work
from linli.party import rules
from linli.party.actions_tokens import end_tokens
from linli.party.models import Login
from linli.party.queries import actor_of


def note_login_event(login: Login, name: str, outcome: str, now: datetime, **params: Any) -> None:
    """One audit row about somebody at the door: who, what, how it went; never what was typed."""
    record_now(actor_of(login, now=now), name, kind="login", uid=login.uid, outcome=outcome, **params)


def count_failed_login(login: Login | None, *, now: datetime) -> None:
    """Record a failed try; the fifth in a row locks the login for a quarter of an hour."""
    if login is None:
        record_now(actor_of(None, now=now), "account.login", outcome="failed", reason="unknown")
        return
    failures = cache.get(_failures_key(login), 0) + 1
    cache.set(_failures_key(login), failures, timeout=int(rules.LOCK_HOLDS.total_seconds()))
    with unit_of_work():
        actor = actor_of(None, now=now)
        record(actor, "account.login", kind="login", uid=login.uid, outcome="failed", failures=failures)
        if failures >= rules.FAILURES_BEFORE_LOCK and not rules.is_locked(login.locked_until, now):
            Login.objects.filter(pk=login.pk).update(locked_until=now + rules.LOCK_HOLDS)
            record(actor, "account.lock", kind="login", uid=login.uid)


def forget_failed_logins(login: Login) -> None:
    """A log-in that worked starts the count again."""
    cache.delete(_failures_key(login))


def keep_own_password(login: Login, password: str, *, now: datetime) -> None:
    """A password its owner chose: it ends a one-time password, and the keys made under the one before."""
    with unit_of_work():
        login.set_password(password)
        login.must_change_password = False
        login.save(update_fields=["password", "must_change_password"])
        actor = actor_of(login, now=now)
        record(actor, "account.password", kind="login", uid=login.uid)
        end_tokens(login, actor, "password")


def note_factor_removed(login: Login, way: str, *, now: datetime) -> None:
    """A way to confirm is gone, and with it the keys it was shown for."""
    with unit_of_work():
        actor = actor_of(login, now=now)
        record(actor, "account.factor_removed", kind="login", uid=login.uid, way=way)
        end_tokens(login, actor, "factor")


def keep_phone(login: Login, phone: str, *, is_proved: bool, now: datetime) -> None:
    """The number a login signs in with, as its owner gave it; `is_proved`: a code sent there came back."""
    with unit_of_work():
        row = Login.objects.select_for_update().get(pk=login.pk)
        row.phone, row.phone_verified = phone, is_proved
        row.save(update_fields=["phone", "phone_index", "phone_verified"])
        record(actor_of(row, now=now), "account.phone", kind="login", uid=row.uid, proved=is_proved)
    login.phone, login.phone_verified = phone, is_proved


def prove_phone(login: Login, *, now: datetime) -> None:
    """A code sent to the login's own number came back."""
    with unit_of_work():
        if Login.objects.filter(pk=login.pk, phone_verified=False).update(phone_verified=True):
            record(actor_of(login, now=now), "account.phone", kind="login", uid=login.uid, proved=True)


def _failures_key(login: Login) -> str:
    return "linli-failed-" + hashlib.sha256(login.uid.bytes).hexdigest()
