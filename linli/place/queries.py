"""Reads of the tree of places. Places are public; the actor stands first all the same."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import get_language

from linli.core.actor import Actor
from linli.place.models import Place


def place_by_code(actor: Actor, code: str) -> Place | None:
    """The place with this code today, or that bore it once."""
    return Place.objects.filter(code=code).first() or Place.objects.filter(codes__code=code).first()


def places_by_code(actor: Actor, codes: Iterable[str]) -> dict[str, Place]:
    """Places for many codes at once."""
    return {place.code: place for place in Place.objects.filter(code__in=set(codes))}


def places_under(actor: Actor, path: str, level: str | None = None) -> QuerySet[Place]:
    """All places inside a path, of one level when asked, in code order."""
    rows = Place.objects.filter(path__startswith=path)
    return rows.filter(level=level) if level else rows


def granted_places(actor: Actor) -> list[Place]:
    """The places where the actor holds a role today, widest first."""
    paths = [g.place_path for g in actor.facts.grants if g.holds(actor.today)]
    return list(Place.objects.filter(path__in=paths).order_by("path"))


def names_by_path(actor: Actor, paths: Iterable[str]) -> dict[str, Place]:
    """Places by their path, for showing where something is."""
    return {place.path: place for place in Place.objects.filter(path__in=set(paths))}


def region_codes(actor: Actor) -> frozenset[str]:
    """All six-digit codes known, for checking ID numbers and lists."""
    wide = Place.objects.filter(level__in=["province", "prefecture", "county"])
    return frozenset(wide.values_list("code", flat=True))


def resolve_places(
    actor: Actor, within: str, said: Iterable[tuple[str | None, str | None, str | None]]
) -> list[str]:
    """For each (code, words, address) of a record, the path of the narrowest place it names inside `within`.

    A code is believed first, shortened until it is known; then town and community names in the
    words and the address. What names nothing here lies in `within` itself.
    """
    inside = {place.code: place for place in Place.objects.filter(path__startswith=within)}
    towns = [p for p in inside.values() if p.level == Place.Level.TOWN]
    below: dict[int, list[Place]] = {}
    for place in inside.values():
        if place.level == Place.Level.COMMUNITY and place.parent_id:
            below.setdefault(place.parent_id, []).append(place)
    return [_resolve(inside, towns, below, within, *row) for row in said]


def _resolve(
    inside: dict[str, Place],
    towns: list[Place],
    below: dict[int, list[Place]],
    within: str,
    code: str | None,
    words: str | None,
    address: str | None,
) -> str:
    best = _by_code(inside, code)
    text = f"{words or ''} {address or ''}"
    if best is None or best.level in (Place.Level.COUNTY, Place.Level.PREFECTURE, Place.Level.PROVINCE):
        best = next((town for town in towns if _named(town, text)), best)
    if best is not None and best.level == Place.Level.TOWN:
        best = next((one for one in below.get(best.id, ()) if _named(one, text)), best)
    elif best is None or best.level == Place.Level.COUNTY:
        named = [one for ones in below.values() for one in ones if one.name in text]
        best = named[0] if len(named) == 1 else best
    return best.path if best is not None else within


def _by_code(inside: dict[str, Place], code: str | None) -> Place | None:
    digits = "".join(c for c in code or "" if c.isdigit())
    for length in (15, 12, 9, 6):
        if len(digits) >= length and digits[:length] in inside:
            return inside[digits[:length]]
    return None


def _named(place: Place, text: str) -> bool:
    """Whether the text names the place, with or without its kind (柳浜镇, 柳浜)."""
    short = place.name
    for kind in ("街道", "社区", "镇", "乡", "村"):
        short = short.removesuffix(kind)
    return place.name in text or (len(short) >= 2 and short in text)


def place_choices(actor: Actor) -> list[tuple[str, str]]:
    """Paths and names of the places where the actor holds a role and of those in them, set in by level."""
    found: dict[str, Place] = {}
    for granted in granted_places(actor):
        inside = places_under(actor, granted.path).exclude(level=Place.Level.GRID)
        found |= {place.path: place for place in inside}
    top = min((path.count("/") for path in found), default=0)
    return [(path, "\u3000" * (path.count("/") - top) + _named_here(found[path])) for path in sorted(found)]


def place_words(actor: Actor, paths: Iterable[str]) -> dict[str, str]:
    """What places are called in the reader's language, a community with its town before it."""
    wanted = set(paths)
    above = {path: path.rstrip("/").rpartition("/")[0] + "/" for path in wanted}
    known = names_by_path(actor, wanted | set(above.values()))
    said = {}
    for path in wanted:
        place, town = known.get(path), known.get(above[path])
        if place is None:
            said[path] = path.rstrip("/").rpartition("/")[2]
        elif place.level == Place.Level.COMMUNITY and town is not None:
            said[path] = f"{_named_here(town)} {_named_here(place)}"
        else:
            said[path] = _named_here(place)
    return said


def _named_here(place: Place) -> str:
    return place.name_en or place.name if (get_language() or "").startswith("en") else place.name


def places_below(actor: Actor, place: Place) -> list[Place]:
    """The places directly in a place, in code order."""
    return list(Place.objects.filter(parent=place))


def communities_in(actor: Actor, place: Place) -> list[Place]:
    """The villages and communities of a place, or the place itself when it is one; down the tree, floor by floor."""
    found, floor = [place], [place]
    while floor := [one for one in floor if one.level != Place.Level.COMMUNITY]:
        floor = list(Place.objects.filter(parent__in=floor).exclude(level=Place.Level.GRID))
        found += floor
    return [one for one in found if one.level == Place.Level.COMMUNITY]
