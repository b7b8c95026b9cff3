"""`linli opinion --votes votes.csv [--comments comments.csv] --out map.json`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from linli.engines.console import LangOption, Outputs, progress_on_stderr, spoken, stop_on_bad_input
from linli.engines.errors import BadInput, Fault
from linli.engines.opinion.data import Conversation, Mode, OpinionMap, Options
from linli.engines.opinion.mapping import draw_map
from linli.engines.opinion.naming import Before
from linli.engines.opinion.reading import listed, read_conversation, read_groups
from linli.engines.opinion.result import as_json
from linli.engines.opinion.words import WORDS, say_fault
from linli.engines.words import Lang

MODES = ("stable", "parity")


def opinion(
    votes: Annotated[Path, typer.Option(help="投票表 · votes.csv, participants-votes.csv or JSON of Polis")],
    comments: Annotated[Path | None, typer.Option(help="意见表 · comments.csv or JSON")] = None,
    mode: Annotated[str, typer.Option(help="stable（默认 default）| parity（与 Polis 相同 as Polis does）")] = "stable",
    groups: Annotated[Path | None, typer.Option(help="给定分群（id, group）· a stated grouping")] = None,
    before: Annotated[Path | None, typer.Option(help="先前的结果，沿用群名 · earlier result, to keep names")] = None,
    least_group: Annotated[int | None, typer.Option(min=1, help="最小群人数 · no smaller group")] = None,
    out: Annotated[Path | None, typer.Option(help="结果 JSON（默认写到屏幕）· result (default: stdout)")] = None,
    report: Annotated[Path | None, typer.Option(help="网页报告 · report as one HTML file")] = None,
    topic: Annotated[str, typer.Option(help="议题 · what the conversation is about")] = "",
    lang: LangOption = None,
) -> None:
    """从投票画出意见地图：几群人、各群主张什么、大家在哪里一致。 Where people agree, and which groups there are."""
    tongue = spoken(lang)
    try:
        talk, stated, earlier = _read(votes, comments, mode, groups, before)
    except BadInput as bad:
        raise stop_on_bad_input(listed(bad.faults), lambda fault: say_fault(fault, tongue)) from None
    options = Options(mode=cast(Mode, mode), least_group=least_group)
    telling = progress_on_stderr(lambda step: WORDS.say(step, tongue))
    found = draw_map(talk, options, groups=stated, before=earlier, progress=telling)
    _write(found, out, report, topic, tongue)
    for note in found.notes:
        sys.stderr.write(WORDS.say(note, tongue) + "\n")


def _read(
    votes: Path, comments: Path | None, mode: str, groups: Path | None, before: Path | None
) -> tuple[Conversation, dict[str, str] | None, Before | None]:
    """Everything asked for, or every fault of it."""
    faults: list[Fault] = []
    if mode not in MODES:
        faults.append(Fault("bad_option", column="--mode", value=mode, params={"known": " | ".join(MODES)}))

    def tried(make: Callable[[], Any]) -> Any:
        try:
            return make()
        except BadInput as bad:
            faults.extend(bad.faults)
            return None

    talk = tried(lambda: read_conversation(votes, comments))
    stated = tried(lambda: read_groups(groups)) if groups else None
    earlier = tried(lambda: _earlier(before)) if before else None
    if faults:
        raise BadInput(faults)
    return talk, stated, earlier


def _earlier(path: Path) -> Before:
    try:
        return Before.of(json.loads(path.read_bytes()))
    except OSError as error:
        raise BadInput([Fault("unreadable", file=path.name, params={"why": error.strerror or ""})]) from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput([Fault("not_a_map", file=path.name)]) from error


def _write(found: OpinionMap, out: Path | None, report: Path | None, topic: str, lang: Lang) -> None:
    text = json.dumps(as_json(found), ensure_ascii=False, indent=1)
    with Outputs() as outputs:
        if out is not None and str(out) != "-":
            outputs.path(out).write_text(text + "\n", "utf-8")
        if report is not None:
            from linli.engines.opinion.report import report_page

            outputs.path(report).write_text(report_page(found, topic, lang), "utf-8")
    if out is None or str(out) == "-":
        sys.stdout.write(text + "\n")
