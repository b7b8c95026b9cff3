"""Pages on which two records become one person, or one becomes two again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.core.actor import Actor
from linli.core.errors import BadInput, NotFound, stop_if
from linli.party import actions_merge, presenters, presenters_people, queries, queries_person
from linli.party.forms import SearchForm
from linli.party.forms_people import MergeForm, UidForm
from linli.party.models import Person


def merge_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Find the other record; compare both side by side; say which stays and why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_by_uid(actor, uid, action="person.merge")
    named = request.POST.get("other") or request.GET.get("other", "")
    if named:
        return _compare(request, actor, person, _uid(named))
    search = SearchForm(request.POST or None)
    text = search.cleaned_data["q"].strip() if search.is_bound and search.is_valid() else ""
    if request.method == "POST" and not text:
        raise BadInput("party.merge_incomplete")
    values = {
        "person": person,
        "text": text,
        "lines": presenters.people_lines(actor, queries_person.alike(actor, person, text)),
        "merges": queries_person.merges_of(person),
        "operation_id": uuid4(),
    }
    return render(request, "party/person_merge.html", values)


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None


def _compare(request: HttpRequest, actor: Actor, person: Person, other_uid: UUID) -> HttpResponse:
    other = queries.person_by_uid(actor, other_uid, action="person.merge")
    lines = presenters.people_lines(actor, [person, other])
    sides = (_("左边这份：%(name)s，%(place)s"), _("右边这份：%(name)s，%(place)s"))
    both = ((person, other), (other, person))
    refusals = [queries_person.may_join(actor, kept, gone) for kept, gone in both]
    if all(refusals):
        stop_if(refusals[0])
    keep = [
        (str(line["uid"]), words % line)
        for line, words, refusal in zip(lines, sides, refusals, strict=True)
        if refusal is None
    ]
    bound = request.POST if request.method == "POST" else None
    form = MergeForm(bound, initial={"operation_id": uuid4(), "other": other.uid}, keep=keep)
    if request.method == "POST" and form.is_valid():
        kept = person if form.cleaned_data["keep"] == str(person.uid) else other
        actions_merge.merge_people(
            actor=actor,
            operation_id=form.cleaned_data["operation_id"],
            kept_uid=kept.uid,
            gone_uid=(other if kept is person else person).uid,
            why=form.cleaned_data["why"],
        )
        messages.success(request, _("合成一个人了。合错了，可以在这个人的“合并”页分开。"))
        return redirect("person", uid=kept.uid)
    files = [queries_person.person_file(actor, one.uid) for one in (person, other)]
    values: dict[str, Any] = {
        "person": person,
        "other": other,
        "form": form,
        "people": lines,
        "rows": presenters_people.side_by_side(*files),
        "follows": [presenters_people.follows(queries_person.rows_about(actor, one)) for one in (person, other)],
    }
    return render(request, "party/person_compare.html", values, status=422 if form.errors else 200)


@require_POST
def split_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a merge apart."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = UidForm(request.POST)
    if not form.is_valid():
        raise BadInput("party.merge_incomplete")
    actions_merge.split_people(
        actor=actor, operation_id=form.cleaned_data["operation_id"], merge_uid=form.cleaned_data["uid"]
    )
    messages.success(request, _("分开了。合并以后新写下的留在这一份。"))
    return redirect("person_merge", uid=uid)
