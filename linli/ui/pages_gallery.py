"""The gallery of parts, to build pages from; in demo mode only."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.core.errors import NotFound
from linli.ui.gallery import gallery


def gallery_page(request: HttpRequest) -> HttpResponse:
    """Every part with its states."""
    if not settings.LINLI_DEMO:
        raise NotFound()
    return render(request, "ui/gallery.html", gallery(request.GET.get("page")))
