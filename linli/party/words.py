"""Words for the codes of party."""

from typing import Any

WORDS: dict[str, Any] = {}
