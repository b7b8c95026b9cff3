"""One world per file, written once; each cell works on it inside its own savepoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction

from tests.matrix import world as worlds


@pytest.fixture(scope="module")
def clock() -> Iterator[None]:
    """Monday morning, 2 March 2026."""
    with time_machine.travel(worlds.NOW, tick=True):
        yield


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, clock: None) -> Iterator[worlds.World]:
    """The fixture county, taken away again at the end of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        cache.clear()
        yield worlds.build()
        transaction.set_rollback(True)
