"""What the overview shows: figures of one place and of each place in it, as rows, tiles, bars and a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from linli.core.actor import LOCAL, Actor
from linli.need import queries_figures as need
from linli.party import queries_figures as party
from linli.place import queries as places
from linli.place.models import Place
from linli.ui import charts
from linli.web import figures
from linli.web.figures import COUNTY, UNITS, WAITING, Tally

DARKEST = 4  # steps of the map
STALE_AFTER = timedelta(days=7)
REST = "rest"  # what lies in a place, but in none of those below
LOWEST = Place.Level.GRID
SORTS = ("name", "on_file", "served", "waiting", "median", "longest", "missed", "workers", "latest")


def unit_words() -> dict[str, str]:
    """The three counters in the reader's language."""
    return {"people": _("人"), "households": _("户"), "records": _("件")}


def place_name(place: Place) -> str:
    """What a place is called in the reader's language."""
    return place.name_en or place.name if (get_language() or "").startswith("en") else place.name


@dataclass
class Line:
    """One place of the table; `place` None: what lies in no place below."""

    place: Place | None
    name: str
    tally: dict[str, Tally]
    waits: list[int] = field(default_factory=list)
    workers: int = 0
    latest: datetime | None = None
    villages: int = 0
    served_villages: int = 0
    has_below: bool = False

    def n(self, figure: str, unit: str) -> int:
        """One figure of this place in a unit."""
        return self.tally.get(figure, Tally()).of(unit)

    @property
    def median(self) -> float | None:
        """The middle one of the waits, in days."""
        return median(self.waits) if self.waits else None

    @property
    def median_days(self) -> float | int | None:
        """The median, whole where it is whole."""
        return int(self.median) if self.median is not None and self.median == int(self.median) else self.median

    @property
    def longest(self) -> int | None:
        return max(self.waits, default=None)


@dataclass(frozen=True)
class Overview:
    """All that is counted for one place at one moment."""

    place: Place
    whole: Line
    lines: list[Line]
    households: dict[str, int]


def overview(actor: Actor, place: Place) -> Overview:
    """Count everything once, for the place and for each place directly in it."""
    below = places.places_below(actor, place)
    paths = [one.path for one in below]
    lines = {one.path: Line(one, place_name(one), {}) for one in below}
    lines[""] = Line(None, _("没有写明地方"), {})
    whole = Line(place, place_name(place), {})
    for figure in COUNTY.values():
        rows = figure.records(actor, place.path, "county.read").filter(why_not="")
        whole.tally[figure.code], parts = figures.tallies(rows, paths)
        for path, tally in parts.items():
            lines[path].tally[figure.code] = tally
    _add_waits(actor, place, whole, lines)
    _add_work(actor, place, whole, lines)
    _add_villages(actor, place, whole, lines)
    rest = lines.pop("")
    shown = [*lines.values(), *([rest] if rest.tally else [])]
    households = {code: tally.households for code, tally in whole.tally.items()}
    return Overview(place, whole, shown, households)


def _home(lines: Mapping[str, Line], path: str) -> Line | None:
    """The line of the table in which something at this path lies."""
    return next((line for key, line in lines.items() if key and path.startswith(key)), lines.get(""))


def _add_waits(actor: Actor, place: Place, whole: Line, lines: Mapping[str, Line]) -> None:
    """How long each waiting person has waited: the oldest of the person's needs that wait."""
    rows = WAITING.records(actor, place.path, "county.read").filter(why_not="")
    oldest: dict[tuple[str, Any], datetime] = {}
    for path, who, since in rows.values_list("place_path", "who", "since"):
        oldest[path, who] = min(since, oldest.get((path, who), since))
    for (path, _who), since in oldest.items():
        days = figures.waited_days(since, actor.today)
        whole.waits.append(days)
        line = _home(lines, path)
        if line is not None:
            line.waits.append(days)


def _add_work(actor: Actor, place: Place, whole: Line, lines: Mapping[str, Line]) -> None:
    """Who works there, and when something there was last written down."""
    seen: dict[int, set[Any]] = {}
    for path, login in party.station_places(actor, place.path):
        for line in (whole, _home(lines, path)):
            if line is not None:
                seen.setdefault(id(line), set()).add(login)
    for line in (whole, *lines.values()):
        line.workers = len(seen.get(id(line), ()))
    for path, at in need.latest_changes(WAITING.records(actor, place.path, "county.read")):
        for one in (whole, _home(lines, path)):
            if one is not None and (one.latest is None or at > one.latest):
                one.latest = at


def _add_villages(actor: Actor, place: Place, whole: Line, lines: Mapping[str, Line]) -> None:
    """How many villages and communities each place has, and in how many there is a service point."""
    for village in places.communities_in(actor, place):
        for line in (whole, _home(lines, village.path)):
            if line is not None:
                line.villages += 1
                line.served_villages += village.has_service_point
    for line in lines.values():
        line.has_below = line.place is not None and line.place.level != LOWEST


def ordered(lines: Iterable[Line], by: str, unit: str) -> list[Line]:
    """The table's lines: names upwards, numbers and waits from the largest, days from the oldest; the rest last."""

    def key(line: Line) -> tuple[Any, ...]:
        if by == "name":
            value: Any = line.place.code if line.place else ""
        elif by == "latest":
            value = line.latest.timestamp() if line.latest else 0.0
        elif by in COUNTY:
            value = -line.n(by, unit)
        else:
            value = -(getattr(line, by) or 0)
        return (line.place is None, value, line.place.code if line.place else "")

    return sorted(lines, key=key)


def figure_url(figure: str, place: Place, **query: str) -> str:
    """Where a figure of a place opens."""
    address = reverse("county_figure", kwargs={"figure": figure, "code": place.code})
    return f"{address}?{urlencode(query)}" if query else address


def rows_of(view: Overview, unit: str, now: datetime) -> list[dict[str, Any]]:
    """The table's cells, every number with where it opens."""
    widest = max((line.n("served", unit) + line.n("waiting", unit) for line in view.lines), default=0)
    return [_row(line, view.place, unit, widest, now) for line in view.lines]


def _row(line: Line, around: Place, unit: str, widest: int, now: datetime) -> dict[str, Any]:
    served, waiting = line.n("served", unit), line.n("waiting", unit)
    row: dict[str, Any] = {"name": line.name, "url": "", "line": line}
    if line.place is not None and line.has_below:
        row["url"] = reverse("county_place", kwargs={"code": line.place.code})
    for code in COUNTY:
        only = {"unit": unit} if line.place else {"unit": unit, "part": REST}
        row[code] = {"n": line.n(code, unit), "url": figure_url(code, line.place or around, **only)}
    row["bar"] = charts.bar([("solid", served), ("hatched", waiting)], widest)
    row["bar_words"] = _("在服务 %(served)s，在等 %(waiting)s") % {"served": served, "waiting": waiting}
    row["is_stale"] = line.latest is not None and now - line.latest > STALE_AFTER
    return row


def step_ends(view: Overview) -> list[int]:
    """The longest median wait, in days, of each step of the map: quarters of the places that are on it."""
    waits = [line.median for line in view.lines if line.median is not None and line.place and line.place.tile_row]
    if len(waits) < DARKEST:
        return sorted({ceil(wait) for wait in waits})
    return sorted({*(ceil(cut) for cut in quantiles(waits, n=DARKEST)), ceil(max(waits))})


def steps_of(view: Overview) -> list[dict[str, Any]]:
    """The map's key: each step with the days it stands for."""
    begin, steps = 0, []
    for level, end in enumerate(step_ends(view), start=1):
        span = f"{begin}–{end}" if begin < end else f"{end}"
        steps.append({"level": level, "words": _("%(span)s 天") % {"span": span}})
        begin = end + 1
    return steps


def tiles_of(view: Overview, unit: str) -> list[dict[str, Any]]:
    """The map: one tile per town that has its place on it."""
    longest = max((line.median or 0 for line in view.lines), default=0)
    ends = step_ends(view)
    tiles = []
    for line in view.lines:
        place = line.place
        if place is None or place.tile_column is None or place.tile_row is None:
            continue
        tiles.append(
            {
                "name": line.name,
                "row": place.tile_row,
                "column": place.tile_column,
                "level": 1 + sum((line.median or 0) > end for end in ends[:-1]),
                "n": line.n("waiting", unit),
                "url": figure_url("waiting", place, unit=unit),
                "current": bool(longest) and line.median == longest,
                "squares": charts.squares(line.served_villages, line.villages),
                "height": charts.tile_height(line.villages),
                "words": _("，等候中位数 %(days)s 天，%(villages)s 个村居里 %(served)s 个有服务点")
                % {"days": days_words(line.median), "villages": line.villages, "served": line.served_villages},
            }
        )
    return tiles


def days_words(days: float | None) -> str:
    """A number of days; a half day is said, nothing where nobody waits."""
    return "–" if days is None else f"{days:g}"


def plot_of(actor: Actor, place: Place) -> dict[str, Any]:
    """The line of the last weeks and the sentence for who does not see it."""
    moments = figures.week_ends(actor.now)
    counts = figures.waiting_over(actor, place.path, moments)
    labels = [moment.astimezone(LOCAL).date().isoformat() for moment in moments]
    line = charts.line([(label, float(n)) for label, n in zip(labels, counts, strict=True)])
    words = _("从 %(first)s 的 %(from)s 人到 %(last)s 的 %(to)s 人") % {
        "first": labels[0], "from": counts[0], "last": labels[-1], "to": counts[-1],
    }  # fmt: skip
    return {"line": line, "words": words}


def units_of(chosen: str, address: str, **query: str) -> list[dict[str, Any]]:
    """The switch between the three counters."""
    words = {"people": _("人数"), "households": _("户"), "records": pgettext("counter", "件")}
    return [
        {"words": words[unit], "url": f"{address}?{urlencode({**query, 'unit': unit})}", "current": unit == chosen}
        for unit in UNITS
    ]
