"""Somebody is to be kept away: what was proposed and what is under way no longer comes near."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.jobs import add_job
from linli.core.notices import notify
from linli.matching import compute, queries
from linli.matching.models import Proposal
from linli.party.models import Exclusion, Login, Person
from linli.party.queries_person import keepers
from linli.party.queries_ties import leads_of


def keep_apart(*, actor: Actor, exclusion: Exclusion, **_rest: Any) -> None:
    """An exclusion begins: open proposals it touches go stale; of referrals under way the responsible are told.

    A referral is not taken back by itself: who is responsible must know, and find somebody else first.
    """
    standing = queries.standing_about(exclusion.about_uid)
    sent = queries.under_way_about(exclusion.about_uid)
    pairs = [(one.need, one.offer) for one in standing] + [(one.need, one.offer) for one in sent]
    apart = compute.kept_away(actor, pairs)
    stale = [row for row in standing if (row.need_id, row.offer_id) in apart]
    if stale:
        _let_go(actor, exclusion.about_uid, stale)
    for referral in sent:
        if (referral.need_id, referral.offer_id) in apart:
            told = [login.uid for login in _responsible(actor, referral.need.person)]
            link = f"/referrals/{referral.uid}/"
            notify(actor, told, "matching.referral_kept_away", link=link, number=referral.number)
            record(actor, "referral.kept_away", kind="referral", uid=referral.uid, told=len(told))


def _let_go(actor: Actor, about_uid: UUID, stale: list[Proposal]) -> None:
    """Out of the lists; a need left with none is matched again, so that it does not fall out of sight."""
    Proposal.objects.filter(pk__in=[row.pk for row in stale]).update(state="stale")
    record(actor, "proposal.stale", kind="proposal", uid=about_uid, count=len(stale))
    bare = {row.need.place_path for row in stale if queries.best_standing(row.need) is None}
    for place_path in sorted(bare):
        add_job(actor, "need.match", place_path=place_path)


def _responsible(actor: Actor, person: Person) -> list[Login]:
    """Who answers for the person and need not keep away; the leads where nobody does."""
    return keepers(actor, person) or leads_of(actor, person)
