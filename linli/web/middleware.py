"""Security headers, and the one place where errors become pages."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode

from linli.core.errors import LinliError
from linli.web.back import page_before
from linli.web.faults import lines_of
from linli.web.words import say

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


CONFIRM_FIRST = ("core.second_factor_needed", "core.fresh_factor_needed")


class HeadersMiddleware:
    """A strict content policy, nothing cached that belongs to a person, fragments told apart from pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ("HX-Request", "Cookie", "Accept-Language"))
        return response


class ErrorPages:
    """Turns a `LinliError` from anywhere below into its page: what happened, why, what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, LinliError):
            return None
        if error.status == HTTPStatus.NOT_FOUND:
            # One page for what is not there and for what this reader may not know of, whatever the code.
            return render(request, "404.html", status=error.status)
        values = {
            "words": say(error.code, error.params),
            "status": error.status,
            "faults": lines_of(error.params.get("faults", ())),
            "step_up": _step_up(request) if error.code in CONFIRM_FIRST else "",
        }
        return render(request, "web/error.html", values, status=error.status)


def _step_up(request: HttpRequest) -> str:
    """The page where one shows a second factor, and from there back to what was asked."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else page_before(request) or "/"
    return f"{reverse('step_up')}?{urlencode({'next': back})}"
