"""What an independent check of a result says: a list of findings, each a code with its figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it holds, and its code (words in the engine's catalogue `FINDINGS`)."""

    ok: bool
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
