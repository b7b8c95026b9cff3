"""The route census: no page without a declared action, and no declaration without a page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, path

from linli.core.policy import ACTIONS
from linli.web.third_party_routes import OFF, ON


def walk(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route of a table with its full name."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry.url_patterns, inner)
        else:
            yield f"{namespace}{entry.name}", entry


def undeclared(patterns: list[URLPattern | URLResolver]) -> list[str]:
    """Routes that carry no action of the one reviewed table."""
    return [
        f"{name} {entry.pattern}"
        for name, entry in walk(patterns)
        if getattr(entry.callback, "linli_action", None) not in ACTIONS
    ]


def routed() -> dict[str, URLPattern]:
    """The running table by name."""
    return dict(walk(get_resolver().url_patterns))


def test_every_route_declares_who_may_enter() -> None:
    assert undeclared(get_resolver().url_patterns) == []


def test_no_two_routes_share_a_name() -> None:
    names = [name for name, _ in walk(get_resolver().url_patterns)]
    assert sorted(names) == sorted(set(names))


def test_third_party_routes_are_each_on_with_an_action_or_off_with_a_reason() -> None:
    there = routed()
    assert set(ON) - set(there) == set(), "declared, but not routed"
    assert set(OFF) & set(there) == set(), "declared off, but routed"
    assert set(ON) & set(OFF) == set()
    assert {action for _, _, action in ON.values()} - set(ACTIONS) == set()


def test_a_third_party_view_enters_only_through_that_table() -> None:
    strangers = [
        name
        for name, entry in routed().items()
        if not getattr(entry.callback, "__module__", "").startswith("linli.") and name not in ON
    ]
    assert strangers == []


def test_every_third_party_page_that_exists_has_been_decided() -> None:
    """When the library brings a new page, somebody has to say on or off."""
    from allauth.account import urls as account
    from allauth.mfa import urls as mfa

    brought = {name for urls in (account, mfa) for name, _ in walk(urls.urlpatterns)}
    assert brought - set(ON) - set(OFF) == set()


def test_a_route_without_an_action_would_be_found() -> None:
    planted = path("planted/", lambda request: None, name="planted")
    assert undeclared([planted]) == ["planted planted/"]
