"""`linli draw`: a pool and quotas in, a fair draw with its certificate out; also commitments and replacements."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from linli.engines.console import EXIT_BAD_INPUT, LangOption, Outputs, progress_on_stderr, spoken, stop_on_bad_input
from linli.engines.errors import BadInput, Fault

FAIRNESS = ("leximin", "maximin", "nash")


def draw(
    pool: Annotated[Path, typer.Option(help="报名表 CSV/XLSX，每人一行 · volunteers, one per row")],
    quotas: Annotated[Path, typer.Option(help="配额表：类别、值、最少、最多 · category, value, min, max")],
    size: Annotated[int | None, typer.Option(help="抽多少人（补抽时不写） · panel size (not when replacing)")] = None,
    household: Annotated[
        list[str] | None, typer.Option(help="住址列，同户至多一人（可写几次） · address column(s): one per home")
    ] = None,
    fairness: Annotated[str, typer.Option(help="leximin | maximin | nash")] = "leximin",
    seed: Annotated[str | None, typer.Option(help="种子（任何文字） · seed, any text")] = None,
    beacon: Annotated[str | None, typer.Option(help="公开信标的文字，如当期开奖号 · words of a public beacon")] = None,
    nonce: Annotated[str, typer.Option(help="与种子一起承诺的随机数 · nonce committed to with the seed")] = "",
    commit: Annotated[
        bool, typer.Option("--commit", help="只公布抽法和承诺，先不抽 · publish, do not draw yet")
    ] = False,
    reveal: Annotated[Path | None, typer.Option(help="对照先前公布的文件再抽 · draw as published in this file")] = None,
    replace: Annotated[Path | None, typer.Option(help="补抽：原来的结果 · replace drop-outs of this result")] = None,
    dropped: Annotated[str, typer.Option(help="退出者的行号（或 --id 的值），逗号隔开，或文件 · who dropped out")] = "",
    identity: Annotated[str, typer.Option("--id", help="报告上用来称呼人的列 · column to name people by")] = "",
    out: Annotated[Path | None, typer.Option(help="结果 JSON；不写或 - 则打印 · result")] = None,
    report: Annotated[Path | None, typer.Option(help="HTML 报告 · report")] = None,
    lang: LangOption = None,
) -> None:
    """可核验的公平抽签：证书、种子、候补都在结果里。Draw a panel under quotas, fairly and checkably."""
    from linli.engines.sortition.feasibility import Infeasible
    from linli.engines.sortition.words import WORDS, infeasible_faults, say_fault, say_feasibility

    tongue = spoken(lang)
    try:
        _options(fairness, seed, beacon, nonce, commit, size, replace)
        who, wanted = _read(pool, quotas, size or 1, household or [], identity)
        telling = progress_on_stderr(lambda step: WORDS.say(step, tongue))
        done = _made(
            who,
            wanted,
            size or 0,
            source=_source(seed, beacon, nonce),
            fairness=cast(Literal["leximin", "maximin", "nash"], fairness),
            commit=commit,
            reveal=reveal,
            replace=replace,
            dropped=dropped,
            options={"household": household or []},
            progress=telling,
        )
    except BadInput as bad:
        raise stop_on_bad_input(bad.faults, lambda fault: say_fault(fault, tongue)) from None
    except Infeasible as none:
        faults = infeasible_faults(none.found, quotas.name)
        stop_on_bad_input(faults, lambda fault: say_fault(fault, tongue))
        sys.stderr.write(say_feasibility(none.found, tongue) + "\n")
        raise typer.Exit(EXIT_BAD_INPUT) from None
    text = json.dumps(done.document, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n"
    with Outputs() as outputs:
        if report:
            from linli.engines.sortition.report import report_html

            outputs.path(report).write_text(report_html(done, who, tongue), encoding="utf-8")
        if out and str(out) != "-":
            outputs.path(out).write_text(text, encoding="utf-8")
    if not out or str(out) == "-":
        sys.stdout.write(text)


def _options(
    fairness: str,
    seed: str | None,
    beacon: str | None,
    nonce: str,
    commit: bool,
    size: int | None,
    replace: Path | None,
) -> None:
    """Every contradiction among the options at once."""
    faults = []
    if fairness not in FAIRNESS:
        known = {"known": " ".join(FAIRNESS)}
        faults.append(Fault("option_value", column="--fairness", value=fairness, params=known))
    if (seed is None) == (beacon is None):
        faults.append(Fault("one_source"))
    if commit and not nonce:
        faults.append(Fault("nonce_needed"))
    if size is None and replace is None:
        faults.append(Fault("size_small", column="--size"))
    if faults:
        raise BadInput(faults)


def _source(seed: str | None, beacon: str | None, nonce: str) -> Any:
    from linli.engines.sortition.seeds import Source

    return Source("beacon", beacon) if beacon is not None else Source("seed", seed or "", nonce)


def _read(pool: Path, quotas: Path, size: int, household: list[str], identity: str) -> Any:
    """Both tables, or every fault of both."""
    from linli.engines.sortition.reading import read_input

    tables: list[Any] = []
    faults: list[Fault] = []
    for path in (pool, quotas):
        try:
            tables.append(_table(path))
        except BadInput as bad:
            faults += bad.faults
    if faults:
        raise BadInput(faults)
    return read_input(
        tables[0],
        tables[1],
        size,
        household=household,
        identity=identity,
        pool_name=pool.name,
        quotas_name=quotas.name,
    )


def _table(path: Path) -> Any:
    """A CSV by our own reader; a workbook's first sheet by that of the lists."""
    from linli.engines.sortition.reading import read_csv

    if path.suffix.lower() not in (".xlsx", ".xls"):
        return read_csv(path)
    from linli.engines.lists import read_grids

    try:
        return [[cell.strip() for cell in row] for row in read_grids(path)[0].rows]
    except BadInput:
        raise BadInput([Fault("file_not_csv", file=path.name)]) from None


def _made(
    pool: Any,
    quotas: Any,
    size: int,
    *,
    source: Any,
    fairness: Literal["leximin", "maximin", "nash"],
    commit: bool,
    reveal: Path | None,
    replace: Path | None,
    dropped: str,
    options: dict[str, Any],
    progress: Any,
) -> Any:
    from linli.engines.sortition.engine import draw as drawing
    from linli.engines.sortition.replacing import replace as replacing

    if replace is not None:
        before = _result(replace)
        return replacing(
            pool, quotas, before, _dropped(dropped, pool, before), source, options=options, progress=progress
        )
    published = _result(reveal) if reveal is not None else None
    if published is not None and published["seed"]["commitment"] != source.commitment:
        raise BadInput([Fault("reveal_differs", file=reveal.name if reveal else "")])
    bound = source.commitment if commit else ""
    done = drawing(
        pool,
        quotas,
        size,
        source=None if commit else source,
        fairness=fairness,
        commitment=bound,
        options=options,
        progress=progress,
    )
    if published is not None and any(
        done.document[name] != published[name] for name in ("digest", "options", "panels", "households")
    ):
        raise BadInput([Fault("lottery_differs", file=reveal.name if reveal else "")])
    return done


def _result(path: Path) -> dict[str, Any]:
    """A result of a draw from its file."""
    try:
        document = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        document = None
    if not isinstance(document, dict) or document.get("engine") != "sortition" or "seed" not in document:
        raise BadInput([Fault("not_a_lottery", file=path.name)])
    return document


def _dropped(text: str, pool: Any, before: dict[str, Any]) -> list[int]:
    """Who dropped out, as positions in the pool: named by row number or by the identity column, or in a file."""
    path = Path(text)
    named = path.read_text("utf-8-sig").split() if text and path.is_file() else text.replace("，", ",").split(",")
    panel = {*(before.get("replacing") or {}).get("kept", []), *(before["drawn"] or [])}
    if len(before["cell_of"]) != len(pool.people):
        raise BadInput([Fault("lottery_differs")])
    at = {pool.ids[i]: i for i in panel}
    faults = [
        Fault("dropped_unknown", column="--dropped", value=name.strip()) for name in named if name.strip() not in at
    ]
    if faults:
        raise BadInput(faults)
    return sorted({at[name.strip()] for name in named})
