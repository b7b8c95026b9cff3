"""Pages of flags and needs: a welcome and a refusal each."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from linli.core.models import AuditRow
from linli.need.models import Flag, Need
from linli.need.tests import make as needs
from linli.party.models import Login, Person, Tie
from linli.party.tests import make
from linli.party.tests.browse import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: None) -> Person:
    return make.person("钱桂芳", birth_year=1944)


@pytest.fixture
def worker(person: Person) -> Login:
    login = make.login("worker", ("worker", make.TOWN))
    make.tie(login, person.uid)
    return login


@pytest.fixture
def page(worker: Login) -> Client:
    return browser(worker)


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_the_list_of_flags_names_only_whom_one_may_read(person: Person, page: Client):
    hidden = needs.flag(make.person("不该看见"))
    needs.flag(person)
    shown = text(page.get(reverse("flags")))
    assert "钱桂芳" in shown and "收入低于标准" in shown
    assert "不该看见" not in shown and f'value="{hidden.uid}"' in shown and "要看原因，先领下" in shown
    assert AuditRow.objects.filter(action="flag.read", outcome="read").count() == 1
    assert browser(make.login("org", ("org_manager", make.COUNTY))).get(reverse("flags")).status_code == 403


def test_an_empty_list_of_flags_leads_to_the_lists_and_shows_no_filter(page: Client):
    shown = text(page.get(reverse("flags")))
    assert f'href="{reverse("imports")}"' in shown and 'class="filters"' not in shown and "有 0 条" not in shown
    narrowed = text(page.get(reverse("flags"), {"kind": "risk"}))
    assert "这个范围里没有" in narrowed and 'class="filters"' in narrowed


def test_several_flags_are_decided_each_by_its_own_operation(person: Person, page: Client):
    first, second = needs.flag(person), needs.flag(person, "mlb_missed")
    strange = needs.flag(make.person("不该看见"))
    sent = {"decision": "dismiss", "reason": "收入记错了", "flag": [first.uid, second.uid]}
    sent |= {f"op-{flag.uid}": uuid4() for flag in (first, second, strange)}
    for _time in range(2):
        assert page.post(reverse("flags_decide"), sent).status_code == 302
    assert list(Flag.objects.order_by("id").values_list("state", flat=True)) == ["dismissed", "dismissed", "new"]
    assert AuditRow.objects.filter(action="flag.decide", outcome="done").count() == 2
    assert page.post(reverse("flags_decide"), sent | {"flag": strange.uid}).status_code in (403, 404)


def test_taking_a_flag_from_the_list_opens_its_reason(page: Client):
    stranger = make.person("等人领的")
    flag = needs.flag(stranger)
    assert page.get(reverse("flag", kwargs={"uid": flag.uid})).status_code == 404
    page.post(reverse("flags_decide"), {"one": flag.uid, f"op-{flag.uid}": uuid4()})
    assert Tie.objects.filter(about_uid=stranger.uid).exists()
    shown = text(page.get(reverse("flag", kwargs={"uid": flag.uid})))
    assert "等人领的" in shown and "690" in shown


def test_the_list_shows_no_flag_of_somebody_protected_to_the_untied(page: Client, worker: Login):
    protected = make.person("保密", sensitivity=4, is_protected=True)
    flag = needs.flag(protected, sensitivity=4)
    need = needs.need(protected, "safety", "999981-N2026-00009", sensitivity=4)
    lead = browser(make.login("lead", ("lead", make.TOWN)))
    for client in (page, lead):
        assert str(flag.uid) not in text(client.get(reverse("flags")))
        assert need.number not in text(client.get(reverse("needs"), {"state": "all"}))
    book = load_workbook(io.BytesIO(lead.get(reverse("needs_export")).content))
    assert need.number not in [str(cell) for row in book.active.values for cell in row]
    make.tie(worker, protected.uid)
    assert str(flag.uid) in text(page.get(reverse("flags"))) and need.number in text(page.get(reverse("needs")))


def test_more_than_ten_flags_are_not_taken_at_once(page: Client):
    flags = [needs.flag(make.person(f"人{n}")) for n in range(11)]
    sent = {"decision": "take", "flag": [flag.uid for flag in flags]} | {f"op-{flag.uid}": uuid4() for flag in flags}
    before = Tie.objects.count()
    assert "一次最多领 10 条" in text(page.post(reverse("flags_decide"), sent, follow=True))
    assert Tie.objects.count() == before
    page.post(reverse("flags_decide"), sent | {"flag": [flag.uid for flag in flags[:10]]})
    assert Tie.objects.count() == before + 10


def test_a_taken_flag_says_so_and_who_dismissed_it_undoes_that_from_the_list(page: Client):
    flag, other = needs.flag(make.person("等人领的")), browser(make.login("other", ("worker", make.TOWN)))
    page.post(reverse("flags_decide"), {"one": flag.uid, f"op-{flag.uid}": uuid4()})
    shown = text(other.get(reverse("flags")))
    assert "有人领了" in shown and 'name="one"' not in shown
    late = other.post(reverse("flags_decide"), {"one": flag.uid, f"op-{flag.uid}": uuid4()}, follow=True)
    assert "已经有人领了" in text(late)
    address = reverse("flag", kwargs={"uid": flag.uid})
    done = page.post(address, {"operation_id": uuid4(), "decision": "dismiss", "reason": "不是"})
    assert done["Location"] == reverse("flags") and page.get(address).status_code == 404
    listed = reverse("flags") + "?state=dismissed"
    assert "撤回否定" in text(page.get(listed)) and "撤回否定" not in text(other.get(listed))
    page.post(reverse("flags_decide"), {"one": flag.uid, "decision": "reopen", f"op-{flag.uid}": uuid4()})
    assert page.get(address).status_code == 200


def test_a_flag_says_why_and_what_confirming_opens(person: Person, page: Client):
    flag = needs.flag(person)
    address = reverse("flag", kwargs={"uid": flag.uid})
    shown = text(page.get(address))
    assert "收入低于标准" in shown and "690" in shown
    assert "《社会救助暂行办法》" in shown and "SAR" not in shown
    refused = page.post(address, {"operation_id": uuid4(), "decision": "dismiss", "reason": ""})
    assert refused.status_code == 422 and "请写一句为什么" in text(refused)
    assert page.post(address, {"operation_id": uuid4(), "decision": "confirm", "reason": ""}).status_code == 302
    assert Need.objects.get().flag == flag
    assert page.post(address, {"operation_id": uuid4(), "decision": "reopen", "reason": "看错了"}).status_code == 302
    assert Flag.objects.get().state == "new"


def test_a_flag_says_when_the_county_has_given_no_figures_of_its_own(person: Person, page: Client, settings: Any):
    told = "县里没有填自己的标准，用的是通用的数。"
    money = reverse("flag", kwargs={"uid": needs.flag(person).uid})
    facts = reverse("flag", kwargs={"uid": needs.flag(person, rule="guardian_gone", figures='{"living": "alone"}').uid})
    settings.LINLI_PACK = ""
    assert told in text(page.get(money)) and told not in text(page.get(facts))
    settings.LINLI_PACK = "louxi"
    assert told not in text(page.get(money))


def test_a_page_of_the_wife_is_not_there_for_the_excluded_husband(person: Person):
    husband = make.person("宋建国")
    login = make.login("husband", ("lead", make.TOWN), person=husband)
    make.tie(login, person.uid)
    make.exclusion(person.uid, person=husband)
    flag, need = needs.flag(person), needs.need(person)
    client = browser(login)
    for name, uid in (("flag", flag.uid), ("need", need.uid), ("need_new", person.uid)):
        assert client.get(reverse(name, kwargs={"uid": uid})).status_code == 404
    for name in ("flags", "needs"):
        shown = text(client.get(reverse(name)))
        assert "钱桂芳" not in shown and str(flag.uid) not in shown and need.number not in shown


def test_needs_list_and_search_by_number(person: Person, page: Client):
    needs.need(person)
    other = needs.need(make.person("不该看见"), number="999981-N2026-00007")
    shown = text(page.get(reverse("needs")))
    assert "钱桂芳" in shown and other.number in shown and "不该看见" not in shown
    assert "00001" not in text(page.get(reverse("needs") + "?q=00007"))
    assert page.get(reverse("needs") + "?page=x&level=9&state=nothing").status_code == 200
    assert browser(make.login("v", ("volunteer", make.COUNTY))).get(reverse("needs")).status_code == 403


def test_the_workbook_names_nobody_and_is_recorded(person: Person, page: Client):
    need = needs.need(person, words="不敢一个人洗")
    assert page.get(reverse("needs_export")).status_code == 403
    lead = browser(make.login("lead", ("lead", make.TOWN)))
    book = load_workbook(io.BytesIO(lead.get(reverse("needs_export")).content))
    cells = [str(cell) for row in book.active.values for cell in row]
    assert need.number in cells and "bath" in cells
    assert not [cell for cell in cells if "钱桂芳" in cell or "不敢" in cell]
    assert AuditRow.objects.filter(action="need.export", outcome="read").count() == 1
    stale = browser(make.login("stale", ("lead", make.TOWN)), factor=False)
    assert stale.get(reverse("needs_export")).status_code == 403


def test_a_need_shows_words_and_moves_with_a_note(person: Person, page: Client):
    need = needs.need(person, words="不敢一个人洗", wishes='{"helper_sex": "2"}')
    address = reverse("need", kwargs={"uid": need.uid})
    shown = text(page.get(address))
    assert "不敢一个人洗" in shown and 'class="words"' in shown
    refused = page.post(address, {"operation_id": uuid4(), "to_state": "closed", "note": ""})
    assert refused.status_code == 422
    assert page.post(address, {"operation_id": uuid4(), "to_state": "closed", "note": "女儿来了"}).status_code == 302
    assert Need.objects.get().state == "closed" and "女儿来了" in text(page.get(address))
    stranger = browser(make.login("stranger", ("worker", make.TOWN)))
    assert stranger.get(address).status_code == 404


def test_a_need_is_written_on_its_form(person: Person, page: Client):
    address = reverse("need_new", kwargs={"uid": person.uid})
    assert "checked" not in text(page.get(address))
    sent = {"operation_id": uuid4(), "code": "bath", "level": 2, "words": "滑", "channel": "visit"}
    assert page.post(address, sent | {"slots": "随便"}).status_code == 422
    for _time in range(2):
        answer = page.post(address, sent | {"slots": "周二 下午", "helper_sex": "2", "max_fee": "30"})
        assert answer.status_code == 302
    need = Need.objects.get()
    assert need.words == "滑" and '"pays_fen": 3000' in need.wishes
    far = browser(make.login("far", ("worker", make.NEXT_TOWN)))
    assert far.get(address).status_code == 404


def test_headings_sort_and_turn_round_and_keep_the_filters(person: Person, page: Client):
    urgent = needs.need(person, level=1, number="999981-N2026-00009")
    easy = needs.need(person, level=4, number="999981-N2026-00002")

    def first(query: str) -> tuple[bool, str]:
        shown = text(page.get(reverse("needs") + query))
        return shown.index(urgent.number) < shown.index(easy.number), shown

    assert first("")[0] and not first("?order=number")[0] and first("?order=-number")[0]
    assert not first("?order=-level")[0] and first("?order=nothing")[0]
    shown = first("?order=number&level=&state=all")[1]
    assert 'aria-sort="ascending"><a href="?order=-number&amp;level=&amp;state=all">' in shown
    assert '<input type="hidden" name="order" value="number"' in shown


def test_the_list_as_csv_keeps_the_order_asked_for(person: Person):
    for number, level in (("999981-N2026-00009", 1), ("999981-N2026-00002", 4)):
        needs.need(person, level=level, number=number)
    lead = browser(make.login("lead", ("lead", make.TOWN)))
    answer = lead.get(reverse("needs_export"), {"kind": "csv", "order": "number"})
    assert answer["Content-Type"].startswith("text/csv")
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[0][-1] for row in rows[1:]] == ["2", "9"]
