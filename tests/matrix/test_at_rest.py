"""The raw database: no marker of a sealed field lies in it in any form; in the embedded one no marker at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from tests.matrix import world as worlds
from tests.matrix.canaries import Canaries


def raw_files() -> Iterator[tuple[str, bytes]]:
    """Every file of the instance's data folder: database, write-ahead log, queue, spill, uploads."""
    for path in sorted(Path(settings.DATA).rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def raw_tables() -> Iterator[tuple[str, bytes]]:
    """Every row of every table as the server writes it out."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT {table}::text FROM {table}")
            yield model._meta.db_table, "\n".join(row[0] for row in cursor.fetchall()).encode()


def found(canaries: Canaries, stored: Iterator[tuple[str, bytes]], *, sealed_only: bool) -> list[str]:
    """Which markers lie where."""
    forms = list(canaries.raw_forms(sealed_only=sealed_only))
    return [f"{m.about}.{m.field} in {name}" for name, data in stored for m, form in forms if form in data]


@pytest.mark.django_db(transaction=True)
def test_no_marker_lies_open_on_the_disk():
    world = worlds.build(roles=False)
    if connection.vendor == "sqlite":
        assert any(name.startswith("test.sqlite3") for name, _data in raw_files())
        assert found(world.canaries, raw_files(), sealed_only=False) == []
    else:
        assert found(world.canaries, raw_tables(), sealed_only=True) == []
        assert found(world.canaries, raw_tables(), sealed_only=False), "open columns are found, or the search is blind"


@pytest.mark.parametrize(
    "encode", [str.encode, lambda text: text.encode("utf-16-le"), lambda text: text.encode().hex().encode()]
)
@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_a_marker_is_found_in_every_form(encode, before):
    import base64

    canaries = Canaries()
    text = before + canaries.make("somebody", "phone", 2, sealed=True) + "after"
    stored = [("plain", encode(text)), ("base64", base64.b64encode(text.encode()))]
    assert len(found(canaries, iter(stored), sealed_only=True)) >= 2
