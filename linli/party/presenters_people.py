"""What the pages that change one person show: values with their sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from linli.party.fields import MASKED_FIELDS, masked, said_words, value_words
from linli.party.queries_person import Stated


def stated_rows(code: str, values: Iterable[Stated]) -> list[dict[str, Any]]:
    """Every value stated of a field, numbers masked, with who said it and when."""
    return [
        {
            "uid": one.uid,
            "text": masked(one.value) if code in MASKED_FIELDS else value_words(code, one.value),
            "source": said_words(one.source),
            "on": one.stated_on,
            "is_chosen": one.is_chosen,
            "is_correction": one.is_correction,
            "is_doubtful": bool(one.doubt),
            "why": one.why,
        }
        for one in values
    ]
