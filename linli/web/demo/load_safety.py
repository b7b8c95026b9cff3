"""The violence case: who is protected, who is kept away, and the one place where the safe address stands.

Everything about the protected becomes class 4. They leave any household they shared with the excluded
person. The safe address is one sealed fact; it is in no list, offer, audit row or other column.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.db.models import Q

from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work
from linli.core.decide import Sensitivity
from linli.core.models import Guarded
from linli.party import actions_rights as rights
from linli.party.models import Fact, Household, Person
from linli.web.demo import bulk, cast
from linli.web.demo.load_staff import Staff, opening
from linli.web.demo.world import World

SAID_BY = "社工站"


def protect(actor: Actor, world: World, found: Mapping[int, Person], staff: Staff) -> None:
    """Guard the protected people of the world and all that is kept about them."""
    rows = world.exclusions.to_pylist()
    people = [found[row["protected_person_no"]] for row in rows]
    worker = cast.worker_of(world.pack)[rows[0]["protected_person_no"]]
    home = _own_household(actor, people)
    for person in people:
        person.is_protected, person.sensitivity = True, Sensitivity.SAFETY
        person.household, person.household_uid = home, home.uid
        person.address = None
    bulk.change(actor, people, ["is_protected", "sensitivity", "household", "household_uid", "address"])
    _raise(actor, people, home)
    _keep_safe_address(actor, people[0], rows[0])
    at = opening(rows[0]["valid_from"], actor.today - timedelta(days=1))
    watcher = staff.actor(worker, at)
    for about in (*(person.uid for person in people), home.uid):
        _exclude(watcher, about, rows[0], found, staff)


def _own_household(actor: Actor, people: list[Person]) -> Household:
    """A household of the protected alone, without an address."""
    home = Household(
        uid=uuid4(), created_at=actor.now, place_path=people[0].place_path, sensitivity=Sensitivity.SAFETY,
        number=f"P{people[0].pk}", size=len(people), batch_uid=people[0].batch_uid,
    )  # fmt: skip
    home.household_uid = home.uid
    bulk.add(actor, [home])
    return home


def _raise(actor: Actor, people: list[Person], home: Household) -> None:
    """All rows about them, in every table whose rows are guarded, become class 4 and follow the household."""
    uids = [person.uid for person in people]
    changed: dict[str, int] = {}
    with unit_of_work():
        for model in apps.get_models():
            if issubclass(model, Guarded):
                rows: Any = model._default_manager.filter(Q(subject_uid__in=uids) | Q(uid__in=uids))
                changed[model._meta.label_lower] = rows.update(sensitivity=Sensitivity.SAFETY, household_uid=home.uid)
        record(actor, "demo.protect", kind="person", people=len(uids), rows=changed)


def _keep_safe_address(actor: Actor, person: Person, told: Mapping[str, Any]) -> None:
    """What only the worker tied to her may open, after showing both factors afresh."""
    with unit_of_work():
        Fact.objects.filter(person=person, field__in=("address", "phone")).update(is_chosen=False)
        record(actor, "demo.protect", kind="person", uid=person.uid, step="facts")
    facts = []
    for field, value in (("address", told["safe_address"]), ("phone", told["safe_phone"])):
        fact = Fact(
            uid=uuid4(), created_at=actor.now, place_path=person.place_path, sensitivity=Sensitivity.SAFETY,
            subject_uid=person.uid, household_uid=person.household_uid, person=person, field=field,
            source=SAID_BY, is_chosen=True, stated_on=told["valid_from"],
        )  # fmt: skip
        fact.value = value
        facts.append(fact)
    bulk.add(actor, facts)


def _exclude(watcher: Actor, about: UUID, told: Mapping[str, Any], found: Mapping[int, Person], staff: Staff) -> None:
    rights.add_exclusion(
        actor=watcher,
        operation_id=uuid4(),
        about_uid=about,
        why=told["reason"],
        login_uid=staff.logins[told["excluded_username"]].uid,
        person_uid=found[told["excluded_person_no"]].uid,
    )
