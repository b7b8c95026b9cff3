"""Rows to engines and back: reading an upload, matching it with the people already here, drafting people.

Nothing is written here. Reading happens in a limited child process; linking in this one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from linli.core.actor import Actor
from linli.core.errors import BadInput
from linli.core.limited import in_child
from linli.core.sealed import data_key
from linli.engines import lists
from linli.engines.errors import Fault
from linli.party import queries, queries_imports, reading
from linli.party.fields import FEN, FIELDS, MONEY_FIELDS, VALUE_WORDS
from linli.party.models import ImportBatch, ImportRow
from linli.place import queries as places

if TYPE_CHECKING:
    import pyarrow as pa


HERE = "在册"
# Faults of a row, and states of its number, that leave in doubt who it is about.
IDENTITY_DOUBTS, DOUBTFUL_STATES = ("id_", "birth", "name", "card_id"), frozenset({"doubtful", "masked", "old15"})
# Beside a single value, so that the reader of rows has a row to read.
SOMEBODY, ANY_DAY = "某某", "1950-01-01"


def read_upload(
    actor: Actor,
    files: Mapping[str, bytes],
    columns: Sequence[Mapping[str, str | None]] | None,
    on: date,
    corrections: reading.Corrections | None = None,
) -> reading.Upload:
    """Read files in a limited child. `columns`: per sheet, column index → field as the user corrected it."""
    regions = places.region_codes(actor)
    upload = in_child(reading.read, dict(files), columns, on, regions, dict(corrections or {}))
    if isinstance(upload, reading.Upload):
        return upload
    raise BadInput("party.file_unreadable", faults=[fault.as_dict() for fault in upload])


def returned_workbook(actor: Actor, batch: ImportBatch, files: Mapping[str, bytes], lang: str) -> bytes:
    """The senders' sheets with the rows that have faults, cells marked, reason and cure beside; made in a child.

    Of rows about people closed to the maker since nothing comes back.
    """
    columns = [{str(column["index"]): column["field"] for column in sheet["columns"]} for sheet in batch.layouts]
    on = batch.stated_on or actor.today
    outcomes = ("refused", "doubtful")
    corrections = queries_imports.corrected_cells(batch)
    without = queries_imports.places_closed_since(batch)
    regions = places.region_codes(actor)
    return in_child(reading.marked, dict(files), columns, on, regions, outcomes, lang, corrections, without)


def read_row_again(
    actor: Actor, batch: ImportBatch, row: ImportRow, cells: Sequence[str], lost: frozenset[int]
) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """One staged row read again with its cells as they are now: the record (None: refused) and the faults."""
    layouts = [_layout(sheet) for sheet in batch.layouts]
    place = (row.file, row.sheet, row.row_number)
    on, regions = batch.stated_on or actor.today, places.region_codes(actor)
    record, faults = reading.read_row(layouts, place, cells, lost, on, regions)
    if record is not None:
        record["unique_id"] = row.record_id
    return record, [fault.as_dict() for fault in faults]


@dataclass(frozen=True)
class Value:
    """One value as it is kept; how exact a date is; what is wrong with what was typed. Empty: it cannot be read."""

    text: str
    precision: str = ""
    faults: tuple[Fault, ...] = ()


def read_value(actor: Actor, field_name: str, text: str) -> Value:
    """One typed value, read as the lists' reader reads a cell; codes and yuan by themselves."""
    if field_name in VALUE_WORDS:
        return Value(text if text in VALUE_WORDS[field_name] else "")
    if field_name in MONEY_FIELDS:
        return Value(_fen(text))
    heads = ["name"] if field_name == "name" else ["name", field_name]
    cells = [text] if field_name == "name" else [SOMEBODY, text]
    if field_name not in ("birth_on", "id_no"):  # a row without date and number is no person's
        heads, cells = [*heads, "birth_on"], [*cells, ANY_DAY]
    columns = tuple(lists.Column(index, name, name, 1.0, "by_hand") for index, name in enumerate(heads))
    layout = lists.Layout("", "", (), 1, columns)
    regions = places.region_codes(actor)
    record, faults = reading.read_row([layout], ("", "", 1), cells, frozenset(), actor.today, regions)
    value = (record or {}).get(field_name)
    precision = (record or {}).get("birth_precision") or "" if field_name == "birth_on" else ""
    return Value("" if value is None or faults else str(value), precision, faults)


def _fen(text: str) -> str:
    try:
        amount = Decimal(text.replace(",", "").strip()) * FEN
    except InvalidOperation:
        return ""
    return str(int(amount)) if amount.is_finite() and 0 <= amount == amount.to_integral_value() < 10**12 else ""


def _layout(sheet: Mapping[str, Any]) -> lists.Layout:
    """A sheet's stored layout as the engine's own object again."""
    columns = tuple(
        lists.Column(c["index"], c["heading"], c["field"], 1.0, c["why"], rank=c.get("rank", 0), code=c.get("code", ""))
        for c in sheet["columns"]
    )
    return lists.Layout(sheet["file"], sheet["sheet"], (), 1, columns, tuple(sheet["groups"]), sheet["title"])


@dataclass(frozen=True)
class Match:
    """Where a record belongs: an existing person, or a new one named by `cluster`; and who it resembles.

    `part`: records of one cluster with the same part are certainly one person.
    """

    person_uid: UUID | None
    cluster: str
    part: str
    probability: float
    candidates: tuple[dict[str, Any], ...] = ()


def match_records(actor: Actor, records: pa.Table, place_path: str) -> dict[str, Match]:
    """For each record of an upload, the person it belongs to. Doubtful likenesses become candidates.

    Only a certain likeness makes a record somebody here: what linkage itself wants looked at, what certain pairs do not
    lead to, and a row that is in doubt about who it is are asked.
    """
    import pyarrow as pa

    from linli.engines import linkage

    here = people_as_records(actor, place_path, records.schema)
    together = pa.concat_tables([records, here], promote_options="permissive")
    result = linkage.link(together)
    known = set(here.column("unique_id").to_pylist())
    certain = dict(zip(result.links["unique_id"].to_pylist(), result.certain.to_pylist(), strict=True))
    clusters: dict[str, list[tuple[str, float]]] = {}
    for row in result.links.to_pylist():
        clusters.setdefault(row["person_id"], []).append((row["unique_id"], row["probability"]))
    review = result.review.to_pylist()
    likely, weakest = _candidates(review, known), _weakest(review, clusters)
    unsure = _unsure(records)
    matches: dict[str, Match] = {}
    for cluster, members in clusters.items():
        existing = [(uid, probability) for uid, probability in members if uid in known]
        for uid, probability in members:
            if uid in known:
                continue
            found = likely.get(uid, [])
            named = {one["person"] for one in found}
            held = {"probability": min((probability, *(sure for _, sure in existing)))} | weakest.get(cluster, {})
            several = [
                {"person": person, **held}
                for person in (one.removeprefix("person:") for one, _ in existing)
                if person not in named
            ]
            is_sure = all(certain[uid] == certain[one] for one, _ in existing)
            is_asked = len(existing) > 1 or not is_sure or uid in unsure or _is_among(existing, named)
            person = UUID(existing[0][0].removeprefix("person:")) if len(existing) == 1 and not is_asked else None
            asked = tuple([*found, *several] if is_asked else found)
            matches[uid] = Match(person, cluster, certain[uid], probability, asked)
    return matches | _asked_together(matches)


def _asked_together(matches: Mapping[str, Match]) -> dict[str, Match]:
    """Records that are certainly one person nobody knows for sure resemble whom any of them resembles."""
    parts: dict[str, list[str]] = {}
    for uid, match in matches.items():
        parts.setdefault(match.part, []).append(uid)
    found: dict[str, Match] = {}
    for uids in parts.values():
        if any(matches[uid].person_uid for uid in uids):
            continue
        likes: dict[str, dict[str, Any]] = {}
        for one in (one for uid in uids for one in matches[uid].candidates):
            known = likes.setdefault(one["person"], one)
            likes[one["person"]] = max(known, one, key=lambda like: like["probability"])
        found |= {uid: replace(matches[uid], candidates=tuple(likes.values())) for uid in uids}
    return found


def _is_among(existing: Iterable[tuple[str, float]], named: Collection[str]) -> bool:
    return any(uid.removeprefix("person:") in named for uid, _ in existing)


def _weakest(
    review: Iterable[Mapping[str, Any]], clusters: Mapping[str, Iterable[tuple[str, float]]]
) -> dict[str, dict[str, Any]]:
    """For clusters that weak pairs hold together, what is said of the weakest."""
    cluster_of = {uid: cluster for cluster, members in clusters.items() for uid, _ in members}
    found: dict[str, dict[str, Any]] = {}
    for pair in review:  # the likeliest come first
        if cluster_of[pair["a"]] == cluster_of[pair["b"]]:
            found[cluster_of[pair["a"]]] = {name: pair[name] for name in ("probability", "for", "against")}
    return found


def _unsure(records: pa.Table) -> set[str]:
    """Rows that are in doubt about who they are: never taken for somebody here without a person saying so."""
    columns = (records.column(name).to_pylist() for name in ("unique_id", "id_state", "doubts"))
    return {
        uid
        for uid, state, doubts in zip(*columns, strict=True)
        if state in DOUBTFUL_STATES or any(code.startswith(IDENTITY_DOUBTS) for code in doubts or ())
    }


def _candidates(review: Iterable[Mapping[str, Any]], known: set[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for pair in review:
        for mine, other in ((pair["a"], pair["b"]), (pair["b"], pair["a"])):
            if mine not in known and other in known:
                found.setdefault(mine, []).append(
                    {
                        "person": other.removeprefix("person:"),
                        "probability": pair["probability"],
                        "for": pair["for"],
                        "against": pair["against"],
                    }
                )
    return found


def people_as_records(actor: Actor, place_path: str, schema: pa.Schema) -> pa.Table:
    """The people already here, in the shape of records, so that one engine compares all."""
    import pyarrow as pa

    rows = [
        {
            "unique_id": f"person:{person.uid}",
            "source": HERE,
            "file": HERE,
            "sheet": "",
            "name": person.name,
            "sex": person.sex,
            "birth_on": person.birth_on,
            "id_no": opened.get("id_no"),
            "phone": opened.get("phone"),
            "address": opened.get("address"),
            "region": person.place_path.rstrip("/").rsplit("/", 1)[-1],
        }
        for person, opened in queries.people_opened(actor, place_path)
    ]
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


@dataclass
class PersonDraft:
    """A person about to be written, with the facts lists state and the groups lists name."""

    uid: UUID
    values: dict[str, Any]
    place_path: str
    household: str
    facts: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    record_ids: list[str] = field(default_factory=list)


@dataclass
class Drafts:
    """Persons and households ready to write."""

    persons: list[PersonDraft]
    households: dict[str, dict[str, Any]]


def draft_people(actor: Actor, records: pa.Table, clusters: Mapping[str, str], place_path: str, on: date) -> Drafts:
    """One draft per cluster of records: chosen values, every stated fact with its source, groups, household."""
    import pyarrow as pa

    from linli.engines import linkage

    ids = records.column("unique_id").to_pylist()
    links = pa.table(
        {
            "unique_id": ids,
            "source": records.column("source").to_pylist(),
            "person_id": [clusters[uid] for uid in ids],
            "probability": [1.0] * len(ids),
            "why": [""] * len(ids),
        }
    )
    resolved = linkage.resolve(records, links, on=on)
    members: dict[str, list[str]] = {}
    for uid in ids:
        members.setdefault(clusters[uid], []).append(uid)
    rows = resolved.persons.to_pylist()
    where = places.resolve_places(
        actor, place_path, [(row.get("region"), row.get("place"), row.get("address")) for row in rows]
    )
    drafts = {
        row["person_id"]: PersonDraft(uuid4(), row, path, row.get("household_id") or "")
        for row, path in zip(rows, where, strict=True)
    }
    precision = dict(zip(ids, records.column("birth_precision").to_pylist(), strict=True))
    for fact in resolved.facts.to_pylist():
        if fact["field"] in FIELDS and fact["value"]:
            fact["precision"] = precision[fact["unique_id"]] if fact["field"] == "birth_on" else None
            drafts[fact["person_id"]].facts.append(fact)
    _add_groups(drafts, records, clusters)
    for cluster, uids in members.items():
        drafts[cluster].record_ids = uids
    households = {row["household_id"]: row for row in resolved.households.to_pylist()}
    return Drafts(list(drafts.values()), households)


def _add_groups(drafts: Mapping[str, PersonDraft], records: pa.Table, clusters: Mapping[str, str]) -> None:
    names = ["unique_id", "source", "groups", "group_from", "group_to", "disability_class", "disability_grade"]
    for row in records.select(names).to_pylist():
        for group in row["groups"] or ():
            detail = f"{row['disability_class'] or ''}/{row['disability_grade'] or ''}" if group == "PWD" else ""
            drafts[clusters[row["unique_id"]]].groups.append(
                {
                    "group": group,
                    "detail": detail.strip("/"),
                    "source": row["source"],
                    "starts_on": row["group_from"],
                    "ends_on": row["group_to"],
                }
            )


def staged_records(batch: ImportBatch, rows: Sequence[ImportRow]) -> tuple[pa.Table, dict[str, str]]:
    """The staged rows of an import as records again, and the cluster each belongs to."""
    import json

    import pyarrow as pa

    key = data_key(batch.uid)
    values = []
    for row in rows:
        row.__dict__["_data_key"] = key
        row.batch = batch
        values.append(json.loads(row.record))
    schema = lists.records_schema()
    typed = [{name: _typed(schema.field(name).type, value.get(name)) for name in schema.names} for value in values]
    return pa.Table.from_pylist(typed, schema=schema), {row.record_id: row.cluster for row in rows}


def _typed(kind: pa.DataType, value: Any) -> Any:
    """JSON gave dates as text; the records have them as dates."""
    import pyarrow as pa

    return date.fromisoformat(value[:10]) if value and pa.types.is_date(kind) and isinstance(value, str) else value
