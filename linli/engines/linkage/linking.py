"""`link` and `blocking_report`: records in, persons' links out. Each step lives in its own module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from linli.engines.linkage import blocking, caps, clusters, mixture, model, threshold
from linli.engines.linkage.data import LinkOptions, LinkResult, ordered_records, table_digest
from linli.engines.linkage.features import features
from linli.engines.linkage.judged import Judged
from linli.engines.linkage.levels import FIELDS
from linli.engines.progress import Progress, silent

if TYPE_CHECKING:
    import duckdb

_IDENTITY_DOUBTS = ("id_", "birth", "name", "phone", "card", "region")
_DOUBTFUL_STATES = frozenset({"doubtful", "masked", "old15"})
_STEPS = 6
_UNDER = 0.01  # in log-odds: just below what counts as certain


def blocking_report(records: pa.Table, *, options: LinkOptions | None = None) -> dict[str, Any]:
    """What the blocking keys would do to these records, before any pair is compared.

    Per key: records with it, pairs it gives, keys set aside as too common (`dropped_keys`) and the
    records on them; an upper bound of the pairs; the estimated share of one-person pairs caught.
    """
    options = options or LinkOptions()
    table, hot = features(ordered_records(records))
    with model.connect(options) as db:
        return _block(db, table, hot, options)


def _block(db: duckdb.DuckDBPyConnection, table: pa.Table, hot: dict[str, int], options: LinkOptions) -> dict[str, Any]:
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
    sound = np.asarray(table["id_sound"].fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
    both_sound = sound[pairs].all(axis=1)
    sounds = np.bincount(at, weights=both_sound, minlength=len(patterns))
    choice = threshold.choose(fitted, patterns, counts, sounds, blocks["recall"])
    two_people = caps.contradict(levels, both_sound)
    uncertain = np.log(options.review_high / (1.0 - options.review_high)) - _UNDER
    log_odds = choice.log_odds[at]
    log_odds = np.where(two_people | caps.is_thin(levels), np.minimum(log_odds, uncertain), log_odds)
    progress("cluster", 5, _STEPS)
    group = clusters.cluster(ordered.num_rows, pairs, log_odds, choice.threshold, apart=two_people)
    progress("explain", 6, _STEPS)
    judged = Judged(
        ordered,
        _doubtful(records, ordered),
        pairs,
        levels,
        threshold.probability(log_odds),
        group,
        choice.threshold,
        options,
    )
    review = judged.review()
    report = {
        "records": ordered.num_rows,
        "pairs": len(pairs),
        "persons": len(set(group.tolist())),
        "review": review.num_rows,
        "blocking": blocks,
        "threshold": {"value": round(choice.threshold, 5), **choice.report},
        "model": {
            "parameters": "shipped" if len(pairs) <= options.prior_pairs else "fitted",
            "rounds": fitted.rounds,
            "kinds": dict(zip(mixture.KINDS, (round(float(share), 5) for share in fitted.shares), strict=True)),
            "weights": fitted.weights(),
        },
        "seed": seed,
    }
    return LinkResult(
        links=judged.links(),
        review=review,
        certain=judged.certain(),
        report=report,
        threshold=choice.threshold,
        digest=table_digest(ordered),
        options=options.as_dict(),
    )


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
    """Whether a record carries a value marked 待核 that tells who it is, in the order of `ordered`."""
    ids = records["unique_id"].to_pylist()
    states = records["id_state"].to_pylist() if "id_state" in records.column_names else [None] * len(ids)
    doubts = records["doubts"].to_pylist() if "doubts" in records.column_names else [None] * len(ids)
    marked = {
        key
        for key, state, codes in zip(ids, states, doubts, strict=True)
        if state in _DOUBTFUL_STATES or any(code.startswith(_IDENTITY_DOUBTS) for code in codes or ())
    }
    return np.array([key in marked for key in ordered["unique_id"].to_pylist()], dtype=bool)
