"""Before Django reads a request: how large its body may be, how many large ones at once, how long it may take.

Django keeps a body before any of our code asks who sends it. A body stays in memory (settings), so that no list ever
lies in the clear in a temporary folder; this door keeps strangers from filling that memory, and the few places for
large bodies to those who are signed in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import parse_cookie

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SMALL_BYTES = 2 * 1024 * 1024
# The forms that take files; everything else is small.
LARGE = ("/imports/", "/offers/import/")
LARGE_AT_ONCE = 4
SECONDS = 300
WORDS = {
    413: "送来的内容太大，没有收下。分成几份再传。\nToo large; nothing was taken. Send it in several parts.\n",
    408: "送得太慢，没有收全。换个网络再试。\nToo slow; it did not arrive whole. Try again on another network.\n",
    503: "正有几个人在传大文件。过一分钟再试。\nSeveral large files are being sent. Try again in a minute.\n",
}


class _Refused(Exception):
    """The body is not taken; `status` says why."""

    def __init__(self, status: int) -> None:
        self.status = status


async def is_signed_in(scope: Scope) -> bool:
    """Whether the request carries the session of somebody signed in; what they may do is asked by the page."""
    sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie").decode("latin-1")
    key = parse_cookie(sent).get(settings.SESSION_COOKIE_NAME)
    return bool(key) and await sync_to_async(lambda: SESSION_KEY in SessionStore(key))()


class FrontDoor:
    """An ASGI application that lets only bodies of the promised size through to `inner`, whatever the method.

    `is_known` says of whom a large body is taken at all.
    """

    def __init__(self, inner: Application, is_known: Callable[[Scope], Awaitable[bool]] = is_signed_in) -> None:
        self.inner = inner
        self.is_known = is_known
        self._large = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        is_large = scope["method"] == "POST" and scope["path"] in LARGE and await self.is_known(scope)
        most = settings.FILE_UPLOAD_MAX_MEMORY_SIZE if is_large else SMALL_BYTES
        if is_large and self._large >= LARGE_AT_ONCE:
            await _say(send, 503)
            return
        self._large += is_large
        try:
            body = await asyncio.wait_for(_whole(scope, receive, most), SECONDS)
        except _Refused as refusal:
            await _say(send, refusal.status)
            return
        except TimeoutError:
            await _say(send, 408)
            return
        finally:
            self._large -= is_large
        await self.inner(scope, _again(body, receive), send)


async def _whole(scope: Scope, receive: Receive, most: int) -> bytes:
    """The body, or a refusal as soon as it is known to be too large."""
    told = dict(scope["headers"]).get(b"content-length", b"")
    if told.isdigit() and int(told) > most:
        raise _Refused(413)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Refused(408)
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise _Refused(413)
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body over once; after it, whatever comes (a client that leaves)."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


async def _say(send: Send, status: int) -> None:
    body = WORDS[status].encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
