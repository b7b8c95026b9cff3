"""What the pages of flags show: the reason, its rule and source, and every figure by its name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.need import rules
from linli.need.models import Flag
from linli.need.presenters import Tag, age_of, code_words, lang, two
from linli.need.queries_words import has_own_rules, rule_words, rulebook, source_words
from linli.need.words import FLAG_STATES, KINDS, LEVELS
from linli.party import queries_names as names

HIDES_ALL_BUT_LAST = {"card_no": 4}
"""Figures that are numbers of a person: only so many last digits are shown."""


@dataclass(frozen=True)
class FlagRow:
    """One line of the list; without name and reason where the actor may not read it."""

    uid: UUID
    operation_id: UUID
    take_id: UUID
    kind: Tag
    state: Tag
    place: str
    since: datetime
    name: str = ""
    age: int | None = None
    reason: str = ""
    person_uid: UUID | None = None
    may_read: bool = False
    is_taken: bool = False
    is_own_dismissal: bool = False


def flag_rows(actor: Actor, flags: Iterable[Flag], readable: set[UUID], places: Mapping[str, str]) -> list[FlagRow]:
    """The list's lines, in order."""
    return [_row(actor, flag, flag.uid in readable, places) for flag in flags]


def _row(actor: Actor, flag: Flag, may_read: bool, places: Mapping[str, str]) -> FlagRow:
    given: dict[str, Any] = {
        "uid": flag.uid,
        "operation_id": uuid4(),
        "take_id": uuid4(),
        "kind": Tag(*KINDS[flag.kind]),
        "state": Tag(*FLAG_STATES[flag.state]),
        "place": places.get(flag.place_path, ""),
        "since": flag.created_at,
        "may_read": may_read,
        "is_taken": flag.taken_by is not None,
        "is_own_dismissal": flag.state == "dismissed" and flag.taken_by == flag.decided_by == actor.login_uid,
    }
    if may_read:
        given |= {"name": flag.person.name, "age": age_of(flag.person, actor.today), "person_uid": flag.person.uid}
        given["reason"] = two(flag.reason)
    return FlagRow(**given)


def rule_choices() -> list[tuple[str, str]]:
    """The rules in force here, by their titles."""
    return [(rule.code, getattr(rule, lang())) for rule in rulebook().rules]


def group_choices() -> list[tuple[str, Any]]:
    """The target groups."""
    return list(names.group_words().items())


@dataclass(frozen=True)
class FigureLine:
    """One figure the rule used: what it is called, what it was."""

    name: str
    value: str


def figure_lines(figures: str | None) -> list[FigureLine]:
    """Every figure by its name and unit; codes are put in words, numbers of a person shortened."""
    book = rulebook()
    known = {figure.code: figure for figure in book.figures} | dict(book.parameters)
    lines = []
    for code, value in json.loads(figures or "{}").items():
        figure = known.get(code)
        title = getattr(figure, lang()) if figure else str(names.field_words(code) or code)
        unit = figure.unit if figure else ""
        lines.append(FigureLine(title, _said(code, value, unit if lang() == "zh" else UNITS_EN.get(unit, ""))))
    return lines


def uses_policy_figures(figures: str | None) -> bool:
    """Whether a flag stands on figures of policy (a standard, an age, a share), not on the person's facts alone."""
    return not rulebook().parameters.keys().isdisjoint(json.loads(figures or "{}"))


UNITS_EN = {"元": "yuan", "天": "days", "岁": "years", "人": "people"}


def _said(code: str, value: Any, unit: str) -> str:
    if value is None or value == "":
        return _("名册上没写")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if code in HIDES_ALL_BUT_LAST:
        return "…" + str(value)[-HIDES_ALL_BUT_LAST[code] :]
    words = rulebook().words.get(code, {}).get(str(value))
    if words:
        return words[0] if lang() == "zh" else words[1]
    number = f"{value:,g}" if isinstance(value, int | float) and abs(value) < 1_000_000 else str(value)
    return f"{number} {unit}".strip()


def flag_view(actor: Actor, flag: Flag, places: Mapping[str, str]) -> dict[str, Any]:
    """The page of one flag."""
    rule = next((one for one in rulebook().rules if one.code == flag.rule), None)
    leads_to = rules.needs_of_flag(flag.rule, flag.kind, actor.today)
    return {
        "flag": flag,
        "title": rule_words(flag.rule, lang()) or flag.rule,
        "kind": Tag(*KINDS[flag.kind]),
        "state": Tag(*FLAG_STATES[flag.state]),
        "place": places.get(flag.place_path, ""),
        "age": age_of(flag.person, actor.today),
        "reason": two(flag.reason),
        "source": source_words(flag.source, lang()),
        "used_common_figures": not has_own_rules() and uses_policy_figures(flag.figures),
        "group": names.group_words().get(flag.group, ""),
        "to_be_checked": rule is not None and rule.status != "confirmed",
        "figures": figure_lines(flag.figures),
        "leads_to": [
            {"code": code_words(draft.code), "level": LEVELS[int(draft.level)], "due_on": draft.due_on}
            for draft in leads_to
        ],
    }
