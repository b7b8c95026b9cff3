"""Routes of the footing: how the page looks, and the parts it is made of."""

from linli.core.routes import route
from linli.ui import pages

urlpatterns = [
    route("display/", pages.display_page, name="display", action="page.public"),
    route("gallery/", pages.gallery_page, name="gallery", action="page.public"),
]
