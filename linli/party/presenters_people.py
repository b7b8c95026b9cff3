"""What the pages that change one person show: values with their sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from linli.party.fields import FIELDS, MASKED_FIELDS, masked, said_words, value_words
from linli.party.models import ImportRow
from linli.party.queries_person import Stated


def stated_rows(code: str, values: Iterable[Stated]) -> list[dict[str, Any]]:
    """Every value stated of a field, numbers masked, with who said it and when."""
    return [
        {
            "uid": one.uid,
            "text": _said(code, one.value),
            "source": said_words(one.source),
            "on": one.stated_on,
            "is_chosen": one.is_chosen,
            "is_correction": one.is_correction,
            "is_doubtful": bool(one.doubt),
            "why": one.why,
        }
        for one in values
    ]


def held_rows(rows: Iterable[tuple[ImportRow, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows that wait, with what they say, numbers masked."""
    return [
        {
            "id": row.pk,
            "list": row.file + (f" / {row.sheet}" if row.sheet else ""),
            "number": row.row_number,
            "facts": [
                {
                    "words": field.words,
                    "text": masked(str(record[code]))
                    if code in MASKED_FIELDS
                    else value_words(code, str(record[code])),
                }
                for code, field in FIELDS.items()
                if record.get(code) not in (None, "", [])
            ],
            "operation_id": uuid4(),
        }
        for row, record in rows
    ]


def _said(code: str, value: str) -> str:
    return masked(value) if code in MASKED_FIELDS else value_words(code, value)
