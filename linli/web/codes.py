"""Words for the codes of the roof."""

from typing import Any

WORDS: dict[str, Any] = {}
