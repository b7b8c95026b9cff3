"""Reads of the tree of places. Places are public; the actor stands first all the same."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

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
    return frozenset(Place.objects.filter(level__in=["province", "prefecture", "county"]).values_list("code", flat=True))
