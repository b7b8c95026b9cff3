"""What may happen to proposals and referrals, and when. Looks only at what it is given."""

from __future__ import annotations

from datetime import date, timedelta

from linli.core.errors import Refusal

ANSWER_WITHIN_DAYS = 3  # working agreement of the demo pack; a county sets its own
REFERRAL_STATES = {
    "sent": {"accepted", "declined", "withdrawn"},
    "accepted": {"done", "declined", "withdrawn"},
    "declined": set(),
    "done": set(),
    "withdrawn": set(),
}
CONSENT_WAYS = ("oral", "paper", "not_asked")


def why_not_accept(
    *,
    proposal_state: str,
    need_state: str,
    capacity: int | None,
    used: int,
    consent_way: str,
    is_best: bool,
    is_kept_away: bool,
    is_own_offer: bool,
    reason: str,
) -> Refusal | None:
    """Whether a proposal can become a referral now; taking another than the best standing one says why.

    Nobody decides for what is given by himself or by the organisation he leads.
    """
    if proposal_state != "open":
        return Refusal("matching.proposal_decided", state=proposal_state)
    if need_state not in ("heard", "open"):
        return Refusal("matching.need_not_open", state=need_state)
    if capacity is not None and used >= capacity:
        return Refusal("matching.offer_full")
    if is_kept_away:
        return Refusal("matching.not_suitable")
    if is_own_offer:
        return Refusal("matching.own_offer")
    if consent_way not in CONSENT_WAYS:
        return Refusal("matching.consent_unknown")
    if consent_way == "not_asked":
        return Refusal("matching.consent_needed")
    if not is_best and not reason.strip():
        return Refusal("matching.reason_needed")
    return None


def why_not_decline_all(standing: int, reason: str) -> Refusal | None:
    """Declining every proposal departs from the ranking: there must be one, and a reason."""
    if not standing:
        return Refusal("matching.nothing_standing")
    return None if reason.strip() else Refusal("matching.reason_needed")


def why_not_move(state: str, to_state: str, note: str) -> Refusal | None:
    """Whether a referral may go to a state; an ending that helped nobody says why."""
    if to_state not in REFERRAL_STATES[state]:
        return Refusal("matching.referral_state", state=state)
    if to_state in ("declined", "withdrawn") and not note.strip():
        return Refusal("matching.reason_needed")
    return None


def answer_due(sent_on: date) -> date:
    """The day an answer is promised: three working days, weekends left out."""
    due, left = sent_on, ANSWER_WITHIN_DAYS
    while left:
        due += timedelta(days=1)
        left -= due.weekday() < 5
    return due
