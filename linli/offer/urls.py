"""Routes of offers."""

from linli.core.routes import route
from linli.offer import pages

urlpatterns = [
    route("offers/", pages.offers_page, name="offers", action="offer.list"),
    route("offers/export/", pages.offers_export_page, name="offers_export", action="person.export"),
    route("offers/import/", pages.offers_import_page, name="offers_import", action="offer.import"),
    route("offers/template/", pages.offers_template_page, name="offers_template", action="offer.import"),
    route("offers/<uuid:uid>/", pages.offer_page, name="offer", action="offer.read"),
]
