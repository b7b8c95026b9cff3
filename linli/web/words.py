"""Every block's catalogue of codes, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

BLOCKS = ("core", "place", "party", "need", "offer", "matching", "web")


def catalogue() -> dict[str, Any]:
    """Code → lazily translated sentence, from each block's `words.py`."""
    found: dict[str, Any] = {}
    for block in BLOCKS:
        name = f"linli.{block}.{'codes' if block == 'web' else 'words'}"
        found |= import_module(name).WORDS
    return found


def say(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of a code in the reader's language."""
    return str(catalogue()[code]) % dict(params or {})
