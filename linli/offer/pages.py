"""Pages of offers: the directory, one offer, taking in a workbook or HSDS package, its empty template."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from linli.core.actor import Actor
from linli.core.audit import record_now
from linli.core.errors import BadInput
from linli.core.searched import keep_search, kept_search
from linli.offer import actions, presenters, queries
from linli.offer.forms import OfferFilter, OfferImportForm
from linli.offer.models import Offer
from linli.offer.template import offer_template
from linli.party import queries_rights as party
from linli.place import queries as places
from linli.ui.forms import OperationForm
from linli.ui.sheets import sheet_response

PER_PAGE = 50
KEPT = ("party", "kind", "code", "place", "free", "lapsed", "order")  # what of a filter stands in the address
MOST_EXPORTED = 20_000


def offers_page(request: HttpRequest) -> HttpResponse:
    """The directory of what can be given. What is searched for may be a volunteer's name: it comes by POST."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        keep_search(request, "offers", request.POST.get("q", "")[:60])
        kept = {name: request.POST.get(name, "") for name in KEPT} | {"found": "1"}
        return redirect(f"{reverse('offers')}?{urlencode({name: value for name, value in kept.items() if value})}")
    form, rows = _narrowed(request, actor)
    wanted = form.chosen()
    number = wanted.get("page") or 1
    start = (number - 1) * PER_PAGE
    total = rows.count()
    page = list(rows[start : start + PER_PAGE])
    query = request.GET.copy()
    query["page"] = str(number + 1)
    values = {
        "filter": form,
        "rows": presenters.offer_rows(page, places.place_words(actor, {o.place_path for o in page}), actor.today),
        "total": total,
        "next": "?" + query.urlencode() if total > start + PER_PAGE else "",
        "is_narrowed": any(value for name, value in wanted.items() if name not in ("page", "order")),
        "heads": presenters.offer_heads(request.GET, wanted.get("order") or ""),
        "export": request.GET.urlencode(),
        "may_export": actor.holds_role_for("person.export"),
        "may_import": actor.holds_role_for("offer.import"),
    }
    return render(request, "offer/offers.html", values)


def _narrowed(request: HttpRequest, actor: Actor) -> tuple[OfferFilter, QuerySet[Offer]]:
    text = kept_search(request, "offers") if request.GET.get("found") else ""
    form = OfferFilter(
        request.GET.dict() | {"q": text},
        parties=presenters.party_choices(),
        codes=presenters.code_choices(),
        places=places.place_choices(actor),
    )
    wanted = form.chosen()
    rows = queries.offers(
        actor,
        text=wanted.get("q") or "",
        party=wanted.get("party") or "",
        kind=wanted.get("kind") or "",
        need_code=wanted.get("code") or "",
        place_path=wanted.get("place") or "",
        only_free=bool(wanted.get("free")),
        order=wanted.get("order") or "",
        lapsed_on=actor.today if wanted.get("lapsed") else None,
    )
    return form, rows


def offers_export_page(request: HttpRequest) -> HttpResponse:
    """The directory of one's own places as CSV or XLSX. Recorded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    _form, rows = _narrowed(request, actor)
    offers = list(party.exported(actor, rows)[:MOST_EXPORTED])
    record_now(actor, "offer.export", kind="offers", outcome="read", rows=len(offers))
    said = places.place_words(actor, {offer.place_path for offer in offers})
    lines = presenters.export_rows(offers, said)
    return sheet_response(lines, request.GET.get("kind", ""), f"offers-{actor.today.isoformat()}")


def offer_page(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One offer; who may, withdraws it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    offer = queries.offer_by_uid(actor, uid)
    if request.method == "POST":
        form = OperationForm(request.POST)
        if not form.is_valid():
            raise BadInput("core.not_found")
        actions.withdraw_offer(actor=actor, operation_id=form.cleaned_data["operation_id"], offer_uid=uid)
        messages.success(request, _("撤下了。已经发出的转介照旧，往后不再建议它。"))
        return redirect("offer", uid=uid)
    values = presenters.offer_view(offer, places.place_words(actor, {offer.place_path}), actor.today) | {
        "operation_id": uuid4(),
        "may_withdraw": bool(actor.decide("offer.import", offer.facts()))
        and not (offer.is_withdrawn or actions.of_others(actor, [offer])),
        "may_see_referrals": actor.holds_role_for("referral.list"),
    }
    return render(request, "offer/offer.html", values)


def offers_import_page(request: HttpRequest) -> HttpResponse:
    """Take in a directory: every fault at once and nothing written, or all of it with a receipt."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    choices = places.place_choices(actor)
    start = {"operation_id": uuid4(), "place_path": choices[0][0] if choices else ""}
    form = OfferImportForm(request.POST or None, request.FILES or None, initial=start, places=choices)
    if request.method != "POST" or not form.is_valid():
        return render(request, "offer/offers_import.html", {"form": form}, status=422 if form.errors else 200)
    file, given = form.cleaned_data["file"], form.cleaned_data
    try:
        answer = actions.import_offers(
            actor=actor,
            operation_id=given["operation_id"],
            file_name=file.name,
            content=file.read(),
            place_path=given["place_path"],
        )
    except BadInput as error:
        if error.code != "offer.file_faulty":
            raise
        again = OfferImportForm(initial=start | {"place_path": given["place_path"]}, places=choices)
        faults = presenters.fault_rows(error.params["faults"])
        values = {"form": again, "faults": faults, "file_name": file.name}
        return render(request, "offer/offers_import.html", values, status=422)
    values = {"answer": answer, "faults": presenters.fault_rows(answer["faults"]), "file_name": file.name}
    return render(request, "offer/offers_receipt.html", values)


def offers_template_page(request: HttpRequest) -> HttpResponse:
    """The empty workbook for providers."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(offer_template(), content_type=kind)
    response["Content-Disposition"] = 'attachment; filename="offers-template.xlsx"'
    return response
