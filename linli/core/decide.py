"""Who may do what: one pure function over plain values. Default deny; any exclusion denies.

It knows no database, no clock and no words. `party` loads the facts and makes the list filter from
the same rules; `policy.py` holds the table of roles and actions. docs/security.md, section 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from linli.core.policy import ACTIONS, ActionRule


class Sensitivity(IntEnum):
    """S0–S4: how much harm a datum can do (docs/security.md, section 2)."""

    PUBLIC = 0
    INTERNAL = 1
    PERSONAL = 2
    SENSITIVE = 3
    SAFETY = 4


SECOND_FACTOR_HOLDS = timedelta(hours=12)
FRESH_FACTOR_HOLDS = timedelta(minutes=15)
TIE_KINDS = ("assigned", "co-worker", "supervises", "guardian", "referral", "self")


@dataclass(frozen=True)
class GrantFact:
    """A role held in a place and all below it, from a day to a day (inclusive; None: open)."""

    role: str
    place_path: str
    starts_on: date
    ends_on: date | None = None

    def holds(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)

    def covers(self, place_path: str) -> bool:
        """Paths end in a slash, so that 3205/ never covers 32051/."""
        return bool(place_path) and place_path.startswith(self.place_path)


@dataclass(frozen=True)
class TieFact:
    """A relationship of a login to one person, household or case, from a time to a time."""

    uid: UUID
    kind: str
    starts_at: datetime
    ends_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True)
class ActorFacts:
    """All that deciding needs to know of who acts."""

    login_uid: UUID | None
    person_uid: UUID | None = None
    grants: tuple[GrantFact, ...] = ()
    ties: tuple[TieFact, ...] = ()
    excluded_from: frozenset[UUID] = frozenset()
    second_factor_at: datetime | None = None
    fresh_factor_at: datetime | None = None
    is_active: bool = True


@dataclass(frozen=True)
class ObjectFacts:
    """All that deciding needs to know of what is acted on.

    `about` holds the uids of the thing itself and of every person, household or case it is about:
    ties and exclusions are looked up in it. `maker_uid` is the login that proposed or wrote it.
    """

    kind: str
    place_path: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    about: frozenset[UUID] = field(default_factory=frozenset)
    maker_uid: UUID | None = None


@dataclass(frozen=True)
class Decision:
    """Yes, or no with a code for the audit; `hidden` says that the answer must be “not found”."""

    allowed: bool
    reason: str
    hidden: bool = False

    def __bool__(self) -> bool:
        return self.allowed


ALLOW = Decision(True, "allowed")


def _deny(reason: str, *, hidden: bool = False) -> Decision:
    return Decision(False, reason, hidden)


def decide(
    actor: ActorFacts,
    action: str,
    thing: ObjectFacts,
    *,
    now: datetime,
    today: date,
    field_sensitivity: Sensitivity = Sensitivity.PUBLIC,
) -> Decision:
    """Whether `actor` may do `action` to `thing` (to a field of it, when its class is given).

    Order matters: exclusion first, so that nothing granted later can answer for it; assurance
    last, so that asking for a second factor never tells a stranger that a record exists.
    """
    rule = ACTIONS[action]
    if not actor.is_active:
        return _deny("inactive", hidden=True)
    if actor.excluded_from & thing.about:
        return _deny("excluded", hidden=True)
    sensitivity = max(thing.sensitivity, field_sensitivity)
    if rule.open_to_all and sensitivity is Sensitivity.PUBLIC:
        return ALLOW
    if actor.login_uid is None:
        return _deny("anonymous", hidden=True)
    refused = _refused_by_place(actor, rule, thing, today, sensitivity)
    if refused is not None:
        return refused
    if rule.not_own and _is_own(actor, thing):
        return _deny("own_business")
    if _asks_tie(rule, sensitivity) or not _reaches_untied(actor, rule, thing, today):
        if not is_tied(actor, thing.about, rule, now):
            return _deny("no_relationship", hidden=rule.hides or thing.sensitivity >= Sensitivity.SENSITIVE)
    return _assured(actor, rule, sensitivity, now)


def _refused_by_place(
    actor: ActorFacts, rule: ActionRule, thing: ObjectFacts, today: date, sensitivity: int
) -> Decision | None:
    held = [g for g in actor.grants if g.role in rule.roles and g.holds(today)]
    if held and any(g.covers(thing.place_path) for g in held):
        return None
    if held and rule.anywhere and sensitivity <= Sensitivity.INTERNAL:
        return None
    if rule.self_service and actor.person_uid is not None and actor.person_uid in thing.about:
        return None
    if not held:
        return _deny("no_role", hidden=rule.hides)
    return _deny("outside_place", hidden=rule.hides or thing.sensitivity >= Sensitivity.PERSONAL)


def _asks_tie(rule: ActionRule, sensitivity: int) -> bool:
    """Whether a relationship is asked for: the place alone never opens what is safety-critical."""
    if not rule.place_is_enough:
        return sensitivity >= Sensitivity.SENSITIVE or rule.needs_tie
    return sensitivity >= Sensitivity.SAFETY and not rule.shows_nothing


def _reaches_untied(actor: ActorFacts, rule: ActionRule, thing: ObjectFacts, today: date) -> bool:
    """Whether the place lets the actor in by a role of its own, not one that only follows relationships."""
    if not rule.by_tie:
        return True
    held = [g for g in actor.grants if g.role in rule.roles - rule.by_tie and g.holds(today)]
    return any(g.covers(thing.place_path) for g in held)


def is_tied(actor: ActorFacts, about: Iterable[UUID], rule: ActionRule, now: datetime) -> bool:
    """Whether a relationship that this action accepts joins the actor to any of `about`."""
    known = frozenset(about)
    if rule.self_service and actor.person_uid is not None and actor.person_uid in known:
        return True
    return any(tie.uid in known and tie.kind in rule.ties and tie.holds(now) for tie in actor.ties)


def _is_own(actor: ActorFacts, thing: ObjectFacts) -> bool:
    if actor.person_uid is not None and actor.person_uid in thing.about:
        return True
    return thing.maker_uid is not None and thing.maker_uid == actor.login_uid


def _assured(actor: ActorFacts, rule: ActionRule, sensitivity: Sensitivity, now: datetime) -> Decision:
    if rule.fresh or sensitivity >= Sensitivity.SAFETY:
        if not is_within(actor.fresh_factor_at, now, FRESH_FACTOR_HOLDS):
            return _deny("fresh_factor_needed")
    elif rule.second_factor or sensitivity >= Sensitivity.SENSITIVE:
        if not is_within(actor.second_factor_at, now, SECOND_FACTOR_HOLDS):
            return _deny("second_factor_needed")
    return ALLOW


def is_within(at: datetime | None, now: datetime, span: timedelta) -> bool:
    """Whether something shown `at` still counts; what lies in the future never does."""
    return at is not None and timedelta(0) <= now - at < span
