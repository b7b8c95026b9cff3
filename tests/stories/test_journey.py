"""The whole way: a stranger in the demo takes four messy lists to an answered referral and opens a county figure."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.matching.models import Proposal, Referral
from linli.need.models import Flag, Need
from linli.party.models import Fact, Person
from linli.web.demo import load
from tests.stories import county, steps
from tests.stories.county import Listed
from tests.stories.walk import Walk

YIN = Listed("殷素珍", "999999194408172460", "00055500682", "9幢101")
LUO = Listed("骆守义", "999999194209062330", "00055500612", "9幢203")
YAN = Listed("阎文彬", "999999196102281516", "00055500619", "")
LEAD, OFFICER = "陆明远", "周以宁"


@pytest.fixture
def demo(walk: Walk, settings: Any, tmp_path: Path) -> load.DemoReport:
    """The demo county as `linli demo` makes it, small."""
    settings.LINLI_DEMO, settings.HOME = True, tmp_path
    return load.load(100, 1, county.today() - timedelta(days=1))


@pytest.mark.mechanism(37, 38)
def test_a_stranger_takes_four_lists_to_a_referral_and_opens_a_county_figure(walk: Walk, demo: load.DemoReport):
    """Given the demo, one click lets a stranger in; from there buttons and links lead all the way."""
    walk.arrive()
    walk.open("/")
    assert walk.path == "/demo/" and "人和事都是编的" in walk.text
    walk.press(LEAD)
    when_four_lists_are_imported(walk)
    need = when_a_flag_is_confirmed(walk)
    referral = when_a_proposal_is_accepted(walk, need)
    then_the_county_figure_holds(walk, need, rule="WAIT-1", figure="waiting")

    walk.open("/demo/")
    walk.press(LEAD)
    walk.open(f"/referrals/{referral.uid}/")
    walk.press("记下", to_state="accepted", note="周三去")
    referral.refresh_from_db()
    assert referral.state == "accepted"
    then_the_county_figure_holds(walk, need, rule="SERVE-1", figure="served")


def when_four_lists_are_imported(walk: Walk) -> None:
    """Choose, look at the columns, look at the faults, confirm, take the receipt."""
    known = Person.objects.count()
    walk.open("/imports/")
    walk.press("传上去", county.four_lists(YIN, LUO, YAN))
    batch = walk.path
    walk.open(f"{batch}?step=columns")
    assert "公民身份号码" in walk.text and "这一列是" in walk.text
    walk.press("照这样再检查一遍")
    assert walk.path == batch and "还没有写进任何记录" in walk.text
    assert "不能导入" in walk.text, "the row without name, number and date is shown before anything is written"
    assert not Person.objects.filter(name=YIN.name).exists()
    walk.press("导入")
    assert "7 行进来了：新来 3 人，对上已有的 0 人" in walk.text
    assert Person.objects.count() == known + 3
    told = Fact.objects.filter(person__name=YIN.name, field="id_no")
    assert told.count() == 4, "four lists' words about one woman"


def when_a_flag_is_confirmed(walk: Walk) -> Need:
    """The list of flags names nobody; who takes one reads the reason and decides."""
    flag = Flag.objects.get(person__name=YAN.name, rule="mla_missed")
    walk.follow("看找出来的线索")
    assert YAN.name not in walk.text and "要看原因，先领下" in walk.text
    walk.open(f"/flags/{flag.uid}/")
    assert walk.status == 404
    walk.open("/flags/")
    walk.press("领下", one=flag.uid)
    walk.open(f"/flags/{flag.uid}/")
    assert YAN.name in walk.text and "家庭人均月收入 620 元，低于低保标准" in walk.text
    walk.press("确认")
    return Need.objects.get(flag=flag)


def when_a_proposal_is_accepted(walk: Walk, need: Need) -> Referral:
    """The machine ranks with reasons; the lead decides, with consent."""
    steps.propose_again(walk)
    best = Proposal.objects.filter(need=need, state="open").order_by("rank").first()
    assert best is not None
    walk.open(f"/proposals/{need.uid}/")
    assert best.offer.name in walk.text and "怎么排的" in walk.text
    steps.accept(walk, need, best)
    referral = Referral.objects.get(need=need)
    assert walk.path == f"/referrals/{referral.uid}/" and best.offer.name in walk.text
    return referral


def then_the_county_figure_holds(walk: Walk, need: Need, *, rule: str, figure: str) -> None:
    """Another click, another person: from the county's number down to this record, its rule and what is left out."""
    walk.open("/demo/")
    walk.press(OFFICER)
    walk.open("/county/")
    walk.follow("", to=f"/county/999981/{figure}/")
    counted, left, whole = sums(walk.text)
    assert counted + left == whole and rule in walk.text
    assert need.number in walk.text and YAN.name not in walk.text
    walk.follow("", to="?why=")
    assert "没数进来的" in walk.text and need.number not in walk.text
    assert sums(walk.text) == (counted, left, whole)
    walk.open(walk.path)
    walk.follow("随机抽 10 条")
    assert "谁来抽都一样" in walk.text


def sums(text: str) -> tuple[int, int, int]:
    """What the page says: counted, left out, all."""
    found = re.search(r"(\d+) \+ (\d+) = (\d+) 条，范围里的都在这里", text)
    assert found, text
    return int(found[1]), int(found[2]), int(found[3])
