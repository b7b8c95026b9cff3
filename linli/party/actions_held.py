"""Rows of a list that seem to be about a protected person: whoever may see the person says so, or says not."""

from __future__ import annotations

from uuid import UUID

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.errors import NotFound
from linli.party import compute, queries, queries_imports
from linli.party.actions import add_people
from linli.party.actions_choice import choose_facts
from linli.party.models import ImportRow


@action("person.write")
def settle_held_row(*, actor: Actor, person_uid: UUID, row_id: int, is_same: bool) -> str:
    """The row is about this person: its facts are added. Or about somebody else: a new person is written down."""
    person = queries.person_by_uid(actor, person_uid, action="person.write", lock=True)
    rows = ImportRow.objects.select_for_update(of=("self",)).select_related("batch")
    row = rows.filter(pk=row_id, held_for=person, batch__state="visible").first()
    if row is None:
        raise NotFound()
    batch = row.batch
    row.held_for, row.decision, row.cluster = None, "same" if is_same else "new", f"{queries_imports.HELD}{row.uid.hex}"
    row.person = person if is_same else None
    row.save(update_fields=["held_for", "decision", "cluster", "person"])
    records, clusters = compute.staged_records(batch, [row])
    drafts = compute.draft_people(actor, records, clusters, batch.place_path, batch.stated_on or actor.today)
    existing = {row.cluster: person.pk} if is_same else {}
    add_people(actor=actor, drafts=drafts, batch=batch, rows=[row], existing=existing)
    if is_same:
        choose_facts(actor, [person.pk])
    record(actor, "person.settle_row", kind="person", uid=person.uid, row=row.row_number, same=is_same)
    return str(person.uid)
