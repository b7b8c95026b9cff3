"""Every figure of the overview and of Today, defined once: what it is called, how it counts, what it leaves out.

A figure divides all records in its scope in two: counted, and not counted with a reason. Cards and tables only
use it. Needs and flags of protected people are in no figure: where few are counted, a figure tells where they are.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from linli.core.actor import LOCAL, Actor
from linli.matching import queries_figures as matching
from linli.need import queries_figures as need
from linli.party import queries_figures as party

UNITS = ("people", "households", "records")
WAITING_STATES = ("heard", "assessed", "open", "proposed")
LOOKED_FOR = ("missed", "expired", "risk")
SAMPLE = 10
WEEKS = 12
PIECES = _("件")


@dataclass(frozen=True)
class Figure:
    """One figure. `whys` are asked in order: the first that holds says why a record is not counted.

    `rule`, `since`, `source`: the counting rule's code, the day from which it is used, and where it comes from.
    """

    code: str
    words: Any
    how: Any
    rule: str
    since: date
    source: Any
    records_of: Callable[[Actor, str, str], QuerySet[Any]]
    whys: Sequence[tuple[str, Any, Q]] = field(default=())
    record_words: Any = PIECES

    def records(self, actor: Actor, place_path: str, action: str = "county.records") -> QuerySet[Any]:
        """All records in scope, each with `why_not`: empty when it is counted."""
        cases = [When(condition, then=Value(code)) for code, _words, condition in self.whys]
        why_not = Case(*cases, default=Value(""), output_field=CharField())
        scope: QuerySet[Any] = self.records_of(actor, action, place_path)
        judged: QuerySet[Any] = scope.annotate(why_not=why_not).order_by()
        return judged

    def counted(self, actor: Actor, place_path: str, action: str = "county.records") -> QuerySet[Any]:
        """The records counted, the longest waiting first."""
        return self.records(actor, place_path, action).filter(why_not="").order_by("since", "pk")

    def reason(self, code: str) -> Any:
        """The words of a reason not to count."""
        return next(words for each, words, _q in self.whys if each == code)


def _people(actor: Actor, action: str, place_path: str) -> QuerySet[Any]:
    return party.people_on_file(actor, action, place_path).annotate(
        died=F("died_on"), sort=Value("", output_field=CharField())
    )


DIED = ("died", _("本人已经去世"), Q(died__isnull=False))
ENDED = (
    ("closed", _("办结了"), Q(state="closed")),
    ("withdrawn", _("本人不要了"), Q(state="withdrawn")),
    ("dismissed", _("看过，不成立"), Q(state="dismissed")),
)
SERVED = Q(state="served") | Q(state="referred", is_taken_on=True)
HOUSE_RULE = _("邻里计数规则 2026 版")
BEGIN = date(2026, 1, 1)

ON_FILE = Figure(
    code="on_file",
    words=_("在册"),
    how=_("名册导入或走访时建了档、还在世的人，一人一次。受保护的人不进统计。"),
    rule="FILE-1",
    since=BEGIN,
    source=HOUSE_RULE,
    records_of=_people,
    whys=(DIED,),
    record_words=_("份档"),
)
BEING_SERVED = Figure(
    code="served",
    words=_("正在服务"),
    how=_("需求有人接下并在做的：对方接了转介，或已在服务，还没有办结。按人去重。受保护的人不进统计。"),
    rule="SERVE-1",
    since=BEGIN,
    source=HOUSE_RULE,
    records_of=matching.needs_in_scope,
    whys=(DIED, *ENDED, ("waiting", _("还在等，没有人接"), ~SERVED)),
)
WAITING = Figure(
    code="waiting",
    words=_("在等"),
    how=_(
        "需求已经提出，还没有人接下、没有办结、也没有撤回的。转介出去对方还没接，也算在等。按人去重。受保护的人不进统计。"
    ),
    rule="WAIT-1",
    since=BEGIN,
    source=HOUSE_RULE,
    records_of=matching.needs_in_scope,
    whys=(
        DIED,
        *ENDED,
        ("served", _("已经在服务"), Q(state="served")),
        ("taken_on", _("已转介，对方已接下"), Q(state="referred", is_taken_on=True)),
    ),
)
MISSED = Figure(
    code="missed",
    words=_("可能漏掉"),
    how=_("规则找出来、还没有人看过定过的线索，只数三种：可能漏掉、已经到期、有风险。按人去重。受保护的人不进统计。"),
    rule="MISS-1",
    since=BEGIN,
    source=HOUSE_RULE,
    records_of=need.flags_in_scope,
    whys=(
        DIED,
        ("confirmed", _("有人看过，确认了"), Q(state="confirmed")),
        ("dismissed", _("看过，不成立"), Q(state="dismissed")),
        ("gone", _("理由已经不在了"), Q(state="gone")),
        ("expiring", _("只是快要到期"), Q(kind="expiring")),
        ("visit", _("只是该去看望"), Q(kind="visit")),
        ("conflict", _("只是名册对不上"), ~Q(kind__in=LOOKED_FOR)),
    ),
    record_words=_("条"),
)
COUNTY = {figure.code: figure for figure in (ON_FILE, BEING_SERVED, WAITING, MISSED)}


# What one worker has in hand


def _in_hand(actor: Actor, action: str, place_path: str) -> QuerySet[Any]:
    month = actor.now.astimezone(LOCAL).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = need.with_help_begun(matching.with_answers(need.needs_in_hand(actor)), month)
    return rows.annotate(
        who=F("subject_uid"),
        home=Coalesce("household_uid", "subject_uid"),
        since=F("opened_at"),
        died=F("person__died_on"),
        sort=F("code"),
        is_new=Case(When(opened_at__gte=month, then=Value(True)), default=Value(False)),
        is_closed_now=Case(When(state="closed", closed_at__gte=month, then=Value(True)), default=Value(False)),
    )


_MINE: dict[str, Any] = {"since": BEGIN, "source": HOUSE_RULE, "records_of": _in_hand}
HAND = {
    figure.code: figure
    for figure in (
        Figure(
            code="in_hand",
            words=_("手上"),
            how=_("你负责的人现在没有结束的需求，一件一次。"),
            rule="HAND-1",
            whys=ENDED,
            **_MINE,
        ),
        Figure(
            code="carried",
            words=_("有人在做"),
            how=_("你负责的人的需求里，对方接了转介或已在服务的。"),
            rule="HAND-2",
            whys=(*ENDED, ("waiting", _("还在等，没有人接"), ~SERVED)),
            **_MINE,
        ),
        Figure(
            code="opened",
            words=_("本月新提出"),
            how=_("你负责的人的需求里，本月 1 日零时以后提出的，后来结束的也算。"),
            rule="HAND-3",
            whys=(("earlier", _("本月以前提出的"), Q(is_new=False)),),
            **_MINE,
        ),
        Figure(
            code="helped",
            words=_("本月办成"),
            how=_("你负责的人的需求里，本月 1 日零时以后开始服务或办结的。"),
            rule="HAND-4",
            whys=(("not_yet", _("本月没有走到这一步"), Q(is_help_begun=False, is_closed_now=False)),),
            **_MINE,
        ),
    )
}


# Counting


@dataclass
class Tally:
    """People, households and records of one place."""

    people: int = 0
    households: int = 0
    records: int = 0

    def of(self, unit: str) -> int:
        """The count in one of `UNITS`."""
        return int(getattr(self, unit))


def tallies(rows: QuerySet[Any], places: Sequence[str]) -> tuple[Tally, dict[str, Tally]]:
    """How many are counted in all, and in each of these places; what lies in none of them stands under ""."""
    sums = {
        "people": Count("who", distinct=True),
        "households": Count("home", distinct=True),
        "records": Count("pk"),
    }
    whole = Tally(**rows.order_by().aggregate(**sums))
    cases = [When(place_path__startswith=path, then=Value(path)) for path in places]
    where = Case(*cases, default=Value(""), output_field=CharField()) if cases else Value("", CharField())
    grouped = rows.order_by().annotate(part=where).values("part").annotate(**sums)
    return whole, {row["part"]: Tally(row["people"], row["households"], row["records"]) for row in grouped}


def reasons(figure: Figure, rows: QuerySet[Any], how_many: Any = None) -> dict[str, int]:
    """How many of these records (or `how_many`) are not counted, by reason, in the order the reasons are asked."""
    found = dict(rows.order_by().exclude(why_not="").values_list("why_not").annotate(n=how_many or Count("pk")))
    return {code: found[code] for code, _words, _q in figure.whys if code in found}


def sample(rows: Sequence[Any], seed: str, size: int = SAMPLE) -> list[Any]:
    """`size` records drawn by a seed: the smallest SHA-256 of “seed|uid”. Same records and seed, same draw.

    Anyone can draw again by hand from the downloaded table.
    """
    return sorted(rows, key=lambda row: hashlib.sha256(f"{seed}|{row.uid}".encode()).hexdigest())[:size]


def waited_days(since: datetime, today: date) -> int:
    """Full days since then by the calendar of Shanghai."""
    return (today - since.astimezone(LOCAL).date()).days


# The past of one figure


def week_ends(now: datetime, weeks: int = WEEKS) -> list[datetime]:
    """The same moment in each of the last weeks, this one last."""
    return [now - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]


def waiting_over(actor: Actor, place_path: str, moments: Sequence[datetime]) -> list[int]:
    """How many people waited at each moment, told by the same rule from the rows that record every change."""
    scope: QuerySet[Any] = matching.needs_in_scope(actor, "county.read", place_path)
    needs = list(scope.order_by().values_list("pk", "who", "since", "died", "state", "is_taken_on"))
    if not needs:
        return [0] * len(moments)
    states, answers = _by_need(need.state_changes(scope)), _by_need(matching.answers(scope))
    people: list[set[UUID]] = [set() for _moment in moments]
    for pk, who, since, died, state, is_taken_on in needs:
        moved = states.get(pk) or [(since, state)]
        answered = answers.get(pk) or ([(since, "accepted")] if is_taken_on else [])
        for at, moment in enumerate(moments):
            is_alive = died is None or died > moment.astimezone(LOCAL).date()
            if is_alive and _waits(_as_of(moved, moment), _as_of(answered, moment)):
                people[at].add(who)
    return [len(found) for found in people]


def _by_need(rows: Sequence[tuple[int, datetime, str]]) -> Mapping[int, list[tuple[datetime, str]]]:
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for pk, at, state in rows:
        found[pk].append((at, state))
    return found


def _as_of(moved: Sequence[tuple[datetime, str]], moment: datetime) -> str:
    """The last state reached by a moment; empty before the first."""
    return next((state for at, state in reversed(moved) if at <= moment), "")


def _waits(state: str, answer: str) -> bool:
    return state in WAITING_STATES or (state == "referred" and answer != "accepted")
