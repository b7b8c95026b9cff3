"""The table every list becomes: one row per line of a department's sheet, one column per fact."""

from __future__ import annotations

from functools import cache
from typing import Any

TEXT = (
    "unique_id source file sheet name sex birth_precision id_no id_state phone region place address hukou_region "
    "hukou_place household_no relation head_name head_id_no card_no disability_class disability_grade living "
    "self_care health guardian father_state mother_state school employment housing remark extra"
).split()
DATES = ("birth_on", "group_from", "group_to", "last_visit_on")
LISTS = ("member_names", "groups", "doubts")
NUMBERS = ("income_fen", "medical_fen")

ORDER = (
    "unique_id source file sheet row name sex birth_on birth_precision id_no id_state phone region place address "
    "hukou_region hukou_place household_no relation head_name head_id_no member_names card_no disability_class "
    "disability_grade groups group_from group_to income_fen medical_fen living self_care health guardian father_state "
    "mother_state school employment housing veteran last_visit_on remark extra doubts"
).split()
"""The columns of a record, in order."""


@cache
def records_schema() -> Any:
    """The pyarrow schema of RECORDS (money in fen, dates as date32, lists of text for groups, members, doubts)."""
    import pyarrow as pa

    kinds = {
        **dict.fromkeys(TEXT, pa.string()),
        **dict.fromkeys(DATES, pa.date32()),
        **dict.fromkeys(LISTS, pa.list_(pa.string())),
        **dict.fromkeys(NUMBERS, pa.int64()),
        "row": pa.int32(),
        "veteran": pa.bool_(),
    }
    return pa.schema([(name, kinds[name]) for name in ORDER])
