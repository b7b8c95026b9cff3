"""Pages that change what is known of one person: setting a fact right, protecting, rows that wait for a word.

The person's own page stands in the roof.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.errors import BadInput
from linli.party import (
    actions_facts,
    actions_held,
    actions_protect,
    presenters_people,
    queries,
    queries_imports,
    queries_names,
    queries_person,
)
from linli.party.forms_people import CorrectForm, HeldForm, LiftForm, ProtectForm, UidForm
from linli.party.models import Person


def correct_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say which value of a field is right; without a field named, which fields there are."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_by_uid(actor, uid, action="person.write")
    code = request.GET.get("field", "")
    if request.method == "POST" and not code:
        raise BadInput("party.fact_unreadable")
    if not code:
        values = {"person": person, "fields": queries_person.fields_to_correct(actor, person)}
        return render(request, "party/person_fields.html", values)
    view = queries_person.field_to_correct(actor, person, code)
    form = CorrectForm(request.POST or None, initial={"operation_id": uuid4()}, actor=actor, field=code)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions_facts.correct_fact(
            actor=actor,
            operation_id=given["operation_id"],
            person_uid=uid,
            field=code,
            text=given["value"],
            source=given["source"],
            why=given["why"],
        )
        messages.success(request, _("改好了。原来的还留着，写明是谁说的。"))
        return redirect("person", uid=uid)
    values = {
        "person": person,
        "form": form,
        "field": view.field,
        "stated": presenters_people.stated_rows(code, view.values),
        "operation_id": uuid4(),
    }
    return render(request, "party/person_correct.html", values, status=422 if form.errors else 200)


@require_POST
def withdraw_correction_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a correction back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = UidForm(request.POST)
    if not form.is_valid():
        raise BadInput("party.fact_unreadable")
    actions_facts.withdraw_correction(
        actor=actor,
        operation_id=form.cleaned_data["operation_id"],
        person_uid=uid,
        fact_uid=form.cleaned_data["uid"],
    )
    messages.success(request, _("更正撤了，原来的值又算数。"))
    return redirect("person", uid=uid)


def protect_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Protect a person; or, where one is protected, who guards, who is kept away, and the way to lift it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_by_uid(actor, uid, action="person.protect")
    if person.is_protected:
        record_now(actor, "person.protect", kind="person", uid=person.uid, outcome="read")
        return render(request, "party/person_protected.html", _protected(actor, person))
    keepers = queries_person.keepers(actor, person)
    form = ProtectForm(
        request.POST or None,
        initial={"operation_id": uuid4()},
        members=[(f"person:{one.uid}", one.name) for one in queries_person.household_members(person)],
        logins=[(f"login:{one.uid}", one.display_name) for one in queries.logins_near(actor, person.place_path)],
        keepers=[(str(one.uid), one.display_name) for one in queries_person.keepers_to_be(actor, person)],
        is_kept=bool(keepers),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions_protect.protect_person(
            actor=actor,
            operation_id=given["operation_id"],
            person_uid=uid,
            why=given["why"],
            keeper_uid=UUID(given["keeper"]) if given["keeper"] else None,
            safe_address=given["safe_address"],
            safe_phone=given["safe_phone"],
            kept_away=form.kept_away(),
        )
        messages.success(request, _("保护上了，马上起作用。现在只有负责的人打得开。"))
        return redirect("people")
    values = {"person": person, "form": form, "keepers": keepers}
    return render(request, "party/person_protect.html", values, status=422 if form.errors else 200)


def _protected(actor: Actor, person: Person) -> dict[str, object]:
    row = queries_person.protection_of(person)
    asked = row.lift_asked_by if row else None
    return {
        "person": person,
        "protection": row,
        "keepers": queries_person.keepers(actor, person),
        "kept_away": queries_person.excluded_about(person),
        "is_asked": asked is not None,
        "asked_by_me": asked is not None and asked == actor.login_uid,
        "asked_by": queries_names.login_names({asked}).get(asked, "") if asked else "",
        "operation_id": uuid4(),
    }


@require_POST
def protect_lift_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask that a protection be lifted, let it stay, or, as the second person, lift it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = LiftForm(request.POST)
    if not form.is_valid():
        raise BadInput("party.protection_incomplete")
    step = {
        "ask": actions_protect.ask_lift_protection,
        "keep": actions_protect.keep_protection,
        "lift": actions_protect.lift_protection,
    }[form.cleaned_data["step"]]
    step(actor=actor, operation_id=form.cleaned_data["operation_id"], person_uid=uid)
    return redirect("person" if form.cleaned_data["step"] == "lift" else "person_protect", uid=uid)


def held_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Rows of lists that seem to be about a protected person, for those who may see that person."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_by_uid(actor, uid, action="person.write")
    form = HeldForm(request.POST or None)
    if request.method == "POST":
        if not form.is_valid():
            raise BadInput("party.fact_unreadable")
        given = form.cleaned_data
        actions_held.settle_held_row(
            actor=actor,
            operation_id=given["operation_id"],
            person_uid=uid,
            row_id=given["row"],
            is_same=given["is_same"] == "yes",
        )
        return redirect("person_held", uid=uid)
    rows = queries_imports.rows_held_for(person)
    record_now(actor, "person.read", kind="person", uid=person.uid, outcome="read", step="held", rows=len(rows))
    return render(request, "party/person_held.html", {"person": person, "rows": presenters_people.held_rows(rows)})
