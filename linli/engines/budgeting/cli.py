"""`linli budget FILE.pb`: decide, write the result, the report, the payments and the file with its winners."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, cast

import typer

from linli.engines.budgeting.data import COMPLETIONS, RULES, BudgetResult, Completion, Election, Options, Rule
from linli.engines.budgeting.options import read_options
from linli.engines.budgeting.reading import read_pb
from linli.engines.budgeting.result import as_json
from linli.engines.budgeting.run import budget as decide
from linli.engines.budgeting.words import STEPS, say_fault
from linli.engines.budgeting.writing import write_pb
from linli.engines.console import LangOption, Outputs, print_faults, progress_on_stderr, spoken, stop_on_bad_input
from linli.engines.errors import BadInput, Fault
from linli.engines.words import Lang

SHOWN_DOUBTS = 20


def budget(
    file: Annotated[Path, typer.Argument(help="Pabulib .pb")],
    rule: Annotated[str | None, typer.Option("--rule", help=" | ".join(RULES))] = None,
    completion: Annotated[str | None, typer.Option("--completion", help=" | ".join(COMPLETIONS))] = None,
    options: Annotated[Path | None, typer.Option("--options", help="片区和限额 districts and limits: TOML")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="result.json; - or left out: stdout")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="report.html")] = None,
    payments: Annotated[Path | None, typer.Option("--payments", help="谁付了多少 who paid what: CSV")] = None,
    pb_out: Annotated[Path | None, typer.Option("--pb-out", help="the .pb with its winners")] = None,
    lang: LangOption = None,
) -> None:
    """邻里预算：哪些项目入选，为什么，谁付了多少。Which projects are funded, why, and who paid what."""
    tongue = spoken(lang)
    progress = progress_on_stderr(lambda step: STEPS.say(step, tongue))
    try:
        progress("reading")
        election = read_pb(file)
        chosen = _options(election, rule, completion, options)
        result = decide(election, chosen, progress)
    except BadInput as bad:
        raise stop_on_bad_input(bad.faults, lambda fault: say_fault(fault, tongue)) from None
    print_faults(election.doubts[:SHOWN_DOUBTS], lambda fault: say_fault(fault, tongue))
    if len(election.doubts) > SHOWN_DOUBTS:
        sys.stderr.write(f"… +{len(election.doubts) - SHOWN_DOUBTS}\n")
    _write(result, out, report, payments, pb_out, tongue)


def _options(election: Election, rule: str | None, completion: str | None, path: Path | None) -> Options:
    """The options of the file, or of the command line, or both (the command line goes before)."""
    if path is not None:
        return read_options(path, election, rule=rule, completion=completion)
    faults = [
        Fault("option_value", column=name, value=given, params={"known": ", ".join(known)})
        for name, given, known in (("rule", rule, RULES), ("completion", completion, COMPLETIONS))
        if given is not None and given not in known
    ]
    if faults:
        raise BadInput(faults)
    return Options(rule=cast(Rule, rule or "mes-cost"), completion=cast(Completion, completion or "none"))


def _write(
    result: BudgetResult, out: Path | None, report: Path | None, payments: Path | None, pb_out: Path | None, lang: Lang
) -> None:
    document = json.dumps(as_json(result), ensure_ascii=False, indent=1) + "\n"
    with Outputs() as outputs:
        if report:
            from linli.engines.budgeting.report import as_html

            outputs.path(report).write_text(as_html(result, lang), encoding="utf-8")
        if payments:
            from linli.engines.budgeting.paying import as_csv

            with outputs.path(payments).open("w", encoding="utf-8-sig", newline="") as sheet:
                as_csv(result, sheet)
        if pb_out:
            ids = {result.election.projects[at].id for at in result.selected}
            rule = result.options.rule
            named = rule if result.options.completion == "none" else f"{rule}/{result.options.completion}"
            outputs.path(pb_out).write_text(write_pb(result.election, ids, named), encoding="utf-8", newline="")
        if out and str(out) != "-":
            outputs.path(out).write_text(document, encoding="utf-8")
    if not out or str(out) == "-":
        sys.stdout.write(document)
