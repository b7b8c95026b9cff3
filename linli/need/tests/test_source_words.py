"""Sources in words: no reader meets a raw mark."""

from __future__ import annotations

from typing import Any

import pytest

from linli.need.queries_words import has_own_rules, rule_words, rulebook, source_words


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("SAR 第33条", "《社会救助暂行办法》第33条", "Interim Measures for Social Assistance, art. 33"),
        ("VIS-10", "十部门关于特殊困难老年人探访关爱的意见（2022 年）", "Opinions of ten departments"),
        ("VIS-NM 高风险", "，高风险", ", high risk"),
        ("县里自己的办法 第3条", "县里自己的办法第3条", "县里自己的办法, art. 3"),
        ("", "", ""),
    ],
)
def test_a_source_is_named_with_its_article(source: str, zh: str, en: str):
    assert zh in source_words(source, "zh") and en in source_words(source, "en")


@pytest.mark.parametrize("pack", ["", "louxi"])
def test_every_mark_of_the_rules_in_force_has_words_in_both_languages(pack: str, settings: Any):
    settings.LINLI_PACK = pack
    marks = {rule.source for rule in rulebook().rules if rule.source}
    assert marks
    for mark in marks:
        assert source_words(mark, "zh") != source_words(mark, "en"), mark


def test_a_rule_is_called_by_its_title():
    assert rule_words("mla_missed", "zh") == "可能符合低保"
    assert rule_words("mla_missed", "en") != rule_words("mla_missed", "zh")
    assert rule_words("gone_from_the_book", "zh") == ""


def invented() -> set[str]:
    """The figures in force that are no government's."""
    return {code for code, figure in rulebook().parameters.items() if "invented" in {v.source for v in figure.values}}


def test_a_county_is_screened_with_its_own_figures_and_never_with_the_invented_ones(settings: Any):
    settings.LINLI_PACK = ""
    assert not has_own_rules() and not invented()
    settings.LINLI_PACK = "louxi"
    assert has_own_rules() and "mla_standard" in invented()
