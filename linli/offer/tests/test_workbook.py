"""The offers workbook: read in both languages, every fault at once, the template read back, no input crashes it."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from linli.engines.assignment import KNOWN_CODES, OFFERS
from linli.engines.errors import BadInput, Fault
from linli.offer.template import offer_template
from linli.offer.workbook import HEADINGS, WORDS, OfferBook, read_offers, say_fault

CHINESE = """娄溪县资源登记表,,,,,,,,,,
编号,提供方,主体,类型,名称,需求代码,语言,审查有效期,名额,时间,条件
A1,暖邻居家,社会组织,服务,上门助浴,助浴；clean、Meals,普通话、吴语,2027年6月30日,３,"周二、四 14:00-17:00",年龄>=60
"""


def test_chinese_headings_words_and_full_width() -> None:
    book = read_offers(CHINESE.encode("gb18030"), "资源.csv")
    assert book.faults == ()
    row = book.offers.to_pylist()[0]
    assert book.offers.schema == OFFERS
    assert (row["offer_id"], row["party"], row["kind"], row["capacity"]) == ("A1", "社会组织", "service", 3)
    assert row["need_codes"] == ["bath", "clean", "meal"]
    assert row["languages"] == ["普通话", "吴语"]
    assert row["vetted_until"] == date(2027, 6, 30)
    assert row["slots"] == ["二 14:00-17:00", "四 14:00-17:00"]


def test_every_fault_at_once_with_row_column_and_cure() -> None:
    text = (
        "offer_id,name,kind,need_codes,capacity,party,vetted_until,lat,lon,slots,place_code,valid_from,valid_to\n"
        "A1,饭,service,meal,2,社区,,,,,,,\n"
        "A1,,magic,meal;magic,many,神仙,soon,95,,sometimes,abc,2026-05-01,2026-04-01\n"
        "A3,饭,service,magic,2,,,30,120,,,,\n"
    )
    book = read_offers(text.encode(), "o.csv")
    found = {(fault.row, fault.code) for fault in book.faults}
    codes = (
        "offer_id_repeated",
        "offer_empty",
        "offer_bad_kind",
        "offer_bad_code",
        "offer_bad_capacity",
        "offer_bad_party",
        "offer_bad_date",
        "offer_bad_latitude",
        "offer_bad_slots",
        "offer_bad_place",
        "offer_dates_crossed",
    )
    assert {(3, code) for code in codes} <= found
    assert (4, "offer_bad_code") in found and not {code for row, code in found if row == 2}
    assert book.offers["offer_id"].to_pylist() == ["A1", "A3"]
    unknown = next(fault for fault in book.faults if fault.code == "offer_bad_code")
    assert all(code in unknown.params["known"] for code in KNOWN_CODES)
    for fault in book.faults:
        assert fault.file == "o.csv" and fault.column
        assert say_fault(fault, "zh") != say_fault(fault, "en")


def test_missing_and_doubled_headings_are_all_named() -> None:
    with pytest.raises(BadInput) as bad:
        read_offers("编号,名称,类型,类型\n1,a,service,x\n".encode(), "o.csv")
    assert [fault.code for fault in bad.value.faults] == [
        "offer_heading_twice",
        "offer_heading_missing",
        "offer_heading_missing",
    ]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"a,b,c\n1,2,3\n", b"\xff\xfe\x00\x81"])
def test_what_is_no_workbook_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(BadInput) as bad:
        read_offers(data, "x.xlsx")
    assert all(say_fault(fault) for fault in bad.value.faults)


def test_template_reads_back_and_has_drop_downs() -> None:
    data = offer_template()
    book = read_offers(data, "模板.xlsx")
    assert book.faults == ()
    row = book.offers.to_pylist()[0]
    assert row["need_codes"] == ["bath", "clean"] and row["vetted_until"] == date(2027, 6, 30)
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    lists = [choice.formula1 for choice in sheet.data_validations.dataValidation]
    assert any("服务" in text for text in lists) and any("志愿者" in text for text in lists)
    assert [cell.value.strip("*") for cell in sheet[1]] == [words[0] for words in HEADINGS.values()]


def test_dates_and_numbers_typed_in_a_sheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["offer_id", "name", "kind", "need_codes", "capacity", "vetted_until", "place_code", "lat", "lon"])
    sheet.append([7, "饭", "服务", "meal", 2.0, date(2026, 5, 6), 330521103, 30.5, 120.25])
    book.save(tmp_path / "o.xlsx")
    row = read_offers(tmp_path / "o.xlsx").offers.to_pylist()[0]
    assert (row["offer_id"], row["capacity"], row["vetted_until"], row["place_code"]) == (
        "7",
        2,
        date(2026, 5, 6),
        "330521103",
    )
    assert (row["lat"], row["lon"]) == (30.5, 120.25)


def test_a_provider_merged_over_rows_and_a_hidden_old_sheet() -> None:
    book = Workbook()
    old, sheet = book.active, book.create_sheet("2026")
    assert old is not None
    for page, provider in ((old, "旧站"), (sheet, "暖邻居家")):
        page.append(["编号", "提供方", "类型", "名称", "需求代码", "名额"])
        page.append(["A1", provider, "服务", "助浴", "助浴", 3])
        page.append(["A2", None, "服务", "助餐", "助餐", 3])
        page.merge_cells("B2:B3")
    old.sheet_state = "hidden"
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    read = read_offers(out.getvalue(), "资源.xlsx")
    # Whom an excluded provider offers must be known of every row.
    assert read.offers["provider"].to_pylist() == ["暖邻居家", "暖邻居家"]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_another_separator(mark: str) -> None:
    text = f"编号{mark}类型{mark}名称{mark}需求代码{mark}名额\nA1{mark}服务{mark}助浴{mark}助浴、助餐{mark}3\n"
    assert read_offers(text.encode(), "o.csv").offers["need_codes"].to_pylist() == [["bath", "meal"]]


@pytest.mark.parametrize("written", ["202611", "2026111", "2026年11月"])
def test_a_date_that_is_not_a_day_is_refused(written: str) -> None:
    text = f"编号,类型,名称,需求代码,名额,有效期止\nA1,服务,助浴,助浴,3,{written}\n"
    assert [fault.code for fault in read_offers(text.encode(), "o.csv").faults] == ["offer_bad_date"]


def test_headings_are_known_once_only() -> None:
    words = [word for field, listed in HEADINGS.items() for word in (field, *listed)]
    assert len(words) == len(set(words))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=8, max_size=8), max_size=4))
def test_any_cells_give_faults_not_a_crash(rows: list[list[str]]) -> None:
    heads = ["offer_id", "name", "kind", "need_codes", "capacity", "slots", "valid_from", "lat"]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [heads, *rows]]
    book = read("\n".join(quoted).encode("utf-8", "ignore"))
    assert isinstance(book, OfferBook) or book
    offers = book.offers.to_pylist() if isinstance(book, OfferBook) else []
    assert all(fault.code in WORDS for fault in (book.faults if isinstance(book, OfferBook) else book))
    assert all(row["offer_id"] and row["name"] and row["capacity"] >= 0 for row in offers)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_faults_not_a_crash(data: bytes) -> None:
    book = read(data)
    assert isinstance(book, OfferBook) or all(fault.code in WORDS for fault in book)


def read(data: bytes) -> OfferBook | tuple[Fault, ...]:
    """The book, or the faults for which there is none."""
    try:
        return read_offers(data, "f.csv")
    except BadInput as bad:
        return bad.faults
