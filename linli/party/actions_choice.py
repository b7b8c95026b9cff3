"""Which of several stated values counts, chosen anew whenever a list came or was taken back.

By the rule the lists themselves are resolved by (`queries_facts`). What somebody set right by hand stays on top; what
leads to a protected person is no list's to choose. The columns people are searched by follow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work
from linli.engines.progress import Progress, silent
from linli.party import queries, queries_facts
from linli.party.actions import CHUNK, person_sensitivity
from linli.party.fields import FIELDS, masked
from linli.party.models import Fact, Household, ImportBatch, Person
from linli.party.names import initials, pinyin

if TYPE_CHECKING:
    from linli.engines.linkage import Resolved

COLUMNS = {
    "name": ("name", "name_pinyin", "name_initials"),
    "sex": ("sex",),
    "birth_on": ("birth_on", "birth_year", "sensitivity"),
    "id_no": ("id_no", "id_no_index", "id_no_masked"),
    "relation": ("relation",),
    "phone": ("phone", "phone_index", "phone_last4"),
    "address": ("address",),
}
"""The columns of a person that follow a fact."""


def choose_for_import(actor: Actor, batch: ImportBatch, work: Progress = silent) -> None:
    """Choose again for everybody known before of whom an import that came or went says something."""
    said = Fact.objects.filter(batch_uid=batch.uid).values("person")
    known = Person.objects.filter(pk__in=said).exclude(batch_uid=batch.uid).order_by("pk")
    people = list(known.values_list("pk", flat=True))
    for start in range(0, len(people), CHUNK):
        work("choose", start, len(people))
        choose_facts(actor, people[start : start + CHUNK])
    _recount(Person.objects.filter(batch_uid=batch.uid, household__isnull=False))


def choose_facts(actor: Actor, people: Sequence[int], fields: Collection[str] = tuple(FIELDS)) -> None:
    """Choose again for these people (internal ids), a chunk at most; of `fields` only, where named."""
    persons = list(queries.shown(Person.objects.filter(pk__in=people)).order_by("pk"))
    if not persons:
        return
    said = queries_facts.stored(actor, persons, Q(person__in=persons))
    wanted = _wanted(queries_facts.resolved(actor, said), said)
    with unit_of_work():
        rows = Person.objects.select_for_update(of=("self",)).order_by("pk")
        held = {row.pk: row for row in rows.filter(pk__in=people)}
        closed = _closed(held)
        before = Fact.objects.filter(person__in=persons, is_chosen=True, withdrawn_at__isnull=True)
        old = {pk: (person, name) for pk, person, name in before.values_list("pk", "person_id", "field")}
        read = {fact.pk: (fact.person_id, fact.field) for fact in wanted}
        new = {pk: read[pk] for pk in _still_theirs(read)}
        free = {key for key in {*old.values(), *new.values()} if key[1] in fields} - closed
        gone = [pk for pk, key in old.items() if key in free and pk not in new]
        come = [pk for pk, key in new.items() if key in free and pk not in old]
        for chosen, pks in ((False, gone), (True, come)):
            for start in range(0, len(pks), CHUNK):
                Fact.objects.filter(pk__in=pks[start : start + CHUNK]).update(is_chosen=chosen)
        changed = {old[pk] for pk in gone} | {new[pk] for pk in come}
        _follow(actor, held, {read[fact.pk]: fact for fact in wanted if fact.pk in new}, changed)
        record(actor, "person.choose", kind="people", people=len(held), chosen=len(come), left=len(gone))


def _wanted(found: Resolved, said: queries_facts.Stored) -> list[Fact]:
    """The fact behind each chosen value."""
    chosen = found.facts.filter(found.facts["chosen"]).select(["unique_id", "field"]).to_pylist()
    keys = [(row["unique_id"], row["field"]) for row in chosen]
    return [said.facts[key] for key in keys if key in said.facts]


def _still_theirs(read: Mapping[int, tuple[int, str]]) -> list[int]:
    """Of facts read before the lock, those nobody withdrew or gave to another person meanwhile."""
    pks, found = list(read), []
    for start in range(0, len(pks), CHUNK):
        rows = Fact.objects.filter(pk__in=pks[start : start + CHUNK], withdrawn_at__isnull=True)
        found += [pk for pk, person in rows.values_list("pk", "person_id") if person == read[pk][0]]
    return found


def _closed(held: Mapping[int, Person]) -> set[tuple[int, str]]:
    """What no list chooses: fields set right by hand, and those that lead to a protected person."""
    by_hand = Fact.objects.filter(person__in=held, is_correction=True, is_chosen=True, withdrawn_at__isnull=True)
    leading = [field.code for field in FIELDS.values() if field.leads_to_person]
    guarded = [person.pk for person in held.values() if person.is_protected]
    return set(by_hand.values_list("person_id", "field")) | {(pk, name) for pk in guarded for name in leading}


def _follow(
    actor: Actor,
    held: Mapping[int, Person],
    wanted: Mapping[tuple[int, str], Fact],
    changed: Iterable[tuple[int, str]],
) -> None:
    """Write the columns of people of whom another value counts now, in one statement."""
    followed = [key for key in changed if key[1] in COLUMNS and key[0] in held]
    people = {pk: held[pk] for pk, _ in followed}
    keys = queries.keys_of(person.uid for person in people.values())
    for pk, name in followed:
        people[pk].__dict__["_data_key"] = keys[people[pk].uid]
        fact = wanted.get((pk, name))
        carry_over(actor, people[pk], name, (fact.value if fact else "") or "", fact.precision if fact else "")
    if people:
        columns = sorted({column for _, name in followed for column in COLUMNS[name]})
        Person.objects.bulk_create(
            people.values(), update_conflicts=True, unique_fields=["id"], update_fields=columns
        )  # not bulk_update: that writes sealed columns in the clear


def carry_over(actor: Actor, person: Person, field: str, value: str, precision: str) -> None:
    """Set the columns people are searched by to the value that counts; whoever asked saves the person.

    A protected person's phone and address stand in their facts alone.
    """
    if field == "name" and value:
        person.name, person.name_pinyin, person.name_initials = value, pinyin(value), initials(value)
    elif field == "sex":
        person.sex = value or "0"
    elif field == "birth_on":
        born = date.fromisoformat(value[:10]) if value else None
        person.birth_on = born if precision in ("", "day") else None
        person.birth_year = born.year if born else None
        person.sensitivity = max(person.sensitivity, person_sensitivity(born, actor.today))
    elif field == "id_no":
        person.id_no, person.id_no_masked = value or None, masked(value)
    elif field == "relation":
        person.relation = value[:20]
    elif field == "phone" and not person.is_protected:
        person.phone, person.phone_last4 = value or None, value[-4:]
    elif field == "address" and not person.is_protected:
        person.address = value or None


def _recount(homes: QuerySet[Person]) -> None:
    """How many live in households an import brought somebody to, or took somebody from."""
    ids = list(homes.order_by("household").distinct().values_list("household", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        with unit_of_work():
            living = queries.shown(Person.objects.filter(household__in=part)).order_by()
            sizes = dict(living.values_list("household").annotate(Count("pk")))
            rows = list(Household.objects.filter(pk__in=part).only("pk", "size"))
            for home in rows:
                home.size = sizes.get(home.pk, 0)
            Household.objects.bulk_update(rows, ["size"])
