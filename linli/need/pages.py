"""Pages of needs: the list and its workbook, one need and its moves, a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.decide import Sensitivity
from linli.core.errors import BadInput, LinliError
from linli.need import actions, presenters, queries
from linli.need.forms import MoveForm, NeedFilter, NeedForm, code_choices
from linli.need.words import NEED_STATES, WORDS
from linli.party import queries as party
from linli.party.queries_person import note_looks
from linli.party.queries_rights import exported
from linli.place import queries as places
from linli.ui.sheets import sheet_response

PER_PAGE = 50
MOST_EXPORTED = 20_000


def needs_page(request: HttpRequest) -> HttpResponse:
    """Needs of one's places, the most pressing first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form, rows = _narrowed(request, actor)
    number = form.chosen().get("page") or 1
    start = (number - 1) * PER_PAGE
    total = rows.count()
    page = list(rows[start : start + PER_PAGE])
    readable = queries.readable(actor, page, "need.read")
    named = [need for need in page if need.uid in readable and need.sensitivity >= Sensitivity.SENSITIVE]
    note_looks(actor, "need.read", [need.subject_uid for need in named], "needs")
    said = places.place_words(actor, {need.place_path for need in page})
    query = request.GET.copy()
    query["page"] = str(number + 1)
    values = {
        "filter": form,
        "rows": presenters.need_rows(page, readable, said, actor.today),
        "total": total,
        "late": rows.filter(state__in=("heard", "assessed", "open", "proposed"), due_on__lt=actor.today).count(),
        "is_narrowed": any(value for name, value in form.chosen().items() if name not in ("page", "order")),
        "next": "?" + query.urlencode() if total > start + PER_PAGE else "",
        "heads": presenters.need_heads(request.GET, form.chosen().get("order") or "level"),
        "order": form.chosen().get("order") or "",
        "export": request.GET.urlencode(),
        "may_export": actor.holds_role_for("person.export"),
        "may_propose": actor.holds_role_for("proposal.list"),
    }
    return render(request, "need/needs.html", values)


def _narrowed(request: HttpRequest, actor: Actor) -> tuple[NeedFilter, Any]:
    codes = code_choices(presenters.lang())
    form = NeedFilter(request.GET, places=places.place_choices(actor), codes=codes)
    wanted = form.chosen()
    state = wanted.get("state") or ""
    number = (wanted.get("q") or "").strip()
    states = queries.OPEN_STATES if not state and not number else () if state in ("", "all") else (state,)
    rows = queries.needs(
        actor,
        place_path=wanted.get("place") or "",
        states=states,
        code=wanted.get("code") or "",
        level=wanted.get("level"),
        number=number,
        order=wanted.get("order") or "",
    )
    return form, rows


def needs_export_page(request: HttpRequest) -> HttpResponse:
    """The list as CSV or XLSX: numbers, codes, states and days, nothing that names anybody. Recorded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    _form, rows = _narrowed(request, actor)
    needs = list(exported(actor, rows)[:MOST_EXPORTED])
    said = places.place_words(actor, {need.place_path for need in needs})
    record_now(actor, "need.export", kind="needs", outcome="read", rows=len(needs))
    lines = presenters.export_rows(actor, needs, said)
    return sheet_response(lines, request.GET.get("kind", ""), f"needs-{actor.today.isoformat()}")


def need_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One need: what was said, how long it waits, what was done; and where it goes next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    need = queries.need_by_uid(actor, uid)
    error = ""
    if request.method == "POST":
        form = MoveForm(request.POST)
        if not form.is_valid():
            raise BadInput("need.move_not_allowed", state=need.state, to_state="")
        given = dict(form.cleaned_data)
        try:
            actions.move_need(actor=actor, need_uid=uid, operation_id=given.pop("operation_id"), **given)
        except LinliError as refused:
            if refused.code not in WORDS:
                raise
            error = str(WORDS[refused.code]) % refused.params
        else:
            messages.success(request, _("记下了。这一步进了它的经过，改不了，只能再走一步。"))
            return redirect("need", uid=uid)
    record_now(actor, "need.read", kind="person", uid=need.person.uid, outcome="read", need=need.uid)
    values = presenters.need_view(need, actor.today, places.place_words(actor, {need.place_path})) | {
        "error": error,
        "written": request.POST.get("note", ""),
        "operation_id": uuid4(),
        "changes": presenters.history(queries.changes_of(actor, need), NEED_STATES),
        "may_write": bool(actor.decide("need.write", need.facts())),
        "may_propose": actor.holds_role_for("proposal.read"),
    }
    return render(request, "need/need.html", values, status=422 if error else 200)


def need_new_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write down a need somebody voiced."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = party.person_by_uid(actor, uid, action="need.write")
    form = NeedForm(request.POST or None, initial={"operation_id": uuid4()}, codes=code_choices(presenters.lang()))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        answer = actions.open_need(
            actor=actor,
            operation_id=given["operation_id"],
            person_uid=uid,
            code=given["code"],
            level=given["level"],
            words=given["words"],
            channel=given["channel"],
            wishes=form.wishes(),
        )
        messages.success(request, _("记下了。进了这个人的需求，也会排进对接。"))
        readable = actor.decide("need.read", queries.facts_of_need(UUID(answer)))
        return redirect("need", uid=answer) if readable else redirect("needs")
    return render(request, "need/need_new.html", {"form": form, "person": person}, status=422 if form.errors else 200)
