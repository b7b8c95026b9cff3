"""Words and what denies them: in cells with codes, in titles and in the names of lists."""

from __future__ import annotations

import json

import pytest

from linli.engines.lists import groups_in, read_grids, recognise
from linli.engines.lists.tables import table
from linli.engines.lists.tests.make import codes, grid, id_number, read, xlsx
from linli.engines.lists.wording import code_in, said

WORDS = [
    (section, code, word)
    for section, several in table("values")["contains"].items()
    for code, words in several.items()
    for word in words
]
EXACT = [
    (section, code, word)
    for section, several in table("values")["exact"].items()
    for code, words in several.items()
    for word in words
]


@pytest.mark.parametrize("negation", ["不", "未", "无", "非", "没有", "丧失"])
@pytest.mark.parametrize("tail", ["", "者", "；已核"])
def test_no_word_after_a_negation_gives_its_own_code(negation: str, tail: str) -> None:
    """Every word of the tables, not a sample of them."""
    for section, code, word in WORDS + EXACT:
        for verb in ("", "享受"):
            text = f"{negation}{verb}{word}{tail}"
            assert code not in said(section, text).all, text
            assert code_in(section, text) != code, text


@pytest.mark.parametrize(("section", "code", "word"), WORDS + EXACT)
def test_every_word_of_the_tables_means_its_own_code(section: str, code: str, word: str) -> None:
    assert said(section, word).all == (code,)


@pytest.mark.parametrize(
    ("section", "text", "code"),
    [
        ("self_care", "不自理", "total"),
        ("self_care", "无法自理", "total"),
        ("self_care", "生活不可自理", "total"),
        ("self_care", "丧失自理能力", "total"),
        ("self_care", "失去自理能力", "total"),
        ("self_care", "全不自理", "total"),
        ("self_care", "自理困难", None),
        ("self_care", "自理能力差", None),
        ("self_care", "自理", "able"),
        ("self_care", "自理（白天）", "able"),
        ("self_care", "自理（困难）", None),
        ("self_care", "部分丧失自理能力", "moderate"),
        ("self_care", "不能完全自理", "moderate"),
        ("self_care", "没有完全失能", None),
        ("self_care", "未失能", "able"),
        ("self_care", "轻度丧失自理能力", None),
        ("self_care", "unable", None),
        ("self_care", "失能等级2级", None),
        ("living", "无人同住", "alone"),
        ("living", "和老伴居住", "empty_nest"),
        ("living", "无子女", None),
        ("living", "子女不在身边", None),
        ("living", "子女外出务工", None),
        ("living", "子女在外地", None),
        ("living", "无家人", None),
        ("living", "未与子女同住", None),
        ("living", "与子女分开居住", None),
        ("living", "不是独居", None),
        ("living", "非独居，与女儿同住", "with_family"),
        ("living", "与配偶、子女同住", "with_family"),
        ("living", "与配偶同住", "empty_nest"),
        ("living", "与丈夫同住，儿子死亡", "empty_nest"),
        ("living", "与丈夫、子女同住", "with_family"),
        ("living", "一个人", "alone"),
        ("living", "一个人照顾孙子", None),
        ("living", "一人独居，无子女", "alone"),
        ("living", "无子女独居", "alone"),
        ("living", "独居（子女在外）", "alone"),
        ("living", "子女", "with_family"),
        ("parent", "不在家", None),
        ("parent", "长期不在身边", None),
        ("parent", "不健康", None),
        ("parent", "未死亡", None),
        ("parent", "未服刑", None),
        ("parent", "刑满释放", None),
        ("parent", "刑满释放后在家", "present"),
        ("parent", "外出务工期间死亡", "dead"),
        ("parent", "重病在家", "severe_illness"),
        ("parent", "下落不明", "missing"),
        ("disability_class", "非肢体", None),
        ("veteran", "未参军", None),
        ("veteran", "退役军人家属", "yes"),
    ],
)
def test_what_a_cell_says(section: str, text: str, code: str | None) -> None:
    assert code_in(section, text) == code


@pytest.mark.parametrize(
    "text",
    [
        "不是低保",
        "没有低保",
        "不符合低保条件",
        "不享受低保",
        "未申请低保",
        "低保已取消",
        "低保（2024年已停发）",
        "低保退出名单",
        "低保停保",
        "低保清退人员",
        "低保申请人员名单",
        "低保审核不通过",
        "原低保户",
        "残疾人家属",
        "精神障碍患者监护人",
        "残疾：无",
        "不是低保、特困",
        "除低保、特困以外的困难群众",
        "district description",
    ],
)
def test_who_is_denied_a_group_or_left_it_is_not_of_it(text: str) -> None:
    assert groups_in(text) == ()


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("低保（不含特困）", ("MLA",)),
        ("无障碍改造残疾人名单", ("PWD",)),
        ("未成年残疾人", ("PWD",)),
        ("无锡市低保对象", ("MLA",)),
        ("不能自理特困人员", ("DES",)),
        ("原特困；现低保", ("MLA",)),
        ("没有固定收入的残疾人", ("PWD",)),
        ("残疾人（监护人：赵某）", ("PWD",)),
        ("MLA_2026", ("MLA",)),
    ],
)
def test_a_negation_about_something_else_denies_no_group(text: str, groups: tuple[str, ...]) -> None:
    assert groups_in(text) == groups


ONE, TWO = id_number("19500101", 1), id_number("19620315", 2)
MANY = "2026年低保、特困、低保边缘对象花名册"


@pytest.mark.parametrize(
    ("heading", "text", "remark"),
    [
        ("人员状态", "死亡", "人员状态:死亡"),
        ("死亡日期", "2025-03-01", "死亡日期:2025-03-01"),
        ("是否死亡", "是", "已死亡"),
        ("是否死亡", "否", None),
        ("死亡时间", "/", None),
        ("备注", "困难", "困难"),
    ],
)
def test_what_a_column_says_of_who_is_gone_stands_in_the_remark(heading: str, text: str, remark: str | None) -> None:
    rows = [["姓名", "身份证号", heading], ["张远山", id_number("19500101"), text]]
    assert read(grid(rows)).records["remark"].to_pylist() == [remark]


@pytest.mark.parametrize(("text", "groups"), [("停保", []), ("已注销", []), ("在保", ["MLA"]), ("", ["MLA"])])
def test_whose_aid_has_ended_by_the_column_of_states_is_not_of_the_titles_group(text: str, groups: list[str]) -> None:
    rows = [["姓名", "身份证号", "救助状态"], ["张远山", id_number("19500101"), text]]
    assert read(grid(rows, "低保名册.csv")).records["groups"].to_pylist() == [groups]


@pytest.mark.parametrize(
    ("heading", "text", "groups"),
    [
        ("低保类别", "B类", ["MLA"]),
        ("低保类别", "A", ["MLA"]),
        ("低保类别", "未享受", []),
        ("低保类别", "无", []),
        ("低保类别", "非低保", []),
        ("人员类别", "A类", []),
    ],
)
def test_a_class_of_what_the_heading_names_is_of_that_group(heading: str, text: str, groups: list[str]) -> None:
    rows = [["姓名", "身份证号", heading], ["张远山", id_number("19500101"), text]]
    assert read(grid(rows)).records["groups"].to_pylist() == [groups]


def test_a_title_of_several_groups_leaves_them_to_the_category_column() -> None:
    rows = [[MANY, "", ""], ["姓名", "身份证号", "救助类别"], ["张远山", ONE, "低保"], ["李小溪", TWO, "特困"]]
    book = read(grid(rows))
    assert book.records["groups"].to_pylist() == [["MLA"], ["DES"]]
    assert not book.faults


def test_a_title_of_several_groups_without_such_a_column_gives_none_and_says_so() -> None:
    book = read(grid([[MANY, ""], ["姓名", "身份证号"], ["张远山", ONE]]))
    assert book.records["groups"].to_pylist() == [[]]
    assert codes(book) == {("title_groups", "doubtful")}
    assert book.faults[0].row is None


@pytest.mark.parametrize("name", ["低保退出人员名单.csv", "低保申请名单.csv", "停保名单.csv"])
def test_who_is_struck_off_or_applies_is_no_recipient_by_the_name_of_the_list(name: str) -> None:
    book = read(grid([["低保对象花名册", ""], ["姓名", "身份证号"], ["张远山", ONE]], name))
    assert book.records["groups"].to_pylist() == [[]]
    assert codes(book) == {("title_denied", "doubtful")}


def test_a_sheet_of_those_struck_off_is_told_by_its_name() -> None:
    rows = [["低保对象花名册", None], ["姓名", "身份证号"], ["张远山", ONE]]
    sheets = read_grids(xlsx(("在册", rows), ("停保", rows)), "低保.xlsx")
    assert [recognise(sheet).groups for sheet in sheets] == [("MLA",), ()]


def test_a_rows_own_category_stands_for_the_titles_of_its_kind_only() -> None:
    rows = [
        ["低保对象花名册", "", ""],
        ["姓名", "身份证号", "人员类别"],
        ["张远山", ONE, "低保边缘"],
        ["李小溪", TWO, "残疾"],
        ["王石桥", id_number("19751231", 3), "低保（2024年已停发）"],
        ["赵长亭", id_number("19751230", 3), "一般户"],
    ]
    book = read(grid(rows))
    assert book.records["groups"].to_pylist() == [["MLB"], ["MLA", "PWD"], [], ["MLA"]]
    assert book.sheets[0].unread == (("人员类别", "低保（2024年已停发）", 1),)


def test_a_denied_word_is_kept_as_written_and_marked() -> None:
    book = read(grid([["姓名", "身份证号", "居住情况", "自理能力"], ["张远山", ONE, "非独居", "自理困难"]]))
    (found,) = book.records.to_pylist()
    assert (found["living"], found["self_care"]) == (None, None)
    assert json.loads(found["extra"]) == {"居住情况": "非独居", "自理能力": "自理困难"}
    assert found["doubts"] == ["word_unknown"]
    assert book.sheets[0].noted == {"word_unknown": 2}
    assert len(book.sheets[0].unread) == 2
    assert not book.faults
