"""Who acts: the facts deciding needs, plus how the act is recorded. Made by `party`, passed down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from linli.core.decide import ActorFacts, Decision, ObjectFacts, Sensitivity, decide
from linli.core.policy import ACTIONS

LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Actor:
    """One login in one request, at one moment. `now` is aware; `today` is the day in Shanghai."""

    facts: ActorFacts
    now: datetime
    name: str = ""
    role: str = ""
    system: str = ""

    @property
    def login_uid(self) -> UUID | None:
        return self.facts.login_uid

    @property
    def person_uid(self) -> UUID | None:
        return self.facts.person_uid

    @property
    def today(self) -> date:
        return self.now.astimezone(LOCAL).date()

    @property
    def is_known(self) -> bool:
        return self.facts.login_uid is not None

    def decide(self, action: str, thing: ObjectFacts, field_sensitivity: Sensitivity = Sensitivity.PUBLIC) -> Decision:
        """The answer of `decide` for this actor now. The system itself is bound by no place."""
        if self.system:
            return SYSTEM_ALLOWED
        return decide(self.facts, action, thing, now=self.now, today=self.today, field_sensitivity=field_sensitivity)

    def holds_role_for(self, action: str) -> bool:
        """Whether some role held today may do `action` somewhere: for menus and route doors."""
        if self.system:
            return True
        rule = ACTIONS[action]
        if rule.open_to_all:
            return True
        if not self.is_known or not self.facts.is_active:
            return False
        if rule.self_service and self.facts.person_uid is not None:
            return True
        return any(g.role in rule.roles and g.holds(self.today) for g in self.facts.grants)

    def at(self, now: datetime) -> Actor:
        """The same actor at another moment."""
        return replace(self, now=now)


SYSTEM_ALLOWED = Decision(True, "system")


def system_actor(name: str, now: datetime) -> Actor:
    """The program itself: set-up, jobs and commands run by its operator. Named in every audit row."""
    return Actor(ActorFacts(login_uid=None), now=now, name=name, role="system", system=name)


def anonymous(now: datetime) -> Actor:
    """Nobody we know."""
    return Actor(ActorFacts(login_uid=None), now=now)
