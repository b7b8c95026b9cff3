"""All routes, block by block."""

from django.urls import include, path

handler400 = "linli.web.pages_errors.bad_request_page"
urlpatterns = [
    path("api/", include("linli.web.urls_api")),
    path("account/", include("linli.web.third_party_routes")),
    path("", include("linli.ui.urls")),
    path("", include("linli.party.urls_account")),
    path("", include("linli.party.urls")),
    path("", include("linli.web.urls_person")),
    path("", include("linli.web.urls_home")),
    path("", include("linli.need.urls")),
    path("", include("linli.offer.urls")),
    path("", include("linli.matching.urls")),
]
