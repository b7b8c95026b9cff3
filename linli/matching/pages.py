"""Pages of the bridge: needs that wait for a decision, one need's proposals, and what was decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.decide import Sensitivity
from linli.core.errors import BadInput, LinliError
from linli.matching import actions, presenters, queries
from linli.matching.forms import NONE_SUITS, AskForm, DecisionForm, PlaceFilter
from linli.matching.words import CONSENTS, WORDS
from linli.need import queries as needs
from linli.need.models import Need
from linli.offer import queries as offers
from linli.party.queries_person import note_looks
from linli.place import queries as places

PER_PAGE = 50


def proposals_page(request: HttpRequest) -> HttpResponse:
    """Needs whose proposals wait for a decision; and those nothing suits."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = PlaceFilter(request.GET, places=places.place_choices(actor))
    wanted = form.chosen()
    place, is_met = wanted.get("place") or "", wanted.get("state") != "unmet"
    rows = queries.waiting(actor, place_path=place, met=is_met)
    number = wanted.get("page") or 1
    start = (number - 1) * PER_PAGE
    total = rows.count()
    page = list(rows[start : start + PER_PAGE])
    readable = queries.readable(actor, page, "proposal.read")
    named = [need.subject_uid for need in page if need.uid in readable and need.sensitivity >= Sensitivity.SENSITIVE]
    note_looks(actor, "proposal.read", named, "proposals")
    query = request.GET.copy()
    query["page"] = str(number + 1)
    granted = places.granted_places(actor)
    values = {
        "filter": form,
        "is_met": is_met,
        "total": total,
        "other": queries.waiting(actor, place_path=place, met=not is_met).count(),
        "rows": presenters.waiting_rows(
            page,
            readable,
            places.place_words(actor, {need.place_path for need in page}),
            actor.today,
            {} if is_met else queries.why_left(actor, page),
        ),
        "next": "?" + query.urlencode() if total > start + PER_PAGE else "",
        "operation_id": uuid4(),
        "ask_place": place or (granted[0].path if granted else ""),
    }
    return render(request, "matching/proposals.html", values)


@require_POST
def ask_matching_page(request: HttpRequest) -> HttpResponse:
    """Match the needs of a place again, after this answer has left."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = AskForm(request.POST)
    if not form.is_valid():
        raise BadInput("core.not_found")
    given = form.cleaned_data
    actions.ask_matching(actor=actor, operation_id=given["operation_id"], place_path=given["place"])
    messages.success(request, _("在重新对接。可以离开，好了在“今日”告诉你。"))
    return redirect("proposals")


def need_proposals_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One need's proposals with their reasons, what was left out and why; a person decides."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    need = needs.need_by_uid(actor, uid, action="proposal.read")
    error = ""
    if request.method == "POST":
        form = DecisionForm(request.POST)
        if not form.is_valid():
            error = " ".join(str(text) for texts in form.errors.values() for text in texts)
        else:
            try:
                return _decided(request, actor, need, form.cleaned_data)
            except LinliError as refused:
                if refused.code not in WORDS:
                    raise
                error = str(WORDS[refused.code]) % refused.params
                need = needs.need_by_uid(actor, uid, action="proposal.read")
    record_now(actor, "proposal.read", kind="person", uid=need.person.uid, outcome="read", need=need.uid)
    values = _bridge(actor, need) | {
        "error": error,
        "written": request.POST.get("reason", ""),
        "chosen": request.POST.get("choice", ""),
        "consent": request.POST.get("consent_way", ""),
        "operation_id": uuid4(),
        "consents": list(CONSENTS.items()),
        "none_suits": NONE_SUITS,
    }
    return render(request, "matching/need_proposals.html", values, status=422 if error else 200)


def _decided(request: HttpRequest, actor: Actor, need: Need, given: dict[str, Any]) -> HttpResponse:
    if given["choice"] == NONE_SUITS:
        actions.decline_all(actor=actor, operation_id=given["operation_id"], need_uid=need.uid, reason=given["reason"])
        messages.success(request, _("记下了：都不合适。理由留着，下次不再建议这几个。"))
        return redirect("need_proposals", uid=need.uid)
    try:
        proposal_uid = UUID(given["choice"])
    except ValueError:
        raise BadInput("core.not_found") from None
    answer = actions.accept_proposal(
        actor=actor,
        operation_id=given["operation_id"],
        proposal_uid=proposal_uid,
        consent_way=given["consent_way"],
        note=given["reason"],
    )
    messages.success(request, _("采纳了，转介已经发出。名额占好了。"))
    return redirect("referral", uid=answer)


def _bridge(actor: Actor, need: Need) -> dict[str, Any]:
    """All that stands on the page beside the form."""
    proposals = list(queries.proposals_of(actor, need))
    views = presenters.proposal_views(proposals)
    unmet = queries.unmet_of(actor, need)
    rejected = queries.rejected_of(actor, need)
    known = offers.offers_by_uid(actor, {UUID(row["offer"]) for row in rejected})
    made_at = max((proposal.created_at for proposal in proposals), default=unmet.created_at if unmet else None)
    return {
        "need": need,
        "title": presenters.code_words(need.code),
        "age": presenters.age_of(need.person, actor.today),
        "place": places.place_words(actor, {need.place_path})[need.place_path],
        "waited": presenters.waited(need, actor.today),
        "due": presenters.due_tag(need.due_on, actor.today) if need.state == "open" else None,
        "wishes": presenters.wish_lines(need),
        "standing": [view for view in views if view.is_open] if need.state == "open" else [],
        "decided": [view for view in views if not view.is_open],
        "why_not": presenters.why_not(rejected, known),
        "unmet": presenters.unmet_words(unmet) if unmet else None,
        "made_at": made_at,
        "weights": presenters.weights_source(made_at.date()) if made_at else None,
        "referrals": presenters.referral_rows(queries.referrals_of(actor, need), set(), set(), {}, actor.today),
        "may_decide": actor.holds_role_for("proposal.decide"),
    }
