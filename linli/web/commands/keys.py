"""`linli keys rotate`."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from linli.web.commands.instance import HomeOption, open_instance
from linli.web.commands.words import say

keys_group = typer.Typer(add_completion=False, no_args_is_help=True, rich_markup_mode=None)


class Purpose(StrEnum):
    """The keys that can be changed while serving."""

    WRAPPING = "wrapping"
    INDEX = "index"


@keys_group.callback()
def keys() -> None:
    """密钥。 The keys."""


@keys_group.command("rotate")
def rotate(
    purpose: Annotated[Purpose, typer.Argument(help="wrapping 封存密钥 · index 查找密钥")],
    home: HomeOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="接着上次没做完的 · go on without a new key")] = False,
) -> None:
    """加一把新密钥，分批换过来，网站不停。 Add a key and change over in batches, while serving."""
    open_instance(home)
    from django.conf import settings

    from linli.core import keys as change
    from linli.core.sealed import keyring

    if not resume:
        change.add_current_key(settings.KEYS, purpose.value)
    count = change.rewrap_all() if purpose is Purpose.WRAPPING else change.reindex_all()
    current = (keyring().wrapping if purpose is Purpose.WRAPPING else keyring().index).current
    sys.stdout.write(say("keys_changed", key=current, count=count) + "\n")
