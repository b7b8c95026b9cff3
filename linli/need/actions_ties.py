"""Somebody stops being responsible: no need that still goes on is left with nobody."""

from __future__ import annotations

from typing import Any

from linli.core.actor import Actor
from linli.core.errors import stop_if
from linli.need import rules
from linli.need.queries_figures import needs_left_alone
from linli.party.models import Tie


def leave_no_need_alone(*, actor: Actor, tie: Tie, **_rest: Any) -> None:
    """Refuse, and with it the end of the tie, while an open need of the person or household has nobody else."""
    if tie.kind == "assigned":
        stop_if(rules.why_not_leave_needs(needs_left_alone(actor, tie.about_uid)))
