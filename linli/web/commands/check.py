"""`linli check`: verify a result's certificate again, by the engine's own short independent program."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from linli.engines.console import EXIT_BAD_INPUT, EXIT_CHECK_FAILED, LangOption, spoken, stop_on_bad_input
from linli.engines.errors import BadInput
from linli.engines.verdict import Finding
from linli.engines.words import Lang, Words

CHECKED = ("sortition", "opinion", "budgeting", "assignment")
_GIVE_ZH = "给 linli draw、opinion、budget 或 assign --json 写出的文件。"
_GIVE_EN = "Give a file written by linli draw, opinion, budget or assign --json."
PROBLEMS = Words(
    {
        "unreadable": (
            "{file} 不是 JSON 结果文件：{why}。" + _GIVE_ZH,
            "{file} is not a JSON result: {why}. " + _GIVE_EN,
        ),
        "unknown": (
            "{file} 没有写明是哪个引擎的结果（engine 应是 {known} 之一），没法核对。" + _GIVE_ZH,
            "{file} does not say which engine made it (engine should be one of {known}). " + _GIVE_EN,
        ),
        "missing": ("找不到文件 {file}。检查路径。", "There is no file {file}. Check the path."),
        "broken": (
            "{file} 的内容不成结果：{why}。" + _GIVE_ZH,
            "{file} does not hold a result: {why}. " + _GIVE_EN,
        ),
    }
)


def check(
    file: Annotated[Path, typer.Argument(help="结果文件 · the result to check")],
    pool: Annotated[Path | None, typer.Option(help="抽签：报名表 · draw: the pool")] = None,
    quotas: Annotated[Path | None, typer.Option(help="抽签：配额表 · draw: the quotas")] = None,
    votes: Annotated[Path | None, typer.Option(help="意见图：投票表 · opinion: the votes")] = None,
    comments: Annotated[Path | None, typer.Option(help="意见图：意见表 · opinion: the statements")] = None,
    needs: Annotated[Path | None, typer.Option(help="对接：需求表 · assign: the needs")] = None,
    offers: Annotated[Path | None, typer.Option(help="对接：资源表 · assign: the offers")] = None,
    pb: Annotated[Path | None, typer.Option(help="预算：.pb 文件 · budget: the .pb file")] = None,
    lang: LangOption = None,
) -> None:
    """重新核对一份结果：证书成立吗 · does the certificate of a result hold? (exit 1 when it does not)"""
    tongue = spoken(lang)
    given = {"pool": pool, "quotas": quotas, "votes": votes, "comments": comments, "pb": pb}
    given |= {"needs": needs, "offers": offers}
    inputs = {name: path for name, path in given.items() if path is not None}
    for path in (file, *inputs.values()):
        if not path.is_file():
            raise _stop("missing", tongue, file=path)
    document = _document(file, tongue)
    engine = document["engine"]
    checking = import_module(f"linli.engines.{engine}.checking")
    words_of = import_module(f"linli.engines.{engine}.words")
    words: Words = words_of.FINDINGS
    try:
        findings: list[Finding] = checking.check(document, inputs)
    except BadInput as bad:
        raise stop_on_bad_input(bad.faults, lambda fault: words_of.say_fault(fault, tongue)) from None
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise _stop("broken", tongue, file=file, why=f"{type(error).__name__}: {error}") from error
    for finding in findings:
        mark = "✓" if finding.ok else "✗"
        sys.stderr.write(f"{mark} {words.say(finding.code, tongue, **finding.params)}\n")
    if not findings or not all(finding.ok for finding in findings):
        raise typer.Exit(EXIT_CHECK_FAILED)


def _document(file: Path, lang: Lang) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text("utf-8-sig"))
    except (ValueError, OSError) as error:
        raise _stop("unreadable", lang, file=file, why=error) from error
    if not isinstance(document, dict) or document.get("engine") not in CHECKED:
        raise _stop("unknown", lang, file=file, known=("、" if lang == "zh" else ", ").join(CHECKED))
    return document


def _stop(code: Literal["unreadable", "unknown", "missing", "broken"], lang: Lang, **params: object) -> typer.Exit:
    sys.stderr.write(PROBLEMS.say(code, lang, **params) + "\n")
    return typer.Exit(EXIT_BAD_INPUT)
