"""What every engine command shares: its language, outputs that appear together or not at all, faults on stderr.

Exit codes: 0 fine · 1 a check failed · 2 bad input. Progress and words go to stderr, results to
files or stdout.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Annotated

import typer

from linli.engines.errors import Fault
from linli.engines.progress import Progress, silent
from linli.engines.words import Lang

_LONG_NUMBER = re.compile(r"\d{10,}[\dXx]")

EXIT_CHECK_FAILED = 1
EXIT_BAD_INPUT = 2

LangOption = Annotated[
    str | None, typer.Option("--lang", help="zh 或 en，缺省按 LINLI_LANG · language; else LINLI_LANG")
]


def spoken(asked: str | None) -> Lang:
    """The language of a command: what `--lang` asks for, else LINLI_LANG, else Chinese."""
    if asked is not None and not asked.startswith(("zh", "en")):
        raise typer.BadParameter(f"{asked}: zh | en", param_hint="--lang")
    return "en" if (asked or os.environ.get("LINLI_LANG", "")).startswith("en") else "zh"


class Outputs:
    """Files written beside their place and moved there only when all of them are complete.

    Use as a context manager; `path(final)` gives the name to write to. An exception leaves
    nothing behind.
    """

    def __init__(self) -> None:
        self._pending: list[tuple[Path, Path]] = []

    def path(self, final: Path) -> Path:
        """A temporary name in the same folder as `final` (made when missing), same suffix."""
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".linli-", suffix=final.suffix, dir=final.parent)
        os.close(handle)
        self._pending.append((Path(name), final))
        return Path(name)

    def __enter__(self) -> Outputs:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._publish()
        finally:
            for written, _ in self._pending:
                written.unlink(missing_ok=True)

    def _publish(self) -> None:
        """Move every file to its place; when one cannot go there, all is as it was before."""
        for _, final in self._pending:
            if final.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(final))
        replaced: list[tuple[Path, Path | None]] = []
        try:
            for written, final in self._pending:
                old = written.with_suffix(".old") if final.exists() else None
                if old is not None:
                    os.replace(final, old)
                replaced.append((final, old))
                os.replace(written, final)
        except OSError:
            for final, old in reversed(replaced):
                final.unlink(missing_ok=True)
                if old is not None:
                    os.replace(old, final)
            raise
        for _, old in replaced:
            if old is not None:
                old.unlink(missing_ok=True)


def progress_on_stderr(words: Callable[[str], str]) -> Progress:
    """A line per step on stderr when it is a terminal; silent otherwise."""
    if not sys.stderr.isatty():
        return silent

    def tell(step: str, done: int = 0, total: int | None = None) -> None:
        share = f" {done:,}/{total:,}" if total else ""
        sys.stderr.write(f"\r\033[K{words(step)}{share}")
        sys.stderr.flush()
        if total is None or done >= total:
            sys.stderr.write("\n")

    return tell


def print_faults(faults: Sequence[Fault], say: Callable[[Fault], str]) -> None:
    """Every fault on stderr, one a line: where, what was written, what is wrong, the cure."""
    for line in fault_lines(faults, say):
        sys.stderr.write(line + "\n")


def fault_lines(faults: Iterable[Fault], say: Callable[[Fault], str]) -> Iterable[str]:
    """`file:sheet:row column "value" words` for each fault."""
    for fault in faults:
        place = ":".join(str(part) for part in (fault.file, fault.sheet, fault.row) if part not in ("", None))
        cell = f" {fault.column}" if fault.column else ""
        value = f" “{_covered(fault.value)}”" if fault.value else ""
        yield f"{place}{cell}{value} {say(fault)}".strip()


def _covered(value: str) -> str:
    """A long number with its middle starred: a terminal's text ends in logs, the whole value stays in the files."""
    return _LONG_NUMBER.sub(lambda found: found[0][:6] + "*" * (len(found[0]) - 10) + found[0][-4:], value)


def stop_on_bad_input(faults: Sequence[Fault], say: Callable[[Fault], str]) -> typer.Exit:
    """Print the faults and give the exit to raise: `raise stop_on_bad_input(...)`."""
    print_faults(faults, say)
    return typer.Exit(EXIT_BAD_INPUT)
