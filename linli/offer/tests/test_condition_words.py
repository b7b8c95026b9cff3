"""Conditions as a person says them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from linli.offer.parties import PARTIES, party_of
from linli.offer.queries_words import condition_words, party_in_tables, party_words, unit_words


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("", "", ""),
        ("自付=20元；服务人员性别=女；女护理员 2 名", "女服务人员；自付 20 元；女护理员 2 名", "female helper; 20"),
        ("年龄>=60；每份上限=5000元", "60 岁以上；每份最多 5,000 元", "aged 60 or more; at most 5,000 yuan"),
        ("年龄>=16；年龄<=59", "16–59 岁", "aged 16–59"),
        ("服务人员性别=男|女", "男女服务人员都有", "male and female helpers"),
        ("可送餐上门", "可送餐上门", "可送餐上门"),
        ("人群=MLA|ORP", "对象：低保、孤儿", "for: Minimum living list, "),
    ],
)
def test_conditions_are_said_in_words(written: str, zh: str, en: str):
    with override("zh-hans"):
        assert condition_words(written) == zh
    with override("en"):
        assert condition_words(written).startswith(en)


@pytest.mark.parametrize(
    ("unit", "en"),
    [("份/天", "portions/day"), ("人/次", "people/time"), ("户", "households"), ("箱", "箱"), ("", "")],
)
def test_units_are_said_in_the_readers_language(unit: str, en: str):
    with override("en"):
        assert unit_words(unit) == en
    with override("zh-hans"):
        assert unit_words(unit) == unit


@pytest.mark.parametrize("party", PARTIES)
def test_a_party_is_known_by_its_code_and_both_its_words(party: str):
    with override("en"):
        english = party_words(party)
    assert {party_of(word) for word in (party, party_in_tables(party), english, english.lower())} == {party}


@pytest.mark.parametrize(("written", "party"), [("慈善", "charity"), ("Organization", "organisation"), ("神仙", None)])
def test_a_party_may_be_spelled_otherwise(written: str, party: str | None):
    assert party_of(written) == party
