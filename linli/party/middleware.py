"""Every request gets its actor: who is signed in, with which assurance, at which moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from linli.core.actor import Actor
from linli.party.models import Login
from linli.party.queries import actor_of

SECOND_FACTOR = "linli_second_factor_at"
FRESH_FACTOR = "linli_fresh_factor_at"


class ActorMiddleware:
    """Sets `request.actor`, read from the session when first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: actor_in(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def actor_in(request: HttpRequest) -> Actor:
    """The actor of this request; grants, ties and exclusions are read afresh, so revocation bites at once."""
    login = request.user if isinstance(request.user, Login) else None
    return actor_of(
        login,
        now=timezone.now(),
        second_factor_at=_moment(request, SECOND_FACTOR),
        fresh_factor_at=_moment(request, FRESH_FACTOR),
    )


def _moment(request: HttpRequest, key: str) -> datetime | None:
    text = request.session.get(key)
    return datetime.fromisoformat(text) if text else None


def note_second_factor(request: HttpRequest, at: datetime, *, is_fresh: bool = True) -> None:
    """A second factor was shown now: it counts for twelve hours, and as fresh for fifteen minutes if it may at all."""
    request.session[SECOND_FACTOR] = at.isoformat()
    if is_fresh:
        request.session[FRESH_FACTOR] = at.isoformat()
