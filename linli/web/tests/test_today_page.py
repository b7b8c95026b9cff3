"""Home by role and Today: what is due for whom, why it is first, and nothing that is not one's own."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from linli.core.actor import system_actor
from linli.core.models import AuditRow, Notice
from linli.core.runs import DEMO, store_run
from linli.party.models import Login, Person
from linli.party.tests import make
from linli.web.tests import make as worlds

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(db: None) -> Login:
    worlds.places()
    return make.login("worker", ("worker", make.TOWN))


@pytest.fixture
def qian(worker: Login) -> Person:
    """Somebody this worker looks after."""
    person = make.person("钱桂芳", birth_year=1944)
    make.tie(worker, person.uid)
    return person


def see(login: Login, url: str = "", **how: bool) -> str:
    answer = worlds.enter(login, **how).get(url or reverse("today"))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("worker", "today"), ("lead", "today"), ("supervisor", "today"), ("grid", "today"), ("secretary", "today"),
        ("county", "county"), ("auditor", "county"), ("security_admin", "rights"), ("audit_admin", "rights"),
        ("system_admin", "welcome"), ("volunteer", "welcome"), ("org_manager", "welcome"), ("resident", "welcome"),
        ("donor", "welcome"),
    ],
)  # fmt: skip
def test_each_role_lands_on_a_page_it_may_see(role: str, page: str):
    worlds.places()
    make.login("head", ("lead", make.TOWN))
    client = worlds.enter(make.login("one", (role, make.COUNTY)))
    assert client.get(reverse("landing"))["Location"] == reverse(page)
    assert client.get(reverse(page)).status_code == 200


def test_in_a_new_instance_the_security_administrator_is_shown_the_first_steps():
    worlds.places()
    client = worlds.enter(make.login("one", ("security_admin", make.COUNTY)))
    assert client.get(reverse("landing"))["Location"] == reverse("welcome")
    steps = client.get(reverse("welcome")).content.decode()
    assert [steps.count(f'href="{reverse(name)}"') for name in ("mfa_index", "login_new")] == [1, 1]
    assert "请另一位安全管理员批准" in steps
    make.login("officer", ("county", make.COUNTY))
    assert "请另一位安全管理员批准" not in client.get(reverse("welcome")).content.decode()
    assert client.get(reverse("landing"))["Location"] == reverse("rights")


def test_who_keeps_the_server_is_told_its_commands():
    worlds.places()
    told = see(make.login("one", ("system_admin", make.COUNTY)), reverse("welcome"))
    assert "linli backup" in told and "打电话或到站里" not in told


def test_who_is_not_signed_in_is_led_to_the_door():
    assert Client().get("/")["Location"] == reverse("account_login")
    with override_settings(LINLI_DEMO=True):
        assert Client().get("/")["Location"] == reverse("account_login"), "no demo county stands here"
        store_run(system_actor("demo", make.NOW), engine=DEMO, version="1", digest="", options={}, report={})
        assert Client().get("/")["Location"] == reverse("demo_switch")


def test_welcome_names_only_what_the_role_can_do():
    manager = see(make.login("manager", ("org_manager", make.COUNTY)), reverse("welcome"))
    donor = see(make.login("donor", ("donor", make.COUNTY)), reverse("welcome"))
    assert reverse("referrals") in manager
    assert reverse("offers_import") in manager
    assert reverse("referrals") not in donor
    assert reverse("offers") not in donor


def test_what_must_be_today_comes_before_what_is_late(worker: Login, qian: Person):
    worlds.need(qian, code="meal", level=3, due_on=worlds.today() - timedelta(days=9))
    worlds.need(qian, code="safety", level=1, due_on=worlds.today() - timedelta(days=1))
    worlds.need(qian, code="visit", level=2, due_on=worlds.today())
    worlds.need(qian, code="company", level=4, due_on=worlds.today() + timedelta(days=3))
    worlds.need(qian, code="legal", level=4, due_on=worlds.today() + timedelta(days=30))
    text = see(worker)
    assert "到今天有 3 件事" in text
    assert "1 件必须今天办" in text
    order = [text.index(f"钱桂芳，{kind}") for kind in ("安全保护", "助餐", "探访关爱", "陪伴")]
    assert order == sorted(order)
    assert "法律援助" not in text
    assert "另有 1 件在七天以后" in text
    assert text.count("btn primary") == 1
    by_time = see(worker, reverse("today") + "?by=time")
    assert by_time.index("助餐") < by_time.index("安全保护") < by_time.index("探访关爱")


def test_each_thing_says_why_and_leads_to_its_page(worker: Login, qian: Person):
    need = worlds.need(qian, level=2, due_on=worlds.today() - timedelta(days=2))
    waiting = worlds.need(qian, code="bath", due_on=worlds.today())
    worlds.proposal(waiting)
    sent = worlds.referral(worlds.need(qian, "referred", code="rehab"), due_on=worlds.today() - timedelta(days=1))
    flag = worlds.flag(qian, rule="missed-x", rule_version="3")
    text = see(worker)
    for url in (
        reverse("need", args=[need.uid]),
        reverse("need_proposals", args=[waiting.uid]),
        reverse("referral", args=[sent.uid]),
        reverse("flag", args=[flag.uid]),
    ):
        assert f'href="{url}"' in text
    assert "有 1 个建议等你定" in text
    assert "2 级，3 天内" in text
    assert "规则：转介 3 个工作日内答复" in text
    assert "晚了 2 天" in text
    read = AuditRow.objects.get(action="need.read", object_uid=qian.uid)
    assert (read.object_kind, json.loads(read.params)) == ("person", {"on": "today"})


def test_others_people_and_excluded_people_are_not_there(worker: Login, qian: Person):
    worlds.need(make.person("吴阿根"), due_on=worlds.today())
    worlds.need(qian, due_on=worlds.today())
    make.exclusion(qian.uid, login=worker)
    text = see(worker)
    assert "吴阿根" not in text
    assert "钱桂芳" not in text
    assert "手上没有到期的事" in text


def test_without_a_second_factor_it_says_how_much_is_not_shown(worker: Login, qian: Person):
    worlds.need(qian, due_on=worlds.today())
    text = see(worker, factor=False)
    assert "钱桂芳" not in text
    assert "你手上还有 1 件有敏感内容的事" in text
    assert reverse("step_up") in text
    assert "手上没有到期的事" not in text
    bare = worlds.enter(worker, factor=False)
    assert bare.get(reverse("today_figure", args=["in_hand"])).status_code == 403


def test_flags_nobody_has_taken_are_counted_and_not_named(worker: Login, qian: Person):
    worlds.flag(make.person("吴阿根"))
    worlds.flag(qian)
    text = see(worker)
    assert "你这里有 1 条线索，还没有人去看" in text
    assert "吴阿根" not in text


def test_figures_of_the_margin_open(worker: Login, qian: Person):
    worlds.need(qian, days=0)
    worlds.referral(worlds.need(qian, "referred", code="rehab", days=0), "accepted")
    worlds.need(qian, "closed", days=0)
    text = see(worker)
    links = re.findall(r'class="fig" href="([^"]+)"', text)
    assert len(links) == 4
    opened = see(worker, reverse("today_figure", args=["in_hand"]))
    assert "2 + 1 = 3 条" in opened
    assert "办结了" in opened
    assert "钱桂芳" not in opened
    for link in links:
        see(worker, link)
    assert worlds.enter(worker).get(reverse("today_figure", args=["nonsense"])).status_code == 404


def test_a_long_band_shows_its_first_and_then_all(worker: Login, qian: Person):
    for _ in range(15):
        worlds.need(qian, due_on=worlds.today() - timedelta(days=1))
    text = see(worker)
    assert "另有 3 件，接着看" in text
    assert see(worker, reverse("today") + "?show=late").count("晚了 1 天") == 15


def test_notices_are_shown_until_put_away(worker: Login):
    given = {"login_uid": worker.uid, "code": "need.screened", "params": {"new": 4}, "link": "/flags/"}
    mine = Notice.objects.create(created_at=timezone.now(), **given)
    others = Notice.objects.create(created_at=timezone.now(), **{**given, "login_uid": qian_uid()})
    client = worlds.enter(worker)
    assert "有 4 条新线索" in client.get(reverse("today")).content.decode()
    sent = {"notice": [str(mine.uid), str(others.uid), "nonsense"]}
    assert client.post(reverse("notices_read"), sent).status_code == 302
    assert "有 4 条新线索" not in client.get(reverse("today")).content.decode()
    assert Notice.objects.get(pk=others.pk).read_at is None


def qian_uid():
    return make.login("other").uid


def test_a_volunteer_has_no_today(worker: Login):
    client = worlds.enter(make.login("volunteer", ("volunteer", make.TOWN)))
    assert client.get(reverse("today")).status_code == 403
    assert Client().get(reverse("today")).status_code == 302
