"""What the pages that change one person show: values with their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from linli.party.fields import FIELDS, MASKED_FIELDS, masked, said_words, value_words
from linli.party.models import ImportRow
from linli.party.queries_person import FieldView, PersonFile, Stated


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


FOLLOWS = {
    "party.fact": _("事实"),
    "party.groupstatus": _("身份"),
    "need.flag": _("线索"),
    "need.need": _("需求"),
    "matching.proposal": _("建议"),
    "matching.referral": _("转介"),
}


def side_by_side(left: PersonFile, right: PersonFile) -> list[dict[str, Any]]:
    """Field by field what counts in either record; differing ones are marked, what may not be read says so."""
    views = [{view.field.code: view for view in file.fields} for file in (left, right)]
    rows = []
    for code, field in FIELDS.items():
        if code in views[0] or code in views[1]:
            cells = [_cell(view.get(code), code) for view in views]
            told = {cell["value"] for cell in cells if cell["value"]}
            rows.append({"words": field.words, "cells": cells, "differs": len(told) > 1})
    return rows


def _cell(view: FieldView | None, code: str) -> dict[str, Any]:
    if view is None:
        return {"text": "", "value": "", "withheld": False, "source": ""}
    if view.withheld:
        return {"text": "", "value": "", "withheld": True, "source": ""}
    source = view.values[0].source if view.values else ""
    return {"text": _said(code, view.chosen), "value": view.chosen, "withheld": False, "source": said_words(source)}


def follows(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """What goes over with a record, in words and numbers."""
    return [{"words": FOLLOWS[label], "count": count} for label, count in counts.items() if label in FOLLOWS]


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
