"""Two people are found to be one: a rule flags the one who is kept only once."""

from __future__ import annotations

from typing import Any

from linli.core.actor import Actor
from linli.need.models import Flag, FlagChange
from linli.party.models import Person


def settle_flags(*, actor: Actor, kept: Person, gone: Person, **_rest: Any) -> None:
    """Where a rule has an open flag for both, one stays: the confirmed one, else that of who is kept."""
    open_states = ("new", "confirmed")
    staying = {flag.rule: flag for flag in Flag.objects.filter(person=kept, state__in=open_states)}
    for flag in Flag.objects.select_for_update().filter(person=gone, state__in=open_states):
        other = staying.get(flag.rule)
        if other is None:
            continue
        falls = other if (flag.state, other.state) == ("confirmed", "new") else flag
        before, falls.state = falls.state, "gone"
        falls.save(update_fields=["state"])
        FlagChange.objects.create(
            created_at=actor.now, flag=falls, from_state=before, to_state="gone", actor_uid=actor.login_uid, note=""
        )
