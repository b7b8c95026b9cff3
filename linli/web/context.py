"""What every page's frame needs: who is here, which menu fits the role, how the page is to look."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from linli.core.actor import Actor
from linli.party.fields import ROLE_WORDS
from linli.place import queries as places
from linli.ui.display import keys_of, size_of, theme_of
from linli.web.back import page_before
from linli.web.menu import address_of, menu_for

DOCK = 4  # words on a phone, and one more that opens the rest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Values for the layout; worked out only when a template asks for them."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "is_demo": settings.LINLI_DEMO,
        "shell": SimpleLazyObject(lambda: _frame(request, actor)),
        "page_before": SimpleLazyObject(lambda: page_before(request)),
    }


def _frame(request: HttpRequest, actor: Actor | None) -> dict[str, Any]:
    looks = {
        "size": size_of(request),
        "theme": theme_of(request),
        "keys": keys_of(request),
        # What answered a POST cannot be gone back to with its query: only its address can.
        "here": request.get_full_path() if request.method in ("GET", "HEAD") else request.path,
    }
    if actor is None or not actor.is_known:
        return looks
    menu = menu_for(request, actor)
    dock = [item for item in menu if item["short"]][:DOCK]
    rest = [item for item in menu if item not in dock]
    granted = [place.path for place in places.granted_places(actor)[:1]]
    return looks | {
        "menu": menu,
        "dock": dock,
        "rest": rest,
        "is_under_more": any(item["current"] for item in rest),
        "search": address_of("people") if actor.holds_role_for("person.list") else "",
        "role": ROLE_WORDS.get(actor.role, ""),
        "place": places.place_words(actor, granted)[granted[0]] if granted else "",
    }
