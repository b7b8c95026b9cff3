"""Writes of the bridge: proposing, accepting or declining, and carrying a referral to its end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from linli.core.acting import action, write_part
from linli.core.actor import LOCAL, Actor
from linli.core.audit import record, unit_of_work
from linli.core.decide import Sensitivity
from linli.core.errors import stop_if
from linli.core.jobs import add_job
from linli.core.notices import notify
from linli.core.numbers import next_number
from linli.core.runs import store_run
from linli.matching import compute, queries, rules
from linli.matching.models import Proposal, Referral, ReferralChange, Unmet
from linli.need import actions as need_actions
from linli.need import queries as needs
from linli.need.models import Need
from linli.offer import actions as offer_actions
from linli.offer import queries as offers
from linli.offer.models import Offer
from linli.party import actions_rights
from linli.party import queries as party
from linli.party import queries_names as names
from linli.party import queries_rights as rights

CHUNK = 500


def propose(*, actor: Actor, place_path: str, job_uid: UUID | None = None) -> dict[str, int]:
    """Match every open need of a place with the offers standing; earlier undecided proposals go stale.

    Told is how many, but for the protected: a count beyond what a list shows tells of them.
    """
    job_uid = job_uid or uuid4()
    open_needs = list(needs.needs(actor, action="proposal.read", place_path=place_path, states=("open",)))
    standing = list(offers.offers(actor, on=actor.today))
    matched = compute.match(actor, open_needs, standing, queries.decided_offers(actor, place_path))
    run_uid = store_run(
        actor,
        engine=matched.engine,
        version=matched.version,
        digest=matched.digest,
        options=matched.options,
        report=matched.report,
        job_uid=job_uid,
    )
    by_need = {need.number: need for need in open_needs}
    by_offer = {offer.code: offer for offer in standing}
    fresh = [_proposal(actor, row, by_need, by_offer, matched.rejected, run_uid) for row in matched.proposals]
    left = [_unmet(actor, row, by_need, matched.rejected, run_uid) for row in matched.unmet]
    _replace(actor, job_uid, open_needs, fresh, left)
    with unit_of_work(job_uid):
        record(actor, "proposal.run", kind="run", uid=run_uid, proposals=len(fresh), unmet=len(left))
    told = [[row for row in rows if row.sensitivity < Sensitivity.SAFETY] for rows in (open_needs, fresh, left)]
    return dict(zip(("needs", "proposals", "unmet"), map(len, told), strict=True))


def _replace(actor: Actor, job_uid: UUID, open_needs: Sequence[Need], fresh: list[Proposal], left: list[Unmet]) -> None:
    """Swap old for new in chunks of needs, so that no transaction is long and no need is ever without both.

    What somebody did since the run began stands: needs referred or closed are left alone, offers decided stay so,
    who was excluded meanwhile is not proposed, who was protected is guarded.
    """
    made: dict[int, list[Proposal]] = {}
    for proposal in fresh:
        made.setdefault(proposal.need_id, []).append(proposal)
    why: dict[int, Unmet] = {unmet.need_id: unmet for unmet in left}

    def write(part: Sequence[Need]) -> list[Proposal | Unmet]:
        standing = needs.open_still([need.pk for need in part])
        ids = list(standing)
        settled = queries.offers_decided(ids) | _kept_away(actor, part, made)
        Proposal.objects.filter(need_id__in=ids, state="open").update(state="stale")
        Unmet.objects.filter(need_id__in=ids).delete()
        proposed = [one for pk in ids for one in made.get(pk, ()) if (pk, one.offer_id) not in settled]
        unmet = [why[pk] for pk in ids if pk in why]
        written: list[Proposal | Unmet] = [*proposed, *unmet]
        for row in written:
            for name, value in _guard(standing[row.need_id]).items():
                setattr(row, name, value)
        return [*Proposal.objects.bulk_create(proposed), *Unmet.objects.bulk_create(unmet)]

    for start in range(0, len(open_needs), 100):
        part = open_needs[start : start + 100]
        content = [[need.uid, [[one.offer.uid, one.rank, one.score] for one in made.get(need.pk, ())]] for need in part]
        write_part(actor, job_uid, "proposal.new", kind="proposal", content=content, write=partial(write, part))


def _kept_away(actor: Actor, part: Sequence[Need], made: dict[int, list[Proposal]]) -> set[tuple[int, int]]:
    return compute.kept_away(actor, [(need, one.offer) for need in part for one in made.get(need.pk, ())])


def _guard(need: Need) -> dict[str, Any]:
    return {
        "place_path": need.place_path,
        "sensitivity": need.sensitivity,
        "subject_uid": need.subject_uid,
        "household_uid": need.household_uid,
    }


def _proposal(
    actor: Actor,
    row: dict[str, Any],
    by_need: dict[str, Need],
    by_offer: dict[str, Offer],
    rejected: dict[str, list[dict[str, Any]]],
    run_uid: UUID,
) -> Proposal:
    need, why = by_need[row["need_id"]], json.loads(row["why"] or "{}")
    return Proposal(
        uid=uuid4(),
        created_at=actor.now,
        **_guard(need),
        need=need,
        offer=by_offer[row["offer_id"]],
        run_uid=run_uid,
        rank=row["rank"],
        score=round(row["score"]),
        parts={part: round(row[part], 1) for part in ("fit", "wish", "wait", "distance", "cost")},
        fits=why.get("fits", []),
        lacks=why.get("lacks", []),
        rejected=rejected.get(row["need_id"], [])[:20] if row["rank"] == 1 else [],
    )


def _unmet(
    actor: Actor,
    row: dict[str, Any],
    by_need: dict[str, Need],
    rejected: dict[str, list[dict[str, Any]]],
    run_uid: UUID,
) -> Unmet:
    need = by_need[row["need_id"]]
    return Unmet(
        uid=uuid4(),
        created_at=actor.now,
        **_guard(need),
        need=need,
        run_uid=run_uid,
        binding=row["binding"],
        params=json.loads(row["params"] or "{}"),
        unlocked_by=json.loads(row["unlocked_by"] or "[]"),
        rejected=rejected.get(row["need_id"], [])[:20],
    )


@action("proposal.decide")
def accept_proposal(*, actor: Actor, proposal_uid: UUID, consent_way: str, note: str = "") -> str:
    """Accept a proposal with the person's consent: the offer's place is taken and a referral goes out.

    Who must be kept away is asked again here, with person and household locked: an exclusion written meanwhile
    either is seen now or comes after, and then hears of this referral.
    """
    seen = queries.proposal_by_uid(actor, proposal_uid, action="proposal.decide").need
    for uid in compute.about(seen):
        rights.party_thing(uid, lock=True)
    need = needs.need_by_uid(actor, seen.uid, action="need.write", lock=True)
    proposal = queries.proposal_by_uid(actor, proposal_uid, action="proposal.decide", lock=True)
    offer = offers.offer_by_uid(actor, proposal.offer.uid, lock=True)
    stop_if(
        rules.why_not_accept(
            proposal_state=proposal.state,
            need_state=need.state,
            capacity=offer.capacity,
            used=offer.used,
            consent_way=consent_way,
            is_best=queries.best_standing(need) == proposal.pk,
            is_kept_away=bool(compute.kept_away(actor, [(need, offer)])),
            is_own_offer=compute.is_own_offer(actor, offer),
            reason=note,
        )
    )
    _decide(actor, proposal, "accepted", note)
    offer_actions.take_place(actor, offer)
    today = actor.today
    referral = Referral(
        uid=uuid4(),
        created_at=actor.now,
        **_guard(need),
        maker_uid=None,
        number=_next_number(need, today),
        need=need,
        offer=offer,
        proposal=proposal,
        consent_way=consent_way,
        answer_due_on=rules.answer_due(actor.now.astimezone(LOCAL).date()),
        sent_at=actor.now,
        note=note[:300],
    )
    referral.save()
    _change(actor, referral, "", "sent", note)
    for login in names.manager_logins(actor, offer.organisation):
        actions_rights.write_tie(actor, login, referral.uid, "referral", referral.number)
        notify(actor, [login.uid], "matching.referral_sent", link=f"/referrals/{referral.uid}/", number=referral.number)
    need_actions.set_need_state(actor, need, "referred")
    record(actor, "proposal.decide", kind="proposal", uid=proposal.uid, to="accepted", referral=str(referral.uid))
    return str(referral.uid)


@action("proposal.decide")
def decline_all(*, actor: Actor, need_uid: UUID, reason: str) -> int:
    """Say that none of the standing proposals for a need suits, and why; gives how many were declined."""
    need = needs.need_by_uid(actor, need_uid, action="proposal.read", lock=True)
    standing = queries.standing_locked(need)
    stop_if(rules.why_not_decline_all(len(standing), reason))
    for proposal in standing:
        party.allow(actor, "proposal.decide", proposal.facts())
        _decide(actor, proposal, "declined", reason)
        record(actor, "proposal.decide", kind="proposal", uid=proposal.uid, to="declined")
    return len(standing)


@action("proposal.decide")
def ask_matching(*, actor: Actor, place_path: str) -> str:
    """Have the needs of a place matched again, as a job; gives the job's uid."""
    party.allow(actor, "proposal.decide", party.list_facts(place_path))
    job_uid = add_job(actor, "need.match", place_path=place_path)
    record(actor, "proposal.ask", kind="job", uid=job_uid)
    return str(job_uid)


def _decide(actor: Actor, proposal: Proposal, state: str, reason: str) -> None:
    proposal.state, proposal.decision_reason = state, reason.strip()[:200]
    proposal.decided_by, proposal.decided_at = actor.login_uid, actor.now
    proposal.save(update_fields=["state", "decision_reason", "decided_by", "decided_at"])


@action("referral.write")
def move_referral(*, actor: Actor, referral_uid: UUID, to_state: str, note: str = "", outcome: str = "") -> str:
    """Carry a referral on: accepted, declined, done or withdrawn. The need follows; the offer's place is given back."""
    referral = queries.referral_by_uid(actor, referral_uid, action="referral.write", lock=True)
    if to_state == "withdrawn":  # by those who sent it, not by those who answer
        needs.need_by_uid(actor, referral.need.uid, action="need.write")
    stop_if(rules.why_not_move(referral.state, to_state, note))
    _change(actor, referral, referral.state, to_state, note)
    referral.state, referral.outcome = to_state, outcome[:40]
    if referral.answered_at is None:
        referral.answered_at = actor.now
    if to_state != "accepted":
        referral.ended_at = actor.now
    referral.save(update_fields=["state", "outcome", "answered_at", "ended_at"])
    need = needs.need_to_carry(referral.need.uid)
    if to_state in ("declined", "withdrawn"):
        offer_actions.give_place_back(actor, offers.offer_by_uid(actor, referral.offer.uid, lock=True))
        need_actions.set_need_state(actor, need, "open", note)
    elif to_state == "done":
        need_actions.set_need_state(actor, need, "served", note)
    record(actor, "referral.write", kind="referral", uid=referral.uid, to=to_state)
    return str(referral.uid)


def _change(actor: Actor, referral: Referral, from_state: str, to_state: str, note: str) -> None:
    ReferralChange(
        created_at=actor.now,
        referral=referral,
        from_state=from_state,
        to_state=to_state,
        actor_uid=actor.login_uid,
        note=note[:300],
    ).save()


def _next_number(need: Need, today: date) -> str:
    """`{region6}-R{year}-{seq5}`, after the need's own region."""
    return next_number(f"{need.number.split('-')[0]}-R{today.year}")
