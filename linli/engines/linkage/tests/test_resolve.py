"""`resolve`: which value is chosen, what counts as a conflict, who lives together."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.errors import BadInput
from linli.engines.linkage import Resolved, link, resolve
from linli.engines.linkage.data import person_id
from linli.engines.linkage.tests.made import made_lists

ON = dt.date(2026, 6, 1)
SOUND = "110105194912310" + "02X"  # the example of GB 11643-1999


def _resolved(*rows: dict[str, Any], people: list[int] | None = None, order: tuple[str, ...] = ()) -> Resolved:
    """Records r0, r1 … given to the persons of `people` (all to one by default)."""
    filled = [{"unique_id": f"r{at}", "source": "名册", **row} for at, row in enumerate(rows)]
    names = list(dict.fromkeys(name for row in filled for name in row))
    records = pa.table({name: [row.get(name) for row in filled] for name in names})
    persons = people or [0] * len(rows)
    first = {person: f"r{persons.index(person)}" for person in persons}
    links = pa.table(
        {
            "unique_id": [row["unique_id"] for row in filled],
            "person_id": [person_id(first[person]) for person in persons],
        }
    )
    return resolve(records, links, on=ON, order=order)


def _one(*rows: dict[str, Any], **options: Any) -> dict[str, Any]:
    return dict(_resolved(*rows, **options).persons.to_pylist()[0])


def test_most_records_decide() -> None:
    person = _one({"name": "张建国"}, {"name": "张健国"}, {"name": "张建国"})
    assert (person["name"], person["name_source"], person["conflicts"]) == ("张建国", "r0 名册", ["name"])


def test_a_doubtful_value_is_never_chosen_over_a_sound_one() -> None:
    wrong, masked = SOUND[:-2] + "3X", SOUND[:6] + "********" + SOUND[-4:]
    person = _one({"id_no": wrong}, {"id_no": wrong}, {"id_no": masked}, {"id_no": SOUND, "id_state": "valid"})
    assert (person["id_no"], person["id_state"], person["conflicts"]) == (SOUND, "valid", [])


def test_a_doubtful_value_is_kept_where_there_is_no_other() -> None:
    result = _resolved({"birth_on": dt.date(2030, 1, 1)})
    assert result.persons["birth_on"][0].as_py() == dt.date(2030, 1, 1)
    assert result.facts.to_pylist()[0]["doubt"] == "birth_future"


def test_a_sound_number_speaks_for_its_birth_date() -> None:
    person = _one({"birth_on": dt.date(1949, 1, 31)}, {"birth_on": dt.date(1949, 12, 31), "id_no": SOUND})
    assert person["birth_on"] == dt.date(1949, 12, 31)


def test_the_fresher_record_then_the_list_that_ranks_first() -> None:
    old = {"phone": "19900000001", "last_visit_on": dt.date(2020, 1, 1), "source": "甲"}
    new = {"phone": "19900000002", "last_visit_on": dt.date(2026, 1, 1), "source": "乙"}
    assert _one(old, new)["phone"] == "19900000002"
    later = {**old, "last_visit_on": dt.date(2030, 1, 1)}  # a visit in the future is no visit
    assert _one(later, new)["phone"] == "19900000002"
    still = [{"phone": row["phone"], "source": row["source"]} for row in (old, new)]
    assert _one(*still, order=("乙", "甲"))["phone"] == "19900000002"
    assert _one(*still, order=("甲", "乙"))["phone"] == "19900000001"


def test_a_shorter_address_is_no_conflict_and_the_fullest_is_kept() -> None:
    person = _one({"address": "城北花园路12号"}, {"address": "安宁市城北镇花园路12号3幢2单元501室"})
    assert (person["address"], person["conflicts"]) == ("安宁市城北镇花园路12号3幢2单元501室", [])


def test_free_words_of_all_lists_stand_together() -> None:
    person = _one(
        {"remark": "低保A类", "health": "高血压", "source": "低保"},
        {"remark": "2026年9月去世", "health": "高血压", "source": "探访"},
    )
    assert (person["remark"], person["health"]) == ("低保A类；2026年9月去世", "高血压")
    assert (person["remark_source"], person["health_source"]) == ("r0 低保；r1 探访", "r0 低保")


def test_the_last_visit_is_the_latest_though_more_lists_tell_of_an_earlier_one() -> None:
    early, late = {"last_visit_on": dt.date(2026, 1, 5)}, {"last_visit_on": dt.date(2026, 5, 2)}
    assert _one(early, early, late)["last_visit_on"] == dt.date(2026, 5, 2)


def test_groups_are_joined_with_their_dates() -> None:
    first = {"groups": ["MLA"], "group_from": dt.date(2024, 1, 1), "group_to": dt.date(2025, 1, 1)}
    second = {"groups": ["MLA", "PWD"], "group_from": dt.date(2023, 1, 1), "group_to": dt.date(2026, 1, 1)}
    person = _one(first, second)
    assert person["groups"] == ["MLA", "PWD"]
    assert json.loads(person["group_dates"])["MLA"] == {"from": "2023-01-01", "to": "2026-01-01"}


def test_every_fact_is_kept_with_its_source() -> None:
    result = _resolved({"phone": "19900000001", "veteran": True, "income_fen": 50000}, {"phone": "19900000002"})
    facts = {(row["field"], row["value"], row["unique_id"]): row["chosen"] for row in result.facts.to_pylist()}
    assert facts["phone", "19900000001", "r0"] != facts["phone", "19900000002", "r1"]
    person = result.persons.to_pylist()[0]
    assert (person["veteran"], person["income_fen"]) == (True, 50000)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"household_no": "H7"}, {"household_no": "H7"}),
        ({"id_no": SOUND}, {"head_id_no": SOUND}),
        ({"address": "花园路12号3幢501室", "relation": "户主"}, {"address": "花园路12号3幢501室", "relation": "配偶"}),
        ({"address": "杨家村3组12号", "name": "王大山"}, {"address": "杨家村三组12号", "head_name": "王大山"}),
    ],
    ids=["number", "head's number", "door and relation", "door and head's name"],
)
def test_one_household(first: dict[str, Any], second: dict[str, Any]) -> None:
    result = _resolved(first, second, people=[0, 1])
    assert result.households["size"].to_pylist() == [2]
    assert len(set(result.persons["household_id"].to_pylist())) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"household_no": "H7", "source": "甲"}, {"household_no": "H7", "source": "乙"}),
        ({"address": "花园路12号3幢501室"}, {"address": "花园路12号3幢501室"}),
        ({"address": "花园路", "relation": "户主"}, {"address": "花园路", "relation": "户主"}),
    ],
    ids=["number of another list", "door alone", "street without door"],
)
def test_two_households(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert _resolved(first, second, people=[0, 1]).households["size"].to_pylist() == [1, 1]


def test_a_number_used_for_a_whole_village_is_no_household() -> None:
    rows = [{"household_no": "1", "name": f"人{at}"} for at in range(40)]
    assert _resolved(*rows, people=list(range(40))).households.num_rows == 40


def test_head_of_the_household() -> None:
    rows = ({"household_no": "1", "relation": "子"}, {"household_no": "1", "relation": "户主"})
    result = _resolved(*rows, people=[0, 1])
    assert result.households["head_person_id"].to_pylist() == [person_id("r1")]


def test_a_record_without_link_is_refused_by_name() -> None:
    with pytest.raises(BadInput) as caught:
        resolve(pa.table({"unique_id": ["r0"]}), pa.table({"unique_id": ["r1"], "person_id": ["P1"]}), on=ON)
    assert [(fault.code, fault.value) for fault in caught.value.faults] == [("record_without_link", "r0")]


@settings(max_examples=settings.default.max_examples // 6)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_order_of_rows_tells_nothing_and_each_person_stands_once(seed: int, lot: Any) -> None:
    table, _ = made_lists(40, seed=seed)
    turned = list(range(table.num_rows))
    lot.shuffle(turned)
    links = link(table).links
    first = resolve(table, links, on=ON)
    second = resolve(table.take(pa.array(turned)), links, on=ON)
    assert first.persons.equals(second.persons)
    assert first.households.equals(second.households)
    assert sorted(first.persons["person_id"].to_pylist()) == sorted(set(links["person_id"].to_pylist()))
    chosen = [(row["person_id"], row["field"]) for row in first.facts.to_pylist() if row["chosen"]]
    assert len(chosen) == len(set(chosen))
