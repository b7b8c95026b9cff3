"""Pages that change what is known of one person: setting a fact right. The person's own page stands in the roof."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import BadInput
from linli.party import actions_facts, presenters_people, queries, queries_person
from linli.party.forms_people import CorrectForm, UidForm


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
