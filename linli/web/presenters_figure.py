"""One figure opened: its rule, the records counted, those left out and why, a sample; never a name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from linli.core.actor import Actor
from linli.core.decide import SECOND_FACTOR_HOLDS, is_within
from linli.need import queries as needs
from linli.need.rules import need_codes
from linli.need.words import KINDS
from linli.place import queries as places
from linli.web import figures
from linli.web.class_figures import made_up_number
from linli.web.figures import MISSED, ON_FILE, Figure
from linli.web.rules import SMALLEST, withheld

PER_PAGE = 50
LISTS = {ON_FILE.code: "person.list", MISSED.code: "flag.list"}
"""By which action the records of a figure are listed; needs where nothing is said."""


def has_second_factor(actor: Actor) -> bool:
    """Whether this session has shown a second factor that still counts."""
    return is_within(actor.facts.second_factor_at, actor.now, SECOND_FACTOR_HOLDS)


@dataclass(frozen=True)
class Shown:
    """One record as the overview may show it: number, kind, community, days; no name.

    Number and kind are empty for who finds the record in no list either.
    """

    number: str
    kind: str
    place: str
    days: int | None
    url: str = ""
    why_not: str = ""
    why_words: str = ""


def kind_words(figure: Figure, code: str) -> str:
    """What kind of need or flag a record is; nothing for a person's file."""
    if figure is MISSED:
        return str(KINDS[code][0])
    kind = need_codes().get(code)
    return (kind.en if (get_language() or "").startswith("en") else kind.zh) if kind else ""


def number_of(row: Any) -> str:
    """The number a record is named by: a need's own, else the first eight signs of its uid."""
    return getattr(row, "number", "") or str(row.uid)[:8]


def listed(actor: Actor, figure: Figure, rows: Iterable[Any]) -> set[UUID]:
    """The records this actor finds in the lists too; of the others he learns place and days alone."""
    action = LISTS.get(figure.code, "need.list")
    return {row.uid for row in rows if actor.decide(action, row.facts())}


def veiled_rows(figure: Figure, rows: Sequence[Any], said: Mapping[str, str], today: date, code: str) -> list[Shown]:
    """Records opened by class of clients: no number, town only, and of a file not even its age."""
    return [
        Shown(
            number=made_up_number(code, row),
            kind=kind_words(figure, row.sort),
            place=said.get(town_of(row.place_path), ""),
            days=None if figure is ON_FILE else figures.waited_days(row.since, today),
            why_not=row.why_not,
        )
        for row in rows
    ]


def town_of(place_path: str) -> str:
    """The path down to the town: province, prefecture, county, town."""
    return "".join(f"{part}/" for part in place_path.rstrip("/").split("/")[:4])


def shown_rows(
    figure: Figure,
    rows: Sequence[Any],
    said: Mapping[str, str],
    today: date,
    listed: Collection[UUID],
    readable: Collection[UUID] = (),
) -> list[Shown]:
    """Records as lines, without names; number and kind for whom lists show them to, a link for whom they open to."""
    return [
        Shown(
            number=number_of(row) if row.uid in listed else "",
            kind=kind_words(figure, row.sort) if row.uid in listed else "",
            place=said.get(row.place_path, ""),
            days=figures.waited_days(row.since, today),
            url=reverse("need", kwargs={"uid": row.uid}) if row.uid in readable else "",
            why_not=row.why_not,
            why_words=str(figure.reason(row.why_not)) if row.why_not else "",
        )
        for row in rows
    ]


CSV_HEAD = ("编号 number", "类别代码 kind", "类别 kind in words", "地方代码 place", "地方 place in words",
            "天数 days", "算进 counted", "没算的理由代码 reason", "没算的理由 reason in words", "记录 uid")  # fmt: skip


def csv_lines(
    figure: Figure, rows: Iterable[Any], said: Mapping[str, str], today: date, listed: Collection[UUID]
) -> Iterable[list[str]]:
    """The table of all records in scope, counted or not, for checking the figure by hand."""
    yield list(CSV_HEAD)
    for row in rows:
        named = [number_of(row), row.sort, kind_words(figure, row.sort)]
        yield [
            *(named if row.uid in listed else ("", "", "")),
            row.place_path.rstrip("/").rpartition("/")[2],
            said.get(row.place_path, ""),
            str(figures.waited_days(row.since, today)),
            "0" if row.why_not else "1",
            row.why_not,
            str(figure.reason(row.why_not)) if row.why_not else "",
            str(row.uid),
        ]


def opened(
    actor: Actor, figure: Figure, rows: QuerySet[Any], query: Mapping[str, str], veil: str = ""
) -> dict[str, Any]:
    """What the page of a figure shows: one page of records, a sample by a seed, or those left out for a reason.

    `veil`: the code of the class of clients by which the figure was opened; then records bear made-up
    numbers, and reasons that hold for a few people only are put together.
    """
    counted = rows.filter(why_not="").order_by("since", "pk")
    whole, _parts = figures.tallies(counted, ())
    found = figures.reasons(figure, rows)
    left_out = sum(found.values())
    left_people = figures.reasons(figure, rows, Count("who", distinct=True)) if veil else {}
    few = withheld(left_people)
    why_not = [(code, n) for code, n in found.items() if code not in few]
    wanted, seed = query.get("why", ""), query.get("seed", "")[:40]
    if wanted in dict(why_not):
        counted, total = rows.filter(why_not=wanted).order_by("since", "pk"), dict(why_not)[wanted]
    else:
        wanted, total = "", whole.records
    if seed:
        page, start = figures.sample(list(counted), seed), 0
    else:
        start = max(_number(query.get("page", "")) - 1, 0) * PER_PAGE
        page = list(counted[start : start + PER_PAGE])
    lines = _lines(actor, figure, page, veil)
    return {
        "figure": figure,
        "tally": whole,
        "rows": lines,
        "is_veiled": any(not line.number for line in lines),
        "why_not": [
            {"code": code, "words": figure.reason(code), "n": n, "current": code == wanted} for code, n in why_not
        ],
        "few_left_out": sum(found[code] for code in few),
        "left_out": left_out,
        "is_few_left": 0 < sum(left_people.values()) < SMALLEST,
        "in_scope": whole.records + left_out,
        "wanted": figure.reason(wanted) if wanted else "",
        "total": total,
        "seed": seed,
        "next_seed": actor.today.strftime("%Y%m%d"),
        "next_page": start // PER_PAGE + 2 if not seed and total > start + PER_PAGE else 0,
        "why": wanted,
        "now": actor.now,
        "has_kind": figure is not ON_FILE,
    }


def _lines(actor: Actor, figure: Figure, page: Sequence[Any], veil: str) -> list[Shown]:
    if veil:
        said = places.place_words(actor, {town_of(row.place_path) for row in page})
        return veiled_rows(figure, page, said, actor.today, veil)
    said = places.place_words(actor, {row.place_path for row in page})
    readable = () if figure in (ON_FILE, MISSED) else needs.readable(actor, page, "need.read")
    return shown_rows(figure, page, said, actor.today, listed(actor, figure, page) | set(readable), set(readable))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
