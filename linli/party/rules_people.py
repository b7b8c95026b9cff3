"""What may happen to what is known of a person: correcting, merging, protecting. Looks only at what it is given."""

from __future__ import annotations

from uuid import UUID

from linli.core.errors import Refusal


def why_not_correct(value: str, chosen: str) -> Refusal | None:
    """A correction says something, and something else than what counts now."""
    if not value:
        return Refusal("party.fact_empty")
    return Refusal("party.fact_same") if value == chosen else None


def why_not_protect(is_protected: bool, has_keeper: bool, makes_oneself_keeper: bool) -> Refusal | None:
    """Somebody must stay who may open the record: protected, it opens to those responsible alone.

    Who was not responsible before does not become it by protecting: nobody opens a file to himself.
    """
    if is_protected:
        return Refusal("party.protected_already")
    if makes_oneself_keeper:
        return Refusal("party.protection_by_another")
    return None if has_keeper else Refusal("party.protection_needs_keeper")


def why_not_lift_protection(is_protected: bool, asked_by: UUID | None, lifter_uid: UUID | None) -> Refusal | None:
    """It takes two: one asks, another lifts (docs/security.md, section 2)."""
    if not is_protected:
        return Refusal("party.protection_gone")
    if asked_by is None:
        return Refusal("party.protection_lift_not_asked")
    return Refusal("party.protection_needs_another") if asked_by == lifter_uid else None


def why_not_merge(
    *, is_same_record: bool, are_kept_apart: bool, gone_has_login: bool, kept_protected: bool, gone_protected: bool
) -> Refusal | None:
    """Two records become one only where that shows nobody what they must not see.

    A login stays with its own record: else it would open another's.
    """
    if is_same_record:
        return Refusal("party.merge_itself")
    if are_kept_apart:
        return Refusal("party.merge_kept_apart")
    if gone_has_login:
        return Refusal("party.merge_gone_has_login")
    return Refusal("party.merge_keep_protected") if gone_protected and not kept_protected else None


def why_not_join(*, reads_kept: bool, reads_gone: bool, is_lead: bool) -> Refusal | None:
    """Joining and parting two records is for who may read the sensitive things of both, or for the place's lead.

    The lead, too, comes by it to nothing he could not read: being responsible for one record opens no other.
    """
    if reads_kept and reads_gone:
        return None
    if not is_lead:
        return Refusal("party.merge_not_yours", reason="no_relationship")
    return Refusal("party.merge_opens_more", reason="no_relationship") if reads_kept else None


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
