"""What may happen to an import, and when. Looks only at what it is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from linli.core.errors import Refusal

STATES = {
    "uploaded": {"checked", "failed"},
    "checked": {"uploaded", "checked", "importing", "failed"},
    "importing": {"importing", "checked", "visible", "failed"},
    "visible": {"withdrawn"},
    "failed": set(),
    "withdrawn": set(),
}
WITHDRAW_WITHIN = timedelta(hours=24)
TELLS_WHO = ("name", "sex", "birth_on", "birth_precision", "id_no", "card_no", "phone", "place", "region", "address")


ANSWERED = "row:"
"""How the cluster of answered rows begins; the rest is one of them."""


def asked(cluster: str, part: str) -> str:
    """The cluster of rows that are asked about: those certainly one person (`part`) are answered as one."""
    return f"{cluster}/{part}"


def whole(cluster: str) -> str:
    """The cluster rows belong to once nothing is asked of them."""
    return cluster.partition("/")[0]


def is_answered_as_one(cluster: str) -> bool:
    """Whether one answer holds for all rows of a cluster: they were asked about, or answered so before."""
    return "/" in cluster or cluster.startswith(ANSWERED)


def who(record: Mapping[str, Any]) -> str:
    """What in a record tells whom it is about, in one text: equal texts are the same row sent again."""
    return json.dumps([record.get(name) for name in TELLS_WHO], ensure_ascii=False, default=str)


def why_not_move(state: str, to_state: str) -> Refusal | None:
    """Whether an import may go from one state to another."""
    if to_state in STATES[state]:
        return None
    return Refusal("party.import_state", state=state)


def why_not_busy(job_state: str | None) -> Refusal | None:
    """While a job works on an import, nobody sets another to it."""
    return Refusal("party.import_busy") if job_state in ("waiting", "running") else None


def why_not_stop(state: str, job_state: str | None) -> Refusal | None:
    """Reading or writing can be stopped while it goes on; what everybody sees already is withdrawn, not stopped."""
    if state in ("uploaded", "checked", "importing") and job_state in ("waiting", "running"):
        return None
    return Refusal("party.import_not_running")


def why_not_withdraw(state: str, confirmed_at: datetime | None, now: datetime) -> Refusal | None:
    """A whole import can be taken back within 24 hours of being confirmed."""
    refusal = why_not_move(state, "withdrawn")
    if refusal:
        return refusal
    if confirmed_at is None or now - confirmed_at >= WITHDRAW_WITHIN:
        return Refusal("party.import_too_old")
    return None


def why_not_return(state: str, confirmed_at: datetime | None, now: datetime) -> Refusal | None:
    """The sender's sheet comes back while the import is looked at and for the day it can be withdrawn, not for ever."""
    if state == "checked":
        return None
    if state == "visible" and confirmed_at is not None and now - confirmed_at < WITHDRAW_WITHIN:
        return None
    return Refusal("party.import_returned_over")


def why_not_confirm(state: str, taken: int, uncompared: int = 0) -> Refusal | None:
    """An import needs at least one row that can become a person, and no corrected row that nobody compared yet."""
    refusal = why_not_move(state, "importing")
    if refusal or state == "importing":
        return refusal
    if taken == 0:
        return Refusal("party.import_empty")
    return Refusal("party.import_uncompared", rows=uncompared) if uncompared else None


def why_not_correct(old: str, new: str) -> Refusal | None:
    """A correction changes something."""
    return Refusal("party.cell_same") if old == new else None
