"""What answers a request nobody could read; the other errors are Django's and the middleware's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBadRequest
from django.template.loader import render_to_string


def bad_request_page(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBadRequest:
    """Nothing was changed, and the way back; bare where the request failed before it was known who asks."""
    known = request if hasattr(request, "actor") else None
    return HttpResponseBadRequest(render_to_string("400.html", request=known))
