"""What Today shows: one register of what is due for one worker, why it is first, and the door to each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from linli.core.actor import LOCAL, Actor
from linli.core.models import Notice
from linli.matching import queries_figures as matching
from linli.matching.models import Referral
from linli.need import queries_figures as needs
from linli.need import rules
from linli.need.models import Flag, Need
from linli.need.queries_words import rule_words
from linli.need.words import KINDS, LEVELS
from linli.party.models import Person
from linli.place import queries as places
from linli.web.words import say

WAITING_STATES = ("heard", "assessed", "open", "proposed")
WEEK = timedelta(days=7)
AT_ONCE = 12
RIGHT_NOW, LATE, DUE, SOON = "now", "late", "due", "soon"


@dataclass(frozen=True)
class Item:
    """One thing due. `level`: how pressing, 1 to 4; `why`: what put it here; `rule`: the rule that says so.

    `is_undecided`: it waits for this worker's word, so it is shown however far off its day is.
    """

    title: str
    url: str
    who: str
    due_on: date | None
    level: int
    lines: tuple[str, ...]
    why_title: str
    why: str
    rule: str
    button: str
    button_url: str
    subject: UUID | None
    band: str = SOON
    is_undecided: bool = False

    @property
    def on(self) -> str:
        """The day it is due, short."""
        return in_words(self.due_on)


def items_of(actor: Actor) -> list[Item]:
    """Everything this actor has in hand that has a day, in no order: needs, flags taken, referrals unanswered."""
    today = actor.today
    open_needs = list(matching.with_proposals(actor, needs.needs_in_hand(actor, WAITING_STATES)))
    flags = needs.flags_in_hand(actor)
    referrals = list(matching.unanswered(actor, today + WEEK))
    paths = {row.place_path for row in (*open_needs, *flags, *referrals)}
    said = places.place_words(actor, paths)
    return [
        *(_need_item(need, said, today) for need in open_needs),
        *(_flag_item(flag, said, today) for flag in flags),
        *(_referral_item(referral, said, today) for referral in referrals),
    ]


def _need_item(need: Need, said: Mapping[str, str], today: date) -> Item:
    title = _("%(name)s，%(need)s") % {"name": need.person.name, "need": _code_words(need.code)}
    proposals = getattr(need, "proposals_count", None) or 0
    lines = [said.get(need.place_path, "")]
    url = reverse("need", kwargs={"uid": need.uid})
    button, button_url = _("打开需求"), url
    if proposals:
        lines.append(ngettext("有 %(n)s 个建议等你定。", "有 %(n)s 个建议等你定。", proposals) % {"n": proposals})
        button, button_url = _("看建议"), reverse("need_proposals", kwargs={"uid": need.uid})
    opened_on = need.opened_at.astimezone(LOCAL).date()
    why = _("%(level)s；%(day)s提出，最晚 %(due)s要有人看过。") % {
        "level": LEVELS[need.level],
        "day": in_words(opened_on),
        "due": in_words(need.due_on),
    }
    table = rules.triage_table(opened_on)
    rule = _("规则：紧急程度与时限 %(id)s") % {"id": table.id}
    return _item(title, url, need.person, need.due_on, need.level, lines, why, rule, button, button_url, today)


def _flag_item(flag: Flag, said: Mapping[str, str], today: date) -> Item:
    known_as = rule_words(flag.rule, "en" if _english() else "zh")
    found_on = flag.created_at.astimezone(LOCAL).date()
    drafts = rules.needs_of_flag(flag.rule, flag.kind, found_on)
    first = min(drafts, key=lambda draft: draft.due_on, default=None)
    title = _("%(name)s，%(kind)s") % {"name": flag.person.name, "kind": known_as or KINDS[flag.kind][0]}
    lines = [said.get(flag.place_path, ""), _two(flag.reason)]
    url = reverse("flag", kwargs={"uid": flag.uid})
    if first is None:
        why, due_on, level = _("领下来了，还没有定。"), None, 4
    else:
        due_on, level = first.due_on, int(first.level)
        why = _("领下来了，还没有定。若属实，是%(level)s，最晚 %(due)s要有人看过。") % {
            "level": LEVELS[level],
            "due": in_words(due_on),
        }
    rule = _("规则：%(rule)s %(version)s") % {"rule": known_as or flag.rule, "version": flag.rule_version}
    item = _item(title, url, flag.person, due_on, level, lines, why, rule, _("去定"), url, today)
    return replace(item, is_undecided=True)


def _referral_item(referral: Referral, said: Mapping[str, str], today: date) -> Item:
    need = referral.need
    values = {"name": need.person.name, "need": _code_words(need.code)}
    url = reverse("referral", kwargs={"uid": referral.uid})
    lines = [_("转给%(offer)s，对方还没有答复。") % {"offer": referral.offer.name}]
    why = _("%(sent)s送出，约定 %(due)s以前答复。") % {
        "sent": in_words(referral.sent_at.astimezone(LOCAL).date()),
        "due": in_words(referral.answer_due_on),
    }
    title = _("催%(name)s的转介（%(need)s）") % values
    rule = _("规则：转介 3 个工作日内答复")
    due_on = referral.answer_due_on
    return _item(title, url, need.person, due_on, max(need.level, 2), lines, why, rule, _("看转介"), url, today)


def _item(
    title: str, url: str, person: Person, due_on: date | None, level: int, lines: Iterable[str],
    why: str, rule: str, button: str, button_url: str, today: date,
) -> Item:  # fmt: skip
    band = _band(due_on, level, today)
    titles = {
        RIGHT_NOW: _("为什么必须今天"),
        LATE: _("为什么算晚了"),
        DUE: _("为什么是今天"),
        SOON: _("为什么在这里"),
    }
    return Item(
        title=title,
        url=url,
        who=_who(person, today),
        due_on=due_on,
        level=level,
        lines=tuple(line for line in lines if line),
        why_title=titles[band],
        why=why,
        rule=rule,
        button=button,
        button_url=button_url,
        subject=person.uid,
        band=band,
    )


def _band(due_on: date | None, level: int, today: date) -> str:
    """Same-day matters first, however late; then what is late, what is due today, and the rest."""
    if due_on is not None and due_on <= today and level == rules.Level.SAME_DAY:
        return RIGHT_NOW
    if due_on is None or due_on > today:
        return SOON
    return LATE if due_on < today else DUE


def _who(person: Person, today: date) -> str:
    born = person.birth_on
    if born:
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    elif person.birth_year:
        age = today.year - person.birth_year
    else:
        return ""
    return ngettext("%(n)s 岁", "%(n)s 岁", age) % {"n": age}


def _code_words(code: str) -> str:
    kind = rules.need_codes()[code]
    return kind.en if _english() else kind.zh


def _two(text: str | None) -> str:
    said = json.loads(text) if text else {}
    return str(said.get("en" if _english() else "zh") or said.get("zh") or "")


def _english() -> bool:
    return (get_language() or "").startswith("en")


def in_words(on: date | None) -> str:
    """A day as a narrow column writes it: 3月12日, 12 Mar."""
    if on is None:
        return ""
    return date_format(on, "j M") if _english() else f"{on.month}月{on.day}日"


def late_words(item: Item, today: date) -> str:
    """How late, or how many days are left."""
    if item.due_on is None:
        return ""
    days = (item.due_on - today).days
    if days < 0:
        return ngettext("晚了 %(n)s 天", "晚了 %(n)s 天", -days) % {"n": -days}
    if days == 0:
        return ""
    return ngettext("还有 %(n)s 天", "还有 %(n)s 天", days) % {"n": days}


def bands_of(items: Sequence[Item], by: str, expanded: str, today: date) -> list[dict[str, Any]]:
    """The register in its bands: pressing first, or by day alone; a long band shows its first few."""
    words = {RIGHT_NOW: _("必须今天"), LATE: _("已经晚了"), DUE: pgettext("band", "今天到期")}
    if by == "time":
        words.pop(RIGHT_NOW)
    found: dict[str, list[Item]] = {band: [] for band in words}
    for item in items:
        band = item.band
        if band == RIGHT_NOW and by == "time":
            band = LATE if item.due_on and item.due_on < today else DUE
        if band in found:
            found[band].append(item)
    bands = []
    for band, inside in found.items():
        if inside:
            inside.sort(key=lambda item: _order(item, by))
            shown = inside if expanded == band else inside[:AT_ONCE]
            rows = [{"item": item, "late": late_words(item, today)} for item in shown]
            bands.append({"code": band, "words": words[band], "rows": rows, "n": len(inside),
                          "more": len(inside) - len(shown)})  # fmt: skip
    return bands


def _order(item: Item, by: str) -> tuple[Any, ...]:
    due = item.due_on or date.max
    return (due, item.level, item.title) if by == "time" else (item.level, due, item.title)


def this_week(items: Iterable[Item], today: date) -> tuple[list[Item], int]:
    """What comes in the next seven days or waits for a word, the soonest first; and how many lie further off."""
    rest = [item for item in items if item.band == SOON]
    soon = [item for item in rest if item.is_undecided or (item.due_on and item.due_on <= today + WEEK)]
    return sorted(soon, key=lambda item: _order(item, "time")), len(rest) - len(soon)


def notice_lines(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """What happened, in words, with where to go."""
    return [
        {"uid": notice.uid, "words": say(notice.code, notice.params), "url": notice.link, "at": notice.created_at}
        for notice in notices
    ]
