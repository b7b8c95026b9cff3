"""The demo county on a whole instance: counts, audit, truth, the violence case, the same again by seed."""

from __future__ import annotations

import json
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from linli.core.keyring import make_keyring_file
from linli.web.demo.pack import LOUXI, read
from linli.web.tests.instance import Instance

ASKED = ("demo", "--no-serve", "--json", "--residents", 300, "--seed", 7, "--on", "2026-03-12")
CONTENT = """
import hashlib, json
from linli.need.models import Flag, Need
from linli.party.models import Person, Tie
from linli.matching.models import Proposal, Referral
def digest(rows): return hashlib.sha256(repr(sorted(map(str, rows))).encode()).hexdigest()
print(json.dumps({
    "people": digest(Person.objects.values_list("name", "birth_on", "place_path", "sensitivity")),
    "flags": digest(Flag.objects.values_list("person__name", "rule", "state", "decided_at")),
    "needs": digest(Need.objects.values_list("number", "person__name", "code", "state", "due_on", "opened_at")),
    "referrals": digest(Referral.objects.values_list("number", "offer__code", "state", "outcome", "sent_at")),
    "needs_with_proposals": Proposal.objects.values("need").distinct().count(),
    "ties": Tie.objects.count(),
}))
"""
COUNTS = """
import json
from linli.need.models import Flag, Need
from linli.party.models import Fact, ImportRow, Login, Person, Tie
from linli.place.models import Place
from linli.matching.models import Referral
rows = dict(places=Place, logins=Login, ties=Tie, needs=Need, flags=Flag, referrals=Referral)
print(json.dumps({name: model.objects.count() for name, model in rows.items()} | {
    "flags_decided": Flag.objects.filter(state__in=["confirmed", "dismissed"]).count(),
    "rows_taken": ImportRow.objects.filter(outcome="taken").count(),
    "rows_refused": ImportRow.objects.filter(outcome="refused").count(),
    "people": Person.objects.filter(batch_uid__isnull=False).count(),
    "cities": Place.objects.filter(code__in=["110000", "320500", "999981"]).count(),
}))
"""
CONSISTENT = """
import json
from linli.core.models import Job
from linli.matching.models import Referral
from linli.need.models import Need, NeedChange
from linli.offer.models import Offer
wrong = [o.code for o in Offer.objects.all()
         if o.used != o.referrals.exclude(state__in=["declined", "withdrawn"]).count()
         or o.capacity is not None and o.used > o.capacity]
last = {c.need_id: c.to_state for c in NeedChange.objects.order_by("created_at", "id")}
print(json.dumps({
    "offers_wrong": wrong,
    "needs_wrong": [n.number for n in Need.objects.all() if last.get(n.pk) != n.state],
    "waiting_jobs": Job.objects.exclude(state="done").count(),
    "states": sorted(set(Need.objects.values_list("state", flat=True))),
    "referral_states": sorted(set(Referral.objects.values_list("state", flat=True))),
    "late": Need.objects.filter(state="open", due_on__lt="2026-03-12").count(),
}))
"""
LOOKS = """
import json
from datetime import datetime
from django.db.models import Q
from linli.core.actor import LOCAL
from linli.core.policy import ACTIONS
from linli.party.models import Login, Person
from linli.party.queries import actor_of, visible
from linli.web.demo.load_truth import guarded_models
now = datetime(2026, 3, 12, 9, 0, tzinfo=LOCAL)
guarded = list(Person.objects.filter(is_protected=True))
uids = [p.uid for p in guarded] + [guarded[0].household_uid]
about = Q(uid__in=uids) | Q(subject_uid__in=uids) | Q(household_uid__in=uids)
def sees(name):
    login = Login.objects.select_related("person").get(username=name)
    actor = actor_of(login, now=now, second_factor_at=now, fresh_factor_at=now)
    listed = sum(visible(actor, a, m.objects.filter(about)).count() for m in guarded_models() for a in ACTIONS)
    decided = sum(bool(actor.decide(a, row.facts())) for m in guarded_models() for row in m.objects.filter(about)
                  for a in ACTIONS)
    return [login.person is not None, listed, decided]
classes = sorted({row.sensitivity for m in guarded_models() for row in m.objects.filter(about)})
print(json.dumps({"husband": sees("zhaolijun"), "worker": sees("shenzhiqiu"), "people": len(guarded),
                  "classes": classes, "tables": sum(m.objects.filter(about).exists() for m in guarded_models())}))
"""
PASSWORDS = """
import json
from linli.party.models import Login
from linli.web.demo.load_staff import password_of
rows = {r.username: [r.has_usable_password(), r.has_usable_password() and r.check_password(password_of(r.username))]
        for r in Login.objects.filter(username__in=["shenzhiqiu", "zhouyining", "zhaolijun", "tianye"])}
print(json.dumps(rows))
"""


Demo = tuple[Instance, dict[str, Any]]


def instance() -> Instance:
    """A home of its own; on PostgreSQL a fresh database with its keys."""
    server = connection.settings_dict if connection.vendor == "postgresql" else None
    made = Instance(Path(tempfile.mkdtemp(dir=Path(os.environ["LINLI_HOME"]).parent)) / "home", server)
    if server is not None:
        make_keyring_file(made.keys)
    return made


def asked(of: Instance, code: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(of.python(code))
    return answer


@pytest.fixture(scope="module")
def facts(demo: Demo) -> dict[str, Any]:
    """What the tests ask of the database, all in one go: starting Django takes longer than answering."""
    codes = {"counts": COUNTS, "past": CONSISTENT, "seen": LOOKS, "passwords": PASSWORDS, "content": CONTENT}
    lines = demo[0].python("\n".join(codes.values())).splitlines()
    return {name: json.loads(line) for name, line in zip(codes, lines, strict=True)}


@pytest.fixture(scope="module")
def demo() -> Demo:
    made = instance()
    done = made.linli(*ASKED)
    assert done.returncode == 0, done.stderr
    return made, json.loads(done.stdout)


def test_the_counts_told_are_those_of_the_database(demo: Demo, facts: dict[str, Any]) -> None:
    counts = dict(facts["counts"])
    assert counts.pop("cities") == 3
    told = demo[1]["counts"]
    assert counts == {name: told[name] for name in counts}
    assert told["residents"] == 300
    assert min(told[name] for name in counts if name != "rows_refused") > 5


def test_every_role_has_an_account_with_its_password(demo: Demo, facts: dict[str, Any]) -> None:
    accounts = demo[1]["accounts"]
    assert {account["role"] for account in accounts} == set(read(LOUXI).roles)
    assert all(account.keys() == {"role", "username", "password"} for account in accounts)
    assert facts["passwords"] == {
        "shenzhiqiu": [True, True], "zhouyining": [True, True], "zhaolijun": [False, False], "tianye": [False, False]
    }  # fmt: skip


def test_the_audit_chain_holds(demo: Demo) -> None:
    done = demo[0].linli("verify", "audit")
    assert done.returncode == 0, done.stderr


def test_the_past_is_as_the_pages_would_have_left_it(facts: dict[str, Any]) -> None:
    state = facts["past"]
    assert (state["offers_wrong"], state["needs_wrong"], state["waiting_jobs"]) == ([], [], 0)
    assert {"heard", "open", "referred", "closed"} <= set(state["states"])
    assert {"sent", "accepted", "done"} <= set(state["referral_states"])
    assert state["late"] > 0


def test_the_truth_is_found_and_nobody_barred_is_proposed(demo: Demo) -> None:
    done = demo[0].linli("truth", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["residents"], found["seed"], found["on"]) == (300, 7, "2026-03-12")
    assert found["links"]["f1"] >= 0.95
    assert found["flags"]["missed"]["f1"] >= 0.85
    assert found["flags"]["visit"]["f1"] >= 0.85
    assert found["matches"]["found"] > 0
    assert found["matches"]["precision"] >= 0.9
    assert found["safety"] == {
        "protected": 2, "safe_address_kept": 1, "barred_proposals": 0, "seen_by_excluded": 0,
        "opened_by_others": 0, "safe_address_elsewhere": 0,
    }  # fmt: skip


@pytest.mark.skipif("os.environ.get('DATABASE_URL')", reason="no matter of the database: tried on the embedded one")
def test_the_truth_is_said_in_words(demo: Demo) -> None:
    english = demo[0].linli("truth").stdout
    assert "same person, in pairs:" in english
    assert english.rstrip().endswith("Violence case: everything holds.")


def test_the_excluded_login_is_shown_nothing_and_her_worker_is(facts: dict[str, Any]) -> None:
    seen = facts["seen"]
    assert seen["people"] == 2
    assert seen["classes"] == [4]
    assert seen["tables"] >= 4
    assert seen["husband"] == [True, 0, 0]
    assert seen["worker"][1] > 0
    assert seen["worker"][2] > 0


@pytest.mark.skipif("os.environ.get('DATABASE_URL')", reason="the embedded database is the one that lies in a file")
def test_nothing_personal_lies_in_plain_bytes(demo: Demo) -> None:
    told = read(LOUXI).cast
    words = [told["safety"]["safe_address"], told["safety"]["safe_phone"], "林晚晴", "钱桂芳"]
    spelt = [word.encode(code) for word in words for code in ("utf-8", "utf-16-le", "gb18030")]
    files = [path for path in (demo[0].home / "data").rglob("*") if path.is_file()]
    assert any(path.name == "linli.sqlite3" for path in files)
    for path in files:
        content = path.read_bytes()
        assert not [each for each in spelt if each in content]


@pytest.mark.skipif("os.environ.get('DATABASE_URL')", reason="no matter of the database: tried on the embedded one")
def test_the_same_seed_makes_the_same_county(demo: Demo, facts: dict[str, Any]) -> None:
    again = instance()
    done = again.linli(*ASKED)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"] == demo[1]["counts"]
    assert asked(again, CONTENT) == facts["content"]


def test_a_demo_that_stands_is_used_again(demo: Demo) -> None:
    done = demo[0].linli("demo", "--no-serve", "--residents", 500)
    assert done.returncode == 0, done.stderr
    assert "Using the demo county that is here: 300 residents, seed 7" in done.stderr
    assert "louxi-shenzhiqiu-demo" in done.stdout
    assert "/demo/" in done.stdout


def test_a_folder_with_something_else_is_left_alone() -> None:
    other = instance()
    other.home.mkdir(parents=True, exist_ok=True)
    (other.home / "letters.txt").write_text("mine")
    done = other.linli(*ASKED)
    assert (done.returncode, done.stdout) == (2, "")
    assert "left alone" in done.stderr
    assert (other.home / "letters.txt").read_text() == "mine"


def test_an_instance_that_is_no_demo_is_left_alone() -> None:
    other = instance()
    assert other.linli("setup").returncode == 0
    done = other.linli(*ASKED)
    assert (done.returncode, done.stdout) == (2, "")
    assert other.linli("truth").returncode == 2


def test_the_rules_have_the_figures_of_the_pack() -> None:
    rules = tomllib.loads((LOUXI / "rules" / "parameters.toml").read_text("utf-8"))
    figures = {each["code"]: each["values"][-1]["value"] for each in rules["parameter"]}
    told = read(LOUXI).parameters
    assert figures == {
        "mla_standard": told["living_standard_fen"] / 100,
        "mlb_ratio": told["marginal_ratio"],
        "average_income": told["average_income_fen"] / 100,
        "medical_share": told["medical_share"],
        "elder_age": told["elder_age"],
        "weekly_days": told["visit_high_days"],
        "monthly_days": told["visit_key_days"],
        "quarterly_days": told["visit_other_days"],
        "notice_days": told["expiring_days"],
    }
