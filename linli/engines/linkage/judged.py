"""What was decided about records and pairs, said in tables: LINKS with the reason, REVIEW with for and against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa

from linli.engines.linkage.clusters import bridges, components
from linli.engines.linkage.data import LINKS, REVIEW, LinkOptions, person_id
from linli.engines.linkage.reasons import Sayings
from linli.engines.linkage.words import WORDS
from linli.engines.words import Lang


class Judged:
    """Everything decided about the pairs, ready to be said."""

    def __init__(
        self, ordered: pa.Table, doubtful: np.ndarray, pairs: np.ndarray, levels: np.ndarray, chance: np.ndarray,
        group: np.ndarray, cut: float, options: LinkOptions,
    ) -> None:  # fmt: skip
        self.ordered = ordered
        self.ids: list[str] = ordered["unique_id"].to_pylist()
        self.sources: list[str | None] = ordered["source"].to_pylist()
        self.rows: list[int | None] = ordered["row"].to_pylist()
        self.doubtful = doubtful
        self.pairs = pairs
        self.levels = levels
        capped = doubtful[pairs].any(axis=1) if len(pairs) else np.zeros(0, dtype=bool)
        self.chance = np.where(capped, np.minimum(chance, options.doubtful_cap), chance)
        self.group = group
        self.cut = cut
        self.options = options
        self.lang = cast(Lang, options.lang)
        self.sayings = Sayings(self.lang)
        self.inside = group[pairs[:, 0]] == group[pairs[:, 1]]
        self.best_in = self._best(np.flatnonzero(self.inside))
        self.best_out = self._best(np.flatnonzero(~self.inside))
        self.part = components(len(group), pairs[self.inside & (self.chance >= options.review_high)])
        self.waiting = self._waiting()

    def certain(self) -> pa.Array:
        """Per record, in the order of `links`, a name it shares with the records it is certainly one person with."""
        first = np.full(len(self.part), len(self.part), dtype=np.int64)
        np.minimum.at(first, self.part, np.arange(len(self.part)))
        return pa.array([self.ids[at] for at in first[self.part].tolist()], pa.string())

    def links(self) -> pa.Table:
        """LINKS: one row per record."""
        sizes = np.bincount(self.group, minlength=len(self.group))
        person = {leader: person_id(self.ids[leader]) for leader in set(self.group.tolist())}
        chance: list[float] = []
        why: list[str] = []
        queued = set(self.pairs[self.waiting].ravel().tolist())
        for record, leader in enumerate(self.group.tolist()):
            if sizes[leader] == 1:
                best = self.best_out[record]
                chance.append(1.0 if best < 0 else float(1.0 - self.chance[best]))
                why.append(WORDS.say("why_alone_doubtful" if record in queued else "why_alone", self.lang))
            else:
                best = self.best_in[record]
                chance.append(float(self.chance[best]))
                why.append(self._why(record, int(best)))
        persons = [person[leader] for leader in self.group.tolist()]
        arrays = [
            pa.array(self.ids, pa.string()),
            self.ordered["source"],
            pa.array(persons, pa.string()),
            pa.array(chance, pa.float64()),
            pa.array(why, pa.string()),
        ]
        return pa.table(arrays, schema=LINKS)

    def _why(self, record: int, pair: int) -> str:
        a, b = self.pairs[pair].tolist()
        other = b if a == record else a
        sheet_row, source = self.rows[other], self.sources[other] or ""
        if sheet_row is None:
            place = WORDS.say("number", self.lang, number=self.ids[other])
        else:
            place = WORDS.say("row", self.lang, row=sheet_row)
        said = WORDS.say("why", self.lang, list=source, record=place, points=self.sayings.of(self.levels[pair])[0])
        return WORDS.say("why_doubtful", self.lang, why=said) if self.doubtful[a] or self.doubtful[b] else said

    def _waiting(self) -> np.ndarray:
        """Pairs for a person to look at: the likeliest between two persons, the weak ones that hold one together."""
        low, high = self.options.review_low, self.options.review_high
        overruled = ~self.inside & (self.chance >= self.cut)
        open_out = np.flatnonzero(~self.inside & (((self.chance >= low) & (self.chance < high)) | overruled))
        order = open_out[np.argsort(-self.chance[open_out], kind="stable")]
        persons = np.sort(self.group[self.pairs[order]], axis=1)
        first = np.unique(persons, axis=0, return_index=True)[1] if len(order) else np.zeros(0, dtype=np.int64)
        within = np.flatnonzero(self.inside)
        weak = within[bridges(self.part, self.pairs[within], self.chance[within])]
        chosen = np.concatenate([order[first], weak])
        return chosen[np.argsort(-self.chance[chosen], kind="stable")]

    def review(self) -> pa.Table:
        """REVIEW: the doubtful pairs, likeliest first."""
        rows: list[tuple[str, str, float, str, str]] = []
        for pair in self.waiting.tolist():
            a, b = self.pairs[pair].tolist()
            speaks_for, speaks_against = self.sayings.of(self.levels[pair])
            if not self.inside[pair] and self.chance[pair] >= self.cut:
                joiner = WORDS.say("joiner", self.lang) if speaks_against else ""
                speaks_against += joiner + WORDS.say("overruled", self.lang)
            rows.append((self.ids[a], self.ids[b], float(self.chance[pair]), speaks_for, speaks_against))
        columns: Sequence[Any] = list(zip(*rows, strict=True)) if rows else [() for _ in REVIEW]
        arrays = [pa.array(list(column), kind) for column, kind in zip(columns, REVIEW.types, strict=True)]
        return pa.table(arrays, schema=REVIEW)

    def _best(self, among: np.ndarray) -> np.ndarray:
        """Per record the number of its likeliest pair among these, -1 without one; ties go to the first pair."""
        rising = among[np.lexsort((-among, self.chance[among]))]
        place = np.full(len(self.group), -1, dtype=np.int64)
        for side in (0, 1):
            np.maximum.at(place, self.pairs[rising, side], np.arange(len(rising)))
        return np.where(place >= 0, rising[place] if len(rising) else -1, -1)
