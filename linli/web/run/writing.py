"""The files of a finished run: six tables as CSV and Parquet, the faults, and the report; all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from linli.engines.console import Outputs
from linli.engines.errors import BadInput, Fault
from linli.engines.tables import write_table
from linli.engines.words import Lang
from linli.web.run import words
from linli.web.run.pipeline import MainJob

if TYPE_CHECKING:
    import pyarrow as pa


def write_all(job: MainJob, folder: Path, lang: Lang, report_html: str) -> list[str]:
    """Write every table twice and the report into `folder`; gives the names written."""
    tables = result_tables(job, lang)
    try:
        _write(tables, folder, report_html)
    except OSError as error:
        raise BadInput([Fault("out_unwritable", file=str(folder), params={"reason": str(error)})]) from None
    return [*tables, "report.html"]


def _write(tables: dict[str, pa.Table], folder: Path, report_html: str) -> None:
    with Outputs() as outputs:
        for name, table in tables.items():
            for suffix in (".csv", ".parquet"):
                write_table(table, outputs.path(folder / f"{name}{suffix}"), suffix, marked=True)
        outputs.path(folder / "report.html").write_text(report_html, "utf-8")


def result_tables(job: MainJob, lang: Lang) -> dict[str, pa.Table]:
    """The tables by name, with words in the given language."""
    return {
        "links": job.link.links,
        "review": job.link.review,
        "persons": job.resolved.persons,
        "facts": job.resolved.facts,
        "households": job.resolved.households,
        "flags": _spoken(job.screening.hits, lang),
        "needs": _spoken(job.needs, lang),
        "proposals": _proposals(job, lang),
        "faults": _faults(job, lang),
    }


def _spoken(table: pa.Table, lang: Lang) -> pa.Table:
    """`reason` in the asked language; both stand in the table as `linli screen` and the needs have them."""
    if lang == "zh":
        return table
    return table.set_column(table.column_names.index("reason"), "reason", table["reason_en"])


def _proposals(job: MainJob, lang: Lang) -> pa.Table:

    from linli.engines import assignment

    if job.matched is None:
        return assignment.no_matches()
    return assignment.matches(job.matched, lang)


def _faults(job: MainJob, lang: Lang) -> pa.Table:
    import pyarrow as pa

    rows = [{**fault.as_dict(), "words": words.say_fault(fault, lang)} for fault in job.faults]
    kept = ("outcome", "file", "sheet", "row", "column", "value", "code", "words")
    types = {"row": pa.int32()}
    return pa.table({name: pa.array([row[name] for row in rows], types.get(name, pa.string())) for name in kept})
