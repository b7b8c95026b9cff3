"""The way back to the page somebody came from, without script."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def page_before(request: HttpRequest) -> str:
    """The address of this house the reader came from, by the Referer header; "" where there is none but this page."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(came_from)
    back = parts.path + (f"?{parts.query}" if parts.query else "")
    is_here = request.method in ("GET", "HEAD") and back == request.get_full_path()
    return "" if is_here or not back.startswith("/") or back.startswith("//") else back
