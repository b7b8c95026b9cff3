"""The demo's lists through the same actions and jobs as a user's upload, and who among the people found is who.

`person_no` is the world's number of a person; what was found is a `Person` of the product.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from linli.core import jobs
from linli.core.actor import Actor
from linli.core.models import Job
from linli.offer import actions as offers
from linli.party import actions as party
from linli.party import actions_imports as imports
from linli.party import actions_publish as publishing
from linli.party.models import ImportBatch, ImportRow, Login, Person, Tie
from linli.party.names import initials, pinyin
from linli.place import queries as places
from linli.web.demo import bulk, cast, truth
from linli.web.demo.history import History
from linli.web.demo.load_staff import Staff, opening
from linli.web.demo.pack import Pack
from linli.web.demo.sheets import DepartmentList
from linli.web.demo.world import World

IMPORTER = "zhouyining"
ASSIGNED_WHY, SUPERVISES_WHY = "responsible", "supervision"


def county_path(pack: Pack) -> str:
    """The path of the pack's county."""
    chain, places_by_code = [], {row["code"]: row for row in pack.places.to_pylist()}
    code = pack.county["code"]
    while code:
        chain.append(code)
        code = places_by_code[code]["parent"]
    return "".join(f"{part}/" for part in reversed(chain))


def import_lists(actor: Actor, world: World, sheets: list[DepartmentList], staff: Staff) -> ImportBatch:
    """Upload every list as the county's officer does, then do the two jobs this asks for; gives the import."""
    officer = staff.actor(IMPORTER, actor.now)
    uid = imports.upload_lists(
        actor=officer,
        operation_id=uuid4(),
        files={each.file: each.bytes() for each in sheets},
        place_path=county_path(world.pack),
        stated_on=world.on,
    )
    batch = ImportBatch.objects.get(uid=uid)
    _do(batch, actor.now)
    publishing.ask_confirm(actor=officer, operation_id=uuid4(), batch_uid=UUID(uid))
    batch.refresh_from_db()
    _do(batch, actor.now)
    batch.refresh_from_db()
    return batch


def _do(batch: ImportBatch, now: datetime) -> None:
    """The job an import waits for, here and now; whoever finds it in the queue later sees that it is done."""
    assert batch.job_uid is not None
    jobs.run_job(batch.job_uid, now)
    job = Job.objects.get(uid=batch.job_uid)
    if job.state != "done":
        raise RuntimeError(f"{job.name}: {job.state} {job.fault}")


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """What the import counted."""
    return {f"rows_{name}": batch.counts[name] for name in ("taken", "doubtful", "refused")} | {
        "people": batch.counts["people_new"],
        "facts": batch.counts["facts"],
    }


def found_people(actor: Actor, world: World, sheets: list[DepartmentList], batch: ImportBatch) -> dict[int, Person]:
    """person_no → the Person most of whose rows are about them. Those of the stories are always there."""
    at = {(row["file"], row["sheet"] or "", row["row"]): row["person_no"] for row in truth.records(sheets).to_pylist()}
    votes: dict[int, Counter[int]] = {}
    for file, sheet, row, person in ImportRow.objects.filter(batch=batch, person__isnull=False).values_list(
        "file", "sheet", "row_number", "person_id"
    ):
        number = at.get((file, sheet, row), at.get((file, "", row)))
        if number is not None:
            votes.setdefault(person, Counter())[number] += 1
    best: dict[int, tuple[int, int]] = {}
    for person, counted in sorted(votes.items()):
        number, rows = min(counted.items(), key=lambda each: (-each[1], each[0]))
        if rows > best.get(number, (0, 0))[0]:
            best[number] = (rows, person)
    people = {person.pk: person for person in Person.objects.filter(batch_uid=batch.uid)}
    found = {number: people[person] for number, (_, person) in best.items()}
    return found | _add_missing(actor, world, found)


def _add_missing(actor: Actor, world: World, found: Mapping[int, Person]) -> dict[int, Person]:
    """People of the stories whose rows no list told legibly: written down by the station."""
    wanted = {number: row for number, row in enumerate(cast.members(world.pack)) if number not in found}
    where = places.places_by_code(actor, {world.people["community_code"][number] for number in wanted})
    fresh = {
        number: Person(
            uid=(uid := uuid4()),
            created_at=actor.now,
            place_path=where[world.people["community_code"][number]].path,
            sensitivity=party.person_sensitivity(row["born"], actor.today),
            subject_uid=uid,
            name=row["name"],
            name_pinyin=pinyin(row["name"]),
            name_initials=initials(row["name"]),
            sex=row["sex"],
            birth_on=row["born"],
            birth_year=row["born"].year,
        )
        for number, row in wanted.items()
    }
    bulk.add(actor, list(fresh.values()))
    return fresh


def tell_who_is_who(actor: Actor, world: World, found: Mapping[int, Person], staff: Staff) -> None:
    """Join a login with the person it belongs to."""
    joined = []
    for row in world.pack.logins.to_pylist():
        if row["resident"]:
            login = staff.logins[row["username"]]
            login.person = found[world.cast[row["resident"]]]
            joined.append(login)
    bulk.change(actor, joined, ["person"])


def add_ties(actor: Actor, world: World, before: History, found: Mapping[int, Person], staff: Staff) -> int:
    """Who is responsible for whom, and who supervises that. The protected are their own worker's alone."""
    guarded = set(world.exclusions["protected_person_no"].to_pylist())
    ties = []
    for row in before.assignments.to_pylist():
        person = found.get(row["person_no"])
        if person is None:
            continue
        begun = opening(row["valid_from"], actor.today)
        ties.append(_tie(staff.logins[row["who"]], person, "assigned", ASSIGNED_WHY, begun))
        lead = staff.supervisor.get(row["who"])
        if lead and row["person_no"] not in guarded:
            ties.append(_tie(staff.logins[lead], person, "supervises", SUPERVISES_WHY, begun))
    bulk.add(actor, ties)
    return len(ties)


def _tie(login: Login, person: Person, kind: str, why: str, begun: datetime) -> Tie:
    return Tie(created_at=begun, login=login, about_uid=person.uid, kind=kind, starts_at=begun, why=why)


def import_offers(actor: Actor, pack: Pack, found: Mapping[int, Person]) -> dict[str, Any]:
    """The offers workbook, with the person behind each volunteer's offer where the stories name one."""
    rows = pack.offers.to_pylist()
    named = {member["name"]: number for number, member in enumerate(cast.members(pack))}
    behind = {
        row["offer_id"]: found[named[row["provider"]]].uid
        for row in rows
        if row["party"] == "志愿者" and row["provider"] in named
    }
    text = io.StringIO()
    out = csv.DictWriter(text, pack.offers.column_names, lineterminator="\n")
    out.writeheader()
    out.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    done: dict[str, Any] = offers.import_offers(
        actor=actor,
        operation_id=uuid4(),
        file_name="offers.csv",
        content=text.getvalue().encode(),
        place_path=county_path(pack),
        persons=behind,
    )
    return done
