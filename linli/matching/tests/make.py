"""Builds offers, proposals and referrals for tests."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from linli.matching.models import Proposal
from linli.need.models import Need
from linli.offer.models import Offer
from linli.party.models import Login, Membership, Organisation
from linli.party.tests import make


def offer(code: str = "O1", **fields: Any) -> Offer:
    """A bathing service with three places, vetted for a year."""
    given: dict[str, Any] = {
        "created_at": make.NOW,
        "place_path": make.TOWN,
        "sensitivity": 1,
        "code": code,
        "provider": "暖邻",
        "party": "organisation",
        "kind": "service",
        "name": f"上门助浴 {code}",
        "need_codes": ["bath"],
        "capacity": 3,
        "unit": "户",
        "vetted_until": "2027-01-01",
    }
    return Offer.objects.create(**(given | fields))


def proposal(need: Need, given_offer: Offer, rank: int = 1, **fields: Any) -> Proposal:
    """A standing proposal."""
    given: dict[str, Any] = {
        "created_at": make.NOW,
        "place_path": need.place_path,
        "sensitivity": need.sensitivity,
        "subject_uid": need.subject_uid,
        "household_uid": need.household_uid,
        "need": need,
        "offer": given_offer,
        "run_uid": uuid4(),
        "rank": rank,
        "score": 79,
        "parts": {"fit": 28, "wish": 20, "wait": 16, "distance": 6, "cost": 9},
        "fits": [["main_line", {}]],
        "lacks": [["fee_unknown", {}]],
    }
    return Proposal.objects.create(**(given | fields))


def manager(username: str, body: Organisation) -> Login:
    """Somebody who leads an organisation in the county."""
    login = make.login(username, ("org_manager", make.COUNTY))
    Membership.objects.create(created_at=make.NOW, organisation=body, login=login, starts_on=make.NOW.date())
    return login


def organisation(code: str = "warm") -> Organisation:
    return Organisation.objects.create(created_at=make.NOW, code=code, name=code, place_path=make.COUNTY)
