"""HSDS 3 in: the standard's own examples as JSON and as a tabular package, faults, and no crash on any JSON."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.engines.assignment import OFFERS
from linli.engines.errors import BadInput
from linli.offer.hsds import WORDS, read_package, say_fault

DATA = Path(__file__).parent / "data/hsds"
SERVICE = json.loads((DATA / "service_full.json").read_text(encoding="utf-8"))


def service(**changes: Any) -> bytes:
    """The example service, changed, with a term that maps."""
    term = {"taxonomy_term": {"code": "X1", "name": "Counselling"}}
    return json.dumps({**copy.deepcopy(SERVICE), "attributes": [term], **changes}).encode()


def test_full_service_becomes_an_offer() -> None:
    book = read_package(service())
    row = book.offers.to_pylist()[0]
    assert book.offers.schema == OFFERS
    assert (row["name"], row["provider"]) == ("Community Counselling", "Example Organization Inc.")
    assert row["need_codes"] == ["mental"]
    assert row["slots"] == ["四 10:00-18:00", "五 10:00-18:00"]
    assert (row["valid_from"], row["valid_to"]) == (date(2005, 1, 1), date(2005, 1, 1))
    assert row["languages"] == ["Urdu"]
    assert row["conditions"].startswith("age>=12；age<=100；")
    assert (row["capacity"], row["vetted_until"]) == (1, None)
    # The standard's example has latitude 100: it is named and not used.
    assert [fault.code for fault in book.faults] == ["hsds_bad_place", "hsds_no_capacity"]


def test_unknown_terms_are_kept_and_doubtful() -> None:
    book = read_package(DATA / "service_full.json")
    row = book.offers.to_pylist()[0]
    assert row["need_codes"] == [] and row["skills"]
    assert {"hsds_unknown_term", "hsds_no_term"} <= {fault.code for fault in book.faults}
    assert all(fault.outcome == "doubtful" and say_fault(fault, "en") for fault in book.faults)


def test_page_of_services() -> None:
    assert read_package(DATA / "service_list.json").offers["name"].to_pylist() == ["Community Counselling"]


@pytest.mark.parametrize("zipped", [False, True])
def test_tabular_package_gives_the_same_offer(zipped: bool) -> None:
    source: Path | bytes = DATA / "csv"
    if zipped:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as package:
            for path in sorted((DATA / "csv").iterdir()):
                package.writestr(f"hsds/{path.name}", path.read_bytes())
        source = sink.getvalue()
    table, full = read_package(source).offers.to_pylist()[0], read_package(service()).offers.to_pylist()[0]
    for column in ("offer_id", "name", "provider", "slots", "valid_from", "valid_to", "languages", "conditions"):
        assert table[column] == full[column], column


def test_location_in_range_is_used() -> None:
    place = {"location": {"latitude": "30.5", "longitude": 120.25}}
    row = read_package(service(service_at_locations=[place])).offers.to_pylist()[0]
    assert (row["lat"], row["lon"]) == (30.5, 120.25)


def test_chinese_terms_and_fee_in_yuan() -> None:
    changes = {
        "attributes": [{"taxonomy_term": {"name": "助浴"}}],
        "cost_options": [{"currency": "CNY", "amount": 20.5}],
    }
    row = read_package(service(**changes)).offers.to_pylist()[0]
    assert row["need_codes"] == ["bath"] and "fee_fen=2050" in row["conditions"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": ""}, "hsds_no_name"),
        ({"id": None}, "hsds_no_id"),
        ({"schedules": [{"valid_from": "sometime"}]}, "hsds_bad_date"),
    ],
)
def test_refused_services(changes: dict[str, Any], code: str) -> None:
    book = read_package(service(**changes))
    assert book.offers.num_rows == 0
    assert code in {fault.code for fault in book.faults if fault.outcome == "refused"}


def test_bad_schedule_is_doubtful() -> None:
    book = read_package(service(schedules=[{"byday": "XX", "opens_at": "10:00", "closes_at": "12:00"}]))
    assert book.offers["slots"].to_pylist() == [[]]
    assert "hsds_bad_schedule" in {fault.code for fault in book.faults}


@pytest.mark.parametrize("data", [b"", b"[]", b"nonsense", b"PK nonsense", b'{"contents": 3}', b"\xff", b"[" * 100_000])
def test_what_is_no_package_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as bad:
        read_package(data, "p.json")
    assert all(fault.file == "p.json" and say_fault(fault) for fault in bad.value.faults)


nested = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*SERVICE, "location", "latitude", "byday", "opens_at", "taxonomy_term"]), inner, max_size=5
        )
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*sorted(set(SERVICE) - {"contents", "services"}), "attributes", "cost_options"]), nested
    )
)
def test_any_service_gives_faults_not_a_crash(changes: dict[str, Any]) -> None:
    book = read_package(service(**changes))
    left_out = {"hsds_inactive"}
    assert book.offers.num_rows == 1 or any(f.outcome == "refused" or f.code in left_out for f in book.faults)
    assert all(fault.code in WORDS for fault in book.faults)


@pytest.mark.parametrize("example", ["service_full.json", "service_list.json"])
def test_examples_are_valid_by_the_standard(example: str) -> None:
    """The copies are what the compiled schema of the standard accepts; without an id neither it nor we do."""
    schema_file = DATA / "schema_service.json"
    schema = json.loads(schema_file.read_text(encoding="utf-8"))
    loaded = json.loads((DATA / example).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    services = loaded.get("contents", [loaded])
    assert [error.message for one in services for error in validator.iter_errors(one)] == []
    nameless = {key: value for key, value in services[0].items() if key != "id"}
    assert not validator.is_valid(nameless)
    assert read_package(json.dumps(nameless).encode()).offers.num_rows == 0


def test_a_service_that_is_not_active_is_left_out_and_the_rest_taken() -> None:
    both = [json.loads(service()), json.loads(service(id="another", status="defunct"))]
    book = read_package(json.dumps({"contents": both}).encode())
    assert book.offers.num_rows == 1
    assert [(fault.code, fault.outcome) for fault in book.faults if fault.row == 2] == [("hsds_inactive", "doubtful")]


@pytest.mark.parametrize(
    ("capacities", "capacity", "unit"),
    [
        ([{"available": 30, "maximum": 40, "unit": {"name": "户"}}], 30, "户"),
        ([{"maximum": 12}], 12, None),
        ([{"available": 0, "maximum": 12}], 0, None),
        ([{"available": 3, "unit": {"name": "人"}}, {"available": 2, "unit": {"name": "人"}}], 5, "人"),
        ([{"available": 3, "unit": {"name": "人"}}, {"available": 9, "unit": {"name": "小时"}}], 3, "人"),
    ],
    ids=["left", "at all", "full", "summed", "other unit"],
)
def test_places_left_are_read(capacities: list[Any], capacity: int, unit: str | None) -> None:
    book = read_package(service(capacities=capacities))
    row = book.offers.to_pylist()[0]
    assert (row["capacity"], row["unit"]) == (capacity, unit)
    assert "hsds_no_capacity" not in {fault.code for fault in book.faults}


def test_a_tabular_package_says_places_and_hours_of_a_service_at_its_place(tmp_path: Path) -> None:
    files = {
        "services": "id,name,status\ns1,上门助浴,active\n",
        "service_at_location": "id,service_id,location_id\nsl1,s1,l1\n",
        "locations": "id,latitude,longitude\nl1,30.6,121.0\n",
        "schedules": "id,service_at_location_id,freq,byday,opens_at,closes_at,valid_to\n"
        'h1,sl1,WEEKLY,"MO,TU",09:00,11:00,2026-12-31\n',
        "service_capacity": "id,service_id,unit_id,available,maximum\nc1,s1,u1,0,8\n",
        "units": "id,name\nu1,户\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    row = read_package(tmp_path).offers.to_pylist()[0]
    assert (row["capacity"], row["unit"], row["valid_to"]) == (0, "户", date(2026, 12, 31))
    assert row["slots"] == ["一 09:00-11:00", "二 09:00-11:00"]


def test_hours_of_the_place_itself_count_where_nothing_nearer_is_said(tmp_path: Path) -> None:
    hours = [{"freq": "WEEKLY", "byday": "WE", "opens_at": "09:00", "closes_at": "10:00"}]
    place = {"location": {"latitude": 30.6, "longitude": 121.0, "schedules": hours}}
    book = read_package(service(schedules=[], service_at_locations=[place]))
    assert book.offers["slots"].to_pylist() == [["三 09:00-10:00"]]
