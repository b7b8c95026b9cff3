"""The directory of offers: reading it, taking it in whole or not at all, withdrawing."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from linli.core.errors import Refused
from linli.core.models import AuditRow
from linli.offer import actions, queries
from linli.offer.models import Offer, OfferImport
from linli.party.models import Membership, Organisation
from linli.party.tests import make
from linli.party.tests.browse import browser
from linli.place.models import Place

pytestmark = pytest.mark.django_db
HEAD = ("offer_id", "provider", "party", "kind", "name", "need_codes", "capacity", "vetted_until")
GOOD = ("O1", "暖邻", "社会组织", "service", "上门助浴", "bath", "3", "2026-12-31")


@pytest.fixture
def town(db: None) -> Place:
    return Place.objects.create(created_at=make.NOW, code="999981001", name="柳浜镇", level="town", path=make.TOWN)


@pytest.fixture
def page(town: Place) -> Client:
    return browser(make.login("worker", ("worker", make.TOWN)))


def send(page: Client, *rows: tuple[str, ...], **more: Any) -> Any:
    """Upload a directory as CSV."""
    sheet = io.StringIO()
    csv.writer(sheet).writerows([HEAD, *rows])
    file = SimpleUploadedFile("资源.csv", sheet.getvalue().encode())
    return page.post(reverse("offers_import"), {"operation_id": uuid4(), "place_path": make.TOWN, "file": file} | more)


def test_a_directory_comes_in_whole_with_a_receipt(page: Client):
    body = Organisation.objects.create(created_at=make.NOW, code="warm", name="暖邻", place_path=make.TOWN)
    answer = send(page, GOOD, ("O2", *GOOD[1:]))
    assert answer.status_code == 200 and "资源收下了" in answer.content.decode()
    assert list(Offer.objects.order_by("code").values_list("code", "organisation")) == [
        ("O1", body.pk),
        ("O2", body.pk),
    ]
    assert AuditRow.objects.filter(action="offer.import", outcome="done").count() == 1
    send(page, ("O1", *GOOD[1:4], "上门助浴（新）", *GOOD[5:]))
    assert Offer.objects.get(code="O1").name == "上门助浴（新）"


def test_headings_sort_the_directory(page: Client):
    send(page, GOOD, ("O2", "安居", *GOOD[2:7], "2026-09-30"))
    Offer.objects.filter(code="O2").update(capacity=None)

    def codes(order: str) -> list[str]:
        shown = page.get(reverse("offers"), {"order": order}).content.decode()
        places = {o.code: shown.index(str(o.uid)) for o in Offer.objects.all()}
        return sorted(places, key=lambda code: places[code])

    assert codes("") == ["O1", "O2"]
    assert codes("vetted") == ["O2", "O1"] and codes("-vetted") == ["O1", "O2"]
    assert codes("left") == codes("-left") == ["O1", "O2"], "what has no limit stands at the end either way"


def test_the_directory_of_ones_places_is_a_file_without_formulas_and_recorded(page: Client, town: Place):
    send(page, ("O1", *GOOD[1:4], "=cmd|' /C calc'!A0", *GOOD[5:]))
    far = Offer.objects.get()
    far.pk, far.uid, far.code, far.place_path, far.name = None, uuid4(), "FAR", make.NEXT_TOWN, "远处的"
    far.save()
    assert page.get(reverse("offers_export")).status_code == 403
    stale = browser(make.login("stale", ("lead", make.TOWN)), factor=False)
    assert stale.get(reverse("offers_export")).status_code == 403
    lead = browser(make.login("lead", ("lead", make.TOWN)))
    assert f"{reverse('offers_export')}?kind=xlsx" in lead.get(reverse("offers")).content.decode()
    rows = list(csv.reader(io.StringIO(lead.get(reverse("offers_export") + "?kind=csv").content.decode("utf-8-sig"))))
    assert [row[:2] for row in rows[1:]] == [["O1", "'=cmd|' /C calc'!A0"]]
    book = load_workbook(io.BytesIO(lead.get(reverse("offers_export")).content))
    assert [cell.data_type for cell in next(book.active.iter_rows(min_row=2))][:2] == ["s", "s"]
    assert AuditRow.objects.filter(action="offer.export", outcome="read").count() == 2


def test_every_fault_is_named_and_nothing_is_written(page: Client):
    answer = send(page, GOOD, ("", *GOOD[1:]), ("O3", *GOOD[1:6], "三个", "2026-02-30"))
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "三个" in shown and "2026-02-30" in shown and shown.count("必须改") == 3
    assert not Offer.objects.exists() and not OfferImport.objects.exists()


def test_sending_twice_acts_once(page: Client):
    operation_id = uuid4()
    for _time in range(2):
        assert send(page, GOOD, operation_id=operation_id).status_code == 200
    assert OfferImport.objects.count() == 1


def test_another_places_offer_cannot_be_overwritten(page: Client, town: Place):
    far = Place.objects.create(created_at=make.NOW, code="999981002", name="白荡镇", level="town", path=make.NEXT_TOWN)
    theirs = browser(make.login("far", ("worker", make.NEXT_TOWN)))
    assert send(theirs, GOOD, place_path=far.path).status_code == 200
    assert send(page, GOOD).status_code == 403
    assert Offer.objects.get().place_path == far.path


def test_a_manager_touches_no_other_organisations_offers(page: Client):
    for code, name in (("warm", "暖邻"), ("other", "安居")):
        Organisation.objects.create(created_at=make.NOW, code=code, name=name, place_path=make.TOWN)
    send(page, GOOD, ("O2", "安居", *GOOD[2:]), ("O3", "老陶", *GOOD[2:]))
    login = make.login("manager", ("org_manager", make.TOWN))
    member = {"organisation": Organisation.objects.get(code="other"), "login": login, "starts_on": date(2026, 1, 1)}
    Membership.objects.create(created_at=make.NOW, **member)
    manager = browser(login)
    for code in ("O1", "O3"):
        answer = send(manager, (code, "安居", *GOOD[2:]))
        assert answer.status_code == 422 and "是别的机构的" in answer.content.decode()
        uid = Offer.objects.get(code=code).uid
        assert "撤下这一项" not in manager.get(reverse("offer", args=[uid])).content.decode()
        with pytest.raises(Refused, match=r"offer[.]of_others"):
            actions.withdraw_offer(actor=make.actor(login), operation_id=uuid4(), offer_uid=uid)
    assert list(Offer.objects.order_by("code").values_list("provider", flat=True)) == ["暖邻", "安居", "老陶"]
    assert send(manager, ("O2", "安居", *GOOD[2:4], "助浴", *GOOD[5:]), ("O4", "安居", *GOOD[2:])).status_code == 200
    assert Offer.objects.get(code="O2").name == "助浴"


def test_a_row_of_another_place_is_a_fault_with_its_cure(page: Client):
    Place.objects.create(created_at=make.NOW, code="999981002", name="白荡镇", level="town", path=make.NEXT_TOWN)
    sheet = "offer_id,provider,party,kind,name,need_codes,capacity,place_code\n"
    sheet += "O1,暖邻,社会组织,service,上门助浴,bath,3,999981001\nO2,暖邻,社会组织,service,助餐,meal,3,999981002\n"
    file = SimpleUploadedFile("资源.csv", sheet.encode())
    given = {"operation_id": uuid4(), "place_path": make.TOWN, "file": file}
    answer = page.post(reverse("offers_import"), given)
    assert answer.status_code == 422
    assert "O2 999981002" in answer.content.decode() and "这个地方不归你" in answer.content.decode()
    assert not Offer.objects.exists()


def test_a_directory_sent_again_keeps_the_person_behind_an_offer(page: Client):
    send(page, GOOD)
    husband = make.person("宋建国")
    Offer.objects.update(provider_person=husband)
    send(page, GOOD)
    assert Offer.objects.get().provider_person == husband


def test_who_may_not_import_is_refused(town: Place):
    volunteer = browser(make.login("v", ("volunteer", make.TOWN)))
    assert send(volunteer, GOOD).status_code == 403
    assert volunteer.get(reverse("offers_template")).status_code == 403
    assert volunteer.get(reverse("offers")).status_code == 200
    assert browser(make.login("r", ("resident", make.TOWN))).get(reverse("offers")).status_code == 403


def test_the_template_reads_back(page: Client):
    answer = page.get(reverse("offers_template"))
    file = SimpleUploadedFile("模板.xlsx", answer.content)
    sent = page.post(reverse("offers_import"), {"operation_id": uuid4(), "place_path": make.TOWN, "file": file})
    assert sent.status_code == 200
    assert Offer.objects.get().name == "上门助浴"


def test_the_directory_is_narrowed(page: Client):
    send(page, GOOD, ("O2", "乐善", "慈善资源", "goods", "洗澡椅", "goods", "2", ""))
    Offer.objects.filter(code="O2").update(used=2)
    actor = make.actor(make.login("reader", ("worker", make.TOWN)))
    found = {
        "text": queries.offers(actor, text="助浴"),
        "party": queries.offers(actor, party="organisation"),
        "code": queries.offers(actor, need_code="bath"),
        "free": queries.offers(actor, only_free=True),
    }
    assert {name: [offer.code for offer in rows] for name, rows in found.items()} == {name: ["O1"] for name in found}
    assert not queries.offers(actor, lapsed_on=make.NOW.date()).exists()
    found = page.post(reverse("offers"), {"q": "洗澡椅", "kind": ""})["Location"]
    assert found == reverse("offers") + "?found=1"
    shown = page.get(found).content.decode()
    assert "洗澡椅" in shown and "满了" in shown and "上门助浴" not in shown


def test_an_offer_is_withdrawn_by_who_may_and_leaves_the_directory(page: Client):
    send(page, GOOD)
    offer = Offer.objects.get()
    address = reverse("offer", kwargs={"uid": offer.uid})
    assert "上门助浴" in page.get(address).content.decode()
    volunteer = browser(make.login("v", ("volunteer", make.TOWN)))
    assert volunteer.post(address, {"operation_id": uuid4()}).status_code in (403, 404)
    assert page.post(address, {"operation_id": uuid4()}).status_code == 302
    offer.refresh_from_db()
    assert offer.is_withdrawn and "上门助浴" not in page.get(reverse("offers")).content.decode()
