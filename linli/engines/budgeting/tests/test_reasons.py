"""Reasons: every figure they give is tried by running the rule again with the change made."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from linli.engines.budgeting import BudgetResult, Options, Reason, as_json, budget, read_pb, say_reason
from linli.engines.budgeting.tests.elections import WIELICZKA, elections, read, winners

HOW = st.sampled_from(
    [("greedy", "none"), ("mes-cost", "none"), ("mes-project", "none"), ("phragmen", "none"), ("mes-cost", "phragmen")]
)


def lost(result: BudgetResult) -> list[tuple[str, Reason]]:
    """The projects not funded though somebody voted for them."""
    named = [(result.election.projects[reason.project].id, reason) for reason in result.reasons]
    return [(name, reason) for name, reason in named if reason.code not in ("no_votes",) and reason.code[:4] != "won_"]


@given(elections(), HOW)
def test_the_cost_named_is_the_highest_that_is_funded(case: Any, how: tuple[str, str]) -> None:
    costs, money, votes, kind = case

    def funded(name: str, cost: int) -> bool:
        return name in winners(read({**costs, name: cost}, money, votes, kind=kind), *how)

    for name, reason in lost(budget(read(*case), Options(*how))):  # type: ignore[arg-type]
        most = reason.cost_at_most or 0
        assert not most or funded(name, most)
        if how[1] == "none":
            assert not any(funded(name, cost) for cost in range(most + 1, costs[name]))


@given(elections(voters=6), HOW)
def test_the_supporters_named_are_enough(case: Any, how: tuple[str, str]) -> None:
    """`least` for some choice of people (and for approvals nobody fewer), `any` for every choice."""
    costs, money, votes, kind = case

    def funded(name: str, points: int, joined: tuple[int, ...]) -> bool:
        changed = [{**vote, name: points} if at in joined else vote for at, vote in enumerate(votes)]
        return name in winners(read(costs, money, changed, kind=kind), *how)

    for name, reason in lost(budget(read(*case), Options(*how))):  # type: ignore[arg-type]
        others, points = [at for at, vote in enumerate(votes) if name not in vote], reason.params.get("each", 1)

        def trials(size: int, name: str = name, others: Any = others, points: int = points) -> list[bool]:
            return [funded(name, points, joined) for joined in combinations(others, size)]

        if (least := reason.supporters_least) is not None:
            assert any(trials(least))
        if how[1] == "none" and kind == "approval":
            fewer = range(1, least if least is not None else len(others) + 1)
            assert not any(any(trials(size)) for size in fewer)
        if reason.supporters_any is not None:
            assert all(trials(reason.supporters_any))


def test_a_real_file_in_words() -> None:
    """Wieliczka by Equal Shares: project 40, checked by hand of pabutools: funded at 68,999 and not at 69,000."""
    election = read_pb(WIELICZKA)
    result = budget(election, Options("mes-cost"))
    reason = next(reason for reason in result.reasons if election.projects[reason.project].id == "40")
    assert (reason.cost_at_most, reason.supporters_least, reason.supporters_any) == (68999, 87, 91)
    assert "31,001 PLN" in say_reason(result, reason, "zh")
    assert "87 more of the voters" in say_reason(result, reason, "en")


def test_every_project_has_words_in_both_languages() -> None:
    for rule, completion in [
        ("greedy", "none"),
        ("mes-cost", "add1u"),
        ("mes-project", "phragmen"),
        ("phragmen", "none"),
    ]:
        told = as_json(budget(read_pb(WIELICZKA), Options(rule, completion)))  # type: ignore[arg-type]
        for project in told["projects"]:
            words = project["reason"]["words"]
            assert words["zh"].endswith("。") and words["en"].endswith(".")
            assert words["en"].startswith("Funded" if project["selected"] else "Not funded")
