"""The sender's own sheet back, with a red column."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from linli.engines.lists import Grid, marked_workbook, neutral, read_grids, read_records, recognise
from linli.engines.lists.tests.make import ON, grid, id_number, read, xlsx

HEAD = ["姓名", "身份证号", "备注"]
ROWS = [
    ["低保名册", "", ""],
    HEAD,
    ["张远山", id_number("19500101"), "=HYPERLINK(1)"],
    ["李小溪", "99999919620315002X", "@cmd"],
    ["", id_number("19751231"), "+1"],
]


def marked(sheet: Grid, **options: object) -> Worksheet:
    """The first sheet of the workbook given back."""
    layout = recognise(sheet)
    faults = read(sheet).faults
    data = marked_workbook([(sheet, layout)], faults, **options)  # type: ignore[arg-type]
    return load_workbook(io.BytesIO(data)).worksheets[0]


def lines(sheet: Worksheet) -> list[list[object]]:
    """All cells, row by row."""
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_only_rows_with_faults_come_back_in_the_sheets_own_columns() -> None:
    sheet = marked(grid(ROWS))
    rows = lines(sheet)
    assert rows[1] == [*HEAD, "问题与改法", "原行号"]
    assert [row[0] for row in rows[2:]] == ["李小溪", None]
    assert [row[4] for row in rows[2:]] == [4, 5]
    assert rows[2][3] == "身份证号：身份证号最后一位校验不对，可能抄错一位。请对照身份证原件改正。"
    assert "没有姓名" in str(rows[3][3])


def test_wrong_cells_are_amber_when_doubtful_and_red_when_refused() -> None:
    sheet = marked(grid(ROWS))
    assert sheet.cell(3, 2).fill.fgColor.rgb == "FFFCE4A8"
    assert sheet.cell(4, 1).fill.fgColor.rgb == "FFF4B6B6"
    assert sheet.cell(3, 1).fill.fgColor.rgb == "00000000"


def test_formulas_are_neutralised_and_come_back_unchanged_when_read_again() -> None:
    layout = recognise(grid(ROWS))
    data = marked_workbook([(grid(ROWS), layout)], read(grid(ROWS)).faults)
    book = load_workbook(io.BytesIO(data))
    assert [row[2] for row in lines(book.worksheets[0])[2:]] == ["'@cmd", "'+1"]
    (again,) = read_grids(data, "again.xlsx")
    assert [row[2] for row in again.rows[2:]] == ["@cmd", "+1"]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("＝1＋1", "'＝1＋1"),
        ("-", "-"),
        ("-5.5", "-5.5"),
        ("-a", "'-a"),
        (" =1", "' =1"),
        ("\t=1", "'=1"),
        ("张", "张"),
    ],
)
def test_neutral(text: str, safe: str) -> None:
    assert neutral(text) == safe


def test_refused_rows_alone_and_in_english() -> None:
    rows = lines(marked(grid(ROWS), outcomes=["refused"], lang="en"))
    assert rows[1][3:] == ["Problem and cure", "Row in your sheet"]
    assert [row[4] for row in rows[2:]] == [5]
    assert "There is no name" in str(rows[2][3])


def test_several_sheets_keep_their_names_and_faultless_ones_stay_away() -> None:
    good = [HEAD, ["张远山", id_number("19500101"), ""]]
    grids = read_grids(xlsx(("好", good), ("坏", ROWS[1:])), "a.xlsx")
    layouts = [recognise(g) for g in grids]
    faults = read_records(grids, layouts, ON, demo_region="999999").faults
    book = load_workbook(io.BytesIO(marked_workbook(list(zip(grids, layouts, strict=True)), faults)))
    assert book.sheetnames == ["坏"]
