"""`linli verify audit` and `linli audit checkpoint`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from linli.web.commands.instance import HomeOption, open_instance
from linli.web.commands.words import audit_fault, say

verify_group = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)
audit_group = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@verify_group.callback()
def verify() -> None:
    """核对。 Check what can be checked."""


@verify_group.command("audit")
def verify_audit(
    home: HomeOption = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="存在别处的检查点 · a checkpoint kept elsewhere", exists=True, dir_okay=False)
    ] = None,
) -> None:
    """从头读一遍审计链；有检查点才看得出截尾和重写。 Read the whole chain; a checkpoint shows cuts and rewrites."""
    open_instance(home)
    from linli.core.audit import verify as read_chain
    from linli.core.checkpoint import read_checkpoint

    held = read_checkpoint(checkpoint) if checkpoint else None
    verdict = read_chain({"number": held.number, "hash": held.hash} if held else None)
    if verdict.fault:
        sys.stderr.write(say("audit_fault", number=verdict.at_number, fault=audit_fault(verdict.fault)) + "\n")
        raise typer.Exit(1)
    sys.stdout.write(say("audit_holds", rows=verdict.rows, head=verdict.head) + "\n")


@audit_group.callback()
def audit() -> None:
    """审计记录。 The audit record."""


@audit_group.command("checkpoint")
def checkpoint(
    out: Annotated[Path, typer.Option(help="检查点文件 · where to write it", dir_okay=False)],
    home: HomeOption = None,
) -> None:
    """签发审计链末端的检查点，存到别处。 Sign where the chain ends, to be kept elsewhere."""
    open_instance(home)
    from django.utils import timezone

    from linli.core.checkpoint import make_checkpoint, write_checkpoint

    made = make_checkpoint(timezone.now())
    write_checkpoint(out, made)
    sys.stdout.write(say("checkpoint_written", file=out, number=made.number) + "\n")
