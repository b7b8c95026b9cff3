"""36 共同一体, 37 精准识别, 48 救助与残障: from four messy lists to one person, flagged with reasons."""

from __future__ import annotations

import pytest

from linli.need.models import Flag, Need
from linli.party.models import Fact, GroupStatus, Person
from tests.stories import county, steps
from tests.stories.steps import HE, QIAN, SHEN
from tests.stories.walk import Walk


@pytest.mark.mechanism(36, 48)
def test_four_lists_become_one_record_that_everything_uses(walk: Walk):
    """Given four lists that write 钱桂芳 four ways, when the lead takes them in, there is one of her, and no copy."""
    steps.given_the_lists_are_in(walk)
    assert sorted(Person.objects.values_list("name", flat=True)) == sorted([QIAN, SHEN, HE])
    assert "不能导入的行1" in walk.text.replace(" ", "").replace("\n", "")

    qian = Person.objects.get(name=QIAN)
    sources = set(Fact.objects.filter(person=qian, field="id_no").values_list("source", flat=True))
    assert len(sources) == 4, "each list's word stands beside the others'"

    worker = county.worker()
    steps.take_all_flags(walk, worker)
    steps.write_need(walk, qian)
    assert walk.path.startswith("/needs/") and QIAN in walk.text
    steps_used = {flag.person.pk for flag in Flag.objects.filter(person__name=QIAN)} | {Need.objects.get().person.pk}
    assert steps_used == {qian.pk}

    walk.open(f"/people/{qian.uid}/")
    assert "低保" in walk.text and "20 天前到期" in walk.text, "the list says until when, and the page says it is over"
    assert GroupStatus.objects.filter(person=qian, group="MLA").get().source == "低保名册"
    assert "可能漏掉" in walk.text and "助浴" in walk.text


@pytest.mark.mechanism(37)
def test_a_flag_says_why_is_confirmed_into_a_need_and_a_wrong_one_does_not_come_back(walk: Walk):
    """Given flags from the lists, the worker confirms one and dismisses one; screening again asks neither."""
    lead = steps.given_the_lists_are_in(walk)
    worker = county.worker()
    walk.enter(worker)
    walk.open("/flags/")
    assert HE not in walk.text and "620" not in walk.text, "no name and no reason before somebody takes it"
    steps.take_all_flags(walk, worker)
    assert "家庭人均月收入 620 元，低于低保标准" in walk.text

    missed = Flag.objects.get(rule="mla_missed", person__name=HE)
    walk.open(f"/flags/{missed.uid}/")
    assert "620" in walk.text and "规则" in walk.text
    walk.press("确认")
    need = Need.objects.get(flag=missed)
    assert need.person.name == HE and need.code == "aid_guidance" and need.due_on is not None

    wrong = Flag.objects.get(person__name=QIAN, rule="eda_missed")
    walk.open(f"/flags/{wrong.uid}/")
    walk.press("否定", reason="")
    assert "请写一句为什么" in walk.text
    walk.press("否定", reason="评估过了，名册没跟上")
    wrong.refresh_from_db()
    assert wrong.state == "dismissed"

    walk.enter(lead)
    again = county.four_lists()
    steps.upload_and_confirm(walk, {"独居老人.csv": again["独居老人.csv"]})
    assert Person.objects.count() == 3, "the same people are met again"
    states = Flag.objects.filter(person__name=QIAN, rule="eda_missed").values_list("state", flat=True)
    assert list(states) == ["dismissed"]
    assert Flag.objects.filter(rule="mla_missed", person__name=HE).count() == 1


@pytest.mark.mechanism(48)
def test_what_has_run_out_is_flagged(walk: Walk):
    """Given a status that ended twenty days ago, the machine says so by name of the rule and a person decides."""
    steps.given_the_lists_are_in(walk)
    steps.take_all_flags(walk, county.worker())
    expired = Flag.objects.get(kind="expired", person__name=QIAN)
    assert expired.group == "MLA"
    walk.open(f"/flags/{expired.uid}/")
    assert "已经到期" in walk.text and "低保已到期" in walk.text
