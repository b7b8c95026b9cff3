"""The menu by role: one line per page of this house, shown to those whose role can ever use it.

A line whose route is not in the running table is left out, so a feature adds its line with its routes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.core.actor import Actor
from linli.core.policy import COUNTY, SECRETARY


@dataclass(frozen=True)
class Entry:
    """A page in the menu: its route, its words, the action that opens it, and the words of the dock on a phone.

    `short` empty: not in the dock. `count`: how many wait there, asked only when the menu is drawn.
    `gap`: a little room above. `key`: the keys that go there.
    """

    route: str
    words: Any
    action: str
    short: Any = ""
    count: Callable[[Actor], int] | None = None
    gap: bool = False
    key: str = ""


TODAY = Entry("today", _("今日"), "need.list", _("今日"), key="g t")
PEOPLE = Entry("people", _("人和户"), "person.list", pgettext_lazy("dock", "人"), key="g p")
OVERVIEW = Entry("county", _("总览"), "county.read", _("总览"))
NEEDS = Entry("needs", _("需求"), "need.list", _("需求"))
FLAGS = Entry("flags", _("线索"), "flag.list", _("线索"))
PROPOSALS = Entry("proposals", _("对接"), "proposal.list")
REFERRALS = Entry("referrals", _("转介"), "referral.list")
OFFERS = Entry("offers", _("资源"), "offer.list")
IMPORTS = Entry("imports", _("导入"), "person.import", gap=True)
RIGHTS = Entry("rights", _("账号和岗位"), "grant.propose")

STATION_MENU = (TODAY, PEOPLE, FLAGS, NEEDS, PROPOSALS, REFERRALS, OFFERS, OVERVIEW, IMPORTS, RIGHTS)
MENUS = {
    COUNTY: (
        OVERVIEW,
        Entry("needs", _("在等"), "need.list", _("在等")),
        Entry("flags", _("可能漏掉"), "flag.list", _("可能漏掉")),
        PEOPLE,
        OFFERS,
        REFERRALS,
        IMPORTS,
        RIGHTS,
    ),
    SECRETARY: (TODAY, PEOPLE, FLAGS, NEEDS, OFFERS, IMPORTS),
}


def menu_for(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    """The entries this actor can ever use, the current one marked; the role's own menu first, the rest after it."""
    own = MENUS.get(actor.role, STATION_MENU)
    there = {entry.route for entry in own}
    entries = (*own, *(entry for entry in STATION_MENU if entry.route not in there))
    return list(_lines(request, actor, entries))


def _lines(request: HttpRequest, actor: Actor, entries: tuple[Entry, ...]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        url = address_of(entry.route)
        if url and actor.is_known and actor.holds_role_for(entry.action):
            count = entry.count
            yield {
                "url": url,
                "words": entry.words,
                "short": entry.short,
                "gap": entry.gap,
                "key": entry.key,
                "current": request.path.startswith(url),
                "count": SimpleLazyObject(partial(count, actor)) if count else None,
            }


def address_of(route: str) -> str:
    """The address of a route by name; empty where the block that brings it is not served."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
