"""Keys of other programs: who such a key acts as, and one's own keys."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from linli.core.actor import Actor
from linli.core.decide import ObjectFacts, Sensitivity
from linli.core.errors import NotFound
from linli.core.policy import ACTIONS
from linli.party.models import ApiToken
from linli.party.queries import actor_of

OFFERED = ("need.list", "need.write", "flag.decide")
"""What a key may be made for: the actions the interface serves."""


def digest_of(secret: str) -> str:
    """What is kept of a key. It is 256 random bits, so a plain hash does."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class Bearer:
    """Who sends a key: the login as actor, and what this key may do of what the login may."""

    actor: Actor
    token: ApiToken

    def may(self, action: str) -> bool:
        """Whether the key was made for an action."""
        return action in self.token.scopes


def bearer_of(secret: str, now: datetime) -> Bearer | None:
    """Who a key acts as, read afresh at every request; None for one unknown, run out, revoked, or of a closed login.

    Failed sign-ins shut no key out: its holder would lose the program to whoever types a wrong password.
    The key was made right after a second factor and lies on one machine, so it counts as one; never as a fresh one.
    """
    rows = ApiToken.objects.select_related("login__person").filter(digest=digest_of(secret))
    token = rows.filter(revoked_at__isnull=True, expires_at__gt=now).first()
    if token is None or not token.login.is_active or token.login.must_change_password:
        return None
    return Bearer(actor_of(token.login, now=now, second_factor_at=now), token)


def own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's keys, the newest first, revoked ones too."""
    if actor.login_uid is None:
        return ApiToken.objects.none()
    return ApiToken.objects.filter(login__uid=actor.login_uid).order_by("-created_at", "-id")


def own_token(actor: Actor, uid: UUID) -> ApiToken:
    """One of the actor's keys, locked; NotFound for anybody else's."""
    mine = own_tokens(actor).select_for_update(of=("self",))
    token = mine.filter(uid=uid).first()
    if token is None:
        raise NotFound()
    return token


def offered_to(actor: Actor) -> list[str]:
    """What this actor can make a key for: of what is offered, what a role allows."""
    return [action for action in OFFERED if actor.holds_role_for(action)]


def token_facts(actor: Actor) -> ObjectFacts:
    """What deciding needs to know of a new key: it lies where its maker works."""
    roles = ACTIONS["token.make"].roles
    path = next((g.place_path for g in actor.facts.grants if g.role in roles and g.holds(actor.today)), "")
    return ObjectFacts(kind="token", place_path=path, sensitivity=Sensitivity.INTERNAL)
