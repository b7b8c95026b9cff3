"""Three months of work in the product's own tables: needs and their changes, flags decided, referrals.

The past was never done on a page, so it goes in as bulk rows in the states the pages' actions would
have left: a referral takes a place of its offer, one declined gives it back and its need is open again,
one that is done leaves its need served.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np

from linli.core.actor import LOCAL, Actor
from linli.core.decide import Sensitivity
from linli.core.numbers import begin_after
from linli.matching.models import Referral, ReferralChange
from linli.need.models import Flag, FlagChange, Need, NeedChange
from linli.need.rules import Level, need_codes, needs_of_flag
from linli.offer.models import Offer
from linli.party.models import Person
from linli.party.queries import keys_of
from linli.web.demo import bulk
from linli.web.demo.history import History
from linli.web.demo.load_staff import Staff

# The same three working days a referral made on a page has for its answer.
ANSWER_WORKING_DAYS = 3
STATE = {
    "heard": "heard",
    "triaged": "open",
    "referred": "referred",
    "in_service": "referred",
    "withdrawn": "withdrawn",
}
NOTE = {"withdrawn": "本人不再需要", "closed": "已回访，本人满意", "declined": "暂无人手"}
SEEN_BEFORE = timedelta(days=2)


@dataclass
class _Past:
    """Rows in the making."""

    actor: Actor
    staff: Staff
    keys: Mapping[UUID, bytes]
    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    needs: dict[int, Need] = field(default_factory=dict)
    from_flags: list[Need] = field(default_factory=list)
    need_changes: list[NeedChange] = field(default_factory=list)
    begun: set[UUID] = field(default_factory=set)
    referrals: list[Referral] = field(default_factory=list)
    referral_changes: list[ReferralChange] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    flag_changes: list[FlagChange] = field(default_factory=list)

    def number(self, person: Person, letter: str, at: datetime) -> str:
        head = f"{person.place_path.split('/')[2]}-{letter}{at.astimezone(LOCAL).year}"
        self.numbers[head] += 1
        return f"{head}-{self.numbers[head]:05d}"

    def who(self, username: str) -> UUID:
        return self.staff.logins[username].uid


def add_history(actor: Actor, before: History, found: Mapping[int, Person], staff: Staff) -> dict[str, int]:
    """Write the past of the people found; gives how many needs, referrals and decided flags there are."""
    past = _Past(actor, staff, keys_of({person.uid for person in found.values()}))
    for row in before.needs.to_pylist():
        if row["person_no"] in found:
            past.needs[row["need_no"]] = _need(past, row, found[row["person_no"]])
    offers = {offer.code: offer for offer in Offer.objects.all()}
    referred = {row["need_no"]: row for row in before.referrals.to_pylist() if row["need_no"] in past.needs}
    refused = _refer(past, referred, offers)
    for row in before.need_changes.to_pylist():
        if row["need_no"] in past.needs:
            _change_need(past, row, referred.get(row["need_no"]), row["need_no"] in refused)
    _decide_flags(past, before, found)
    _write(past, offers)
    return {
        "needs": len(past.needs) + len(past.from_flags),
        "referrals": len(past.referrals),
        "flags": Flag.objects.count(),
        "flags_decided": len(past.flags),
    }


def _write(past: _Past, offers: Mapping[str, Offer]) -> None:
    actor = past.actor
    bulk.change(actor, past.flags, ["state", "decided_by", "decided_at", "decision_reason", "created_at"])
    bulk.add(actor, past.flag_changes)
    bulk.add(actor, [*past.needs.values(), *past.from_flags])
    bulk.add(actor, sorted(past.need_changes, key=lambda change: change.created_at))
    bulk.add(actor, past.referrals)
    bulk.add(actor, sorted(past.referral_changes, key=lambda change: change.created_at))
    bulk.change(actor, [offer for offer in offers.values() if offer.used], ["used"])
    for head, last in past.numbers.items():
        begin_after(head, last)


# Needs


def _need(past: _Past, row: Mapping[str, Any], person: Person) -> Need:
    need = _new_need(past, person, row["code"], row["level"], row["opened_at"], row["who"])
    need.due_on, need.channel, need.words = row["due_on"], "visit", row["reason"]
    wishes = {"languages": row["languages"]} | ({"helper_sex": row["helper_sex"]} if row["helper_sex"] else {})
    need.wishes = json.dumps(wishes, ensure_ascii=False)
    return need


def _new_need(past: _Past, person: Person, code: str, level: int, at: datetime, who: str) -> Need:
    need = Need(
        uid=uuid4(),
        created_at=at,
        place_path=person.place_path,
        sensitivity=max(Sensitivity.SENSITIVE, person.sensitivity),
        subject_uid=person.uid,
        household_uid=person.household_uid,
        maker_uid=past.who(who),
        number=past.number(person, "N", at),
        person=person,
        code=code,
        level=level,
        function=need_codes()[code].function,
        state="heard",
        opened_at=at,
    )
    need.__dict__["_data_key"] = past.keys[person.uid]
    return need


def _change_need(past: _Past, row: Mapping[str, Any], referral: Mapping[str, Any] | None, refused: bool) -> None:
    """One step of the told course, as the product's states; without a place anywhere a need stays open."""
    need, after = past.needs[row["need_no"]], row["to_state"]
    if refused and after in ("referred", "in_service", "closed"):
        return
    if after == "in_service":
        return
    if after == "closed":
        _move(past, need, "served", row["at"], row["who"], "")
        _move(past, need, "closed", row["at"] + timedelta(minutes=5), row["who"], NOTE["closed"])
        return
    _move(past, need, STATE[after], row["at"], row["who"], NOTE.get(after, ""))
    if after == "referred" and referral is not None and referral["state"] == "declined":
        _move(past, need, "open", referral["answered_at"], row["who"], NOTE["declined"])


def _move(past: _Past, need: Need, to_state: str, at: datetime, who: str, note: str) -> None:
    before = need.state if need.uid in past.begun else ""
    past.begun.add(need.uid)
    past.need_changes.append(
        NeedChange(created_at=at, need=need, from_state=before, to_state=to_state, actor_uid=past.who(who), note=note)
    )
    need.state = to_state
    need.closed_at = at if to_state in ("closed", "withdrawn") else None


# Referrals


def _refer(past: _Past, referred: Mapping[int, Mapping[str, Any]], offers: Mapping[str, Offer]) -> set[int]:
    """Referrals in the order they were sent, while their offer has a place; gives the needs that found none."""
    refused: set[int] = set()
    for number, row in sorted(referred.items(), key=lambda each: each[1]["sent_at"]):
        need, offer = past.needs[number], offers[row["offer_id"]]
        if offer.capacity is not None and offer.used >= offer.capacity:
            refused.add(number)
            continue
        state = "done" if row["state"] == "closed" else row["state"]
        offer.used += state != "declined"
        sent = row["sent_at"]
        referral = Referral(
            uid=uuid4(),
            created_at=sent,
            place_path=need.place_path,
            sensitivity=need.sensitivity,
            subject_uid=need.subject_uid,
            household_uid=need.household_uid,
            number=past.number(need.person, "R", sent),
            need=need,
            offer=offer,
            consent_way="oral",
            state=state,
            answer_due_on=np.busday_offset(sent.date(), ANSWER_WORKING_DAYS, roll="backward").astype(object),
            sent_at=sent,
            answered_at=row["answered_at"],
            ended_at=row["answered_at"] if state == "declined" else row["closed_at"],
            outcome=row["outcome"] or "",
            note=NOTE["declined"] if state == "declined" else "",
        )
        past.referrals.append(referral)
        _change_referral(past, referral, row)
    return refused


def _change_referral(past: _Past, referral: Referral, row: Mapping[str, Any]) -> None:
    steps = [("", "sent", row["sent_at"])]
    if referral.state == "declined":
        steps.append(("sent", "declined", row["answered_at"]))
    elif referral.state != "sent":
        steps.append(("sent", "accepted", row["answered_at"]))
    if referral.state == "done":
        steps.append(("accepted", "done", row["closed_at"]))
    for before, after, at in steps:
        past.referral_changes.append(
            ReferralChange(
                created_at=at,
                referral=referral,
                from_state=before,
                to_state=after,
                actor_uid=past.who(row["who"]),
                note=referral.note if after == "declined" else "",
            )
        )


# Flags


def _decide_flags(past: _Past, before: History, found: Mapping[int, Person]) -> None:
    """Flags that were looked at before; one confirmed leads to its needs unless such a need is open."""
    standing: dict[tuple[int, str, str], list[Flag]] = defaultdict(list)
    for flag in Flag.objects.filter(state="new").select_related("person").order_by("id"):
        standing[flag.person_id, "" if flag.kind == "visit" else flag.group, flag.kind].append(flag)
    has = {
        (need.person.pk, need.code): need for need in past.needs.values() if need.state not in ("closed", "withdrawn")
    }
    for row in before.decisions.to_pylist():
        person = found.get(row["person_no"])
        if person is None:
            continue
        group = "" if row["kind"] == "visit" else row["group"]
        for flag in standing.pop((person.pk, group, row["kind"]), []):
            _decide(past, flag, row)
            if row["decision"] == "confirmed":
                _open_needs(past, flag, person, row, has)


def _decide(past: _Past, flag: Flag, row: Mapping[str, Any]) -> None:
    flag.state, flag.decided_by, flag.decided_at = row["decision"], past.who(row["who"]), row["at"]
    flag.decision_reason, flag.created_at = row["reason"], row["at"] - SEEN_BEFORE
    past.flags.append(flag)
    past.flag_changes.append(
        FlagChange(
            created_at=row["at"],
            flag=flag,
            from_state="new",
            to_state=row["decision"],
            actor_uid=flag.decided_by,
            note=row["reason"],
        )
    )


def _open_needs(
    past: _Past, flag: Flag, person: Person, row: Mapping[str, Any], has: dict[tuple[int, str], Need]
) -> None:
    at: datetime = row["at"]
    day: date = at.astimezone(LOCAL).date()
    for draft in needs_of_flag(flag.rule, flag.kind, day):
        if (person.pk, draft.code) in has:
            continue
        need = _new_need(past, person, draft.code, Level(draft.level), at, row["who"])
        flag.__dict__["_data_key"] = past.keys[person.uid]
        need.due_on, need.flag, need.reason, need.channel = draft.due_on, flag, flag.reason, "list"
        _move(past, need, "open", at, row["who"], "")
        has[person.pk, draft.code] = need
        past.from_flags.append(need)
