"""Pages of an import: choose lists, say what columns mean, look at faults, confirm, take the receipt."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.errors import BadInput, NotFound, stop_if
from linli.core.jobs import job_state
from linli.party import (
    actions_cells,
    actions_imports,
    actions_publish,
    compute,
    presenters_imports,
    presenters_rows,
    queries,
    queries_imports,
    rules_imports,
)
from linli.party.forms import CellForm, RowForm, UploadForm
from linli.party.models import ImportBatch
from linli.party.presenters import place_choices, place_words
from linli.party.queries_rights import names_of_logins, places_held
from linli.ui.forms import OperationForm

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def imports_page(request: HttpRequest) -> HttpResponse:
    """Lists to upload, and the imports there were."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    choices = place_choices(actor, places_held(actor, "person.import"))
    first = {"place_path": choices[0][0] if choices else "", "stated_on": actor.today}
    form = UploadForm(request.POST or None, request.FILES or None, places=choices, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        uid = actions_imports.upload_lists(
            actor=actor,
            operation_id=given["operation_id"],
            files={file.name: file.read() for file in given["lists"]},
            place_path=given["place_path"],
            stated_on=given["stated_on"],
        )
        return redirect("import_page", uid=uid)
    batches = list(queries_imports.imports(actor)[:PER_PAGE])
    names = names_of_logins({batch.maker_uid for batch in batches})
    values = {
        "form": form,
        "steps": presenters_imports.steps(None, None),
        "lines": presenters_imports.import_lines(actor, batches, names),
    }
    return render(request, "party/imports.html", values, status=422 if form.errors else 200)


@require_GET
def import_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One import as it stands: being read, to be checked, being written, in, or taken back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    batch = queries_imports.import_by_uid(actor, uid)
    job = job_state(batch.job_uid) if batch.job_uid else None
    at_columns = request.GET.get("step") == "columns"
    is_own = queries_imports.is_own(actor, batch)
    values: dict[str, Any] = {
        "batch": batch,
        "title": presenters_imports.title(batch),
        "steps": presenters_imports.steps(batch, job, at_columns=at_columns),
        "place": place_words(actor, [batch.place_path])[batch.place_path],
        "is_own": is_own,
        "operation_id": uuid4(),
    }
    if batch.state not in ("visible", "withdrawn", "failed") and job and job["state"] in presenters_imports.RUNNING:
        values["job"] = presenters_imports.progress(job, actor.now)
        return render(request, "party/import_running.html", values)
    values["is_stopping"] = batch.state == "importing" and bool(job and job["state"] == "stopped")
    if request.htmx.target == "progress" and not values["is_stopping"]:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    if batch.state == "checked" and not is_own:
        values |= {"counts": batch.counts, "who": names_of_logins({batch.maker_uid}).get(batch.maker_uid, "")}
        return render(request, "party/import_counts.html", values)
    if batch.state == "checked":
        values |= {"lost": presenters_imports.job_lost(job), "guesses": presenters_imports.guesses(batch)}
        values["sheet_faults"] = presenters_imports.sheet_faults(batch)
        if at_columns:
            return _columns(request, actor, batch, values)
        return _check(request, actor, batch, values)
    if batch.state in ("visible", "withdrawn"):
        return _receipt(request, actor, batch, values)
    values |= {
        "faults": presenters_imports.file_faults(batch),
        "lost": presenters_imports.job_lost(job),
        "is_stopped": bool(job and job["state"] == "stopped"),
    }
    return render(request, "party/import_stopped.html", values)


def _columns(request: HttpRequest, actor: Actor, batch: ImportBatch, values: dict[str, Any]) -> HttpResponse:
    _note_read(actor, batch, "columns")
    values |= {
        "sheets": presenters_imports.column_sheets(batch),
        "choices": presenters_imports.field_choices(),
    }
    return render(request, "party/import_columns.html", values)


def _check(request: HttpRequest, actor: Actor, batch: ImportBatch, values: dict[str, Any]) -> HttpResponse:
    segment = request.GET.get("rows", "look")
    code = request.GET.get("fault", "")
    page = int(request.GET["page"]) if request.GET.get("page", "").isdigit() else 1
    look, freed, settled = queries_imports.rows_to_look_at(batch)
    if segment == "look":
        ids = [row.pk for row in look if _has(row, code)]
    else:
        ids = list(queries_imports.import_rows(batch, segment).values_list("pk", flat=True))
        ids += [row.pk for row in freed] if segment == "fine" else []
    shown = ids[(max(page, 1) - 1) * PER_PAGE : max(page, 1) * PER_PAGE]
    opened = queries_imports.import_records(batch, shown)
    queries_imports.forget_hidden(batch, [row for row, _record in opened])
    seen = {one.uid: one for one in queries.people(actor).filter(uid__in=presenters_rows.candidates_of(opened))}
    corrections = queries_imports.corrections(batch)
    looked = presenters_rows.Looked(seen, corrections, names_of_logins({each.maker_uid for each in corrections}))
    _note_read(actor, batch, "rows")
    total = sum(batch.counts.get(name, 0) for name in ("taken", "doubtful", "refused"))
    taken = queries_imports.rows_taken(batch)
    asked = sum(1 for row in look if row.decision == "ask")
    values |= {
        "headline": presenters_imports.headline(batch.counts, asked),
        "kinds": presenters_rows.summary(look),
        "table": presenters_rows.table(batch, opened, looked),
        "segment": segment,
        "fault": code,
        "page": page,
        "left": max(len(ids) - page * PER_PAGE, 0),
        "look": len(look),
        "fine": total - len(look),
        "total": total,
        "taken": taken.count() + settled,
        "uncompared": queries_imports.rows_to_compare(batch).count(),
        "taken_doubtful": taken.filter(outcome="doubtful").count(),
        "returned": batch.counts.get("refused", 0) + batch.counts.get("doubtful", 0),
        "held": sum(1 for row in look if row.decision in ("ask", "hold")),
    }
    return render(request, "party/import_check.html", values)


def _has(row: Any, code: str) -> bool:
    if code == "ask":
        return bool(row.candidates)
    return not code or any(fault["code"] == code for fault in row.faults)


def _receipt(request: HttpRequest, actor: Actor, batch: ImportBatch, values: dict[str, Any]) -> HttpResponse:
    refusal = rules_imports.why_not_withdraw(batch.state, batch.confirmed_at, actor.now)
    comes_back = values["is_own"] and rules_imports.why_not_return(batch.state, batch.confirmed_at, actor.now) is None
    values |= {
        "counts": batch.counts,
        "returned": batch.counts.get("refused", 0) + batch.counts.get("doubtful", 0) if comes_back else 0,
        "may_withdraw": refusal is None,
        "until": batch.confirmed_at + rules_imports.WITHDRAW_WITHIN if batch.confirmed_at else None,
    }
    return render(request, "party/import_receipt.html", values)


def _note_read(actor: Actor, batch: ImportBatch, step: str) -> None:
    record_now(actor, "person.import", kind="import", uid=batch.uid, outcome="read", step=step)


@require_POST
def columns_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The columns as a person corrected them: the lists are read again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    batch = queries_imports.own_import(actor, uid)
    columns = presenters_imports.chosen_columns(batch, request.POST.dict()) or None
    actions_imports.ask_check(actor=actor, operation_id=_operation(request), batch_uid=batch.uid, columns=columns)
    return redirect("import_page", uid=uid)


@require_POST
def row_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One row: the same person, somebody new, or held back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = RowForm(request.POST)
    if not form.is_valid():
        raise NotFound()
    given = form.cleaned_data
    if given["decision"] == "same" and not queries.people(actor).filter(uid=given["person"]).exists():
        raise NotFound()
    actions_imports.decide_row(
        actor=actor,
        operation_id=given["operation_id"],
        batch_uid=uid,
        row_id=given["row"],
        decision=given["decision"],
        person_uid=given["person"],
    )
    return _back(request, uid, given["back"])


def _back(request: HttpRequest, uid: UUID, back: str) -> HttpResponse:
    """To where the reader was on the page."""
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, {request.get_host()}):
        return redirect(back)
    return redirect("import_page", uid=uid)


@require_POST
def cell_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One cell set right, or back: the row is read again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = CellForm(request.POST)
    if not form.is_valid():
        raise BadInput("party.cell_unreadable")
    given = form.cleaned_data
    now = actions_cells.correct_cell(
        actor=actor,
        operation_id=given["operation_id"],
        batch_uid=uid,
        row_id=given["row"],
        column=given["column"],
        value=given["value"],
    )
    messages.success(request, presenters_rows.read_again_words(now))
    return _back(request, uid, given["back"])


@require_POST
def compare_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Compare again with the people here, corrected cells and all."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    batch = queries_imports.own_import(actor, uid)
    columns = presenters_imports.kept_columns(batch)
    actions_imports.ask_check(actor=actor, operation_id=_operation(request), batch_uid=batch.uid, columns=columns)
    return redirect("import_page", uid=uid)


@require_POST
def confirm_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write what can be written."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actions_publish.ask_confirm(actor=actor, operation_id=_operation(request), batch_uid=uid)
    return redirect("import_page", uid=uid)


@require_POST
def stop_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Stop what is being done with an import."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actions_imports.stop_import(actor=actor, operation_id=_operation(request), batch_uid=uid)
    return redirect("import_page", uid=uid)


@require_POST
def withdraw_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the whole import back."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actions_publish.withdraw_import(actor=actor, operation_id=_operation(request), batch_uid=uid)
    messages.success(
        request, _("整批撤回了。这一批带来的人和事实，谁都看不到了；别的名单上也有、或者已经有人负责的人还在。")
    )
    return redirect("import_page", uid=uid)


@require_GET
def returned_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The rows with faults as the sender's own sheet, marked, with reasons and cures."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    batch = queries_imports.own_import(actor, uid)
    if not batch.layouts:
        raise NotFound()
    stop_if(rules_imports.why_not_return(batch.state, batch.confirmed_at, actor.now))
    content = compute.returned_workbook(actor, batch, actions_imports.files_of(batch), presenters_imports.lang())
    rows = batch.counts.get("refused", 0) + batch.counts.get("doubtful", 0)
    record_now(actor, "person.import", kind="import", uid=batch.uid, outcome="read", step="returned", rows=rows)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = str(content_disposition_header(True, presenters_imports.returned_name(batch)))
    return response


def _operation(request: HttpRequest) -> UUID:
    form = OperationForm(request.POST)
    if not form.is_valid():
        raise BadInput("core.not_found")
    operation_id: UUID = form.cleaned_data["operation_id"]
    return operation_id
