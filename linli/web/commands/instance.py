"""Pointing a command at an instance: its home goes into the environment before Django reads it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="实例目录（默认 LINLI_HOME 或 ./linli-home） · the instance's folder")
]


def open_instance(home: Path | None, *, demo: bool = False, keys: Path | None = None) -> None:
    """Set Django up on the instance at `home`."""
    if home is not None:
        os.environ["LINLI_HOME"] = str(home.expanduser().resolve())
    if keys is not None:
        os.environ["LINLI_KEYS"] = str(keys.expanduser().resolve())
    if demo:
        os.environ["LINLI_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.web.settings")
    import django

    django.setup()


def bring_up_to_date() -> None:
    """Apply what migrations are missing."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
