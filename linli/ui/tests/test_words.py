"""Dates, counts and masks as pages write them, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.ui.templatetags import ui

EVENING_IN_UTC = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)  # half past midnight on the 12th in Shanghai


def test_registers_write_the_day_of_shanghai():
    assert ui.day(date(2026, 3, 12)) == "<time>2026-03-12</time>"
    assert ui.day(EVENING_IN_UTC) == "<time>2026-03-12</time>"
    assert ui.moment(EVENING_IN_UTC) == '<time datetime="2026-03-12T00:30+08:00">2026-03-12 00:30</time>'


@pytest.mark.parametrize(
    ("language", "short", "full"),
    [("zh-hans", "3月12日", "2026年3月12日"), ("en", "12 March", "12 March 2026")],
)
def test_sentences_write_a_day_in_the_readers_language(language: str, short: str, full: str):
    with override(language):
        assert f">{short}<" in ui.in_words(date(2026, 3, 12))
        assert f">{full}<" in ui.in_full(date(2026, 3, 12))


@pytest.mark.parametrize("write", [ui.day, ui.moment, ui.in_words, ui.in_full, ui.count, ui.yuan])
def test_nothing_is_written_for_nothing(write):
    assert write(None) == ""


@pytest.mark.parametrize(
    ("given", "written"),
    [(999, "999"), (4519, "4,519"), (0, "0"), (12.0, "12"), (Decimal("1234.5"), "1,234.5"), ("7–8", "7–8")],
)
def test_counts_have_commas_from_a_thousand(given, written: str):
    assert ui.count(given) == written


@pytest.mark.parametrize(("fen", "written"), [(128050, "1,280.50"), (73000, "730"), (5, "0.05"), (0, "0")])
def test_fen_are_shown_as_yuan(fen: int, written: str):
    assert ui.yuan(fen) == written


def test_masks_keep_what_tells_people_apart_and_no_more():
    assert ui.masked_name("钱桂芳") == "钱**"
    assert ui.masked_id("999999194408171028") == "****************28"
    assert ui.masked_phone("00055500182") == "000****0182"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text("0123456789", max_size=7))
def test_a_short_telephone_number_is_hidden_whole(number: str):
    assert ui.masked_phone(number) == "*" * len(number)


def test_every_form_gets_an_operation_id_of_its_own():
    assert ui.operation_id() != ui.operation_id()
