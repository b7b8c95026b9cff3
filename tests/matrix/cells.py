"""One cell: somebody in a certain standing asks for one page, and everything that comes out is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.cookies import SimpleCookie
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.test import Client

from linli.core.models import AuditRow
from linli.party.models import Login
from tests.matrix.canaries import logged, text_of

SECOND, FRESH = "linli_second_factor_at", "linli_fresh_factor_at"


@dataclass
class Answer:
    """What came out: status (0 when the page broke), everything written, and the audit rows of the request."""

    status: int
    text: str = ""
    body: bytes = b""
    location: str = ""
    fault: str = ""
    rows: list[AuditRow] = field(default_factory=list)

    @property
    def says(self) -> str:
        """The status as the table says it."""
        if self.status == 302 and self.location.startswith("/account/login/"):
            return "login"
        return self.fault or str(self.status)

    @property
    def shape(self) -> str:
        """The body without what differs by itself: the address asked for and the token of the form."""
        return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=value=\")[0-9A-Za-z]{64}(?=\")", "·", self.body.decode())

    def rows_of(self, outcome: str) -> list[AuditRow]:
        return [row for row in self.rows if row.outcome == outcome]


def client_of(login: Login | None, *, second: datetime | None = None, fresh: datetime | None = None) -> Client:
    """A browser in which this login has signed in, its factors shown at these moments."""
    client = Client()
    if login is not None:
        client.force_login(login)
        session = client.session
        for key, at in ((SECOND, second), (FRESH, fresh)):
            if at is not None:
                session[key] = at.isoformat()
        session.save()
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back at the end, counts of tries too."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        cache.clear()


def ask(client: Client, method: str, path: str, form: dict[str, Any] | None = None) -> Answer:
    """Send the request; an exception that would have been a server error becomes an answer of status 0."""
    before = AuditRow.objects.order_by("-number").values_list("number", flat=True).first() or 0
    cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
    with logged() as lines:
        try:
            with transaction.atomic():
                response = client.get(path) if method == "get" else client.post(path, form or {})
        except Exception as error:
            return Answer(0, text="\n".join(lines), fault=f"{type(error).__name__}: {str(error)[:200]}")
        finally:
            client.cookies = cookies  # a cell that signs out must not sign out the next one
    text = text_of(response) + "\n".join(lines)
    body = b"" if response.streaming else response.content
    rows = list(AuditRow.objects.filter(number__gt=before).order_by("number"))
    return Answer(response.status_code, text, body, response.headers.get("Location", ""), rows=rows)


def params_of(row: AuditRow) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.params)
    return found
