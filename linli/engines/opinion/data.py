"""What the opinion engine eats and what it hands out; no computation here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

ENGINE = "opinion"
VERSION = "1.0"

AGREE, PASS, DISAGREE = 1, 0, -1
Mode = Literal["stable", "parity"]


def natural(text: str) -> tuple[int, int, str]:
    """Sorting key of an id: whole numbers by size, then everything else by its letters."""
    return (0, int(text), text) if text.isascii() and text.isdigit() and len(text) < 19 else (1, 0, text)


@dataclass(frozen=True)
class Statement:
    """One statement people vote on. `moderated`: 1 accepted, 0 waiting, -1 rejected; `is_meta` asks who one is."""

    id: str
    text: str = ""
    moderated: int = 1
    is_meta: bool = False

    @property
    def is_out(self) -> bool:
        """Whether its column counts as all zero (Polis' rule for rejected and meta statements)."""
        return self.moderated == -1 or self.is_meta


@dataclass(frozen=True)
class Conversation:
    """Votes and statements. One entry per (person, statement), sorted by both; ids in natural order.

    `person`, `statement`: places in `people` and `statements`; `value`: 1 agree, 0 pass, -1 disagree; `at`: time in
    milliseconds (0 where unknown). `people` and `statements` are those with a vote; `unseen`: statements without one.
    """

    people: tuple[str, ...]
    statements: tuple[Statement, ...]
    person: Ints
    statement: Ints
    value: Ints
    at: Ints
    unseen: tuple[Statement, ...] = ()
    topic: str = ""

    @property
    def digest(self) -> str:
        """sha256 of ids, votes, times and moderation in canonical order: the same for any order of the rows."""
        heads = [list(self.people), [[s.id, s.text, s.moderated, s.is_meta] for s in self.statements]]
        made = hashlib.sha256(json.dumps(heads, ensure_ascii=False, separators=(",", ":")).encode())
        for array, kind in ((self.person, "<i4"), (self.statement, "<i4"), (self.value, "i1"), (self.at, "<i8")):
            made.update(array.astype(kind).tobytes())
        return made.hexdigest()


def conversation(
    people: Sequence[str],
    statements: Sequence[str],
    value: Any,
    at: Any = None,
    *,
    about: Mapping[str, Statement] | None = None,
    topic: str = "",
) -> Conversation:
    """A conversation from parallel columns (one entry per vote cast); of one pair the latest counts, then the later.

    `people`, `statements`: ids; `value`: 1, 0, -1; `at`: times as whole numbers, in any unit; `about`: what is known
    of each statement.
    """
    person_ids, person = _coded(people)
    statement_ids, statement = _coded(statements)
    return from_codes(person_ids, person, statement_ids, statement, value, at, about=about, topic=topic)


def from_codes(
    person_ids: Sequence[str],
    person: Any,
    statement_ids: Sequence[str],
    statement: Any,
    value: Any,
    at: Any = None,
    *,
    about: Mapping[str, Statement] | None = None,
    topic: str = "",
) -> Conversation:
    """As `conversation`, with each id written once and the columns giving places in those lists."""
    import numpy as np

    known = dict(about or {})
    people, person = _sorted(person_ids, np.asarray(person, dtype=np.int64))
    names, statement = _sorted(statement_ids, np.asarray(statement, dtype=np.int64))
    times = np.zeros(len(person), dtype=np.int64) if at is None else np.asarray(at, dtype=np.int64)
    pair = person * max(1, len(names)) + statement
    last = _last_of_each(pair, times)
    return Conversation(
        people=people,
        statements=tuple(known.get(name, Statement(name)) for name in names),
        person=person[last],
        statement=statement[last],
        value=np.asarray(value, dtype=np.int64)[last],
        at=times[last],
        unseen=tuple(known[name] for name in sorted(set(known) - set(names), key=natural)),
        topic=topic,
    )


def _last_of_each(pair: Ints, times: Ints) -> Ints:
    """For each pair, in ascending order, the entry with the latest time, or the later one of the latest."""
    import numpy as np

    if not len(pair):
        return pair
    order = np.argsort(pair, kind="stable")
    ends = np.append(np.diff(pair[order]) != 0, True)
    again = np.flatnonzero(~(ends & np.append(True, ends[:-1])))
    if len(again):  # only entries of pairs that occur again need their times compared
        some = order[again]
        order[again] = some[np.lexsort((times[some], pair[some]))]
    return np.asarray(order[ends])


def _coded(ids: Sequence[str]) -> tuple[list[str], list[int]]:
    places: dict[str, int] = {}
    codes = [places.setdefault(name, len(places)) for name in ids]
    return list(places), codes


def _sorted(ids: Sequence[str], codes: Ints) -> tuple[tuple[str, ...], Ints]:
    """Ids that occur, in natural order, and the codes pointing there."""
    import numpy as np

    used = np.bincount(codes, minlength=len(ids)) > 0
    order = sorted((at for at in range(len(ids)) if used[at]), key=lambda at: natural(ids[at]))
    place = np.zeros(len(ids), dtype=np.int64)
    place[order] = np.arange(len(order))
    return tuple(ids[at] for at in order), place[codes]


@dataclass(frozen=True)
class Options:
    """How to draw the map.

    `least_votes`: votes from which a person is grouped (or the number of statements, if smaller); `least_people`: fewer
    than this and no map is drawn; `least_group`: no group smaller (None: 5 people or 2 in a hundred, the larger);
    `most_groups`: at most so many.
    """

    mode: Mode = "stable"
    least_votes: int = 7
    least_people: int = 15
    least_group: int | None = None
    most_groups: int = 5
    stability: bool = True
    alarm: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the result."""
        return dict(vars(self))


@dataclass(frozen=True)
class Representative:
    """A statement that marks a group: side taken, how many of how many, rates and tests against the rest."""

    statement: int
    side: Literal["agree", "disagree"]
    success: int
    trials: int
    p: float
    p_test: float
    r: float
    r_test: float
    is_best_agree: bool = False


@dataclass(frozen=True)
class Common:
    """A statement the whole conversation leans to: `success` of `trials` took the side; smoothed rate and its test."""

    statement: int
    success: int
    trials: int
    p: float
    p_test: float


@dataclass(frozen=True)
class Counts:
    """Agrees, disagrees and all votes (passes too): arrays of one row per group, one column per statement."""

    agree: Ints
    disagree: Ints
    seen: Ints


@dataclass(frozen=True)
class Alarm:
    """Ballots more alike than chance explains. `people`: places; `statements`: most they share; `bits`: how unlikely
    the least likely pair is (−log2 of its probability); `seconds`: the time within which they were cast (None: times
    not known)."""

    people: tuple[int, ...]
    statements: int
    bits: float
    seconds: float | None
    burst_chance: float | None


@dataclass(frozen=True)
class Stability:
    """How far the groups come again when half of the people are left out, over balanced half-samples.

    `score`: mean adjusted Rand index; `groups`: for each group the mean Jaccard overlap with its best match (Hennig
    2007); `runs`: number of half-samples.
    """

    score: float
    groups: tuple[float, ...]
    runs: int


@dataclass(frozen=True)
class OpinionMap:
    """The map. `group`: for each person a place in `names`, or -1; positions of everybody, grouped or not.

    `axes`: two rows over statements, unit length; `silhouettes`: for each number of groups tried its mean silhouette.
    `notes`: codes of what the reader must know. Without a map (`is_map` false) axes and positions are empty.
    """

    conversation: Conversation
    options: Options
    digest: str
    group: Ints
    names: tuple[str, ...]
    axes: Floats
    eigenvalues: tuple[float, ...]
    explained: tuple[float, ...]
    center: Floats
    positions: Floats
    statement_positions: Floats
    counts: Counts
    by_group: Counts
    consensus: Floats
    consensus_disagree: Floats
    priority: Floats
    representative: tuple[tuple[Representative, ...], ...]
    common_agree: tuple[Common, ...]
    common_disagree: tuple[Common, ...]
    silhouette: float | None
    silhouettes: Mapping[int, float]
    stability: Stability | None
    alarms: tuple[Alarm, ...]
    names_used: tuple[str, ...]
    base_clusters: int | None = None
    notes: tuple[str, ...] = ()
    given: bool = False
    engine: str = ENGINE
    version: str = VERSION

    @property
    def is_map(self) -> bool:
        """Whether groups could honestly be drawn."""
        return len(self.names) > 0
