"""Every route × method × role against the reviewed table in `expected.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from linli.core.policy import ROLES
from linli.party.models import Grant, ImportBatch, Tie
from tests.matrix import cells, oracle
from tests.matrix.world import COUNTY, NOW, World
from tests.test_routes import walk

pytestmark = pytest.mark.django_db
TABLE = tomllib.loads(Path(__file__).with_name("expected.toml").read_text(encoding="utf-8"))
GROUPS = TABLE.pop("groups")
ANONYMOUS = "anonymous"


def routes() -> dict[str, Any]:
    return dict(walk(get_resolver().url_patterns))


ROUTES = routes()


def address(name: str, world: World) -> str:
    """Where the route is, for the thing that fits it best."""
    adult = world.subjects["adult"]
    things = {
        "person": adult.person.uid,
        "need_new": adult.person.uid,
        "flag": adult.flag.uid,
        "need": adult.need.uid,
        "need_proposals": adult.need.uid,
        "referral": adult.referral.uid,
        "offer": world.offer.uid,
        "import": world.batch.uid,
        "login": world.logins["resident"].uid,
        "api:decide_flag": adult.flag.uid,
        "token": adult.flag.uid,
    }
    wanted = ROUTES[name].pattern.converters
    if name == "client_class":
        return reverse(name, kwargs={"code": "C01"})
    if not wanted:
        return reverse(name)
    named = {"figure": "in_hand" if name.startswith("today") else "waiting", "code": COUNTY.rstrip("/").split("/")[-1]}
    if set(wanted) <= set(named):
        return reverse(name, kwargs={key: named[key] for key in wanted})
    if "pk" in wanted:
        return reverse(name, kwargs={"pk": 1})
    kind = next(kind for kind in sorted(things, key=len, reverse=True) if name.startswith(kind))
    return reverse(name, kwargs={"uid": things[kind]})


FORMS: dict[str, Callable[[World], dict[str, Any]]] = {
    "person_reveal": lambda world: {"field": "id_no", "why": "papers"},
    "people_export": lambda world: {"kind": "csv"},
}


def may_enter(row: dict[str, Any]) -> frozenset[str]:
    """The roles a row lets in."""
    may = row["may"]
    if may == "anyone":
        return frozenset({ANONYMOUS, *ROLES})
    if may == "everyone":
        return frozenset(ROLES)
    if may == "nobody":
        return frozenset()
    return frozenset(may if isinstance(may, list) else GROUPS[may])


def expected(row: dict[str, Any], role: str, method: str) -> set[str]:
    """What the table says of one cell; a method that is not served may say so to whom it likes."""
    if role in may_enter(row):
        return {str(code) for code in row[method]}
    answer = str(row.get("anonymous", "login")) if role == ANONYMOUS else str(row["others"])
    not_served = {"405"} if 405 in row.get(method, ()) else set()
    return {answer} | not_served


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str, Client]:
    """Everybody at their best: the whole county, a relationship, a fresh factor."""
    found = {ANONYMOUS: cells.client_of(None)}
    for role in ROLES:
        login = world.logins[role]
        Grant.objects.create(
            login=login, role=role, place_path=COUNTY, starts_on=date(2026, 1, 1), state="active", created_at=NOW
        )
        kind = "referral" if role == "org_manager" else "assigned"
        Tie.objects.create(
            login=login,
            about_uid=world.subjects["adult"].person.uid,
            kind=kind,
            starts_at=NOW - timedelta(days=1),
            why="test",
            created_at=NOW,
        )
        found[role] = cells.client_of(login, second=NOW, fresh=NOW)
    return found


def test_the_table_and_the_routes_are_the_same():
    assert set(TABLE) == set(ROUTES)


def test_the_table_names_only_roles_there_are():
    for name, row in TABLE.items():
        assert may_enter(row) <= {ANONYMOUS, *ROLES}, name


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_every_role_gets_what_the_table_says(name: str, world: World, clients: dict[str, Client]):
    row, path = TABLE[name], address(name, world)
    form = FORMS.get(name, lambda _world: {"nothing": "of use"})(world)
    wrong, leaks = [], []
    for role, client in clients.items():
        tie = "assigned" if role != "org_manager" else "referral"
        grantee = oracle.Standing(role=role, place=COUNTY, tie=tie, is_maker=name.startswith("import_"))
        for method in ("get", "post"):
            with cells.undone():
                if name.startswith("import_") and role != ANONYMOUS:
                    ImportBatch.objects.update(maker_uid=world.logins[role].uid)
                answer = cells.ask(client, method, path, form)
            if answer.says not in expected(row, role, method):
                wrong.append(f"{role} {method}: {answer.says}, not {sorted(expected(row, role, method))}")
            found = world.canaries.found_in(answer.text)
            leaks += [f"{role} {method}: {m}" for m in found if not oracle.may_know(grantee, m, tied_to="adult")]
    assert not wrong + leaks, "\n".join(wrong + leaks)
