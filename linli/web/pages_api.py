"""The page that says what other programs may do, made from the interface's own document."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.web import presenters_api
from linli.web.api import api


def api_page(request: HttpRequest) -> HttpResponse:
    """Who may use the interface, and each operation with its fields and errors."""
    document = api.get_openapi_schema(path_prefix="/api/")
    values = {
        "operations": presenters_api.operations(document),
        "makers": presenters_api.roles_for("token.make"),
        "version": document["info"]["version"],
    }
    return render(request, "web/api.html", values)
