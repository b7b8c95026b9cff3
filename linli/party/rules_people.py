"""What may happen to what is known of a person: correcting, merging, protecting. Looks only at what it is given."""

from __future__ import annotations

from linli.core.errors import Refusal


def why_not_correct(value: str, chosen: str) -> Refusal | None:
    """A correction says something, and something else than what counts now."""
    if not value:
        return Refusal("party.fact_empty")
    return Refusal("party.fact_same") if value == chosen else None


def why_not_withdraw(is_correction: bool, is_withdrawn: bool, is_chosen: bool) -> Refusal | None:
    """Only a correction that counts now can be withdrawn; what a list said stays."""
    if not is_correction:
        return Refusal("party.fact_of_a_list")
    return None if is_chosen and not is_withdrawn else Refusal("party.fact_withdrawn")
