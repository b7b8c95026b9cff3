"""Routes of the footing: how the page looks."""

from linli.core.routes import route
from linli.ui import pages

urlpatterns = [
    route("display/", pages.display_page, name="display", action="page.public"),
]
