"""The `linli` command: one table of commands, each loaded only when it is called.

So `linli link --help` never waits for Django, and the list of commands is read from the table.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup


class Command(NamedTuple):
    """Where a command's function (or its group) stands, and its line in the list."""

    place: str
    words: str


COMMANDS = {
    "run": Command("linli.web.commands.run:run", "名册 → 人、线索、需求、对接建议 · lists to proposals"),
    "link": Command("linli.engines.linkage.cli:link", "多份名册里认出同一个人 · one person across lists"),
    "screen": Command("linli.engines.eligibility.cli:screen", "按规则筛出可能需要帮助的人 · who may need help"),
    "assign": Command("linli.engines.assignment.cli:assign", "需求和资源最优对接 · needs to offers, exactly"),
    "draw": Command("linli.engines.sortition.cli:draw", "可核验的公平抽签 · a fair draw anyone can check"),
    "opinion": Command("linli.engines.opinion.cli:opinion", "大家在哪里一致 · where people agree"),
    "budget": Command("linli.engines.budgeting.cli:budget", "邻里预算怎样分 · the neighbourhood's money"),
    "check": Command("linli.web.commands.check:check", "重新核对一份结果的证书 · check a result's certificate again"),
    "demo": Command("linli.web.commands.demo:demo", "造出娄溪演示县 · make the demo county"),
    "truth": Command("linli.web.commands.truth:truth", "埋下的真相找回多少 · how much planted truth was found"),
    "setup": Command("linli.web.commands.setup:setup", "建一个新实例 · make a new instance"),
    "serve": Command("linli.web.commands.serve:serve", "启动网站和后台任务 · serve the pages and do the jobs"),
    "doctor": Command("linli.web.commands.doctor:doctor", "检查这个实例是否安全 · is this instance safe"),
    "backup": Command("linli.web.commands.backup:backup", "不停机备份 · back up while serving"),
    "restore": Command("linli.web.commands.backup:restore", "恢复到空目录 · restore into an empty folder"),
    "verify": Command("linli.web.commands.audit:verify_group", "核对审计链 · check the audit chain"),
    "audit": Command("linli.web.commands.audit:audit_group", "签发审计检查点 · sign a checkpoint of the audit"),
    "keys": Command("linli.web.commands.keys:keys_group", "换密钥，不停机 · change keys while serving"),
}


INTERRUPTED = 130  # 128 and SIGINT's number, as shells have it
PLAIN: dict[str, Any] = {"add_completion": False, "rich_markup_mode": None, "pretty_exceptions_enable": False}


class Table(TyperGroup):
    """Commands looked up in COMMANDS; imported one at a time."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(**PLAIN)
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("命令 · Commands"):
            formatter.write_dl([(name, entry.words) for name, entry in COMMANDS.items()])


app = typer.Typer(cls=Table, no_args_is_help=True, **PLAIN)


@app.callback()
def linli() -> None:
    """邻里 Linli：社区社会工作与共治 · community social work and neighbourhood co-governance."""


def is_interruption(error: Exception) -> bool:
    """Whether somebody pressed Ctrl+C while DuckDB worked: it says so by an error of its own, with no type."""
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"


def main() -> None:
    """Run the command. Errors meant for a person leave as their words and exit code 2, not as a trace."""
    from linli.web.commands.words import as_words

    try:
        app()
    except Exception as error:
        if is_interruption(error):
            sys.exit(INTERRUPTED)
        words = as_words(error)
        if words is None:
            raise
        sys.stderr.write(words + "\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
