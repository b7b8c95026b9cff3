"""Words for the codes of need."""

from typing import Any

WORDS: dict[str, Any] = {}
