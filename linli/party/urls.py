"""Routes of people and imports. The page of one person stands in the roof: it shows flags and needs too."""

from linli.core.routes import route
from linli.party import pages, pages_imports, pages_merge, pages_people

urlpatterns = [
    route("people/", pages.people_page, name="people", action="person.list"),
    route("people/export/", pages.people_export_page, name="people_export", action="person.export"),
    route("people/<uuid:uid>/correct/", pages_people.correct_page, name="person_correct", action="person.write"),
    route(
        "people/<uuid:uid>/correct/withdraw/",
        pages_people.withdraw_correction_page,
        name="person_correct_withdraw",
        action="person.write",
    ),
    route("people/<uuid:uid>/protect/", pages_people.protect_page, name="person_protect", action="person.protect"),
    route(
        "people/<uuid:uid>/protect/lift/",
        pages_people.protect_lift_page,
        name="person_protect_lift",
        action="person.protect",
    ),
    route("people/<uuid:uid>/held/", pages_people.held_page, name="person_held", action="person.write"),
    route("people/<uuid:uid>/merge/", pages_merge.merge_page, name="person_merge", action="person.merge"),
    route("people/<uuid:uid>/split/", pages_merge.split_page, name="person_split", action="person.merge"),
    route("imports/", pages_imports.imports_page, name="imports", action="person.import"),
    route("imports/<uuid:uid>/", pages_imports.import_page, name="import_page", action="person.import"),
    route("imports/<uuid:uid>/columns/", pages_imports.columns_page, name="import_columns", action="person.import"),
    route("imports/<uuid:uid>/row/", pages_imports.row_page, name="import_row", action="person.import"),
    route("imports/<uuid:uid>/cell/", pages_imports.cell_page, name="import_cell", action="person.import"),
    route("imports/<uuid:uid>/compare/", pages_imports.compare_page, name="import_compare", action="person.import"),
    route("imports/<uuid:uid>/confirm/", pages_imports.confirm_page, name="import_confirm", action="person.import"),
    route("imports/<uuid:uid>/stop/", pages_imports.stop_page, name="import_stop", action="person.import"),
    route("imports/<uuid:uid>/withdraw/", pages_imports.withdraw_page, name="import_withdraw", action="person.import"),
    route("imports/<uuid:uid>/returned/", pages_imports.returned_page, name="import_returned", action="person.import"),
]
