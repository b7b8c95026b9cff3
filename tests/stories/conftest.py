"""Stories: whole journeys, in the worker's words, by Django's client and in the browser.

A story that walks a mechanism is marked `@pytest.mark.mechanism(36)`, with the numbers of
docs/mechanisms.md; `make mechanisms` lists the ninety with and without a passing story.
A story marked `browser` runs in Debian's Chromium against a live server.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from tests.stories.walk import ByBrowser, ByClient

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WIDTHS = (1280, 360)
PATIENCE = 120_000  # ms: an import runs inside the click that asks for it, on whatever machine this is


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by playwright."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("Chromium is not installed: make setup")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def page(request: pytest.FixtureRequest, chromium: Any) -> Iterator[Any]:
    """A fresh page at a desk's and at a phone's width, in Chinese."""
    context = chromium.new_context(viewport={"width": request.param, "height": 900}, locale="zh-CN")
    yield context.new_page()
    context.close()


def axe_of(page: Any) -> Any:
    """Call it on a loaded page: fails with every fault axe finds of weight serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    def check() -> None:
        found = Axe().run(page).response["violations"]
        weighty = [v for v in found if v["impact"] in ("serious", "critical")]
        weighty = [(v["id"], [node["target"] for node in v["nodes"]]) for v in weighty]
        assert not weighty, f"{page.url}: {weighty}"

    return check


@pytest.fixture
def accessible(page: Any) -> Any:
    """The same for a story that drives the page itself."""
    return axe_of(page)


@pytest.fixture(params=["client", *(pytest.param(f"browser-{width}", marks=pytest.mark.browser) for width in WIDTHS)])
def walk(request: pytest.FixtureRequest, transactional_db: None, tmp_path: Path) -> Iterator[Any]:
    """Somebody at the pages: by Django's client, and in the browser at a desk's and at a phone's width."""
    cache.clear()
    way, _dash, width = request.param.partition("-")
    if way == "client":
        yield ByClient()
        return
    live = request.getfixturevalue("live_server")
    chromium = request.getfixturevalue("chromium")
    context = chromium.new_context(viewport={"width": int(width), "height": 900}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    yield ByBrowser(page, live.url, axe_of(page), tmp_path)
    context.close()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note which mechanisms passed and failed when LINLI_MECHANISMS names a file."""
    out = os.environ.get("LINLI_MECHANISMS")
    numbers = dict(report.user_properties).get("mechanisms")
    if out and numbers and (report.when == "call" or report.failed):
        with Path(out).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"story": report.nodeid, "numbers": numbers, "outcome": report.outcome}) + "\n")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Carry a story's numbers along with its report."""
    for item in items:
        numbers = [number for mark in item.iter_markers("mechanism") for number in mark.args]
        if numbers:
            item.user_properties.append(("mechanisms", numbers))
