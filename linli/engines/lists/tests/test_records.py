"""Sheets → records: what is taken, refused, doubtful; ids, sources, rows that are no persons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.errors import BadInput
from linli.engines.lists import (
    CURES,
    FAULTS,
    Grid,
    ListBook,
    column_map,
    explain,
    read_grids,
    records_schema,
    say,
)
from linli.engines.lists.tests.make import codes, grid, id_number, read, xlsx

HERE = Path(__file__).parent
GOOD = id_number("19500101", 1)
HEAD = ["编号", "姓名", "身份证号", "出生日期", "性别", "电话", "所属镇", "备注"]


def one(**cells: str) -> ListBook:
    """The book of one row: a good one with some cells changed (keys are headings)."""
    row = dict(zip(HEAD, ["A1", "张远山", GOOD, "1950-01-01", "男", "19900001111", "娄江镇", ""], strict=True)) | cells
    return read(grid([list(row), list(row.values())]))


def record(book: ListBook) -> dict[str, Any]:
    """The only record."""
    (found,) = book.records.to_pylist()
    return dict(found)


def test_a_good_row_has_no_fault() -> None:
    book = one()
    found = record(book)
    assert not book.faults
    assert book.records.schema == records_schema()
    assert (found["unique_id"], found["source"], found["row"], found["id_state"]) == ("A1", "名单", 2, "valid")
    assert (found["sex"], found["place"], found["phone"]) == ("1", "娄江镇", "19900001111")
    assert found["doubts"] == []


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"姓名": ""}, "no_name"),
        ({"姓名": "无"}, "no_name"),
        ({"姓名": "12"}, "name_not_a_name"),
        ({"姓名": GOOD, "身份证号": "张远山"}, "row_shifted"),
        ({"姓名": "男"}, "row_shifted"),
        ({"身份证号": "", "出生日期": ""}, "no_date_no_id"),
        ({"身份证号": "12345", "出生日期": "不详"}, "no_date_no_id"),
        ({"身份证号": "无", "出生日期": "2019-02-29"}, "no_date_no_id"),
        ({"姓名": "#N/A"}, "cell_error"),
        ({"姓名": "张远山、李小溪", "身份证号": f"{GOOD}、{id_number('19620315', 2)}"}, "several_people"),
        ({"姓名": "张远山\n李小溪", "身份证号": f"{GOOD}\n{id_number('19620315', 2)}"}, "several_people"),
        ({"姓名": "张远山、李小溪", "身份证号": ""}, "several_people"),
    ],
)
def test_a_row_no_person_can_be_made_of_is_refused(cells: dict[str, str], code: str) -> None:
    book = one(**cells)
    assert book.records.num_rows == 0
    assert (code, "refused") in codes(book)
    assert {outcome for _, outcome in codes(book)} == {"refused"}
    assert (book.sheets[0].read, book.sheets[0].taken, book.sheets[0].refused) == (1, 0, 1)


@pytest.mark.parametrize(
    ("cells", "code", "state"),
    [
        ({"身份证号": "999999195001010019"}, "id_check", "doubtful"),
        ({"身份证号": "320583500101001"}, "id_old15", "old15"),
        ({"身份证号": "999999********0018"}, "id_masked", "masked"),
        ({"身份证号": "12345"}, "id_shape", "doubtful"),
        ({"身份证号": id_number("19500101", region="329999")}, "id_region", "doubtful"),
        ({"身份证号": id_number("20190229"), "出生日期": ""}, "id_date", "doubtful"),
        ({"身份证号": "9.99999E+17"}, "id_lost_digits", "doubtful"),
        ({"出生日期": "1950-01-02"}, "birth_id_mismatch", "doubtful"),
        ({"出生日期": "2019-02-29"}, "date_impossible", "valid"),
        ({"出生日期": "属虎"}, "date_unreadable", "valid"),
        ({"出生日期": "2030-01-01", "身份证号": ""}, "date_future", None),
        ({"出生日期": "1890-01-01", "身份证号": ""}, "birth_too_old", None),
        ({"性别": "第三"}, "sex_unknown", "valid"),
        ({"电话": "12"}, "phone_shape", "valid"),
        ({"电话": "#VALUE!"}, "cell_error", "valid"),
        ({"出生日期": "50年1月"}, "birth_short_year", "valid"),
    ],
)
def test_a_doubtful_row_is_taken_in_and_listed(cells: dict[str, str], code: str, state: str | None) -> None:
    book = one(**cells)
    assert codes(book) == {(code, "doubtful")}
    found = record(book)
    assert found["doubts"] == [code]
    assert found["id_state"] == state
    (fault,) = book.faults
    assert (fault.file, fault.row) == ("名单.csv", 2)
    assert fault.column in HEAD
    assert fault.value in cells.values()
    assert all(explain(fault, lang) for lang in ("zh", "en"))


def test_a_doubtful_number_is_kept_as_written_and_an_impossible_date_in_extra() -> None:
    assert record(one(身份证号="999999195001010019"))["id_no"] == "999999195001010019"
    found = record(one(出生日期="2019-02-29"))
    assert json.loads(found["extra"])["出生日期"] == "2019-02-29"
    assert found["birth_on"].isoformat() == "1950-01-01"


def test_what_the_identity_number_says_fills_empty_cells() -> None:
    found = record(one(出生日期="", 性别=""))
    assert (found["birth_on"].isoformat(), found["birth_precision"], found["sex"]) == ("1950-01-01", "day", "1")
    assert record(one(出生日期="1950"))["birth_precision"] == "day"


def test_the_invented_division_code_is_only_good_when_named() -> None:
    rows = [["姓名", "身份证号", "区划代码"], ["张远山", GOOD, "999999101"]]
    assert not read(grid(rows)).faults
    assert codes(read(grid(rows), demo_region=None)) == {("id_region", "doubtful"), ("region_unknown", "doubtful")}
    assert codes(read(grid([*rows[:1], ["张远山", GOOD, "9999"]]))) == {("region_shape", "doubtful")}


def test_disability_cards_give_number_class_and_grade_and_are_checked() -> None:
    (row,) = read(grid([["姓名", "残疾证号"], ["张远山", f"{GOOD}42"]])).records.to_pylist()
    assert (row["id_no"], row["disability_class"], row["disability_grade"]) == (GOOD, "4", "2")
    other = id_number("19620315", 2)
    rows = [["姓名", "身份证号", "残疾证号", "残疾类别", "残疾等级"], ["张远山", other, f"{GOOD}42", "视力", "二级"]]
    assert codes(read(grid(rows))) == {("card_id_mismatch", "doubtful"), ("card_words_mismatch", "doubtful")}


def test_sums_signatures_notes_and_empty_rows_are_no_persons() -> None:
    rows = [
        ["序号", "姓名", "身份证号", "出生日期"],
        ["1", "张远山", GOOD, "1950-01-01"],
        ["小计", "1", "", ""],
        ["", "", "", ""],
        ["序号", "姓名", "身份证号", "出生日期"],
        ["2", "李小溪", id_number("19620315", 2), "1962-03-15"],
        ["3", "", "", ""],
        ["合 计", "2人", "", ""],
        ["填表人：王石桥", "", "审核人：赵长亭", "2026-05-01"],
        ["", "单位负责人（签字）：", "", "2026-05-01"],
        ["本表一式两份，由镇民政办留存。", "", "", ""],
    ]
    book = read(grid(rows))
    assert book.records["name"].to_pylist() == ["张远山", "李小溪"]
    assert codes(book) == {("row_repeated_heading", "refused")}
    report = book.sheets[0]
    assert report.skipped == {"total": 2, "blank": 2, "signature": 2, "note": 1}
    assert (report.read, report.taken, report.refused) == (3, 2, 1)


@pytest.mark.parametrize(
    "row",
    [["共", "3人", "", ""], ["", "3 人", "", ""], ["3人", "", "", ""], ["共１２户３５人", "", "", ""],
     ["", "计三人次。", "", ""], ["合计", "", "3户,5人", ""], ["", "", "共3人", ""]],
)  # fmt: skip
def test_how_many_there_are_is_no_person(row: list[str]) -> None:
    book = read(grid([["序号", "姓名", "身份证号", "住址"], ["1", "张远山", GOOD, "石桥"], row]))
    assert book.sheets[0].skipped == {"total": 1}
    assert not book.faults


@pytest.mark.parametrize("name", ["计春生", "共青", "万名", "三人"])
def test_a_name_that_begins_like_a_count_is_a_name_beside_a_number(name: str) -> None:
    book = read(grid([["序号", "姓名", "身份证号"], ["1", name, GOOD]]))
    assert book.records["name"].to_pylist() == [name]


def test_several_sheets_and_their_names() -> None:
    rows = [["序号", "姓名", "身份证号"], ["1", "张远山", GOOD]]
    options = [["下拉", "选项"], ["男", "是"], ["女", "否"]]
    data = xlsx(("娄江镇低保", rows), ("双浦镇低保", rows), ("选项", options))
    book = read(*read_grids(data, "低保.xlsx"))
    assert book.records["source"].to_pylist() == ["低保/娄江镇低保", "低保/双浦镇低保"]
    assert book.records["groups"].to_pylist() == [["MLA"], ["MLA"]]
    assert [report.is_list for report in book.sheets] == [True, True, False]
    # Both sheets count from 1, so that neither number names a row.
    assert book.records["unique_id"].to_pylist() == ["低保.xlsx:娄江镇低保:2", "低保.xlsx:双浦镇低保:2"]


def numbered(name: str, numbers: list[str]) -> Grid:
    """A list with a number column, one person a number."""
    return grid([["编号", "姓名", "出生日期"], *[[number, "张远山", "1950"] for number in numbers]], name)


A, B = [f"A{i}" for i in range(40)], [f"B{i}" for i in range(3)]


def test_a_lists_own_numbers_name_all_its_rows() -> None:
    book = read(numbered("甲.csv", A), numbered("乙.csv", B))
    assert book.records["unique_id"].to_pylist() == A + B


@pytest.mark.parametrize("numbers", [[*A, "A3"], [*A, ""]], ids=["repeated", "missing"])
def test_a_list_whose_numbers_fail_once_is_numbered_by_place_throughout(numbers: list[str]) -> None:
    book = read(numbered("甲.csv", numbers), numbered("乙.csv", B))
    assert book.records["unique_id"].to_pylist() == [f"甲.csv:{row}" for row in range(2, 43)] + B


def test_lists_that_share_one_number_are_both_numbered_by_place_and_no_third() -> None:
    book = read(numbered("甲.csv", A), numbered("乙.csv", ["A7", "B1"]), numbered("丙.csv", ["C1", "C2"]))
    places = [f"甲.csv:{row}" for row in range(2, 42)]
    assert book.records["unique_id"].to_pylist() == [*places, "乙.csv:2", "乙.csv:3", "C1", "C2"]


def test_a_sheet_of_people_without_names_is_named() -> None:
    book = read(grid([["证件号码", "出生日期", "电话"], [GOOD, "1950-01-01", "19900001111"]]))
    assert codes(book) == {("sheet_without_names", "refused")}


def test_places_are_joined_from_the_town_down_in_any_order() -> None:
    rows = [["姓名", "村组", "村", "镇", "出生年"], ["张远山", "3组", "石桥村", "娄江镇", "1950"]]
    assert record(read(grid(rows)))["place"].startswith("娄江镇石桥村")


def test_a_wording_without_a_code_is_kept_and_reported_once_not_held_against_the_person() -> None:
    rows = [["姓名", "出生日期", "居住情况"], *[["张远山", "1950", "住船上"]] * 3]
    book = read(grid(rows))
    assert not book.faults
    assert book.sheets[0].unread == (("居住情况", "住船上", 3),)
    assert json.loads(book.records["extra"][0].as_py()) == {"居住情况": "住船上"}


def test_unrecognised_columns_are_kept() -> None:
    found = record(read(grid([["姓名", "出生日期", "民族", "备注"], ["张远山", "1950", "汉", "无"]])))
    assert json.loads(found["extra"]) == {"民族": "汉"}
    assert found["remark"] is None


def test_an_xls_list_of_cards() -> None:
    book = read(*read_grids(HERE / "cards.xls"))
    assert not book.faults
    assert book.records["disability_class"].to_pylist() == ["4", "6"]
    assert book.records["groups"].to_pylist() == [["PWD"], ["PWD"]]
    assert book.sheets[0].skipped == {"total": 1, "signature": 1}


def test_lost_digits_in_a_workbook() -> None:
    book = read(*read_grids(xlsx(("表", [["姓名", "身份证号"], ["张远山", int(GOOD)]])), "a.xlsx"))
    assert codes(book) == {("id_lost_digits", "doubtful")}
    assert record(book)["birth_on"].isoformat() == "1950-01-01"


def test_every_fault_has_words_and_a_cure_in_both_languages() -> None:
    assert set(FAULTS.entries) == set(CURES.entries)
    for zh, en in [*FAULTS.entries.values(), *CURES.entries.values()]:
        assert (zh and en and en.isascii()) or "男" in en or "“" in en


def test_a_fault_says_why_and_what_to_do() -> None:
    (fault,) = one(出生日期="1950-01-02").faults
    assert say(fault, "zh") == "出生日期与身份证号里的 1950-01-01 不一致。请对照证件，改正其中写错的一个。"
    assert "1950-01-01" in say(fault, "en")


def test_column_maps(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('[columns]\n"甲" = "name"\n[files."b.csv"]\n"甲" = ""\n', "utf-8")
    named = column_map(path)
    assert named.of("a.csv") == {"甲": "name"}
    assert named.of("b.csv") == {"甲": ""}
    path.write_text('[columns]\n"甲" = "nam"\n"乙" = "bird"\n', "utf-8")
    with pytest.raises(BadInput) as caught:
        column_map(path)
    assert [fault.code for fault in caught.value.faults] == ["map_field_unknown"] * 2
    assert all("birth_on" in say(fault, lang) for fault in caught.value.faults for lang in ("zh", "en"))
    path.write_text("not = [toml", "utf-8")
    with pytest.raises(BadInput):
        column_map(path)


CELLS = st.sampled_from(
    [
        "",
        "张远山",
        "李小溪",
        GOOD,
        GOOD[:-1] + "9",
        "1950-01-01",
        "1950年",
        "男",
        "女",
        "19900001111",
        "娄江镇",
        "12",
        "=1+1",
    ]
)


@given(st.lists(st.lists(CELLS, min_size=8, max_size=8), min_size=1, max_size=6), st.permutations(range(8)))
def test_reading_does_not_depend_on_the_order_of_columns(rows: list[list[str]], order: list[int]) -> None:
    # One good row keeps every column's content in line with its heading.
    good = ["A1", "张远山", GOOD, "1950-01-01", "男", "19900001111", "娄江镇", "好"]
    table = [HEAD, *[good] * 30, *rows]
    straight, shuffled = read(grid(table)), read(grid([[row[i] for i in order] for row in table]))
    known = {column.heading: column.field for column in straight.sheets[0].columns}
    assert known == {column.heading: column.field for column in shuffled.sheets[0].columns}
    assert [clear(r) for r in straight.records.to_pylist()] == [clear(r) for r in shuffled.records.to_pylist()]
    assert sorted(map(str, straight.faults)) == sorted(map(str, shuffled.faults))


def clear(found: dict[str, Any]) -> dict[str, Any]:
    """The record, its doubts as a set."""
    return found | {"doubts": sorted(found["doubts"])}


@given(st.lists(st.lists(st.text(max_size=12), min_size=4, max_size=4), max_size=8))
def test_any_cells_give_a_book(rows: list[list[str]]) -> None:
    cells = tuple(tuple(row) for row in [HEAD[:4], *rows])
    book = read(Grid("a.csv", "", cells))
    report = book.sheets[0]
    assert report.taken + report.refused == report.read
    assert report.read + sum(report.skipped.values()) == len(rows)
    assert book.records.num_rows == report.taken
    assert all(say(fault, lang) for fault in book.faults for lang in ("zh", "en"))


def test_a_sex_that_differs_from_the_id_is_noted_and_no_doubt_of_the_person() -> None:
    book = one(性别="女")
    assert not book.faults
    assert record(book)["doubts"] == ["sex_id_mismatch"]
    assert book.sheets[0].noted == {"sex_id_mismatch": 1}


def test_a_name_with_a_phone_but_no_date_or_id_is_refused_and_kept_apart_for_linkage() -> None:
    book = one(身份证号="", 出生日期="")
    assert codes(book) == {("no_date_no_id", "refused")}
    assert book.records.num_rows == 0
    assert book.loose.num_rows == 1
    assert book.sheets[0].refused == 1
