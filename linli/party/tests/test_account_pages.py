"""The door: passwords, codes, second factors, locks, idle sessions, and the demo's change of role."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client, TestCase
from django.urls import reverse

from linli.core.actor import system_actor
from linli.core.models import AuditRow
from linli.core.runs import DEMO, store_run
from linli.party.models import DoorTries, Login
from linli.party.queries_tokens import bearer_of
from linli.party.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clean_cache(db: None) -> None:
    cache.clear()


@pytest.fixture
def worker(db: None) -> Login:
    return make.login("worker", ("worker", make.TOWN), phone="19900000001")


def sign_in(client: Client, username: str = "worker", password: str = make.PASSWORD, **rest: str) -> Any:
    return client.post(reverse("account_login"), {"login": username, "password": password} | rest)


def rows(action: str) -> list[tuple[str, Any]]:
    return list(AuditRow.objects.filter(action=action).order_by("number").values_list("outcome", "object_uid"))


def code_now(secret: str) -> str:
    """What the telephone's program shows at this moment."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def set_up_totp(client: Client) -> str:
    """Set a second factor up as a person would, and give its secret."""
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page.content.decode()).group(1)  # type: ignore[union-attr]
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer.status_code == 302, answer.content.decode()
    answer.wsgi_request.session.save()  # inside a test's transaction “on commit” comes after the answer
    return secret


def test_a_password_opens_and_leads_to_the_second_factor(client: Client, worker: Login):
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, reverse("mfa_index"))
    assert rows("account.login") == [("done", worker.uid)]
    assert "linli_second_factor_at" not in client.session


def test_a_wrong_password_is_recorded_without_what_was_typed(client: Client, worker: Login):
    answer = sign_in(client, password="wrong-and-secret")
    assert answer.status_code == 200
    assert "用户名或密码不对" in answer.content.decode()
    sign_in(client, username="nobody-here", password="wrong-and-secret")
    assert rows("account.login") == [("failed", worker.uid), ("failed", None)]
    stored = str(list(AuditRow.objects.values()))
    assert "wrong-and-secret" not in stored
    assert "nobody-here" not in stored


def test_five_failures_lock_for_a_quarter_of_an_hour(client: Client, worker: Login):
    for _ in range(5):
        sign_in(client, password="wrong")
    until = DoorTries.objects.get().locked_until
    assert until is not None
    assert rows("account.lock") == [("done", worker.uid)]
    locked = sign_in(client)
    assert "先停 15 分钟" in locked.content.decode()
    cache.clear()
    assert sign_in(client).status_code == 200, "the lock is in the database, not only in the cache"
    with time_machine.travel(until + timedelta(seconds=1), tick=False):
        assert sign_in(client).status_code == 302
    assert not DoorTries.objects.exists(), "who came in starts again"


@pytest.mark.parametrize("way", ["worker", "19900000001"])
def test_failures_from_one_address_lock_nobody_elsewhere(client: Client, worker: Login, way: str):
    make.token(worker, "program", expires_at=datetime.now(UTC) + timedelta(days=9))
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(7):
        sign_in(elsewhere, username=way, password="wrong")
    assert sign_in(elsewhere, username=way).status_code == 200
    assert bearer_of("program", datetime.now(UTC)) is not None
    assert sign_in(client, username=way).status_code == 302
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7"), username=way).status_code == 200, "still locked there"


def test_one_machine_has_a_whole_network_of_addresses(worker: Login):
    for last in range(5):
        sign_in(Client(REMOTE_ADDR=f"2001:db8::{last}"), password="wrong")
    assert sign_in(Client(REMOTE_ADDR="2001:db8::99")).status_code == 200
    assert sign_in(Client(REMOTE_ADDR="2001:db8:1::1")).status_code == 302
    assert "2001" not in str(list(DoorTries.objects.values()))


def test_an_unknown_name_is_answered_like_a_known_one(client: Client, worker: Login):
    known = [sign_in(client, password="wrong").content for _ in range(6)]
    cache.clear()
    unknown = [sign_in(client, username="strangers", password="wrong").content for _ in range(6)]

    def bare(page: bytes) -> str:
        return re.sub(r'(value="[^"]*"|nonce="[^"]*")', "", page.decode())

    assert list(map(bare, known)) == list(map(bare, unknown))


def test_an_inactive_login_stays_outside(client: Client, worker: Login):
    Login.objects.update(is_active=False)
    answer = sign_in(client)
    assert answer["Location"] == reverse("account_inactive")
    assert client.get(answer["Location"]).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_one_time_password_must_be_changed_first(client: Client, worker: Login):
    Login.objects.update(must_change_password=True)
    sign_in(client)
    assert client.get(reverse("account"))["Location"] == reverse("account_change_password")
    fresh = "ling-li-shi-hao-72"
    given = {"oldpassword": make.PASSWORD, "password1": fresh, "password2": fresh}
    answer = client.post(reverse("account_change_password"), given)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    worker.refresh_from_db()
    assert worker.must_change_password is False
    assert worker.check_password(fresh)
    assert worker.password.startswith("argon2")
    assert client.get(reverse("account")).status_code == 200


def test_ones_own_new_password_ends_the_keys_made_before(client: Client, worker: Login):
    make.token(worker, "thief", expires_at=datetime.now(UTC) + timedelta(days=9))
    sign_in(client)
    fresh = "ling-li-shi-hao-72"
    given = {"oldpassword": make.PASSWORD, "password1": fresh, "password2": fresh}
    assert bearer_of("thief", datetime.now(UTC)) is not None
    assert client.post(reverse("account_change_password"), given).status_code == 302
    assert bearer_of("thief", datetime.now(UTC)) is None
    assert rows("account.password") == rows("token.revoke") == [("done", worker.uid)]
    assert client.get(reverse("account")).status_code == 200, "this session goes on"


def test_a_factor_taken_away_ends_the_keys(client: Client, worker: Login):
    sign_in(client)
    set_up_totp(client)
    make.token(worker, "thief", expires_at=datetime.now(UTC) + timedelta(days=9))
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert bearer_of("thief", datetime.now(UTC)) is None
    assert ("done", worker.uid) in rows("account.factor_removed")


def test_the_second_factor_is_asked_and_noted(client: Client, worker: Login):
    sign_in(client)
    secret = set_up_totp(client)
    assert rows("account.factor_added")[0] == ("done", worker.uid)
    client.post(reverse("account_logout"))
    assert rows("account.logout") == [("done", worker.uid)]
    assert sign_in(client)["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert rows("account.second_factor") == [("failed", worker.uid)]
    with time_machine.travel(timedelta(minutes=2)):
        assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)}).status_code == 302
        assert "linli_second_factor_at" in client.session
        assert client.get(reverse("account")).status_code == 200


def test_a_factor_shown_by_one_login_never_counts_for_another(client: Client, worker: Login):
    make.login("other", ("worker", make.TOWN))
    sign_in(client)
    secret = set_up_totp(client)
    client.post(reverse("account_logout"))
    sign_in(client)
    with time_machine.travel(timedelta(minutes=2)):
        client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
        assert "linli_second_factor_at" in client.session
        client.post(reverse("account_logout"))
        sign_in(client, username="other")
        assert "linli_second_factor_at" not in client.session


def test_secrets_of_second_factors_lie_encrypted(client: Client, worker: Login):
    sign_in(client)
    secret = set_up_totp(client)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def sign_in_with(client: Client, secret: str) -> None:
    """Password and second factor, as on another day."""
    client.post(reverse("account_logout"))
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)}).status_code == 302


def test_confirming_again_makes_the_factor_fresh_and_goes_back(client: Client, worker: Login):
    sign_in(client)
    secret = set_up_totp(client)
    with time_machine.travel(timedelta(minutes=2)):
        sign_in_with(client, secret)
        first = client.session["linli_fresh_factor_at"]
    step = client.get(reverse("step_up") + "?next=/me/")
    assert step["Location"] == reverse("mfa_reauthenticate") + "?next=%2Fme%2F"
    assert client.get(step["Location"]).status_code == 200
    with time_machine.travel(timedelta(minutes=20)):
        answer = client.post(step["Location"], {"code": code_now(secret), "next": "/me/"})
        assert (answer.status_code, answer["Location"]) == (302, "/me/")
    assert client.session["linli_fresh_factor_at"] > first
    assert rows("account.step_up") == [("done", worker.uid)]


def test_a_new_factor_is_not_fresh_in_the_session_that_made_it(client: Client, worker: Login):
    sign_in(client)
    secret = set_up_totp(client)
    assert "linli_second_factor_at" in client.session
    assert "linli_fresh_factor_at" not in client.session
    with time_machine.travel(timedelta(minutes=2)):
        shown = client.post(reverse("mfa_reauthenticate"), {"code": code_now(secret), "next": "/me/"}, follow=True)
        assert "要退出再登录一次" in shown.content.decode()
        assert "linli_fresh_factor_at" not in client.session
    with time_machine.travel(timedelta(minutes=4)):
        sign_in_with(client, secret)
        assert "linli_fresh_factor_at" in client.session


def recovery_code(login: Login, number: int = 0) -> str:
    codes = Authenticator.objects.get(user=login, type="recovery_codes").wrap()
    return str(codes.get_unused_codes()[number])  # type: ignore[attr-defined]


def test_a_recovery_code_is_never_fresh_but_lets_a_lost_phone_be_replaced(client: Client, worker: Login):
    sign_in(client)
    set_up_totp(client)
    client.post(reverse("account_logout"))
    sign_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": recovery_code(worker)}).status_code == 302
    assert "linli_second_factor_at" in client.session
    assert "linli_fresh_factor_at" not in client.session
    shown = client.post(reverse("mfa_reauthenticate"), {"code": recovery_code(worker), "next": "/me/"}, follow=True)
    assert "恢复码打不开" in shown.content.decode()
    assert "linli_fresh_factor_at" not in client.session
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.exists()


FACTOR_PAGES = ("mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes")
FACTOR_PAGES += ("mfa_add_webauthn",)


@pytest.mark.parametrize("name", FACTOR_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_password_does_not_replace_a_second_factor(client: Client, worker: Login, name: str, method: str):
    sign_in(client)
    set_up_totp(client)
    before = list(Authenticator.objects.order_by("pk").values_list("pk", "data"))
    with time_machine.travel(timedelta(minutes=16)):
        client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
        answer = getattr(client, method)(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"] == reverse("step_up") + "?next=" + quote(reverse(name), safe="")
    assert list(Authenticator.objects.order_by("pk").values_list("pk", "data")) == before


@pytest.mark.parametrize("name", ["mfa_remove_webauthn", "mfa_edit_webauthn"])
def test_a_password_takes_no_passkey_away(client: Client, worker: Login, name: str):
    sign_in(client)
    set_up_totp(client)
    with time_machine.travel(timedelta(minutes=16)):
        client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
        answer = client.post(reverse(name, kwargs={"pk": 1}))
        assert answer["Location"].startswith(reverse("step_up"))


def test_new_recovery_codes_are_recorded(client: Client, worker: Login):
    sign_in(client)
    set_up_totp(client)
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    assert rows("account.factor_renewed") == [("done", worker.uid)]
    assert "linli_fresh_factor_at" not in client.session


@pytest.fixture
def demo(settings: Any) -> None:
    """The demo county: asked for, and made by its run."""
    settings.LINLI_DEMO = True
    store_run(system_actor("demo", make.NOW), engine=DEMO, version="1", digest="", options={}, report={})


def test_going_back_stays_in_the_house(client: Client, worker: Login, demo: None):
    sign_in(client)
    assert client.post(reverse("step_up"), {"next": "https://evil.example/"})["Location"] == "/"


def test_without_a_second_factor_one_is_led_to_set_it_up(client: Client, worker: Login):
    sign_in(client)
    assert client.get(reverse("step_up"))["Location"] == reverse("mfa_index")


def test_an_idle_session_ends(client: Client, worker: Login):
    sign_in(client)
    assert client.get(reverse("account")).status_code == 200
    with time_machine.travel(timedelta(minutes=61)):
        sent_away = client.get(reverse("account"))
        assert sent_away["Location"] == reverse("account_login") + "?next=/me/"
        assert sent_away["Cache-Control"] == "no-store"
        assert "Content-Security-Policy" in sent_away
        assert "_auth_user_id" not in client.session


def test_a_code_by_telephone_opens(client: Client, worker: Login, settings: Any, capsys: Any):
    settings.LINLI_DEMO, settings.LINLI_SMS = True, "linli.party.sms.ConsoleSender"
    settings.ACCOUNT_LOGIN_BY_CODE_ENABLED = True
    assert client.get(reverse("account_request_login_code")).status_code == 200
    asked = client.post(reverse("account_request_login_code"), {"phone": "+86 199 0000 0001"})
    assert asked["Location"] == reverse("account_confirm_login_code")
    sent = capsys.readouterr().err
    assert "19900000001" in sent
    code = re.search(r"登录码 (\S+?)，", sent).group(1)  # type: ignore[union-attr]
    assert client.get(asked["Location"]).status_code == 200
    assert client.post(asked["Location"], {"code": code}).status_code == 302
    worker.refresh_from_db()
    assert worker.phone_verified
    assert rows("account.phone") == [("done", worker.uid)]
    assert rows("account.login") == [("done", worker.uid)]
    assert "linli_second_factor_at" not in client.session, "a text message is no second factor"


def test_a_stranger_asking_for_a_code_is_answered_alike_and_gets_none(
    client: Client, worker: Login, settings: Any, capsys: Any
):
    settings.LINLI_DEMO, settings.LINLI_SMS = True, "linli.party.sms.ConsoleSender"
    asked = client.post(reverse("account_request_login_code"), {"phone": "19900009999"})
    assert asked["Location"] == reverse("account_confirm_login_code")
    assert capsys.readouterr().err == ""


def test_without_a_sender_there_are_no_codes(client: Client, settings: Any):
    settings.LINLI_SMS = ""
    assert client.get(reverse("account_request_login_code")).status_code == 404


def test_the_demos_change_of_role_exists_in_the_demo_only(client: Client, worker: Login, settings: Any):
    settings.LINLI_DEMO = False
    assert client.get(reverse("demo_switch")).status_code == 404
    assert client.post(reverse("demo_enter"), {"username": "worker"}).status_code == 404
    settings.LINLI_DEMO = True
    assert client.get(reverse("demo_switch")).status_code == 404, "a real county, whatever the environment says"
    assert client.post(reverse("demo_enter"), {"username": "worker"}).status_code == 404
    store_run(system_actor("demo", make.NOW), engine=DEMO, version="1", digest="", options={}, report={})
    assert "worker" in client.get(reverse("demo_switch")).content.decode()
    assert client.post(reverse("demo_enter"), {"username": "worker"})["Location"] == "/"
    assert "linli_second_factor_at" in client.session
    assert rows("account.switch") == [("done", worker.uid)]
    assert client.post(reverse("demo_enter"), {"username": "nobody"}).status_code == 404


def test_a_tick_stands_before_its_words_and_hints_say_you_alike(client: Client, worker: Login):
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": make.PASSWORD})
    form = client.get(reverse("mfa_add_webauthn")).content.decode()
    assert re.search(r'<label class="opt" for="id_passwordless"><input type="checkbox"[^>]*><span>', form)
    assert "您" not in form + client.get(reverse("account_change_password")).content.decode()


SHOWN = ["mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn"]
SHOWN += ["mfa_deactivate_totp", "mfa_reauthenticate", "account_reauthenticate", "account_change_password", "account"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_own_pages_show(client: Client, worker: Login, language: str):
    sign_in(client)
    set_up_totp(client)
    for name in SHOWN:
        assert client.get(reverse(name), headers={"accept-language": language}).status_code == 200, name
