"""From a lottery to people: one panel by its weight, then who sits on each of its seats.

Whole-number arithmetic on what the certificate prints, in a fixed order, so that the same words draw the same panel
on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

from linli.engines.sortition.seeds import Stream


def draw_panel(weights: Sequence[int], stream: Stream) -> int:
    """The number of a panel, each as likely as its weight (whole numbers that need not add up to anything)."""
    ticket = stream.below(sum(weights))
    for at, weight in enumerate(weights):
        if ticket < weight:
            return at
        ticket -= weight
    raise AssertionError("tickets are below the sum")


def seat_people(
    panel: dict[int, int],
    cell_of: Sequence[int | None],
    class_of: Sequence[int],
    homes: Sequence[int],
    stream: Stream,
) -> list[int]:
    """Who sits: for each class its homes are shuffled, dealt to its cells in order, and one member is drawn in each.

    `homes[i]` is the home of person i; without the household rule everybody is a home of their own.
    """
    members: dict[int, dict[int, dict[int, list[int]]]] = {}
    for person, cell in enumerate(cell_of):
        if cell is not None:
            in_class = members.setdefault(class_of[cell], {})
            in_class.setdefault(homes[person], {}).setdefault(cell, []).append(person)
    seated: list[int] = []
    for klass in sorted({class_of[cell] for cell in panel}):
        order = stream.shuffled(list(members[klass]))
        at = 0
        for cell in sorted(cell for cell in panel if class_of[cell] == klass):
            for home in order[at : at + panel[cell]]:
                people = members[klass][home][cell]
                seated.append(people[stream.below(len(people))])
            at += panel[cell]
    return sorted(seated)


def stand_ins(
    drawn: Sequence[int], kind_of: Sequence[int | None], homes: Sequence[int], stream: Stream
) -> list[tuple[list[int], list[int]]]:
    """Like for like: for each kind of person on the panel its members there, and who stands in for them, in order.

    Nobody stands in who lives with somebody on the panel, and of one home only the first.
    """
    taken = {homes[person] for person in drawn}
    out = []
    for kind in sorted({kind for person in drawn if (kind := kind_of[person]) is not None}):
        like = [i for i, other in enumerate(kind_of) if other == kind and homes[i] not in taken]
        order: list[int] = []
        homes_used: set[int] = set()
        for person in stream.shuffled(like):
            if homes[person] not in homes_used:
                homes_used.add(homes[person])
                order.append(person)
        out.append(([person for person in drawn if kind_of[person] == kind], order))
    return out
