"""What the pages of needs show: rows with words, waits in days, moves that are allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linli.core.actor import LOCAL, Actor
from linli.engines.assignment import say_slots
from linli.engines.words import Lang
from linli.need import rules
from linli.need.models import FlagChange, Need, NeedChange
from linli.need.words import CHANNELS_KNOWN, LEVELS, MOVES, NEED_STATES, SEXES
from linli.party import queries_names as names
from linli.party.models import Person
from linli.ui.sorting import Heading, headings


def lang() -> Lang:
    """`en` or `zh`: the language data with two wordings is shown in."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def code_words(code: str) -> str:
    """What a kind of need is called."""
    kind = rules.need_codes().get(code)
    return getattr(kind, lang()) if kind else code


def two(text: str | None) -> str:
    """A sentence kept in both languages, in the reader's."""
    if not text:
        return ""
    said = json.loads(text)
    return said.get(lang()) or said.get("zh") or ""


@dataclass(frozen=True)
class Tag:
    """A word with its shape."""

    words: Any
    shape: str = ""


def due_tag(due_on: date | None, state: str, today: date) -> Tag | None:
    """How the last day for looking stands: late, today, or still to come; None when there is none or it is over."""
    if due_on is None or state not in ("heard", "assessed", "open", "proposed"):
        return None
    left = (due_on - today).days
    if left < 0:
        return Tag(ngettext("晚了 %(days)s 天", "晚了 %(days)s 天", -left) % {"days": -left}, "late")
    if left == 0:
        return Tag(_("今天到期"), "warn")
    return Tag(ngettext("还有 %(days)s 天", "还有 %(days)s 天", left) % {"days": left})


def age_of(person: Person, today: date) -> int | None:
    """Whole years; the year alone where the day is not known."""
    if person.birth_on:
        return (
            today.year
            - person.birth_on.year
            - ((today.month, today.day) < (person.birth_on.month, person.birth_on.day))
        )
    return today.year - person.birth_year if person.birth_year else None


@dataclass(frozen=True)
class NeedRow:
    """One line of the list; without name and link where the actor may not read it."""

    uid: UUID
    number: str
    code: str
    level: int
    level_words: Any
    place: str
    state: Tag
    due: Tag | None
    due_on: date | None
    waited: int
    name: str = ""
    may_read: bool = False


def need_rows(needs: Iterable[Need], readable: set[UUID], places: Mapping[str, str], today: date) -> list[NeedRow]:
    """The list's lines, in order."""
    return [
        NeedRow(
            uid=need.uid,
            number=need.number,
            code=code_words(need.code),
            level=need.level,
            level_words=LEVELS[need.level],
            place=places.get(need.place_path, ""),
            state=Tag(*NEED_STATES[need.state]),
            due=due_tag(need.due_on, need.state, today),
            due_on=need.due_on,
            waited=waited(need, today),
            name=need.person.name if need.uid in readable else "",
            may_read=need.uid in readable,
        )
        for need in needs
    ]


def need_heads(given: QueryDict, order: str) -> list[Heading]:
    """The list's heads; names are no column to sort by, because not everybody reads them."""
    columns = [
        (_("编号"), "number"),
        (_("要什么"), "code"),
        (_("谁"), ""),
        (_("紧急"), "level"),
        (_("最晚哪天"), "due"),
        (_("等了"), "since"),
        (_("地方"), "place"),
        (_("状态"), ""),
    ]
    return headings(given, columns, order, numbers=("since",))


def waited(need: Need, today: date) -> int:
    """Days from hearing of it to its end, or to today."""
    end = need.closed_at.astimezone(LOCAL).date() if need.closed_at else today
    return (end - need.opened_at.astimezone(LOCAL).date()).days


@dataclass(frozen=True)
class Change:
    """One step in the history."""

    at: datetime
    who: str
    to: Any
    shape: str
    note: str


def history(changes: Iterable[FlagChange | NeedChange], states: Mapping[str, tuple[Any, str]]) -> list[Change]:
    """Steps with who took them; the program itself where nobody did."""
    rows = list(changes)
    who = names.login_names({row.actor_uid for row in rows})
    return [
        Change(
            row.created_at,
            who.get(row.actor_uid, "") if row.actor_uid else "",
            states[row.to_state][0],
            states[row.to_state][1],
            row.note,
        )
        for row in rows
    ]


def move_choices(state: str) -> list[tuple[str, Any]]:
    """Where a need may go from here by hand; a referral alone makes it referred."""
    by_hand = [to for to in rules.NEED_MOVES[state] if to in MOVES and to not in ("referred", "proposed")]
    return [(to, MOVES[to]) for to in by_hand]


def wish_lines(need: Need) -> list[tuple[str, str]]:
    """What the person would like, line by line."""
    wished = json.loads(need.wishes) if need.wishes else {}
    comma = "、" if lang() == "zh" else ", "
    lines = []
    if wished.get("helper_sex"):
        lines.append((_("希望来的人是"), str(SEXES.get(wished["helper_sex"][:1], ""))))
    if wished.get("slots"):
        lines.append((_("方便的时间"), say_slots(wished["slots"], lang())))
    if wished.get("languages"):
        lines.append((_("说什么话"), comma.join(wished["languages"])))
    if wished.get("pays_fen") is not None:
        lines.append((_("能出"), _("每次不超过 %(yuan)s 元") % {"yuan": f"{wished['pays_fen'] / 100:g}"}))
    return lines


def need_view(need: Need, today: date, places: Mapping[str, str]) -> dict[str, Any]:
    """The page of one need."""
    return {
        "need": need,
        "title": code_words(need.code),
        "level_words": LEVELS[need.level],
        "place": places.get(need.place_path, ""),
        "state": Tag(*NEED_STATES[need.state]),
        "due": due_tag(need.due_on, need.state, today),
        "waited": waited(need, today),
        "age": age_of(need.person, today),
        "reason": two(need.reason),
        "channel": CHANNELS_KNOWN.get(need.channel, need.channel),
        "wishes": wish_lines(need),
        "moves": move_choices(need.state),
    }


def export_rows(actor: Actor, needs: Iterable[Need], places: Mapping[str, str]) -> list[list[Any]]:
    """Heading and lines of the workbook: nothing that names or describes anybody."""
    head = [
        _("编号"),
        _("需求"),
        _("需求代码"),
        _("级别"),
        _("状态"),
        _("哪天提出"),
        _("最晚哪天"),
        _("结束"),
        _("地方"),
    ]
    lines: list[list[Any]] = [head]
    for need in needs:
        closed = need.closed_at.astimezone(LOCAL).date() if need.closed_at else None
        lines.append(
            [
                need.number,
                code_words(need.code),
                need.code,
                need.level,
                str(NEED_STATES[need.state][0]),
                need.opened_at.astimezone(LOCAL).date(),
                need.due_on,
                closed,
                places.get(need.place_path, ""),
            ]
        )
    return lines
