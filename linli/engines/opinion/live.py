"""A map that follows a stream of votes: each batch updates it without a full recomputation.

Kept exactly, in whole numbers: the matrix of votes, and for every two statements the sums from which XᵀX follows (who
answered both, and products of their answers). A vote changes one row and one column of those sums, so axes never drift:
they are solved anew from the last ones, and equal those from scratch. Groups are carried along (each person to the
nearest group's middle, until that stands still) and searched anew when a tenth of the votes is new; `map()` gives the
full result, the same as from scratch, with group names kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from linli.engines.opinion.axes import BLOCK, Axes, leading_axes, signed
from linli.engines.opinion.data import Conversation, Counts, OpinionMap, Options, Representative, Statement, from_codes
from linli.engines.opinion.grouping import best_grouping
from linli.engines.opinion.mapping import draw_map, group_floor
from linli.engines.opinion.naming import Before, named
from linli.engines.opinion.silhouettes import squares
from linli.engines.opinion.statistics import Contrast, group_consensus, priorities, zeroed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linli.engines.opinion.data import Flags, Floats, Ints

Number = TypeVar("Number", bound=np.generic)
Vote = tuple[str, str, int] | tuple[str, str, int, int]
NEW_SHARE = 0.1  # of the votes, after which groups are searched anew
SETTLING = 12
CLOSE = 1e-10


@dataclass(frozen=True)
class Update:
    """The map after a batch. `people`, `statements`: ids in the order of the arrays; `group`: a place in `names` or -1;
    `counts`: per group and statement; no groups (`names` empty) while too few have voted."""

    people: tuple[str, ...]
    statements: tuple[str, ...]
    axes: Floats
    eigenvalues: Floats
    positions: Floats
    group: Ints
    names: tuple[str, ...]
    counts: Counts
    consensus: Floats
    priority: Floats
    contrast: Contrast

    @property
    def representative(self) -> tuple[tuple[Representative, ...], ...]:
        """For each group the statements that mark it; worked out when asked for."""
        return tuple(self.contrast.representative(group) for group in range(len(self.names)))


class LiveMap:
    """An opinion map fed by `add`. Memory grows with people × statements; made for up to some thousand statements."""

    def __init__(self, options: Options | None = None, about: Mapping[str, Statement] | None = None) -> None:
        self.options = options or Options()
        self.about = dict(about or {})
        self._people: dict[str, int] = {}
        self._statements: dict[str, int] = {}
        self._out: Flags = np.zeros(0, dtype=bool)
        self._vote: Floats = np.zeros((0, 0))  # 1, 0, -1; 0 where not answered
        self._seen: Floats = np.zeros((0, 0))  # 1 where answered
        self._at: Ints = np.zeros((0, 0), dtype=np.int64)
        self._cast: Ints = np.zeros(0, dtype=np.int64)  # votes per person
        self._cast_out: Ints = np.zeros(0, dtype=np.int64)  # of these on statements that are out
        self._both = _Sums(0)
        self._tally = _Tally(1, 0)
        self._axes: Axes | None = None
        self._group: Ints = np.zeros(0, dtype=np.int64)
        self._names: tuple[str, ...] = ()
        self._used: tuple[str, ...] = ()
        self._votes, self._votes_searched = 0, 0

    @classmethod
    def of(cls, talk: Conversation, options: Options | None = None) -> LiveMap:
        """A live map that has heard a whole conversation."""
        live = cls(options, {one.id: one for one in (*talk.statements, *talk.unseen)})
        live._grow(talk.people, [one.id for one in talk.statements])
        place = talk.person, talk.statement
        live._vote[place], live._seen[place], live._at[place] = talk.value, 1, talk.at
        live._both.fill(*live._lively(slice(None)))
        live._cast = np.bincount(talk.person, minlength=len(talk.people))
        live._cast_out = np.bincount(talk.person[live._out[talk.statement]], minlength=len(talk.people))
        live._votes = len(talk.person)
        live._updated()
        return live

    def add(self, votes: Iterable[Vote]) -> Update:
        """Takes in votes (person, statement, value[, time]) and gives the map after them.

        A later vote of the same person on the same statement replaces the earlier one, unless its time is older.
        """
        batch: dict[tuple[str, str], tuple[int, int]] = {}
        for person, statement, value, *time in votes:
            if value not in (1, 0, -1):
                raise ValueError(f"not a vote: {value!r}")
            at = int(time[0]) if time else 0
            if (person, statement) not in batch or at >= batch[person, statement][1]:
                batch[person, statement] = (value, at)
        self._grow([person for person, _ in batch], [statement for _, statement in batch])
        who = np.array([self._people[person] for person, _ in batch], dtype=np.int64)
        what = np.array([self._statements[statement] for _, statement in batch], dtype=np.int64)
        told = np.array(list(batch.values()), dtype=np.int64).reshape(-1, 2)
        newer = (told[:, 1] >= self._at[who, what]) | (self._seen[who, what] == 0)
        self._take(who[newer], what[newer], told[newer])
        return self._updated()

    def conversation(self) -> Conversation:
        """All votes heard, as the input of `draw_map`."""
        n, s = len(self._people), len(self._statements)
        who, what = np.nonzero(self._seen[:n, :s])
        value, at = self._vote[who, what], self._at[who, what]
        return from_codes(list(self._people), who, list(self._statements), what, value, at, about=self.about)

    def map(self) -> OpinionMap:
        """The full result on all votes heard: the same as from scratch, with the names of the groups kept."""
        before = None
        if self._names:
            names = {person: self._names[g] for person, g in zip(self._people, self._group, strict=True) if g >= 0}
            before = Before(names, self._used, self._axes_by_statement())
        return draw_map(self.conversation(), self.options, before=before)

    def _axes_by_statement(self) -> dict[str, tuple[float, float]]:
        assert self._axes is not None
        x, y = self._axes.vectors.tolist()
        return {name: (x[at], y[at]) for at, name in enumerate(self._statements) if at < len(x)}

    def _grow(self, people: Iterable[str], statements: Iterable[str]) -> None:
        """Makes room for ids not seen before; arrays double, so that room is made seldom."""
        for person in people:
            self._people.setdefault(person, len(self._people))
        for name in statements:
            self._statements.setdefault(name, len(self._statements))
        n, s = len(self._people), len(self._statements)
        rows, columns = self._vote.shape
        if n > rows or s > columns:
            shape = (rows if n <= rows else max(n, 2 * rows), columns if s <= columns else max(s, 2 * columns))
            self._vote, self._seen = _larger(self._vote, shape), _larger(self._seen, shape)
            self._at = _larger(self._at, shape)
            self._both.grow(shape[1])
            self._tally.grow(shape[1])
        if n == len(self._group) and s == len(self._out):
            return
        known = [self.about.get(name) for name in list(self._statements)[len(self._out) :]]
        self._out = np.append(self._out, [one is not None and one.is_out for one in known]).astype(bool)
        fresh = n - len(self._group)
        self._group = np.append(self._group, np.full(fresh, -1))
        self._cast = np.append(self._cast, np.zeros(fresh, dtype=np.int64))
        self._cast_out = np.append(self._cast_out, np.zeros(fresh, dtype=np.int64))

    def _lively(self, rows: slice | Ints) -> tuple[Floats, Floats]:
        """Votes and answers of some people on the working matrix (statements that are out hold nothing)."""
        vote, seen = self._vote[rows].copy(), self._seen[rows].copy()
        out = np.flatnonzero(self._out)
        vote[:, out], seen[:, out] = 0, 0
        return vote, seen

    def _take(self, who: Ints, what: Ints, told: Ints) -> None:
        """Writes votes into matrix and sums."""
        rows, place = np.unique(who, return_inverse=True)
        before = self._lively(rows)
        fresh = self._seen[who, what] == 0
        self._votes += int(fresh.sum())
        self._cast += np.bincount(who[fresh], minlength=len(self._cast))
        self._cast_out += np.bincount(who[fresh & self._out[what]], minlength=len(self._cast))
        self._tally.move(self._vote[who, what], self._seen[who, what], self._group[who], what, -1)
        self._vote[who, what], self._seen[who, what], self._at[who, what] = told[:, 0], 1, told[:, 1]
        self._tally.move(self._vote[who, what], self._seen[who, what], self._group[who], what, 1)
        after = self._lively(rows)
        live = ~self._out[what]
        self._both.change(what[live], place[live], before, after)

    def _updated(self) -> Update:
        n, s = len(self._people), len(self._statements)
        square, center = self._both.normal(s)
        start = (
            None
            if self._axes is None
            else _larger(self._axes.start[:, :BLOCK], (s, min(BLOCK, self._axes.start.shape[1])))
        )
        axes = leading_axes(lambda block: square @ block, s, start, tolerance=CLOSE, depth=4)
        positions = self._positions(axes.vectors, center, n, s)
        earlier = None if self._axes is None else _larger(self._axes.vectors, (2, s))
        signs = signed(axes.vectors, positions, earlier)
        self._axes = axes._replace(vectors=axes.vectors * signs[:, None])
        positions = positions * signs
        self._regroup(positions, n, s)
        return self._told(positions, center, n, s)

    def _positions(self, axes: Floats, center: Floats, n: int, s: int) -> Floats:
        width = self._vote.shape[1]
        turned = np.zeros((width, 2))
        turned[:s] = axes.T
        turned[:s][self._out] = 0
        answered = self._cast - self._cast_out + self._out.sum()
        pulled = np.zeros((width, 2))
        pulled[:s] = center[:, None] * turned[:s]
        placed = self._vote[:n] @ turned - self._seen[:n] @ pulled
        return np.asarray(placed * np.sqrt(s / np.maximum(answered, 1))[:, None])

    def _regroup(self, positions: Floats, n: int, s: int) -> None:
        """Carries the groups along, or searches them anew when much is new."""
        inside = np.flatnonzero(self._cast >= min(self.options.least_votes, s))
        group_before, names_before = self._group, self._names
        if len(inside) < self.options.least_people:
            self._names, self._group = (), np.full(n, -1)
        elif not self._names or self._votes - self._votes_searched > NEW_SHARE * self._votes:
            self._search(positions, inside)
        else:
            self._settle(positions, inside)
        if self._names != names_before or len(self._tally.agree) != len(self._names) + 1:
            self._tally = _Tally.of(self._vote[:n], self._seen[:n], self._group, len(self._names))
        else:
            moved = np.flatnonzero(group_before != self._group)
            self._tally.carry(self._vote[moved], self._seen[moved], group_before[moved], self._group[moved])

    def _search(self, positions: Floats, inside: Ints) -> None:
        found = best_grouping(positions[inside], group_floor(self.options, len(inside)), self.options.most_groups)
        group = np.full(len(positions), -1)
        before = None
        if self._names:
            members = zip(self._people, self._group, strict=True)
            before = Before({person: self._names[g] for person, g in members if g >= 0}, self._used, {})
        if found.silhouettes:
            group[inside] = found.label
            k = int(found.label.max()) + 1
            self._names, self._used = named(list(self._people), group, k, before)
        else:
            self._names = ()
        self._group, self._votes_searched = group, self._votes

    def _settle(self, positions: Floats, inside: Ints) -> None:
        points, k = positions[inside], len(self._names)
        label = self._group[inside]
        held = label >= 0
        middle = _means(points[held], label[held], k)
        for _ in range(SETTLING):
            nearest = squares(points, middle).argmin(axis=1)
            if (nearest == label).all():
                break
            label, middle = nearest, _means(points, nearest, k, middle)
        self._group = np.full(len(positions), -1)
        self._group[inside] = label

    def _told(self, positions: Floats, center: Floats, n: int, s: int) -> Update:
        assert self._axes is not None
        counts = self._tally.counts(s)
        sizes = np.bincount(self._group[self._group >= 0], minlength=len(self._names))
        contrast = Contrast(zeroed(counts, sizes, self._out))
        reach = np.hypot(*(np.sqrt(s) * (1 - center) * self._axes.vectors))
        is_meta = np.array([name in self.about and self.about[name].is_meta for name in self._statements])
        return Update(
            people=tuple(self._people),
            statements=tuple(self._statements),
            axes=self._axes.vectors,
            eigenvalues=self._axes.values,
            positions=positions,
            group=self._group.copy(),
            names=self._names,
            counts=counts,
            consensus=group_consensus(counts.agree, counts.seen),
            priority=priorities(counts, reach, is_meta),
            contrast=contrast,
        )


class _Tally:
    """Agrees, disagrees and answers per group and statement, in whole numbers; the last row is of the ungrouped."""

    def __init__(self, rows: int, columns: int) -> None:
        self.agree, self.disagree, self.seen = (np.zeros((rows, columns)) for _ in range(3))

    @classmethod
    def of(cls, vote: Floats, seen: Floats, group: Ints, k: int) -> _Tally:
        """Counted from the whole matrix."""
        tally = cls(k + 1, vote.shape[1])
        tally.carry(vote, seen, None, group)
        return tally

    def grow(self, columns: int) -> None:
        shape = (len(self.agree), columns)
        self.agree, self.disagree, self.seen = (_larger(one, shape) for one in (self.agree, self.disagree, self.seen))

    def move(self, vote: Floats, seen: Floats, group: Ints, what: Ints, sign: int) -> None:
        """Single cells in (+1) or out (−1)."""
        np.add.at(self.agree, (group, what), sign * (vote == 1))
        np.add.at(self.disagree, (group, what), sign * (vote == -1))
        np.add.at(self.seen, (group, what), sign * seen)

    def carry(self, vote: Floats, seen: Floats, before: Ints | None, after: Ints) -> None:
        """Whole ballots from one group to another."""
        rows = np.arange(len(self.agree))
        rows[-1] = -1
        member = (after == rows[:, None]).astype(np.float64)
        if before is not None:
            member -= before == rows[:, None]
        self.agree += member @ (vote == 1)
        self.disagree += member @ (vote == -1)
        self.seen += member @ seen

    def counts(self, s: int) -> Counts:
        """Of the groups, without the ungrouped."""
        agree, disagree, seen = (one[:-1, :s].astype(np.int64) for one in (self.agree, self.disagree, self.seen))
        return Counts(agree, disagree, seen)


class _Sums:
    """For every two statements j, k over the people who answered both: how many, Σ v_j, and Σ v_j·v_k; exact."""

    def __init__(self, size: int) -> None:
        self.many, self.half, self.full = (np.zeros((size, size)) for _ in range(3))

    def grow(self, size: int) -> None:
        self.many, self.half, self.full = (_larger(one, (size, size)) for one in (self.many, self.half, self.full))

    def fill(self, vote: Floats, seen: Floats) -> None:
        self.many, self.half, self.full = seen.T @ seen, vote.T @ seen, vote.T @ vote

    def change(self, what: Ints, place: Ints, before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> None:
        """Cells (row `place`, statement `what`) changed: (A + D)ᵀ(B + E) − AᵀB = Dᵀ(B + E) + AᵀE, and D, E are few."""
        (vote, seen), (vote_new, seen_new) = before, after
        more_vote = (vote_new - vote)[place, what][:, None]
        more_seen = (seen_new - seen)[place, what][:, None]
        if not len(what):
            return
        order = np.argsort(what, kind="stable")
        which, first = np.unique(what[order], return_index=True)
        for table, row, column in (
            (self.many, more_seen * seen_new[place], more_seen * seen[place]),
            (self.half, more_vote * seen_new[place], more_seen * vote[place]),
            (self.full, more_vote * vote_new[place], more_vote * vote[place]),
        ):
            table[which] += np.add.reduceat(row[order], first, axis=0)
            table[:, which] += np.add.reduceat(column[order], first, axis=0).T

    def normal(self, s: int) -> tuple[Floats, Floats]:
        """XᵀX of the matrix centred by statement, and the centre."""
        many, half, full = (one[:s, :s] for one in (self.many, self.half, self.full))
        center = np.diagonal(half) / np.maximum(np.diagonal(many), 1)
        cross = half * center
        return full - cross - cross.T + center[:, None] * many * center, center


def _larger(array: NDArray[Number], shape: tuple[int, int]) -> NDArray[Number]:
    """The array with zeros added (or cut away) to this shape."""
    made = np.zeros(shape, dtype=array.dtype)
    rows, columns = min(array.shape[0], shape[0]), min(array.shape[1], shape[1])
    made[:rows, :columns] = array[:rows, :columns]
    return made


def _means(points: Floats, label: Ints, k: int, otherwise: Floats | None = None) -> Floats:
    size = np.bincount(label, minlength=k)
    sums = np.stack([np.bincount(label, weights=axis, minlength=k) for axis in points.T], axis=1)
    means = sums / np.maximum(size, 1)[:, None]
    return means if otherwise is None else np.where(size[:, None] > 0, means, otherwise)
