"""Two records found to be one person become one, and can be taken apart again.

All rows about the one who goes are sealed anew under the key of the one kept. The record that goes stays as a
pointer. Of guards the stricter wins: exclusions of both hold, and a protected record is the one kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.announce import announce
from linli.core.audit import record
from linli.core.decide import Sensitivity
from linli.core.errors import NotFound, stop_if
from linli.core.models import Guarded
from linli.core.sealed import SealedTextField, data_key
from linli.party import queries, rules_people
from linli.party.actions_guards import guarded_tables, recount
from linli.party.models import Exclusion, Fact, Household, Merge, Person, Protection, Tie

CARRIED = ("birth_on", "birth_year", "id_no", "id_no_masked", "phone", "phone_last4", "address", "relation", "died_on")
REACHING = frozenset({"phone", "phone_last4", "address"})


@action("person.merge")
def merge_people(*, actor: Actor, kept_uid: UUID, gone_uid: UUID, why: str) -> str:
    """Make one of two records: everything about `gone` is about `kept` from now on. Answers the merge's uid."""
    kept, gone = _both(actor, kept_uid, gone_uid)
    stop_if(
        rules_people.why_not_merge(
            is_same_record=kept.pk == gone.pk,
            are_kept_apart=_kept_apart(kept, gone),
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
    Exclusion.objects.filter(pk__in=moved["exclusions"]).update(about_uid=gone.uid)
    Fact.objects.filter(pk__in=moved["unchosen"], withdrawn_at__isnull=True).update(is_chosen=True)
    _empty(kept, gone, moved["filled"])
    recount(kept.household, gone.household)
    merge.undone_at, merge.undone_by = actor.now, actor.login_uid
    merge.save(update_fields=["undone_at", "undone_by"])
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
    """Rows without a guard that name `origin` (logins, offers, memberships …) name `to`."""
    moved: dict[str, list[int]] = {}
    for relation in Person._meta.related_objects:
        model: Any = relation.related_model
        if issubclass(model, Guarded) or model in (Merge, Protection):
            continue
        name = f"{model._meta.label_lower}.{relation.field.name}"
        rows = model._default_manager.filter(**{relation.field.name: origin})
        if only is not None:
            rows = rows.filter(pk__in=list(only.get(name, ())))
        if pks := list(rows.values_list("pk", flat=True)):
            model._default_manager.filter(pk__in=pks).update(**{relation.field.name: to})
            moved[name] = pks
    return moved


def _move_relations(actor: Actor, gone: Person, kept: Person) -> dict[str, list[int]]:
    """Who is responsible and who is kept away. A tie to an open record never opens a protected one: it ends."""
    ties = Tie.objects.filter(about_uid=gone.uid, ends_at__isnull=True)
    moved = [] if kept.is_protected and not gone.is_protected else list(ties.values_list("pk", flat=True))
    ties.exclude(pk__in=moved).update(ends_at=actor.now)
    Tie.objects.filter(pk__in=moved).update(about_uid=kept.uid)
    exclusions = list(Exclusion.objects.filter(about_uid=gone.uid).values_list("pk", flat=True))
    Exclusion.objects.filter(pk__in=exclusions).update(about_uid=kept.uid)
    if gone.household_uid is not None and gone.household_uid != kept.household_uid:
        for row in Exclusion.objects.filter(about_uid=gone.household_uid, lifted_at__isnull=True):
            Exclusion.objects.create(
                created_at=actor.now, login=row.login, person=row.person, about_uid=kept.uid, why=row.why,
                made_by=row.made_by,
            )  # fmt: skip
    return {"ties": moved, "exclusions": exclusions}


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
