"""`linli run`: the main job on files, without a server."""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from linli.engines.console import EXIT_BAD_INPUT, LangOption, print_faults, progress_on_stderr, spoken
from linli.engines.eligibility import Sources
from linli.engines.errors import BadInput, Fault
from linli.web.run import words

PACKS = Path(__file__).resolve().parents[3] / "packs"


def run(
    lists: Annotated[Path, typer.Option(help="名册所在文件夹 · folder of lists")],
    on: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], help="按哪一天算 · the day to judge by")],
    out: Annotated[Path, typer.Option(help="结果放在哪个文件夹 · folder for the results")],
    offers: Annotated[
        Path | None, typer.Option(help="资源表（xlsx、csv）或 HSDS 包 · offers workbook or HSDS package")
    ] = None,
    rules: Annotated[list[Path] | None, typer.Option(help="规则文件，可给多个 · rules files")] = None,
    weights: Annotated[Path | None, typer.Option(help="对接权重文件 · weights for matching")] = None,
    columns: Annotated[Path | None, typer.Option(help="指明哪一列是什么的文件 · which heading means what")] = None,
    lang: LangOption = None,
) -> None:
    """从名册到人、线索、需求和对接建议。 From lists to people, flags, needs and proposals."""
    from linli.web.run import pipeline, report, writing

    tongue = spoken(lang)
    progress = progress_on_stderr(lambda step: words.say_step(step, tongue))
    chosen = rules or sorted((PACKS / "common" / "rules").glob("*.toml"))
    try:
        _check_paths(lists, out, offers, (*chosen, *filter(None, (weights, columns))))
        with spill_folder() as spill:
            options = pipeline.Options(
                on=on.date(),
                rules=tuple(chosen),
                weights=weights or PACKS / "common" / "matching.toml",
                columns=columns,
                lang=tongue,
                spill_dir=spill,
            )
            apart = [path for path in (out, offers, weights, columns, *chosen) if path is not None]
            job = pipeline.run_main_job(pipeline.list_files(lists, apart), offers, options, progress)
            progress("report")
            writing.write_all(job, out, tongue, report.render(job, on.date(), tongue, _sources(chosen)))
    except BadInput as error:
        print_faults(error.faults, lambda fault: words.say_fault(fault, tongue))
        raise typer.Exit(EXIT_BAD_INPUT) from None
    refused_first = sorted(job.faults, key=lambda fault: fault.outcome != "refused")
    print_faults(refused_first[:50], lambda fault: words.say_fault(fault, tongue))
    if len(job.faults) > 50:
        sys.stderr.write(f"… {len(job.faults) - 50:,} → {out / 'faults.csv'}\n")
    sys.stderr.write(report.summary_line(job, tongue) + "\n")


def _sources(rules: list[Path]) -> Sources:
    """The common pack's words for the marks of rules, then those beside the rules that were given."""
    from linli.engines.eligibility import read_sources

    beside = [rule.parent.parent / "sources.toml" for rule in rules]
    files = dict.fromkeys(file for file in (PACKS / "common" / "sources.toml", *beside) if file.exists())
    return read_sources(*(file.read_bytes() for file in files))


def _check_paths(lists: Path, out: Path, offers: Path | None, files: Sequence[Path]) -> None:
    """What can be said about the paths themselves, all of it at once."""
    faults = [] if lists.is_dir() else [Fault("folder_missing", file=str(lists))]
    faults += [Fault("file_missing", file=str(path)) for path in files if not path.is_file()]
    if offers is not None and not offers.exists():
        faults.append(Fault("file_missing", file=str(offers)))
    if out.exists() and not out.is_dir():
        faults.append(Fault("out_is_file", file=str(out)))
    if out.resolve() == lists.resolve():
        faults.append(Fault("out_holds_lists", file=str(out)))
    if faults:
        raise BadInput(faults)


@contextmanager
def spill_folder() -> Iterator[str]:
    """A folder only its owner may read, removed on every exit: DuckDB's spill files are plaintext."""
    folder = tempfile.mkdtemp(prefix="linli-run-")
    # A plain SIGTERM would end the process without passing here; turned into an exit, it does.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield folder
    finally:
        signal.signal(signal.SIGTERM, before)
        shutil.rmtree(folder, ignore_errors=True)
