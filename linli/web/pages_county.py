"""The overview: who has help, who still waits, place by place; and every figure opened down to its records."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.errors import NotFound
from linli.engines import lists
from linli.party import queries as party
from linli.party.queries_rights import places_held
from linli.place import queries as places
from linli.place.models import Place
from linli.web import presenters_county, presenters_figure
from linli.web.class_figures import LEVELS, of_class
from linli.web.figures import COUNTY, UNITS, Figure
from linli.web.presenters_classes import class_name
from linli.web.presenters_county import REST, SORTS, days_words
from linli.web.rules import ClassOfClients


def county_page(request: HttpRequest, code: str = "") -> HttpResponse:
    """Counts by place with bars, map and line; every number opens."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    own = _own_places(actor)
    place = _place(actor, code or own[0].code, "county.read")
    unit = _chosen(request, "unit", UNITS)
    by = _chosen(request, "sort", ("median", *SORTS))
    view = presenters_county.overview(actor, place)
    view.lines[:] = presenters_county.ordered(view.lines, by, unit)
    worst = max((line for line in view.lines if line.waits), key=lambda line: line.median or 0, default=None)
    values = {
        "place": place,
        "name": view.whole.name,
        "crumbs": _crumbs(actor, place, own),
        "own": own if len(own) > 1 else [],
        "whole": view.whole,
        "whole_median": days_words(view.whole.median),
        "share": _share(view),
        "worst": worst,
        "worst_median": days_words(worst.median) if worst else "",
        "worst_without": worst.villages - worst.served_villages if worst else 0,
        "strip": [
            {
                "figure": figure,
                "tally": view.whole.tally[figure.code],
                "url": presenters_county.figure_url(figure.code, place),
            }
            for figure in COUNTY.values()
        ],
        "rows": presenters_county.rows_of(view, unit, actor.now),
        "totals": [
            {"n": view.whole.n(code, unit), "url": presenters_county.figure_url(code, place, unit=unit)}
            for code in COUNTY
        ],
        "tiles": presenters_county.tiles_of(view, unit),
        "steps": presenters_county.steps_of(view),
        "plot": presenters_county.plot_of(actor, place),
        "unit": unit,
        "unit_words": presenters_county.unit_words()[unit],
        "units": presenters_county.units_of(unit, request.path, sort=by),
        "sort": by,
        "now": actor.now,
        "has_classes": place.level in LEVELS,
    }
    return render(request, "web/county.html", values)


def _own_places(actor: Actor) -> list[Place]:
    """Where this actor may read figures, the widest first."""
    paths = places_held(actor, "county.read")
    found = places.names_by_path(actor, paths)
    if not found:
        raise NotFound()
    return [found[path] for path in sorted(found, key=lambda path: (path.count("/"), path))]


def _place(actor: Actor, code: str, action: str) -> Place:
    place = places.place_by_code(actor, code)
    if place is None:
        raise NotFound()
    party.allow(actor, action, party.list_facts(place.path))
    return place


def _chosen(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    """One of the known values; the first where nothing, or nonsense, was asked for."""
    asked = request.GET.get(name, "")
    return asked if asked in known else known[0]


def _crumbs(actor: Actor, place: Place, own: list[Place]) -> list[dict[str, str]]:
    """The places above this one in which the actor may read figures too, then this one."""
    chain = [place.path[: at + 1] for at, sign in enumerate(place.path) if sign == "/"]
    mine = [path for path in chain if any(path.startswith(one.path) for one in own)]
    known = places.names_by_path(actor, mine)
    return [
        {"name": presenters_county.place_name(known[path]), "code": known[path].code} for path in mine if path in known
    ]


def _share(view: presenters_county.Overview) -> str:
    on_file, served = view.whole.n("on_file", "people"), view.whole.n("served", "people")
    return f"{100 * served / on_file:.1f}" if on_file else ""


# One figure


@dataclass(frozen=True)
class _Asked:
    """Which figure of which place was asked for."""

    figure: Figure
    place: Place
    rows: Any
    part: str
    veil: str = ""
    one_class: ClassOfClients | None = None


def _asked(request: HttpRequest, figure: str, code: str, action: str = "county.records") -> _Asked:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if figure not in COUNTY:
        raise NotFound()
    place = _place(actor, code, action)
    rows = COUNTY[figure].records(actor, place.path, action)
    part = REST if request.GET.get("part") == REST else ""
    for below in places.places_below(actor, place) if part else ():
        rows = rows.exclude(place_path__startswith=below.path)
    veil = request.GET.get("class", "")
    if not veil or action == "county.export":
        return _Asked(COUNTY[figure], place, rows, part)
    one, rows = of_class(actor, veil, COUNTY[figure], place, rows)
    return _Asked(COUNTY[figure], place, rows, "", veil, one)


def county_figure_page(request: HttpRequest, figure: str, code: str) -> HttpResponse:
    """One figure: the rule, the records counted, those not counted and why, a sample. No names."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = _asked(request, figure, code)
    said = {"figure": figure, "place": asked.place.code} | ({"of_class": asked.veil} if asked.veil else {})
    record_now(actor, "county.records", kind="figure", outcome="read", **said)
    name = _("没有写明地方") if asked.part else presenters_county.place_name(asked.place)
    unit = _chosen(request, "unit", UNITS)
    keep = {"unit": unit, "part": asked.part, "class": asked.veil}
    values = presenters_figure.opened(actor, asked.figure, asked.rows, request.GET, asked.veil) | {
        "title": _("%(place)s，%(figure)s") % {"place": name, "figure": asked.figure.words},
        "of_class": class_name(asked.one_class) if asked.veil else "",
        "keep": urlencode({key: value for key, value in keep.items() if value}),
        "place": asked.place,
        "crumbs": _crumbs(actor, asked.place, _own_places(actor)),
        "part": asked.part,
        "unit": unit,
        "has_homes": True,
    }
    return render(request, "web/county_figure.html", values)


def county_figure_csv_page(request: HttpRequest, figure: str, code: str) -> HttpResponse:
    """All records in scope, counted or not, as a table to check by hand. Recorded; formulas are made harmless."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = _asked(request, figure, code, "county.export")
    rows = list(asked.rows.order_by("since", "pk"))
    record_now(
        actor, "county.export", kind="figure", outcome="read", figure=figure, place=asked.place.code, rows=len(rows)
    )
    said = places.place_words(actor, {row.place_path for row in rows})
    sink = io.StringIO()
    listed = presenters_figure.listed(actor, asked.figure, rows)
    lines = presenters_figure.csv_lines(asked.figure, rows, said, actor.today, listed)
    csv.writer(sink).writerows([lists.neutral(cell) for cell in line] for line in lines)
    response = HttpResponse("\ufeff" + sink.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{asked.figure.rule}-{asked.place.code}-{actor.today.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
