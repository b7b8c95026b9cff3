"""Writes about people. One verb each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import models

from linli.core.acting import write_part
from linli.core.actor import Actor
from linli.core.decide import Sensitivity
from linli.core.sealed import make_data_keys
from linli.engines.progress import Progress, silent
from linli.party import compute, queries
from linli.party.fields import FIELDS, group_sensitivity, masked
from linli.party.models import Fact, GroupStatus, Household, ImportBatch, ImportRow, Person
from linli.party.names import initials, pinyin

CHUNK = 500
UNDER_FOURTEEN = 14


def add_people(
    *,
    actor: Actor,
    drafts: compute.Drafts,
    batch: ImportBatch,
    rows: Sequence[ImportRow],
    existing: Mapping[str, int],
    tied: Mapping[str, int] | None = None,
    work: Progress = silent,
) -> None:
    """Write drafted people, households, facts and group statuses under a batch that is not visible yet.

    `existing`: clusters that are somebody here. `tied`: clusters tied to somebody here → the household they join.
    Of people here nothing is chosen yet: `choose_for_import` does that once the batch is visible.
    """
    by_record = {row.record_id: row for row in rows}
    fresh = [d for d in drafts.persons if d.values["person_id"] not in existing]
    homes = _homes_joined(drafts, tied or {})
    homes |= _add_households(actor, drafts, [d for d in fresh if d.household not in homes], batch)
    for start in range(0, len(fresh), CHUNK):
        part = fresh[start : start + CHUNK]
        work("write", start, len(fresh))
        _write(actor, batch, "people", part, partial(_add_part, actor, part, homes, batch, by_record))
    known = [d for d in drafts.persons if d.values["person_id"] in existing]
    for start in range(0, len(known), CHUNK):
        part = known[start : start + CHUNK]
        _write(actor, batch, "facts", part, partial(_add_known, actor, part, existing, batch))


def _write(
    actor: Actor,
    batch: ImportBatch,
    kind: str,
    part: Sequence[compute.PersonDraft],
    write: Callable[[], Collection[models.Model]],
) -> None:
    """One chunk of an import. Taken back and begun anew, it is drafted anew under other uids, and so written anew."""
    content = [draft.uid for draft in part]
    write_part(actor, batch.job_uid or batch.uid, f"person.import.{kind}", kind="import", content=content, write=write)


def _add_part(
    actor: Actor,
    part: Sequence[compute.PersonDraft],
    homes: Mapping[str, Household],
    batch: ImportBatch,
    by_record: Mapping[str, ImportRow],
) -> list[models.Model]:
    keys = make_data_keys([draft.uid for draft in part])
    people = [_person(actor, draft, homes.get(draft.household), batch, keys[draft.uid]) for draft in part]
    Person.objects.bulk_create(people)
    said = _add_facts(actor, zip(part, people, strict=True), batch, keys)
    _note_rows(by_record, zip(part, people, strict=True))
    return [*people, *said]


def _add_known(
    actor: Actor, part: Sequence[compute.PersonDraft], existing: Mapping[str, int], batch: ImportBatch
) -> list[models.Model]:
    held = _as_they_are([existing[d.values["person_id"]] for d in part])
    pairs = [(draft, held[existing[draft.values["person_id"]]]) for draft in part]
    keys = queries.keys_of(person.uid for _, person in pairs)
    return _add_facts(actor, pairs, batch, keys, chosen=False)


def _as_they_are(ids: Sequence[int]) -> dict[int, Person]:
    """People here by internal id, as they stand now: protected since, perhaps, or found to be somebody else."""
    rows = Person.objects.select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows.filter(pk__in=ids)}
    while gone := {pk: row.merged_into_id for pk, row in found.items() if row.merged_into_id is not None}:
        kept = {row.pk: row for row in rows.filter(pk__in=set(gone.values()))}
        found |= {pk: kept[into] for pk, into in gone.items()}
    return found


def _homes_joined(drafts: compute.Drafts, tied: Mapping[str, int]) -> dict[str, Household]:
    """Drafted households one of whose people is tied to somebody here: theirs is the one that stands."""
    who = [draft for draft in reversed(drafts.persons) if draft.values["person_id"] in tied]
    wanted = {draft.household: tied[draft.values["person_id"]] for draft in who}
    found: dict[int, Household] = {}
    ids = sorted(set(wanted.values()))
    for start in range(0, len(ids), CHUNK):
        found |= Household.objects.in_bulk(ids[start : start + CHUNK])
    return {code: found[pk] for code, pk in wanted.items() if code}


def _add_households(
    actor: Actor, drafts: compute.Drafts, fresh: Iterable[compute.PersonDraft], batch: ImportBatch
) -> dict[str, Household]:
    paths: dict[str, str] = {}
    sizes: Counter[str] = Counter()
    for draft in fresh:
        if draft.household:
            paths.setdefault(draft.household, draft.place_path)
            sizes[draft.household] += 1
    made: dict[str, Household] = {}
    codes = list(paths)
    for start in range(0, len(codes), CHUNK):
        part = {
            code: Household(
                uid=uuid4(),
                created_at=actor.now,
                place_path=paths[code],
                batch_uid=batch.uid,
                number=f"H{batch.pk}-{start + index + 1}",
                size=sizes[code],
            )
            for index, code in enumerate(codes[start : start + CHUNK])
        }
        addresses = {code: drafts.households.get(code, {}).get("address") or None for code in part}
        write_part(
            actor,
            batch.job_uid or batch.uid,
            "person.import.households",
            kind="import",
            content=[home.uid for home in part.values()],
            write=partial(_add_homes, part, addresses),
        )
        made |= part
    return made


def _add_homes(part: Mapping[str, Household], addresses: Mapping[str, str | None]) -> list[Household]:
    keys = make_data_keys([home.uid for home in part.values()])
    for code, home in part.items():
        home.__dict__["_data_key"] = keys[home.uid]
        home.address = addresses[code]
        home.household_uid = home.uid
    return Household.objects.bulk_create(part.values())


def _person(actor: Actor, draft: compute.PersonDraft, home: Household | None, batch: ImportBatch, key: bytes) -> Person:
    values = draft.values
    born, phone, id_no = values.get("birth_on"), values.get("phone"), values.get("id_no")
    person = Person(
        uid=draft.uid,
        created_at=actor.now,
        place_path=draft.place_path,
        sensitivity=person_sensitivity(born, actor.today),
        subject_uid=draft.uid,
        household_uid=home.uid if home else None,
        household=home,
        maker_uid=actor.login_uid,
        batch_uid=batch.uid,
        name=values.get("name") or "",
        name_pinyin=pinyin(values.get("name") or ""),
        name_initials=initials(values.get("name") or ""),
        sex=values.get("sex") or "0",
        birth_on=born if values.get("birth_precision") in (None, "day") else None,
        birth_year=born.year if born else None,
        phone_last4=(phone or "")[-4:],
        id_no_masked=masked(id_no),
        relation=(values.get("relation") or "")[:20],
    )
    person.__dict__["_data_key"] = key
    person.id_no, person.phone, person.address = id_no or None, phone or None, values.get("address") or None
    return person


def person_sensitivity(born: date | None, today: date) -> Sensitivity:
    """Under fourteen is sensitive (PIPL article 28); an unknown birth date is not taken for a child's."""
    if (
        born is not None
        and (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < UNDER_FOURTEEN
    ):
        return Sensitivity.SENSITIVE
    return Sensitivity.PERSONAL


def _add_facts(
    actor: Actor,
    pairs: Iterable[tuple[compute.PersonDraft, Person]],
    batch: ImportBatch,
    keys: Mapping[UUID, bytes],
    *,
    chosen: bool = True,
) -> list[models.Model]:
    facts: list[Fact] = []
    statuses: list[GroupStatus] = []
    for draft, person in pairs:
        for stated in draft.facts:
            facts.append(_fact(actor, person, stated, batch, keys[person.uid], chosen=chosen))
        for group in draft.groups:
            statuses.append(_status(actor, person, group, batch))
    Fact.objects.bulk_create(facts, batch_size=CHUNK)
    GroupStatus.objects.bulk_create(statuses, batch_size=CHUNK)
    return [*facts, *statuses]


def _fact(
    actor: Actor, person: Person, stated: Mapping[str, Any], batch: ImportBatch, key: bytes, *, chosen: bool
) -> Fact:
    fact = Fact(
        uid=uuid4(),
        created_at=actor.now,
        place_path=person.place_path,
        sensitivity=_at_least(person, FIELDS[stated["field"]].sensitivity),
        subject_uid=person.uid,
        household_uid=person.household_uid,
        maker_uid=actor.login_uid,
        person=person,
        field=stated["field"],
        source=stated["source"],
        source_row=stated.get("unique_id") or "",
        batch_uid=batch.uid,
        is_chosen=chosen and bool(stated["chosen"]),
        doubt=stated.get("doubt") or "",
        stated_on=batch.stated_on,
        precision=stated.get("precision") or "",
    )
    fact.__dict__["_data_key"] = key
    fact.value = str(stated["value"])
    return fact


def _at_least(person: Person, sensitivity: Sensitivity) -> Sensitivity:
    """All that is known of a protected person is safety-critical, what came after the protection too."""
    return Sensitivity.SAFETY if person.is_protected else sensitivity


def _status(actor: Actor, person: Person, group: Mapping[str, Any], batch: ImportBatch) -> GroupStatus:
    return GroupStatus(
        uid=uuid4(),
        created_at=actor.now,
        place_path=person.place_path,
        sensitivity=_at_least(person, group_sensitivity(group["group"])),
        subject_uid=person.uid,
        household_uid=person.household_uid,
        maker_uid=actor.login_uid,
        person=person,
        group=group["group"],
        detail=group["detail"],
        source=group["source"],
        batch_uid=batch.uid,
        starts_on=group["starts_on"],
        ends_on=group["ends_on"],
    )


def _note_rows(by_record: Mapping[str, ImportRow], pairs: Iterable[tuple[compute.PersonDraft, Person]]) -> None:
    changed = []
    for draft, person in pairs:
        for record_id in draft.record_ids:
            row = by_record[record_id]
            row.person = person
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["person"], batch_size=CHUNK)
