"""`linli link LIST… --on DATE --out links.parquet [--review …] [--report …]`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linli.engines.console import LangOption, Outputs, print_faults, progress_on_stderr, spoken, stop_on_bad_input
from linli.engines.errors import BadInput, Fault
from linli.engines.linkage.words import WORDS
from linli.engines.lists import ColumnMap, column_map, read_grids, read_records, recognise
from linli.engines.lists import say as say_list_fault
from linli.engines.progress import Progress
from linli.engines.tables import write_table
from linli.engines.words import Lang

if TYPE_CHECKING:
    import pyarrow as pa


def link(
    lists: Annotated[list[Path], typer.Argument(help="名册文件（xlsx、xls、csv、parquet） · lists")],
    out: Annotated[Path, typer.Option(help="关联结果（parquet 或 csv） · a person for every record")],
    on: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="读取名册之日，缺省为文件最后保存日 · the day of reading; else when the lists were last saved",
        ),
    ] = None,
    columns: Annotated[Path | None, typer.Option(help="列对应表（toml） · which heading means what")] = None,
    review: Annotated[Path | None, typer.Option(help="待核对名单 · doubtful pairs, with for and against")] = None,
    report: Annotated[Path | None, typer.Option(help="关联报告（json） · how it went, in codes and numbers")] = None,
    lang: LangOption = None,
) -> None:
    """在各部门名册中找出同一个人。 Find the same person across departments' lists."""
    from linli.engines.linkage import LinkOptions
    from linli.engines.linkage import link as link_records

    tongue = spoken(lang)
    progress = progress_on_stderr(lambda step: WORDS.say(step, tongue) if step in WORDS else step)
    day = on.date() if on is not None else _last_saved(lists)
    try:
        named = column_map(columns) if columns is not None else ColumnMap()
        records, faults = _read_lists(lists, day, named, progress)
        result = link_records(records, options=LinkOptions(lang=tongue), progress=progress)
    except BadInput as error:
        raise stop_on_bad_input(error.faults, lambda fault: _say(fault, tongue)) from error
    with Outputs() as outputs:
        write_table(result.links, outputs.path(out), out.suffix)
        if review is not None:
            write_table(result.review, outputs.path(review), review.suffix)
        if report is not None:
            said = {
                "engine": result.engine,
                "version": result.version,
                "digest": result.digest,
                "options": dict(result.options),
                "threshold": result.threshold,
                "report": dict(result.report),
                "faults": len(faults),
            }
            outputs.path(report).write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")
    print_faults(faults, lambda fault: _say(fault, tongue))
    sys.stderr.write(f"{result.links.num_rows:,} → {result.report['persons']:,}\n")


def _last_saved(paths: list[Path]) -> dt.date:
    """The day the newest of the files was saved; nothing in them can be of a later day."""
    saved = [path.stat().st_mtime for path in paths if path.exists()]
    return dt.datetime.fromtimestamp(max(saved, default=0.0), tz=dt.UTC).date()


def _say(fault: Fault, lang: Lang) -> str:
    return WORDS.say(fault.code, lang) if fault.code in WORDS else say_list_fault(fault, lang)


def _read_lists(
    paths: Sequence[Path], on: dt.date, columns: ColumnMap, progress: Progress
) -> tuple[pa.Table, list[Fault]]:
    """RECORDS of all files and the faults of their rows (refused rows are left out, doubtful ones taken in).

    A Parquet file with `unique_id` and `name` columns is taken as records already made. Raises
    BadInput with every file that cannot be read at all.
    """
    import pyarrow as pa

    from linli.engines.linkage.tables import records_in

    made: list[pa.Table] = []
    grids, layouts = [], []
    wrong: list[Fault] = []
    for path in paths:
        try:
            table = records_in(path)
            if table is not None:
                made.append(table)
                continue
            for grid in read_grids(path):
                grids.append(grid)
                layouts.append(recognise(grid, columns.of(path.name)))
        except BadInput as error:
            wrong += error.faults
    if wrong:
        raise BadInput(wrong)
    faults: list[Fault] = []
    if grids:
        book = read_records(grids, layouts, on, progress=progress)
        made.append(book.records)
        faults += book.faults
    if not sum(table.num_rows for table in made):
        raise BadInput([*faults, Fault("nobody_in_lists")])
    return pa.concat_tables(made, promote_options="default"), faults
