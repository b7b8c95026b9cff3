"""A browser in which somebody is signed in, for the pages' tests of every block."""

from __future__ import annotations

from django.test import Client
from django.utils import timezone

from linli.party.middleware import note_second_factor
from linli.party.models import Login

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(login: Login, *, factor: bool = True) -> Client:
    """Signed in, with a second factor unless said otherwise."""
    client = Client()
    client.force_login(login, backend=BACKEND)
    if factor:
        session = client.session
        note_second_factor(type("Request", (), {"session": session})(), timezone.now())  # type: ignore[arg-type]
        session.save()
    return client
