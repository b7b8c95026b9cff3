"""The one door for writes: one transaction, one operation id, one effect (docs/security.md I3).

An action is a keyword-only function of a block's `actions.py` wrapped by `@action`. It is called
with an actor and an operation id made by the client; the same id with the same content gives the
first answer again, with other content a conflict. Inside another action's unit of work, call
`some_action.within(actor=…, …)`: the same function, covered by the outer operation id.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any, Protocol, cast
from uuid import UUID, uuid5

from django.db import IntegrityError, models, transaction

from linli.core.actor import Actor
from linli.core.audit import is_in_unit, record, record_now, unit_of_work
from linli.core.errors import Conflict, NotFound, Refused
from linli.core.models import Operation
from linli.core.sealed import derived_key


class Action(Protocol):
    """A verb: called with an actor and an operation id; `within` is the same function without them."""

    within: Callable[..., Any]

    def __call__(self, *, actor: Actor, operation_id: UUID, **given: Any) -> Any: ...


def action(name: str) -> Callable[[Callable[..., Any]], Action]:
    """Make a function the writer of one verb. Its answer must be plain JSON (a uid as text, counts)."""

    def wrap(function: Callable[..., Any]) -> Action:
        @functools.wraps(function)
        def run(*, actor: Actor, operation_id: UUID, **given: Any) -> Any:
            # There its denial would fall with the outer unit, and its operation id would be the outer one's.
            assert not is_in_unit(), f"{name} inside a unit of work: call {function.__name__}.within"
            digest = content_digest(name, given)
            try:
                return _once(function, name, actor, operation_id, digest, given)
            except (Refused, NotFound) as error:
                _record_denial(actor, name, error, given)
                raise

        verb = cast(Action, run)
        verb.within = function
        return verb

    return wrap


def _once(
    function: Callable[..., Any], name: str, actor: Actor, operation_id: UUID, digest: str, given: dict[str, Any]
) -> Any:
    with unit_of_work(operation_id):
        earlier = Operation.objects.filter(pk=operation_id).first()
        if earlier is None:
            try:
                with transaction.atomic():
                    mark = Operation.objects.create(
                        operation_id=operation_id,
                        actor_uid=actor.login_uid,
                        action=name,
                        content_digest=digest,
                        at=actor.now,
                    )
            except IntegrityError:
                earlier = Operation.objects.get(pk=operation_id)
            else:
                answer = function(actor=actor, **given)
                mark.answer = answer
                mark.save(update_fields=["answer"])
                return answer
        if (earlier.action, earlier.content_digest, earlier.actor_uid) != (name, digest, actor.login_uid):
            raise Conflict("core.operation_reused")
        return earlier.answer


def write_part(
    actor: Actor, job_uid: UUID, name: str, *, kind: str, content: Any, write: Callable[[], Collection[models.Model]]
) -> int:
    """One chunk of a long work: one transaction with one audit row that says how many rows, and their digest.

    `content`, in plain values, is what makes this chunk this one: with the job's uid it gives the operation id, so
    that a job run again after a crash writes what is missing and nothing twice. Gives how many rows were written.
    """
    digest = content_digest(name, {"part": content})
    operation_id = uuid5(job_uid, digest)
    with unit_of_work(operation_id):
        earlier = Operation.objects.filter(pk=operation_id).first()
        if earlier is not None:
            return int(earlier.answer or 0)
        rows = write()
        uids = "".join(sorted(str(getattr(row, "uid", row.pk)) for row in rows))
        Operation.objects.create(
            operation_id=operation_id,
            actor_uid=actor.login_uid,
            action=name,
            content_digest=digest,
            answer=len(rows),
            at=actor.now,
        )
        record(actor, name, kind=kind, count=len(rows), digest=hashlib.sha256(uids.encode()).hexdigest())
    return len(rows)


def content_digest(name: str, given: dict[str, Any]) -> str:
    """Keyed digest of what was asked, the same for the same content however it was typed.

    Keyed, because a telephone number is found again from a plain digest by trying all there are.
    """
    text = json.dumps([name, given], sort_keys=True, ensure_ascii=False, default=_plain)
    return hmac.new(derived_key("operation"), text.encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return [value._meta.label_lower, str(getattr(value, "uid", value.pk))]
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    if isinstance(value, tuple):
        return list(value)
    raise TypeError(f"an action was given a {type(value).__name__}, which has no stable form")


def _record_denial(actor: Actor, name: str, error: Refused | NotFound, given: dict[str, Any]) -> None:
    uids = [value for key, value in given.items() if key.endswith("uid") and isinstance(value, UUID)]
    reason = error.params.get("reason", error.code)
    record_now(actor, name, outcome="denied", uid=uids[0] if uids else None, reason=reason)
    error.is_recorded = True
