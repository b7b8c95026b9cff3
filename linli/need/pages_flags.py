"""Pages of flags: the list with its filters and several decisions at once, and one flag with its reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.decide import Sensitivity
from linli.core.errors import BadInput, LinliError
from linli.need import actions, presenters, presenters_flags, queries, rules
from linli.need.forms import BulkForm, FlagDecisionForm, FlagFilter
from linli.need.words import FLAG_STATES, WORDS
from linli.party import queries_names as names
from linli.party.queries_person import note_looks
from linli.place import queries as places

PER_PAGE = 50


def flags_page(request: HttpRequest) -> HttpResponse:
    """Flags of one's places: those one may read with name and reason, the others with place and kind only."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = FlagFilter(
        request.GET,
        places=places.place_choices(actor),
        rules_known=presenters_flags.rule_choices(),
        groups=presenters_flags.group_choices(),
    )
    wanted = form.chosen()
    state = asked if (asked := wanted.get("state") or "") in FLAG_STATES else "new"
    narrowed = {name: wanted.get(name) or "" for name in ("kind", "rule", "group")}
    rows = queries.flags(actor, place_path=wanted.get("place") or "", state="", **narrowed)
    counts = queries.count_by_state(rows)
    number = wanted.get("page") or 1
    start = (number - 1) * PER_PAGE
    shown = list(rows.filter(state=state)[start : start + PER_PAGE + 1])
    readable = queries.readable(actor, shown, "flag.read")
    page = [*queries.opened(flag for flag in shown[:PER_PAGE])]
    _note_read(actor, [flag for flag in page if flag.uid in readable and flag.sensitivity >= Sensitivity.SENSITIVE])
    place = wanted.get("place") or ""
    said = places.place_words(actor, {flag.place_path for flag in page})
    values = {
        "filter": form,
        "is_narrowed": any(narrowed.values()) or bool(place),
        "state": state,
        "segments": [
            {
                "code": code,
                "words": words,
                "count": counts.get(code, 0),
                "query": _query(request.GET, state=code, page=None),
            }
            for code, (words, _shape) in FLAG_STATES.items()
        ],
        "rows": presenters_flags.flag_rows(actor, page, readable, said),
        "total": counts.get(state, 0),
        "unreadable": len(page) - len([flag for flag in page if flag.uid in readable]),
        "next": _query(request.GET, page=number + 1) if len(shown) > PER_PAGE else "",
        "may_take": actor.holds_role_for("flag.take"),
        "may_import": actor.holds_role_for("person.import"),
        "may_decide": actor.holds_role_for("flag.decide"),
        "workers": _workers(actor, place or _own_place(actor)) if actor.holds_role_for("tie.assign") else [],
        "here": request.get_full_path(),
    }
    return render(request, "need/flags.html", values)


def _own_place(actor: Actor) -> str:
    granted = places.granted_places(actor)
    return granted[0].path if granted else ""


def _workers(actor: Actor, place_path: str) -> list[Any]:
    return names.station_logins_around(actor, place_path) if place_path else []


def _query(given: QueryDict, **change: Any) -> str:
    """The filters as they are, with some changed; None takes one away."""
    query = given.copy()
    for name, value in change.items():
        query.pop(name, None)
        if value is not None:
            query[name] = str(value)
    return "?" + query.urlencode()


def _note_read(actor: Actor, flags: list[Any]) -> None:
    """Sensitive reasons were shown: whose, by whom, before the answer leaves."""
    note_looks(actor, "flag.read", [flag.subject_uid for flag in flags], "flags")


@require_POST
def flags_decide_page(request: HttpRequest) -> HttpResponse:
    """Several flags, each by its own operation id: what went through stays, what did not is said."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = BulkForm(request.POST)
    if not form.is_valid():
        raise BadInput("core.not_found")
    given = form.cleaned_data
    one = str(given["one"] or "")
    if not one and not given["decision"]:
        raise BadInput("core.not_found")
    chosen = [one] if one else request.POST.getlist("flag")
    decision = given["decision"] if one and given["decision"] == "reopen" else "take" if one else given["decision"]
    done = 0
    refused: dict[str, LinliError] = {}
    if decision == "take" and (too_many := rules.why_not_take_together(len(chosen))):
        messages.error(request, str(WORDS[too_many.code]) % too_many.params)
        return redirect(_back(request, "flags"))
    for text in chosen[:PER_PAGE]:
        try:
            operation_id = UUID(request.POST.get(f"op-{text}", ""))
            _act(actor, decision, operation_id, UUID(text), given["reason"], given["worker"])
            done += 1
        except ValueError:
            raise BadInput("core.not_found") from None
        except LinliError as error:
            if error.code not in WORDS:
                raise
            refused[error.code] = error
    if done:
        messages.success(request, _done(decision, done))
    for code, refusal in refused.items():
        messages.error(request, str(WORDS[code]) % refusal.params)
    if not chosen:
        messages.warning(request, _("还没有选。先在前面打勾。"))
    return redirect(_back(request, "flags"))


def _back(request: HttpRequest, name: str) -> str:
    from django.urls import reverse
    from django.utils.http import url_has_allowed_host_and_scheme

    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else reverse(name)


def _act(actor: Actor, decision: str, operation_id: UUID, flag_uid: UUID, reason: str, worker: UUID | None) -> None:
    common: dict[str, Any] = {"actor": actor, "operation_id": operation_id, "flag_uid": flag_uid}
    if decision == "confirm":
        actions.confirm_flag(**common, note=reason)
    elif decision == "dismiss":
        actions.dismiss_flag(**common, reason=reason)
    elif decision == "reopen":
        actions.reopen_flag(**common, note=reason)
    else:
        actions.take_flag(**common, login_uid=worker if decision == "assign" else None)


def _done(decision: str, count: int) -> str:
    said = {
        "confirm": ngettext("确认了 %(count)s 条，需求已经打开。", "确认了 %(count)s 条，需求已经打开。", count),
        "dismiss": ngettext(
            "否定了 %(count)s 条。同样的数字不会再来；按错了，到“已否定”里撤回。",
            "否定了 %(count)s 条。同样的数字不会再来；按错了，到“已否定”里撤回。",
            count,
        ),
        "take": ngettext(
            "领下了 %(count)s 条，现在能看到是谁、为什么。", "领下了 %(count)s 条，现在能看到是谁、为什么。", count
        ),
        "assign": ngettext("交出去 %(count)s 条。", "交出去 %(count)s 条。", count),
        "reopen": ngettext("撤回了 %(count)s 条，又等着看。", "撤回了 %(count)s 条，又等着看。", count),
    }
    return said[decision] % {"count": count}


def flag_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One flag: why, by which rule and figures, what confirming opens; a person decides."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    flag = queries.flag_by_uid(actor, uid)
    error = ""
    if request.method == "POST":
        form = FlagDecisionForm(request.POST)
        if not form.is_valid():
            raise BadInput("core.not_found")
        given = form.cleaned_data
        try:
            _act(actor, given["decision"], given["operation_id"], uid, given["reason"], given["worker"])
        except LinliError as refused:
            if refused.code not in WORDS:
                raise
            error = str(WORDS[refused.code]) % refused.params
        else:
            messages.success(request, _done(given["decision"], 1))
            return redirect("flags") if given["decision"] == "dismiss" else redirect("flag", uid=uid)
    record_now(actor, "flag.read", kind="person", uid=flag.person.uid, outcome="read", flag=flag.uid)
    said = places.place_words(actor, {flag.place_path})
    opened = queries.needs_from(actor, flag)
    values = presenters_flags.flag_view(actor, flag, said) | {
        "error": error,
        "written": request.POST.get("reason", ""),
        "operation_id": uuid4(),
        "opened": presenters.need_rows(opened, {need.uid for need in opened}, said, actor.today),
        "changes": presenters.history(queries.changes_of(actor, flag), FLAG_STATES),
        "may_decide": actor.holds_role_for("flag.decide"),
        "workers": names.station_logins(actor, flag.place_path) if actor.holds_role_for("tie.assign") else [],
    }
    return render(request, "need/flag.html", values, status=422 if error else 200)
