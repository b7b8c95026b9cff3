"""Pages of referrals: the overdue first, and one with what is sent, its answer and its end."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.errors import BadInput, LinliError
from linli.matching import actions, presenters, queries
from linli.matching.forms import MoveForm, PlaceFilter
from linli.matching.models import Referral
from linli.matching.words import REFERRAL_STATES, WORDS
from linli.party import queries_rights as party
from linli.party.queries_person import note_looks
from linli.place import queries as places
from linli.ui.sheets import sheet_response

PER_PAGE = 50
MOST_EXPORTED = 20_000


def referrals_page(request: HttpRequest) -> HttpResponse:
    """Referrals of one's places; for those who answer, only those sent to them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form, rows = _narrowed(request, actor)
    wanted = form.chosen()
    state = wanted.get("state") or "sent"
    counts = queries.count_by_state(rows)
    narrowed = rows.filter(state=state) if state in REFERRAL_STATES else rows
    number = wanted.get("page") or 1
    start = (number - 1) * PER_PAGE
    page = list(narrowed[start : start + PER_PAGE + 1])
    shown = page[:PER_PAGE]
    known = queries.readable(actor, {referral.need for referral in shown}, "need.read")
    named = [referral.subject_uid for referral in shown if referral.need.uid in known]
    note_looks(actor, "referral.read", named, "referrals")

    def query(**change: object) -> str:
        given = request.GET.copy()
        given.pop("page", None)
        for name, value in change.items():
            given[name] = str(value)
        return "?" + given.urlencode()

    segments: list[tuple[str, Any, int]] = [
        (code, words, counts.get(code, 0)) for code, (words, _shape) in REFERRAL_STATES.items()
    ]
    segments.append(("all", _("全部"), sum(counts.values())))
    is_station = actor.holds_role_for("proposal.list")
    values = {
        "filter": form,
        "heads": presenters.referral_heads(request.GET, wanted.get("order") or "due", is_station),
        "export": request.GET.urlencode(),
        "may_export": actor.holds_role_for("person.export"),
        "state": state,
        "segments": [{"code": c, "words": w, "count": n, "query": query(state=c)} for c, w, n in segments],
        "rows": presenters.referral_rows(
            shown,
            queries.readable(actor, shown, "referral.read"),
            known,
            places.place_words(actor, {referral.place_path for referral in shown}),
            actor.today,
        ),
        "waiting": counts.get("sent", 0),
        "late": rows.filter(state="sent", answer_due_on__lt=actor.today).count(),
        "next": query(page=number + 1) if len(page) > PER_PAGE else "",
        "is_station": is_station,
    }
    return render(request, "matching/referrals.html", values)


def _narrowed(request: HttpRequest, actor: Actor) -> tuple[PlaceFilter, QuerySet[Referral]]:
    """What was asked for, in every state."""
    form = PlaceFilter(request.GET, places=places.place_choices(actor))
    wanted = form.chosen()
    rows = queries.referrals(
        actor,
        place_path=wanted.get("place") or "",
        states=(),
        offer_uid=wanted.get("offer"),
        order=wanted.get("order") or "",
    )
    return form, rows


def referrals_export_page(request: HttpRequest) -> HttpResponse:
    """Referrals of one's own places as CSV or XLSX: numbers, offers, states and days, nobody's name. Recorded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form, rows = _narrowed(request, actor)
    state = form.chosen().get("state") or "sent"
    narrowed = rows.filter(state=state) if state in REFERRAL_STATES else rows
    referrals = list(party.exported(actor, narrowed)[:MOST_EXPORTED])
    record_now(actor, "referral.export", kind="referrals", outcome="read", rows=len(referrals))
    said = places.place_words(actor, {referral.place_path for referral in referrals})
    lines = presenters.export_rows(referrals, said)
    return sheet_response(lines, request.GET.get("kind", ""), f"referrals-{actor.today.isoformat()}")


def referral_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One referral: what the other side is told, how it stands, its next step."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    referral = queries.referral_by_uid(actor, uid)
    error = ""
    if request.method == "POST":
        form = MoveForm(request.POST)
        if not form.is_valid():
            raise BadInput("matching.referral_state")
        given = dict(form.cleaned_data)
        try:
            actions.move_referral(actor=actor, operation_id=given.pop("operation_id"), referral_uid=uid, **given)
        except LinliError as refused:
            if refused.code not in WORDS:
                raise
            error = str(WORDS[refused.code]) % refused.params
        else:
            messages.success(request, _("记下了。需求跟着走到下一步。"))
            return redirect("referral", uid=uid)
    record_now(
        actor, "referral.read", kind="person", uid=referral.need.person.uid, outcome="read", referral=referral.uid
    )
    knows_need = bool(actor.decide("need.read", referral.need.facts()))
    place = places.place_words(actor, {referral.place_path})[referral.place_path]
    values = presenters.referral_view(referral, place, actor.today, may_withdraw=knows_need) | {
        "error": error,
        "written": request.POST.get("note", ""),
        "operation_id": uuid4(),
        "knows_need": knows_need,
        "changes": presenters.history(queries.changes_of(actor, referral), knows_need=knows_need),
        "may_write": bool(actor.decide("referral.write", referral.facts())),
    }
    return render(request, "matching/referral.html", values, status=422 if error else 200)
