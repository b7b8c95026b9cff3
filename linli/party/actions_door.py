"""Writes at the door: who signed in or failed to, what somebody's own account changed, and the lock after failures."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from linli.core.audit import record, record_now, unit_of_work
from linli.core.sealed import derived_key
from linli.party import rules
from linli.party.actions_tokens import end_tokens
from linli.party.models import DoorTries, Login
from linli.party.queries import actor_of

TRIES_KEPT = timedelta(days=1)


def note_login_event(login: Login, name: str, outcome: str, now: datetime, **params: Any) -> None:
    """One audit row about somebody at the door: who, what, how it went; never what was typed."""
    record_now(actor_of(login, now=now), name, kind="login", uid=login.uid, outcome=outcome, **params)


def count_failed_login(login: Login | None, address: str, *, now: datetime) -> None:
    """Record a failed try; the fifth in a row from one address locks the login there for a quarter of an hour."""
    if login is None:
        record_now(actor_of(None, now=now), "account.login", outcome="failed", reason="unknown")
        return
    with unit_of_work():
        actor = actor_of(None, now=now)
        DoorTries.objects.filter(last_at__lt=now - TRIES_KEPT).delete()
        first = {"created_at": now, "last_at": now}
        tries, _is_new = DoorTries.objects.select_for_update().get_or_create(
            login=login, address=address_digest(address), defaults=first
        )
        tries.failures = tries.failures + 1 if now - tries.last_at < rules.LOCK_HOLDS else 1
        tries.last_at = now
        record(actor, "account.login", kind="login", uid=login.uid, outcome="failed", failures=tries.failures)
        if tries.failures >= rules.FAILURES_BEFORE_LOCK and not rules.is_locked(tries.locked_until, now):
            tries.locked_until = now + rules.LOCK_HOLDS
            record(actor, "account.lock", kind="login", uid=login.uid)
        tries.save(update_fields=["failures", "last_at", "locked_until"])


def is_locked(login: Login, address: str, *, now: datetime) -> bool:
    """Whether a login stays shut to one address after too many failures there."""
    return DoorTries.objects.filter(login=login, address=address_digest(address), locked_until__gt=now).exists()


def forget_failed_logins(login: Login, address: str | None = None) -> None:
    """A log-in that worked starts the count of its address again; without an address, all of them."""
    tries = DoorTries.objects.filter(login=login)
    (tries if address is None else tries.filter(address=address_digest(address))).delete()


def address_digest(address: str) -> str:
    """Keyed digest of where somebody comes from; of an IPv6 address its network, for one machine has all of that."""
    try:
        known = ip_address(address)
    except ValueError:
        known = None
    near = str(ip_network((known, 64), strict=False)) if isinstance(known, IPv6Address) else address
    return hmac.new(derived_key("door"), near.encode(), hashlib.sha256).hexdigest()


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
