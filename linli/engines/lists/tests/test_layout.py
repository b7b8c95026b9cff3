"""Headings in any wording, order and depth; lists told by their titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.lists import fields, groups_in, read_grids, recognise
from linli.engines.lists.headings import meaning
from linli.engines.lists.tests.make import grid, id_number, read, xlsx

PEOPLE = [
    ["1", "张远山", id_number("19500101", 1), "1950-01-01", "19900001111", "娄江镇"],
    ["2", "李小溪", id_number("19620315", 2), "1962-03-15", "19900002222", "双浦镇"],
    ["3", "王石桥", id_number("19751231", 3), "1975-12-31", "19900003333", "双浦镇"],
]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓名", "name"),
        ("姓 名", "name"),
        ("残疾人姓名", "name"),
        ("名字", "name"),
        ("户主姓名", "head_name"),
        ("申请人身份证号", "id_no"),
        ("公民身份号码", "id_no"),
        ("证件号码", "id_no"),
        ("＊身份证号（18位）", "id_no"),
        ("身分证号码", "id_no"),
        ("残疾人证号", "card_no"),
        ("出生年月", "birth_on"),
        ("生日", "birth_on"),
        ("手机", "phone"),
        ("联系方式", "phone"),
        ("街道代码", "region"),
        ("所属镇", "place"),
        ("现住址", "address"),
        ("户籍地址", "hukou_place"),
        ("家庭人均月收入（元）", "income_fen"),
        ("与户主关系", "relation"),
        ("联系人电话", None),
        ("监护人联系电话", None),
        ("领款人身份证号", None),
        ("银行卡号", None),
        ("发证日期", None),
        ("家庭月收入", None),
        ("父亲姓名", None),
        ("民族", None),
        ("危险性评估等级", None),
        ("失能评估等级", "self_care"),
        ("评估等级", "self_care"),
        ("身份", "groups"),
    ],
)
def test_wordings(heading: str, field: str | None) -> None:
    assert meaning(heading).field == field


def test_every_wording_of_the_table_means_its_own_field() -> None:
    from linli.engines.lists.tables import table

    said = {
        wording: (meaning(wording).field, field)
        for field in fields()
        for wording in table("headings")["field"][field]["headings"]
    }
    assert {wording for wording, (got, want) in said.items() if got != want} == set()


def test_titles_notes_and_merged_cells_above_the_headings() -> None:
    rows = [
        ["2026年娄溪市特困人员花名册", *[None] * 5],
        ["填报单位：娄江镇", None, None, "日期：2026-05-01", None, None],
        ["序号", "姓名", "身份证号码", "出生日期", "联系电话", "所属镇"],
        *PEOPLE,
    ]
    (sheet,) = read_grids(xlsx(("Sheet1", rows), merge=["A1:F1"]), "上报.xlsx")
    layout = recognise(sheet)
    assert layout.header_rows == (3,)
    assert [column.field for column in layout.columns] == ["unique_id", "name", "id_no", "birth_on", "phone", "place"]
    assert layout.groups == ("DES",)


def test_headings_over_two_rows() -> None:
    rows = [
        ["低保边缘家庭名册", *[None] * 5],
        ["序号", "户主", None, "监护人", None, "备注"],
        [None, "姓名", "身份证号", "姓名", "联系电话", None],
        ["1", "张远山", id_number("19500101"), "赵某", "19900001111", ""],
    ]
    merged = ["A1:F1", "A2:A3", "B2:C2", "D2:E2", "F2:F3"]
    (sheet,) = read_grids(xlsx(("表", rows), merge=merged), "a.xlsx")
    layout = recognise(sheet)
    assert layout.header_rows == (2, 3)
    assert [column.heading for column in layout.columns][1:5] == [
        "户主姓名",
        "户主身份证号",
        "监护人姓名",
        "监护人联系电话",
    ]
    # The list has no other names: its heads are the persons.
    assert [column.field for column in layout.columns] == ["unique_id", "name", "id_no", "guardian", None, "remark"]
    assert layout.groups == ("MLB",)


def test_two_rows_without_merged_cells() -> None:
    rows = [
        ["姓名", "身份证号", "家庭情况", ""],
        ["", "", "户编号", "与户主关系"],
        ["张远山", id_number("19500101"), "7", "本人"],
    ]
    layout = recognise(grid(rows))
    assert layout.header_rows == (1, 2)
    assert [column.field for column in layout.columns] == ["name", "id_no", "household_no", "relation"]


def test_what_a_group_heading_says_holds_without_its_information() -> None:
    rows = [
        ["序号", "基本信息", None, None, "残疾信息", None, "户主信息", None],
        [None, "姓名", "身份证号", "地址", "类别", "等级", "姓名", "身份证号"],
        ["1", "张远山", id_number("19500101"), "石桥", "肢体", "二级", "李小溪", id_number("19620315", 2)],
    ]
    merged = ["A1:A2", "B1:D1", "E1:F1", "G1:H1"]
    (sheet,) = read_grids(xlsx(("表", rows), merge=merged), "a.xlsx")
    assert [column.field for column in recognise(sheet).columns] == [
        "unique_id",
        "name",
        "id_no",
        "address",
        "disability_class",
        "disability_grade",
        "head_name",
        "head_id_no",
    ]


@pytest.mark.parametrize("heading", ["申请人", "老年人", "儿童", "孤儿", "本人", "享受人", "受助人", "持证人"])
def test_names_under_a_word_for_the_listed_person_are_the_persons(heading: str) -> None:
    rows = [["序号", heading, "身份证号"], *[[row[0], row[1], row[2]] for row in PEOPLE]]
    assert recognise(grid(rows)).columns[1].field == "name"
    yes = [["姓名", "身份证号", heading], *[[row[1], row[2], "是"] for row in PEOPLE]]
    assert recognise(grid(yes)).columns[2].field is None


def test_a_ward_is_the_listed_person_and_no_guardian() -> None:
    rows = [["被监护人姓名", "身份证号", "监护人"], *[[row[1], row[2], "赵长亭"] for row in PEOPLE]]
    assert [column.field for column in recognise(grid(rows)).columns] == ["name", "id_no", "guardian"]


def test_the_upper_of_two_rows_says_whose_name_and_number_is_meant() -> None:
    rows = [
        ["序号", "残疾人信息", None, None, "监护人信息", None, None, "备注"],
        [None, "姓名", "残疾证号", "残疾类别", "姓名", "与残疾人关系", "身份证号", None],
        ["1", "孙小红", id_number("19710101", 2) + "42", "肢体", "孙大海", "父女", id_number("19450101"), ""],
    ]
    (sheet,) = read_grids(xlsx(("表", rows), merge=["A1:A2", "B1:D1", "E1:G1", "H1:H2"]), "a.xlsx")
    columns = recognise(sheet).columns
    assert [c.field for c in columns] == [
        "unique_id",
        "name",
        "card_no",
        "disability_class",
        "guardian",
        None,
        None,
        "remark",
    ]


def test_a_second_column_headed_alike_is_somebody_elses_however_well_filled() -> None:
    first, second = PEOPLE[0][2], id_number("19710101", 2)
    rows = [
        ["老人姓名", "身份证号", "子女姓名", "身份证号"],
        ["张远山", first, "张小河", second],
        ["李小溪", "", "李石", second],
    ]
    layout = recognise(grid(rows))
    assert [c.field for c in layout.columns] == ["name", "id_no", None, None]


def test_two_questions_about_living_are_both_read() -> None:
    rows = [["姓名", "身份证号", "是否独居", "是否空巢"], [*PEOPLE[0][1:3], "", "是"], [*PEOPLE[1][1:3], "是", ""]]
    assert read(grid(rows)).records["living"].to_pylist() == ["empty_nest", "alone"]


def test_names_are_names_though_some_surnames_are_rare() -> None:
    rows = [["受助人", "身份证号"], *[[row[1], row[2]] for row in PEOPLE], ["迪丽娜尔", id_number("19700101")]]
    assert recognise(grid(rows)).columns[0].field == "name"


def test_another_scale_of_grades_is_not_read_as_that_of_the_card() -> None:
    rows = [["姓名", "身份证号", "伤残等级"], [*PEOPLE[0][1:3], "四级"]]
    assert recognise(grid(rows)).columns[2].field is None


def test_content_speaks_where_the_heading_does_not() -> None:
    rows = [["序号", "姓名", "号码", "栏一", "栏二", "备用"], *PEOPLE]
    layout = recognise(grid(rows))
    assert layout.column("id_no").index == 2  # type: ignore[union-attr]
    assert layout.column("phone").index == 4  # type: ignore[union-attr]
    assert layout.column("phone").why == "content"  # type: ignore[union-attr]


def test_content_overrules_a_heading_that_cannot_be_right() -> None:
    rows = [["姓名", "联系电话", "身份证号"], *[[row[1], row[2], row[4]] for row in PEOPLE]]
    layout = recognise(grid(rows))
    assert {c.field: c.index for c in layout.columns} == {"name": 0, "id_no": 1, "phone": 2}


def test_words_under_a_code_heading_are_places_and_codes_under_a_place_heading_codes() -> None:
    rows = [["姓名", "区划", "所属镇"], *[[row[1], row[5], "999999101"] for row in PEOPLE]]
    assert [column.field for column in recognise(grid(rows)).columns] == ["name", "place", "region"]


def test_a_list_without_headings_is_told_by_its_content() -> None:
    layout = recognise(grid([row[1:] for row in PEOPLE]))
    assert layout.header_rows == ()
    assert layout.first_row == 1
    assert {"name", "id_no", "phone"} <= {column.field for column in layout.columns}


def test_members_are_persons_when_one_stands_in_each_row() -> None:
    rows = [["户主姓名", "家庭成员姓名", "身份证号"], ["张远山", "张小河", id_number("20100505", 3)]]
    layout = recognise(grid(rows))
    assert [column.field for column in layout.columns] == ["head_name", "name", "id_no"]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("低保名册", ("MLA",)),
        ("低保边缘家庭", ("MLB",)),
        ("最低生活保障边缘家庭", ("MLB",)),
        ("残疾人两项补贴", ("PWD",)),
        ("独居、空巢老人", ("EAL", "EEM")),
        ("非低保户", ()),
        ("退出低保名单", ()),
        ("残联工作人员", ()),
        ("事实无人抚养儿童", ("DEF",)),
        ("留守儿童与困境儿童", ("CID", "LBC")),
        ("花名册", ()),
    ],
)
def test_groups_by_words(text: str, groups: tuple[str, ...]) -> None:
    assert groups_in(text) == groups


def test_names_under_a_parents_heading_are_not_the_parents_state() -> None:
    rows = [["姓名", "出生日期", "父亲", "母亲"], ["张小河", "2015", "张远山", "已去世"]]
    assert [column.field for column in recognise(grid(rows)).columns][2:] == [None, "mother_state"]


def test_a_note_on_filling_in_the_form_names_no_group() -> None:
    note = "填表说明：本表由社区填写，已享受低保、特困供养、残疾人两项补贴的对象另行造册，"
    note += "不在本表统计范围之内，请各社区认真核对后逐级上报。"
    assert recognise(grid([[note, ""], ["姓名", "身份证号"], ["张远山", id_number("19500101")]])).groups == ()


def test_the_file_name_tells_the_group_when_nothing_else_does() -> None:
    rows = [["姓名", "身份证号"], ["张远山", id_number("19500101")]]
    assert recognise(grid(rows, "孤儿名单.csv")).groups == ("ORP",)


def test_a_person_corrects_a_column() -> None:
    layout = recognise(grid([["姓名", "小名", "身份证号"], ["张远山", "山子", id_number("19500101")]]))
    changed = layout.with_column(1, "name")
    assert [column.field for column in changed.columns] == [None, "name", "id_no"]
    assert changed.columns[1].why == "by_hand"
    assert changed.with_column(1, None).is_list is False
    with pytest.raises(ValueError):
        layout.with_column(0, "nothing")


def test_a_column_map_overrules() -> None:
    layout = recognise(grid([["姓名", "甲", "身份证号"], ["张远山", "x", "y"]]), {"甲": "remark", "身份证号": ""})
    assert [column.field for column in layout.columns] == ["name", "remark", None]


@given(st.permutations(range(6)))
def test_recognition_does_not_depend_on_the_order_of_columns(order: list[int]) -> None:
    rows = [["序号", "残疾人姓名", "证件号码", "出生年月", "手机", "所属镇"], *PEOPLE]
    shuffled = recognise(grid([[row[i] for i in order] for row in rows]))
    plain = recognise(grid(rows))
    assert {c.heading: c.field for c in shuffled.columns} == {c.heading: c.field for c in plain.columns}
