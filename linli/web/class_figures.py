"""The figures of the overview by class of clients: one person counts in every class it belongs to, once in each.

Small groups are not shown (`rules.withheld`), and what opens by class shows records under made-up names: belonging
to a class speaks of health, money or detention, and a file's number would lead to a name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac

from linli.core.actor import Actor, system_actor
from linli.core.errors import NotFound, Refused
from linli.place import queries as places
from linli.place.models import Place
from linli.web import rules
from linli.web.figures import COUNTY, Figure
from linli.web.queries import client_class, client_classes, memberships, statuses_in_force
from linli.web.rules import ClassOfClients

NONE = "none"  # the people of no class
LEVELS = (Place.Level.PROVINCE, Place.Level.PREFECTURE, Place.Level.COUNTY, Place.Level.TOWN)


@dataclass(frozen=True)
class ClassTable:
    """People by class and figure; None where there are too few to say. `wholes`: each person once."""

    classes: list[ClassOfClients]
    cells: Mapping[str, Mapping[str, int | None]]
    wholes: Mapping[str, int]


def class_table(actor: Actor, place: Place, action: str = "county.read", only: Figure | None = None) -> ClassTable:
    """Count every figure (or `only` one) of a place by class."""
    if place.level not in LEVELS:
        raise Refused("web.class_place", reason="too_few", few=rules.SMALLEST)
    classes = client_classes(actor)
    member = _classes_of(memberships(actor, action), classes)
    watcher = system_actor("figures", actor.now)
    around = _classes_of(memberships(watcher, action), classes) if place.level == Place.Level.TOWN else {}
    cells: dict[str, dict[str, int | None]] = {code: {} for code in (*(one.code for one in classes), NONE)}
    wholes: dict[str, int] = {}
    for figure in (only,) if only else COUNTY.values():
        people = {who for _path, who in _people(figure, actor, action, place.path)}
        wholes[figure.code] = len(people)
        counts = Counter(code for who in people for code in member.get(who, (NONE,)))
        hidden = _given_away(watcher, action, figure, place, around)
        for code, line in cells.items():
            few = code in hidden or 0 < counts[code] < rules.SMALLEST
            line[figure.code] = None if few else counts[code]
    return ClassTable(classes, cells, wholes)


def _people(figure: Figure, actor: Actor, action: str, place_path: str) -> set[tuple[str, UUID]]:
    rows = figure.records(actor, place_path, action).filter(why_not="")
    return set(rows.order_by().values_list("place_path", "who"))


def _classes_of(groups: Mapping[UUID, set[str]], classes: list[ClassOfClients]) -> dict[UUID, list[str]]:
    """Person → the classes it belongs to; who is in none is not in it."""
    found = {who: [one.code for one in classes if held & set(one.groups)] for who, held in groups.items()}
    return {who: codes for who, codes in found.items() if codes}


def _given_away(
    watcher: Actor, action: str, figure: Figure, place: Place, member: Mapping[UUID, list[str]]
) -> set[str]:
    """Classes a town must not show because the county's number and its other towns' would tell a small one."""
    if place.level != Place.Level.TOWN or place.parent is None:
        return set()
    towns = [town.path for town in places.places_below(watcher, place.parent)]
    counts: dict[str, Counter[str]] = {}
    for path, who in _people(figure, watcher, action, place.parent.path):
        town = next((one for one in towns if path.startswith(one)), "")
        for code in member.get(who, (NONE,)):
            counts.setdefault(code, Counter())[town] += 1
    return {code for code, by_town in counts.items() if place.path in rules.withheld(by_town)}


def of_class(
    actor: Actor, code: str, figure: Figure, place: Place, rows: QuerySet[Any]
) -> tuple[ClassOfClients | None, QuerySet[Any]]:
    """The rows of a figure that are about people of one class, or of none. Refused where too few are counted."""
    one = None if code == NONE else client_class(actor, code)
    cell = class_table(actor, place, "county.records", figure).cells[code][figure.code]
    if cell is None:
        raise Refused("web.class_few", reason="too_few", few=rules.SMALLEST)
    if cell == 0:
        raise NotFound()
    groups = one.groups if one else [group for each in client_classes(actor) for group in each.groups]
    held = Exists(statuses_in_force(actor, "county.records", groups).filter(subject_uid=OuterRef("who")))
    return one, rows.filter(held if one else ~held)


def made_up_number(code: str, row: Any) -> str:
    """A name for a record that is the same each time and leads back to nothing outside this program."""
    return salted_hmac("linli.class", f"{code}|{row.uid}", algorithm="sha256").hexdigest()[:8]
