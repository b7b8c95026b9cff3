"""Names, addresses, numbers: one meaning behind many writings."""

from __future__ import annotations

import datetime as dt

import pytest

from linli.engines.linkage.features import clean_id, id_birth, id_core, id_is_sound
from linli.engines.linkage.names import plain_name, readings, surname
from linli.engines.linkage.places import road_and_door


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("劉紹仁", "刘绍仁"),
        (" 张 伟 ", "张伟"),
        ("张伟（已故）", "张伟"),
        ("买买提·艾力", "买买提艾力"),
        ("Ｌｉ　Ｍｉｎｇ", "LIMING"),
    ],
)
def test_plain_name(written: str, plain: str) -> None:
    assert plain_name(written) == plain


@pytest.mark.parametrize(("name", "first"), [("单雄", "shan xiong"), ("解放", "xie fang"), ("张伟", "zhang wei")])
def test_surname_is_read_as_a_surname(name: str, first: str) -> None:
    assert readings(name)[0] == first


def test_every_reading_is_known() -> None:
    assert set(readings("行")) >= {"xing", "hang"}
    assert set(readings("胡乐")) & set(readings("鹄乐"))


@pytest.mark.parametrize(("name", "family"), [("欧阳修", "欧阳"), ("欧阳", "欧"), ("王小明", "王")])
def test_compound_surname(name: str, family: str) -> None:
    assert surname(name) == family


@pytest.mark.parametrize(
    ("address", "road", "door"),
    [
        ("安徽省六安市金安区城北镇花园路244号21幢2单元293室", "花园路", "244-21-2-293"),
        ("城北花园路244-21-2-293", "花园路", "244-21-2-293"),
        ("石塘镇杨家村三组十二号", "杨家村", "3-12"),
        ("石塘镇杨家村３组０12号", "杨家村", "3-12"),
        ("和平巷", "和平巷", ""),
    ],
)
def test_road_and_door(address: str, road: str, door: str) -> None:
    assert road_and_door(address) == (road, door)


def test_old_and_new_number_share_a_core() -> None:
    assert id_core("999999600101123") == id_core("99999919600101123X") == "99999919600101123"


@pytest.mark.parametrize("nothing", ["无", "0" * 18, "******************", "1", "身份证丢失"])
def test_a_number_that_says_nothing(nothing: str) -> None:
    assert clean_id(nothing) is None


def test_check_character() -> None:
    assert id_is_sound("11010519491231002X")  # the example of GB 11643-1999
    assert not id_is_sound("110105194912310021")
    assert id_birth("11010519491231002X") == dt.date(1949, 12, 31)
    assert id_birth("999999199902301234") is None
