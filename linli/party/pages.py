"""Pages of people: the list, the search in it, and the list as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.decide import ObjectFacts, Sensitivity
from linli.core.errors import NotFound, Refused
from linli.core.searched import keep_search, kept_search
from linli.party import presenters, queries
from linli.party.forms import AGES, ExportForm, PeopleFilter, SearchForm
from linli.party.queries_rights import places_held
from linli.ui.sheets import sheet_response

PER_PAGE = 50


def people_page(request: HttpRequest) -> HttpResponse:
    """The people of one's own places. A search comes by POST and stays, sealed, in the session, never in an address."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        return _search(request)
    form, wanted = _wanted(request, actor)
    text = kept_search(request, "people") if wanted["found"] else ""
    rows = _rows(actor, "person.list", wanted, text)
    total = rows.count()
    queries.note_search(actor, text, total)
    page = wanted["page"] or 1
    shown = list(rows[(page - 1) * PER_PAGE : page * PER_PAGE])
    kept = {name: value for name, value in wanted.items() if name != "page"}
    values = {
        "form": form,
        "text": text,
        "lines": presenters.people_lines(actor, shown),
        "total": total,
        "first": (page - 1) * PER_PAGE + 1,
        "last": (page - 1) * PER_PAGE + len(shown),
        "left": max(total - page * PER_PAGE, 0),
        "more": presenters.filter_words(kept, page=page + 1) if page * PER_PAGE < total else "",
        "before": presenters.filter_words(kept, page=page - 1) if page > 1 else "",
        "is_narrowed": any(wanted[name] for name in ("place", "group", "age", "found", "batch")),
        "group": wanted["group"],
        "may_export": actor.holds_role_for("person.export"),
        "may_import": actor.holds_role_for("person.import"),
        "filter": presenters.filter_words(kept),
    }
    return render(request, "party/people.html", values)


def _search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    keep_search(request, "people", text)
    return redirect(reverse("people") + ("?found=1" if text else ""))


def _wanted(request: HttpRequest, actor: Actor, action: str = "person.list") -> tuple[PeopleFilter, dict[str, Any]]:
    choices = presenters.place_choices(actor, places_held(actor, action))
    form = PeopleFilter(request.GET, places=[(presenters.code_of(path), words) for path, words in choices])
    wanted = dict.fromkeys(form.fields, "") | (form.cleaned_data if form.is_valid() else {})
    wanted["paths"] = {presenters.code_of(path): path for path, _words in choices}
    return form, wanted


def _rows(actor: Actor, action: str, wanted: dict[str, Any], text: str) -> Any:
    paths = wanted.pop("paths")
    return queries.people(
        actor,
        action=action,
        place_path=paths.get(wanted["place"], ""),
        text=text,
        group=wanted["group"],
        ages=AGES.get(wanted["age"]),
        batch_uid=wanted["batch"] or None,
        order=wanted["order"] or "place",
    )


@require_POST
def people_export_page(request: HttpRequest) -> HttpResponse:
    """The list as CSV or XLSX: asks for a fresh confirmation, and is written down."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ExportForm(request.POST)
    if not form.is_valid():
        raise NotFound()
    _filter, wanted = _wanted(request, actor, "person.export")
    place_path = wanted["paths"].get(wanted["place"]) or places_held(actor, "person.export")[0]
    try:
        queries.allow(actor, "person.export", ObjectFacts("people", place_path, Sensitivity.PERSONAL))
    except Refused as error:
        if error.params.get("reason") != "fresh_factor_needed":
            raise
        record_now(actor, "person.export", outcome="denied", kind="people", reason="fresh_factor_needed")
        back = reverse("people") + f"?{presenters.filter_words({k: v for k, v in wanted.items() if k != 'paths'})}"
        return redirect(f"{reverse('step_up')}?{urlencode({'next': back})}")
    text = kept_search(request, "people") if wanted["found"] else ""
    people = list(_rows(actor, "person.export", wanted, text))
    queries.note_search(actor, text, len(people))
    kind = form.cleaned_data["kind"]
    chosen = {name: str(wanted[name]) for name in ("place", "group", "age", "batch") if wanted[name]}
    record_now(actor, "person.export", outcome="read", kind="people", rows=len(people), form=kind, **chosen)
    name = _("人员名单-%(day)s") % {"day": actor.today}
    return sheet_response(presenters.export_rows(actor, people), kind, name)
