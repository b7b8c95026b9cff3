"""Pages of rights: who holds what, what waits for a second person, new logins, exclusions."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import BadInput
from linli.core.searched import keep_search, kept_search
from linli.party import actions_bindings, actions_rights, presenters_rights, queries_rights
from linli.party.forms_rights import BindingForm, DecisionForm, ExclusionFilter, GrantForm, LoginForm, RightsFilter
from linli.party.models import Login

PER_PAGE = 50
BINDING_IDS = "bind_%s"  # two forms on one page


def rights_page(request: HttpRequest) -> HttpResponse:
    """Logins and roles in one's own places, and the roles that wait for a second person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        return _searched(request, "rights", "role")
    chosen, wanted = _wanted(request, "rights", RightsFilter)
    logins = queries_rights.granted_logins(actor, text=wanted.get("text", ""), role=wanted.get("role", ""))
    waiting = queries_rights.waiting_grants(actor) if actor.holds_role_for("grant.approve") else []
    shown = list(logins[: PER_PAGE + 1])
    values = {
        "filter": chosen,
        "logins": presenters_rights.login_rows(shown[:PER_PAGE], actor),
        "has_more": len(shown) > PER_PAGE,
        "waiting": presenters_rights.waiting_rows(list(waiting)),
        "bindings": queries_rights.waiting_bindings(actor) if actor.holds_role_for("binding.confirm") else [],
        "may_make": actor.holds_role_for("login.make"),
        "may_lift": actor.holds_role_for("exclusion.lift"),
    }
    return render(request, "party/rights.html", values)


@require_POST
def grant_decide_page(request: HttpRequest) -> HttpResponse:
    """Yes or no to a proposed role."""
    operation_id, uid, decision = _decision(request)
    act = {"approve": actions_rights.approve_grant, "refuse": actions_rights.refuse_grant}.get(decision)
    if act is None:
        raise BadInput("core.not_found")
    act(actor=request.actor, operation_id=operation_id, grant_uid=uid)  # type: ignore[attr-defined]
    said = {"approve": _("批准了。岗位从开始日起有效。"), "refuse": _("没有批准。提出的人会看到。")}
    messages.success(request, said[decision])
    return redirect("rights")


@sensitive_variables("password")
def login_new_page(request: HttpRequest) -> HttpResponse:
    """A new login; its one-time password is shown once, to be handed over on paper."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    queries_rights.must(actor, "login.make", queries_rights.login_list_facts(actor))
    form = LoginForm(request.POST or None, initial={"operation_id": uuid4()})
    if request.method == "POST" and form.is_valid():
        password = actions_rights.one_time_password()
        given = dict(form.cleaned_data)
        answer = actions_rights.make_login(
            actor=actor,
            operation_id=given.pop("operation_id"),
            password=password,
            **given,
        )
        made = {"uid": answer["uid"], "username": given["username"], "password": password}
        made["is_known"] = queries_rights.has_phone_of_somebody(actor, given["phone"])
        return render(request, "party/rights_password.html", made)
    return render(request, "party/rights_login_new.html", {"form": form}, status=422 if form.errors else 200)


def login_rights_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One login: its roles, whose it is, and the form to propose another role."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    login = queries_rights.login_in_reach(actor, uid)
    form = _grant_form(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        answer = actions_rights.propose_grant(
            actor=actor, operation_id=given.pop("operation_id"), login_uid=login.uid, **given
        )
        waits = answer["state"] == "proposed"
        messages.success(request, _("提出了，等另一个人批准。") if waits else _("给了，从开始日起有效。"))
        return redirect("login_rights", uid=login.uid)
    return _one_login(request, login, form)


def _grant_form(actor: Actor, given: Any = None) -> GrantForm:
    places = presenters_rights.place_choices(queries_rights.places_held(actor, "grant.propose"))
    start: dict[str, Any] = {"operation_id": uuid4(), "starts_on": actor.today}
    return GrantForm(given, initial=start, places=places)


def _one_login(
    request: HttpRequest, login: Login, form: GrantForm | None = None, binding: BindingForm | None = None
) -> HttpResponse:
    """The page of one login, with a form as it came back where something in it is to be put right."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = form or _grant_form(actor)
    binding = binding or BindingForm(initial={"operation_id": uuid4()}, auto_id=BINDING_IDS)
    values = {
        "login": login,
        "grants": presenters_rights.grant_rows(list(queries_rights.grants_of(actor, login)), actor.today),
        "form": form,
        "binding": presenters_rights.binding_values(login, actor),
        "binding_form": binding,
        "is_self": login.uid == actor.login_uid,
        "is_locked": bool(queries_rights.locked_logins([login], actor.now)),
        "may_propose": actor.holds_role_for("grant.propose"),
        "may_end": actor.holds_role_for("grant.end"),
        "may_make": actor.holds_role_for("login.make"),
        "may_bind": actor.holds_role_for("binding.propose"),
        "operation_id": uuid4(),
    }
    return render(request, "party/rights_login.html", values, status=422 if form.errors or binding.errors else 200)


@require_POST
@sensitive_variables("form", "given")
def login_bind_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Whose login it is, by papers: proposed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    login = queries_rights.login_in_reach(actor, uid)
    form = BindingForm(request.POST, auto_id=BINDING_IDS)
    if not form.is_valid():
        return _one_login(request, login, binding=form)
    given = dict(form.cleaned_data)
    operation_id = given.pop("operation_id")
    actions_bindings.propose_binding(actor=actor, operation_id=operation_id, login_uid=login.uid, **given)
    messages.success(request, _("写下了，等另一个人当面核对证件。"))
    return redirect("login_rights", uid=login.uid)


@require_POST
def login_bind_decide_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Whose login it is, by papers: checked by a second person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    login = queries_rights.login_in_reach(actor, uid)
    operation_id, binding_uid, decision = _decision(request)
    given: dict[str, Any] = {"actor": actor, "operation_id": operation_id, "binding_uid": binding_uid}
    if decision == "confirm":
        actions_bindings.confirm_binding(**given, id_no=request.POST.get("id_no", "")[:20])
    elif decision == "refuse":
        actions_bindings.refuse_binding(**given)
    else:
        raise BadInput("core.not_found")
    said = {"confirm": _("对上了。要他回避的，从现在起这个账号也看不到。"), "refuse": _("没有对上，什么都没有改。")}
    messages.success(request, said[decision])
    return redirect("login_rights", uid=login.uid)


@require_POST
@sensitive_variables("password")
def login_change_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """End a role, renew a forgotten password, close or open a login."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    login = queries_rights.login_in_reach(actor, uid)
    operation_id, row_uid, decision = _decision(request)
    if decision == "end":
        actions_rights.end_grant(actor=actor, operation_id=operation_id, grant_uid=row_uid)
        messages.success(request, _("岗位结束了，下一次点击起就不再有效。"))
    elif decision == "renew":
        password = actions_rights.one_time_password()
        actions_rights.renew_password(actor=actor, operation_id=operation_id, login_uid=login.uid, password=password)
        made = {"uid": login.uid, "username": login.username, "password": password}
        return render(request, "party/rights_password.html", made)
    elif decision in ("close", "open"):
        actions_rights.set_login_active(
            actor=actor, operation_id=operation_id, login_uid=login.uid, is_active=decision == "open"
        )
        messages.success(request, _("账号打开了。") if decision == "open" else _("账号停用了，已经登录的也进不来。"))
    else:
        raise BadInput("core.not_found")
    return redirect("login_rights", uid=login.uid)


def exclusions_page(request: HttpRequest) -> HttpResponse:
    """Exclusions in force in one's places: reviewed, kept, or lifted by two."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST" and "text" in request.POST:
        return _searched(request, "exclusions", "state")
    if request.method == "POST":
        operation_id, uid, decision = _decision(request)
        act = {
            "keep": actions_rights.keep_exclusion,
            "ask": actions_rights.ask_lift_exclusion,
            "lift": actions_rights.lift_exclusion,
        }.get(decision)
        if act is None:
            raise BadInput("core.not_found")
        act(actor=actor, operation_id=operation_id, exclusion_uid=uid)
        said = {
            "keep": _("看过了，回避照旧。"),
            "ask": _("提出了，等另一个人解除。这之前回避照旧。"),
            "lift": _("解除了。"),
        }
        messages.success(request, said[decision])
        return redirect("exclusions")
    chosen, wanted = _wanted(request, "exclusions", ExclusionFilter)
    found = queries_rights.open_exclusions(actor, text=wanted.get("text", ""), state=wanted.get("state", ""))
    values = {
        "filter": chosen,
        "is_narrowed": any(wanted.values()),
        "rows": presenters_rights.exclusion_rows(found, actor),
        "may_list": actor.holds_role_for("grant.list"),
    }
    return render(request, "party/rights_exclusions.html", values)


def _searched(request: HttpRequest, page: str, beside: str) -> HttpResponse:
    """A search comes by POST: a name stays, sealed, in the session; only what stands beside it is in the address."""
    keep_search(request, page, request.POST.get("text", "")[:60])
    kept = {"found": "1", beside: request.POST.get(beside, "")}
    return redirect(f"{reverse(page)}?{urlencode({name: value for name, value in kept.items() if value})}")


def _wanted(
    request: HttpRequest, page: str, form: type[RightsFilter | ExclusionFilter]
) -> tuple[RightsFilter | ExclusionFilter, dict[str, Any]]:
    """The filter as it was asked for: the searched name from the session, the rest from the address."""
    text = kept_search(request, page) if request.GET.get("found") else ""
    chosen = form(request.GET.dict() | {"text": text})
    return chosen, chosen.cleaned_data if chosen.is_valid() else {}


def _decision(request: HttpRequest) -> tuple[UUID, UUID, str]:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise BadInput("core.not_found")
    return form.cleaned()
