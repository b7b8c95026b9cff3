"""Protecting a person at risk (violence and the like), and lifting that by two."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.decide import Sensitivity
from linli.core.errors import NotFound, stop_if
from linli.core.sealed import data_key
from linli.party import queries, queries_names, queries_person, rules_people
from linli.party.actions import person_sensitivity
from linli.party.actions_guards import lower_class, move_household, raise_class
from linli.party.actions_rights import add_exclusion, write_tie
from linli.party.models import Fact, Household, Person, Protection


@action("person.protect")
def protect_person(
    *,
    actor: Actor,
    person_uid: UUID,
    why: str,
    keeper_uid: UUID | None = None,
    safe_address: str = "",
    safe_phone: str = "",
    kept_away: Sequence[str] = (),
) -> str:
    """Guard a person and all that is known: class 4, a household apart, the safe address sealed in one fact.

    `keeper_uid`: who is responsible from now on, needed where nobody is yet; oneself only who is so already.
    `kept_away`: "person:uid" or "login:uid" of those who must never see any of it.
    """
    person = queries.person_by_uid(actor, person_uid, action="person.protect", lock=True)
    keepers = queries_person.keepers(actor, person)
    chosen = [one for one in queries_names.station_logins(actor, person.place_path) if one.uid == keeper_uid]
    if keeper_uid is not None and not chosen:
        raise NotFound()
    is_untied = not actor.decide("person.protect", person.facts(), Sensitivity.SENSITIVE)
    makes_oneself = keeper_uid is not None and keeper_uid == actor.login_uid and is_untied
    stop_if(rules_people.why_not_protect(person.is_protected, bool(keepers or chosen), makes_oneself))
    home = _home_apart(actor, person)
    for login in chosen:  # before anybody is kept away: somebody is responsible throughout
        write_tie(actor, login, person.uid, "assigned", "protection")
    for named in kept_away:  # first: what is safety-critical already would ask for a fresh factor
        kind, _colon, uid = named.partition(":")
        for about in (person.uid, home.uid):
            add_exclusion.within(actor=actor, about_uid=about, why="violence", **{f"{kind}_uid": UUID(uid)})
    _close(actor, person, home, why)
    for field, value in (("address", safe_address), ("phone", safe_phone)):
        if value:
            _keep_safe(actor, person, field, value)
    record(actor, "person.protect", kind="person", uid=person.uid, why=why, kept_away=len(kept_away))
    return str(person.uid)


def _close(actor: Actor, person: Person, home: Household, why: str) -> None:
    """Everything about the person becomes class 4; nobody finds or reaches her by the old phone or address."""
    raised = raise_class(person)
    person.refresh_from_db()
    person.is_protected, person.sensitivity = True, Sensitivity.SAFETY
    person.phone, person.phone_last4, person.address = None, "", None
    person.save()
    move_household(person, home)
    Household.objects.filter(pk=home.pk).update(sensitivity=Sensitivity.SAFETY)
    Protection.objects.create(created_at=actor.now, person=person, why=why, raised=raised, made_by=actor.login_uid)


def _home_apart(actor: Actor, person: Person) -> Household:
    """A household of the protected person alone, without an address."""
    home = Household(
        uid=uuid4(),
        created_at=actor.now,
        place_path=person.place_path,
        sensitivity=person.sensitivity,
        number=f"P{person.pk}",
        size=1,
        batch_uid=person.batch_uid,
    )
    home.household_uid = home.uid
    home.save()
    return home


def _keep_safe(actor: Actor, person: Person, field: str, value: str) -> None:
    """The one place where a safe address or phone stands."""
    chosen = Fact.objects.filter(person=person, field=field, is_chosen=True)
    earlier = chosen.first()
    chosen.update(is_chosen=False)
    fact = Fact(
        uid=uuid4(),
        created_at=actor.now,
        place_path=person.place_path,
        sensitivity=Sensitivity.SAFETY,
        subject_uid=person.uid,
        household_uid=person.household_uid,
        maker_uid=actor.login_uid,
        person=person,
        field=field,
        source="said:self",
        stated_on=actor.today,
        is_correction=True,
        replaces=earlier,
    )
    fact.__dict__["_data_key"] = data_key(person.uid, make=True)
    fact.value = value
    fact.save()


@action("person.protect")
def ask_lift_protection(*, actor: Actor, person_uid: UUID) -> str:
    """The first of two: asks that the protection be lifted. It goes on holding."""
    person = queries.person_by_uid(actor, person_uid, action="person.protect", lock=True)
    row = _protection(actor, person)
    row.lift_asked_by = actor.login_uid
    row.save(update_fields=["lift_asked_by"])
    record(actor, "protection.ask_lift", kind="person", uid=person.uid)
    return str(person.uid)


@action("person.protect")
def keep_protection(*, actor: Actor, person_uid: UUID) -> str:
    """The wish to lift it falls."""
    person = queries.person_by_uid(actor, person_uid, action="person.protect", lock=True)
    row = _protection(actor, person)
    row.lift_asked_by = None
    row.save(update_fields=["lift_asked_by"])
    record(actor, "protection.keep", kind="person", uid=person.uid)
    return str(person.uid)


@action("protection.lift")
def lift_protection(*, actor: Actor, person_uid: UUID) -> str:
    """The second of two: what was open before is open again; what was written since stays closed.

    Exclusions stay too: each is lifted by itself.
    """
    person = queries.person_by_uid(actor, person_uid, action="protection.lift", lock=True)
    row = _protection(actor, person)
    stop_if(rules_people.why_not_lift_protection(person.is_protected, row.lift_asked_by, actor.login_uid))
    lower_class(row.raised)
    row.lifted_by, row.lifted_at = actor.login_uid, actor.now
    row.save(update_fields=["lifted_by", "lifted_at"])
    person.refresh_from_db()
    person.is_protected = False
    if person.sensitivity >= Sensitivity.SAFETY:
        person.sensitivity = person_sensitivity(person.birth_on, actor.today)
    person.save(update_fields=["is_protected", "sensitivity"])
    record(actor, "protection.lift", kind="person", uid=person.uid)
    return str(person.uid)


def _protection(actor: Actor, person: Person) -> Protection:
    """The protection in force; one is written where the record was protected without."""
    row = Protection.objects.select_for_update().filter(person=person, lifted_at__isnull=True).first()
    if row is None:
        stop_if(rules_people.why_not_lift_protection(person.is_protected, actor.login_uid, None))
        row = Protection.objects.create(created_at=actor.now, person=person, why="", made_by=None)
    return row
