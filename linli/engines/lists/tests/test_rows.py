"""Nobody disappears: rows with a name and a number are people, blocks side by side and hidden sheets are named."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from linli.engines.lists import read_grids
from linli.engines.lists.tests.make import codes, grid, id_number, read, xlsx

ONE, TWO = id_number("19500101", 1), id_number("19620315", 2)


@pytest.mark.parametrize("first", ["注：已核", "审核", "累计", "说明：随子女", "合计", "备注", "填表人：赵某", "3人"])
def test_a_row_with_a_name_and_a_number_is_a_person_whatever_stands_first(first: str) -> None:
    rows = [["备注", "姓名", "身份证号"], [first, "张远山", ONE], ["", "李小溪", TWO]]
    assert read(grid(rows)).records["name"].to_pylist() == ["张远山", "李小溪"]


def test_a_remark_first_and_a_birth_date_is_a_person() -> None:
    rows = [["备注", "姓名", "出生日期"], ["注：已核", "张远山", "1950-01-01"], ["", "李小溪", "1962"]]
    assert read(grid(rows)).records["name"].to_pylist() == ["张远山", "李小溪"]


@pytest.mark.parametrize(
    "row",
    [
        ["填表人：", "王石桥", "", "2026-05-01"],
        ["合计", "2人", "", ""],
        ["制表：王石桥", "赵长亭", "2026-05-01", ""],
        ["审核人", "王石桥", "日期：2026-05-01", ""],
        ["", "石桥村小计", "3", ""],
        ["", "石桥社区", "", ""],
        ["示例", "王石桥", "110101199001010000", "1990-01-01"],
        ["", "示例：王石桥", "110101199001010000", "1990-01-01"],
    ],
)
def test_sums_and_signatures_with_a_date_are_still_no_persons(row: list[str]) -> None:
    book = read(grid([["序号", "姓名", "身份证号", "出生日期"], ["1", "张远山", ONE, "1950-01-01"], row]))
    assert book.records["name"].to_pylist() == ["张远山"]
    assert not book.faults


SIDE = ["序号", "姓名", "身份证号"]


def test_people_side_by_side_are_refused_with_a_cure_never_half_read() -> None:
    book = read(grid([[*SIDE, *SIDE], ["1", "张远山", ONE, "2", "李小溪", TWO]]))
    assert book.records.num_rows == 0
    assert codes(book) == {("sheet_side_by_side", "refused")}


def test_the_same_person_twice_in_a_row_is_one() -> None:
    book = read(grid([[*SIDE, "姓名", "身份证号"], ["1", "张远山", ONE, "张远山", ONE]]))
    assert book.records["name"].to_pylist() == ["张远山"]
    assert not book.faults


def test_a_hidden_sheet_is_read_and_named() -> None:
    data = xlsx(("2026", [["姓名", "身份证号"], ["张远山", ONE]]), ("旧表", [["姓名", "身份证号"], ["李小溪", TWO]]))
    opened = load_workbook(io.BytesIO(data))
    opened["旧表"].sheet_state = "hidden"
    out = io.BytesIO()
    opened.save(out)
    book = read(*read_grids(out.getvalue(), "低保.xlsx"))
    assert book.records.num_rows == 2
    assert [(fault.code, fault.outcome, fault.sheet) for fault in book.faults] == [("sheet_hidden", "doubtful", "旧表")]
