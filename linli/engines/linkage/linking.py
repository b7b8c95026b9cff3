"""`link` and `blocking_report`: records in, persons' links out. Each step lives in its own module."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, cast

import duckdb
import numpy as np
import pyarrow as pa

from linli.engines.linkage import blocking, clusters, mixture, model, threshold
from linli.engines.linkage.data import LINKS, REVIEW, VERSION, LinkOptions, LinkResult, ordered_records, table_digest
from linli.engines.linkage.features import features
from linli.engines.linkage.levels import FIELDS
from linli.engines.linkage.reasons import Sayings
from linli.engines.linkage.words import WORDS
from linli.engines.progress import Progress, silent
from linli.engines.words import Lang

_DOUBTFUL_STATES = frozenset({"doubtful", "masked", "old15"})
_STEPS = 6


def blocking_report(records: pa.Table, *, options: LinkOptions | None = None) -> dict[str, Any]:
    """What the blocking keys would do to these records, before any pair is compared.

    Per key: records with it, pairs it gives, keys set aside as too common (`dropped_keys`) and the
    records on them; an upper bound of the pairs; the estimated share of one-person pairs caught.
    """
    options = options or LinkOptions()
    table, hot = features(ordered_records(records))
    with model.connect(options) as db:
        return _block(db, table, hot, options)


def _block(
    db: duckdb.DuckDBPyConnection, table: pa.Table, hot: dict[str, int], options: LinkOptions
) -> dict[str, Any]:
    db.register("handed_in", table)
    db.execute("create table compared as select * from handed_in").fetchall()
    db.unregister("handed_in")
    rules = blocking.make_keys(db, options.pairs_per_row)
    return {
        "rules": rules,
        "most_pairs": sum(rule["pairs"] for rule in rules),
        "hot_values": hot,
        **blocking.estimated_recall(db),
    }


def link(
    records: pa.Table, *, options: LinkOptions | None = None, seed: int = 0, progress: Progress = silent
) -> LinkResult:
    """One person across the lists: a person for every record, the doubtful pairs, and how it was decided.

    `records` is the RECORDS table (missing columns count as empty). The result does not depend on the
    order of rows; nothing in it is drawn by lot, so `seed` only stands in the report. `probability`
    of a record is that of its surest pair within the person; of a record alone, that no candidate
    is the same person. Raises BadInput for missing or repeated `unique_id`.
    """
    options = options or LinkOptions()
    ordered = ordered_records(records)
    progress("clean", 1, _STEPS)
    table, hot = features(ordered)
    progress("block", 2, _STEPS)
    with model.connect(options) as db:
        blocks = _block(db, table, hot, options)
        progress("compare", 3, _STEPS)
        pairs, levels = model.compare(db)
    progress("fit", 4, _STEPS)
    patterns, at, counts = _patterns(levels)
    fitted = mixture.fit(patterns, counts, options.prior_pairs)
    choice = threshold.choose(fitted, patterns, counts, blocks["recall"])
    log_odds = choice.log_odds[at]
    progress("cluster", 5, _STEPS)
    group = clusters.cluster(ordered.num_rows, pairs, log_odds, choice.threshold)
    progress("explain", 6, _STEPS)
    judged = _Judged(ordered, _doubtful(records, ordered), pairs, levels, threshold.probability(log_odds), group, choice.threshold, options)
    links, review = judged.links(), judged.review()
    report = {
        "records": ordered.num_rows,
        "pairs": len(pairs),
        "persons": len(set(group.tolist())),
        "review": review.num_rows,
        "blocking": blocks,
        "threshold": choice.report,
        "model": {
            "rounds": fitted.rounds,
            "kinds": {kind: round(float(share), 5) for kind, share in zip(("match", "household", "other"), fitted.shares, strict=True)},
            "weights": fitted.weights(),
            "parameters": "shipped" if len(pairs) <= options.prior_pairs else "fitted",
        },
        "seed": seed,
    }
    return LinkResult(links=links, review=review, report=report, threshold=choice.threshold, digest=table_digest(ordered), options=options.as_dict())


def _patterns(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The different rows of `levels`, where each pair finds its own, and how often each stands."""
    if not len(levels):
        return levels, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    base = np.array([len(field.levels) + 1 for field in FIELDS], dtype=np.int64)
    code = np.zeros(len(levels), dtype=np.int64)
    for column, size in zip(levels.T, base, strict=True):
        code = code * size + column + 1
    _, first, at, counts = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    return levels[first], at, counts


def _doubtful(records: pa.Table, ordered: pa.Table) -> np.ndarray:
    """Whether a record carries a value marked 待核, in the order of `ordered`."""
    ids = records["unique_id"].to_pylist()
    states = records["id_state"].to_pylist() if "id_state" in records.column_names else [None] * len(ids)
    doubts = records["doubts"].to_pylist() if "doubts" in records.column_names else [None] * len(ids)
    marked = {
        key for key, state, codes in zip(ids, states, doubts, strict=True) if codes or state in _DOUBTFUL_STATES
    }
    return np.array([key in marked for key in ordered["unique_id"].to_pylist()], dtype=bool)


class _Judged:
    """Everything decided about the pairs, ready to be said."""

    def __init__(
        self, ordered: pa.Table, doubtful: np.ndarray, pairs: np.ndarray, levels: np.ndarray, chance: np.ndarray,
        group: np.ndarray, cut: float, options: LinkOptions,
    ) -> None:  # fmt: skip
        self.ordered = ordered
        self.ids: list[str] = ordered["unique_id"].to_pylist()
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
        self.best_in = _best(len(group), pairs[self.inside], self.chance[self.inside], np.flatnonzero(self.inside))
        self.best_out = _best(len(group), pairs[~self.inside], self.chance[~self.inside], np.flatnonzero(~self.inside))
        self.waiting = self._waiting()

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
        columns = [self.ids, self.ordered["source"], [person[leader] for leader in self.group.tolist()], chance, why]
        return pa.table([pa.array(column, kind) if isinstance(column, list) else column for column, kind in zip(columns, LINKS.types, strict=True)], schema=LINKS)

    def _why(self, record: int, pair: int) -> str:
        a, b = self.pairs[pair].tolist()
        other = b if a == record else a
        sheet_row = self.ordered["row"][other].as_py()
        place = WORDS.say("number", self.lang, number=self.ids[other]) if sheet_row is None else WORDS.say("row", self.lang, row=sheet_row)
        said = WORDS.say("why", self.lang, list=self.ordered["source"][other].as_py() or "", record=place, points=self.sayings.of(self.levels[pair])[0])
        return WORDS.say("why_doubtful", self.lang, why=said) if self.doubtful[[a, b]].any() else said

    def _waiting(self) -> np.ndarray:
        """Pairs for a person to look at: between two persons the likeliest, inside one the weakest record's best."""
        low, high = self.options.review_low, self.options.review_high
        overruled = ~self.inside & (self.chance >= self.cut)
        open_out = np.flatnonzero(~self.inside & (((self.chance >= low) & (self.chance < high)) | overruled))
        order = open_out[np.argsort(-self.chance[open_out], kind="stable")]
        persons = np.sort(self.group[self.pairs[order]], axis=1)
        first = np.unique(persons, axis=0, return_index=True)[1] if len(order) else np.zeros(0, dtype=np.int64)
        weak = {int(best) for best in self.best_in.tolist() if best >= 0 and self.chance[best] < high}
        chosen = np.array(sorted({*order[first].tolist(), *weak}), dtype=np.int64)
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
        columns: Sequence[Any] = list(zip(*rows, strict=True)) if rows else [[] for _ in REVIEW]
        return pa.table([pa.array(list(column), kind) for column, kind in zip(columns, REVIEW.types, strict=True)], schema=REVIEW)


def _best(size: int, pairs: np.ndarray, chance: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Per record the number of its likeliest pair among these, -1 without one; ties go to the first pair."""
    best = np.full(size, -1, dtype=np.int64)
    order = np.argsort(chance, kind="stable")
    order = order[np.lexsort((-number[order], chance[order]))]
    for side in (1, 0):
        better = np.full(size, -1, dtype=np.int64)
        better[pairs[order, side]] = order
        best = np.where((better >= 0) & ((best < 0) | (chance[better] >= chance[best])), better, best)
    return np.where(best >= 0, number[best] if len(number) else best, -1)


def person_id(smallest: str) -> str:
    """The person's number, from the smallest `unique_id` of its records: the same in every run."""
    return "P" + hashlib.sha256(f"{VERSION}:{smallest}".encode()).hexdigest()[:12].upper()
