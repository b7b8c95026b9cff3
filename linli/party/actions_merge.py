"""Two records found to be one person become one, and can be taken apart again.

All rows about the one who goes are sealed anew under the key of the one kept. The record that goes stays as a
pointer. Of guards the stricter wins: exclusions of both hold, on both, and a protected record is the one kept. Nobody
comes to read more by it: a tie goes over where its holder could read the record kept before, else it ends; a login
stays with its own record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.announce import announce
from linli.core.audit import record
from linli.core.decide import Sensitivity
from linli.core.errors import NotFound, stop_if
from linli.core.models import Guarded
from linli.core.sealed import SealedTextField, data_key
from linli.party import queries, queries_person, rules_people
from linli.party.actions_choice import choose_facts
from linli.party.actions_guards import guarded_tables, recount
from linli.party.models import Exclusion, Fact, Household, Login, Membership, Merge, Person, Protection, Tie

CARRIED = ("birth_on", "birth_year", "id_no", "id_no_masked", "phone", "phone_last4", "address", "relation", "died_on")
REACHING = frozenset({"phone", "phone_last4", "address"})


@action("person.merge")
def merge_people(*, actor: Actor, kept_uid: UUID, gone_uid: UUID, why: str) -> str:
    """Make one of two records: everything about `gone` is about `kept` from now on. Answers the merge's uid."""
    kept, gone = _both(actor, kept_uid, gone_uid)
    stop_if(queries_person.may_join(actor, kept, gone))
    stop_if(
        rules_people.why_not_merge(
            is_same_record=kept.pk == gone.pk,
            are_kept_apart=_kept_apart(kept, gone),
            gone_has_login=Login.objects.filter(person=gone).exists(),
            kept_protected=kept.is_protected,
            gone_protected=gone.is_protected,
        )
    )
    announce(actor, "person.merging", kept=kept, gone=gone)
    moved: dict[str, Any] = {"unchosen": _unchoose(kept, gone), "kept_protected": kept.is_protected}
    moved |= {"rows": _move_rows(gone, kept, None), "links": _move_links(gone, kept, None)}
    moved |= _move_relations(actor, gone, kept)
    moved["filled"] = _fill(kept, gone)
    gone.merged_into = kept
    gone.save(update_fields=["merged_into"])
    recount(kept.household, gone.household)
    merge = Merge.objects.create(
        created_at=actor.now, kept=kept, gone=gone, why=why, moved=moved, maker_uid=actor.login_uid
    )
    rows = sum(len(pks) for pks in moved["rows"].values())
    for uid in (kept.uid, gone.uid):
        record(actor, "person.merge", kind="person", uid=uid, kept=kept.uid, gone=gone.uid, why=why, rows=rows)
    return str(merge.uid)


@action("person.merge")
def split_people(*, actor: Actor, merge_uid: UUID) -> str:
    """They are two after all: what came over goes back; what was written since stays with the one kept."""
    merge = Merge.objects.select_for_update(of=("self",)).select_related("kept", "gone").filter(uid=merge_uid).first()
    if merge is None:
        raise NotFound()
    kept = queries.person_by_uid(actor, merge.kept.uid, action="person.merge", lock=True)
    gone = merge.gone
    stop_if(queries_person.may_join(actor, kept, kept))  # what came over from the other is part of it
    later = Merge.objects.filter(kept=kept, undone_at__isnull=True, pk__gt=merge.pk)
    stop_if(
        rules_people.why_not_split(
            is_undone=merge.undone_at is not None,
            is_last=not later.exists(),
            protected_since=kept.is_protected and not merge.moved["kept_protected"],
        )
    )
    moved = merge.moved
    gone.merged_into = None
    gone.save(update_fields=["merged_into"])
    _move_rows(kept, gone, moved["rows"])
    _move_links(kept, gone, moved["links"])
    Tie.objects.filter(pk__in=moved["ties"]).update(about_uid=gone.uid)
    for pk, ends_at in moved["ended"].items():  # but for what somebody has ended again since
        Tie.objects.filter(pk=pk, ends_at=merge.created_at).update(ends_at=ends_at)
    since = Exclusion.objects.filter(lifted_at__isnull=True, created_at__gt=merge.created_at)
    _hold_too(actor, since.filter(about_uid=kept.uid), about_uid=gone.uid)
    _hold_too(actor, since.filter(person=kept), person=gone)
    Fact.objects.filter(pk__in=moved["unchosen"], withdrawn_at__isnull=True).update(is_chosen=True)
    _empty(kept, gone, moved["filled"])
    recount(kept.household, gone.household)
    merge.undone_at, merge.undone_by = actor.now, actor.login_uid
    merge.save(update_fields=["undone_at", "undone_by"])
    choose_facts(actor, [kept.pk, gone.pk])  # lists may have said more since, of both
    for uid in (kept.uid, gone.uid):
        record(actor, "person.split", kind="person", uid=uid, kept=kept.uid, gone=gone.uid)
    return str(gone.uid)


def _both(actor: Actor, kept_uid: UUID, gone_uid: UUID) -> tuple[Person, Person]:
    """Both records under lock, always in the same order, so that two merges never wait for each other."""
    found = {
        uid: queries.person_by_uid(actor, uid, action="person.merge", lock=True) for uid in sorted({kept_uid, gone_uid})
    }
    return found[kept_uid], found[gone_uid]


def _kept_apart(kept: Person, gone: Person) -> bool:
    """Whether one of them must never see the other: then they are two, whatever they look like."""
    both = [kept.pk, gone.pk]
    named = Q(person__in=both) | Q(login__person__in=both)
    about = kept.facts().about | gone.facts().about
    return Exclusion.objects.filter(named, about_uid__in=about, lifted_at__isnull=True).exists()


def _unchoose(kept: Person, gone: Person) -> list[int]:
    """What counts for the one kept goes on counting; facts of the other count only where nothing was known."""
    known = Fact.objects.filter(person=kept, is_chosen=True).values("field")
    facts = Fact.objects.filter(person=gone, is_chosen=True, field__in=known)
    pks = list(facts.values_list("pk", flat=True))
    facts.update(is_chosen=False)
    return pks


def _move_rows(origin: Person, to: Person, only: Mapping[str, Iterable[int]] | None) -> dict[str, list[int]]:
    """Guarded rows about `origin` are about `to`, sealed anew under its key. `only`: table → rows; None: all."""
    keys = {person.uid: data_key(person.uid, make=True) for person in (origin, to)}
    moved: dict[str, list[int]] = {}
    for model in guarded_tables():
        label = model._meta.label_lower
        rows = model._default_manager.filter(subject_uid=origin.uid)
        if model in (Person, Household) or (only is not None and label not in only):
            continue
        for row in rows if only is None else rows.filter(pk__in=list(only[label])):
            _hand_over(row, origin, to, keys)
            moved.setdefault(label, []).append(row.pk)
    return moved


def _hand_over(row: Any, origin: Person, to: Person, keys: Mapping[UUID, bytes]) -> None:
    sealed = [f for f in row._meta.concrete_fields if isinstance(f, SealedTextField) and f.owner == "subject_uid"]
    row.__dict__["_data_key"] = keys[origin.uid]
    clear = {field.attname: getattr(row, field.attname) for field in sealed}
    row.__dict__["_data_key"] = keys[to.uid]
    row.subject_uid, row.household_uid, row.place_path = to.uid, to.household_uid, to.place_path
    if to.is_protected:
        row.sensitivity = Sensitivity.SAFETY
    for field in row._meta.concrete_fields:
        if field.related_model is Person and getattr(row, field.attname) == origin.pk:
            setattr(row, field.attname, to.pk)
    for name, text in clear.items():
        setattr(row, name, text)
    row.save()


def _move_links(origin: Person, to: Person, only: Mapping[str, Iterable[int]] | None) -> dict[str, list[int]]:
    """Rows without a guard that name `origin` (memberships, offers …) name `to`; what a login holds by it stays."""
    moved: dict[str, list[int]] = {}
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if issubclass(model, Guarded) or model in (Merge, Protection, Login, Exclusion):
            continue
        name = f"{model._meta.label_lower}.{relation.field.name}"
        rows = model._default_manager.filter(**{relation.field.name: origin})
        if model is Membership:
            rows = rows.filter(login__isnull=True)
        if only is not None:
            rows = rows.filter(pk__in=list(only.get(name, ())))
        if pks := list(rows.values_list("pk", flat=True)):
            model._default_manager.filter(pk__in=pks).update(**{relation.field.name: to})
            moved[name] = pks
    return moved


def _move_relations(actor: Actor, gone: Person, kept: Person) -> dict[str, Any]:
    """Who is responsible and who is kept away. A tie that would open more than its holder could read before ends."""
    ties = Tie.objects.filter(about_uid=gone.uid).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=actor.now))
    over: list[int] = []
    ended: dict[int, str | None] = {}
    for tie in ties.select_related("login__person"):
        if _reads_all(actor, tie.login, kept):
            over.append(tie.pk)
        else:
            ended[tie.pk] = tie.ends_at.isoformat() if tie.ends_at else None
    Tie.objects.filter(pk__in=list(ended)).update(ends_at=actor.now)
    Tie.objects.filter(pk__in=over).update(about_uid=kept.uid)
    about = {gone.uid} if gone.household_uid in (None, kept.household_uid) else {gone.uid, gone.household_uid}
    standing = Exclusion.objects.filter(lifted_at__isnull=True)
    _hold_too(actor, standing.filter(about_uid__in=about), about_uid=kept.uid)
    _hold_too(actor, standing.filter(person=gone), person=kept)
    return {"ties": over, "ended": ended}


def _reads_all(actor: Actor, login: Login, person: Person) -> bool:
    """Whether a login, at its best assured, may read the sensitive things of a person as things stand."""
    holder = queries.actor_of(login, now=actor.now, second_factor_at=actor.now, fresh_factor_at=actor.now)
    return bool(holder.decide("person.read", person.facts(), Sensitivity.SENSITIVE))


def _hold_too(actor: Actor, rows: QuerySet[Exclusion], **changed: Any) -> None:
    """Exclusions hold for the other record too, where none like it does; the first stay: lifting takes two people."""
    for row in rows:
        named = {"login": row.login, "person": row.person, "about_uid": row.about_uid} | changed
        if not Exclusion.objects.filter(**named, lifted_at__isnull=True).exists():
            Exclusion.objects.create(created_at=actor.now, why=row.why, made_by=row.made_by, **named)


def _fill(kept: Person, gone: Person) -> list[str]:
    """Columns the kept record lacks come from the other; the class never falls."""
    wanted = [name for name in CARRIED if not (kept.is_protected and name in REACHING)]
    filled = [name for name in wanted if not getattr(kept, name) and getattr(gone, name)]
    for name in filled:
        setattr(kept, name, getattr(gone, name))
    kept.sensitivity = max(kept.sensitivity, gone.sensitivity)
    kept.save()
    return filled


def _empty(kept: Person, gone: Person, filled: Iterable[str]) -> None:
    """Take back what came from the other, unless somebody has set it right since."""
    blank = Person()
    for name in filled:
        if getattr(kept, name) == getattr(gone, name):
            setattr(kept, name, getattr(blank, name))
    kept.save()
