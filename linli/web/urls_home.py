"""Routes of the first pages: home by role, Today, the overview and its figures, tokens."""

from linli.core.routes import route
from linli.web import pages_classes, pages_county, pages_today, pages_tokens

FIGURE = "county/<str:code>/<slug:figure>/"
CLASSES = "county/<str:code>/classes/"

urlpatterns = [
    route("", pages_today.landing_page, name="landing", action="page.public"),
    route("welcome/", pages_today.welcome_page, name="welcome", action="page.own"),
    route("today/", pages_today.today_page, name="today", action="need.list"),
    route("today/read/", pages_today.notices_read_page, name="notices_read", action="page.own"),
    route("today/<slug:figure>/", pages_today.today_figure_page, name="today_figure", action="need.list"),
    route("county/", pages_county.county_page, name="county", action="county.read"),
    route("county/<str:code>/", pages_county.county_page, name="county_place", action="county.read"),
    route(CLASSES, pages_classes.county_classes_page, name="county_classes", action="county.read"),
    route(
        CLASSES + "table.csv",
        pages_classes.county_classes_csv_page,
        name="county_classes_csv",
        action="county.export",
    ),
    route("classes/", pages_classes.client_classes_page, name="client_classes", action="county.read"),
    route("classes/new/", pages_classes.client_class_page, name="client_class_new", action="class.write"),
    route("classes/<slug:code>/", pages_classes.client_class_page, name="client_class", action="class.write"),
    route(FIGURE, pages_county.county_figure_page, name="county_figure", action="county.records"),
    route(
        FIGURE + "records.csv",
        pages_county.county_figure_csv_page,
        name="county_figure_csv",
        action="county.export",
    ),
    route("me/tokens/", pages_tokens.tokens_page, name="tokens", action="page.own"),
    route("me/tokens/new/", pages_tokens.token_new_page, name="token_new", action="token.make"),
    route("me/tokens/<uuid:uid>/revoke/", pages_tokens.token_revoke_page, name="token_revoke", action="page.own"),
]
