"""Words for the codes of place."""

from typing import Any

WORDS: dict[str, Any] = {}
