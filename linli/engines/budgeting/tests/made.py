"""Invented elections as large as a city's: .pb text from a seed, for the tests beside it and for the bench.

Nothing of a real city is in them. The winners to compare with are pabutools' (tests/data/budgeting/expected.json).
"""

from __future__ import annotations

import random
from typing import NamedTuple


class City(NamedTuple):
    """How large an election is: voters, projects, the money, how many projects a ballot may name."""

    voters: int
    projects: int
    money: int
    most: int
    seed: int


CITIES = {
    "made_few_projects": City(27_000, 13, 1_500_000, 3, seed=11),
    "made_many_projects": City(11_000, 81, 8_700_000, 15, seed=12),
}
"""Many alike ballots over few costly projects; hardly two ballots alike over many projects."""
QUARTERS = 6


def made_election(name: str) -> str:
    """The .pb file of one of CITIES, the same each time: only `random()` is drawn, whose sequence Python keeps.

    People live in quarters; a quarter likes some projects more, and some projects are liked everywhere.
    """
    city = CITIES[name]
    lot = random.Random(city.seed)
    names = [str(7 * at + 3) for at in range(city.projects)]  # their order as text is not that of the numbers
    costs = [round(city.money * (0.004 + 0.6 * lot.random() ** 3), -2) for _ in names]
    liked = [[0.05 + lot.random() ** 2 + 2 * lot.random() ** 8 for _ in names] for _ in range(QUARTERS)]
    lines = ["META", "key;value", f"num_projects;{city.projects}", f"num_votes;{city.voters}"]
    lines += [f"budget;{city.money}", "vote_type;approval", "PROJECTS", "project_id;cost"]
    lines += [f"{ident};{cost:.0f}" for ident, cost in zip(names, costs, strict=True)]
    lines += ["VOTES", "voter_id;vote"]
    for voter in range(city.voters):
        taste = liked[int(QUARTERS * lot.random())]
        named = 1 + int(city.most * lot.random())
        # The largest of u^(1/weight): a draw without return by weight (Efraimidis and Spirakis 2006).
        drawn = sorted(range(city.projects), key=[lot.random() ** (1 / one) for one in taste].__getitem__)[-named:]
        lines.append(f"{voter};{','.join(names[at] for at in drawn)}")
    return "\n".join(lines) + "\n"
