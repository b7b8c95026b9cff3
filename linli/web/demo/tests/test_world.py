"""The people of the demo county: the same every time, whole, and nobody's."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric

from linli.web.demo import idnumbers, world
from linli.web.demo.pack import read
from linli.web.demo.world import World

ON = date(2026, 3, 12)


@pytest.fixture(scope="module")
def small() -> World:
    return world.build(300, 7, ON)


@pytest.fixture(scope="module")
def town() -> World:
    return world.build(3000, 1, ON)


def test_same_seed_same_world_and_another_seed_another(small: World) -> None:
    assert world.build(300, 7, ON).persons.equals(small.persons)
    assert not world.build(300, 8, ON).persons.equals(small.persons)


@settings(max_examples=15, deadline=None)
@given(residents=st.integers(100, 700), seed=st.integers(0, 10**6))
def test_exactly_as_many_residents_as_asked_in_whole_households(residents: int, seed: int) -> None:
    made = world.build(residents, seed, ON)
    assert made.persons.num_rows == residents
    assert sum(made.households["size"].to_pylist()) == residents
    counted = np.bincount(made.persons["household_no"].to_numpy())
    assert counted[made.households["household_no"].to_numpy()].tolist() == made.households["size"].to_pylist()


def test_too_few_residents_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 100"):
        world.build(99, 1, ON)


def test_id_numbers_have_the_right_check_digit_birth_sex_and_a_region_that_does_not_exist(town: World) -> None:
    rows = [r for r in town.persons.select(["id_no", "birth_on", "sex"]).to_pylist() if r["id_no"]]
    assert len({r["id_no"] for r in rows}) == len(rows) > 2900
    for r in rows:
        assert ric.calc_check_digit(r["id_no"]) == r["id_no"][-1]
        assert r["id_no"][:6] == "999999"
        assert r["id_no"][6:14] == r["birth_on"].strftime("%Y%m%d")
        assert int(r["id_no"][16]) % 2 == int(r["sex"]) % 2


def test_more_births_on_one_day_than_numbers_are_refused() -> None:
    day = np.full(500, np.datetime64("1960-01-01"))
    with pytest.raises(AssertionError, match="too many"):
        idnumbers.id_numbers(day, np.ones(500, dtype=bool))


def test_phones_are_eleven_digits_nobody_can_dial(town: World) -> None:
    phones = town.persons["phone"].drop_null()
    assert pc.all(pc.match_substring_regex(phones, r"^0005\d{7}$")).as_py()


def test_ages_are_those_of_the_day(town: World) -> None:
    for r in town.persons.select(["age", "birth_on"]).to_pylist():
        born = r["birth_on"]
        assert r["age"] == ON.year - born.year - ((ON.month, ON.day) < (born.month, born.day))


def test_households_look_like_households(town: World) -> None:
    sizes = town.households["size"].to_numpy()
    assert 2.2 < sizes.mean() < 3.1
    assert sizes.max() <= 6
    people = town.persons.to_pylist()
    heads = {p["household_no"]: p for p in people if p["relation"] == "户主"}
    for p in people:
        head = heads[p["household_no"]]
        if p["relation"] in ("儿子", "女儿"):
            assert 18 <= head["age"] - p["age"] <= 45
        if p["relation"] in ("父亲", "母亲"):
            assert p["age"] > head["age"] + 18
        if p["living"] == "alone":
            assert p["household_size"] == 1


def test_doors_are_not_shared_by_strangers(town: World) -> None:
    named = len(town.pack.cast["homes"])
    drawn = [r["address"] for r in town.households.to_pylist() if r["household_no"] >= named]
    assert len(set(drawn)) == len(drawn)


def test_every_place_a_person_lives_in_is_in_the_pack(town: World) -> None:
    codes = set(read().places["code"].to_pylist())
    for column in ("town_code", "community_code", "grid_code"):
        assert set(town.persons[column].to_pylist()) <= codes


def test_every_kind_of_hardship_occurs(town: World) -> None:
    truly = town.statuses.filter(town.statuses["qualifies"])
    assert {"MLA", "DES", "MLB", "RIG", "ORP", "DEF", "CID", "LBC", "EAL", "EEM", "EDA", "PWD", "VET"} <= set(
        truly["group"].to_pylist()
    )
    missed = pc.sum(pc.and_(town.statuses["qualifies"], pc.invert(town.statuses["enrolled"]))).as_py()
    assert missed > 50


def test_the_excluded_relative_is_planted_with_login_and_offer(town: World) -> None:
    rows = town.exclusions.to_pylist()
    victim = town.cast["victim"]
    assert {r["protected_person_no"] for r in rows} == {victim, town.cast["victim_child"]}
    husband = town.cast["excluded_relative"]
    people = town.persons.to_pylist()
    for r in rows:
        assert r["excluded_person_no"] == husband
        assert r["valid_from"] <= ON <= r["valid_to"]
        login = town.pack.logins.filter(pc.equal(town.pack.logins["username"], r["excluded_username"])).to_pylist()[0]
        assert login["role"] == "volunteer"
        assert login["name"] == people[husband]["name"]
        offers = town.pack.offers.filter(
            pc.is_in(town.pack.offers["offer_id"], pa.array(r["excluded_offer_ids"]))
        ).to_pylist()
        assert offers
        assert all(o["vetted_until"] >= ON for o in offers)
    assert people[victim]["household_no"] != people[husband]["household_no"]
    assert people[victim]["address"] == people[husband]["address"]


def test_the_safe_address_is_nowhere_but_in_the_exclusions(town: World) -> None:
    safe = town.exclusions["safe_address"][0].as_py()
    for table in (town.persons, town.households, town.statuses, town.pack.offers):
        for name in table.column_names:
            if pa.types.is_string(table[name].type):
                assert safe not in set(table[name].to_pylist())
