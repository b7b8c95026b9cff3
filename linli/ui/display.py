"""How the page looks for this reader: type size, theme and keys, remembered in cookies, without a login."""

from __future__ import annotations

from django.http import HttpRequest

SIZE_COOKIE = "linli_size"
THEME_COOKIE = "linli_theme"
KEYS_COOKIE = "linli_keys"
SIZES = ("normal", "large")
THEMES = ("auto", "light", "dark")
KEYS = ("on", "off")
COOKIE_SECONDS = 365 * 24 * 3600


def size_of(request: HttpRequest) -> str:
    """`large` for 大字, else `normal`."""
    size = request.COOKIES.get(SIZE_COOKIE, "normal")
    return size if size in SIZES else "normal"


def theme_of(request: HttpRequest) -> str:
    """`light` or `dark` when chosen; empty: as the device says."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in ("light", "dark") else ""


def keys_of(request: HttpRequest) -> bool:
    """Whether single keys lead about; they do until switched off."""
    return request.COOKIES.get(KEYS_COOKIE) != "off"
