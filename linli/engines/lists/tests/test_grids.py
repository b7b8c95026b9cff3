"""Files → grids: kinds of file, numbers and dates, merged cells, limits, and any bytes at all."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.errors import BadInput
from linli.engines.lists import FAULTS, Limits, read_grids
from linli.engines.lists.tests.make import csv_bytes, xlsx

HERE = Path(__file__).parent
ROWS = [["姓名", "电话"], ["张远山", "19900001111"], ["李小溪", "19900002222"]]


def code(data: bytes, limits: Limits | None = None, name: str = "名单.xlsx") -> str:
    """The code of the one fault that stops the file."""
    with pytest.raises(BadInput) as caught:
        read_grids(data, name, limits)
    (fault,) = caught.value.faults
    assert fault.file == name
    assert FAULTS.say(fault.code, "zh", **fault.params)
    return fault.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_every_encoding_and_with_every_separator(encoding: str, delimiter: str) -> None:
    (grid,) = read_grids(csv_bytes(ROWS, encoding, delimiter), "名单.csv")
    assert [list(row) for row in grid.rows] == ROWS


def test_blank_csv_lines_keep_the_row_numbers() -> None:
    (grid,) = read_grids("姓名,电话\n\n张远山,1\n".encode(), "a.csv")
    assert grid.rows[2] == ("张远山", "1")


def test_numbers_come_out_as_their_digits() -> None:
    data = xlsx(("表", [["号码", "编号"], [19900001111, 1], [999999500101001, 2.5], [0.1 + 0.2, 3]]))
    (grid,) = read_grids(data, "a.xlsx")
    assert [row[0] for row in grid.rows[1:]] == ["19900001111", "999999500101001", "0.3"]
    assert not grid.lost


def test_an_18_digit_number_cell_is_marked_as_having_lost_digits() -> None:
    (grid,) = read_grids(xlsx(("表", [["证件"], [999999195001010018]])), "a.xlsx")
    assert grid.rows[1][0].startswith("99999919500101")
    assert grid.lost == {(2, 0)}


def test_dates_come_out_as_iso() -> None:
    (grid,) = read_grids(xlsx(("表", [["日"], [dt.date(1950, 1, 31)], [dt.datetime(2020, 5, 6, 7, 8)]])), "a.xlsx")
    assert [row[0] for row in grid.rows] == ["日", "1950-01-31", "2020-05-06 07:08:00"]


def test_merged_cells_are_filled_and_named() -> None:
    data = xlsx(
        ("表", [["名册", None], ["镇", "姓名"], ["娄江镇", "张远山"], [None, "李小溪"]]), merge=["A1:B1", "A3:A4"]
    )
    (grid,) = read_grids(data, "a.xlsx")
    assert grid.rows[0] == ("名册", "名册")
    assert grid.rows[3] == ("娄江镇", "李小溪")
    assert grid.merged == {(1, 1), (4, 0)}


def test_sheets_without_content_are_left_out() -> None:
    grids = read_grids(xlsx(("一", ROWS), ("空", []), ("二", ROWS)), "a.xlsx")
    assert [grid.sheet for grid in grids] == ["一", "二"]


def test_xls_with_title_numbers_and_dates() -> None:
    (grid,) = read_grids(HERE / "cards.xls")
    assert grid.rows[2] == ("1", "张远山", "99999919500101001841", "1950-01-01", "男", "19900001111", "娄江镇")


def test_parquet() -> None:
    out = io.BytesIO()
    table = pa.table({"姓名": ["张远山", None], "出生日期": [dt.date(1950, 1, 1), None], "n": [1, 2]})
    pq.write_table(table, out)
    (grid,) = read_grids(out.getvalue(), "a.parquet")
    assert grid.rows == (("姓名", "出生日期", "n"), ("张远山", "1950-01-01", "1"), ("", "", "2"))


def test_kinds_that_are_no_lists() -> None:
    assert code(b"") == "file_empty"
    assert code(b"\xef\xbb\xbf \r\n") == "file_empty"
    assert code(b"<html><table><tr><td>1</td></tr></table></html>") == "file_web_page"
    assert code(b"%PDF-1.4 ...") == "file_not_table"
    assert code(b"\x00\x01\x02\x03binary") == "file_not_table"
    assert code(b"PK\x03\x04broken") == "file_broken"
    assert code(b"PAR1brokenPAR1") == "file_broken"
    assert code(xlsx(("表", ROWS))[:-200]) == "file_broken"
    assert code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2048)) == "file_broken"
    assert code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")) == (
        "file_encrypted"
    )
    assert code(xlsx(("空", []))) == "file_empty"
    assert code('姓名\n"张'.encode() + b"\nxx" * 40, name="a.csv") == "csv_open_quote"
    assert code('姓名,身份证号,备注\n甲,1,"未完\n乙,2,\n'.encode(), name="a.csv") == "csv_open_quote"
    swallowed = '姓名,身份证号,备注\n甲,1,"开\n乙,999999195001010018,\n丙,3,关"\n'
    assert code(swallowed.encode(), name="a.csv") == "csv_open_quote"


def test_lines_inside_a_cell_and_digits_kept_by_a_formula_are_no_fault() -> None:
    text = '姓名,身份证号,备注\n甲,="0123456789","住石桥,\n东头, 三号"\n'
    assert read_grids(text.encode(), "a.csv")[0].rows[1] == ("甲", "0123456789", "住石桥,\n东头, 三号")


def test_what_a_failed_formula_leaves_is_seen() -> None:
    data = xlsx(("表", [["姓名", "人均月收入"], ["张远山", "#N/A"]]))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert b't="e"' in packed.read("xl/worksheets/sheet1.xml")
    assert read_grids(data, "a.xlsx")[0].rows[1] == ("张远山", "#N/A")


def test_a_missing_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as caught:
        read_grids(tmp_path / "没有.xlsx")
    assert caught.value.faults[0].code == "file_missing"


def test_limits_of_area_and_size() -> None:
    data = xlsx(("一", ROWS), ("二", ROWS))
    assert code(data, Limits(bytes_packed=100)) == "file_too_big"
    assert code(data, Limits(bytes_unpacked=1000)) == "unpacked_too_big"
    assert code(data, Limits(sheets=1)) == "too_many_sheets"
    assert code(data, Limits(rows=2)) == "too_many_rows"
    assert code(data, Limits(columns=1)) == "too_many_columns"
    assert code(csv_bytes(ROWS), Limits(rows=2), "a.csv") == "too_many_rows"


def _repacked(data: bytes, part: str, body: bytes) -> bytes:
    """The workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, body if name == part else old.read(name))
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = _repacked(xlsx(("表", ROWS)), "xl/styles.xml", b" " * (200 * 2**20))
    assert len(bomb) < 2**20
    assert code(bomb) == "unpacked_too_big"


def test_two_far_cells_do_not_make_a_sheet_of_billions() -> None:
    far = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    data = _repacked(xlsx(("表", ROWS)), "xl/worksheets/sheet1.xml", sheet % far)
    assert code(data) == "too_many_columns"


def test_one_long_text_said_a_million_times_is_refused() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("表").write_string(0, 0, "长" * 30_000)
    data = out.getvalue()
    name = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read(name)
    assert b"<v>0</v>" in body
    many = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 20_000))
    start, end = body.index(b"<row"), body.rindex(b"</row>") + 6
    assert code(_repacked(data, name, body[:start] + many + body[end:])) == "unpacked_too_big"


def test_a_header_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(_repacked(xlsx(("表", ROWS)), "xl/styles.xml", b" " * 100_000))
    at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/styles.xml"))
    data[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert code(bytes(data)) == "file_broken"


@settings(max_examples=3 * settings.default.max_examples)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
        st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail),
        st.binary(max_size=200).map(lambda tail: b"PAR1" + tail + b"PAR1"),
    )
)
def test_any_bytes_are_grids_or_bad_input(data: bytes) -> None:
    _grids_or_bad_input(data)


WORKBOOK = xlsx(("表", ROWS))


@settings(max_examples=3 * settings.default.max_examples)
@given(st.lists(st.tuples(st.integers(0, len(WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_workbook_is_grids_or_bad_input(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(WORKBOOK)
    for at, value in changes:
        damaged[at] = value
    _grids_or_bad_input(bytes(damaged))


DEADLY = [
    (1559, 126),
    (1827, 215),
    (1859, 38),
    (2085, 43),
    (2562, 188),
    (3065, 241),
    (3083, 53),
    (3454, 90),
    (4162, 150),
]
OLD_WORKBOOK = (HERE / "cards.xls").read_bytes()


@settings(max_examples=settings.default.max_examples // 4)
@given(st.lists(st.tuples(st.integers(512, len(OLD_WORKBOOK) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_xls_is_grids_or_bad_input(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(OLD_WORKBOOK)
    for at, value in changes:
        damaged[at] = value
    _grids_or_bad_input(bytes(damaged))


def test_an_xls_that_asks_for_all_memory_does_not_end_us() -> None:
    damaged = bytearray(OLD_WORKBOOK)
    for at, value in DEADLY:
        damaged[at] = value
    assert code(bytes(damaged)) == "file_broken"


def _grids_or_bad_input(data: bytes) -> None:
    try:
        grids = read_grids(data, "x")
    except BadInput:
        return
    assert grids
    assert all(len({len(row) for row in grid.rows}) == 1 for grid in grids)
