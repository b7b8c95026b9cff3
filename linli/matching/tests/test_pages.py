"""Pages of proposals and referrals: a welcome and a refusal each."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from linli.core.models import AuditRow, Job
from linli.matching.models import Proposal, Referral, Unmet
from linli.matching.tests import make as bridge
from linli.need.models import Need
from linli.need.tests import make as needs
from linli.party.models import Login, Person
from linli.party.tests import make
from linli.party.tests.browse import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: None) -> Person:
    return make.person("钱桂芳", birth_year=1944, sex="2", phone="00055501234", address="柳园路 8 号 3 幢 102 室")


@pytest.fixture
def worker(person: Person) -> Login:
    login = make.login("worker", ("worker", make.TOWN))
    make.tie(login, person.uid)
    return login


@pytest.fixture
def page(worker: Login) -> Client:
    return browser(worker)


@pytest.fixture
def need(person: Person) -> Need:
    return needs.need(person, words="滑，不敢一个人洗")


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def address(need: Need) -> str:
    return reverse("need_proposals", kwargs={"uid": need.uid})


def test_a_needs_proposals_say_why_and_choose_nothing(need: Need, page: Client):
    late = bridge.offer("O9", name="审查过期的")
    rejected = [{"offer": str(late.uid), "code": "vetting", "params": {"vetted_until": "2026-01-01"}}]
    bridge.proposal(need, bridge.offer(), rejected=rejected)
    shown = text(page.get(address(need)))
    for words in ("滑，不敢一个人洗", "上门助浴 O1", "专做这一项", "收不收费没写", "28/40", "2026-01", "审查过期的"):
        assert words in shown
    assert "平台自拟" in shown
    assert " checked" not in shown
    assert AuditRow.objects.filter(action="proposal.read", outcome="read").count() == 1
    stranger = browser(make.login("stranger", ("worker", make.TOWN)))
    assert stranger.get(address(need)).status_code == 404


def test_the_form_keeps_what_was_written_when_it_is_refused(need: Need, page: Client):
    proposal = bridge.proposal(need, bridge.offer())
    sent = {"operation_id": uuid4(), "choice": proposal.uid, "reason": "问过了吗"}
    refused = page.post(address(need), sent | {"consent_way": "not_asked"})
    assert refused.status_code == 422
    assert "还没问过本人" in text(refused) and "问过了吗" in text(refused) and " checked" in text(refused)
    assert page.post(address(need), {"operation_id": uuid4()}).status_code == 422
    assert not Referral.objects.exists()


def test_accepting_leads_to_the_referral(need: Need, page: Client):
    proposal = bridge.proposal(need, bridge.offer())
    sent = {"operation_id": uuid4(), "choice": proposal.uid, "consent_way": "paper"}
    for _time in range(2):
        answer = page.post(address(need), sent)
        assert answer.headers["Location"] == reverse("referral", kwargs={"uid": Referral.objects.get().uid})
    shown = text(page.get(answer.headers["Location"]))
    assert "钱女士" in shown and "00055501234" in shown and "3 幢" in shown and "102 室" not in shown


def test_none_suits(need: Need, page: Client):
    bridge.proposal(need, bridge.offer())
    sent = {"operation_id": uuid4(), "choice": "none", "reason": "她想等女儿回来"}
    assert page.post(address(need), sent).status_code == 302
    assert Proposal.objects.get().state == "declined" and "她想等女儿回来" in text(page.get(address(need)))


def test_an_unmet_need_says_what_binds_and_what_unlocks(need: Need, page: Client):
    Unmet.objects.create(
        created_at=make.NOW, place_path=need.place_path, sensitivity=3, subject_uid=need.subject_uid, need=need,
        run_uid=uuid4(), binding="capacity", params={"capacity": "3"},
        unlocked_by=[["one_more_place", {"name": "上门助浴"}]],
    )  # fmt: skip
    shown = text(page.get(address(need)))
    assert "名额已满（共 3 个）" in shown and "上门助浴 再多 1 个名额" in shown
    assert "名额已满" in text(page.get(reverse("proposals") + "?state=unmet"))


def test_needs_that_wait_and_matching_again(need: Need, page: Client):
    bridge.proposal(need, bridge.offer())
    hidden = needs.need(make.person("不该看见"), number="999981-N2026-00002")
    bridge.proposal(hidden, bridge.offer("O2", name="不该看见的资源"))
    shown = text(page.get(reverse("proposals")))
    assert "钱桂芳" in shown and hidden.number in shown and "不该看见" not in shown
    assert page.post(reverse("ask_matching"), {"operation_id": uuid4(), "place": make.TOWN}).status_code == 302
    assert Job.objects.filter(name="need.match").count() == 1
    assert page.post(reverse("ask_matching"), {"operation_id": uuid4(), "place": make.NEXT_TOWN}).status_code == 403
    assert browser(make.login("grid", ("grid", make.TOWN))).get(reverse("proposals")).status_code == 403


def test_who_answers_sees_what_was_sent_and_no_more(need: Need, page: Client):
    body = bridge.organisation()
    manager = browser(bridge.manager("manager", body))
    theirs = bridge.proposal(need, bridge.offer(organisation=body))
    sent = {"operation_id": uuid4(), "choice": theirs.uid, "consent_way": "oral", "reason": "她和前夫不来往"}
    page.post(address(need), sent)
    referral = Referral.objects.get()
    here = reverse("referral", kwargs={"uid": referral.uid})
    assert referral.number in text(manager.get(reverse("referrals")))
    shown = text(manager.get(here))
    assert "钱女士" in shown and "00055501234" in shown
    for hidden in ("钱桂芳", "不敢一个人洗", "前夫", "102 室", need.number, str(need.uid)):
        assert hidden not in shown
    assert manager.post(here, {"operation_id": uuid4(), "to_state": "declined", "note": ""}).status_code == 422
    assert manager.post(here, {"operation_id": uuid4(), "to_state": "accepted"}).status_code == 302
    other = browser(bridge.manager("other", bridge.organisation("other")))
    assert other.get(here).status_code == 404
    assert referral.number not in text(other.get(reverse("referrals") + "?state=all"))


def test_of_somebody_protected_neither_place_nor_telephone_is_sent(need: Need, person: Person, page: Client):
    page.post(
        address(need),
        {"operation_id": uuid4(), "choice": bridge.proposal(need, bridge.offer()).uid, "consent_way": "oral"},
    )
    Person.objects.update(is_protected=True)
    shown = text(page.get(reverse("referral", kwargs={"uid": Referral.objects.get().uid})))
    assert "由社工转达" in shown and "00055501234" not in shown and "3 幢" not in shown


def test_the_excluded_husband_finds_nothing_of_his_wifes(need: Need, person: Person, page: Client):
    husband = make.person("宋建国")
    login = make.login("husband", ("lead", make.TOWN), person=husband)
    make.tie(login, person.uid)
    make.exclusion(person.uid, person=husband)
    his = browser(login)
    first = bridge.proposal(need, bridge.offer())
    assert his.get(address(need)).status_code == 404
    assert need.number not in text(his.get(reverse("proposals")))
    page.post(address(need), {"operation_id": uuid4(), "choice": first.uid, "consent_way": "oral"})
    referral = Referral.objects.get()
    assert his.get(reverse("referral", kwargs={"uid": referral.uid})).status_code == 404
    assert referral.number not in text(his.get(reverse("referrals") + "?state=all"))


def test_referrals_are_sorted_by_their_heads_and_go_out_without_names(need: Need, page: Client):
    for name in ("=HYPERLINK(1)", "另一家"):
        proposal = bridge.proposal(need, bridge.offer(name, name=name))
        Need.objects.filter(pk=need.pk).update(state="open")
        sent = {"operation_id": uuid4(), "choice": proposal.uid, "consent_way": "paper"}
        assert page.post(address(need), sent).status_code == 302
    first, second = Referral.objects.order_by("id")
    for order, is_first in (("number", True), ("-number", False)):
        shown = text(page.get(reverse("referrals"), {"order": order}))
        assert (shown.index(first.number) < shown.index(second.number)) is is_first
    assert page.get(reverse("referrals_export")).status_code == 403
    lead = browser(make.login("lead", ("lead", make.TOWN)))
    file = lead.get(reverse("referrals_export"), {"kind": "csv", "order": "number"}).content.decode("utf-8-sig")
    assert first.number in file and "'=HYPERLINK(1)" in file and "钱桂芳" not in file
    assert lead.get(reverse("referrals_export")).content[:2] == b"PK"
    assert AuditRow.objects.filter(action="referral.export", outcome="read").count() == 2
