"""What every page's frame needs: who is here and which menu fits the role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Values for the layout."""
    return {"actor": getattr(request, "actor", None), "is_demo": settings.LINLI_DEMO}
