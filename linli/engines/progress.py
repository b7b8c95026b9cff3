"""How long work tells where it is: a small protocol a caller may plug in, silent by default."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with a step's code, how much of it is done, and its total (None: not known)."""

    def __call__(self, step: str, done: int = 0, total: int | None = None) -> None: ...


def silent(step: str, done: int = 0, total: int | None = None) -> None:
    """Tell nobody."""
