"""What may happen to what is known of a person: correcting, merging, protecting. Looks only at what it is given."""

from __future__ import annotations

from uuid import UUID

from linli.core.errors import Refusal


def why_not_correct(value: str, chosen: str) -> Refusal | None:
    """A correction says something, and something else than what counts now."""
    if not value:
        return Refusal("party.fact_empty")
    return Refusal("party.fact_same") if value == chosen else None


def why_not_protect(is_protected: bool, has_keeper: bool) -> Refusal | None:
    """Somebody must stay who may open the record: protected, it opens to those responsible alone."""
    if is_protected:
        return Refusal("party.protected_already")
    return None if has_keeper else Refusal("party.protection_needs_keeper")


def why_not_lift_protection(is_protected: bool, asked_by: UUID | None, lifter_uid: UUID | None) -> Refusal | None:
    """It takes two: one asks, another lifts (SECURITY-GOALS, section 2)."""
    if not is_protected:
        return Refusal("party.protection_gone")
    if asked_by is None:
        return Refusal("party.protection_lift_not_asked")
    return Refusal("party.protection_needs_another") if asked_by == lifter_uid else None


def why_not_withdraw(is_correction: bool, is_withdrawn: bool, is_chosen: bool) -> Refusal | None:
    """Only a correction that counts now can be withdrawn; what a list said stays."""
    if not is_correction:
        return Refusal("party.fact_of_a_list")
    return None if is_chosen and not is_withdrawn else Refusal("party.fact_withdrawn")
