"""Choosing size, theme and language; works without script and without a login."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from linli.ui.display import COOKIE_SECONDS, SIZE_COOKIE, SIZES, THEME_COOKIE, THEMES

CHOICES = {
    "size": (SIZE_COOKIE, SIZES),
    "theme": (THEME_COOKIE, THEMES),
    "lang": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
}


def display_page(request: HttpRequest) -> HttpResponse:
    """Set what the query names and go back where the reader came from."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, (cookie, allowed) in CHOICES.items():
        value = request.GET.get(name)
        if value in allowed:
            response.set_cookie(cookie, value, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True)
    return response
