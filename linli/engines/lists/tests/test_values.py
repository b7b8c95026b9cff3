"""Single values: dates in many styles, identity numbers, cards, phones, sums of money, words with codes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.lists.cells import read_cell
from linli.engines.lists.dates import read_birth, read_date
from linli.engines.lists.identity import Regions, read_card, read_id
from linli.engines.lists.layout import Column
from linli.engines.lists.tests.make import ON, codes, grid, id_number, read

DEMO = Regions(demo="999999")


def values(field: str, text: str, heading: str = "", code: str = "") -> tuple[dict[str, Any], str]:
    """What a cell under a heading gives, and its fault."""
    cell = read_cell(Column(0, heading or field, field, 1.0, "by_hand", code=code), text)
    return cell.values, cell.fault


STYLES = [
    "{0.year:04}-{0.month:02}-{0.day:02}",
    "{0.year:04}/{0.month}/{0.day}",
    "{0.year:04}.{0.month}.{0.day}",
    "{0.year:04}{0.month:02}{0.day:02}",
    "{0.year:04}年{0.month}月{0.day}日",
    " {0.year:04} 年 {0.month:02} 月 {0.day:02} 日 ",
    "{0.year:04}-{0.month:02}-{0.day:02} 00:00:00",
    "{0.year:04}/{0.month}/{0.day} 0:00",
    "{0.year:04}-{0.month}-{0.day} 8:30",
    "{0.year:04}-{0.month:02}-{0.day:02}T08:30:00.000+08:00",
    "{0.year:04}/{0.month}/{0.day} 12:00:00 AM",
    "{0.year:04}年{0.month}月{0.day}日 上午 8:30",
    "{0.year:04}年{0.month}月{0.day}日0:00",
    "{0.year:04}年{0.month}月{0.day}日 星期二",
    "{0.year:04}/{0.month}/{0.day}（周二） 0:00",
    "{0.year:04}{0.month:02}{0.day:02}.0",
]


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(STYLES), st.booleans())
def test_a_date_in_any_style_is_the_same_day(day: dt.date, style: str, wide: bool) -> None:
    text = style.format(day)
    if wide:
        text = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert read_date(text) == (day, "day", "")


@given(st.dates(dt.date(1927, 5, 18), dt.date(2099, 12, 31)))
def test_excel_day_numbers(day: dt.date) -> None:
    assert read_date(str((day - dt.date(1899, 12, 30)).days)) == (day, "day", "")


@pytest.mark.parametrize(
    ("text", "on", "precision", "fault"),
    [
        ("1950-01", "1950-01-01", "month", ""),
        ("1950年11月", "1950-11-01", "month", ""),
        ("195001", "1950-01-01", "month", ""),
        ("1950.12", "1950-12-01", "month", ""),
        ("1950.1", "1950-01-01", "year", "date_ambiguous"),
        ("1950", "1950-01-01", "year", ""),
        ("1950年", "1950-01-01", "year", ""),
        ("19500000", "1950-01-01", "year", ""),
        ("1950.0", "1950-01-01", "year", ""),
        ("195011.0", "1950-11-01", "month", ""),
        ("1950-01-3108:30", None, None, "date_unreadable"),
        ("一九五〇年十二月二十三日", "1950-12-23", "day", ""),
        ("二〇〇八年元月", "2008-01-01", "month", ""),
        ("31/12/1950", "1950-12-31", "day", ""),
        ("3/4/1950", "1950-01-01", "year", "date_ambiguous"),
        ("2019-02-29", None, None, "date_impossible"),
        ("19500231", None, None, "date_impossible"),
        ("属马", None, None, "date_unreadable"),
        ("长期", None, None, ""),
    ],
)
def test_partial_impossible_and_ambiguous_dates(text: str, on: str | None, precision: str | None, fault: str) -> None:
    read = read_date(text)
    assert (read.on.isoformat() if read.on else None, read.precision, read.fault) == (on, precision, fault)


@pytest.mark.parametrize(
    ("text", "on", "fault"),
    [
        ("50年1月", "1950-01-01", "birth_short_year"),
        ("50.1.31", "1950-01-31", "birth_short_year"),
        ("500131", "1950-01-31", "birth_short_year"),
        ("52年", "1952-01-01", "birth_short_year"),
        ("50.1", "1950-01-01", "date_ambiguous"),
        ("1950年1月31日出生", "1950-01-31", ""),
        ("50.13.1", None, "date_impossible"),
        ("15年3月", None, "date_unreadable"),
        ("31.1", None, "date_unreadable"),
        ("76", None, "date_unreadable"),
        ("1950-1-31（农历）", None, "date_unreadable"),
    ],
)
def test_a_birth_year_of_two_digits_is_taken_only_of_the_last_century(text: str, on: str | None, fault: str) -> None:
    read = read_birth(text, ON)
    assert (read.on.isoformat() if read.on else None, read.fault) == (on, fault)


@pytest.mark.parametrize(
    ("text", "state", "faults", "born"),
    [
        ("11010519491231002X", "valid", (), "1949-12-31"),
        ("１１０１０５１９４９１２３１００２ｘ", "valid", (), "1949-12-31"),
        ("320585 19900307 8812", "valid", (), "1990-03-07"),
        ("320583201202290020", "valid", (), "2012-02-29"),
        ("999999195001010018", "valid", (), "1950-01-01"),
        ("999999195001010019", "doubtful", ("id_check",), "1950-01-01"),
        ("320583500101001", "old15", ("id_old15",), "1950-01-01"),
        ("320583501301001", "doubtful", ("id_old15", "id_date"), None),
        ("320583********8812", "masked", ("id_masked",), None),
        ("32058319900307****", "masked", ("id_masked",), "1990-03-07"),
        ("320583xxxxxxxx8812", "masked", ("id_masked",), None),
        ("3.20583E+17", "doubtful", ("id_lost_digits",), None),
        ("320585199003078000", "doubtful", ("id_lost_digits",), "1990-03-07"),
        ("32058319900307881", "doubtful", ("id_shape",), None),
        ("12345", "doubtful", ("id_shape",), None),
        ("E12345678", "other", (), None),
        ("11010519491231002×", "valid", (), "1949-12-31"),
        ("11010519491231002X'", "valid", (), "1949-12-31"),
        ("身份证：11010519491231002X（已核）", "valid", (), "1949-12-31"),
        ("“11010519491231002X”", "valid", (), "1949-12-31"),
        ("999999195001010018.0", "valid", (), "1950-01-01"),
        ("99999919500101O0l8", "doubtful", ("id_shape",), None),
        ("32058319900307****×", "masked", ("id_masked",), None),
        ("无", None, (), None),
    ],
)
def test_identity_numbers(text: str, state: str | None, faults: tuple[str, ...], born: str | None) -> None:
    read = read_id(text, ON, DEMO)
    assert (read.state, read.faults) == (state, faults)
    assert (read.born_on.isoformat() if read.born_on else None) == born


def test_dates_and_regions_inside_an_identity_number() -> None:
    assert read_id(id_number("20190229"), ON, DEMO).faults == ("id_date",)
    assert read_id(id_number("20270101"), ON, DEMO).faults == ("id_date",)
    assert read_id(id_number("19500101", region="329999"), ON, DEMO).faults == ("id_region",)
    assert read_id(id_number("19500101"), ON, Regions()).faults == ("id_region",)
    # 320524 was a county until 1995: numbers given then are right for life.
    assert read_id(id_number("19500101", region="320524"), ON, DEMO).state == "valid"
    assert read_id(id_number("19500101", region="329998"), ON, Regions(frozenset({"329998"}))).state == "valid"


def test_a_number_cell_that_lost_its_digits_is_kept_but_never_valid() -> None:
    read = read_id("999999195001010018", ON, DEMO, lost=True)
    assert (read.state, read.faults, read.readable) == ("doubtful", ("id_lost_digits",), True)


@given(st.dates(dt.date(1900, 1, 1), ON), st.integers(1, 999))
def test_a_right_number_is_valid_and_any_wrong_check_digit_is_not(day: dt.date, sequence: int) -> None:
    number = id_number(day.strftime("%Y%m%d"), sequence)
    read = read_id(number, ON, DEMO)
    assert (read.state, read.born_on, read.sex) == ("valid", day, "1" if sequence % 2 else "2")
    for digit in set("0123456789X") - {number[-1]}:
        assert read_id(number[:-1] + digit, ON, DEMO).state == "doubtful"


def test_cards_fall_into_number_class_and_grade() -> None:
    number = id_number("19500101")
    card = read_card(f"{number}42")
    assert (card.id_no, card.disability_class, card.disability_grade, card.fault) == (number, "4", "2", "")
    assert read_card(f"{number}42B1").fault == ""
    assert read_card(f"{number}82").fault == "card_shape"
    assert read_card(number).fault == "card_shape"
    assert read_card("无").card_no is None


@pytest.mark.parametrize(
    ("text", "phone", "fault"),
    [
        ("19900001111", "19900001111", ""),
        ("199-0000-1111", "19900001111", ""),
        ("１９９００００１１１１", "19900001111", ""),
        ("+86 199 0000 1111", "19900001111", ""),
        ("0512-55501234", "051255501234", ""),
        ("55501234", "55501234", ""),
        ("000 5550 1234", "00055501234", ""),
        ("0512-55501234、19900001111", "19900001111", ""),
        ("19900001111/19900002222", "19900001111", ""),
        ("199****1111", "199****1111", "phone_masked"),
        ("1990000111", "1990000111", "phone_shape"),
        ("没电话", None, "phone_shape"),
    ],
)
def test_phones(text: str, phone: str | None, fault: str) -> None:
    found, code = values("phone", text)
    assert (found.get("phone"), code) == (phone, fault)


@pytest.mark.parametrize(
    ("heading", "text", "fen"),
    [
        ("人均月收入", "1,234.5", 123450),
        ("人均月收入（元）", "￥800元", 80000),
        ("人均月收入（万元）", "0.12", 120000),
        ("人均年收入", "12000", 100000),
        ("人均年收入", "1.2万元", 100000),
        ("2026年人均月收入", "800", 80000),
        ("2025年人均收入", "9600", 80000),
        ("人均收入", "9600元/年", 80000),
        ("人均收入", "800元/月", 80000),
        ("人均收入（元/年）", "9600", 80000),
    ],
)
def test_money_is_fen_a_month(heading: str, text: str, fen: int) -> None:
    assert values("income_fen", text, heading) == ({"income_fen": fen}, "")


def incomes(heading: str, *sums: str) -> tuple[list[int | None], set[tuple[str, str]]]:
    """What a list of these incomes gives, and its faults."""
    rows = [["张远山", id_number(f"1950{n:02d}01"), text] for n, text in enumerate(sums, start=1)]
    book = read(grid([["姓名", "身份证号", heading], *rows]))
    return book.records["income_fen"].to_pylist(), codes(book)


def test_incomes_without_a_period_are_monthly_only_when_small_and_that_is_said() -> None:
    assert incomes("人均收入（元）", "800", "0", "1200") == ([80000, 0, 120000], {("income_monthly", "doubtful")})
    assert incomes("人均收入（元）", "9600", "0", "11000") == ([None] * 3, {("income_unclear", "doubtful")})
    assert incomes("人均收入（万元）", "0.96", "1.1") == ([None] * 2, {("income_unclear", "doubtful")})
    assert incomes("人均年收入（元）", "9600", "600") == ([80000, 5000], set())
    assert incomes("人均收入", "9600元/年", "800元/月") == ([80000, 80000], set())


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026年", "2026-12-31"),
        ("2026", "2026-12-31"),
        ("2026年2月", "2026-02-28"),
        ("2026.10", "2026-10-31"),
        ("2026-11-05", "2026-11-05"),
        ("长期", None),
    ],
)
def test_an_end_given_as_a_month_or_year_is_its_last_day(text: str, end: str | None) -> None:
    book = read(grid([["姓名", "身份证号", "到期日期"], ["张远山", id_number("19500101"), text]]))
    (found,) = book.records.to_pylist()
    assert (found["group_to"].isoformat() if found["group_to"] else None) == end
    assert found["doubts"] == (["end_by_period"] if end and end != text else [])
    assert not book.faults


def test_money_that_cannot_be_read_is_doubtful() -> None:
    assert values("income_fen", "不多", "人均月收入") == ({}, "amount_unreadable")


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("sex", "男", {"sex": "1"}),
        ("sex", "女性", {"sex": "2"}),
        ("disability_class", "肢体二级", {"disability_class": "4", "disability_grade": "2"}),
        ("disability_class", "听力、言语", {"disability_class": "7"}),
        ("disability_class", "6", {"disability_class": "6"}),
        ("disability_grade", "Ⅲ级", {"disability_grade": "3"}),
        ("disability_grade", "一级", {"disability_grade": "1"}),
        ("living", "独居", {"living": "alone"}),
        ("living", "与子女同住", {"living": "with_family"}),
        ("living", "敬老院", {"living": "institution"}),
        ("self_care", "完全失能", {"self_care": "total"}),
        ("self_care", "半自理", {"self_care": "moderate"}),
        ("self_care", "自理", {"self_care": "able"}),
        ("self_care", "不能自理", {"self_care": "total"}),
        ("father_state", "服刑中", {"father_state": "prison"}),
        ("mother_state", "已去世", {"mother_state": "dead"}),
        ("mother_state", "失联", {"mother_state": "lost_contact"}),
        ("groups", "低保、残疾", {"groups": ["MLA", "PWD"]}),
        ("veteran", "否", {"veteran": False}),
        ("veteran", "是", {"veteran": True}),
        ("member_names", "张远山、李小溪", {"member_names": ["张远山", "李小溪"]}),
        ("name", "张　远 山（已故）", {"name": "张远山", "remark": "已故"}),
        ("name", "张远山【低保】", {"name": "张远山", "remark": "低保"}),
        ("member_names", "张远山（儿子，999999195001010018）、李小溪\n999999", {"member_names": ["张远山", "李小溪"]}),
        ("address", "/", {}),
    ],
)
def test_words(field: str, text: str, found: dict[str, Any]) -> None:
    assert values(field, text) == (found, "")


def test_a_yes_means_what_the_heading_asks() -> None:
    assert values("groups", "是", "是否低保", code="MLA") == ({"groups": ["MLA"]}, "")
    assert values("groups", "否", "是否低保", code="MLA") == ({}, "")
    assert values("living", "√", "是否独居", code="alone") == ({"living": "alone"}, "")
