"""`linli demo`: the demo county on an instance of its own, served with its accounts."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linli.web.commands.instance import bring_up_to_date, open_instance

if TYPE_CHECKING:
    from linli.engines.words import Lang
    from linli.web.demo.load import DemoReport

# What a home holds while its demo is being made; the file goes when all of it stands.
UNFINISHED = "demo-unfinished"
PARTS = ("data", "keys", "lists", UNFINISHED)


def demo(
    home: Annotated[Path, typer.Option(help="目录，须是空的或已有演示县 · folder: empty, or with a demo")] = Path(
        "demo-home"
    ),
    residents: Annotated[int, typer.Option(help="居民数 · how many residents", min=100)] = 3000,
    seed: Annotated[int, typer.Option(help="种子：同一种子造出同样的县 · seed", min=0)] = 1,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="演示日（默认今天） · the demo's day, else today")
    ] = None,
    port: Annotated[int, typer.Option(help="端口 · port", min=0, max=65535)] = 8000,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="造好后启动网站 · serve when made")] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="只输出 JSON，不启动 · print JSON only, do not serve")
    ] = False,
) -> None:
    """造出娄溪演示县并启动。 Make the demo county of Louxi and serve it."""
    home = home.expanduser().resolve()
    began = time.perf_counter()
    _refuse_foreign(home)
    open_instance(home, demo=True)
    report = _made(home, residents, seed, on.date() if on else None)
    total = round(time.perf_counter() - began, 1)
    if as_json:
        said = {"home": str(home), "counts": report.counts, "seconds": {**report.seconds, "total": total}}
        sys.stdout.write(json.dumps({**said, "accounts": report.accounts}, ensure_ascii=False) + "\n")
        return
    _tell(report, total)
    if serve:
        from linli.web.commands.serve import refuse_when_unsafe, serve_here

        refuse_when_unsafe()
        serve_here("127.0.0.1", port)


def _refuse_foreign(home: Path) -> None:
    """Leave a folder alone that holds anything but an instance; sweep away a demo that was cut short."""
    if (home / UNFINISHED).exists() and not os.environ.get("DATABASE_URL"):
        for part in ("data", "keys", "lists"):
            shutil.rmtree(home / part, ignore_errors=True)
        return
    foreign = [each for each in home.iterdir() if each.name not in PARTS] if home.exists() else []
    if foreign:
        _stop("home_in_use", home=home)


def _made(home: Path, residents: int, seed: int, on: dt.date | None) -> DemoReport:
    """The demo of this home, made if it is not there."""
    from django.db import connection
    from django.utils import timezone

    from linli.core.actor import LOCAL
    from linli.web.demo import load
    from linli.web.demo.words import say

    fresh = not connection.introspection.table_names()
    began = time.perf_counter()
    if fresh:
        home.mkdir(parents=True, exist_ok=True)
        (home / UNFINISHED).touch()
    else:
        _refuse_other_instance(home)
    _step("migrate")
    bring_up_to_date()
    seconds = round(time.perf_counter() - began, 2)
    held = load.loaded()
    if held is not None:
        sys.stderr.write(say("reused", residents=held.residents, seed=held.seed, on=held.on, home=home) + "\n")
        return held.report
    report = load.load(residents, seed, on or timezone.now().astimezone(LOCAL).date(), _step)
    (home / UNFINISHED).unlink()
    report.seconds["migrate"] = seconds
    return report


def _refuse_other_instance(home: Path) -> None:
    """A database that is there already must hold a whole demo."""
    from django.db import connection

    from linli.web.demo import load

    if "core_run" not in connection.introspection.table_names() or load.loaded() is None:
        _stop("home_in_use" if connection.vendor == "sqlite" else "server_cut_short", home=home)


def _stop(code: str, **params: object) -> None:
    from linli.web.demo.words import say

    sys.stderr.write(say(code, **params) + "\n")
    raise typer.Exit(2)


def _step(step: str, done: int = 0, total: int | None = None) -> None:
    from linli.web.demo.words import say

    sys.stderr.write(f"… {say(f'step_{step}')}\n")


def _tell(report: DemoReport, seconds: float) -> None:
    from linli.web.demo.words import WORDS

    both: tuple[Lang, ...] = ("zh", "en")
    for lang in both:
        sys.stdout.write(WORDS.say("made", lang, seconds=seconds, **report.counts) + "\n")
        sys.stdout.write(WORDS.say("accounts", lang) + "\n")
    for account in report.accounts:
        sys.stdout.write(f"  {account['role']:<15} {account['username']:<15} {account['password']}\n")
    for lang in both:
        sys.stdout.write(WORDS.say("one_click", lang) + "\n")
