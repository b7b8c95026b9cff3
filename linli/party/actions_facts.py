"""Setting a fact of a person right, and taking that back. What was said before stays, with who said it."""

from __future__ import annotations

from uuid import UUID, uuid4

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.decide import Sensitivity
from linli.core.errors import BadInput, NotFound, Refused, stop_if
from linli.core.sealed import data_key
from linli.party import compute, queries, queries_person, rules_people
from linli.party.actions_choice import carry_over, choose_facts
from linli.party.fields import FIELDS, NOT_CORRECTED, SAID_BY
from linli.party.models import Fact, Person


@action("person.write")
def correct_fact(*, actor: Actor, person_uid: UUID, field: str, text: str, source: str, why: str) -> str:
    """Say which value of a field is right: it counts from now on, and the earlier ones stay with their sources.

    `text` is what was typed: a code of the field, yuan, or what the lists' reader takes. `source`: a code of
    `SAID_BY`. Answers the new fact's uid.
    """
    person = _person(actor, person_uid, field)
    if source not in SAID_BY:
        raise NotFound()
    read = compute.read_value(actor, field, text)
    if text and not read.text:
        raise BadInput("party.fact_unreadable")
    chosen = Fact.objects.filter(person=person, field=field, is_chosen=True, withdrawn_at__isnull=True)
    earlier = queries.shown(chosen).order_by("-created_at", "-id").first()
    stop_if(rules_people.why_not_correct(read.text, (earlier.value if earlier else "") or ""))
    chosen.update(is_chosen=False)
    if earlier is not None and field == "birth_on" and not earlier.precision:
        earlier.precision = "day" if person.birth_on else "year"
        earlier.save(update_fields=["precision"])
    fact = Fact(
        uid=uuid4(),
        created_at=actor.now,
        place_path=person.place_path,
        sensitivity=max(FIELDS[field].sensitivity_for(person.is_protected), _least(person)),
        subject_uid=person.uid,
        household_uid=person.household_uid,
        maker_uid=actor.login_uid,
        person=person,
        field=field,
        source=source,
        stated_on=actor.today,
        checked_at=actor.now,
        is_correction=True,
        replaces=earlier,
        precision=read.precision,
    )
    fact.__dict__["_data_key"] = data_key(person.uid, make=True)
    fact.value, fact.why = read.text, why
    fact.save()
    _carry(actor, person, fact)
    record(actor, "person.correct", kind="person", uid=person.uid, field=field, source=source, fact=fact.uid)
    return str(fact.uid)


@action("person.write")
def withdraw_correction(*, actor: Actor, person_uid: UUID, fact_uid: UUID) -> str:
    """Take a correction back: what counted before it counts again; that it was made stays written."""
    fact = Fact.objects.select_for_update(of=("self",)).filter(uid=fact_uid, person__uid=person_uid).first()
    if fact is None:
        raise NotFound()
    person = _person(actor, person_uid, fact.field)
    stop_if(rules_people.why_not_withdraw(fact.is_correction, fact.withdrawn_at is not None, fact.is_chosen))
    fact.is_chosen, fact.withdrawn_at, fact.withdrawn_by = False, actor.now, actor.login_uid
    fact.save(update_fields=["is_chosen", "withdrawn_at", "withdrawn_by"])
    before = fact.replaces
    while before is not None and before.withdrawn_at is not None:
        before = before.replaces
    if before is not None:
        before.is_chosen = True
        before.save(update_fields=["is_chosen"])
    if before is None or not before.is_correction:  # lists may have said more since
        choose_facts(actor, [person.pk], {fact.field})
    counts = queries.shown(Fact.objects.filter(person=person, field=fact.field, is_chosen=True)).first()
    _carry(actor, person, counts or Fact(field=fact.field))
    record(actor, "person.correct", kind="person", uid=person.uid, field=fact.field, withdrawn=fact.uid)
    return str(person.uid)


def _least(person: Person) -> int:
    """What is known of a child or of a protected person is never less guarded than the person."""
    return person.sensitivity if person.sensitivity >= Sensitivity.SENSITIVE else Sensitivity.PUBLIC


def _person(actor: Actor, uid: UUID, field: str) -> Person:
    person = queries.person_by_uid(actor, uid, action="person.write", lock=True)
    if field not in FIELDS or field in NOT_CORRECTED:
        raise NotFound()
    decision = queries_person.may_correct(actor, person, field)
    if not decision:
        raise Refused(f"core.{decision.reason}", reason=decision.reason)
    return person


def _carry(actor: Actor, person: Person, fact: Fact) -> None:
    """The columns people are searched by follow the fact that counts."""
    person.refresh_from_db()
    person.__dict__["_data_key"] = data_key(person.uid, make=True)
    carry_over(actor, person, fact.field, fact.value or "", fact.precision)
    person.save()
