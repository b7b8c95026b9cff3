"""What somebody searched for: kept under seal with the session, never in an address, never open in the database."""

from __future__ import annotations

from django.http import HttpRequest

from linli.core.sealed import SealBroken, derived_key, seal, unseal

PREFIX = "linli_searched:"


def keep_search(request: HttpRequest, page: str, text: str) -> None:
    """Remember what was searched for on a page until something else is, or until signing out."""
    text = text.strip()
    if text:
        request.session[PREFIX + page] = seal(derived_key("search"), PREFIX + page, text).hex()
    else:
        request.session.pop(PREFIX + page, None)


def kept_search(request: HttpRequest, page: str) -> str:
    """What was last searched for on a page; empty when nothing was, or when it does not open any more."""
    try:
        return unseal(derived_key("search"), PREFIX + page, bytes.fromhex(request.session.get(PREFIX + page, "")))
    except (SealBroken, ValueError):
        return ""
