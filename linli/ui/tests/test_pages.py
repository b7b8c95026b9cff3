"""Choosing how it looks, and the gallery: who is welcome, what is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.template.loader import get_template
from django.test import Client
from django.utils.translation import override

pytestmark = pytest.mark.django_db
COMPONENTS = Path(__file__).resolve().parents[1] / "templates" / "cotton"
INLINE = ("fig", "hbar")


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A page's language stays with its test."""
    with override("zh-hans"):
        yield


def page(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_large_type_is_remembered_without_a_login(client: Client):
    answer = client.get("/display/", {"size": "large", "next": "/account/login/"})
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/")
    assert 'data-size="large"' in page(client.get("/account/login/"))


def test_the_language_is_remembered(client: Client):
    client.get("/display/", {"lang": "en"})
    assert '<html lang="en"' in page(client.get("/account/login/"))


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_nobody_is_led_to_another_house(client: Client, elsewhere: str):
    assert client.get("/display/", {"size": "large", "next": elsewhere})["Location"] == "/"


def test_a_size_nobody_offers_is_not_kept(client: Client):
    assert client.get("/display/", {"size": "huge"}).cookies.get("linli_size") is None


def test_the_gallery_shows_every_part_in_the_demo(client: Client, settings: Any):
    settings.LINLI_DEMO = True
    answer = client.get("/gallery/")
    assert answer.status_code == 200
    for part in (
        "note",
        "tag late",
        "fig",
        "strip",
        "todo",
        "facts",
        "prop",
        "decide",
        "opened",
        "plot",
        "tile",
        "pager",
    ):
        assert f'class="{part}' in page(answer)


def test_outside_the_demo_there_is_no_gallery(client: Client, settings: Any):
    settings.LINLI_DEMO = False
    assert client.get("/gallery/").status_code == 404


def test_the_gallery_is_english_throughout_for_english_readers(client: Client, settings: Any):
    settings.LINLI_DEMO = True
    client.get("/display/", {"lang": "en"})
    text = re.sub(r"<[^>]+>", " ", page(client.get("/gallery/")))
    text = text.replace("中文", "").replace("钱**", "").replace("简体", "")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


def test_pages_carry_neither_script_nor_style_of_their_own(client: Client, settings: Any):
    settings.LINLI_DEMO = True
    text = page(client.get("/gallery/"))
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*src=)", text) == []


def test_no_two_things_of_a_page_share_an_id(client: Client, settings: Any):
    settings.LINLI_DEMO = True
    ids = re.findall(r'\sid="([^"]+)"', page(client.get("/gallery/")))
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", INLINE)
def test_parts_within_a_sentence_leave_no_space_behind(name: str):
    assert not (COMPONENTS / f"{name}.html").read_text("utf-8").endswith("\n")


@pytest.mark.parametrize("part", sorted(path.relative_to(COMPONENTS).as_posix() for path in COMPONENTS.rglob("*.html")))
def test_every_part_can_be_read(part: str):
    assert get_template(f"cotton/{part}")


@pytest.mark.parametrize("part", sorted(path.stem for path in COMPONENTS.glob("*.html")))
def test_every_part_stands_in_the_gallery_and_in_a_page(part: str):
    blocks = COMPONENTS.parents[2]
    pages = [path for path in blocks.glob("*/templates/**/*.html") if COMPONENTS not in path.parents]
    using = {path.name for path in pages if re.search(rf"<c-{part}[ />]", path.read_text("utf-8"))}
    assert "gallery.html" in using
    assert len(using) > 1
