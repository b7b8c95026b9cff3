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
    """It takes two: one asks, another lifts (docs/security.md, section 2)."""
    if not is_protected:
        return Refusal("party.protection_gone")
    if asked_by is None:
        return Refusal("party.protection_lift_not_asked")
    return Refusal("party.protection_needs_another") if asked_by == lifter_uid else None


def why_not_merge(
    *, is_same_record: bool, are_kept_apart: bool, kept_protected: bool, gone_protected: bool
) -> Refusal | None:
    """Two records become one only where that shows nobody what they must not see."""
    if is_same_record:
        return Refusal("party.merge_itself")
    if are_kept_apart:
        return Refusal("party.merge_kept_apart")
    return Refusal("party.merge_keep_protected") if gone_protected and not kept_protected else None


def why_not_split(*, is_undone: bool, is_last: bool, protected_since: bool) -> Refusal | None:
    """A merge is undone in reverse order, and not after the one kept was protected."""
    if is_undone:
        return Refusal("party.split_done")
    if not is_last:
        return Refusal("party.split_not_last")
    return Refusal("party.split_protected") if protected_since else None


def why_not_withdraw(is_correction: bool, is_withdrawn: bool, is_chosen: bool) -> Refusal | None:
    """Only a correction that counts now can be withdrawn; what a list said stays."""
    if not is_correction:
        return Refusal("party.fact_of_a_list")
    return None if is_chosen and not is_withdrawn else Refusal("party.fact_withdrawn")
