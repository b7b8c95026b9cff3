"""`link` on made lists: planted duplicates, order, hot values, tiny and empty inputs, words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from stdnum.cn import ric

from linli.engines.errors import BadInput
from linli.engines.linkage import WORDS, LinkOptions, blocking_report, check_links, link
from linli.engines.linkage.tests.made import SCHEMA, made_lists, pair_scores


def _records(*rows: dict[str, Any]) -> pa.Table:
    filled = [{"unique_id": f"r{at}", "source": "低保名册", **row} for at, row in enumerate(rows)]
    return pa.Table.from_pylist(filled, schema=SCHEMA)


def _found(table: pa.Table, **options: Any) -> dict[str, str]:
    result = link(table, options=LinkOptions(**options))
    assert check_links(table, result) == []
    return dict(zip(result.links["unique_id"].to_pylist(), result.links["person_id"].to_pylist(), strict=True))


ZHANG = {
    "name": "张建国", "sex": "1", "birth_on": dt.date(1951, 3, 4), "id_no": "99999919510304001X",
    "phone": "19900012345", "region": "999999101", "address": "花园路12号3幢2单元501室",
}  # fmt: skip


@pytest.mark.parametrize(("errors", "least"), [(1.0, 0.985), (2.0, 0.96)])
def test_planted_duplicates_are_found(errors: float, least: float) -> None:
    table, truth = made_lists(1500, seed=11, errors=errors)
    precision, recall, f1 = pair_scores(_found(table), truth)
    assert f1 >= least, (precision, recall, f1)


def test_expected_figures_are_close_to_the_truth_never_shown() -> None:
    table, truth = made_lists(1500, seed=12)
    result = link(table)
    found = dict(zip(result.links["unique_id"].to_pylist(), result.links["person_id"].to_pylist(), strict=True))
    assert result.report["threshold"]["truth_used"] is False
    assert abs(result.report["threshold"]["expected_f1"] - pair_scores(found, truth)[2]) < 0.02
    assert result.report["blocking"]["recall"] > 0.98


def test_order_of_rows_tells_nothing() -> None:
    table, _ = made_lists(300, seed=13)
    turned = table.take(pa.array(list(reversed(range(table.num_rows)))))
    first, second = link(table), link(turned)
    assert first.links.equals(second.links)
    assert first.review.equals(second.review)
    assert (first.digest, first.threshold) == (second.digest, second.threshold)


def test_records_without_any_number() -> None:
    table, truth = made_lists(800, seed=14)
    bare = table.set_column(table.column_names.index("id_no"), "id_no", pa.nulls(table.num_rows, pa.string()))
    precision, _, f1 = pair_scores(_found(bare), truth)
    assert precision > 0.97
    assert f1 > 0.95


def test_one_phone_on_many_records_joins_nobody() -> None:
    table, truth = made_lists(600, seed=15)
    at = table.column_names.index("phone")
    hot = table.set_column(at, "phone", pa.array(["19900000000"] * table.num_rows, pa.string()))
    result = link(hot)
    found = dict(zip(result.links["unique_id"].to_pylist(), result.links["person_id"].to_pylist(), strict=True))
    assert result.report["blocking"]["hot_values"]["phone"] == 1
    assert pair_scores(found, truth)[0] > 0.97


def test_values_that_say_nothing_join_nobody() -> None:
    nothing = {"birth_on": dt.date(1900, 1, 1), "id_no": "0" * 18, "phone": "00000000000", "address": "无"}
    rows = [{**nothing, "name": name} for name in ("张建国", "李桂香", "王海燕", "陈志强")]
    assert len(set(_found(_records(*rows)).values())) == 4


def test_a_key_never_gives_a_record_more_pairs_than_allowed() -> None:
    rows = [{"name": "张伟", "region": "999999101", "sex": "1"} for _ in range(40)]
    report = blocking_report(_records(*rows), options=LinkOptions(pairs_per_row=10))
    names = {rule["rule"]: rule for rule in report["rules"]}
    assert names["name"]["dropped_keys"] == 1
    assert names["name"]["dropped_records"] == 40
    assert all(rule["pairs"] <= 10 * 40 for rule in report["rules"])


@pytest.mark.parametrize(
    "change",
    [
        {"name": "张健国"},
        {"id_no": "99999919510304801X"},
        {"id_no": "999999510304001"},
        {"id_no": "999999********001X", "birth_on": dt.date(1951, 4, 3)},
        {"id_no": None, "phone": None},
        {"address": None, "region": "999999200", "phone": "19900099999"},
        {"name": "建国"},
    ],
    ids=["homophone", "wrong digit", "15 digits", "masked and swapped", "no number", "moved", "surname missing"],
)
def test_two_records_of_one_person(change: dict[str, Any]) -> None:
    assert len(set(_found(_records(ZHANG, {**ZHANG, **change})).values())) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"name": "张建军", "birth_on": dt.date(1954, 8, 9), "id_no": "999999195408090013"},
        {"name": "张建国", "birth_on": dt.date(1980, 8, 9), "id_no": "999999198008090015", "region": "999999200",
         "address": "人民路3号", "phone": "19900088888"},
    ],
    ids=["brother at the same door", "namesake elsewhere"],
)  # fmt: skip
def test_two_records_of_two_people(change: dict[str, Any]) -> None:
    assert len(set(_found(_records(ZHANG, {**ZHANG, **change})).values())) == 2


def test_small_inputs_use_the_shipped_model_and_say_so() -> None:
    result = link(_records(ZHANG, {**ZHANG, "name": "张健国"}))
    assert result.report["model"]["parameters"] == "shipped"
    assert result.report["threshold"]["method"] == "shipped"


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_empty_columns(size: int) -> None:
    table = pa.table({"unique_id": pa.array([f"r{at}" for at in range(size)], pa.string())})
    assert len(set(_found(table).values())) == size


def test_a_list_without_duplicates_stays_apart() -> None:
    table, truth = made_lists(700, seed=16)
    first: dict[int, str] = {}
    for key in table["unique_id"].to_pylist():
        first.setdefault(truth[key], key)
    single = table.filter(pa.array([key in set(first.values()) for key in table["unique_id"].to_pylist()]))
    found = _found(single)
    assert len(set(found.values())) >= 0.99 * single.num_rows


def test_latin_names_run() -> None:
    rows = [
        {"name": "John Smith", "birth_on": dt.date(1970, 1, 2)},
        {"name": "Jon Smith", "birth_on": dt.date(1970, 1, 2)},
    ]
    assert len(_found(_records(*rows))) == 2


def test_a_doubtful_value_never_makes_a_certain_link() -> None:
    table = _records(ZHANG, {**ZHANG, "id_no": "99999919510304801X"})
    marked = table.append_column("doubts", pa.array([[], ["id_check"]], pa.list_(pa.string())))
    result = link(marked)
    assert max(result.links["probability"].to_pylist()) <= LinkOptions().doubtful_cap
    assert "待核" in result.links["why"][0].as_py()


def test_reasons_are_words_in_both_languages() -> None:
    table = _records({**ZHANG}, {**ZHANG, "name": "张健国", "source": "残疾人名册", "id_no": None})
    chinese = link(table).links["why"].to_pylist()
    assert chinese[0] == "与残疾人名册的r1号：姓名同音、出生日期相同、电话相同、住址门牌相同"
    english = link(table, options=LinkOptions(lang="en")).links["why"].to_pylist()
    assert english[0] == "with no. r1 of 残疾人名册: names sound the same, same birth date, same phone, same door"


def test_every_word_has_two_languages() -> None:
    assert all(chinese and english and chinese != english for chinese, english in WORDS.entries.values())


def test_bad_numbers_are_all_named_at_once() -> None:
    table = pa.table({"unique_id": ["a", "a", "", "b"]})
    with pytest.raises(BadInput) as caught:
        link(table)
    assert [(fault.code, fault.row) for fault in caught.value.faults] == [
        ("unique_id_repeated", 2),
        ("unique_id_empty", 3),
    ]


def test_check_finds_what_was_changed() -> None:
    table, _ = made_lists(60, seed=17)
    result = link(table)
    less = type(result)(**{**vars(result), "links": result.links.slice(1)})
    assert {fault.code for fault in check_links(table, less)} >= {"record_without_link"}
    other, _ = made_lists(60, seed=18)
    assert "digest_differs" in {fault.code for fault in check_links(other, result)}


def _sound(body: str) -> str:
    return body + str(ric.calc_check_digit(body + "0"))


TWIN = {
    "name": "王子轩", "sex": "1", "birth_on": dt.date(2016, 5, 6), "id_no": _sound("99999920160506001"),
    "phone": "19900012345", "region": "999999101", "address": "花园路12号3幢2单元501室",
}  # fmt: skip


@pytest.mark.parametrize("name", ["王子涵", "王子轩"])
def test_twins_have_neighbouring_sound_numbers_and_stay_two(name: str) -> None:
    other = {**TWIN, "name": name, "id_no": _sound("99999920160506003")}
    assert len(set(_found(_records(TWIN, other)).values())) == 2
    between = {**TWIN, "id_no": None}
    assert len(set(_found(_records(TWIN, other, between)).values())) == 2, "whoever stands between them"


def test_twins_stay_two_in_fitted_lists_too() -> None:
    table, truth = made_lists(1500, seed=16)
    twins = [
        {**TWIN, "unique_id": f"t{pair}-{one}", "name": f"{name}{pair % 9}", "phone": f"0005{pair:07d}",
         "id_no": _sound(f"999999201605{pair % 28 + 1:02d}{101 + 2 * one:03d}"),
         "birth_on": dt.date(2016, 5, pair % 28 + 1), "address": f"花园路{pair + 100}号"}
        for pair in range(28) for one, name in enumerate(("王子轩", "王子涵"))
    ]  # fmt: skip
    result = link(pa.concat_tables([table, pa.Table.from_pylist(twins, schema=SCHEMA)]))
    found = dict(zip(result.links["unique_id"].to_pylist(), result.links["person_id"].to_pylist(), strict=True))
    assert all(found[f"t{pair}-0"] != found[f"t{pair}-1"] for pair in range(28))
    assert pair_scores({key: found[key] for key in truth}, truth)[2] >= 0.98


@pytest.mark.parametrize(
    "change",
    [
        {"birth_on": dt.date(1950, 1, 1), "birth_precision": "year"},
        {"birth_on": dt.date(1950, 1, 25)},
    ],
    ids=["a year alone", "another day"],
)
def test_a_name_and_less_than_a_day_is_never_certain(change: dict[str, Any]) -> None:
    wang = {"name": "王秀英", "sex": "2", "birth_on": dt.date(1950, 1, 15), "region": "999999101"}
    result = link(_records(wang, {**wang, **change}))
    if len(set(result.links["person_id"].to_pylist())) == 1:
        assert max(result.links["probability"].to_pylist()) < 0.9
    assert result.review.num_rows == 1, "a person looks"


def test_two_sure_groups_held_together_by_a_weak_pair_are_looked_at() -> None:
    wang = {"name": "王秀英", "sex": "2", "birth_on": dt.date(1950, 1, 15), "region": "999999101"}
    here = {**wang, "id_no": _sound("99999919500115012"), "phone": "00055500001", "address": "柳园3幢102室"}
    sent = {**wang, "birth_on": dt.date(1950, 1, 1), "birth_precision": "year", "address": "城东8幢1室"}
    result = link(_records(here, here, sent, sent))
    assert len(set(result.links["person_id"].to_pylist())) == 1
    assert min(result.links["probability"].to_pylist()) > 0.99, "each is sure of its own copy"
    assert len(set(result.certain.to_pylist())) == 2
    assert [(pair["a"][-1] < "2", pair["b"][-1] < "2") for pair in result.review.to_pylist()] == [(True, False)]
