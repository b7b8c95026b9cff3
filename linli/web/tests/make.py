"""A small county with needs, flags and referrals in every state, for the tests of figures, Today and the interface."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from linli.core.actor import LOCAL
from linli.matching.models import Proposal, Referral, ReferralChange
from linli.need.models import Flag, Need, NeedChange
from linli.offer.models import Offer
from linli.party.middleware import note_second_factor
from linli.party.models import Login, Person
from linli.party.tests import make
from linli.place.models import Place

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
numbers = count(1)


def places() -> None:
    """A county of two towns, one with two communities of which one has a service point."""
    above: dict[str, Place] = {}
    rows: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("99/", "province", {}),
        ("99/9999/", "prefecture", {}),
        (make.COUNTY, "county", {"name": "娄溪市"}),
        (make.TOWN, "town", {"name": "柳浜镇", "tile_column": 1, "tile_row": 1}),
        (make.NEXT_TOWN, "town", {"name": "白荡镇", "tile_column": 2, "tile_row": 1}),
        (make.VILLAGE, "community", {"name": "柳园社区", "has_service_point": True}),
        (make.TOWN + "999981001202/", "community", {"name": "南桥社区"}),
    )
    for path, level, given in rows:
        code = path.rstrip("/").rpartition("/")[2]
        parent = above.get(path.rstrip("/").rpartition("/")[0] + "/")
        fields = {"name": code, "created_at": make.NOW} | given
        above[path] = Place.objects.create(code=code, level=level, path=path, parent=parent, **fields)


def today() -> date:
    return timezone.now().astimezone(LOCAL).date()


def need(person: Person, state: str = "open", *, days: int = 3, **fields: Any) -> Need:
    """A need opened some days ago, with the rows that say how it got to its state."""
    opened = timezone.now() - timedelta(days=days)
    given: dict[str, Any] = {"code": "meal", "level": 3, "due_on": today(), "sensitivity": 3} | fields
    row = Need.objects.create(
        number=f"999980-N2026-{next(numbers):05d}",
        person=person,
        subject_uid=person.uid,
        household_uid=person.household_uid,
        place_path=person.place_path,
        created_at=opened,
        opened_at=opened,
        state=state,
        closed_at=timezone.now() if state == "closed" else None,
        **given,
    )
    NeedChange.objects.create(need=row, from_state="", to_state="open", created_at=opened)
    if state != "open":
        at = opened + timedelta(days=1)
        NeedChange.objects.create(need=row, from_state="open", to_state=state, created_at=at)
    return row


def offer(**fields: Any) -> Offer:
    given: dict[str, Any] = {
        "code": f"O{next(numbers)}", "provider": "暖邻", "party": "organisation", "kind": "service", "name": "送餐",
        "place_path": make.COUNTY, "sensitivity": 1, "created_at": make.NOW,
    } | fields  # fmt: skip
    return Offer.objects.create(**given)


def referral(row: Need, state: str = "sent", *, due_on: date | None = None) -> Referral:
    """A referral of a need, with the rows of its changes."""
    sent = row.opened_at + timedelta(days=1)
    made = Referral.objects.create(
        number=f"999980-R2026-{next(numbers):05d}",
        need=row,
        offer=offer(),
        subject_uid=row.subject_uid,
        place_path=row.place_path,
        sensitivity=3,
        created_at=sent,
        sent_at=sent,
        consent_way="oral",
        state=state,
        answer_due_on=due_on or today(),
    )
    for to_state in ("sent", state) if state != "sent" else ("sent",):
        ReferralChange.objects.create(referral=made, from_state="", to_state=to_state, created_at=sent)
    return made


def proposal(row: Need) -> Proposal:
    """A proposal that waits for a decision."""
    return Proposal.objects.create(
        need=row,
        offer=offer(),
        run_uid=uuid4(),
        rank=1,
        score=80,
        subject_uid=row.subject_uid,
        place_path=row.place_path,
        sensitivity=3,
        created_at=make.NOW,
    )


def flag(person: Person, kind: str = "missed", state: str = "new", **fields: Any) -> Flag:
    """A flag about somebody, found two days ago."""
    given: dict[str, Any] = {"rule": f"rule-{next(numbers)}", "rule_version": "1", "sensitivity": 3} | fields
    return Flag.objects.create(
        person=person,
        subject_uid=person.uid,
        household_uid=person.household_uid,
        place_path=person.place_path,
        kind=kind,
        state=state,
        reason=json.dumps({"zh": "可能少领过津贴", "en": "may have missed an allowance"}),
        created_at=timezone.now() - timedelta(days=2),
        **given,
    )


def enter(login: Login, *, factor: bool = True, at: datetime | None = None) -> Client:
    """A browser of a login, with a second factor shown now or at a moment."""
    client = Client()
    client.force_login(login, backend=BACKEND)
    if factor:
        session = client.session
        note_second_factor(type("Request", (), {"session": session})(), at or timezone.now())  # type: ignore[arg-type]
        session.save()
    return client
