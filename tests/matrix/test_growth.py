"""After any POST nobody may know more than before, but by the acts meant to let somebody know.

Every POST route is either sent here, by people of every role, tied to nobody or to the one it is about; or it stands
among those not sent, with the reason. What somebody may know is asked of `decide` for every row there was before,
for every login of the world: so an act that opens a file to its doer, or to a bystander, is found whatever its route.
Meant are: taking a flag (the taker), being named by somebody else (the one named), and what takes two people.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from linli.core.actor import system_actor
from linli.core.decide import Sensitivity
from linli.matching.models import Proposal, Referral
from linli.need.models import Flag, Need
from linli.party import actions_merge
from linli.party.models import Exclusion, Fact, Grant, GroupStatus, Login, Merge, Person, Protection, Tie
from linli.party.queries import actor_of
from tests.matrix import cells
from tests.matrix.test_function_cells import TABLE
from tests.matrix.world import COUNTY, NOW, VILLAGE, Subject, World

pytestmark = pytest.mark.django_db
SAMPLE = 400 if os.environ.get("LINLI_PROVE") == "1" else 3  # of 36 for each act, beside the eight always tried
SEED = 20260303
SUBJECTS = ("adult", "child", "protected")
BYSTANDERS = ("worker", "lead", "secretary", "grid", "org_manager", "resident")
ACTORS = ("worker", "lead", "supervisor", "county", "secretary", "security_admin")
READS: dict[type[Any], tuple[tuple[str, Sensitivity], ...]] = {
    Person: (
        ("person.list", Sensitivity.PUBLIC),
        ("person.read", Sensitivity.PERSONAL),
        ("person.read", Sensitivity.SENSITIVE),
        ("person.read", Sensitivity.SAFETY),
    ),
    GroupStatus: (("person.read", Sensitivity.PUBLIC),),
    Flag: (("flag.list", Sensitivity.PUBLIC), ("flag.read", Sensitivity.PUBLIC)),
    Need: (("need.list", Sensitivity.PUBLIC), ("need.read", Sensitivity.PUBLIC), ("proposal.read", Sensitivity.PUBLIC)),
    Proposal: (("proposal.list", Sensitivity.PUBLIC), ("proposal.read", Sensitivity.PUBLIC)),
    Referral: (("referral.list", Sensitivity.PUBLIC), ("referral.read", Sensitivity.PUBLIC)),
}
Known = frozenset[tuple[str, int, str, int]]


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
    ids = {"kept_uid": person.uid, "gone_uid": world.subjects["neighbour"].person.uid}
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


def served(row: dict[str, Any]) -> bool:
    return row["may"] != "nobody" and row.get("post", [405]) != [405]


def test_every_post_route_is_sent_or_stands_among_those_not_sent():
    sent = {act.route for act in ACTS.values()}
    left_out = {name for names in NOT_SENT for name in names.split()}
    routes = {name for name, row in TABLE.items() if served(row) and not name.startswith("api:")}
    assert not sent & left_out
    assert routes - sent - left_out == set(), "say what a POST there does to what people may know"
    assert (sent | left_out) - routes == set()


def known(login: Login, rows: list[Any]) -> Known:
    """Which of these rows a login may list or read, by every action and class that reads."""
    now = datetime.now(UTC)
    actor = actor_of(Login.objects.select_related("person").get(pk=login.pk), now=now)
    actor = replace(actor, facts=replace(actor.facts, second_factor_at=now, fresh_factor_at=now))
    return frozenset(
        (type(row).__name__, row.pk, action, int(level))
        for row in rows
        for action, level in READS[type(row)]
        if actor.decide(action, row.facts(), level)
    )


def rows_there_were(before: list[Any] | None = None) -> list[Any]:
    """Every row that can be read; later, the same ones as they stand now."""
    if before is None:
        return [row for model in READS for row in model.objects.order_by("pk")]
    return [type(row).objects.get(pk=row.pk) for row in before]


def chosen(name: str) -> Iterator[tuple[str, str, str]]:
    """Who does it to whom: everybody tied or not, a sample of it; a worker, untied and tied, is always among them."""
    rng = random.Random(f"{SEED}:{name}")
    everything = [(role, tie, subject) for role in ACTORS for tie in ("none", "assigned") for subject in SUBJECTS]
    always = [(role, tie, "adult") for role in ("worker", "lead") for tie in ("none", "assigned")]
    always += [("worker", tie, "protected") for tie in ("none", "assigned")]
    always += [("security_admin", "none", "adult"), ("county", "none", "adult")]
    rest = [cell for cell in everything if cell not in always]
    yield from always
    yield from rng.sample(rest, min(SAMPLE, len(rest)))


def set_scene(world: World, role: str, tie: str, subject: Subject) -> Scene:
    """Write who is there. Everybody holds a role in the village, the actor in the county; only the keeper is tied."""
    scene = Scene(world, subject, Login.objects.get(pk=world.logins[role].pk))
    for name in dict.fromkeys((role, *BYSTANDERS)):
        place = COUNTY if name == role else VILLAGE
        grant = {"role": name, "place_path": place, "starts_on": date(2026, 1, 1), "state": "active"}
        Grant.objects.create(login=world.logins[name], created_at=NOW, **grant)
        scene.logins[name] = world.logins[name]
    for name in ("keeper", "colleague"):
        login = Login.objects.create(created_at=NOW, username=name, display_name=name)
        grant = {"role": "worker", "place_path": COUNTY, "starts_on": date(2026, 1, 1), "state": "active"}
        Grant.objects.create(login=login, created_at=NOW, **grant)
        scene.logins[name] = login
    resident = scene.logins["resident"]
    Login.objects.filter(pk=resident.pk).update(person=world.subjects["neighbour"].person)
    given = {"about_uid": subject.person.uid, "kind": "assigned", "starts_at": NOW, "why": "t", "created_at": NOW}
    scene.keeping = Tie.objects.create(login=scene.logins["keeper"], **given)
    if tie != "none":
        Tie.objects.create(login=scene.actor, **given)
    return scene


def grown(world: World, client: Client, act: Act, cell: tuple[str, str, str]) -> tuple[bool, list[str]]:
    """Send it; gives whether it was done, and whose knowledge grew though it was not meant to."""
    role, tie, name = cell
    with cells.undone():
        scene = set_scene(world, role, tie, world.subjects[name])
        path, form = act.send(scene)
        rows = rows_there_were()
        before = {who: known(login, rows) for who, login in scene.logins.items()}
        got = cells.ask(client, "post", path, form | {"operation_id": str(uuid4())})
        rows = rows_there_were(rows)
        after = {who: known(login, rows) for who, login in scene.logins.items()}
    if not got.status:
        return False, [got.fault]
    meant = {role if who == "actor" else who for who in act.meant}
    more = {who: after[who] - before[who] for who in after if after[who] - before[who]}
    if "anybody" in meant:
        more = {who: rows for who, rows in more.items() if who == role}
    if act.route == "person_merge":
        more = {who: rows for who, rows in after_merging(more, role).items() if rows}
    faults = [f"{who} may know more: {sorted(rows)[:3]}" for who, rows in more.items() if who not in meant]
    return got.status in (200, 302) and bool(got.rows_of("done") or got.rows_of("read") or got.status == 302), faults


def after_merging(more: dict[str, Known], role: str) -> dict[str, Known]:
    """Without what follows from there being one record: it lies in one place's lists, and who is responsible for it

    (or is it) reads the whole of it. Who did it gains nothing all the same.
    """
    others = {who: rows for who, rows in more.items() if who not in (role, "keeper", "resident")}
    listed = {who: frozenset(row for row in rows if not row[2].endswith(".list")) for who, rows in others.items()}
    return listed | {who: rows for who, rows in more.items() if who == role}


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    return {role: cells.client_of(world.logins[role], second=NOW, fresh=NOW) for role in ACTORS}


@pytest.mark.parametrize("name", ACTS)
def test_nobody_knows_more_afterwards(name: str, world: World, clients: dict[str, Client]):
    act, wrong, done = ACTS[name], Counter(), 0
    for cell in chosen(name):
        is_done, faults = grown(world, clients[cell[0]], act, cell)
        done += is_done
        wrong.update(f"{fault}; when done by {cell}" for fault in faults)
    assert not wrong, "\n".join(wrong)
    assert done or name in NEVER_DONE, "an act nobody gets done proves nothing"
