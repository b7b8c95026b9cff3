"""What every page's frame needs: who is here, which menu fits the role, how the page is to look."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from linli.core.actor import Actor
from linli.party.fields import ROLE_WORDS
from linli.place import queries as places
from linli.ui.display import THEMES, size_of, theme_of
from linli.web.menu import menu_for

DOCK = 4  # and one more that opens the whole menu


def shell(request: HttpRequest) -> dict[str, Any]:
    """Values for the layout; worked out only when a template asks for them."""
    actor = getattr(request, "actor", None)
    return {"actor": actor, "is_demo": settings.LINLI_DEMO, "shell": SimpleLazyObject(lambda: _frame(request, actor))}


def _frame(request: HttpRequest, actor: Actor | None) -> dict[str, Any]:
    known = actor is not None and actor.is_known
    granted = places.granted_places(actor) if actor is not None and known else []
    menu = menu_for(request, actor) if actor is not None and known else []
    return {
        "menu": menu,
        "dock": [item for item in menu if item["short"]][:DOCK],
        "can_search": actor is not None and known and actor.holds_role_for("person.list"),
        "role": ROLE_WORDS.get(actor.role, "") if actor is not None and known else "",
        "place": granted[0] if granted else None,
        "size": size_of(request),
        "theme": theme_of(request),
        "themes": THEMES,
        "here": request.get_full_path(),
    }
