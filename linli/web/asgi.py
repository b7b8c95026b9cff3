"""The ASGI application."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.web.settings")
_pages = get_asgi_application()

from linli.web.front import FrontDoor  # noqa: E402 settings are read first

application = FrontDoor(_pages)
