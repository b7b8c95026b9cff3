"""The command and the pages raise the same flags on the same lists: one rule chooses, one engine screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from linli.core.actor import system_actor
from linli.core.jobs import run_job
from linli.need import compute
from linli.need.queries_words import packs
from linli.party import actions_imports, actions_publish
from linli.party.models import ImportBatch, ImportRow
from linli.party.tests import make
from linli.web.demo import lists, world
from linli.web.run.pipeline import Options, list_files, run_main_job

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 12)
NOW = datetime(2026, 3, 12, 1, 0, tzinfo=UTC)
Flags = set[tuple[str, frozenset[str]]]
"""Rule and the rows of the person it speaks of."""


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return {each.file: each.bytes() for each in lists.make(world.build(100, 7, ON))}


def by_command(files: Mapping[str, bytes], folder: Path) -> tuple[Flags, set[str]]:
    """The flags of `linli run`, and the rows it took in."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    rules = tuple(file for pack in packs() for file in sorted((pack / "rules").glob("*.toml")))
    options = Options(ON, rules, packs()[0] / "matching.toml")
    job = run_main_job(list_files(folder), None, options)
    rows: dict[str, set[str]] = {}
    for link in job.link.links.to_pylist():
        rows.setdefault(link["person_id"], set()).add(link["unique_id"])
    hits = job.screening.hits.to_pylist()
    return {(hit["rule"], frozenset(rows[hit["subject"]])) for hit in hits}, set().union(*rows.values())


def by_pages(files: Mapping[str, bytes]) -> tuple[Flags, set[str]]:
    """The flags of the pages after one import of all lists."""
    county = make.actor(make.login("county", ("county", make.COUNTY)), now=NOW)
    given = {"files": dict(files), "place_path": make.COUNTY, "stated_on": ON}
    batch = ImportBatch.objects.get(uid=actions_imports.upload_lists(actor=county, operation_id=uuid4(), **given))
    assert batch.job_uid
    run_job(batch.job_uid, NOW)
    batch.refresh_from_db()
    system = system_actor("test", NOW)
    actions_publish.confirm_import(actor=system, operation_id=uuid4(), batch_uid=batch.uid)
    rows: dict[str, set[str]] = {}
    taken = ImportRow.objects.filter(batch=batch, person__isnull=False)
    for uid, record_id in taken.values_list("person__uid", "record_id"):
        rows.setdefault(str(uid), set()).add(record_id)
    hits = compute.screen_place(system, make.COUNTY).hits
    return {(hit.rule, frozenset(rows[str(hit.person_uid)])) for hit in hits}, set().union(*rows.values())


def test_both_roads_raise_the_same_flags(files: Mapping[str, bytes], tmp_path: Path) -> None:
    here, there = by_command(files, tmp_path), by_pages(files)
    assert here == there
    assert len(files) == 11
    assert len({rule for rule, _ in here[0]}) > 5
