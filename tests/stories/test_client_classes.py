"""49 服务各类人群: how many of each class have help and who waits; the county says what the classes are."""

from __future__ import annotations

import csv
import io

import pytest

from linli.core.models import AuditRow
from linli.party.models import GroupStatus, Person
from linli.party.tests import make
from linli.web.queries import client_classes
from tests.stories import county, steps
from tests.stories.walk import ByClient, Walk

POOR = ("殷素珍", "骆守义", "阎文彬", "戚桂兰", "史德昌", "柏月娥")
PLACE = "/county/999981/"


def given_six_with_the_allowance_and_two_disabled(walk: Walk) -> None:
    """Two departments' lists; one of the six is disabled too, one disabled man has no allowance."""
    county.places()
    until = f"{county.today().year + 1}.12.31"
    minimum = county.book(
        "柳浜镇最低生活保障对象名册",
        ("序号", "姓名", "出生日期", "性别", "家庭住址", "有效期至"),
        *((at, name, f"19{40 + at}-03-0{at}", "女", f"柳园社区{at}幢101室", until) for at, name in enumerate(POOR, 1)),
    )
    disabled = county.book(
        "残疾人基本情况表",
        ("编号", "残疾人姓名", "出生日期", "性别", "残疾类别", "残疾等级", "家庭住址"),
        ("A1", POOR[0], "1941-03-01", "女", "肢体", "一级", "柳园社区1幢101室"),
        ("A2", "何文斌", "1960-02-28", "男", "视力", "二级", "柳园社区9幢101室"),
    )
    walk.enter(county.lead())
    steps.upload_and_confirm(walk, {"低保名册.xlsx": minimum, "残联名册.xlsx": disabled})
    assert Person.objects.count() == 7
    assert GroupStatus.objects.filter(group="MLA").values("person").distinct().count() == 6


@pytest.mark.mechanism(49)
def test_the_county_counts_by_class_and_says_itself_what_the_classes_are(walk: Walk):
    """Twelve classes are there; small ones are not told; a figure opens; a new class counts at once, nobody twice."""
    given_six_with_the_allowance_and_two_disabled(walk)
    officer = make.login("officer", ("county", make.COUNTY), display_name="周以宁")
    walk.enter(officer)
    walk.open("/county/")
    walk.follow("按人群看")
    assert walk.path == f"{PLACE}classes/" and "12 个人群" in walk.text
    assert walk.line("低保对象")[1:3] == ["低保", "6"]
    assert walk.line("残疾人和精神障碍患者")[2] == "少于 5", "two disabled people are not told"
    assert "少于 5 人的格子不写数" in walk.text

    walk.follow("6", to="/on_file/?class=C01")
    assert "6 + 0 = 6 条" in walk.text and "FILE-1" in walk.text
    hers = list(POOR) + [str(uid)[:8] for uid in Person.objects.values_list("uid", flat=True)]
    assert [word for word in hers if word in walk.text] == [], "neither a name nor a number that leads to one"
    walk.open(f"{PLACE}on_file/?class=C05")
    assert walk.status == 403 and "少于 5 人" in walk.text

    walk.open("/classes/new/")
    given = {"name": "困难群众", "name_en": "People in hardship", "groups": ["MLA", "PWD"], "why": "县民政局会议"}
    walk.press("存下", **given)
    assert walk.path == "/classes/" and "低保、残疾人" in walk.text
    walk.open(f"{PLACE}classes/")
    assert walk.line("困难群众")[2] == "7", "six and two are seven: one of them is both"
    walk.follow("7", to="/on_file/?class=C13")
    assert "7 + 0 = 7 条" in walk.text and "困难群众" in walk.text
    assert AuditRow.objects.filter(action="class.write", outcome="done").count() == 1
    assert len(client_classes(None)) == 13


def test_the_table_to_take_away_says_as_little(transactional_db: None):
    """By the client only: the file holds the same numbers and the same silence."""
    walk = ByClient()
    given_six_with_the_allowance_and_two_disabled(walk)
    walk.enter(make.login("officer", ("county", make.COUNTY)))
    answer = walk._client.get(f"{PLACE}classes/table.csv")
    rows = {row[1]: row[6:] for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))}
    assert rows["C01"][0] == "6" and rows["C05"][0] == "<5" and rows["all"][0] == "7"
