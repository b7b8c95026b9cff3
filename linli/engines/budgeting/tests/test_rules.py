"""The rules: known answers, the shared cases, and what must hold for every election."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.engines.budgeting import District, Limit, Options, budget, parse_pb, payments, read_pb
from linli.engines.budgeting.tests.elections import DATA, WIELICZKA, elections, ids, read, text, winners
from linli.engines.budgeting.tests.made import CITIES, made_election

ALL = [("greedy", "none"), ("mes-cost", "none"), ("mes-project", "none"), ("phragmen", "none")]
COMPLETED = [(rule, how) for rule in ("mes-cost", "mes-project") for how in ("add1", "add1u", "phragmen")]
NAMES = {"mes_cost": ("mes-cost", "none"), "mes_card": ("mes-project", "none"), "phragmen": ("phragmen", "none")}
NAMES |= {"greedy_cost": ("greedy", "none"), "mes_cost_add1": ("mes-cost", "add1")}

# 6 voters of the north, 4 of the south; every project costs a fifth of the money.
NORTH, SOUTH = {"n1": 1, "n2": 1, "n3": 1, "n4": 1, "n5": 1}, {"s1": 1, "s2": 1, "s3": 1}
CITY = (dict.fromkeys([*NORTH, *SOUTH], 20), 100, [NORTH] * 6 + [SOUTH] * 4)


@pytest.mark.parametrize("rule", ["mes-cost", "mes-project", "phragmen"])
def test_a_minority_gets_its_share_of_the_money(rule: str) -> None:
    """40 % of the people decide on 40 % of the money (the point of Equal Shares; Peters et al. 2021, section 1)."""
    assert winners(read(*CITY), rule) == ["n1", "n2", "n3", "s1", "s2"]


def test_greedy_gives_a_majority_everything() -> None:
    assert winners(read(*CITY), "greedy") == ["n1", "n2", "n3", "n4", "n5"]


def test_prices_and_payments_worked_by_hand() -> None:
    """Budget 10, 2 voters, share 5. x (cost 6, both): 3 each. y (cost 3, second voter): she has 2 left, too little."""
    result = budget(read({"x": 6, "y": 3}, 10, [{"x": 1}, {"x": 1, "y": 1}]), Options("mes-project"))
    step = result.pots[0].steps[0]
    assert (ids(result), step.price, step.full, step.rest) == (["x"], Fraction(3), 2, 0)
    told = {result.election.projects[reason.project].id: reason for reason in result.reasons}["y"]
    assert (told.code, told.cost_at_most, told.supporters_least, told.supporters_any) == ("short", 2, 1, 1)


def test_whoever_has_less_than_the_price_gives_what_is_left() -> None:
    """Share 4. x (1, first voter only): 3 left. y (7, both): 3 + 4."""
    result = budget(read({"x": 1, "y": 7}, 8, [{"x": 1, "y": 1}, {"y": 1}]), Options("mes-project"))
    step = result.pots[0].steps[1]
    assert (ids(result), step.price, step.full, step.rest, step.rest_total) == (["x", "y"], 4, 1, 1, 3)


def test_utility_by_cost_and_by_project_differ() -> None:
    """Share 8. Per project x (3 for one) goes before y (10 for two: 5 each); per unit of cost y (1/2) before x (1)."""
    election = read({"x": 3, "y": 10}, 16, [{"x": 1, "y": 1}, {"y": 1}])
    order = {
        rule: [step.project for step in budget(election, Options(rule)).pots[0].steps]  # type: ignore[arg-type]
        for rule in ("mes-cost", "mes-project")
    }
    assert order == {"mes-cost": [1, 0], "mes-project": [0, 1]}


def test_ties_go_to_the_smaller_id_as_text() -> None:
    for rule, _ in ALL:
        assert winners(read({"9": 5, "10": 5}, 5, [{"9": 1, "10": 1}]), rule) == ["10"]


def test_phragmen_stops_at_the_first_project_that_does_not_fit() -> None:
    votes = [{"a": 1, "b": 1}, {"a": 1, "b": 1}, {"c": 1}]
    assert winners(read({"a": 6, "b": 6, "c": 4}, 10, votes), "phragmen") == ["a", "c"]
    assert winners(read({"a": 6, "b": 6, "c": 7}, 12, votes), "phragmen") == ["a", "b"]
    assert winners(read({"a": 6, "b": 5, "c": 1}, 6, [{"a": 1, "b": 1}] * 2), "phragmen") == ["b"]


def test_no_completion_when_nobody_is_left_out() -> None:
    assert winners(read({"a": 5}, 100, [{"a": 1}]), "mes-cost", "add1") == ["a"]


def test_add1_raises_until_nothing_more_fits() -> None:
    """Share 5 each; a (cost 8) has one supporter: she needs 8, so shares are raised 3 times."""
    result = budget(read({"a": 8, "b": 2}, 10, [{"a": 1}, {"b": 1}]), Options("mes-cost", "add1"))
    assert (ids(result), result.pots[0].raised, result.pots[0].ended) == (["a", "b"], 3, "exhausted")


def test_add1_steps_back_when_the_budget_is_overspent() -> None:
    """a and b (6 each) become payable in the same step and do not fit together: the outcome before stands."""
    result = budget(read({"a": 6, "b": 6}, 10, [{"a": 1}, {"b": 1}]), Options("mes-cost", "add1"))
    assert (ids(result), result.pots[0].raised, result.pots[0].ended) == ([], 0, "overspent")
    assert winners(result.election, "mes-cost", "add1u") == ["a"]
    assert winners(result.election, "mes-cost", "phragmen") == ["a"]


@pytest.mark.parametrize(
    ("kind", "points"), [("approval", [1, 1, 1]), ("knapsack", [1, 1, 1]), ("ordinal", [2, 1, 1, 2, 2])]
)
def test_ballot_kinds_without_points(kind: str, points: list[int]) -> None:
    """Approval and knapsack: 1 each, the order of names means nothing; ordinal: Borda's 2 and 1."""
    election = read({"a": 1, "b": 1}, 3, [{"a": 1, "b": 1}, {"b": 1}, {"b": 1, "a": 1}], kind=kind)
    assert sorted(election.ballots.weight.tolist()) == sorted(points)
    assert winners(election, "greedy") == ["a", "b"]


def test_borda_counts_from_the_longest_ballot_allowed() -> None:
    """max_length 3: first place 3 points, second 2, third 1; a has 3 + 2, b 2 + 3, c 1."""
    votes = [{"a": 1, "b": 1, "c": 1}, {"b": 1, "a": 1}]
    election = read({"a": 1, "b": 1, "c": 1}, 3, votes, kind="ordinal", meta="max_length;3")
    assert [reason.params["points"] for reason in budget(election, Options("greedy")).reasons] == [5, 5, 1]


def test_decimal_points_count_exactly() -> None:
    """0.5 + 0.5 ties with 1: the smaller id goes first."""
    file = text({"b": 4, "a": 4}, 4, [], kind="cumulative") + "x;b;1\ny;a;0.5\nz;a;0.5\n"
    election = parse_pb(file.encode())
    assert election.point_scale == 2
    assert winners(election, "greedy") == ["a"]


def test_decimal_money_is_exact() -> None:
    election = read({"a": "0.10", "b": "0,20", "c": "0.01"}, "0.30", [{"a": 1, "b": 1, "c": 1}])
    assert (election.scale, election.budget) == (100, 30)
    assert winners(election, "greedy") == ["a", "b"]
    assert winners(election, "mes-cost") == ["a", "b"]


@pytest.mark.parametrize(("rule", "completion"), ALL + COMPLETED)
def test_nobody_voted(rule: str, completion: str) -> None:
    election = read({"a": 5, "b": 50}, 10, [{}, {}])
    assert winners(election, rule, completion) == (["a"] if rule in ("greedy", "phragmen") else [])


def test_districts_decide_on_their_own_money() -> None:
    file = (
        "META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost;district\n"
        "e;30;East\nw;30;West\nall;40;\nVOTES\nvoter_id;vote;district\n"
        "1;e,all;East\n2;w;West\n3;e,w;West\n"
    )
    election = parse_pb(file.encode())
    result = budget(election, Options("mes-cost", districts=(District("East", 30), District("West", 20)), voters="own"))
    assert [(pot.name, pot.budget, pot.voters) for pot in result.pots] == [
        ("East", 30, 1),
        ("West", 20, 2),
        ("", 50, 1),
    ]
    assert ids(result) == ["all", "e"]
    paid = {(one.voter_id, one.project_id): one.amount for one in payments(result)}
    assert paid == {("1", "e"): 30, ("1", "all"): 40}


@pytest.mark.parametrize("rule", ["greedy", "mes-cost", "mes-project", "phragmen"])
def test_a_limit_holds_for_its_kind(rule: str) -> None:
    file = (
        "META\nkey;value\nbudget;100\nvote_type;approval\nPROJECTS\nproject_id;cost;category\n"
        "a;30;sport, culture\nb;30;sport\nc;30;culture\nVOTES\nvoter_id;vote\n1;a,b,c\n2;a,b,c\n3;a,b\n"
    )
    result = budget(parse_pb(file.encode()), Options(rule=rule, limits=(Limit("category", "sport", 50),)))  # type: ignore[arg-type]
    assert ids(result) == ["a", "c"]
    assert next(reason.code for reason in result.reasons if reason.project == 1) == "limit"


def test_wieliczka_add1() -> None:
    """The open file: 31 projects, 984,579, as pabutools with exact fractions."""
    result = budget(read_pb(WIELICZKA), Options("mes-cost", "add1"), reasons=False)
    assert (len(result.selected), result.cost, result.pots[0].raised) == (31, 984579, 150)


@pytest.mark.parametrize("case", [WIELICZKA.stem, *CITIES])
def test_the_winners_are_those_of_pabutools(case: str) -> None:
    expected = json.loads((DATA / "expected.json").read_text("utf-8"))["winners"][case]
    election = read_pb(WIELICZKA) if case == WIELICZKA.stem else parse_pb(made_election(case).encode())
    for name, told in expected.items():
        assert winners(election, *NAMES[name]) == told, name


RULES = st.sampled_from(ALL + COMPLETED)


@given(elections(), RULES, st.randoms(use_true_random=False))
def test_order_of_voters_and_projects_does_not_matter(case: Any, how: tuple[str, str], chance: Any) -> None:
    costs, money, votes, kind = case
    before = winners(read(*case), *how)
    names, votes = list(costs), list(votes)
    chance.shuffle(names)
    chance.shuffle(votes)
    assert winners(read({name: costs[name] for name in names}, money, votes, kind=kind), *how) == before


@given(elections(), RULES)
def test_names_do_not_matter_beyond_their_order(case: Any, how: tuple[str, str]) -> None:
    costs, money, votes, kind = case
    new = {name: f"p{place:02d}" for place, name in enumerate(sorted(costs))}
    renamed = [{new[name]: points for name, points in vote.items()} for vote in votes]
    after = winners(read({new[name]: cost for name, cost in costs.items()}, money, renamed, kind=kind), *how)
    assert after == sorted(new[name] for name in winners(read(*case), *how))


@given(elections(), st.sampled_from(ALL), st.integers(2, 4))
def test_every_voter_several_times_over_changes_nothing(case: Any, how: tuple[str, str], times: int) -> None:
    costs, money, votes, kind = case
    assert winners(read(costs, money, votes * times, kind=kind), *how) == winners(read(*case), *how)


@given(elections(), st.sampled_from(ALL))
def test_the_unit_of_money_does_not_matter(case: Any, how: tuple[str, str]) -> None:
    costs, money, votes, kind = case
    fen = {name: f"{cost}.00" for name, cost in costs.items()}
    assert winners(read(fen, f"{money},0", votes, kind=kind), *how) == winners(read(*case), *how)
    hundred = {name: cost * 100 for name, cost in costs.items()}
    assert winners(read(hundred, money * 100, votes, kind=kind), *how) == winners(read(*case), *how)


@given(elections(), st.sampled_from(["greedy", "mes-project", "phragmen"]), st.data())
def test_a_winner_that_gets_cheaper_still_wins(case: Any, rule: str, data: Any) -> None:
    costs, money, votes, kind = case
    if won := winners(read(*case), rule):
        name = data.draw(st.sampled_from(won))
        cheaper = {**costs, name: data.draw(st.integers(1, costs[name]))}
        assert name in winners(read(cheaper, money, votes, kind=kind), rule)


@given(elections(("approval",)), st.data())
def test_a_winner_that_gets_votes_still_wins_by_greedy(case: Any, data: Any) -> None:
    costs, money, votes, _ = case
    if won := winners(read(*case), "greedy"):
        name = data.draw(st.sampled_from(won))
        voter = data.draw(st.integers(0, len(votes) - 1))
        votes = [{**vote, name: 1} if at == voter else vote for at, vote in enumerate(votes)]
        assert name in winners(read(costs, money, votes), "greedy")


@given(elections(), st.sampled_from(["mes-cost", "mes-project"]))
def test_add1u_leaves_nothing_that_fits(case: Any, rule: str) -> None:
    costs, money, votes, _ = case
    won = winners(read(*case), rule, "add1u")
    left = money - sum(costs[name] for name in won)
    wanted = {name for vote in votes for name in vote}
    assert left >= 0
    assert not [name for name in wanted if name not in won and costs[name] <= left]


@given(elections(), st.sampled_from([*ALL[1:], *COMPLETED[:1], COMPLETED[2]]))
def test_payments_make_up_costs_and_stay_within_shares(case: Any, how: tuple[str, str]) -> None:
    result = budget(read(*case), Options(*how), reasons=False)  # type: ignore[arg-type]
    paid: dict[str, Fraction] = {}
    spent: dict[str, Fraction] = {}
    for one in payments(result):
        paid[one.project_id] = paid.get(one.project_id, Fraction(0)) + one.amount
        spent[one.voter_id] = spent.get(one.voter_id, Fraction(0)) + one.amount
    bought = {result.election.projects[s.project].id for s in result.pots[0].steps if s.phase in ("shares", "phragmen")}
    assert paid == {name: case[0][name] for name in bought}
    if how[1] == "none" and how[0] != "phragmen":
        assert all(amount <= (result.pots[0].share or 0) for amount in spent.values())
