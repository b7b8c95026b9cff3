"""The ASGI application: Django behind the front door."""

import os

from django.core.asgi import get_asgi_application

from linli.web.front import FrontDoor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.web.settings")
application = FrontDoor(get_asgi_application())
