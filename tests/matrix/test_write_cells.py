"""What changes something, by page and by key: take a flag, decide on it, answer a referral, keep somebody away.

Every role × place × relationship × exclusion × time × factor (for keys: × state of the key), a sample of it;
what is refused leaves no row but the denial's own.
"""

from __future__ import annotations

import itertools
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from linli.core.models import AuditRow
from linli.core.policy import ROLES
from linli.party.models import ApiToken, Exclusion, Grant, Login, Tie
from linli.party.queries_tokens import OFFERED, digest_of
from tests.matrix import cells, oracle
from tests.matrix.oracle import Standing
from tests.matrix.test_object_cells import EXCLUDED, FACTORS, PLACES, SEED, TIES, TIMES, stand
from tests.matrix.world import NOW, TODAY, VILLAGE, Subject, World

pytestmark = pytest.mark.django_db
SAMPLE = 3000 if os.environ.get("LINLI_PROVE") == "1" else 60  # of some 400,000 for each
SUBJECTS = ("adult", "child", "protected")
KEYS: dict[str, dict[str, Any]] = {
    "live": {},
    "over": {"expires_at": NOW - timedelta(seconds=1)},
    "revoked": {"revoked_at": NOW - timedelta(hours=1)},
    "narrow": {"scopes": ["need.list"]},
}


@dataclass(frozen=True)
class Cell:
    """One subject, and how somebody stands to it; `key`: the state of the key, for programs."""

    subject: str
    who: Standing
    key: str = ""


def all_cells(keys: tuple[str, ...], factors: tuple[str, ...]) -> Iterator[Cell]:
    for subject, key, *standing in itertools.product(SUBJECTS, keys, ROLES, PLACES, TIMES, TIES, EXCLUDED, factors):
        yield Cell(subject, Standing(*standing), key)


def is_near(cell: Cell) -> bool:
    """At most one thing stands in the way."""
    who = cell.who
    against = (
        who.role not in oracle.STATION,
        who.place in oracle.OTHER_PLACES,
        who.time not in oracle.HELD,
        who.tie not in oracle.CASE_TIES,
        who.is_excluded,
        who.factor != "fresh",
        cell.key not in ("", "live"),
    )
    return sum(against) <= 1


def chosen(name: str, keys: tuple[str, ...] = ("",), factors: tuple[str, ...] = tuple(FACTORS)) -> list[Cell]:
    """A sample, half of it one fault away from being let in."""
    rng = random.Random(f"{SEED}:{name}")
    everything = list(all_cells(keys, factors))
    near = [cell for cell in everything if is_near(cell)]
    return rng.sample(near, SAMPLE // 2) + rng.sample(everything, SAMPLE // 2)


@pytest.fixture(scope="module")
def clients(world: World) -> dict[tuple[str, str], Client]:
    """A browser for every role and factor."""
    return {(r, f): cells.client_of(world.logins[r], **shown) for r in ROLES for f, shown in FACTORS.items()}


def decide(world: World, subject: Subject) -> tuple[str, dict[str, Any]]:
    return reverse("flag", kwargs={"uid": subject.flag.uid}), {"decision": "dismiss", "reason": "看过了"}


def take(world: World, subject: Subject) -> tuple[str, dict[str, Any]]:
    return reverse("flags_decide"), {"one": str(subject.flag.uid), f"op-{subject.flag.uid}": str(uuid4())}


def answer(world: World, subject: Subject) -> tuple[str, dict[str, Any]]:
    return reverse("referral", kwargs={"uid": subject.referral.uid}), {"to_state": "accepted", "note": "好"}


def keep_away(world: World, subject: Subject) -> tuple[str, dict[str, Any]]:
    whom = f"login:{world.logins['donor'].uid}"
    return reverse("person_exclude", kwargs={"uid": subject.person.uid}), {"whom": whom, "why": "violence"}


def colleague() -> Login:
    """A worker of the village's station, who is nobody's relative."""
    login = Login.objects.create(created_at=NOW, username="colleague", display_name="同事")
    Grant.objects.create(
        login=login, role="worker", place_path=VILLAGE, starts_on=TODAY, state="active", created_at=NOW
    )
    return login


def assign(world: World, subject: Subject) -> tuple[str, dict[str, Any]]:
    given = {"whom": str(colleague().uid), "kind": "assigned", "why": "turn"}
    return reverse("person_tie", kwargs={"uid": subject.person.uid}), given


def hand_over(world: World, subject: Subject) -> tuple[str, dict[str, Any]]:
    tie = Tie.objects.create(
        login=world.logins["donor"], about_uid=subject.person.uid, kind="assigned", starts_at=NOW, why="t",
        created_at=NOW,
    )  # fmt: skip
    given = {"tie": str(tie.uid), "to": str(colleague().uid), "why": "away"}
    return reverse("person_tie_end", kwargs={"uid": subject.person.uid}), given


Send = Callable[[World, Subject], tuple[str, dict[str, Any]]]
WRITES: dict[str, tuple[Send, Callable[[Standing, int, int], str], str]] = {
    "decide": (decide, oracle.decide_answer, "flag"),
    "take": (take, oracle.take_answer, "flag"),
    "answer": (answer, oracle.referral_answer, "referral"),
    "keep away": (keep_away, oracle.exclude_answer, "person"),
    "assign": (assign, oracle.tie_answer, "person"),
    "hand over": (hand_over, oracle.tie_answer, "person"),
}


def told(wrong: Counter[str], example: dict[str, Cell]) -> str:
    return "\n".join(f"{times} × {fault}; first: {example[fault]}" for fault, times in wrong.most_common())


@pytest.mark.parametrize("write", WRITES)
def test_writes_by_page(write: str, world: World, clients: dict[tuple[str, str], Client]):
    send, expect, kind = WRITES[write]
    wrong: Counter[str] = Counter()
    example: dict[str, Cell] = {}
    tried: Counter[str] = Counter()
    rng = random.Random(SEED)
    for cell in chosen(write):
        subject = world.subjects[cell.subject]
        wanted = expect(cell.who, subject.sensitivity, subject.work_sensitivity)
        with cells.undone():
            login = Login.objects.get(pk=world.logins[cell.who.role].pk)
            stand(login, cell.who, subject, kind, rng)
            path, form = send(world, subject)
            before = Exclusion.objects.count()
            form |= {"operation_id": str(uuid4())}
            got = cells.ask(clients[cell.who.role, cell.who.factor], "post", path, form)
            changed = any(row.outcome == "done" for row in got.rows) or Exclusion.objects.count() != before
        faults = [] if got.says == wanted else [f"{got.says}, not {wanted}"]
        if changed != (wanted == "302"):
            faults.append("changed" if changed else "not changed")
        if wanted != "302" and len(got.rows_of("denied")) != 1:
            faults.append(f"{len(got.rows_of('denied'))} rows of a denial")
        for fault in faults:
            wrong[fault] += 1
            example.setdefault(fault, cell)
        tried[wanted] += 1
    assert tried["302"] and tried["404"], tried
    assert not wrong, told(wrong, example)


def test_writes_by_key(world: World):
    """A key is never fresher than a second factor, never wider than its login, and dead at once when taken back."""
    wrong: Counter[str] = Counter()
    example: dict[str, Cell] = {}
    tried: Counter[str] = Counter()
    rng = random.Random(SEED)
    for cell in chosen("key", tuple(KEYS), ("fresh",)):
        subject = world.subjects[cell.subject]
        wanted = oracle.key_answer(cell.who, cell.key, subject.work_sensitivity)
        with cells.undone():
            login = Login.objects.get(pk=world.logins[cell.who.role].pk)
            stand(login, cell.who, subject, "flag", rng)
            given = {"scopes": list(OFFERED), "expires_at": NOW + timedelta(days=1), "created_at": NOW, "name": "k"}
            ApiToken.objects.create(login=login, digest=digest_of("matrix"), **given | KEYS[cell.key])
            before = AuditRow.objects.order_by("-number").values_list("number", flat=True).first() or 0
            got = Client(headers={"authorization": "Bearer matrix", "idempotency-key": str(uuid4())}).post(
                reverse("api:decide_flag", kwargs={"uid": subject.flag.uid}),
                json.dumps({"decision": "dismiss", "reason": "看过了"}),
                content_type="application/json",
            )
            rows = Counter(AuditRow.objects.filter(number__gt=before).values_list("outcome", flat=True))
        faults = [] if str(got.status_code) == wanted else [f"{got.status_code}, not {wanted}"]
        if rows["done"] != (wanted == "200") or rows["denied"] != (wanted in ("403", "404")):
            faults.append(f"rows {dict(rows)} for {wanted}")
        faults += [f"a marker of {m.about}.{m.field}" for m in world.canaries.found_in(got.content.decode())]
        for fault in faults:
            wrong[fault] += 1
            example.setdefault(fault, cell)
        tried[wanted] += 1
    assert set(tried) == {"200", "401", "403", "404"}, tried
    assert not wrong, told(wrong, example)
