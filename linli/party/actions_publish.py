"""Writes of imports from confirming on: staged rows become people, one row makes all visible, and takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Exists, OuterRef, Q, Subquery

from linli.core.acting import action, write_part
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.errors import stop_if
from linli.core.jobs import JobStopped, add_job
from linli.core.models import Row
from linli.core.notices import notify
from linli.engines.progress import Progress, silent
from linli.party import compute, queries, queries_facts, queries_imports, queries_person, rules_imports
from linli.party.actions import CHUNK, add_people
from linli.party.actions_choice import choose_for_import
from linli.party.actions_imports import as_uid, job_state_of, page_of, stop_if_asked
from linli.party.models import Fact, GroupStatus, Household, ImportBatch, ImportRow, Person, Tie


@action("person.import")
def ask_confirm(*, actor: Actor, batch_uid: UUID) -> str:
    """Say that a checked import shall be written; the writing is a job."""
    batch = queries_imports.own_import(actor, batch_uid, lock=True)
    _hold_hidden(batch)
    taken = queries_imports.rows_taken(batch).count()
    uncompared = queries_imports.rows_to_compare(batch).count()
    stop_if(
        rules_imports.why_not_busy(job_state_of(batch)) or rules_imports.why_not_confirm(batch.state, taken, uncompared)
    )
    batch.job_uid = add_job(actor, "party.confirm_import", batch_uid=str(batch.uid))
    batch.save(update_fields=["job_uid"])
    record(actor, "person.import", kind="import", uid=batch.uid, step="confirmed", rows=taken)
    return str(batch.uid)


def confirm_import(
    *, actor: Actor, operation_id: UUID, batch_uid: UUID | str, work: Progress = silent
) -> dict[str, Any]:
    """Write the people of a checked import in chunks nobody sees, then make the whole visible by one row."""
    batch = queries_imports.import_by_uid(actor, as_uid(batch_uid))
    if batch.state == "visible":
        choose_for_import(actor, batch, work)
        return {"batch": str(batch.uid), **batch.counts}
    if batch.state == "importing":
        _start_over(actor, batch)
    _begin(actor=actor, operation_id=uuid4(), batch_uid=batch.uid)
    try:
        work("resolve")
        rows = list(queries_imports.rows_to_import(batch))
        drafts = _drafts(actor, batch, rows)
        unseen = _drafts(actor, batch, list(queries_imports.rows_unseen(batch))).persons
        existing = {row.cluster: row.person_id for row in rows if row.person_id}
        tied = _tied(actor, batch, rows, existing) if rows else {}
        add_people(actor=actor, drafts=drafts, batch=batch, rows=rows, existing=existing, tied=tied, work=work)
        facts = sum(len(draft.facts) for draft in unseen)
        given = {"batch_uid": batch.uid, "unseen_people": len(unseen), "unseen_facts": facts}
        counts = dict(_publish(actor=actor, operation_id=operation_id, **given))
    except JobStopped:
        if queries_imports.import_by_uid(actor, batch.uid).job_uid == batch.job_uid:  # else another has taken over
            _start_over(actor, batch)
            _end_stopped(actor=actor, operation_id=uuid4(), batch_uid=batch.uid)
        raise
    choose_for_import(actor, batch)  # no longer to be stopped: everybody sees the import
    return counts


def _tied(actor: Actor, batch: ImportBatch, rows: list[ImportRow], existing: Mapping[str, int]) -> dict[str, int]:
    """The newcomers whom the lists tie to somebody here, and the household they come to."""
    records, clusters = compute.staged_records(batch, rows)
    apart = queries_imports.people_closed_to_maker(batch).values()
    return queries_facts.homes_tied_to(actor, batch.place_path, records, clusters, existing, list(apart))


def _drafts(actor: Actor, batch: ImportBatch, rows: list[ImportRow]) -> compute.Drafts:
    if not rows:
        return compute.Drafts([], {})
    records, clusters = compute.staged_records(batch, rows)
    return compute.draft_people(actor, records, clusters, batch.place_path, batch.stated_on or actor.today)


def _hold_hidden(batch: ImportBatch) -> None:
    """What changed since rows were compared: who is protected now is met by no row; who is closed is no likeness."""
    protected = queries.protected_people()
    closed = {str(uid) for uid in queries_imports.people_closed_to_maker(batch)}
    met = Q(person__in=protected.values()) | ~Q(candidates=[])
    changed, clusters = [], {}
    for row in ImportRow.objects.filter(met, batch=batch, held_for__isnull=True).select_related("person"):
        people = {UUID(each["person"]) for each in row.candidates} | ({row.person.uid} if row.person else set())
        row.candidates = [each for each in row.candidates if each["person"] not in closed]
        if row.decision == "ask" and not row.candidates:
            row.decision, row.cluster = "", rules_imports.whole(row.cluster)
        if guarded := people & protected.keys():
            row.held_for_id, row.person, row.candidates = min(protected[uid] for uid in guarded), None, []
            row.decision = row.decision if row.decision == "hold" else ""
            clusters[rules_imports.whole(row.cluster)] = row.held_for_id
        changed.append(row)
    columns = ["held_for", "person", "candidates", "decision", "cluster"]
    ImportRow.objects.bulk_update(changed, columns, batch_size=CHUNK)
    for cluster, person_id in clusters.items():
        if cluster:
            one = Q(cluster=cluster) | Q(cluster__startswith=rules_imports.asked(cluster, ""))
            ImportRow.objects.filter(one, batch=batch).update(held_for=person_id, person=None)


@action("person.import")
def _end_stopped(*, actor: Actor, batch_uid: UUID) -> str:
    """Writing was stopped and taken back: the import stands where it stood before confirming."""
    batch = queries_imports.import_by_uid(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_move(batch.state, "checked"))
    batch.state = "checked"
    batch.save(update_fields=["state"])
    record(actor, "person.import", kind="import", uid=batch.uid, step="stopped")
    return str(batch.uid)


def _start_over(actor: Actor, batch: ImportBatch) -> None:
    """Take away what an interrupted writing left; nobody has seen it."""
    for model in (Fact, GroupStatus, Person, Household):
        while rows := list(model.objects.filter(batch_uid=batch.uid).only("pk", "uid")[:CHUNK]):
            write_part(
                actor,
                batch.job_uid or batch.uid,
                "person.import.taken_away",
                kind="import",
                content=[row.uid for row in rows],
                write=partial(_taken_away, model, rows),
            )


def _taken_away(model: type[Row], rows: Sequence[Row]) -> Sequence[Row]:
    model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return rows


@action("person.import")
def _begin(*, actor: Actor, batch_uid: UUID) -> str:
    batch = queries_imports.import_by_uid(actor, batch_uid, lock=True)
    _hold_hidden(batch)
    taken = queries_imports.rows_taken(batch).count()
    stop_if(rules_imports.why_not_confirm(batch.state, taken))
    batch.state = "importing"
    batch.save(update_fields=["state"])
    record(actor, "person.import", kind="import", uid=batch.uid, step="importing", rows=taken)
    return str(batch.uid)


@action("person.import")
def _publish(*, actor: Actor, batch_uid: UUID, unseen_people: int, unseen_facts: int) -> dict[str, Any]:
    """One row changes state and everybody sees the import. Whom its maker may not know counts as somebody new."""
    batch = queries_imports.import_by_uid(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_move(batch.state, "visible"))
    stop_if_asked(batch)
    rows = ImportRow.objects.filter(batch=batch)
    met = queries_imports.people_met(batch)
    known = met.exclude(pk__in=queries_imports.people_closed_to_maker(batch).values()).count()
    made = Person.objects.filter(batch_uid=batch.uid).count()
    batch.counts |= {
        "people_new": made + unseen_people + met.count() - known,
        "people_known": known,
        "rows_in": queries_imports.rows_taken(batch).count(),
        "rows_held": rows.filter(decision__in=("hold", "ask")).exclude(outcome="refused").count(),
        "facts": Fact.objects.filter(batch_uid=batch.uid).count() + unseen_facts,
    }
    batch.state, batch.confirmed_at = "visible", actor.now
    batch.save(update_fields=["state", "counts", "confirmed_at"])
    record(actor, "person.import", kind="import", uid=batch.uid, step="visible", **batch.counts)
    notify(actor, [batch.maker_uid], "party.import_done", link=page_of(batch), **batch.counts)
    for person in Person.objects.filter(pk__in=rows.filter(held_for__isnull=False).values("held_for")):
        told = [login.uid for login in queries_person.keepers(actor, person)]
        notify(actor, told, "party.row_held", link=f"/people/{person.uid}/held/")
    return {"batch": str(batch.uid), **batch.counts}


def choose_again(*, actor: Actor, batch_uid: UUID | str, work: Progress = silent) -> None:
    """After an import was taken back: what counts of people known before it is what the other lists say."""
    choose_for_import(actor, queries_imports.import_by_uid(actor, as_uid(batch_uid)), work)


@action("person.import")
def withdraw_import(*, actor: Actor, batch_uid: UUID) -> str:
    """Take a whole import back: one row changes state and all it brought is out of sight.

    Whom another list names, and who is in somebody's care, stays. What counts of those known before is chosen again by
    a job.
    """
    batch = queries_imports.import_by_uid(actor, batch_uid, lock=True)
    stop_if(rules_imports.why_not_withdraw(batch.state, batch.confirmed_at, actor.now))
    batch.state, batch.withdrawn_at = "withdrawn", actor.now
    batch.save(update_fields=["state", "withdrawn_at"])
    stay = _leave_with_others(batch)
    add_job(actor, "party.choose_facts", batch_uid=str(batch.uid))
    record(actor, "person.import", kind="import", uid=batch.uid, step="withdrawn", stay=stay)
    return str(batch.uid)


def _leave_with_others(batch: ImportBatch) -> int:
    """Who of a withdrawn import stays, and their households: whom another list names, and who is in somebody's care.

    The former are that list's from now on; the latter (protected, tied to a login, written about by hand) no list's.
    """
    brought = Person.objects.filter(batch_uid=batch.uid)
    seen = ImportBatch.objects.filter(state="visible").values("uid")
    standing = Fact.objects.filter(person=OuterRef("pk"), withdrawn_at__isnull=True).order_by("pk")
    said = standing.filter(batch_uid__in=seen)
    stay = brought.filter(Exists(said)).update(batch_uid=Subquery(said.values("batch_uid")[:1]))
    tied = Tie.objects.filter(about_uid=OuterRef("uid"), ends_at__isnull=True)
    cared = Q(is_protected=True) | Exists(standing.filter(batch_uid__isnull=True)) | Exists(tied)
    stay += brought.filter(cared).update(batch_uid=None)
    living = queries.shown(Person.objects.filter(household=OuterRef("pk"))).order_by("pk")
    homes = Household.objects.filter(batch_uid=batch.uid).filter(Exists(living))
    homes.update(batch_uid=Subquery(living.values("batch_uid")[:1]))
    return stay
