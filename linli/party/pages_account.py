"""Pages of one's own account: what I hold, confirming again that it is me, and the demo's change of role."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import login as sign_in
from django.contrib.auth import logout as sign_out
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import NotFound
from linli.core.runs import is_demo
from linli.party import actions_door, presenters_rights, queries_rights
from linli.party.middleware import note_second_factor
from linli.party.models import Login
from linli.place import queries as places

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def account_page(request: HttpRequest) -> HttpResponse:
    """My roles and places, how I sign in, and when I last showed a second factor."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    values = {
        "login": request.user,
        "grants": presenters_rights.fact_rows(actor),
        "has_second_factor": is_mfa_enabled(request.user),
        "second_factor_at": actor.facts.second_factor_at,
    }
    return render(request, "party/account_own.html", values)


def step_up_page(request: HttpRequest) -> HttpResponse:
    """“It is you, once more”: to the second factor one has, or to setting one up; then back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    back = _back(request)
    if is_demo() and request.method == "POST" and isinstance(request.user, Login):
        note_second_factor(request, actor.now)
        actions_door.note_login_event(request.user, "account.step_up", "done", actor.now, way="demo")
        return redirect(back)
    user = request.user
    if is_mfa_enabled(user, ["totp"]):
        way = "mfa_reauthenticate"
    elif is_mfa_enabled(user, ["webauthn"]):
        way = "mfa_reauthenticate_webauthn"
    elif is_demo():
        return render(request, "party/account_step_up_demo.html", {"back": back})
    else:
        messages.info(request, _("这一步要第二重确认，你还没有设。先在这里设一个，几分钟就好。"))
        return redirect("mfa_index")
    return redirect(f"{reverse(way)}?{urlencode({'next': back})}")


def demo_switch_page(request: HttpRequest) -> HttpResponse:
    """The demo's people by role, one click each; a page that does not exist outside the demo."""
    if not is_demo():
        raise NotFound()
    grants = queries_rights.demo_grants()
    where = places.names_by_path(request.actor, [grant.place_path for grant in grants])  # type: ignore[attr-defined]
    rows = presenters_rights.demo_rows(grants, where)
    return render(request, "party/account_demo.html", {"rows": rows})


@require_POST
def demo_enter_page(request: HttpRequest) -> HttpResponse:
    """Become one of the demo's people, with the second factor taken as shown."""
    if not is_demo():
        raise NotFound()
    actor: Actor = request.actor  # type: ignore[attr-defined]
    login = queries_rights.login_named(request.POST.get("username", ""))
    sign_out(request)
    sign_in(request, login, backend=BACKEND)
    note_second_factor(request, actor.now)
    actions_door.note_login_event(login, "account.switch", "done", actor.now)
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where to go afterwards: a page of this house, or home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else "/"
