"""Routes of flags and needs."""

from linli.core.routes import route
from linli.need import pages, pages_flags

urlpatterns = [
    route("flags/", pages_flags.flags_page, name="flags", action="flag.list"),
    route("flags/decide/", pages_flags.flags_decide_page, name="flags_decide", action="flag.take"),
    route("flags/<uuid:uid>/", pages_flags.flag_page, name="flag", action="flag.read"),
    route("needs/", pages.needs_page, name="needs", action="need.list"),
    route("needs/export/", pages.needs_export_page, name="needs_export", action="person.export"),
    route("needs/<uuid:uid>/", pages.need_page, name="need", action="need.read"),
    route("people/<uuid:uid>/needs/new/", pages.need_new_page, name="need_new", action="need.write"),
]
