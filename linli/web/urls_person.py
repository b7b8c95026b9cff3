"""Routes of the page of one person."""

from linli.core.routes import route
from linli.web import pages_person

urlpatterns = [
    route("people/<uuid:uid>/", pages_person.person_page, name="person", action="person.read"),
    route("people/<uuid:uid>/print/", pages_person.person_print_page, name="person_print", action="person.read"),
    route("people/<uuid:uid>/reveal/", pages_person.person_reveal_page, name="person_reveal", action="person.reveal"),
    route(
        "people/<uuid:uid>/exclude/", pages_person.person_exclude_page, name="person_exclude", action="person.exclude"
    ),
    route("people/<uuid:uid>/ties/", pages_person.person_tie_page, name="person_tie", action="tie.assign"),
    route("people/<uuid:uid>/ties/end/", pages_person.person_tie_end_page, name="person_tie_end", action="tie.assign"),
]
