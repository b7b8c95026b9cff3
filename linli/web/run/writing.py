"""The files of a finished run: six tables as CSV and Parquet, the faults, and the report; all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linli.engines.console import Outputs
from linli.engines.tables import write_table
from linli.engines.words import Lang
from linli.web.run import words
from linli.web.run.pipeline import MainJob

if TYPE_CHECKING:
    import pyarrow as pa

NO_PROPOSALS = ("need_id", "offer_id", "rank", "score", "why", "binding", "unlocked_by")


def write_all(job: MainJob, folder: Path, lang: Lang, report_html: str) -> list[str]:
    """Write every table twice and the report into `folder`; gives the names written."""
    tables = result_tables(job, lang)
    with Outputs() as outputs:
        for name, table in tables.items():
            for suffix in (".csv", ".parquet"):
                write_table(table, outputs.path(folder / f"{name}{suffix}"), suffix, marked=True)
        outputs.path(folder / "report.html").write_text(report_html, "utf-8")
    return [*tables, "report.html"]


def result_tables(job: MainJob, lang: Lang) -> dict[str, pa.Table]:
    """The tables by name, with words in the given language."""
    return {
        "links": job.link.links,
        "review": job.link.review,
        "persons": job.resolved.persons,
        "facts": job.resolved.facts,
        "households": job.resolved.households,
        "flags": _flags(job, lang),
        "needs": job.needs,
        "proposals": _proposals(job, lang),
        "faults": _faults(job, lang),
    }


def _flags(job: MainJob, lang: Lang) -> pa.Table:
    """As `linli screen` writes them; `reason` in the asked language."""
    hits = job.screening.hits
    return hits if lang == "zh" else hits.set_column(hits.column_names.index("reason"), "reason", hits["reason_en"])


def _proposals(job: MainJob, lang: Lang) -> pa.Table:
    import pyarrow as pa

    from linli.engines import assignment

    if job.matched is None:
        return pa.table({name: pa.array([], pa.string()) for name in NO_PROPOSALS})
    return assignment.matches(job.matched, lang)


def _faults(job: MainJob, lang: Lang) -> pa.Table:
    import pyarrow as pa

    rows = [{**fault.as_dict(), "words": words.say_fault(fault, lang)} for fault in job.faults]
    kept = ("outcome", "file", "sheet", "row", "column", "value", "code", "words")
    types = {"row": pa.int32()}
    return pa.table({name: pa.array([row[name] for row in rows], types.get(name, pa.string())) for name in kept})
