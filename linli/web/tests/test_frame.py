"""The frame of every page: menu and dock by role, the search, and errors as pages in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.translation import override
from django.views.defaults import server_error

from linli.core.errors import BadInput, Conflict, LinliError, NotFound, Refused
from linli.engines.errors import Fault
from linli.party.models import Login
from linli.party.tests import make
from linli.place.models import Place
from linli.web.back import page_before
from linli.web.context import DOCK
from linli.web.middleware import ErrorPages
from linli.web.pages_errors import bad_request_page

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class NoMessages(BaseStorage):
    """Nothing said before."""

    def _get(self, *_args: Any, **_kwargs: Any) -> tuple[list[Any], bool]:
        return [], True


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A page's language stays with its test."""
    with override("zh-hans"):
        yield


def enter(role: str, place: str = make.COUNTY) -> Client:
    client = Client()
    client.force_login(make.login(f"one-{role}", (role, place)), backend=BACKEND)
    return client


def text_of(answer: HttpResponse) -> str:
    return answer.content.decode()


def turned(error: LinliError, **asked: Any) -> HttpResponse:
    """The page an error becomes for a worker who asked for something."""
    method = asked.pop("method", "get")
    request: HttpRequest = getattr(RequestFactory(), method)(asked.pop("path", "/people/?place=1"), **asked)
    worker = make.login("asking", ("worker", make.TOWN))
    request.user, request.actor = worker, make.actor(worker, factor=False)  # type: ignore[attr-defined]
    request._messages = NoMessages(request)  # type: ignore[attr-defined]
    answer = ErrorPages(lambda _request: HttpResponse()).process_exception(request, error)
    assert answer is not None
    return answer


def step_up_of(answer: HttpResponse) -> str:
    """Where the one filled button leads back to, after confirming."""
    found = re.findall(r'<a class="btn primary" href="([^"]+)"', text_of(answer))
    assert len(found) == 1
    address = urlsplit(found[0].replace("&amp;", "&"))
    assert address.path == reverse("step_up")
    return parse_qs(address.query)["next"][0]


def test_the_dock_has_a_few_words_and_opens_the_rest():
    text = text_of(enter("lead").get(reverse("display")))
    dock = text[text.index('<nav class="dock"') :]
    shown, rest = dock.split("<details", 1)
    assert 0 < shown.count("<a ") <= DOCK
    assert reverse("rights") in rest
    assert "更多" in rest


def test_a_menu_shows_what_the_role_can_ever_use():
    volunteer = text_of(enter("volunteer").get(reverse("display")))
    assert f'href="{reverse("people")}"' not in volunteer
    assert 'role="search"' not in volunteer
    assert f'href="{reverse("people")}"' in text_of(enter("worker").get(reverse("display")))


def test_what_is_searched_for_never_stands_in_an_address():
    text = text_of(enter("worker").get(reverse("display")))
    form = re.search(r'<form class="find"[^>]*>', text)
    assert form is not None
    assert 'method="post"' in form[0]
    assert "csrfmiddlewaretoken" in text


def test_a_visitor_sees_no_menu():
    text = text_of(Client().get("/account/login/"))
    assert 'class="spine"' not in text
    assert 'class="dock"' not in text


def test_what_is_hidden_and_what_is_not_there_answer_alike():
    worker = enter("worker", make.TOWN)
    far = make.person(place_path=make.NEXT_TOWN)
    missing = far.uid.int ^ 1
    one = worker.get(reverse("person", args=[far.uid]))
    other = worker.get(f"/people/{missing:032x}/")
    nowhere = worker.get("/people/nobody-of-that-name/")
    assert [answer.status_code for answer in (one, other, nowhere)] == [404, 404, 404]
    assert len({_without_asking(text_of(answer)) for answer in (one, other, nowhere)}) == 1


def _without_asking(text: str) -> str:
    """A page without the address that was asked for and the token of its form."""
    return re.sub(r'next=[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_not_found_says_the_same_whatever_the_code():
    assert "这个地址下没有东西，或它不给你看。" in text_of(turned(NotFound("offer.full")))


@pytest.mark.parametrize("code", ["core.second_factor_needed", "core.fresh_factor_needed"])
def test_who_must_confirm_first_is_led_there_and_back(code: str):
    answer = turned(Refused(code))
    assert answer.status_code == 403
    assert step_up_of(answer) == "/people/?place=1"


@pytest.mark.parametrize(
    ("came_from", "back"),
    [("http://testserver/imports/", "/imports/"), ("https://example.org/", "/"), ("", "/")],
)
def test_after_a_form_one_comes_back_to_its_page_and_no_other_house(came_from: str, back: str):
    answer = turned(
        Refused("core.fresh_factor_needed"), method="post", path="/imports/1/", headers={"referer": came_from}
    )
    assert step_up_of(answer) == back


def test_a_refusal_says_why_and_offers_no_confirming():
    answer = turned(Refused("core.no_role"))
    assert "你现在的岗位不做这件事" in text_of(answer)
    assert reverse("step_up") not in text_of(answer)


def test_somebody_quicker_is_a_conflict():
    answer = turned(Conflict("core.operation_reused"))
    assert (answer.status_code, "有人先改过了" in text_of(answer)) == (409, True)


def test_every_fault_of_a_file_is_named_with_its_place():
    fault = Fault(_some_code(), file="名册.xlsx", sheet="甲", row=7, column="姓名", value="<b>")
    text = text_of(turned(BadInput("offer.file_faulty", count=1, faults=[fault.as_dict()])))
    assert "名册.xlsx · 甲 · 第 7 行 · 姓名 · “&lt;b&gt;”：" in text


def _some_code() -> str:
    """A code of the offers' catalogue that needs no values."""
    from linli.offer.workbook import WORDS

    return next(code for code, (zh, _en) in WORDS.entries.items() if "{" not in zh)


def test_another_error_is_left_to_the_page_of_breakdowns():
    assert ErrorPages(lambda _request: HttpResponse()).process_exception(HttpRequest(), ValueError()) is None


def test_a_form_nobody_signed_is_turned_away_in_words():
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "表单没有收下，什么也没有改。" in text_of(answer)
    assert "ui/linli.css" in text_of(answer)


def test_a_breakdown_has_a_page_that_asks_nothing_of_the_database():
    answer = server_error(HttpRequest())
    assert answer.status_code == 500
    assert "这一步没有做完，已经存下的都还在。" in text_of(answer)


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "柳浜镇"), ("en", "Liubang Town")])
def test_ones_place_is_named_in_the_readers_language(language: str, said: str):
    Place.objects.create(
        code="999981001", name="柳浜镇", name_en="Liubang Town", level="town", path=make.TOWN, created_at=make.NOW
    )
    client = enter("worker", make.TOWN)
    client.get(reverse("display"), {"lang": language})
    assert f"<br>{said}" in text_of(client.get(reverse("display")))


def test_an_error_leads_back_to_the_page_before():
    error = BadInput("core.not_found")
    said = text_of(turned(error, method="post", headers={"referer": "http://testserver/people/?place=1"}))
    assert 'href="/people/?place=1">回到上一页' in said


def test_the_way_back_stays_in_the_house():
    def back(came_from: str) -> str:
        return page_before(RequestFactory().get("/people/?place=1", headers={"referer": came_from}))

    assert back("http://testserver/needs/") == "/needs/"
    for strange in ("https://evil.example/needs/", "http://testserver//evil.example/", "javascript:alert(1)", ""):
        assert back(strange) == "", strange
    assert back("http://testserver/people/?place=1") == "", "this page itself is no way back"


def test_a_request_nobody_can_read_is_answered_with_a_way_back():
    request: HttpRequest = RequestFactory().post("/needs/", headers={"referer": "http://testserver/needs/"})
    assert bad_request_page(request).status_code == 400, "before it is known who asks"
    request.actor = make.actor(make.login("asking", ("worker", make.TOWN)))  # type: ignore[attr-defined]
    request.user, request._messages = Login.objects.get(), NoMessages(request)  # type: ignore[attr-defined]
    assert 'href="/needs/">回到上一页' in text_of(bad_request_page(request))
