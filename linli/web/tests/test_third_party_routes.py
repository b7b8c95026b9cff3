"""django-allauth's routes: each on or off by name, none forgotten after an update of the library."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from linli.web.third_party_routes import OFF, ON


def _flat(patterns: Any) -> list[Any]:
    found: list[Any] = []
    for pattern in patterns:
        found += _flat(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]
    return found


def test_what_is_off_is_not_there():
    for name in OFF:
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_every_route_of_the_library_is_on_or_off_by_name():
    from allauth.urls import urlpatterns

    names = {p.name for p in _flat(urlpatterns)}
    assert names - set(ON) - set(OFF) == set()
    assert not set(ON) & set(OFF)


def test_every_route_of_ours_carries_its_action():
    ours = {p.name: p.callback for p in _flat(get_resolver().url_patterns) if p.name in ON}
    assert set(ours) == set(ON)
    assert all(callback.linli_action == ON[name][2] for name, callback in ours.items())


@pytest.mark.django_db
@pytest.mark.parametrize("name", [n for n, (p, _view, a) in ON.items() if a == "page.own" and "<" not in p])
def test_own_pages_ask_who_one_is(client: Client, name: str):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
