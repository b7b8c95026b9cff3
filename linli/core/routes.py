"""A URL and its policy, written in one place: a page without a declared action cannot be routed.

The wrapper asks only whether the actor holds a role for the action at all; which rows and fields
are shown is decided by queries. What they deny (an error with the `reason` of `decide`) is recorded
here before the answer leaves, unless it was already. The census test walks every route of the running table.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from linli.core.audit import record_now
from linli.core.errors import NotFound, Refused
from linli.core.policy import ACTIONS

Page = Callable[..., HttpResponse]


def route(pattern: str, page: Page, *, name: str, action: str) -> URLPattern:
    """Like Django's `path`, with the action that decides who may enter."""
    assert action in ACTIONS, f"route {name}: no action {action} in core/policy.py"

    @functools.wraps(page)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        if not actor.holds_role_for(action):
            if not actor.is_known:
                return redirect_to_login(request.get_full_path())
            record_now(actor, action, outcome="denied", kind="route", reason="no_role", route=name)
            raise NotFound() if ACTIONS[action].hides else Refused("core.no_role")
        try:
            return page(request, *args, **kwargs)
        except (NotFound, Refused) as error:
            # What is not there costs the same row as what is hidden: neither the record nor the time tells them apart.
            reason = error.params.get("reason") or ("absent" if isinstance(error, NotFound) and actor.is_known else "")
            if reason and not error.is_recorded:
                uid = kwargs.get("uid")
                record_now(actor, action, outcome="denied", kind="route", uid=uid, reason=reason, route=name)
            raise

    guarded.linli_action = action  # type: ignore[attr-defined]
    return path(pattern, guarded, name=name)
