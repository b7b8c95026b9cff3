"""The door before Django: what is too large or too much is refused before it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client, override_settings

from linli.party.tests import make
from linli.web import front
from linli.web.front import FrontDoor

KIB = 1024


class Asked:
    """One request: its messages as a server would give them, and what was answered."""

    def __init__(self, path: str, parts: Sequence[bytes], length: int | None = None, method: str = "POST") -> None:
        headers = [] if length is None else [(b"content-length", str(length).encode())]
        self.scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": headers}
        self.coming = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        self.coming.append({"type": "http.request", "body": b"", "more_body": False})
        self.taken = 0
        self.answers: list[Any] = []

    async def receive(self) -> Any:
        self.taken += 1
        await asyncio.sleep(0)
        return self.coming.pop(0)

    async def send(self, message: Any) -> None:
        self.answers.append(message)

    @property
    def status(self) -> int:
        return int(self.answers[0]["status"])


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the size of what it was given."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(len(body)).encode()})


async def is_known(scope: Any) -> bool:
    """Of these requests, those that are not a stranger's."""
    return (b"cookie", b"stranger") not in scope["headers"]


def ask(*asked: Asked) -> None:
    async def all_of_them() -> None:
        door = FrontDoor(pages, is_known)
        await asyncio.gather(*(door(each.scope, each.receive, each.send) for each in asked))

    with override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=8192 * KIB):
        asyncio.run(all_of_them())


def test_what_is_small_passes_whole() -> None:
    asked = Asked("/people/", [b"x" * KIB] * 3)
    ask(asked)
    assert asked.status == 200
    assert asked.answers[1]["body"] == b"3072"


def test_a_page_is_asked_without_a_body() -> None:
    asked = Asked("/people/", [], method="GET")
    ask(asked)
    assert asked.status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT"])
def test_no_method_brings_more_than_a_form_does(method: str) -> None:
    asked = Asked("/imports/", [b"x" * 1024 * KIB] * 6, method=method)
    ask(asked)
    assert (asked.status, asked.taken) == (413, 3)


def test_strangers_take_no_place_of_those_who_send_lists() -> None:
    strangers = [Asked("/imports/", [b"x"] * 9) for _ in range(front.LARGE_AT_ONCE)]
    for each in strangers:
        each.scope["headers"].append((b"cookie", b"stranger"))
    known = Asked("/imports/", [b"x" * 1024 * KIB] * 6)
    ask(*strangers, known)
    assert [each.status for each in (*strangers, known)] == [200] * (front.LARGE_AT_ONCE + 1)
    large = Asked("/imports/", [b"x" * 1024 * KIB] * 6)
    large.scope["headers"].append((b"cookie", b"stranger"))
    ask(large)
    assert large.status == 413


@pytest.mark.django_db(transaction=True)
def test_who_is_signed_in_is_told_by_the_session(client: Client) -> None:
    def known() -> bool:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        return async_to_sync(front.is_signed_in)({"headers": [(b"cookie", cookies.encode())]})

    assert not known()
    client.force_login(make.login("worker", ("worker", make.TOWN)))
    assert known()
    client.logout()
    assert not known()


@pytest.mark.parametrize("path", ["/people/", "/nowhere/"])
def test_what_says_it_is_too_large_is_not_even_read(path: str) -> None:
    asked = Asked(path, [b"x"], length=3000 * KIB)
    ask(asked)
    assert (asked.status, asked.taken) == (413, 0)
    assert "分成几份" in asked.answers[1]["body"].decode()


def test_what_says_nothing_is_counted_and_cut() -> None:
    asked = Asked("/people/", [b"x" * 1024 * KIB] * 6)
    ask(asked)
    assert (asked.status, asked.taken) == (413, 3)


def test_files_may_be_larger_where_files_are_asked_for() -> None:
    asked = Asked("/imports/", [b"x" * 1024 * KIB] * 6)
    ask(asked)
    assert asked.status == 200
    large = Asked("/imports/", [b"x" * 1024 * KIB] * 9)
    ask(large)
    assert large.status == 413


def test_only_so_many_large_ones_at_once() -> None:
    crowd = [Asked("/imports/", [b"x"] * 9) for _ in range(front.LARGE_AT_ONCE + 2)]
    ask(*crowd)
    assert sorted(each.status for each in crowd) == [200] * front.LARGE_AT_ONCE + [503] * 2


def test_who_leaves_is_let_go() -> None:
    asked = Asked("/people/", [])
    asked.coming = [{"type": "http.disconnect"}]
    ask(asked)
    assert asked.status == 408
