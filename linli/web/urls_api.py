"""Routes of the interface for other programs, each carrying the action of every operation for the census."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path

from linli.core.routes import route
from linli.web import pages_api
from linli.web.api import api

View = Callable[..., HttpResponse]


def _named(name: str, pattern: str, view: View, actions: dict[str, str]) -> URLPattern:
    """A route of django-ninja under our own roof, with its methods and the action each asks for."""

    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in actions:
            return HttpResponseNotAllowed(list(actions))
        return view(request, *args, **kwargs)

    entered.csrf_exempt = True  # type: ignore[attr-defined] # no cookie enters here, only tokens
    entered.linli_actions = actions  # type: ignore[attr-defined]
    entered.linli_action = next(iter(actions.values()))  # type: ignore[attr-defined]
    return path(pattern, entered, name=name)


def _actions() -> dict[str, dict[str, str]]:
    """For each path, its methods and the action of each; what declares none is not routed."""
    return {
        route.lstrip("/"): {
            method: str(vars(operation.view_func)["linli_action"])
            for operation in view.operations
            for method in operation.methods
        }
        for _prefix, router in api._routers
        for route, view in router.path_operations.items()
    }


def _routes() -> list[URLPattern]:
    known = _actions() | {"openapi.json": {"GET": "page.public"}}
    found: dict[str, URLPattern] = {}
    for entry in api.urls[0]:
        assert isinstance(entry, URLPattern), "the interface has one level of routes"
        pattern, view = str(entry.pattern), cast(View, entry.callback)
        if not pattern:
            continue  # where the library has nothing to show, our own page stands
        action = known[pattern.replace("<uuid:", "{").replace("<", "{").replace(">", "}")]
        assert isinstance(entry, URLPattern) and entry.callback is not None, "the interface has no routes below routes"
        found.setdefault(pattern, _named(str(entry.name), pattern, view, action))
    return [route("", pages_api.api_page, name="api-root", action="page.public"), *found.values()]


app_name = "api"
urlpatterns = _routes()
