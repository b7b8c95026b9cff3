"""`linli assign NEEDS OFFERS`: reads two tables, writes matches, and the JSON that `linli check` verifies."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import typer

from linli.engines.assignment.data import NEEDS, OFFERS, Weights
from linli.engines.assignment.reading import read_table
from linli.engines.assignment.result import as_json, matches
from linli.engines.assignment.run import assign as run
from linli.engines.assignment.weights import read_weights
from linli.engines.assignment.words import WORDS, say_fault
from linli.engines.console import LangOption, Outputs, progress_on_stderr, spoken, stop_on_bad_input
from linli.engines.errors import BadInput, Fault
from linli.engines.tables import write_table

COMMON_WEIGHTS = Path(__file__).parents[3] / "packs/common/matching.toml"


def assign(
    needs: Annotated[Path, typer.Argument(help="需求 needs: CSV, XLSX, Parquet")],
    offers: Annotated[Path, typer.Argument(help="资源 offers: CSV, XLSX, Parquet")],
    out: Annotated[Path, typer.Option("--out", help="matches: CSV or Parquet")],
    on: Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="the day; default today")] = None,
    weights: Annotated[Path, typer.Option("--weights", help="dated weights")] = COMMON_WEIGHTS,
    json_out: Annotated[Path | None, typer.Option("--json", help="everything, for `linli check`")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=20, help="proposals per need")] = 4,
    lang: LangOption = None,
) -> None:
    """需求对接资源：硬约束、打分、最优分配和缘由。Match needs to offers, with reasons and proof."""
    tongue = spoken(lang)
    day = on.date() if on else datetime.now().astimezone().date()
    try:
        tables = _read(needs, offers)
        result = run(
            *tables,
            on=day,
            weights=_weights(weights, day),
            k=k,
            progress=progress_on_stderr(lambda step: WORDS.say(step, tongue)),
        )
    except BadInput as bad:
        raise stop_on_bad_input(bad.faults, lambda fault: say_fault(fault, tongue)) from None
    with Outputs() as outputs:
        write_table(matches(result, tongue), outputs.path(out), out.suffix)
        if json_out:
            outputs.path(json_out).write_text(json.dumps(as_json(result), ensure_ascii=False), encoding="utf-8")


def _read(needs: Path, offers: Path) -> tuple[pa.Table, pa.Table]:
    """Both tables, or every fault of both."""
    read = [read_table(needs, NEEDS), read_table(offers, OFFERS)]
    faults = [fault for _, found in read for fault in found]
    if faults:
        raise BadInput(faults)
    return read[0][0], read[1][0]


def _weights(path: Path, on: date) -> Weights:
    try:
        return read_weights(path.read_text(encoding="utf-8"), on, path.name)
    except (OSError, UnicodeDecodeError):
        raise BadInput([Fault("file_unreadable", file=path.name)]) from None
