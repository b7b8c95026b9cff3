"""What a session must keep to: second factors noted, idle sessions ended, one-time passwords changed.

Not here: signing in (allauth) and our answers to it (`adapters.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.party.actions_door import forget_failed_logins, note_factor_removed, note_login_event
from linli.party.adapters import address_of
from linli.party.middleware import FRESH_FACTOR, SECOND_FACTOR, note_second_factor
from linli.party.models import Login

LAST_SEEN = "linli_last_seen"
NEW_FACTORS = "linli_new_factors"
SEEN_EVERY = timedelta(minutes=1)
WITHOUT_OWN_PASSWORD = ("account_change_password", "account_logout", "account_reauthenticate")


class AccountGate:
    """Ends sessions left idle, and lets a one-time password do nothing but be changed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        login = request.user
        if isinstance(login, Login) and not request.path.startswith(settings.STATIC_URL):
            if _left_idle(request):
                logout(request)
                messages.info(request, _("太久没有动，已经替你退出。再登录一次，从刚才的地方接着做。"))
                return HttpResponseRedirect(f"{reverse('account_login')}?next={request.path}")
            if login.must_change_password and request.path not in map(reverse, WITHOUT_OWN_PASSWORD):
                return HttpResponseRedirect(reverse("account_change_password"))
        return self.get_response(request)


def _left_idle(request: HttpRequest) -> bool:
    now, seen = timezone.now(), request.session.get(LAST_SEEN)
    last = datetime.fromisoformat(seen) if seen else now
    if now - last > timedelta(minutes=settings.LINLI_IDLE_MINUTES):
        return True
    if seen is None or now - last > SEEN_EVERY:
        request.session[LAST_SEEN] = now.isoformat()
    return False


def _why_not_fresh(request: HttpRequest, shown: dict[str, Any]) -> str:
    """Words why a factor shown opens nothing that asks for a fresh one; empty when it does."""
    if shown.get("type") == "recovery_codes":
        return _("恢复码打不开要重新确认的页面。手机丢了：停用旧的确认方式，设一个新的，退出再登录。")
    if shown.get("id") in request.session.get(NEW_FACTORS, []):
        return _("刚设的确认方式，要退出再登录一次，才打得开要重新确认的页面。")
    return ""


def listen() -> None:
    """Hear from Django and allauth what happens at the door."""
    user_logged_in.connect(_signed_in, dispatch_uid="linli.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="linli.signed_out")
    authentication_step_completed.connect(_step_done, dispatch_uid="linli.step_done")
    authentication_failed.connect(_factor_failed, dispatch_uid="linli.factor_failed")
    authenticator_added.connect(_factor_added, dispatch_uid="linli.factor_added")
    authenticator_removed.connect(_factor_removed, dispatch_uid="linli.factor_removed")
    authenticator_reset.connect(_factor_reset, dispatch_uid="linli.factor_reset")


def _signed_in(sender: Any, request: HttpRequest, user: Login, **_rest: Any) -> None:
    """A session starts with what *this* login has shown, never with what lay in the session before."""
    now = timezone.now()
    for key in (SECOND_FACTOR, FRESH_FACTOR, LAST_SEEN, NEW_FACTORS):
        request.session.pop(key, None)
    shown = [r for r in get_authentication_records(request, user) if r.get("method") == "mfa"]
    if shown:
        at = datetime.fromtimestamp(shown[-1]["at"], UTC)
        note_second_factor(request, at, is_fresh=not _why_not_fresh(request, shown[-1]))
    forget_failed_logins(user, address_of(request))
    note_login_event(user, "account.login", "done", now, factors=2 if shown else 1)


def _signed_out(sender: Any, request: HttpRequest, user: Login | None, **_rest: Any) -> None:
    if isinstance(user, Login):
        note_login_event(user, "account.logout", "done", timezone.now())


def _step_done(sender: Any, request: HttpRequest, user: Login, method: str, **rest: Any) -> None:
    """A second factor shown again by somebody already signed in: fresh from now, if it is an old one and no code."""
    if method == "mfa" and request.user.is_authenticated and request.user.pk == user.pk:
        now, why_not = timezone.now(), _why_not_fresh(request, rest)
        note_second_factor(request, now, is_fresh=not why_not)
        if why_not:
            messages.info(request, why_not)
        note_login_event(user, "account.step_up", "done", now, way=str(rest.get("type", "")))


def _factor_failed(sender: Any, user: Login, authenticator: Any, **_rest: Any) -> None:
    note_login_event(user, "account.second_factor", "failed", timezone.now(), way=str(authenticator.type))


def _factor_added(sender: Any, request: HttpRequest, user: Login, authenticator: Any, **_rest: Any) -> None:
    """Setting one up has just shown it: it counts for this session, but in this session never as fresh."""
    now = timezone.now()
    if authenticator.type != "recovery_codes":
        note_second_factor(request, now, is_fresh=False)
        request.session[NEW_FACTORS] = [*request.session.get(NEW_FACTORS, []), authenticator.pk]
    note_login_event(user, "account.factor_added", "done", now, way=str(authenticator.type))


def _factor_removed(sender: Any, user: Login, authenticator: Any, **_rest: Any) -> None:
    note_factor_removed(user, str(authenticator.type), now=timezone.now())


def _factor_reset(sender: Any, user: Login, authenticator: Any, **_rest: Any) -> None:
    note_login_event(user, "account.factor_renewed", "done", timezone.now(), way=str(authenticator.type))
