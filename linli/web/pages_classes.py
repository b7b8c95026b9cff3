"""Figures by class of clients, and the classes: who belongs to which is the county's to say."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.errors import NotFound, Refused
from linli.engines import lists
from linli.party.queries import allow, list_facts
from linli.place import queries as places
from linli.place.models import Place
from linli.web import actions, presenters_classes, queries, rules
from linli.web.class_figures import class_table
from linli.web.figures import COUNTY
from linli.web.forms_classes import ClassForm
from linli.web.presenters_county import place_name
from linli.web.words import say


def _place(actor: Actor, code: str, action: str) -> Place:
    place = places.place_by_code(actor, code)
    if place is None:
        raise NotFound()
    allow(actor, action, list_facts(place.path))
    return place


@require_GET
def county_classes_page(request: HttpRequest, code: str) -> HttpResponse:
    """How many of each class are on file, have help, wait, may be missed; each opens, small ones are not said."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    place = _place(actor, code, "county.read")
    table = class_table(actor, place)
    values = {
        "place": place,
        "name": place_name(place),
        "figures": list(COUNTY.values()),
        "rows": presenters_classes.table_rows(table, place),
        "wholes": list(table.wholes.values()),
        "few": rules.SMALLEST,
        "classes": len(table.classes),
        "now": actor.now,
    }
    return render(request, "web/county_classes.html", values)


@require_GET
def county_classes_csv_page(request: HttpRequest, code: str) -> HttpResponse:
    """The same table to take away; recorded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    place = _place(actor, code, "county.export")
    table = class_table(actor, place, "county.export")
    record_now(actor, "county.export", kind="figure", outcome="read", figure="classes", place=place.code)
    sink = io.StringIO()
    lines = presenters_classes.csv_lines(table, place)
    csv.writer(sink).writerows([lists.neutral(cell) for cell in line] for line in lines)
    response = HttpResponse("\ufeff" + sink.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="CLASS-{place.code}-{actor.today.isoformat()}.csv"'
    return response


@require_GET
def client_classes_page(request: HttpRequest) -> HttpResponse:
    """Which classes there are, what belongs to each, since when."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = [
        {
            "one": one,
            "name": presenters_classes.class_name(one),
            "groups": presenters_classes.groups_said(one.groups),
        }
        for one in queries.client_classes(actor, counted_only=False)
    ]
    values = {"rows": rows, "may_write": actor.holds_role_for("class.write")}
    return render(request, "web/client_classes.html", values)


def client_class_page(request: HttpRequest, code: str = "") -> HttpResponse:
    """One class: its words and groups to be changed, and how it was worded before."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    allow(actor, "class.write", actions.class_facts(actor))
    one = queries.client_class(actor, code, counted_only=False) if code else None
    first = vars(one) | {"groups": list(one.groups)} if one else {}
    form = ClassForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        operation_id = given.pop("operation_id")
        try:
            actions.write_class(actor=actor, operation_id=operation_id, code=code, **given)
        except Refused as error:
            form.add_error(None, say(error.code, error.params))
        else:
            messages.success(request, _("存好了。统计从现在起按新的算，以前怎么写的留在这一页。"))
            return redirect("client_classes")
    values = {
        "form": form,
        "one": one,
        "name": presenters_classes.class_name(one) if one else _("加一个人群"),
        "before": [
            {"row": row, "groups": presenters_classes.groups_said(row.groups)} for row in queries.wordings(actor, code)
        ],
    }
    return render(request, "web/client_class.html", values, status=422 if form.errors else 200)
