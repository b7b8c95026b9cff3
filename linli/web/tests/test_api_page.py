"""The page about the interface says what the document says, to anybody, in both languages."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from linli.core.policy import ACTIONS
from linli.party.tests import make
from linli.party.tests.browse import browser
from linli.web.api import api
from linli.web.presenters_api import ACTION, operations
from linli.web.urls_api import urlpatterns

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", ("写下需求", "站长", "必填")), ("en", ("Write a need", "How pressing", "required"))],
)
def test_every_operation_with_method_path_fields_and_errors(language: str, said: tuple[str, ...]):
    shown = Client().get("/api/", headers={"accept-language": language}).content.decode()
    document = api.get_openapi_schema(path_prefix="/api/")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in shown
            for code in operation["responses"]:
                assert str(code) in shown
    fields = ("Idempotency-Key", "person", "level", "1–4", "reason", "≤ 200", "items[].number", "next_offset", "uid")
    for words in (*fields, "Authorization: Bearer", *said):
        assert words in shown, words


def test_everything_in_the_document_is_explained_in_both_languages():
    document = api.get_openapi_schema(path_prefix="/api/")
    for operation in operations(document):
        assert operation.roles and operation.errors
        for field in (*operation.sent, *operation.answered):
            assert field.words, f"{operation.name}: {field.name}"


def test_the_document_names_the_action_that_is_asked_for():
    asked = {name: entry.callback.linli_actions for name, entry in _routes().items()}  # type: ignore[attr-defined]
    for path, methods in api.get_openapi_schema(path_prefix="")["paths"].items():
        for method, operation in methods.items():
            assert operation[ACTION] in ACTIONS
            assert operation[ACTION] == asked[path.strip("/")][method.upper()]


def _routes() -> dict[str, object]:
    return {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(entry.pattern)): entry
        for entry in urlpatterns
        if hasattr(entry.callback, "linli_actions")
    }


def test_the_page_of_tokens_leads_there():
    worker = browser(make.login("worker", ("worker", make.TOWN)))
    assert 'href="/api/"' in worker.get("/me/tokens/").content.decode()
    assert 'class="crumbs"' in worker.get("/api/").content.decode()
