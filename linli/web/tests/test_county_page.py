"""The overview and its figures opened: who may, no names, reasons, samples, the table to take away."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.core.models import AuditRow
from linli.need.models import Need
from linli.party.tests import make
from linli.web.presenters_county import SORTS
from linli.web.tests import make as worlds

pytestmark = pytest.mark.django_db
CODE = "999981"
NAMES = ("钱桂芳", "周玉凤")


@pytest.fixture
def county(db: None) -> Client:
    """An officer's browser; two people wait, one is served, one flag stands."""
    worlds.places()
    qian, zhou = make.person(NAMES[0]), make.person(NAMES[1], place_path=make.NEXT_TOWN)
    worlds.need(qian, days=40)
    worlds.need(qian, "closed")
    worlds.need(zhou, days=4)
    worlds.referral(worlds.need(zhou, "referred", days=6), "accepted")
    worlds.flag(qian)
    return worlds.enter(make.login("officer", ("county", make.COUNTY)))


def see(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def figure(code: str, place: str = CODE, query: str = "") -> str:
    return reverse("county_figure", kwargs={"figure": code, "code": place}) + query


def test_the_overview_says_who_waits_longest_and_every_number_opens(county: Client):
    text = see(county, reverse("county"))
    assert "等得最久的是<strong>柳浜镇</strong>" in text
    assert "2 个村居里 1 个没有服务点" in text
    assert not any(name in text for name in NAMES)
    links = set(re.findall(r'class="fig" href="([^"]+)"', text))
    assert len(links) > 12
    for link in links:
        see(county, link.replace("&amp;", "&"))


def test_one_goes_down_from_county_to_town_to_community(county: Client):
    down = reverse("county_place", kwargs={"code": "999981001"})
    assert down in see(county, reverse("county"))
    further = reverse("county_place", kwargs={"code": "999981001201"})
    assert further in see(county, down)
    assert "柳园社区" in see(county, further)


@pytest.mark.parametrize("by", SORTS)
def test_the_table_is_ordered_by_any_column(county: Client, by: str):
    text = see(county, reverse("county") + f"?sort={by}&unit=records")
    assert text.count("aria-sort=") == 1
    rows = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', text)
    first = "白荡镇" if by == "served" else "柳浜镇"
    assert rows[0] == first or by in ("on_file", "workers", "latest")


def test_a_figure_says_its_rule_and_adds_up(county: Client):
    text = see(county, figure("waiting"))
    assert "WAIT-1" in text
    assert "2 + 2 = 4 条" in text
    assert "已转介，对方已接下" in text
    assert not any(name in text for name in NAMES)
    assert AuditRow.objects.filter(action="county.records", outcome="read").count() == 1
    left = see(county, figure("waiting", query="?why=taken_on"))
    assert "没数进来的 1 条：已转介，对方已接下" in left


def test_what_lies_in_no_place_below_opens_by_itself(county: Client):
    worlds.need(make.person("没写", place_path=make.COUNTY))
    assert "part=rest" in see(county, reverse("county"))
    assert "1 + 0 = 1 条" in see(county, figure("waiting", query="?part=rest"))


def test_a_sample_shows_its_seed(county: Client):
    one, other = see(county, figure("waiting", query="?seed=7")), see(county, figure("waiting", query="?seed=7"))
    numbers = r'class="code nb">([^<]+)<'
    assert "随机抽到的 2 条" in one
    assert re.findall(numbers, one) == re.findall(numbers, other)


def test_the_table_to_take_away_holds_every_record_and_no_name(county: Client):
    answer = county.get(reverse("county_figure_csv", kwargs={"figure": "waiting", "code": CODE}))
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4
    assert [row["算进 counted"] for row in rows].count("1") == 2
    assert not any(name in text for name in NAMES)
    assert AuditRow.objects.filter(action="county.export", outcome="read").count() == 1


@pytest.mark.parametrize("code", ["waiting", "missed", "on_file"])
def test_an_auditor_sees_of_a_record_neither_kind_nor_number(county: Client, code: str):
    auditor = worlds.enter(make.login("auditor", ("auditor", make.COUNTY)))
    numbers = r'class="code nb">([^<]+)<'
    theirs, ours = see(auditor, figure(code)), see(county, figure(code))
    assert set(re.findall(numbers, theirs)) == {"–"} and "–" not in re.findall(numbers, ours)
    assert "标“–”的记录" in theirs and "标“–”的记录" not in ours
    assert len(re.findall(numbers, theirs)) == len(re.findall(numbers, ours)) > 0
    kinds = {"waiting": "助餐", "missed": "可能漏掉"}
    if code in kinds:
        assert f"<td>{kinds[code]}</td>" in ours and f"<td>{kinds[code]}</td>" not in theirs
    answer = auditor.get(reverse("county_figure_csv", kwargs={"figure": code, "code": CODE}))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {(row["编号 number"], row["类别代码 kind"], row["类别 kind in words"]) for row in rows} == {("", "", "")}
    assert all(row["记录 uid"] and row["地方代码 place"] for row in rows)


def test_who_is_kept_away_from_somebody_sees_no_record_of_hers(county: Client):
    lead = make.login("lead", ("lead", make.COUNTY))
    hers = Need.objects.filter(state="open").order_by("opened_at").first()
    make.exclusion(hers.subject_uid, login=lead)
    text = see(worlds.enter(lead), figure("waiting"))
    assert hers.number not in text


def test_taking_it_away_needs_a_fresh_factor(county: Client):
    stale = worlds.enter(make.login("stale", ("county", make.COUNTY)), at=timezone.now() - timedelta(minutes=20))
    assert stale.get(figure("waiting")).status_code == 200
    assert stale.get(reverse("county_figure_csv", kwargs={"figure": "waiting", "code": CODE})).status_code == 403


def test_without_a_second_factor_no_figure_is_shown_smaller_than_it_is(county: Client):
    bare = worlds.enter(make.login("bare", ("county", make.COUNTY)), factor=False)
    for url in (reverse("county"), figure("on_file")):
        assert bare.get(url).status_code == 403


def test_a_lead_sees_the_own_town_and_no_further(county: Client):
    lead = worlds.enter(make.login("lead", ("lead", make.TOWN)))
    assert "柳浜镇合计" in see(lead, reverse("county"))
    for code in (CODE, "999981002"):
        assert lead.get(reverse("county_place", kwargs={"code": code})).status_code == 403
        assert lead.get(figure("waiting", code)).status_code == 403


def test_workers_and_strangers_are_refused(county: Client):
    worker = worlds.enter(make.login("worker", ("worker", make.COUNTY)))
    assert worker.get(reverse("county")).status_code == 403
    assert worker.get(figure("waiting")).status_code == 403
    assert Client().get(reverse("county")).status_code == 302


@pytest.mark.parametrize("url", ["/county/999981/nonsense/", "/county/nowhere/waiting/", "/county/nowhere/"])
def test_what_is_not_there_is_not_found(county: Client, url: str):
    assert county.get(url).status_code == 404


def test_a_county_without_anybody_says_what_to_do(db: None):
    worlds.places()
    text = see(worlds.enter(make.login("officer", ("county", make.COUNTY))), reverse("county"))
    assert "还没有人在册" in text
    assert reverse("imports") in text
