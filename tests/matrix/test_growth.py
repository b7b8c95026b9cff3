"""After any POST nobody may know more than before, but by the acts meant to let somebody know.

Every POST route is either sent (`acts.py`) by people of many roles, tied to nobody or to whom it is about; or it stands
among those not sent, with the reason. What somebody may know is asked of `decide` for every row there was before,
for every login of the world: so an act that opens a file to its doer, or to a bystander, is found whatever its route.
Meant are: taking a flag (the taker), being named by somebody else (the one named), and what takes two people.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from linli.core.decide import Sensitivity
from linli.matching.models import Proposal, Referral
from linli.need.models import Flag, Need
from linli.party.models import Grant, GroupStatus, Login, Person, Tie
from linli.party.queries import actor_of
from tests.matrix import cells
from tests.matrix.acts import ACTS, NEVER_DONE, NOT_SENT, Act, Scene
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
    if name == "protected" and act.route == "flags_decide":
        meant = set()  # flags of the protected are taken and given by nobody
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
