"""Writes of keys for other programs: made, used, taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.errors import BadInput
from linli.party.models import ApiToken, Login
from linli.party.queries import allow
from linli.party.queries_tokens import offered_to, own_token, token_facts

LONGEST_DAYS = 90
USED_EVERY = timedelta(minutes=5)


@action("token.make")
def make_token(*, actor: Actor, name: str, digest: str, scopes: list[str], days: int) -> dict[str, Any]:
    """A new key, known here by its SHA-256 only. Refused for what the maker's own roles do not allow."""
    allow(actor, "token.make", token_facts(actor))
    if not scopes or not set(scopes) <= set(offered_to(actor)) or not 1 <= days <= LONGEST_DAYS:
        raise BadInput("party.token_scopes", days=LONGEST_DAYS)
    assert actor.login_uid is not None, "only somebody known may make a key"
    token = ApiToken.objects.create(
        created_at=actor.now,
        login=Login.objects.get(uid=actor.login_uid),
        name=name,
        digest=digest,
        scopes=sorted(scopes),
        expires_at=actor.now + timedelta(days=days),
    )
    record(actor, "token.make", kind="token", uid=token.uid, scopes=token.scopes, days=days)
    return {"uid": str(token.uid)}


@action("token.revoke")
def revoke_token(*, actor: Actor, token_uid: UUID) -> dict[str, Any]:
    """Take one's own key back: it is refused at its next request."""
    token = own_token(actor, token_uid)
    if token.revoked_at is None:
        token.revoked_at = actor.now
        token.save(update_fields=["revoked_at"])
        record(actor, "token.revoke", kind="token", uid=token.uid)
    return {"uid": str(token.uid)}


def end_tokens(login: Login, actor: Actor, why: str) -> None:
    """All keys of a login end, in the running transaction: whoever got hold of it may have made one."""
    live = ApiToken.objects.filter(login=login, revoked_at__isnull=True, expires_at__gt=actor.now)
    if ended := live.update(revoked_at=actor.now):
        record(actor, "token.revoke", kind="login", uid=login.uid, count=ended, why=why)


def note_token_used(token: ApiToken, actor: Actor) -> None:
    """When the key was last used, to a few minutes."""
    if token.last_used_at is None or actor.now - token.last_used_at > USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=actor.now)
