"""The pack's files agree with one another."""

from __future__ import annotations

from collections import Counter

from stdnum.cn import uscc

from linli.web.demo.pack import Pack, read

ROLES = {
    "worker",
    "lead",
    "supervisor",
    "county",
    "secretary",
    "grid",
    "org_manager",
    "volunteer",
    "resident",
    "donor",
    "auditor",
    "system_admin",
    "security_admin",
    "audit_admin",
}
NEED_WORDS = """
visit meal bath clean medical_escort errand home_adapt assistive rehab respite mental company aid_guidance document
education child_care guardianship legal job skills inclusion goods housing emergency safety
"""
NEED_CODES = set(NEED_WORDS.split())


def _pack() -> Pack:
    return read()


def test_places_form_one_tree_in_which_each_code_begins_with_its_parents() -> None:
    rows = {r["code"]: r for r in _pack().places.to_pylist()}
    length = {"province": 6, "prefecture": 6, "county": 6, "town": 9, "community": 12, "grid": 15}
    for code, r in rows.items():
        assert len(code) == length[r["level"]]
        if r["parent"]:
            assert r["parent"] in rows
        if r["level"] in ("town", "community", "grid"):
            assert code.startswith(r["parent"])
        assert r["name_zh"]
        assert r["name_en"]
    assert Counter(r["level"] for r in rows.values() if r["valid_to"] is None)["town"] == 9


def test_nine_towns_have_tiles_of_their_own() -> None:
    tiles = [(r["col"], r["row"]) for r in _pack().places.to_pylist() if r["level"] == "town" and r["valid_to"] is None]
    assert len(set(tiles)) == 9
    assert all(col and row for col, row in tiles)


def test_some_towns_have_no_station_and_some_villages_no_service_point() -> None:
    pack = _pack()
    towns = {r["code"] for r in pack.places.to_pylist() if r["level"] == "town" and r["valid_to"] is None}
    stations = {r["place_code"] for r in pack.stations.to_pylist() if r["level"] == "town"}
    assert stations < towns
    points = Counter(r["has_service_point"] for r in pack.places.to_pylist() if r["level"] == "community")
    assert points[1] > points[0] > 0


def test_every_role_has_people_and_one_demo_account() -> None:
    logins = _pack().logins.to_pylist()
    assert {r["role"] for r in logins} == ROLES == set(_pack().roles)
    assert len({r["username"] for r in logins}) == len(logins)
    assert set(Counter(r["role"] for r in logins if r["demo"])) == ROLES
    names = {r["username"] for r in logins}
    assert {r["supervisor"] for r in logins if r["supervisor"]} <= names


def test_organisations_have_valid_credit_codes_and_those_named_exist() -> None:
    pack = _pack()
    organisations = pack.organisations.to_pylist()
    assert all(uscc.is_valid(r["uscc"]) and r["uscc"][2:8] == "999981" for r in organisations)
    codes = {r["code"] for r in organisations}
    assert {r["organisation"] for r in pack.logins.to_pylist() if r["organisation"]} <= codes
    assert {r["operator"] for r in pack.stations.to_pylist()} <= codes


def test_offers_come_from_all_five_parties_in_all_kinds_for_all_needs() -> None:
    pack = _pack()
    offers = pack.offers.to_pylist()
    assert len(offers) >= 120
    assert {o["party"] for o in offers} == {"社区", "社工", "社会组织", "志愿者", "慈善资源"}
    assert {o["kind"] for o in offers} == {"service", "time", "goods", "space", "fund"}
    assert {code for o in offers for code in o["need_codes"].split(";")} == NEED_CODES
    assert {o["place_code"] for o in offers} <= set(pack.places["code"].to_pylist())
    lapsed = [o for o in offers if o["vetted_until"] and o["vetted_until"] < pack.on]
    assert 3 <= len(lapsed) < len(offers) / 10
