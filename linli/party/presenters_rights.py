"""What the pages of rights show: rows with words, places by name, spans of days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from linli.core.actor import Actor, anonymous
from linli.party.fields import ROLE_WORDS
from linli.party.models import Exclusion, Grant, Login
from linli.party.queries_rights import (
    binding_facts,
    binding_of,
    locked_logins,
    names_of_logins,
    names_of_subjects,
    readable_people,
)
from linli.place.models import Place
from linli.place.queries import names_by_path, places_under


@dataclass(frozen=True)
class GrantRow:
    """One role in one place."""

    uid: UUID | None
    role: str
    place: str
    span: str
    state: str = ""
    shape: str = ""
    waits: bool = False
    can_end: bool = False
    name: str = ""
    proposer: str = ""
    operation_id: UUID = field(default_factory=uuid4)


def place_name(place: Place | None, path: str) -> str:
    """A place's name in the reader's language; its code when it has gone."""
    if place is None:
        return path.rstrip("/").rsplit("/", 1)[-1]
    return place.name_en or place.name if (get_language() or "").startswith("en") else place.name


def span(starts_on: date, ends_on: date | None) -> str:
    """From–to, or from on."""
    if ends_on is None:
        return _("%(start)s 起") % {"start": starts_on.isoformat()}
    return f"{starts_on.isoformat()} – {ends_on.isoformat()}"


def place_choices(paths: Iterable[str]) -> list[tuple[str, str]]:
    """Places in which one may give roles: one's own and those below, indented by level."""
    found: dict[str, str] = {}
    for path in paths:
        for place in places_under(_nobody(), path):
            depth = place.path.count("/") - path.count("/")
            found[place.path] = "　" * depth + place_name(place, place.path)
    return list(found.items())


def _nobody() -> Actor:
    """Places are public: their names need no actor."""
    return anonymous(datetime.min.replace(tzinfo=UTC))


def _states() -> dict[str, tuple[str, str]]:
    return {
        "proposed": (_("等批准"), ""),
        "active": (_("在用"), "done"),
        "refused": (_("没有批准"), "stop"),
        "ended": (_("结束了"), "stop"),
        "over": (_("到期了"), "stop"),
        "later": (_("还没开始"), ""),
    }


def _row(grant: Grant, places: dict[str, Place], today: date, **more: Any) -> GrantRow:
    state = grant.state
    if state == "active" and grant.ends_on and grant.ends_on < today:
        state = "over"
    elif state == "active" and grant.starts_on > today:
        state = "later"
    words, shape = _states()[state]
    return GrantRow(
        uid=grant.uid,
        role=str(ROLE_WORDS.get(grant.role, grant.role)),
        place=place_name(places.get(grant.place_path), grant.place_path),
        span=span(grant.starts_on, grant.ends_on),
        state=words,
        shape=shape,
        waits=state == "proposed",
        can_end=state in ("active", "later"),
        **more,
    )


def grant_rows(grants: list[Grant], today: date) -> list[GrantRow]:
    """All roles of one login."""
    places = names_by_path(_nobody(), {g.place_path for g in grants})
    return [_row(grant, places, today) for grant in grants]


def waiting_rows(grants: list[Grant]) -> list[GrantRow]:
    """Roles waiting for a second person."""
    places = names_by_path(_nobody(), {g.place_path for g in grants})
    names = names_of_logins({g.proposed_by for g in grants})
    return [
        _row(
            g,
            places,
            g.starts_on,
            name=g.login.display_name,
            proposer=names.get(g.proposed_by, "") if g.proposed_by else "",
        )
        for g in grants
    ]


def login_rows(logins: list[Any], actor: Actor) -> list[dict[str, Any]]:
    """Logins with the roles shown beside them."""
    places = names_by_path(_nobody(), {g.place_path for row in logins for g in row.shown_grants})
    locked = locked_logins(logins, actor.now)
    rows = []
    for login in logins:
        if not login.is_active:
            state, shape = _("停用"), "stop"
        elif login.uid in locked:
            state, shape = _("锁住"), "warn"
        elif login.must_change_password:
            state, shape = _("还没登录过"), ""
        else:
            state, shape = _("在用"), "done"
        rows.append(
            {
                "uid": login.uid,
                "name": login.display_name,
                "username": login.username,
                "grants": [_row(g, places, actor.today) for g in login.shown_grants],
                "state": state,
                "state_shape": shape,
            }
        )
    return rows


PAPERS = {
    "id_card": gettext_lazy("身份证"),
    "household_book": gettext_lazy("户口簿"),
    "other": gettext_lazy("别的证件"),
}


def binding_values(login: Login, actor: Actor) -> dict[str, Any]:
    """Whose login it is, as far as papers say; the name on them is shown to whom may check them, the number never."""
    waiting, holds = binding_of(login)
    may_confirm = waiting is not None and waiting.proposed_by != actor.login_uid
    may_confirm = may_confirm and bool(actor.decide("binding.confirm", binding_facts(login, actor)))
    values: dict[str, Any] = {"is_bound": login.person is not None, "since": holds and holds.decided_at}
    values |= {"waits": waiting is not None, "may_confirm": may_confirm}
    if waiting is not None and may_confirm:
        names = names_of_logins({waiting.proposed_by})
        values |= {
            "uid": waiting.uid,
            "name": waiting.name,
            "papers": PAPERS[waiting.papers],
            "proposer": names.get(waiting.proposed_by, "") if waiting.proposed_by else "",
        }
    return values


def fact_rows(actor: Actor) -> list[GrantRow]:
    """The actor's own roles."""
    held = [g for g in actor.facts.grants if g.ends_on is None or g.ends_on >= actor.today]
    places = names_by_path(actor, {g.place_path for g in held})
    return [
        GrantRow(
            uid=None,
            role=str(ROLE_WORDS.get(g.role, g.role)),
            place=place_name(places.get(g.place_path), g.place_path),
            span=span(g.starts_on, g.ends_on),
        )
        for g in held
    ]


def exclusion_rows(rows: list[Exclusion], actor: Actor) -> list[dict[str, Any]]:
    """Exclusions in force, with who is kept away from whom."""
    names = names_of_subjects(actor, {row.about_uid for row in rows})
    readable = readable_people(actor, {row.about_uid for row in rows})
    shown = []
    for row in rows:
        asked = row.lift_asked_by is not None
        if asked:
            state, shape = _("有人提出解除"), "warn"
        elif row.reviewed_at:
            state, shape = _("复核过，照旧"), "done"
        else:
            state, shape = _("等复核"), ""
        shown.append(
            {
                "uid": row.uid,
                "who": row.login.display_name if row.login else _kept_away(row, names),
                "about": names.get(row.about_uid, _("受保护的人")),
                "about_uid": row.about_uid if row.about_uid in readable else None,
                "why": row.why,
                "state": state,
                "shape": shape,
                "is_asked": asked,
                "can_lift": asked and row.lift_asked_by != actor.login_uid,
                "operation_id": uuid4(),
            }
        )
    return shown


def _kept_away(row: Exclusion, names: Mapping[UUID, str]) -> str:
    """The name of a person kept away; none where it would tell from whom."""
    if row.person is None:
        return ""
    return row.person.name if row.about_uid in names else _("一个人")


DEMO_WORDS = {
    "worker": gettext_lazy("今天先看谁、为什么；线索、需求和对接建议"),
    "lead": gettext_lazy("站里谁在等；把线索交给社工；导入名册"),
    "supervisor": gettext_lazy("督导的社工手上的事"),
    "county": gettext_lazy("哪个镇没有人管；每个数都能打开"),
    "secretary": gettext_lazy("本社区的人和需求"),
    "grid": gettext_lazy("本网格的人，听到的需求"),
    "org_manager": gettext_lazy("转到本机构的事，回复对方"),
    "volunteer": gettext_lazy("有哪些资源；看不到的人就是看不到"),
    "resident": gettext_lazy("自己的一页，谁看过"),
    "donor": gettext_lazy("公开的资源"),
    "auditor": gettext_lazy("数字背后的记录，不带姓名"),
    "system_admin": gettext_lazy("让系统跑着，看不到内容"),
    "security_admin": gettext_lazy("给岗位、收岗位，两个人才算"),
    "audit_admin": gettext_lazy("审计"),
}


def demo_rows(grants: list[Grant], places: dict[str, Place]) -> list[dict[str, Any]]:
    """One row per demo account, in the order of the roles: who, in which role, where, and what to look at."""
    order = list(ROLE_WORDS)
    return [
        {
            "login": grant.login,
            "role": ROLE_WORDS[grant.role],
            "place": places.get(grant.place_path),
            "words": DEMO_WORDS[grant.role],
        }
        for grant in sorted(grants, key=lambda grant: (order.index(grant.role), grant.id))
    ]
