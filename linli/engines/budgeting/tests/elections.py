"""Small elections for tests: made from plain values, written as .pb text, drawn by Hypothesis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from linli.engines.budgeting import BudgetResult, Election, Options, budget, parse_pb

DATA = Path(__file__).parents[4] / "tests" / "data" / "budgeting"
WIELICZKA = DATA / "poland_wieliczka_2023_green-budget.pb"
Votes = list[dict[str, int]]


def text(costs: dict[str, int | str], money: int | str, votes: Votes, kind: str = "approval", meta: str = "") -> str:
    """An election as a .pb file."""
    pointed = kind in ("cumulative", "scoring")
    lines = ["META", "key;value", f"budget;{money}", f"vote_type;{kind}", *meta.split()]
    lines += ["PROJECTS", "project_id;cost", *(f"{ident};{cost}" for ident, cost in costs.items())]
    lines += ["VOTES", "voter_id;vote" + (";points" if pointed else "")]
    for number, vote in enumerate(votes):
        points = ";" + ",".join(map(str, vote.values())) if pointed else ""
        lines.append(f"v{number};{','.join(vote)}{points}")
    return "\n".join(lines) + "\n"


def read(*given: Any, **more: Any) -> Election:
    """The election of `text`'s arguments."""
    return parse_pb(text(*given, **more).encode())


def winners(election: Election, rule: str, completion: str = "none") -> list[str]:
    """The ids funded."""
    options = Options(rule=rule, completion=completion)  # type: ignore[arg-type]
    return ids(budget(election, options, reasons=False))


def ids(result: BudgetResult) -> list[str]:
    """The ids funded by a result."""
    return [result.election.projects[at].id for at in result.selected]


@st.composite
def elections(draw: st.DrawFn, kinds: tuple[str, ...] = ("approval", "cumulative"), voters: int = 8) -> Any:
    """(costs, budget, votes, kind) with many ties: few costs and voters, ids whose text order is not their number's."""
    kind = draw(st.sampled_from(kinds))
    names = draw(st.lists(st.sampled_from(["2", "10", "1", "9", "a", "B", "30"]), min_size=1, max_size=6, unique=True))
    costs = {name: draw(st.sampled_from([1, 2, 3, 5, 10, 12, 20])) for name in names}
    money = draw(st.integers(1, 50))
    points = st.just(1) if kind == "approval" else st.integers(1, 3)
    ballot = st.lists(st.sampled_from(names), unique=True)
    votes = [{name: draw(points) for name in draw(ballot)} for _ in range(draw(st.integers(1, voters)))]
    return costs, money, votes, kind
