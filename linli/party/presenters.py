"""What the pages of people show: masked lines, places by name, the choices of the filter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.party.fields import SEX_WORDS
from linli.party.models import Person
from linli.party.presenters_rights import place_name
from linli.party.queries import household_sizes
from linli.place import queries as places
from linli.place.models import Place

CHOSEN_LEVELS = (Place.Level.COUNTY, Place.Level.TOWN, Place.Level.COMMUNITY)


def place_choices(actor: Actor, paths: Iterable[str]) -> list[tuple[str, str]]:
    """Counties, towns and communities in these places, by path, indented by level."""
    found: dict[str, str] = {}
    for path in paths:
        for place in places.places_under(actor, path):
            if place.path == path or place.level in CHOSEN_LEVELS:
                depth = place.path.count("/") - path.count("/")
                found.setdefault(place.path, "　" * depth + place_name(place, place.path))
    return list(found.items())


def code_of(path: str) -> str:
    """The last code of a path: how a place is named in an address."""
    return path.rstrip("/").rsplit("/", 1)[-1]


def place_words(actor: Actor, paths: Iterable[str]) -> dict[str, str]:
    """Town and community of each path, in words."""
    wanted = set(paths)
    chains = {path: [path[: i + 1] for i, sign in enumerate(path) if sign == "/"] for path in wanted}
    known = places.names_by_path(actor, {part for chain in chains.values() for part in chain})
    levels = (Place.Level.TOWN, Place.Level.COMMUNITY)
    words: dict[str, str] = {}
    for path, chain in chains.items():
        named = [known[part] for part in chain if part in known]
        below = [place for place in named if place.level in levels] or named[-1:]
        words[path] = " ".join(place_name(place, place.path) for place in below) or code_of(path)
    return words


def age_of(person: Person, today: date) -> int | None:
    """Full years, or the difference of years where only the year is known."""
    if person.birth_on:
        born = person.birth_on
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return today.year - person.birth_year if person.birth_year else None


def people_lines(actor: Actor, rows: Iterable[Person]) -> list[dict[str, Any]]:
    """One line per person, numbers masked."""
    people = list(rows)
    where = place_words(actor, {person.place_path for person in people})
    sizes = household_sizes(actor, {person.household_id for person in people})
    return [
        {
            "uid": person.uid,
            "name": person.name,
            "sex": SEX_WORDS.get(person.sex, "") if person.sex in ("1", "2") else "",
            "age": age_of(person, actor.today),
            "is_year_only": person.birth_on is None,
            "place": where[person.place_path],
            "id_no": person.id_no_masked,
            "phone": f"•••• {person.phone_last4}" if person.phone_last4 else "",
            "household": sizes.get(person.household_id or 0, 0),
            "is_protected": person.is_protected,
        }
        for person in people
    ]


def export_rows(actor: Actor, rows: Iterable[Person]) -> list[list[str]]:
    """Heading and lines of the list as a file: what the page shows but the ID number, not even its end."""
    heads = [_("姓名"), _("性别"), _("年龄"), _("地方"), _("电话后四位")]
    table = [
        [line["name"], str(line["sex"]), str(line["age"] or ""), line["place"], line["phone"][-4:]]
        for line in people_lines(actor, rows)
    ]
    return [heads, *table]


def filter_words(chosen: dict[str, Any], **changed: Any) -> str:
    """The filter as the query part of an address, with some values changed; empty ones left out."""
    kept = {**chosen, **changed}
    return urlencode({name: value for name, value in kept.items() if value not in ("", None, False)})
