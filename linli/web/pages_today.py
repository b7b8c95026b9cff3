"""Home by role, and Today: what is due, for whom, and why it is first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.errors import NotFound, Refused
from linli.core.notices import mark_read, unread_notices
from linli.core.policy import (
    AUDIT_ADMIN,
    AUDITOR,
    COUNTY,
    GRID,
    LEAD,
    SECRETARY,
    SECURITY_ADMIN,
    SUPERVISOR,
    SYSTEM_ADMIN,
    WORKER,
)
from linli.core.runs import is_demo
from linli.need import queries_figures as needs
from linli.party.queries_person import note_looks
from linli.party.queries_rights import granted_logins
from linli.web import presenters_figure, presenters_today
from linli.web.figures import HAND

LANDS_ON = {
    WORKER: "today",
    LEAD: "today",
    SUPERVISOR: "today",
    GRID: "today",
    SECRETARY: "today",
    COUNTY: "county",
    AUDITOR: "county",
    SECURITY_ADMIN: "rights",
    AUDIT_ADMIN: "rights",
}
NOTICES_AT_ONCE = 10


def landing_page(request: HttpRequest) -> HttpResponse:
    """To where each role begins the day; whoever is not signed in, to the door."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_known:
        return redirect("demo_switch" if is_demo() else "account_login")
    if actor.role == SECURITY_ADMIN and _is_new(actor):
        return redirect("welcome")
    return redirect(LANDS_ON.get(actor.role, "welcome"))


def _is_new(actor: Actor) -> bool:
    """Whether nobody has a desk here yet: no county officer and no station lead, not even one proposed."""
    return not any(granted_logins(actor, role=role).exists() for role in (COUNTY, LEAD))


def welcome_page(request: HttpRequest) -> HttpResponse:
    """What somebody without a desk of their own can do here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    values = {
        "may_offers": actor.holds_role_for("offer.list"),
        "may_import_offers": actor.holds_role_for("offer.import"),
        "may_referrals": actor.holds_role_for("referral.list"),
        "own_file": actor.person_uid,
        "may_make_logins": actor.holds_role_for("login.make"),
        "is_new": actor.role == SECURITY_ADMIN and _is_new(actor),
        "keeps_server": actor.role == SYSTEM_ADMIN,
        "notices": presenters_today.notice_lines(unread_notices(actor)[:NOTICES_AT_ONCE]),
    }
    return render(request, "web/landing.html", values)


def today_page(request: HttpRequest) -> HttpResponse:
    """One register of everything due for this actor, the most pressing first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    by = "time" if request.GET.get("by") == "time" else "urgency"
    items = presenters_today.items_of(actor)
    note_looks(actor, "need.read", [item.subject for item in items], "today")
    bands = presenters_today.bands_of(items, by, request.GET.get("show", ""), actor.today)
    soon, later = presenters_today.this_week(items, actor.today)
    today_count = sum(band["n"] for band in bands)
    values: dict[str, Any] = {
        "today": actor.today,
        "bands": bands,
        "count": today_count,
        "pressing": sum(item.band == presenters_today.RIGHT_NOW for item in items),
        "late": sum(item.band == presenters_today.LATE for item in items),
        "soon": soon if request.GET.get("show") == presenters_today.SOON else soon[: presenters_today.AT_ONCE],
        "soon_count": len(soon),
        "later": later,
        "segments": [
            {"words": _("按紧要"), "url": "?by=urgency", "current": by == "urgency"},
            {"words": _("按时间"), "url": "?by=time", "current": by == "time"},
        ],
        "by": by,
        "hidden": _hidden(actor),
        "untaken": needs.flags_untaken(actor).count() if actor.holds_role_for("flag.list") else 0,
        "may_take": actor.holds_role_for("flag.take"),
        "month": _month(actor),
        "notices": presenters_today.notice_lines(unread_notices(actor)[:NOTICES_AT_ONCE]),
        "may_import": actor.holds_role_for("person.import"),
    }
    return render(request, "web/today.html", values)


def _hidden(actor: Actor) -> int:
    """How many of one's own open needs show only after confirming again that it is oneself."""
    if not actor.is_known:
        return 0
    facts = replace(actor.facts, second_factor_at=actor.now, fresh_factor_at=actor.now)
    confirmed = Actor(facts, now=actor.now, name=actor.name, role=actor.role)
    states = presenters_today.WAITING_STATES
    return needs.needs_in_hand(confirmed, states).count() - needs.needs_in_hand(actor, states).count()


def _month(actor: Actor) -> dict[str, Any] | None:
    """The figures in the margin; none for who has nobody in hand."""
    counts = {code: figure.records(actor, "", "need.read").filter(why_not="").count() for code, figure in HAND.items()}
    if not any(counts.values()):
        return None
    share = 100 * counts["carried"] / counts["in_hand"] if counts["in_hand"] else 0.0
    return {**counts, "share": round(share, 1)}


def today_figure_page(request: HttpRequest, figure: str) -> HttpResponse:
    """A figure of one's own work, opened: the rule, what is counted, what is not and why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if figure not in HAND:
        raise NotFound()
    if not presenters_figure.has_second_factor(actor):
        raise Refused("core.second_factor_needed", reason="second_factor_needed")
    rows = HAND[figure].records(actor, "", "need.read")
    record_now(actor, "need.read", kind="figure", outcome="read", figure=figure)
    values = presenters_figure.opened(actor, HAND[figure], rows, request.GET) | {
        "title": HAND[figure].words,
        "unit": "records",
        "keep": "unit=records",
        "is_own": True,
    }
    return render(request, "web/county_figure.html", values)


@require_POST
def notices_read_page(request: HttpRequest) -> HttpResponse:
    """Put one's own notices away."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    given = [uid for text in request.POST.getlist("notice") if (uid := _uid(text)) is not None]
    mark_read(actor, given)
    return redirect("landing")


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
