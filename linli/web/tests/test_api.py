"""The interface for other programs: keys, what they open, one effect per idempotency key, and the schema itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings

from linli.core.models import AuditRow
from linli.core.policy import ACTIONS
from linli.need.models import Flag, Need
from linli.party.models import ApiToken, Grant, Login, Person
from linli.party.queries_tokens import OFFERED, digest_of
from linli.party.tests import make
from linli.web.tests import make as worlds
from linli.web.urls_api import urlpatterns

pytestmark = pytest.mark.django_db
SECRET = "linli_test"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
BOUNDS = settings(
    max_examples=25, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def worker(db: None) -> Login:
    worlds.places()
    return make.login("worker", ("worker", make.TOWN))


@pytest.fixture
def qian(worker: Login) -> Person:
    person = make.person("钱桂芳")
    make.tie(worker, person.uid)
    return person


def token(login: Login, secret: str = SECRET, **fields: Any) -> ApiToken:
    now = timezone.now()
    given = {"scopes": list(OFFERED), "expires_at": now + timedelta(days=1), "created_at": now, "name": "test"}
    return ApiToken.objects.create(login=login, digest=digest_of(secret), **{**given, **fields})


def ask(path: str, body: Any = None, *, secret: str = SECRET, key: UUID | str | None = None) -> HttpResponse:
    client = Client(headers={"authorization": f"Bearer {secret}"})
    if body is None:
        return client.get(path)
    sent = body if isinstance(body, str) else json.dumps(body)
    headers = {"idempotency-key": str(key or uuid4())}
    return client.post(path, sent, content_type="application/json", headers=headers)


def decision(flag: Flag | UUID) -> str:
    return f"/api/flags/{flag.uid if isinstance(flag, Flag) else flag}/decision"


def test_needs_are_listed_page_by_page_without_names(worker: Login, qian: Person):
    token(worker)
    for _ in range(3):
        worlds.need(qian, words="浴室滑")
    worlds.need(make.person("远处", place_path=make.NEXT_TOWN))
    answer = ask("/api/needs?limit=2")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["count"], len(found["items"]), found["next_offset"]) == (3, 2, 2)
    assert set(found["items"][0]) == {"number", "code", "level", "state", "place", "due_on"}
    assert found["items"][0]["place"] == "999981001201"
    assert ask("/api/needs?limit=2&offset=2").json()["next_offset"] is None
    assert ask("/api/needs?state=closed").json()["count"] == 0
    assert "钱桂芳" not in answer.content.decode()
    assert AuditRow.objects.filter(action="need.list", outcome="read").count() == 3


def test_an_excluded_login_lists_without_that_person(worker: Login, qian: Person):
    token(worker)
    worlds.need(qian)
    make.exclusion(qian.uid, login=worker)
    assert ask("/api/needs").json()["count"] == 0
    assert ask("/api/needs", {"person": str(qian.uid), "code": "meal", "level": 3}).status_code == 404


def test_the_same_key_gives_one_need_and_another_content_a_conflict(worker: Login, qian: Person):
    token(worker)
    key, body = uuid4(), {"person": str(qian.uid), "code": "meal", "level": 3, "words": "一个人，做不动饭"}
    first, again = ask("/api/needs", body, key=key), ask("/api/needs", body, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    need = Need.objects.get()
    assert str(need.uid) == first.json()["need"]
    assert (need.words, need.state, need.channel) == ("一个人，做不动饭", "open", "other")
    assert ask("/api/needs", body | {"code": "bath"}, key=key).status_code == 409
    assert AuditRow.objects.filter(action="need.write", outcome="done").count() == 1


def test_a_flag_is_confirmed_or_dismissed_with_a_reason(worker: Login, qian: Person):
    token(worker)
    one, other = worlds.flag(qian, kind="visit"), worlds.flag(qian)
    made = ask(decision(one), {"decision": "confirm"})
    assert made.status_code == 200
    assert {str(need.uid) for need in Need.objects.all()} == set(made.json()["needs"])
    bare = ask(decision(other), {"decision": "dismiss"})
    assert (bare.status_code, bare.json()["code"]) == (403, "need.dismiss_wants_reason")
    assert ask(decision(other), {"decision": "dismiss", "reason": "看过，不是"}).json()["needs"] == []
    assert Flag.objects.get(pk=other.pk).state == "dismissed"


def test_what_is_hidden_and_what_is_missing_answer_alike(worker: Login, qian: Person):
    token(worker)
    far = make.person("远处", place_path=make.NEXT_TOWN)
    excluded = worlds.flag(qian)
    make.exclusion(qian.uid, login=worker)
    body = {"code": "meal", "level": 3}
    written = [ask("/api/needs", body | {"person": str(uid)}) for uid in (far.uid, qian.uid, uuid4())]
    decided = [ask(decision(uid), {"decision": "confirm"}) for uid in (excluded.uid, worlds.flag(far).uid, uuid4())]
    assert {(answer.status_code, answer.content) for answer in written} == {(404, written[0].content)}
    assert {(answer.status_code, answer.content) for answer in decided} == {(404, decided[0].content)}


def test_errors_carry_a_code_and_both_languages(worker: Login):
    token(worker)
    found = ask("/api/needs", {"code": "nonsense"}).json()
    assert found["code"] == "web.api_input"
    assert "读不懂" in found["zh"]
    assert "cannot be read" in found["en"]
    assert ask("/api/needs", "{").status_code == 422
    assert ask("/api/needs", {"person": str(uuid4()), "code": "meal", "level": 9}).status_code == 422


@pytest.mark.parametrize(
    "spoil",
    [
        {"revoked_at": make.NOW}, {"expires_at": make.NOW - timedelta(days=400)}, {"digest": digest_of("another")},
    ],
)  # fmt: skip
def test_a_key_revoked_run_out_or_unknown_opens_nothing(worker: Login, spoil: dict[str, Any]):
    key = token(worker)
    assert ask("/api/needs").status_code == 200
    ApiToken.objects.filter(pk=key.pk).update(**spoil)
    answer = ask("/api/needs")
    assert (answer.status_code, answer.json()["code"]) == (401, "web.token_unknown")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_closed_login_or_an_ended_role_bites_at_the_next_request(worker: Login):
    token(worker)
    Grant.objects.filter(login=worker).update(state="ended")
    assert ask("/api/needs").status_code == 403
    Login.objects.filter(pk=worker.pk).update(is_active=False)
    assert ask("/api/needs").status_code == 401


def test_a_key_does_only_what_it_was_made_for(worker: Login, qian: Person):
    token(worker, scopes=["need.list"])
    answer = ask("/api/needs", {"person": str(qian.uid), "code": "meal", "level": 3})
    assert (answer.status_code, answer.json()["code"]) == (403, "web.token_scope")
    assert not Need.objects.exists()
    assert AuditRow.objects.filter(action="need.write", outcome="denied").count() == 1


def test_being_signed_in_on_a_page_opens_nothing_here(worker: Login):
    assert worlds.enter(worker).get("/api/needs").status_code == 401


def test_a_key_is_made_shown_once_and_taken_back(worker: Login):
    client = worlds.enter(worker)
    form = {"operation_id": uuid4(), "name": "街道台账", "scopes": ["need.list"], "days": "30"}
    made = client.post(reverse("token_new"), form)
    secret = re.search(r"linli_[\w-]{43}", made.content.decode())
    assert secret is not None
    kept = ApiToken.objects.get()
    assert kept.digest == digest_of(secret[0])
    assert secret[0] not in client.get(reverse("tokens")).content.decode()
    assert ask("/api/needs", secret=secret[0]).status_code == 200
    stranger = worlds.enter(make.login("stranger", ("worker", make.TOWN)))
    revoke = reverse("token_revoke", args=[kept.uid])
    assert stranger.post(revoke, {"operation_id": uuid4()}).status_code == 404
    assert client.post(revoke, {"operation_id": uuid4()}).status_code == 302
    assert ask("/api/needs", secret=secret[0]).status_code == 401
    done = AuditRow.objects.filter(action__startswith="token.", outcome="done").values_list("action", flat=True)
    assert set(done) == {"token.make", "token.revoke"}
    assert not AuditRow.objects.filter(params__contains=secret[0]).exists()


def test_a_key_needs_a_fresh_factor_and_never_more_than_its_maker_may(worker: Login):
    stale = worlds.enter(worker, at=timezone.now() - timedelta(minutes=20))
    assert stale.get(reverse("token_new")).status_code == 403
    manager = worlds.enter(make.login("manager", ("org_manager", make.TOWN)))
    form = {"operation_id": uuid4(), "name": "x", "scopes": ["need.write"], "days": "30"}
    assert manager.post(reverse("token_new"), form).status_code == 422
    assert not ApiToken.objects.exists()


def test_every_operation_of_every_route_names_its_action():
    entries = [entry for entry in urlpatterns if entry.name != "api-root"]  # the page about it, for people
    for entry in entries:
        assert set(entry.callback.linli_actions.values()) <= set(ACTIONS), entry.name
    declared = {str(e.pattern): e.callback.linli_actions for e in entries}
    assert declared["needs"] == {"GET": "need.list", "POST": "need.write"}
    assert Client().get("/api/openapi.json").json()["openapi"].startswith("3.")


@pytest.fixture
def open_connection() -> Iterator[None]:
    """A server closes old connections around a request; here the test's own transaction runs on it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("open_connection")
def test_requests_made_from_the_schema_never_break_it(worker: Login, qian: Person):
    """Schemathesis draws requests for every operation, good and bad; answers keep to the schema and none is a 5xx."""
    token(worker)
    worlds.need(qian)
    known = {"person": str(qian.uid), "uid": str(worlds.flag(qian).uid)}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler())
    seen: dict[str, set[int]] = {}

    def keeps_to_the_schema(case: Any) -> None:
        case.headers["Authorization"] = f"Bearer {SECRET}"
        if "uid" in case.path_parameters and len(seen) % 2:
            case.path_parameters["uid"] = known["uid"]
        if isinstance(case.body, dict) and "person" in case.body:
            case.body["person"] = known["person"]
        answer = case.call()
        case.validate_response(answer, checks=[getattr(schemathesis.checks, name) for name in CHECKS])
        seen.setdefault(case.operation.label, set()).add(answer.status_code)

    for found in schema.get_all_operations():
        BOUNDS(given(case=found.ok().as_strategy())(keeps_to_the_schema))()
    assert seen["GET /api/needs"] == {200}
    assert 201 in seen["POST /api/needs"]
    assert len(seen) == 3
