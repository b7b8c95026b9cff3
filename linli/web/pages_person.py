"""The page of one person, in the roof because it shows flags, needs and referrals beside the facts."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work
from linli.core.errors import BadInput, Refused
from linli.matching import queries as matching
from linli.matching.models import Referral
from linli.need import queries as need
from linli.need.models import Flag
from linli.party import actions_rights, queries, queries_names, queries_person, queries_ties
from linli.party.fields import FIELDS, ROLE_WORDS
from linli.party.models import Person
from linli.web import presenters_person as shown
from linli.web.forms_person import ExcludeForm, RevealForm, TieEndForm, TieForm


@require_GET
def person_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything of a person this actor may read, and for the rest why not; of a merged one, the record kept."""
    kept = queries_person.kept_instead(request.actor, uid)  # type: ignore[attr-defined]
    if kept is not None:
        return redirect("person", uid=kept)
    return render(request, "web/person.html", _values(request, uid))


@require_GET
def person_print_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The same on A4, with who printed it and when."""
    return render(request, "web/person_print.html", _values(request, uid))


def _values(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = queries_person.person_file(actor, uid)
    person = file.person
    place = shown.place_line(actor, person.place_path)
    values = {
        "person": person,
        "who": shown.who(actor, file),
        "place": place,
        "facts": shown.fact_rows(file),
        "withheld": shown.withheld(file.fields),
        "groups": shown.group_rows(file.groups, actor.today),
        "groups_withheld": file.groups_withheld,
        "members": [{"person": one, "age": shown.age_on(one, actor.today)} for one in file.members],
        "has_hidden_members": file.has_hidden_members,
        "why_visible": file.why_visible,
        "tied_from": file.tied_from,
        "lookers": shown.looker_rows(file.lookers),
        "looked": file.looked,
        "may_see_lookers": file.may_see_lookers,
        "role": ROLE_WORDS.get(actor.role, ""),
        "now": actor.now,
        "operation_id": uuid4(),
        "reveal_reasons": shown.reveal_reasons(),
        "may_reveal": _may_reveal(actor, person),
        "correctable": {kind.code for kind in queries_person.fields_to_correct(actor, person)},
        "may_merge": bool(actor.decide("person.merge", person.facts())),
        "may_protect": bool(actor.decide("person.protect", person.facts())),
        "rows_held": queries_person.held_count(actor, person),
        "may_add_need": bool(actor.decide("need.write", person.facts())),
    }
    return values | _ties(actor, person) | _work(actor, person) | _exclusion(actor, person, file.members)


def _may_reveal(actor: Actor, person: Person) -> bool:
    """Whether a whole number could be shown, after a fresh confirmation if need be."""
    decision = actor.decide("person.reveal", person.facts(), FIELDS["id_no"].sensitivity_for(person.is_protected))
    return decision.allowed or decision.reason == "fresh_factor_needed"


def _ties(actor: Actor, person: Person) -> dict[str, Any]:
    """Who is responsible, and for those who may hand over, to whom."""
    may = actor.decide("tie.assign", person.facts())
    here = queries_names.station_logins(actor, person.place_path)
    return {
        "ties": shown.tie_rows(queries_ties.ties_about(actor, person), person, here),
        "earlier_ties": shown.tie_rows(queries_ties.earlier_ties(actor, person), person, here),
        "may_tie": bool(may),
        "tie_needs_factor": may.reason.endswith("factor_needed"),
        "colleagues": queries_ties.colleagues_for(actor, person) if may else [],
        "tie_kinds": shown.tie_kinds(),
        "tie_reasons": shown.tie_reasons(),
        "tie_operation_id": uuid4(),
        "tie_end_operation_id": uuid4(),
    }


def _work(actor: Actor, person: Person) -> dict[str, Any]:
    """Flags, needs, proposals and referrals of the person; reading a reason is written down."""
    flags: list[Flag] = []
    if actor.holds_role_for("flag.list"):
        flags = need.opened(need.flags(actor, state="").filter(subject_uid=person.uid))
    needs = need.opened(need.needs(actor, states=()).filter(subject_uid=person.uid))
    open_flags = need.readable(actor, flags, "flag.read")
    open_needs = need.readable(actor, needs, "need.read")
    with unit_of_work():
        for uid in sorted(open_flags):
            record(actor, "flag.read", kind="flag", uid=uid, outcome="read")
        for uid in sorted(open_needs):
            record(actor, "need.read", kind="need", uid=uid, outcome="read")
    proposals = {
        one.uid: matching.proposals_of(actor, one).filter(state="open").count()
        for one in needs
        if one.uid in open_needs
    }
    referrals: dict[UUID, Referral] = {}
    found = matching.referrals(actor, action="referral.read", states=()).filter(need__in=[one.pk for one in needs])
    for referral in found.order_by("id"):
        referrals[referral.need.uid] = referral
    return {
        "flags": shown.flag_rows(flags, open_flags),
        "needs": shown.need_rows(needs, open_needs, proposals, referrals, actor.today),
    }


def _exclusion(actor: Actor, person: Person, members: tuple[Person, ...]) -> dict[str, Any]:
    may = bool(actor.decide("person.exclude", person.facts()))
    return {
        "may_exclude": may,
        "logins": queries.logins_near(actor, person.place_path) if may else [],
        "kin": members if may else (),
        "exclusion_reasons": shown.exclusion_reasons(),
    }


@require_POST
def person_reveal_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A masked number in full, once, after a reason; without a fresh confirmation, the way to it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    reasons = shown.reveal_reasons()
    form = RevealForm(request.POST, reasons=reasons)
    if not form.is_valid():
        raise BadInput("web.reason_missing")
    field, why = form.cleaned_data["field"], form.cleaned_data["why"]
    try:
        person, values = queries_person.revealed(actor, uid, field, why)
    except Refused as error:
        if error.params.get("reason") != "fresh_factor_needed":
            raise
        messages.info(request, _("确认以后，再点一次“显示全号”。"))
        return redirect(f"{reverse('step_up')}?{urlencode({'next': reverse('person', args=[uid])})}")
    given = {"person": person, "values": values, "field": FIELDS[field].words, "why": reasons[why], "now": actor.now}
    return render(request, "web/person_revealed.html", given)


@require_POST
def person_exclude_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Keep somebody away from this person, at once; reviewed by another afterwards."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ExcludeForm(request.POST, reasons=shown.exclusion_reasons())
    if not form.is_valid():
        raise BadInput("web.exclusion_incomplete")
    actions_rights.add_exclusion(
        actor=actor,
        operation_id=form.cleaned_data["operation_id"],
        about_uid=uid,
        why=form.cleaned_data["why"],
        **form.cleaned_data["whom"],
    )
    messages.success(request, _("回避加上了，马上起作用。站长或督导会复核。"))
    return redirect("person", uid=uid)


@require_POST
def person_tie_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Make a colleague responsible for this person, beside whoever is already."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = TieForm(request.POST, kinds=shown.tie_kinds(), reasons=shown.tie_reasons())
    if not form.is_valid():
        raise BadInput("web.tie_incomplete")
    given = form.cleaned_data
    actions_rights.assign_tie(
        actor=actor,
        operation_id=given["operation_id"],
        login_uid=given["whom"],
        about_uid=uid,
        kind=given["kind"],
        why=given["why"],
        link=reverse("person", args=[uid]),
    )
    messages.success(request, _("交给这位同事了，马上起作用。"))
    return redirect("person", uid=uid)


@require_POST
def person_tie_end_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Hand a relationship to a colleague, or end it; who ends the own one may have lost sight of the person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = TieEndForm(request.POST, reasons=shown.tie_reasons())
    if not form.is_valid():
        raise BadInput("web.tie_incomplete")
    given = form.cleaned_data
    common = {"actor": actor, "operation_id": given["operation_id"], "tie_uid": given["tie"], "why": given["why"]}
    if given["to"]:
        link = reverse("person", args=[uid])
        ended = actions_rights.hand_over_tie(**common, login_uid=given["to"], link=link)
        messages.success(request, _("换人了，马上起作用。"))
    else:
        ended = actions_rights.end_tie(**common)
        messages.success(request, _("结束了，马上起作用。"))
    return redirect("people") if ended["login"] == str(actor.login_uid) else redirect("person", uid=uid)
