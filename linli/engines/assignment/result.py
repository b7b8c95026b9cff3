"""A result for people and for the checker: one table of matches in words, and one JSON object."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from linli.engines.assignment.data import PROPOSALS, AssignResult
from linli.engines.assignment.words import say_reason, say_unlocked, say_why
from linli.engines.words import Lang

MATCHES = (
    "need_id",
    "offer_id",
    "rank",
    "score",
    "fit",
    "wish",
    "wait",
    "distance",
    "cost",
    "why",
    "binding",
    "unlocked_by",
)


def matches(result: AssignResult, lang: Lang = "zh") -> pa.Table:
    """Proposals, then one row per unmet need with what binds and what would unlock it, in words.

    Holds nothing an ordinary reader may not see: `restricted_code` stays in the result.
    """
    said: dict[str, str] = {}
    why = [said.get(text) or said.setdefault(text, say_why(text, lang)) for text in result.proposals["why"].to_pylist()]
    proposals = result.proposals.drop_columns(["why", "spare"]).append_column("why", pa.array(why, pa.string()))
    rows = result.unmet.to_pylist()
    unmet = pa.table(
        {
            "need_id": pa.array([row["need_id"] for row in rows], pa.string()),
            "binding": pa.array([_binding(row, lang) for row in rows], pa.string()),
            "unlocked_by": pa.array([say_unlocked(row["unlocked_by"], lang) for row in rows], pa.string()),
        }
    )
    both = pa.concat_tables([proposals, unmet], promote_options="default")
    return both.select(list(MATCHES))


def no_matches() -> pa.Table:
    """The table of a run without offers: the columns and types of `matches`, and no row."""
    known = {field.name: field.type for field in PROPOSALS}
    return pa.schema([(name, known.get(name, pa.string())) for name in MATCHES]).empty_table()


def _binding(row: dict[str, Any], lang: Lang) -> str:
    return say_reason(row["binding"], json.loads(row["params"]), lang)


def as_json(result: AssignResult) -> dict[str, Any]:
    """The result as one JSON object, with codes instead of words and the certificate for `check`.

    The private columns are left out; the certificate holds numbers and ids only.
    """
    return {
        "engine": result.engine,
        "version": result.version,
        "digest": result.digest,
        "options": result.options,
        "cost": result.cost,
        "bound": result.bound,
        "gap": result.gap,
        "report": result.report,
        "proposals": result.proposals.to_pylist(),
        "unmet": result.unmet.drop_columns(["restricted_code"]).to_pylist(),
        "rejected": result.rejected.drop_columns(["restricted_code"]).to_pylist(),
        "certificate": result.certificate.as_json(),
    }
