"""Words for the codes of offer."""

from typing import Any

WORDS: dict[str, Any] = {}
