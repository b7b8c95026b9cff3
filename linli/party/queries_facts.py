"""What is written of people, fact by fact, as the records engines read, and what comes of it: one row per person.

Pages and `linli run` choose by one rule, `linkage.resolve`: the facts of one row of one list are put together to a
record again, and each person's records are resolved as those of one upload are. Two things only pages know stand above
it: a value set right by hand, and what is chosen today. What somebody sent of a person he must keep away from is not
heard. Nothing is written here; for programs, never for showing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db.models import Q

from linli.core.actor import Actor
from linli.core.sealed import data_keys
from linli.engines import lists
from linli.party.models import Exclusion, Fact, GroupStatus, ImportBatch, Login, Person
from linli.party.queries import shown
from linli.party.reading import DEMO_REGION
from linli.place import queries as places

if TYPE_CHECKING:
    import pyarrow as pa

    from linli.engines.linkage import Resolved

NOT_OF_PERSONS = frozenset(
    {"unique_id", "source", "file", "sheet", "row", "group_from", "group_to", "extra", "doubts", "member_names"}
)
TIES = frozenset({"name", "id_no", "household_no", "relation", "head_name", "head_id_no", "region", "address"})
"""The fields households are told by."""
OF_PERSON = ("name", "sex", "birth_on")
"""Columns of a person that stand where no list states the field."""
READ = (
    "uid", "person_id", "field", "value", "source", "source_row", "batch_uid", "is_chosen", "doubt", "stated_on",
    "is_correction", "precision",
)  # fmt: skip
R = TypeVar("R", Fact, GroupStatus)


@dataclass
class Stored:
    """Facts as records: whose each record is, the fact behind each of its fields, and what is chosen today."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    owner: dict[str, str] = field(default_factory=dict)
    facts: dict[tuple[str, str], Fact] = field(default_factory=dict)
    chosen: dict[tuple[str, str], Fact] = field(default_factory=dict)

    def tables(self) -> tuple[pa.Table, pa.Table]:
        """RECORDS and LINKS as linkage reads them."""
        import pyarrow as pa

        schema = lists.records_schema().append(pa.field("stated_on", pa.date32()))
        rows = [
            {name: typed(schema.field(name).type, value) for name, value in row.items()}
            for row in self.records.values()
        ]
        records = pa.Table.from_pylist(rows, schema=schema)
        ids = list(self.records)
        given = {
            "unique_id": ids,
            "source": records.column("source").to_pylist(),
            "person_id": [self.owner[uid] for uid in ids],
            "probability": [1.0] * len(ids),
            "why": [""] * len(ids),
        }
        return records, pa.table(given)


def stored(actor: Actor, people: Sequence[Person], within: Q, fields: frozenset[str] | None = None) -> Stored:
    """What is said of these people, of what is shown and stands. `within`: the same people, as facts are filtered.

    Of a list sent again under its name only the newest says something of a field; of a field set right by hand only
    that. `fields`: these alone, and no groups.
    """
    by_id = {person.pk: person for person in people}
    keys = data_keys([person.uid for person in people])
    unheard = _unheard(people)
    out = Stored()
    for person in people:
        _add(out, person, f"person:{person.uid}", "", None)
    for fact in _standing(within, fields, unheard):
        if fact.person_id not in by_id or by_id[fact.person_id].uid not in keys:
            continue
        person = by_id[fact.person_id]
        fact.__dict__["_data_key"] = keys[person.uid]
        if fact.is_chosen:
            out.chosen[str(person.uid), fact.field] = fact
        if not fact.value:
            continue
        record = _add(out, person, _record_of(fact), fact.source, fact.stated_on)
        record[fact.field] = fact.value
        out.facts[record["unique_id"], fact.field] = fact
        if fact.field == "birth_on":
            record["birth_precision"] = fact.precision or ("day" if person.birth_on else "year")
        if fact.doubt:
            record.setdefault("doubts", []).append(fact.doubt)
    _fill_from_columns(out, people)
    if fields is None:
        _add_groups(out, by_id, within, unheard)
    _say_id_states(actor, out)
    return out


def _unheard(people: Iterable[Person]) -> set[tuple[int, UUID | None]]:
    """Person and import, where who sent the lists had to keep away from the person already.

    What was sent before that counts on; an exclusion lifted, all is heard again.
    """
    about: dict[UUID, list[int]] = {}
    for person in people:
        for uid in person.facts().about:
            about.setdefault(uid, []).append(person.pk)
    rows = Exclusion.objects.filter(lifted_at__isnull=True).select_related("login")
    kept = _by_login([row for row in rows if row.about_uid in about])
    sent = ImportBatch.objects.filter(maker_uid__in=list(kept)).values_list("uid", "maker_uid", "created_at")
    return {
        (pk, batch)
        for batch, maker, at in (sent if kept else ())
        for row in kept[maker]
        if row.created_at <= at
        for pk in about[row.about_uid]
    }


def _by_login(rows: Sequence[Exclusion]) -> dict[UUID, list[Exclusion]]:
    """The logins that exclusions bite, named themselves or by their person."""
    bound: dict[int, list[UUID]] = {}
    persons = {row.person_id for row in rows if row.person_id is not None}
    for person_id, uid in Login.objects.filter(person__in=persons).values_list("person_id", "uid") if persons else ():
        bound.setdefault(person_id, []).append(uid)
    found: dict[UUID, list[Exclusion]] = {}
    for row in rows:
        for uid in [row.login.uid] if row.login else bound.get(row.person_id or 0, []):
            found.setdefault(uid, []).append(row)
    return found


def _standing(within: Q, fields: frozenset[str] | None, unheard: Container[tuple[int, UUID | None]]) -> list[Fact]:
    """Facts without what a correction took the place of, and without what a list said before it was sent again."""
    rows = shown(Fact.objects.filter(within, withdrawn_at__isnull=True).only(*READ))
    rows = rows.filter(field__in=fields) if fields else rows
    said = rows.order_by("id").iterator(chunk_size=2000)
    facts = [fact for fact in said if (fact.person_id, fact.batch_uid) not in unheard]
    by_hand = {(fact.person_id, fact.field) for fact in facts if fact.is_correction and fact.is_chosen}
    kept = [
        fact
        for fact in facts
        if (fact.is_chosen if fact.is_correction else (fact.person_id, fact.field) not in by_hand)
    ]
    return _newest(kept, lambda fact: (fact.person_id, fact.field, fact.source))


def _newest(rows: list[R], same: Callable[[R], Hashable]) -> list[R]:
    """Of rows that say the same thing for one source, those of its newest import."""
    batches = ImportBatch.objects.filter(state="visible").values_list("uid", "stated_on", "id")
    first = (date.min, 0)
    sent: dict[UUID | None, tuple[date, int]] = {uid: (on or date.min, number) for uid, on, number in batches}
    newest: dict[Hashable, tuple[date, int]] = {}
    for row in rows:
        newest[same(row)] = max(newest.get(same(row), first), sent.get(row.batch_uid, first))
    return [row for row in rows if sent.get(row.batch_uid, first) == newest[same(row)]]


def _record_of(fact: Fact) -> str:
    """The record a fact belongs to: the row of a list; by itself, what stands in none."""
    if not fact.source_row:
        return f"fact:{fact.pk}"
    return f"{fact.source_row}\x1f{fact.batch_uid or ''}\x1f{fact.source}\x1f{fact.person_id}"


def _add(out: Stored, person: Person, unique_id: str, source: str, stated_on: date | None) -> dict[str, Any]:
    record = out.records.get(unique_id)
    if record is None:
        record = {"unique_id": unique_id, "source": source, "stated_on": stated_on}
        out.records[unique_id], out.owner[unique_id] = record, str(person.uid)
    return record


def _fill_from_columns(out: Stored, people: Iterable[Person]) -> None:
    """People written down without facts still have a name, a sex and a birth date."""
    said = {(out.owner[record], name) for record, name in out.facts} | out.chosen.keys()
    for person in people:
        record = out.records[f"person:{person.uid}"]
        for name in OF_PERSON:
            value = getattr(person, name)
            if value and (str(person.uid), name) not in said:
                record[name] = value
        if "birth_on" in record:
            record["birth_precision"] = "day"


def _add_groups(
    out: Stored, by_id: Mapping[int, Person], within: Q, unheard: Container[tuple[int, UUID | None]]
) -> None:
    said = shown(GroupStatus.objects.filter(within)).order_by("id")
    rows = [status for status in said if (status.person_id, status.batch_uid) not in unheard]
    for status in _newest(rows, lambda row: (row.person_id, row.group, row.source)):
        if person := by_id.get(status.person_id):
            record = _add(out, person, f"group:{status.pk}", status.source, None)
            record |= {"groups": [status.group], "group_from": status.starts_on, "group_to": status.ends_on}


def _say_id_states(actor: Actor, out: Stored) -> None:
    """What a number is by itself, and doubtful where the same row gives another birth date."""
    records = [record for record in out.records.values() if record.get("id_no")]
    regions = places.region_codes(actor) if records else None
    states = lists.id_states([record["id_no"] for record in records], actor.today, regions, DEMO_REGION)
    for record, state in zip(records, states, strict=True):
        against = "birth_id_mismatch" in record.get("doubts", ())
        record["id_state"] = "doubtful" if state == "valid" and against else state


def resolved(actor: Actor, said: Stored) -> Resolved:
    """Persons and facts as linkage resolves them."""
    from linli.engines import linkage

    records, links = said.tables()
    return linkage.resolve(records, links, on=actor.today)


def people_table(actor: Actor, place_path: str) -> pa.Table:
    """PERSONS: every visible person of a place with the values that count, groups, household and conflicts.

    Only for programs that screen people for help; what comes of it is guarded row by row. A household is the one
    written down together with whom the lists tie to it, but for the protected: theirs is only what is written.
    """
    import pyarrow as pa

    from linli.engines import linkage

    people = list(shown(Person.objects.filter(place_path__startswith=place_path)).order_by("id"))
    said = stored(actor, people, Q(person__place_path__startswith=place_path))
    schema = _persons_schema()
    if not people:
        return schema.empty_table()
    rows = {row["person_id"]: row for row in resolved(actor, said).persons.select(schema.names).to_pylist()}
    for (uid, name), fact in said.chosen.items():
        # Free words of several lists stand together; one of them chosen would silence 已去世 in another.
        if uid in rows and name in schema.names and name not in linkage.TOLD_TOGETHER:
            rows[uid][name] = typed(schema.field(name).type, fact.value)
    homes = _homes(people, {uid: row["household_id"] for uid, row in rows.items()})
    for uid, row in rows.items():
        row["household_id"] = homes[uid]
    return pa.Table.from_pylist(list(rows.values()), schema=schema)


def _persons_schema() -> pa.Schema:
    import pyarrow as pa

    records = lists.records_schema()
    fields = [records.field(name) for name in records.names if name not in NOT_OF_PERSONS]
    fields += [pa.field(name, pa.string()) for name in ("person_id", "household_id", "group_dates")]
    return pa.schema([*fields, pa.field("conflicts", pa.list_(pa.string()))])


def _homes(people: Iterable[Person], stated: Mapping[str, str]) -> dict[str, str]:
    """The household each person is judged in: those written down and those the lists tell, joined where they meet."""
    leader: dict[str, str] = {}

    def find(home: str) -> str:
        while (up := leader.get(home, home)) != home:
            home = up
        return home

    written = {str(person.uid): str(person.household_uid or person.uid) for person in people}
    alone = {str(person.uid) for person in people if person.is_protected}
    for uid, home in written.items():
        if uid not in alone:
            one, other = sorted((find(f"~{stated[uid]}"), find(home)))
            leader[other] = one
    return {uid: home if uid in alone else find(home) for uid, home in written.items()}


def homes_tied_to(
    actor: Actor,
    place_path: str,
    records: pa.Table,
    clusters: Mapping[str, str],
    people: Mapping[str, int],
    apart: Collection[int],
) -> dict[str, int]:
    """For clusters of records, the household of somebody here whom the lists tie them to: its internal id.

    `people`: cluster → the person here it is. Nobody is put with the protected, nor with those in `apart`.
    """
    import pyarrow as pa

    from linli.engines import linkage

    here = shown(Person.objects.filter(place_path__startswith=place_path, is_protected=False, household__isnull=False))
    rows = {str(person.uid): person for person in here.exclude(pk__in=apart).order_by("id")}
    if not rows:
        return {}
    known, links = stored(actor, list(rows.values()), Q(person__place_path__startswith=place_path), TIES).tables()
    uid_of = {person.pk: uid for uid, person in rows.items()}
    ids = records.column("unique_id").to_pylist()
    named = {cluster: uid_of.get(people.get(cluster, 0), cluster) for cluster in clusters.values()}
    given = {
        "unique_id": ids, "source": records.column("source").to_pylist(), "why": [""] * len(ids),
        "person_id": [named[clusters[uid]] for uid in ids], "probability": [1.0] * len(ids),
    }  # fmt: skip
    together = linkage.resolve(
        pa.concat_tables([records, known], promote_options="default"),
        pa.concat_tables([pa.table(given).select(links.column_names), links]),
        on=actor.today,
    )
    persons = together.persons.select(["person_id", "household_id"]).to_pylist()
    home = {row["person_id"]: row["household_id"] for row in persons}
    lives_in = {uid: person.household_id for uid, person in reversed(rows.items()) if person.household_id}
    first = {home[uid]: written for uid, written in lives_in.items()}
    heads = {row["household_id"]: row["head_person_id"] for row in together.households.to_pylist()}
    first |= {told: lives_in[head] for told, head in heads.items() if head in lives_in}
    return {cluster: first[home[name]] for cluster, name in named.items() if home[name] in first}


def typed(kind: pa.DataType, value: Any) -> Any:
    """Facts are kept as text; engines want their types."""
    import pyarrow as pa

    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return value
    if pa.types.is_integer(kind):
        return int(float(value))
    if pa.types.is_boolean(kind):
        return value.lower() in ("true", "1")
    if pa.types.is_date(kind):
        return date.fromisoformat(value[:10])
    return value
