"""Limits: how much may still go to the projects of a kind (a category, a target group, a neighbourhood).

A limit binds every rule in the same way: a project that would break one is passed over. Without limits
every project always fits.
"""

from __future__ import annotations

from collections.abc import Sequence

from linli.engines.budgeting.data import Limit, Project


class Rooms:
    """The room left under each limit while projects are funded, one after the other."""

    def __init__(self, projects: Sequence[Project], limits: Sequence[Limit]) -> None:
        self.cost = [project.cost for project in projects]
        self.under = [
            tuple(at for at, limit in enumerate(limits) if limit.value in project.tags(limit.field))
            for project in projects
        ]
        self.members = [[at for at, under in enumerate(self.under) if place in under] for place in range(len(limits))]
        self.at_most = [limit.at_most for limit in limits]
        self.room = list(self.at_most)

    def again(self) -> Rooms:
        """Nothing funded: ready for another run."""
        self.room = list(self.at_most)
        return self

    def most(self, at: int) -> int | None:
        """What project `at` could cost without breaking a limit now; None: no limit speaks of it."""
        return min((self.room[place] for place in self.under[at]), default=None)

    def fits(self, at: int) -> bool:
        """Whether funding project `at` keeps every limit."""
        return all(self.cost[at] <= self.room[place] for place in self.under[at])

    def take(self, at: int) -> list[int]:
        """Fund project `at`; the projects that no longer fit because of it."""
        touched: set[int] = set()
        for place in self.under[at]:
            self.room[place] -= self.cost[at]
            touched.update(other for other in self.members[place] if self.cost[other] > self.room[place])
        return sorted(touched - {at})
