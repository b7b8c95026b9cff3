"""django-allauth's routes, each by name, with the action that may enter or the reason why it is off.

What is off is not routed at all, so that it answers like any page that does not exist.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from linli.core.errors import NotFound
from linli.party.models import Login
from linli.party.queries_rights import must_show_factor

View = Callable[..., HttpResponse]

# name → (pattern, view, action). “page.own” asks only that somebody is signed in: allauth sees to that itself.
ON: dict[str, tuple[str, View, str]] = {
    "account_login": ("login/", account.login, "page.public"),
    "account_logout": ("logout/", account.logout, "page.public"),
    "account_inactive": ("inactive/", account.account_inactive, "page.public"),
    "account_request_login_code": ("login/code/", account.request_login_code, "page.public"),
    "account_confirm_login_code": ("login/code/confirm/", account.confirm_login_code, "page.public"),
    "account_reauthenticate": ("reauthenticate/", account.reauthenticate, "page.own"),
    "account_change_password": ("password/change/", account.password_change, "page.own"),
    "account_set_password": ("password/set/", account.password_set, "page.own"),
    "mfa_authenticate": ("2fa/authenticate/", mfa.authenticate, "page.public"),
    "mfa_login_webauthn": ("2fa/webauthn/login/", webauthn.login_webauthn, "page.public"),
    "mfa_index": ("2fa/", mfa.index, "page.own"),
    "mfa_reauthenticate": ("2fa/reauthenticate/", mfa.reauthenticate, "page.own"),
    "mfa_activate_totp": ("2fa/totp/activate/", totp.activate_totp, "page.own"),
    "mfa_deactivate_totp": ("2fa/totp/deactivate/", totp.deactivate_totp, "page.own"),
    "mfa_view_recovery_codes": ("2fa/recovery-codes/", recovery.view_recovery_codes, "page.own"),
    "mfa_generate_recovery_codes": ("2fa/recovery-codes/generate/", recovery.generate_recovery_codes, "page.own"),
    "mfa_list_webauthn": ("2fa/webauthn/", webauthn.list_webauthn, "page.own"),
    "mfa_add_webauthn": ("2fa/webauthn/add/", webauthn.add_webauthn, "page.own"),
    "mfa_reauthenticate_webauthn": ("2fa/webauthn/reauthenticate/", webauthn.reauthenticate_webauthn, "page.own"),
    "mfa_remove_webauthn": ("2fa/webauthn/keys/<int:pk>/remove/", webauthn.remove_webauthn, "page.own"),
    "mfa_edit_webauthn": ("2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, "page.own"),
}

OFF: dict[str, str] = {
    "account_signup": "accounts are made by the security administrator",
    "account_email": "no log-in by e-mail",
    "account_email_verification_sent": "no log-in by e-mail",
    "account_confirm_email": "no log-in by e-mail",
    "account_reset_password": "a forgotten password is replaced by the security administrator, face to face",
    "account_reset_password_done": "see account_reset_password",
    "account_reset_password_from_key": "see account_reset_password",
    "account_reset_password_from_key_done": "see account_reset_password",
    "mfa_download_recovery_codes": "codes are written down or printed, not left in a downloads folder",
}

# Whoever has a second factor shows it before these: a password alone, at a desk left open, would replace it.
FACTOR_ROUTES = frozenset(
    {
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_add_webauthn",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
    }
)
CODE_ROUTES = ("account_request_login_code", "account_confirm_login_code")


def _must_show(request: HttpRequest) -> bool:
    return isinstance(request.user, Login) and must_show_factor(request.user, request.actor)  # type: ignore[attr-defined]


def _named(name: str, view: View, action: str) -> View:
    """The view, carrying its action for the census; phone codes exist only where a sender is set.

    Ways to confirm are changed only by who has shown one just now, if there is one.
    """

    @functools.wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if name in CODE_ROUTES and not settings.LINLI_SMS:
            raise NotFound()
        if name in FACTOR_ROUTES and _must_show(request):
            return HttpResponseRedirect(f"{reverse('step_up')}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs)

    entered.linli_action = action  # type: ignore[attr-defined]
    return entered


urlpatterns: list[URLPattern] = [
    path(pattern, _named(name, view, action), name=name) for name, (pattern, view, action) in ON.items()
]
