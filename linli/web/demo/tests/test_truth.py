"""Scoring against the planted truth: a perfect answer scores full, a wrong one is counted as such."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from linli.web.demo import history, truth, world
from linli.web.demo.truth import Score, Truth
from linli.web.demo.world import World

ON = date(2026, 3, 12)


@pytest.fixture(scope="module")
def town() -> World:
    return world.build(1500, 3, ON)


@pytest.fixture(scope="module")
def planted(town: World) -> Truth:
    return truth.plant(town)


def _links(planted: Truth, person: list[str]) -> pa.Table:
    return pa.table(
        {"unique_id": planted.records["unique_id"], "source": planted.records["source"], "person_id": person}
    )


def _perfect(planted: Truth) -> pa.Table:
    return _links(planted, [f"p{n}" for n in planted.records["person_no"].to_pylist()])


def test_records_have_names_of_their_own(planted: Truth) -> None:
    names = planted.records["unique_id"].to_pylist()
    assert len(set(names)) == len(names)


def test_perfect_links_find_every_pair_and_none_else(planted: Truth) -> None:
    score = truth.score_links(_perfect(planted), planted)
    assert score.found > 500
    assert (score.missed, score.false, score.unjudged, score.f1) == (0, 0, 0, 1.0)


def test_links_may_name_rows_by_file_sheet_and_row(planted: Truth) -> None:
    rows = planted.records.to_pylist()
    named = _perfect(planted).set_column(
        0, "unique_id", pa.array([f"{r['file']}:{r['sheet']}:{r['row']}" for r in rows])
    )
    assert truth.score_links(named, planted) == truth.score_links(_perfect(planted), planted)


def test_one_person_split_and_two_joined_are_counted(planted: Truth) -> None:
    people = planted.records["person_no"].to_pylist()
    apart = truth.score_links(_links(planted, [f"r{n}" for n in range(len(people))]), planted)
    assert apart.found == apart.false == 0
    assert apart.missed == truth.score_links(_perfect(planted), planted).found
    together = truth.score_links(_links(planted, ["all"] * len(people)), planted)
    assert together.missed == 0
    assert together.found + together.false == len(people) * (len(people) - 1) // 2


def test_rows_nobody_planted_are_unjudged(planted: Truth) -> None:
    extra = pa.table({"unique_id": ["nowhere:1"], "source": ["nowhere"], "person_id": ["p0"]})
    assert truth.score_links(pa.concat_tables([_perfect(planted), extra]), planted).unjudged == 1


def _claims(rows: list[dict[str, object]]) -> pa.Table:
    return pa.table(
        {
            "subject": [f"p{r['person_no']}" for r in rows],
            "group": [r["group"] for r in rows],
            "kind": [r["kind"] for r in rows],
        }
    )


def test_every_visible_claim_found_scores_full(planted: Truth) -> None:
    standing = set(planted.records["person_no"].to_pylist())
    rows = [f for f in planted.flags.to_pylist() if f["visible"] and f["person_no"] in standing]
    score = truth.score_flags(_claims(rows), _perfect(planted), planted)
    assert score.found > 30
    assert (score.missed, score.false) == (0, 0)


def test_a_claim_about_someone_well_off_is_false_and_an_unknown_kind_unjudged(town: World, planted: Truth) -> None:
    flagged = set(planted.flags["household_no"].to_pylist())
    standing = set(planted.records["person_no"].to_pylist())
    homes = town.persons["household_no"].to_pylist()
    fine = next(n for n in sorted(standing) if homes[n] not in flagged)
    score = truth.score_flags(
        _claims(
            [
                {"person_no": fine, "group": "MLA", "kind": "missed"},
                {"person_no": fine, "group": "MIG", "kind": "missed"},
            ]
        ),
        _perfect(planted),
        planted,
    )
    assert (score.found, score.false, score.unjudged) == (0, 1, 1)


def test_one_person_of_a_household_flagged_is_the_household_found(planted: Truth) -> None:
    rows = [f for f in planted.flags.to_pylist() if f["visible"] and f["group"] == "MLB" and f["kind"] == "missed"]
    standing = set(planted.records["person_no"].to_pylist())
    first = {f["household_no"]: f for f in rows if f["person_no"] in standing}
    one = truth.score_flags(_claims(list(first.values())), _perfect(planted), planted)
    assert one.found == len(first) > 5


def test_the_barred_offer_fits_no_need_of_the_protected(town: World, planted: Truth) -> None:
    barred = set(town.exclusions["excluded_offer_ids"][0].as_py())
    protected = set(town.exclusions["protected_person_no"].to_pylist())
    rows = [m for m in planted.matches.to_pylist() if m["person_no"] in protected]
    assert {m["code"] for m in rows} >= {"company", "errand", "child_care"}
    for m in rows:
        assert set(m["never"]) == barred
        assert not barred & set(m["offers"])


def test_ended_full_and_unvetted_offers_meet_no_need_that_asks_for_more(town: World, planted: Truth) -> None:
    offers = {o["offer_id"]: o for o in town.pack.offers.to_pylist()}
    used = [(m, offers[o]) for m in planted.matches.to_pylist() for o in m["offers"]]
    assert used
    for need, offer in used:
        assert offer["valid_to"] >= ON
        assert offer["capacity"] > 0
        if need["minor"] and offer["kind"] in ("service", "time", "space"):
            assert offer["vetted_until"] >= max(need["due_on"], ON)
    bathed = [o for m, o in used if m["code"] == "bath" and m["helper_sex"] == "2!" and o["kind"] == "service"]
    assert bathed
    assert all("女" in o["conditions"] for o in bathed)


def _planned(town: World, planted: Truth) -> tuple[pa.Table, dict[tuple[int, str], dict[str, object]]]:
    standing = set(planted.records["person_no"].to_pylist())
    needs = {(m["person_no"], m["code"]): m for m in planted.matches.to_pylist() if m["person_no"] in standing}
    table = pa.table(
        {
            "need_id": [str(i) for i in range(len(needs))],
            "person_id": [f"p{n}" for n, _ in needs],
            "code": [c for _, c in needs],
        }
    )
    return table, needs


def test_first_proposals_are_scored_and_a_barred_one_is_false_at_any_rank(town: World, planted: Truth) -> None:
    planned, needs = _planned(town, planted)
    first = [(str(i), m["offers"][0]) for i, m in enumerate(needs.values()) if m["offers"]]  # type: ignore[index]
    good = pa.table({"need_id": [n for n, _ in first], "offer_id": [o for _, o in first], "rank": [1] * len(first)})
    full = truth.score_matches(good, planned, _perfect(planted), planted)
    assert full == Score(len(first), 0, 0, 0)
    victim = next(str(i) for i, m in enumerate(needs.values()) if m["never"])
    barred = town.exclusions["excluded_offer_ids"][0].as_py()[0]
    bad = pa.concat_tables([good, pa.table({"need_id": [victim], "offer_id": [barred], "rank": [2]})])
    assert truth.score_matches(bad, planned, _perfect(planted), planted).false == 1


def test_hidden_claims_are_true_but_need_not_be_found(planted: Truth) -> None:
    hidden = planted.flags.filter(pc.invert(planted.flags["visible"]))
    assert hidden.num_rows > 0
    nothing = _claims([]).cast(pa.schema([("subject", pa.string()), ("group", pa.string()), ("kind", pa.string())]))
    score = truth.score_flags(nothing, _perfect(planted), planted)
    assert score.found == score.false == 0
    assert score.missed > 0


@pytest.mark.parametrize("residents", [100, 300])
def test_the_smallest_counties_have_lists_truth_and_past(residents: int) -> None:
    small = world.build(residents, 1, ON)
    planted = truth.plant(small)
    assert truth.score_links(_perfect(planted), planted).f1 == 1
    assert planted.matches.num_rows == history.past(small).needs.num_rows > 10
