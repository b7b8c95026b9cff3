"""Choosing size, theme, language and keys, without script and without a login; and the gallery of parts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language, gettext_lazy

from linli.core.errors import NotFound
from linli.ui.display import (
    COOKIE_SECONDS,
    KEYS,
    KEYS_COOKIE,
    SIZE_COOKIE,
    SIZES,
    THEME_COOKIE,
    THEMES,
    keys_of,
    size_of,
    theme_of,
)
from linli.ui.gallery import gallery

CHOICES = {
    "size": (SIZE_COOKIE, SIZES),
    "theme": (THEME_COOKIE, THEMES),
    "lang": (settings.LANGUAGE_COOKIE_NAME, tuple(code for code, _ in settings.LANGUAGES)),
    "keys": (KEYS_COOKIE, KEYS),
}
WORDS = {
    "normal": gettext_lazy("常规字"),
    "large": gettext_lazy("大字"),
    "auto": gettext_lazy("随设备"),
    "light": gettext_lazy("浅色"),
    "dark": gettext_lazy("深色"),
    "on": gettext_lazy("开着"),
    "off": gettext_lazy("关掉"),
    **dict(settings.LANGUAGES),
}


def display_page(request: HttpRequest) -> HttpResponse:
    """Set what the query names and go back where the reader came from; with nothing named, show the choices."""
    back = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    wanted = {name: request.GET[name] for name, (_, allowed) in CHOICES.items() if request.GET.get(name) in allowed}
    if not wanted:
        return render(request, "ui/display.html", {"back": back, "choices": _choices(request, back)})
    response = HttpResponseRedirect(back)
    for name, value in wanted.items():
        response.set_cookie(
            CHOICES[name][0], value, max_age=COOKIE_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response


def _choices(request: HttpRequest, back: str) -> dict[str, list[dict[str, Any]]]:
    """Per choice its values: words, the address that sets it and comes back here, whether it is the one in use."""
    here = f"{request.path}?{urlencode({'next': back})}"
    now = {
        "size": size_of(request),
        "theme": theme_of(request) or "auto",
        "lang": get_language(),
        "keys": "on" if keys_of(request) else "off",
    }
    return {
        name: [
            {"words": WORDS[value], "url": f"?{urlencode({name: value, 'next': here})}", "current": value == now[name]}
            for value in allowed
        ]
        for name, (_, allowed) in CHOICES.items()
    }


def gallery_page(request: HttpRequest) -> HttpResponse:
    """Every part with its states, for those who build pages; a page that does not exist outside the demo."""
    if not settings.LINLI_DEMO:
        raise NotFound()
    return render(request, "ui/gallery.html", gallery())
