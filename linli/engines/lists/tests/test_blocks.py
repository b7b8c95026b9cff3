"""Sheets of several parts: households as blocks, tables below each other, parts of other groups, forms."""

from __future__ import annotations

from typing import Any

from linli.engines.lists import read_grids
from linli.engines.lists.tests.make import codes, grid, id_number, read, xlsx

HEAD, SON, OTHER, LAST = (id_number(f"19{n}0101", n % 2 + 1) for n in (50, 75, 48, 60))


def column(rows: list[list[str]], name: str) -> list[Any]:
    found: list[Any] = read(grid(rows)).records[name].to_pylist()
    return found


def test_members_below_their_head_take_what_their_row_leaves_blank() -> None:
    rows = [
        ["户号", "户主", "姓名", "关系", "身份证号", "住址", "电话"],
        ["H1", "张远山", "张远山", "户主", HEAD, "石桥12号", "19900001111"],
        ["", "", "张小河", "子", SON, "", ""],
        ["H2", "李小溪", "李小溪", "户主", OTHER, "石桥15号", ""],
        ["", "", "赵长亭", "配偶", LAST, "石桥9号", ""],
    ]
    assert column(rows, "household_no") == ["H1", "H1", "H2", "H2"]
    assert column(rows, "head_name") == ["张远山", "张远山", "李小溪", "李小溪"]
    assert column(rows, "address") == ["石桥12号", "石桥12号", "石桥15号", "石桥9号"]
    assert column(rows, "phone") == ["19900001111", None, None, None]


def test_a_blank_running_number_ties_members_to_the_head_above() -> None:
    rows = [
        ["序号", "姓名", "与户主关系", "身份证号"],
        ["1", "张远山", "户主", HEAD],
        ["", "张小河", "儿子", SON],
        ["小计", "2人", "", ""],
        ["", "李小溪", "女儿", OTHER],
        ["2", "赵长亭", "孙子", LAST],
    ]
    # After a gap, or with a number of its own, nobody says whose child it is.
    assert column(rows, "head_id_no") == [None, HEAD, None, None]


def test_members_who_name_the_head_right_above_are_of_that_household() -> None:
    rows = [
        ["网格", "户主", "姓名", "与户主关系", "身份证号"],
        ["一", "张远山", "张远山", "户主", HEAD],
        ["一", "张远山", "张小河", "儿子", SON],
        ["一", "李小溪", "赵长亭", "孙子", LAST],
    ]
    assert column(rows, "head_id_no") == [None, HEAD, None]


def test_merged_running_numbers_tie_members_too() -> None:
    rows = [
        ["序号", "姓名", "与户主关系", "身份证号"],
        ["1", "张远山", "户主", HEAD],
        [None, "张小河", "儿子", SON],
        ["2", "李小溪", "户主", OTHER],
    ]
    book = read(*read_grids(xlsx(("表", rows), merge=["A2:A3"]), "a.xlsx"))
    assert book.records["head_id_no"].to_pylist() == [None, HEAD, None]


def test_a_line_between_the_rows_names_the_group_of_those_below() -> None:
    head = ["序号", "姓名", "身份证号"]
    rows = [
        ["一、低保对象", "", ""],
        head,
        ["1", "张远山", HEAD],
        ["二、特困人员", "", ""],
        head,
        ["1", "张小河", SON],
        ["三、低保、特困转入", "", ""],
        ["1", "李小溪", OTHER],
    ]
    assert column(rows, "groups") == [["MLA"], ["DES"], []]


def test_another_table_below_is_refused_row_by_row_and_hides_nobody_above() -> None:
    rows = [
        ["序号", "姓名", "身份证号", "", ""],
        ["1", "张远山", HEAD, "", ""],
        ["序号", "身份证号", "姓名", "供养方式", "电话"],
        ["1", SON, "张小河", "集中供养", "19900001111"],
    ]
    book = read(grid(rows))
    assert book.records["name"].to_pylist() == ["张远山"]
    assert [(fault.code, fault.outcome, fault.row, fault.value) for fault in book.faults] == [
        ("row_other_table", "refused", 3, "序号 身份证号 姓名 供养方式 电话"),
        ("row_other_table", "refused", 4, f"1 {SON} 张小河 集中供养 19900001111"),
    ]
    assert (book.sheets[0].read, book.sheets[0].taken, book.sheets[0].refused) == (3, 1, 2)


def test_a_title_repeated_after_a_page_break_is_no_person() -> None:
    head = ["姓名", "身份证号", "探访日期"]
    rows = [head, ["张远山", HEAD, ""], ["独居老人探访表（续）", None, None], head, ["张小河", SON, ""]]
    book = read(*read_grids(xlsx(("表", rows), merge=["A3:C3"]), "a.xlsx"))
    assert book.records["name"].to_pylist() == ["张远山", "张小河"]
    assert codes(book) == {("row_repeated_heading", "refused")}


def test_a_form_for_one_person_is_refused_as_one() -> None:
    rows = [
        ["困难群众登记表", "", "", ""],
        ["姓名", "张远山", "性别", "男"],
        ["身份证号", HEAD, "联系电话", "19900001111"],
        ["家庭成员", "姓名", "关系", "健康状况"],
        ["", "张小河", "儿子", "健康"],
    ]
    book = read(grid(rows))
    assert book.records.num_rows == 0
    assert codes(book) == {("sheet_is_form", "refused")}
