"""Every act that can be sent: the POST of each route that changes something, filled in so that it can be done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.urls import reverse

from linli.core.actor import system_actor
from linli.matching.models import Proposal
from linli.need.models import Flag
from linli.party import actions_merge
from linli.party.models import Binding, Exclusion, Fact, Grant, Login, Merge, Protection, Tie
from tests.matrix.world import COUNTY, NOW, VILLAGE, Subject, World


@dataclass
class Scene:
    """Who acts on whom, and who else is there: a keeper, a colleague tied to nobody, a resident with a login."""

    world: World
    subject: Subject
    actor: Login
    logins: dict[str, Login] = field(default_factory=dict)
    keeping: Tie | None = None


Sent = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Act:
    """One POST: its address and form, and who is meant to know more by it: "actor", "colleague", "anybody" (of two)."""

    route: str
    send: Callable[[Scene], Sent]
    meant: frozenset[str] = frozenset()
    tries: int = 1


def at(name: str, uid: UUID | None = None, **query: str) -> str:
    path = reverse(name, kwargs={"uid": uid} if uid else {})
    return path + ("?" + urlencode(query) if query else "")


def bulk(scene: Scene, **form: Any) -> Sent:
    flag = scene.subject.flag
    return at("flags_decide"), {"flag": str(flag.uid), f"op-{flag.uid}": str(uuid4()), **form}


def take(scene: Scene) -> Sent:
    return bulk(scene, one=str(scene.subject.flag.uid))


def give(scene: Scene) -> Sent:
    return bulk(scene, decision="assign", worker=str(scene.logins["colleague"].uid))


def undo_own(scene: Scene) -> Sent:
    uid = scene.actor.uid
    Flag.objects.filter(pk=scene.subject.flag.pk).update(state="dismissed", decided_by=uid, taken_by=uid)
    return bulk(scene, one=str(scene.subject.flag.uid), decision="reopen")


def on_flag(decision: str, state: str = "new") -> Callable[[Scene], Sent]:
    def send(scene: Scene) -> Sent:
        Flag.objects.filter(pk=scene.subject.flag.pk).update(state=state)
        return at("flag", scene.subject.flag.uid), {"decision": decision, "reason": "看过"}

    return send


def on_person(route: str, **form: Any) -> Callable[[Scene], Sent]:
    def send(scene: Scene) -> Sent:
        said = {key: value(scene) if callable(value) else value for key, value in form.items()}
        return at(route, scene.subject.person.uid), said

    return send


def who(name: str) -> Callable[[Scene], str]:
    return lambda scene: str(scene.actor.uid if name == "actor" else scene.logins[name].uid)


def whom(name: str) -> Callable[[Scene], str]:
    return lambda scene: f"login:{scene.logins[name].uid}"


def neighbour(scene: Scene) -> str:
    return str(scene.world.subjects["neighbour"].person.uid)


def unbound(scene: Scene) -> str:
    """The neighbour, were there no login of the resident's."""
    Login.objects.filter(pk=scene.logins["resident"].pk).update(person=None)
    return neighbour(scene)


def own(scene: Scene) -> str:
    return str(scene.subject.person.uid)


def correct(scene: Scene) -> Sent:
    Fact.objects.filter(person=scene.subject.person).exclude(field="phone").delete()
    form = {"value": "00055501234", "source": "said:self", "why": "当面问的"}
    return at("person_correct", scene.subject.person.uid, field="phone"), form


def take_back(scene: Scene) -> Sent:
    Fact.objects.filter(person=scene.subject.person).exclude(field="phone").delete()  # markers where numbers stand
    fact = Fact.objects.get(person=scene.subject.person, field="phone")
    Fact.objects.filter(pk=fact.pk).update(is_correction=True, maker_uid=scene.actor.uid, is_chosen=True)
    return at("person_correct_withdraw", scene.subject.person.uid), {"uid": str(fact.uid)}


def lift(step: str) -> Callable[[Scene], Sent]:
    def send(scene: Scene) -> Sent:
        asked = scene.logins["keeper"].uid if step != "ask" else None
        person = scene.subject.person
        Protection.objects.create(person=person, why="violence", raised={}, lift_asked_by=asked, created_at=NOW)
        return at("person_protect_lift", person.uid), {"step": step}

    return send


def split(scene: Scene) -> Sent:
    world, person = scene.world, scene.subject.person
    both = (person, world.subjects["neighbour"].person)
    ids = {"kept_uid": both[0].uid, "gone_uid": both[1].uid}
    Fact.objects.filter(person__in=both).exclude(field="phone").delete()  # markers where numbers stand
    unbound(scene)
    with suppress(Exception):  # a protected record is merged with none: then there is nothing to split
        actions_merge.merge_people.within(actor=system_actor("test", NOW), why="papers", **ids)
    merge = Merge.objects.filter(kept=person).first()
    return at("person_split", person.uid), {"uid": str(merge.uid if merge else uuid4())}


def end_tie(to: str) -> Callable[[Scene], Sent]:
    def send(scene: Scene) -> Sent:
        assert scene.keeping is not None
        form = {"tie": str(scene.keeping.uid), "to": who(to)(scene) if to else "", "why": "turn"}
        return at("person_tie_end", scene.subject.person.uid), form

    return send


def on_exclusion(decision: str) -> Callable[[Scene], Sent]:
    def send(scene: Scene) -> Sent:
        asked = scene.logins["keeper"].uid if decision == "lift" else None
        row = Exclusion.objects.create(
            login=scene.logins["colleague"], about_uid=scene.subject.person.uid, why="t", lift_asked_by=asked,
            created_at=NOW,
        )  # fmt: skip
        return at("exclusions"), {"uid": str(row.uid), "decision": decision}

    return send


def on_grant(decision: str) -> Callable[[Scene], Sent]:
    def send(scene: Scene) -> Sent:
        grant = Grant.objects.create(
            login=scene.logins["colleague"], role="lead", place_path=COUNTY, starts_on=date(2026, 1, 1),
            state="proposed", proposed_by=scene.logins["keeper"].uid, created_at=NOW,
        )  # fmt: skip
        return at("grant_decide"), {"uid": str(grant.uid), "decision": decision}

    return send


def propose(scene: Scene) -> Sent:
    form = {"role": "grid", "place_path": VILLAGE, "starts_on": "2026-03-02"}
    return at("login_rights", scene.logins["colleague"].uid), form


def bind(scene: Scene) -> Sent:
    form = {"name": scene.subject.person.name, "id_no": scene.subject.person.id_no, "papers": "id_card"}
    return at("login_bind", scene.logins["colleague"].uid), form


def on_binding(decision: str) -> Callable[[Scene], Sent]:
    def send(scene: Scene) -> Sent:
        colleague, person = scene.logins["colleague"], scene.subject.person
        row = Binding.objects.create(
            login=colleague, name=person.name, id_no=person.id_no, papers="id_card",
            proposed_by=scene.logins["keeper"].uid, created_at=NOW,
        )  # fmt: skip
        form = {"uid": str(row.uid), "decision": decision, "id_no": person.id_no}
        return at("login_bind_decide", colleague.uid), form

    return send


def close_login(scene: Scene) -> Sent:
    uid = scene.logins["colleague"].uid
    return at("login_change", uid), {"uid": str(uid), "decision": "close"}


def make_login(scene: Scene) -> Sent:
    return at("login_new"), {"username": "xinren", "display_name": "新人"}


def on_need(route: str, **form: str) -> Callable[[Scene], Sent]:
    def send(scene: Scene) -> Sent:
        return at(route, scene.subject.need.uid), form

    return send


def accept(scene: Scene) -> Sent:
    choice = Proposal.objects.get(need=scene.subject.need).uid
    form = {"choice": str(choice), "consent_way": "oral", "reason": "合适"}
    return at("need_proposals", scene.subject.need.uid), form


def answer(scene: Scene) -> Sent:
    return at("referral", scene.subject.referral.uid), {"to_state": "accepted", "note": "好"}


def plain(route: str, **form: Any) -> Callable[[Scene], Sent]:
    return lambda scene: (at(route), form)


NAMED, TAKER, TWO = frozenset({"colleague"}), frozenset({"actor"}), frozenset({"anybody"})
ACTS: dict[str, Act] = {
    "take a flag": Act("flags_decide", take, TAKER),
    "give a flag": Act("flags_decide", give, NAMED),
    "confirm from the list": Act("flags_decide", lambda scene: bulk(scene, decision="confirm")),
    "undo one's own dismissal": Act("flags_decide", undo_own, TAKER),
    "confirm a flag": Act("flag", on_flag("confirm")),
    "dismiss a flag": Act("flag", on_flag("dismiss")),
    "reopen a flag": Act("flag", on_flag("reopen", "confirmed")),
    "write a need": Act("need_new", on_person("need_new", code="meal", level="2", channel="visit", words="说了")),
    "close a need": Act("need", on_need("need", to_state="closed", note="好了")),
    "accept a proposal": Act("need_proposals", accept),
    "no proposal suits": Act("need_proposals", on_need("need_proposals", choice="none", reason="都不行")),
    "answer a referral": Act("referral", answer),
    "match again": Act("ask_matching", plain("ask_matching", place=VILLAGE)),
    "correct a fact": Act("person_correct", correct),
    "take a correction back": Act("person_correct_withdraw", take_back),
    "protect, keeper oneself": Act("person_protect", on_person("person_protect", why="violence", keeper=who("actor"))),
    "protect, keeper another": Act(
        "person_protect", on_person("person_protect", why="violence", keeper=who("colleague")), NAMED
    ),
    "ask to lift a protection": Act("person_protect_lift", lift("ask")),
    "lift a protection, the second": Act("person_protect_lift", lift("lift"), TWO),
    "merge a stranger in": Act("person_merge", on_person("person_merge", other=unbound, keep=own, why="papers")),
    "merge somebody with a login in": Act(
        "person_merge", on_person("person_merge", other=neighbour, keep=own, why="papers")
    ),
    "merge into a stranger": Act(
        "person_merge", on_person("person_merge", other=neighbour, keep=neighbour, why="papers")
    ),
    "split": Act("person_split", split),
    "keep a bystander away": Act("person_exclude", on_person("person_exclude", whom=whom("grid"), why="violence")),
    "keep the keeper away": Act("person_exclude", on_person("person_exclude", whom=whom("keeper"), why="violence")),
    "name a colleague": Act(
        "person_tie", on_person("person_tie", whom=who("colleague"), kind="assigned", why="turn"), NAMED
    ),
    "name oneself": Act("person_tie", on_person("person_tie", whom=who("actor"), kind="assigned", why="turn")),
    "hand over": Act("person_tie_end", end_tie("colleague"), NAMED),
    "hand over to oneself": Act("person_tie_end", end_tie("actor")),
    "end a relationship": Act("person_tie_end", end_tie("")),
    "show a number": Act("person_reveal", on_person("person_reveal", field="id_no", why="papers")),
    "keep an exclusion": Act("exclusions", on_exclusion("keep")),
    "ask to lift an exclusion": Act("exclusions", on_exclusion("ask")),
    "lift an exclusion, the second": Act("exclusions", on_exclusion("lift"), TWO),
    "approve a role, the second": Act("grant_decide", on_grant("approve"), TWO),
    "refuse a role": Act("grant_decide", on_grant("refuse")),
    "make a login": Act("login_new", make_login),
    "give a role": Act("login_rights", propose, TWO),
    "say whose login it is": Act("login_bind", bind),
    "confirm whose login it is, the second": Act("login_bind_decide", on_binding("confirm"), NAMED),
    "refuse whose login it is": Act("login_bind_decide", on_binding("refuse")),
    "close a login": Act("login_change", close_login),
    "search": Act("people", plain("people", q="XQ")),
    "export": Act("people_export", plain("people_export", kind="csv")),
    "put notices away": Act("notices_read", plain("notices_read")),
}
NEVER_DONE = {"protect, keeper oneself", "name oneself", "hand over to oneself", "merge somebody with a login in"}
"""Acts that are refused to everybody (or, for protecting, to all but who is tied already)."""

NOT_SENT = {
    "imports import_columns import_row import_cell import_compare import_confirm import_stop import_withdraw": (
        "lists are read, compared and written by jobs; party/tests/test_imports.py and test_protect.py"
    ),
    "person_held": "a row held for somebody protected is shown to who is tied already; party/tests/test_protect.py",
    "offer offers_import": "what is offered names nobody helped; offer/tests",
    "client_class client_class_new": "how clients are sorted in statistics; web/tests/test_classes.py",
    "token_new token_revoke tokens": "a key is never wider than its login; test_write_cells.py",
    "rights": "a search for a colleague",
    "display landing welcome today today_figure county county_place county_figure county_figure_csv flags needs "
    "needs_export offers offers_export offers_template proposals referrals referrals_export": "answers like a GET",
    "account_login account_logout account_reauthenticate account_change_password account_set_password account step_up "
    "mfa_authenticate mfa_login_webauthn mfa_reauthenticate mfa_activate_totp mfa_deactivate_totp "
    "mfa_view_recovery_codes mfa_generate_recovery_codes mfa_list_webauthn mfa_add_webauthn "
    "mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_edit_webauthn": "one's own way in",
}
