"""Writes of bindings: that a login is somebody's who has a record here, by papers, said by one and checked by another.

From then on what keeps that person away keeps the login away too, and it rules on nothing of its own.
"""

from __future__ import annotations

from uuid import UUID

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.errors import Conflict, NotFound, Refused, stop_if
from linli.core.notices import notify
from linli.core.sealed import normal
from linli.party import rules
from linli.party.models import Binding, Login
from linli.party.queries_rights import binding_facts, must, password_given, person_by_papers


@action("binding.propose")
def propose_binding(*, actor: Actor, login_uid: UUID, name: str, id_no: str, papers: str) -> dict[str, str]:
    """The first of two: what the papers of a login's holder say. Whether there is such a record is not told."""
    login = _login(login_uid)
    must(actor, "binding.propose", binding_facts(login, actor))
    if login.bindings.filter(state="proposed").exists():
        raise Conflict("party.binding_waits")
    binding = Binding.objects.create(
        login=login, name=name.strip(), id_no=id_no, papers=papers, proposed_by=actor.login_uid, created_at=actor.now
    )
    record(actor, "binding.propose", kind="login", uid=login.uid, binding=binding.uid, papers=papers)
    return {"uid": str(binding.uid)}


@action("binding.confirm")
def confirm_binding(*, actor: Actor, binding_uid: UUID, id_no: str) -> dict[str, str]:
    """The second of two has seen the papers: the login is that person's. `id_no`: the number as they read it there.

    Refused unless both read the same number and just one record that the second may list bears it and the name.
    """
    binding = _binding_to_decide(actor, binding_uid)
    stop_if(rules.why_not_two(password_given(binding.proposed_by), password_given(actor.login_uid), now=actor.now))
    is_same = normal(id_no) == normal(binding.id_no or "")
    person = person_by_papers(actor, binding.name or "", id_no) if is_same else None
    if person is None:
        raise Refused("party.binding_no_match", reason="no_match")
    login = binding.login
    login.bindings.filter(state="active").update(state="replaced")
    _decide(actor, binding, "active")
    Binding.objects.filter(pk=binding.pk).update(person=person)
    login.person = person
    login.save(update_fields=["person"])
    record(actor, "binding.confirm", kind="login", uid=login.uid, binding=binding.uid, person=person.uid)
    notify(actor, [login.uid], "party.bound", link="/me/")
    return {"uid": str(binding.uid), "state": "active"}


@action("binding.confirm")
def refuse_binding(*, actor: Actor, binding_uid: UUID) -> dict[str, str]:
    """The second of two says no: nothing is bound."""
    binding = _binding_to_decide(actor, binding_uid)
    _decide(actor, binding, "refused")
    record(actor, "binding.refuse", kind="login", uid=binding.login.uid, binding=binding.uid)
    return {"uid": str(binding.uid), "state": "refused"}


def _login(uid: UUID) -> Login:
    login = Login.objects.select_for_update(of=("self",)).select_related("person").filter(uid=uid).first()
    if login is None:
        raise NotFound()
    return login


def _binding_to_decide(actor: Actor, uid: UUID) -> Binding:
    binding = Binding.objects.select_for_update(of=("self",)).select_related("login__person").filter(uid=uid).first()
    if binding is None:
        raise NotFound()
    must(actor, "binding.confirm", binding_facts(binding.login, actor))
    stop_if(
        rules.why_not_confirm_binding(
            state=binding.state, proposer_uid=binding.proposed_by, confirmer_uid=actor.login_uid
        )
    )
    return binding


def _decide(actor: Actor, binding: Binding, state: str) -> None:
    binding.state, binding.decided_by, binding.decided_at = state, actor.login_uid, actor.now
    binding.name = binding.id_no = None
    binding.save(update_fields=["state", "decided_by", "decided_at", "name", "id_no"])
