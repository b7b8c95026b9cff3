"""Builds logins, people, rights and places for tests, and actors as a request would have them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from linli.core.actor import Actor
from linli.party.models import ApiToken, Exclusion, Grant, Household, Login, Person, Tie
from linli.party.queries import actor_of
from linli.party.queries_tokens import OFFERED, digest_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
COUNTY = "99/9999/999981/"
TOWN = COUNTY + "999981001/"
VILLAGE = TOWN + "999981001201/"
NEXT_TOWN = COUNTY + "999981002/"
PASSWORD = "xian-shu-qiao-41"


def login(username: str, *grants: tuple[str, str], person: Person | None = None, **fields: Any) -> Login:
    """A login holding roles in places since the first of the year."""
    row = Login(
        username=username, display_name=fields.pop("display_name", username), person=person, created_at=NOW, **fields
    )
    row.set_password(PASSWORD)
    row.save()
    for role, place_path in grants:
        grant(row, role, place_path)
    return row


def grant(row: Login, role: str, place_path: str = TOWN, **fields: Any) -> Grant:
    given: dict[str, Any] = {"starts_on": date(2026, 1, 1), "state": "active", "created_at": NOW} | fields
    return Grant.objects.create(login=row, role=role, place_path=place_path, **given)


def household(place_path: str = VILLAGE, **fields: Any) -> Household:
    given: dict[str, Any] = {"place_path": place_path, "sensitivity": 2, "created_at": NOW} | fields
    return Household.objects.create(**given)


def person(name: str = "钱桂芳", place_path: str = VILLAGE, **fields: Any) -> Person:
    given: dict[str, Any] = {"place_path": place_path, "sensitivity": 2, "created_at": NOW} | fields
    return Person.objects.create(name=name, **given)


def tie(row: Login, about_uid: UUID, kind: str = "assigned", **fields: Any) -> Tie:
    given: dict[str, Any] = {"starts_at": NOW, "why": "test", "created_at": NOW} | fields
    return Tie.objects.create(login=row, about_uid=about_uid, kind=kind, **given)


def exclusion(about_uid: UUID, **fields: Any) -> Exclusion:
    return Exclusion.objects.create(about_uid=about_uid, **({"why": "test", "created_at": NOW} | fields))


def token(row: Login, secret: str, **fields: Any) -> ApiToken:
    """A key that acts as a login, for ninety days from now."""
    given: dict[str, Any] = {"scopes": list(OFFERED), "expires_at": NOW + timedelta(days=90), "created_at": NOW}
    return ApiToken.objects.create(login=row, name="k", digest=digest_of(secret), **given | fields)


def actor(row: Login, *, factor: bool = True, now: datetime = NOW) -> Actor:
    """The login as actor, freshly confirmed by a second factor unless said otherwise."""
    at = now if factor else None
    return actor_of(row, now=now, second_factor_at=at, fresh_factor_at=at)
