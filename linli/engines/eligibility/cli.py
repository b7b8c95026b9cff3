"""`linli screen TABLE --rules rules.toml --on DATE --out hits.parquet`."""

from __future__ import annotations

import dataclasses
import datetime
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linli.engines.console import LangOption, Outputs, print_faults, progress_on_stderr, spoken, stop_on_bad_input
from linli.engines.eligibility.book import load_rules
from linli.engines.eligibility.data import RuleBook, ScreenResult
from linli.engines.eligibility.screening import screen as screen_persons
from linli.engines.eligibility.tables import typed
from linli.engines.eligibility.words import WORDS, say_fault
from linli.engines.errors import BadInput, Fault
from linli.engines.lists import read_grids
from linli.engines.lists import say as say_list_fault
from linli.engines.tables import write_table
from linli.engines.words import Lang

if TYPE_CHECKING:
    import pyarrow as pa


def screen(
    table: Annotated[Path, typer.Argument(help="居民或家庭表（parquet、csv、xlsx） · residents, one row each")],
    rules: Annotated[list[Path], typer.Option(help="规则文件，可重复 · rules file (TOML), may be repeated")],
    on: Annotated[datetime.datetime, typer.Option(formats=["%Y-%m-%d"], help="筛查日 · the day rules are asked for")],
    out: Annotated[Path, typer.Option(help="命中结果（parquet 或 csv） · hits: who, which rule, why")],
    near: Annotated[Path | None, typer.Option(help="接近者及所缺 · near-misses and what is lacking")] = None,
    report: Annotated[Path | None, typer.Option(help="筛查报告（json） · how it went, in codes and numbers")] = None,
    lang: LangOption = None,
) -> None:
    """按带日期的规则筛查居民：谁可能需要帮助、为什么。 Ask dated rules of residents: who may need help, and why."""
    tongue = spoken(lang)
    try:
        result = _screened(table, rules, on.date(), near is not None, tongue)
    except BadInput as error:
        raise stop_on_bad_input(error.faults, lambda fault: _say(fault, tongue)) from error
    with Outputs() as outputs:
        write_table(result.hits, outputs.path(out), out.suffix)
        if near is not None:
            write_table(result.near, outputs.path(near), near.suffix)
        if report is not None:
            outputs.path(report).write_text(json.dumps(_account(result), ensure_ascii=False, indent=1), "utf-8")
    sys.stderr.write(f"{result.report.rows:,} → {result.hits.num_rows:,}\n")
    if not result.report.hits:
        print_faults(
            [Fault("no_rules_in_force", file=str(rules[0]), value=on.date().isoformat())],
            lambda fault: _say(fault, tongue),
        )


def _screened(table: Path, rules: Sequence[Path], on: datetime.date, near: bool, lang: Lang) -> ScreenResult:
    faults: list[Fault] = []
    book: RuleBook | None = None
    persons: pa.Table | None = None
    try:
        book = load_rules(*_read(rules, faults))
    except BadInput as error:
        faults += error.faults
    if book is not None:
        try:
            persons = _people(table, book)
        except BadInput as error:
            faults += error.faults
    if faults or book is None or persons is None:
        raise BadInput(faults)
    progress = progress_on_stderr(lambda step: WORDS.say(step, lang))
    try:
        return screen_persons(persons, book, on=on, near=near, progress=progress)
    except BadInput as error:
        raise BadInput([dataclasses.replace(fault, file=table.name) for fault in error.faults]) from error


def _say(fault: Fault, lang: Lang) -> str:
    """A fault in words; those of opening the file are the list reader's."""
    return say_fault(fault, lang) if fault.code in WORDS else say_list_fault(fault, lang)


def _people(path: Path, book: RuleBook) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kind = path.suffix.lower()
    if kind not in (".parquet", ".csv", ".xlsx", ".xls"):
        raise BadInput([Fault("table_kind", file=path.name)])
    try:
        if kind == ".parquet":
            return pq.read_table(path)
        grid = read_grids(path)[0]
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput([Fault("table_unreadable", file=path.name, params={"detail": str(error)[:200]})]) from error
    return typed(grid.rows, book, grid.file, grid.sheet)


def _read(paths: Sequence[Path], faults: list[Fault]) -> list[tuple[str, bytes]]:
    texts = []
    for path in paths:
        try:
            texts.append((path.name, path.read_bytes()))
        except OSError as error:
            faults.append(Fault("table_unreadable", file=str(path), params={"detail": error.strerror or ""}))
    return texts


def _account(result: ScreenResult) -> dict[str, Any]:
    report = result.report
    return {
        "engine": result.engine,
        "version": result.version,
        "digest": result.digest,
        "options": dict(result.options),
        "rows": report.rows,
        "hits": dict(report.hits),
        "near": dict(report.near),
        "not_in_force": list(report.not_in_force),
        "without_value": {code: list(names) for code, names in report.without_value.items()},
        "missing_columns": list(report.missing_columns),
        "blind": list(report.blind),
    }
