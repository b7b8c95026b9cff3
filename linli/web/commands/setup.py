"""`linli setup`: a new instance, and with --place the people who open it.

The first accounts: one of each kind of administrator, and a second security administrator, because every role
that works with people's data is proposed by one and approved by another.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from linli.web.commands.instance import HomeOption, bring_up_to_date, open_instance
from linli.web.commands.words import say

PlaceOption = Annotated[
    str | None,
    typer.Option("--place", help="哪个县：六位区划代码，并建首批账号 · the county; makes first accounts"),
]
SECOND = "security-admin-2"


def setup(home: HomeOption = None, place: PlaceOption = None) -> None:
    """建一个新实例：目录、密钥、数据库，加上 --place 就有第一批账号。 Make a new instance, and its first accounts."""
    open_instance(home)
    from django.conf import settings

    _make_keys_for_a_server()
    bring_up_to_date()
    sys.stdout.write(say("made", home=settings.HOME, keys=settings.KEYS) + "\n")
    if place is None:
        sys.stdout.write(say("next_place", home=settings.HOME) + "\n")
        return
    name, accounts = first_accounts(place)
    sys.stdout.write(say("accounts_made", place=name) + "\n")
    for one in accounts:
        sys.stdout.write(f"  {called(one['username'])}\t{one['username']}\t{one['password']}\n")
    sys.stdout.write(say("accounts_next") + "\n" + say("next_serve", home=settings.HOME) + "\n")


def _make_keys_for_a_server() -> None:
    """The key file of an instance on PostgreSQL, made only here and only while the database is empty.

    Settings make one for an empty home; of a server they cannot know whether another key belongs to it.
    """
    from django.conf import settings
    from django.db import connection

    from linli.core.keyring import make_keyring_file

    if connection.vendor == "sqlite" or Path(settings.KEYS).exists():
        return
    if not connection.introspection.table_names():
        make_keyring_file(settings.KEYS)
    settings.SECRET_KEY = settings.LINLI_KEYRING().secret.hex()  # or says that the keys are missing


def called(username: str) -> str:
    """What a first account is called where people read it, in the language of the command."""
    return say(username.replace("-", "_"))


def first_accounts(code: str) -> tuple[str, list[dict[str, str]]]:
    """The county's name, and role, username and one-time password of each first account.

    The national table of divisions is loaded first. Errors: a code that is no county; accounts that exist.
    """
    from django.utils import timezone

    from linli.core.actor import system_actor
    from linli.core.audit import unit_of_work
    from linli.core.errors import BadInput
    from linli.core.policy import SECURITY_ADMIN
    from linli.party import actions_rights as rights
    from linli.place import actions as places
    from linli.place import queries
    from linli.place.divisions import national_divisions

    actor = system_actor("setup", timezone.now())
    rows = national_divisions()
    if len(code) != 6 or all(row["code"] != code for row in rows):
        raise BadInput("web.no_such_county", given=code)
    places.load_places(actor=actor, rows=rows)
    county = queries.place_by_code(actor, code)
    assert county is not None, "it has just been loaded"
    with unit_of_work():
        made = rights.make_first_logins(actor, county.path, {role: called(role) for role in rights.FIRST_ROLES})
        password = rights.one_time_password()
        answer = rights.make_login.within(actor=actor, username=SECOND, display_name=called(SECOND), password=password)
        rights.propose_grant.within(
            actor=actor,
            login_uid=UUID(answer["uid"]),
            role=SECURITY_ADMIN,
            place_path=county.path,
            starts_on=actor.today,
        )
    return county.name, [*made, {"role": SECURITY_ADMIN, "username": SECOND, "password": password}]
