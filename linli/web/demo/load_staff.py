"""The demo's organisations, stations and logins, with their roles from–to.

Accounts marked `demo` in the pack get a password anybody may know; the others get none at all and are
reached by one click in the demo only.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as clock
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password

from linli.core.actor import LOCAL, Actor
from linli.party.models import Grant, Login, Membership, Organisation
from linli.party.queries import actor_of
from linli.place import queries as places
from linli.place.models import Place
from linli.web.demo import bulk
from linli.web.demo.pack import Pack

OPENING = clock(9, 0)
HASHING_THREADS = 2  # each takes 100 MiB for a moment


@dataclass(frozen=True)
class Staff:
    """Logins by username, who supervises whom, and the accounts whose passwords are told."""

    logins: Mapping[str, Login]
    supervisor: Mapping[str, str]
    accounts: list[dict[str, str]]

    def actor(self, username: str, now: datetime) -> Actor:
        """Somebody at work at a moment, both factors just shown."""
        return actor_of(self.logins[username], now=now, second_factor_at=now, fresh_factor_at=now)


def password_of(username: str) -> str:
    """The password of a demo account: known to everybody, as the README says.

    >>> password_of("guqing")
    'louxi-guqing-demo'
    """
    return f"louxi-{username.replace('_', '-')}-demo"


def begin_hashing(pack: Pack) -> dict[str, Future[str]]:
    """Hash the demo accounts' passwords beside other work: argon2 leaves the interpreter while it runs."""
    pool = ThreadPoolExecutor(HASHING_THREADS)
    names = [row["username"] for row in pack.logins.to_pylist() if row["demo"]]
    hashes = {name: pool.submit(make_password, password_of(name)) for name in names}
    pool.shutdown(wait=False)
    return hashes


def add_staff(actor: Actor, pack: Pack, hashes: Mapping[str, Future[str]]) -> Staff:
    """Organisations and stations, then logins with one role each in their place, and where they work."""
    people = pack.logins.to_pylist()
    tables = (pack.organisations.to_pylist(), pack.stations.to_pylist(), people)
    where = places.places_by_code(actor, {row["place_code"] for table in tables for row in table})
    bodies = _organisations(actor, pack, where)
    logins = {row["username"]: _login(row, hashes, actor.today) for row in people}
    bulk.add(actor, list(logins.values()))
    bulk.add(actor, [_grant(row, logins[row["username"]], where, actor.today) for row in people])
    bulk.add(actor, [_membership(row, logins, bodies, actor.today) for row in people if row["organisation"]])
    return Staff(
        logins,
        {row["username"]: row["supervisor"] for row in people if row["supervisor"]},
        [
            {"role": row["role"], "username": row["username"], "password": password_of(row["username"])}
            for row in people
            if row["demo"]
        ],
    )


def opening(day: date, today: date) -> datetime:
    """Nine in the morning of a day, or of the demo's day when that comes first."""
    return datetime.combine(min(day, today), OPENING, LOCAL)


def _organisations(actor: Actor, pack: Pack, where: Mapping[str, Place]) -> dict[str, Organisation]:
    rows = [
        (row, row["kind"], False) for row in pack.organisations.to_pylist()
    ] + [(row, "station", True) for row in pack.stations.to_pylist()]  # fmt: skip
    bodies = {
        row["code"]: Organisation(
            created_at=actor.now,
            code=row["code"],
            name=row["name_zh"],
            name_en=row["name_en"],
            party_kind=kind,
            place_path=where[row["place_code"]].path,
            is_station=is_station,
        )
        for row, kind, is_station in rows
    }
    bulk.add(actor, list(bodies.values()))
    return bodies


def _login(row: Mapping[str, Any], hashes: Mapping[str, Future[str]], today: date) -> Login:
    return Login(
        uid=uuid4(),
        created_at=opening(row["since"], today),
        username=row["username"],
        display_name=row["name"],
        password=hashes[row["username"]].result() if row["demo"] else make_password(None),
    )


def _grant(row: Mapping[str, Any], login: Login, where: Mapping[str, Place], today: date) -> Grant:
    return Grant(
        created_at=opening(row["since"], today),
        login=login,
        role=row["role"],
        place_path=where[row["place_code"]].path,
        starts_on=min(row["since"], today),
        ends_on=date(today.year + 1, 12, 31),
    )


def _membership(
    row: Mapping[str, Any], logins: Mapping[str, Login], bodies: Mapping[str, Organisation], today: date
) -> Membership:
    return Membership(
        created_at=opening(row["since"], today),
        organisation=bodies[row["organisation"]],
        login=logins[row["username"]],
        post=row["role"],
        starts_on=min(row["since"], today),
    )
