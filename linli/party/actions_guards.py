"""How what is known of a person is guarded, in every table at once: its class, its household, whose it is.

The guard of a row (place, class, person, household) is `core`'s and the same in all tables, so that one
filter serves every list; here it is changed for all of them in one transaction, whatever block a table
belongs to. What the rows mean is their blocks' business and stays untouched.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Q

from linli.core.decide import Sensitivity
from linli.core.models import Guarded
from linli.party.models import Household, Person


def guarded_tables() -> Iterator[Any]:
    """Every table whose rows carry a guard."""
    return (model for model in apps.get_models() if issubclass(model, Guarded))


def raise_class(person: Person) -> dict[str, dict[str, int]]:
    """All rows about a person become safety-critical; gives the class each had before."""
    raised: dict[str, dict[str, int]] = {}
    for model in guarded_tables():
        rows = model._default_manager.filter(_about(person.uid)).filter(sensitivity__lt=Sensitivity.SAFETY)
        if had := dict(rows.values_list("pk", "sensitivity")):
            raised[model._meta.label_lower] = {str(pk): level for pk, level in had.items()}
            rows.update(sensitivity=Sensitivity.SAFETY)
    return raised


def lower_class(raised: dict[str, dict[str, int]]) -> None:
    """Give back the class rows had; what was written since keeps the higher one."""
    for label, had in raised.items():
        for level in sorted(set(had.values())):
            pks = [int(pk) for pk, each in had.items() if each == level]
            apps.get_model(label)._default_manager.filter(pk__in=pks).update(sensitivity=level)


def move_household(person: Person, home: Household | None) -> None:
    """The person lives in another household from now on, and so do the rows about the person."""
    before = person.household
    person.household, person.household_uid = home, home.uid if home else None
    person.save(update_fields=["household", "household_uid"])
    for model in guarded_tables():
        if model not in (Person, Household):
            model._default_manager.filter(subject_uid=person.uid).update(household_uid=person.household_uid)
    recount(before, home)


def recount(*homes: Household | None) -> None:
    """How many live in a household, after somebody came or went."""
    for home in homes:
        if home is not None:
            size = Person.objects.filter(household=home, merged_into__isnull=True).count()
            Household.objects.filter(pk=home.pk).update(size=size)


def _about(uid: UUID) -> Q:
    return Q(uid=uid) | Q(subject_uid__isnull=False, subject_uid=uid)
