"""`linli backup` and `linli restore`."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from linli.web.commands.instance import HomeOption, open_instance
from linli.web.commands.words import say


def backup(
    out: Annotated[Path, typer.Argument(help="备份文件 · the file to write", dir_okay=False)],
    home: HomeOption = None,
) -> None:
    """不停机备份：数据库、上传的文件、检查点；密钥不在里面。 Back up while serving; never the keys."""
    open_instance(home)
    from django.utils import timezone

    from linli.core.backup import back_up

    started = time.monotonic()
    manifest = back_up(out, timezone.now())
    seconds = f"{time.monotonic() - started:.1f}"
    mib = f"{out.stat().st_size / 2**20:.1f}"
    sys.stdout.write(say("backed_up", file=out, rows=sum(manifest.counts.values()), mib=mib, seconds=seconds) + "\n")


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件 · the backup", exists=True, dir_okay=False)],
    home: Annotated[Path, typer.Option(help="空目录 · an empty folder")],
    keys: Annotated[Path, typer.Option(help="密钥文件 · the key file", exists=True, dir_okay=False)],
) -> None:
    """恢复到空目录，全部核对过才出现。 Restore into an empty folder; it appears only when all of it holds."""
    home = home.expanduser().resolve()
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".linli-restore-", dir=home.parent) as beside:
        rows, audit = _restore_beside(file, Path(beside), home, keys)
    sys.stdout.write(say("restored", home=home, rows=rows, audit=audit) + "\n")


def _restore_beside(file: Path, beside: Path, home: Path, keys: Path) -> tuple[int, int]:
    open_instance(beside / "home", keys=keys)
    from django.db import connection

    from linli.core import backup as core
    from linli.core.embedded.base import UnsafeDatabase
    from linli.core.errors import BadInput

    if home.exists() and any(home.iterdir()):
        raise BadInput("core.home_not_empty", path=str(home))
    unpacked = beside / "unpacked"
    unpacked.mkdir()
    manifest = core.unpack(file, unpacked)
    if manifest.database != connection.vendor:
        needs_server = manifest.database == "postgresql"
        raise BadInput("core.backup_for_server" if needs_server else "core.backup_for_embedded")
    if manifest.database == "postgresql":
        core.load_server_dump(unpacked)
    core.lay_out_home(unpacked, beside / "home", keys)
    try:
        core.check_restored(manifest, unpacked / "checkpoint.json")
    except UnsafeDatabase as error:
        raise BadInput("core.keys_do_not_fit") from error
    finally:
        connection.close()
    if home.exists():
        home.rmdir()
    os.replace(beside / "home", home)
    return sum(manifest.counts.values()), manifest.audit_number
