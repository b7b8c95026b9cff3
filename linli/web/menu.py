"""The menu by role: one line per page of this house, shown to those whose role can ever use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.core.actor import Actor


@dataclass(frozen=True)
class Entry:
    """A page in the menu: its route, its words, the action that opens it, the prefix that marks it current."""

    route: str
    words: Any
    action: str
    under: str
    gap: bool = False
    dock: bool = True


ENTRIES = (
    Entry("today", _("今日"), "need.list", "/today/"),
    Entry("county", _("总览"), "county.read", "/county/"),
    Entry("people", _("人和户"), "person.list", "/people/"),
    Entry("flags", _("线索"), "flag.list", "/flags/"),
    Entry("needs", _("需求"), "need.list", "/needs/"),
    Entry("referrals", _("转介"), "referral.list", "/referrals/", dock=False),
    Entry("offers", _("资源"), "offer.list", "/offers/", dock=False),
    Entry("imports", _("导入"), "person.import", "/imports/", gap=True, dock=False),
    Entry("rights", _("岗位与权限"), "grant.propose", "/rights/", dock=False),
)


def menu_for(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """The entries this actor can ever use, the current one marked."""
    return [
        {
            "url": reverse(entry.route),
            "words": entry.words,
            "current": request.path.startswith(entry.under),
            "gap": entry.gap,
            "dock": entry.dock,
        }
        for entry in ENTRIES
        if actor.is_known and actor.holds_role_for(entry.action)
    ]
