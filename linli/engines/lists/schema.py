"""The table every list becomes: one row per line of a department's sheet, one column per fact."""

from __future__ import annotations

from functools import cache
from typing import Any

_DATES = frozenset({"birth_on", "group_from", "group_to", "last_visit_on"})
_LISTS = frozenset({"member_names", "groups", "doubts"})
_NUMBERS = frozenset({"income_fen", "medical_fen"})

# fmt: off
ORDER: tuple[str, ...] = (
    "unique_id", "source", "file", "sheet", "row",
    "name", "sex", "birth_on", "birth_precision", "id_no", "id_state", "phone",
    "region", "place", "address", "hukou_region", "hukou_place",
    "household_no", "relation", "head_name", "head_id_no", "member_names",
    "card_no", "disability_class", "disability_grade", "groups", "group_from", "group_to",
    "income_fen", "medical_fen", "living", "self_care", "health",
    "guardian", "father_state", "mother_state", "school", "employment", "housing", "veteran",
    "last_visit_on", "remark", "extra", "doubts",
)
# fmt: on
"""The columns of a record, in order."""


@cache
def records_schema() -> Any:
    """The pyarrow schema of RECORDS (money in fen, dates as date32, lists of text for groups, members, doubts)."""
    import pyarrow as pa

    def kind(name: str) -> Any:
        if name in _DATES:
            return pa.date32()
        if name in _LISTS:
            return pa.list_(pa.string())
        if name in _NUMBERS:
            return pa.int64()
        return {"row": pa.int32(), "veteran": pa.bool_()}.get(name, pa.string())

    return pa.schema([(name, kind(name)) for name in ORDER])
