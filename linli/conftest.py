"""Fixtures every block's tests share: the database, moments, and actors."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, settings

from linli.core.actor import Actor, system_actor

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PROVE = os.environ.get("LINLI_PROVE") == "1"

# Rounds of a property: 50 in the suite, a thousand under `make prove`. A test that is dear or cheap asks for a part or
# a multiple of `settings.default.max_examples`, never for a number of its own, so that proving is more for all of them.
settings.register_profile("linli", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("prove", parent=settings.get_profile("linli"), max_examples=1000)
settings.load_profile("prove" if PROVE else "linli")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Lets the flush after a transactional test pass the triggers that guard the audit record.

    In the product nothing may empty that table. Here the guard is taken down around the flush by
    the migration that set it up, and put back by it, head of the chain included.
    """
    guards = import_module("linli.core.migrations.0002_audit_guard")
    # On the class: beside a running event loop (a browser story) Django opens a connection of its own.
    operations = type(connection.ops)
    empty = operations.execute_sql_flush
    if getattr(empty, "is_past_the_guard", False):  # tests/ has this fixture a second time, for its own tests
        yield
        return

    def empty_past_the_guard(self: Any, statements: Iterable[str]) -> None:
        from django.apps import apps

        editor = connection.schema_editor()
        guards.unguard(apps, editor)
        empty(self, statements)
        guards.guard(apps, editor)

    empty_past_the_guard.is_past_the_guard = True  # type: ignore[attr-defined]
    operations.execute_sql_flush = empty_past_the_guard  # type: ignore[method-assign,assignment]
    yield
    operations.execute_sql_flush = empty  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Every test starts in the language of the source, whatever the one before left behind."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def now() -> datetime:
    """Monday 2 March 2026, nine in the morning in Shanghai."""
    return NOW


@pytest.fixture
def system(now: datetime) -> Actor:
    """The program itself as actor."""
    return system_actor("tests", now)


@pytest.fixture
def times() -> Any:
    """How many rounds a property is tried: `times(few)` in the suite, twenty times as many in `make prove`."""
    return lambda few: few * 20 if PROVE else few
