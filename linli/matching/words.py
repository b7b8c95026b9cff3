"""Words for the codes of matching."""

from typing import Any

WORDS: dict[str, Any] = {}
