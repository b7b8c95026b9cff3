"""What the page of one person shows: facts with their sources, what is withheld and why, household, flags, needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.words import WORDS as CORE_WORDS
from linli.matching.models import Referral
from linli.need.models import Flag, Need
from linli.need.queries_words import source_words
from linli.need.rules import need_codes
from linli.need.words import FLAG_STATES, KINDS, LEVELS, NEED_STATES
from linli.party.fields import GROUP_WORDS, MASKED_FIELDS, ROLE_WORDS, masked, said_words, value_words
from linli.party.models import GroupStatus, Login, Person, Tie
from linli.party.queries_person import FieldView, Looker, PersonFile, Stated
from linli.party.queries_ties import WORK_TIES
from linli.place.models import Place
from linli.place.queries import names_by_path

SOON_DAYS = 90
OFFICE_FIELDS = frozenset(
    {"name", "sex", "region", "hukou_place", "hukou_region", "household_no", "relation", "head_name", "head_id_no"}
)


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def place_line(actor: Actor, path: str) -> list[str]:
    """Town and community, in words."""
    chain = [path[: i + 1] for i, sign in enumerate(path) if sign == "/"]
    found = names_by_path(actor, chain)
    levels = (Place.Level.TOWN, Place.Level.COMMUNITY)
    places = [found[part] for part in chain if part in found and found[part].level in levels]
    return [(place.name_en or place.name) if is_english() else place.name for place in places]


def age_on(person: Person, today: date) -> int | None:
    """Full years where the day is known, else the difference of years."""
    born = person.birth_on
    if born:
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return today.year - person.birth_year if person.birth_year else None


def who(actor: Actor, file: PersonFile) -> str:
    """The first line: sex, age, how they live, where."""
    person = file.person
    parts = [value_words("sex", person.sex)] if person.sex in ("1", "2") else []
    age = age_on(person, actor.today)
    if age is not None:
        parts.append(_("%(age)s 岁") % {"age": age} if person.birth_on else _("约 %(age)s 岁") % {"age": age})
    living = next((view.chosen for view in file.fields if view.field.code == "living"), "")
    if living:
        parts.append(value_words("living", living))
    return (", " if is_english() else "，").join(parts)


def fact_rows(file: PersonFile) -> dict[str, list[dict[str, Any]]]:
    """Facts that may be read, those of the register apart; differing values side by side."""
    rows: dict[str, list[dict[str, Any]]] = {"main": [], "office": []}
    for view in file.fields:
        if view.values:
            apart = view.field.code in OFFICE_FIELDS and not view.differs
            rows["office" if apart else "main"].append(_fact_row(view, file.person))
    return rows


def _fact_row(view: FieldView, person: Person) -> dict[str, Any]:
    code = view.field.code
    by_value: dict[str, list[Stated]] = {}
    for stated in view.values:
        by_value.setdefault(stated.value, []).append(stated)
    values = [_value(code, value, said, person) for value, said in by_value.items()]
    return {
        "code": code,
        "words": view.field.words,
        "differs": view.differs,
        "varies": view.varies,
        "values": values[:1] if view.is_corrected else values,
        "earlier": values[1:] if view.is_corrected else [],
        "is_masked": code in MASKED_FIELDS,
        "is_code": code in MASKED_FIELDS or code == "household_no",
    }


def _value(code: str, value: str, said: list[Stated], person: Person) -> dict[str, Any]:
    text = masked(value) if code in MASKED_FIELDS else value_words(code, value)
    if code == "birth_on" and person.birth_on is None and value.endswith("-01"):
        # Where no day is known, lists keep the first of the month or of the year.
        text = _("%(when)s，哪天不清楚") % {"when": value.removesuffix("-01").removesuffix("-01")}
    return {
        "text": text,
        "sources": _sources(said),
        "is_chosen": any(one.is_chosen for one in said),
        "is_doubtful": any(one.doubt for one in said),
    }


def _sources(said: Iterable[Stated]) -> list[dict[str, Any]]:
    """Who says so: the lists of one day together, each correction with its why."""
    found: dict[tuple[date | None, str], list[str]] = {}
    for one in said:
        found.setdefault((one.stated_on, one.why), []).append(said_words(one.source))
    return [{"name": _("、").join(names), "on": on, "why": why} for (on, why), names in found.items()]


def withheld(views: Iterable[FieldView]) -> list[dict[str, Any]]:
    """Fields that are not shown, gathered by the reason, each reason with the next door."""
    by_reason: dict[str, list[str]] = {}
    for view in views:
        if view.withheld:
            by_reason.setdefault(view.withheld, []).append(str(view.field.words))
    joiner = ", " if is_english() else "、"
    return [
        {"names": joiner.join(names), "why": why_not(reason), "is_factor": reason.endswith("factor_needed")}
        for reason, names in by_reason.items()
    ]


def why_not(reason: str) -> str:
    """A reason of `decide` in words."""
    words = CORE_WORDS.get(f"core.{reason}")
    return str(words) if words else _("这里现在不给你看。")


def group_rows(groups: Iterable[GroupStatus], today: date) -> list[dict[str, Any]]:
    """Target groups with their validity: the latest span of each group and source."""
    latest: dict[tuple[str, str], GroupStatus] = {}
    for status in groups:
        latest[status.group, status.source] = status
    return [
        {
            "words": GROUP_WORDS.get(status.group, status.group),
            "detail": _detail(status),
            "starts_on": status.starts_on,
            "ends_on": status.ends_on,
            "source": status.source,
            "tag": _validity(status, today),
        }
        for status in latest.values()
    ]


def _detail(status: GroupStatus) -> str:
    kind, _slash, grade = status.detail.partition("/")
    words = [
        value_words("disability_class", kind) if kind else "",
        value_words("disability_grade", grade) if grade else "",
    ]
    return " ".join(word for word in words if word)


def _validity(status: GroupStatus, today: date) -> dict[str, str] | None:
    if status.ends_on is None:
        return None
    left = (status.ends_on - today).days
    if left < 0:
        return {"words": _("%(days)s 天前到期") % {"days": -left}, "shape": "late"}
    if left <= SOON_DAYS:
        return {"words": _("%(days)s 天后到期") % {"days": left}, "shape": "warn"}
    return {"words": _("有效"), "shape": "done"}


def flag_rows(flags: Iterable[Flag], readable: set[UUID]) -> list[dict[str, Any]]:
    """Flags about the person: the reason for those who may read it, else only that there is one."""
    rows = []
    for flag in flags:
        known = flag.uid in readable
        state, shape = FLAG_STATES[flag.state]
        kind, kind_shape = KINDS.get(flag.kind, (flag.kind, ""))
        rows.append(
            {
                "uid": flag.uid,
                "known": known,
                "reason": _in_language(flag.reason) if known else "",
                "source": source_words(flag.source, "en" if is_english() else "zh") if known else "",
                "kind": kind,
                "kind_shape": kind_shape,
                "state": state,
                "shape": shape,
                "decision": flag.decision_reason if known else "",
            }
        )
    return rows


def _in_language(stored: str | None) -> str:
    words: Mapping[str, str] = json.loads(stored or "{}")
    return words.get("en" if is_english() else "zh") or words.get("zh") or ""


def need_rows(
    needs: Iterable[Need],
    readable: set[UUID],
    proposals: Mapping[UUID, int],
    referrals: Mapping[UUID, Referral],
    today: date,
) -> list[dict[str, Any]]:
    """Needs of the person and how far each is."""
    rows = []
    for need in needs:
        if need.uid not in readable:
            rows.append({"uid": need.uid, "known": False})
            continue
        kind = need_codes().get(need.code)
        state, shape = NEED_STATES[need.state]
        referral = referrals.get(need.uid)
        end = need.closed_at.date() if need.closed_at else today
        rows.append(
            {
                "uid": need.uid,
                "known": True,
                "words": need.code if kind is None else kind.en if is_english() else kind.zh,
                "level": LEVELS[need.level],
                "opened_at": need.opened_at,
                "due_on": need.due_on,
                "is_late": bool(need.due_on and need.due_on < today and need.closed_at is None),
                "state": state,
                "shape": shape,
                "proposals": proposals.get(need.uid, 0) if need.state in ("heard", "open", "proposed") else 0,
                "referral": _referral(referral) if referral else None,
                "days": (end - need.opened_at.date()).days,
            }
        )
    return rows


def _referral(referral: Referral) -> dict[str, Any]:
    states = {
        "sent": _("转给 %(who)s，等回音"),
        "accepted": _("%(who)s 接了"),
        "declined": _("%(who)s 没接"),
        "done": _("%(who)s 做完了"),
        "withdrawn": _("从 %(who)s 那里撤回了"),
    }
    return {"words": states[referral.state] % {"who": referral.offer.name}, "uid": referral.uid}


def looker_rows(lookers: Iterable[Looker]) -> list[dict[str, Any]]:
    """Who opened the page or was refused."""
    reasons = reveal_reasons()
    looked = {
        "person.reveal": _("看了全号"),
        "flag.read": _("看了线索"),
        "need.read": _("看了需求"),
        "proposal.read": _("看了建议"),
        "referral.read": _("看了转介"),
    }
    return [
        {
            "at": looker.at,
            "name": looker.name or _("程序"),
            "role": ROLE_WORDS.get(looker.role, looker.role),
            "denied": looker.denied,
            "what": "" if looker.denied else looked.get(looker.action, ""),
            "why": _short_reason(looker.reason) if looker.denied else reasons.get(looker.reason, ""),
        }
        for looker in lookers
    ]


def _short_reason(reason: str) -> str:
    words = {
        "excluded": _("这个账号要回避"),
        "no_relationship": _("不是负责的人"),
        "outside_place": _("不在负责的地方"),
        "no_role": _("岗位不做这件事"),
        "second_factor_needed": _("没有第二重确认"),
        "fresh_factor_needed": _("没有再确认一次"),
    }
    return words.get(reason, "")


def reveal_reasons() -> dict[str, str]:
    """Why somebody needs a whole number."""
    return {
        "papers": _("当面核对证件"),
        "apply": _("帮本人办申请"),
        "report": _("上级要的报表"),
        "same_person": _("核对是不是同一个人"),
    }


def tie_kinds() -> dict[str, str]:
    """What a colleague can be made, in words."""
    return {"assigned": _("负责"), "co-worker": _("一起做")}


def tie_reasons() -> dict[str, str]:
    """Why somebody takes over, joins or stops."""
    return {
        "turn": _("分工调整"),
        "away": _("同事离岗或请假"),
        "near": _("离得近，更熟悉"),
        "asked": _("本人要求"),
        "kin": _("要回避"),
        "done": _("事情做完了"),
    }


def tie_rows(ties: Iterable[Tie], person: Person, here: Iterable[Login]) -> list[dict[str, Any]]:
    """Who is or was responsible: since and until when, and whether still at work in this place."""
    at_work = {login.pk for login in here}
    kinds = tie_kinds() | {"supervises": _("督导"), "guardian": _("监护人"), "referral": _("转介来的")}
    reasons = tie_reasons() | {
        "flag": _("领了线索"),
        "flag_given": _("线索交来的"),
        "protection": _("保护时指定"),
        "responsible": _("分工"),
        "supervision": _("督导分工"),
    }
    return [
        {
            "uid": tie.uid,
            "name": tie.login.display_name,
            "kind": kinds.get(tie.kind, tie.kind),
            "is_whole_home": tie.about_uid != person.uid,
            "is_away": tie.kind in WORK_TIES and tie.login.pk not in at_work,
            "can_end": tie.kind in WORK_TIES,
            "starts_at": tie.starts_at,
            "ends_at": tie.ends_at,
            "why": reasons.get(tie.why, ""),
        }
        for tie in ties
    ]


def exclusion_reasons() -> dict[str, str]:
    """Why somebody must keep away."""
    return {
        "relative": _("亲属"),
        "violence": _("伤害过本人或家人"),
        "asked": _("本人要求"),
        "dispute": _("有纠纷"),
    }
