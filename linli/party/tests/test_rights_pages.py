"""Pages of rights: one welcome and one refusal each."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.core.models import AuditRow
from linli.party.actions_door import count_failed_login
from linli.party.middleware import note_second_factor
from linli.party.models import Exclusion, Grant, Login
from linli.party.tests import make

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def enter(username: str, role: str, place: str = make.COUNTY) -> Client:
    """A browser of somebody with a role, signed in with a second factor."""
    client = Client()
    client.force_login(make.login(username, (role, place)), backend=BACKEND)
    session = client.session
    note_second_factor(type("Request", (), {"session": session})(), timezone.now())  # type: ignore[arg-type]
    session.save()
    return client


@pytest.fixture
def guard(db: None) -> Client:
    return enter("guard", "security_admin")


@pytest.fixture
def lead(db: None) -> Client:
    return enter("lead", "lead", make.TOWN)


@pytest.fixture
def worker(db: None) -> Client:
    return enter("worker", "worker", make.TOWN)


def test_rights_lists_ones_own_places(lead: Client):
    make.login("near", ("worker", make.VILLAGE), display_name="近处的人")
    make.login("far", ("worker", make.NEXT_TOWN), display_name="远处的人")
    text = lead.get(reverse("rights")).content.decode()
    assert "近处的人" in text
    assert "远处的人" not in text
    found = lead.post(reverse("rights"), {"text": "nobody"})["Location"]
    assert "近处的人" not in lead.get(found).content.decode()
    assert "近处的人" not in lead.get(reverse("rights") + "?role=grid").content.decode()


def test_a_worker_is_refused_and_it_is_recorded(worker: Client):
    for name in ("rights", "login_new", "exclusions"):
        assert worker.get(reverse(name)).status_code == 403
    assert AuditRow.objects.filter(outcome="denied", object_kind="route").count() == 3
    assert Client().get(reverse("rights")).status_code == 302


def test_a_login_is_made_given_a_role_and_approved_by_another(guard: Client, lead: Client):
    made = guard.post(
        reverse("login_new"), {"operation_id": uuid4(), "username": "newhand", "display_name": "新人", "phone": ""}
    )
    text = made.content.decode()
    login = Login.objects.get(username="newhand")
    assert made.status_code == 200
    assert reverse("login_rights", kwargs={"uid": login.uid}) in text
    assert guard.get(reverse("login_rights", kwargs={"uid": login.uid})).status_code == 200
    grant = make.grant(login, "worker", make.TOWN, state="proposed", proposed_by=Login.objects.get(username="lead").uid)
    assert "新人" in guard.get(reverse("rights")).content.decode()
    given = {"operation_id": uuid4(), "uid": grant.uid, "decision": "approve"}
    assert lead.post(reverse("grant_decide"), given).status_code == 403
    assert guard.post(reverse("grant_decide"), given).status_code == 302
    assert Grant.objects.get(pk=grant.pk).state == "active"


def test_a_password_alone_makes_no_login(guard: Client):
    session = guard.session
    del session["linli_second_factor_at"], session["linli_fresh_factor_at"]
    session.save()
    given = {"operation_id": uuid4(), "username": "newhand", "display_name": "新人", "phone": ""}
    for answer in (guard.get(reverse("login_new")), guard.post(reverse("login_new"), given)):
        assert answer.status_code == 403
        assert reverse("step_up") in answer.content.decode()
    assert not Login.objects.filter(username="newhand").exists()


def test_a_bad_login_form_keeps_what_was_typed_and_says_why(guard: Client):
    answer = guard.post(reverse("login_new"), {"operation_id": uuid4(), "username": "大写", "display_name": "新人"})
    assert answer.status_code == 422
    assert "用小写字母开头" in answer.content.decode()
    assert "新人" in answer.content.decode()


def test_a_lead_proposes_in_the_town_and_not_beyond(lead: Client):
    login = make.login("near", ("volunteer", make.VILLAGE))
    url = reverse("login_rights", kwargs={"uid": login.uid})
    far = {"operation_id": uuid4(), "role": "worker", "place_path": make.NEXT_TOWN, "starts_on": "2026-03-02"}
    assert lead.post(url, far).status_code == 422
    assert not Grant.objects.filter(login=login, role="worker").exists()


def test_a_login_of_another_place_does_not_exist_here(lead: Client):
    far = make.login("far", ("worker", make.NEXT_TOWN))
    assert lead.get(reverse("login_rights", kwargs={"uid": far.uid})).status_code == 404
    assert lead.get(reverse("login_rights", kwargs={"uid": uuid4()})).status_code == 404


def test_a_role_is_ended_and_a_login_closed(guard: Client, lead: Client):
    login = make.login("near", ("worker", make.VILLAGE))
    url = reverse("login_change", kwargs={"uid": login.uid})
    grant = login.grants.get()
    assert guard.post(url, {"operation_id": uuid4(), "uid": grant.uid, "decision": "end"}).status_code == 302
    assert Grant.objects.get(pk=grant.pk).state == "ended"
    other = make.login("other", ("worker", make.VILLAGE))
    url = reverse("login_change", kwargs={"uid": other.uid})
    assert lead.post(url, {"operation_id": uuid4(), "uid": other.uid, "decision": "close"}).status_code in (403, 404)
    assert guard.post(url, {"operation_id": uuid4(), "uid": other.uid, "decision": "close"}).status_code == 302
    assert not Login.objects.get(pk=other.pk).is_active
    renewed = make.login("third", ("worker", make.VILLAGE))
    url = reverse("login_change", kwargs={"uid": renewed.uid})
    answer = guard.post(url, {"operation_id": uuid4(), "uid": renewed.uid, "decision": "renew"})
    assert answer.status_code == 200
    assert Login.objects.get(pk=renewed.pk).must_change_password


def test_who_is_locked_somewhere_is_shown_so(guard: Client):
    login = make.login("near", ("worker", make.VILLAGE))
    for _ in range(5):
        count_failed_login(login, "192.0.2.7", now=timezone.now())
    assert "锁住" in guard.get(reverse("rights")).content.decode()
    assert "暂时锁住" in guard.get(reverse("login_rights", kwargs={"uid": login.uid})).content.decode()


def test_exclusions_are_reviewed_by_the_lead(lead: Client):
    victim = make.person("钱桂芳")
    far = make.person("远处", place_path=make.NEXT_TOWN)
    row = make.exclusion(victim.uid, login=make.login("cousin"))
    make.exclusion(far.uid, login=make.login("other"))
    text = lead.get(reverse("exclusions")).content.decode()
    assert "钱桂芳" in text
    assert "远处" not in text
    given = {"operation_id": uuid4(), "uid": row.uid, "decision": "keep"}
    assert lead.post(reverse("exclusions"), given).status_code == 302
    assert Exclusion.objects.get(pk=row.pk).reviewed_at is not None
    assert lead.post(reverse("exclusions"), given | {"decision": "burn"}).status_code == 422


def test_the_list_of_exclusions_does_not_name_who_is_protected_nor_the_one_kept_away():
    hidden, husband = make.person("保密的人", sensitivity=4, is_protected=True), make.person("宋建国")
    make.exclusion(hidden.uid, person=husband)
    lead = enter("lead2", "lead", make.TOWN)
    login = Login.objects.get(username="lead2")
    text = lead.get(reverse("exclusions")).content.decode()
    assert "受保护的人" in text and "保密的人" not in text and "宋建国" not in text
    for word in ("保密", "宋建国"):
        lead.post(reverse("exclusions"), {"text": word, "state": ""})
        assert "受保护的人" not in lead.get(reverse("exclusions") + "?found=1").content.decode()
    make.tie(login, hidden.uid)
    text = lead.get(reverse("exclusions")).content.decode()
    assert "保密的人" in text and "宋建国" in text


def test_exclusions_are_found_by_name_and_state_and_lead_to_the_person_where_allowed():
    near, far = make.person("钱桂芳"), make.person("周阿大")
    husband = make.person("宋建国")
    make.exclusion(near.uid, person=husband)
    make.exclusion(far.uid, person=husband)
    lead = enter("lead", "lead", make.TOWN)
    Exclusion.objects.filter(about_uid=far.uid).update(lift_asked_by=uuid4())

    def shown(query: str = "") -> str:
        return lead.get(reverse("exclusions") + query).content.decode()

    def found(text: str) -> str:
        answer = lead.post(reverse("exclusions"), {"text": text, "state": ""})
        assert answer["Location"] == reverse("exclusions") + "?found=1"
        return lead.get(answer["Location"]).content.decode()

    assert "钱桂芳" in shown() and "周阿大" in shown()
    assert "周阿大" not in found("桂芳") and "钱桂芳" in found("建国") and "周阿大" in shown()
    assert "周阿大" in shown("?text=桂芳"), "a name in an address finds nothing"
    assert "钱桂芳" not in shown("?state=asked") and "周阿大" not in shown("?state=new")
    assert "没有找到" in shown("?state=kept")
    assert f'href="{reverse("person", args=[near.uid])}"' in shown()
    county = enter("county", "county")
    make.exclusion(near.uid, login=Login.objects.get(username="lead"))
    assert reverse("person", args=[near.uid]) not in shown(), "who is kept away sees no way in"
    assert "钱桂芳" in county.get(reverse("exclusions")).content.decode()


def test_every_page_of_rights_and_ones_own_says_where_it_is(guard: Client):
    login = make.login("newhand", ("worker", make.TOWN))
    one = reverse("login_rights", kwargs={"uid": login.uid})
    for address in (reverse("rights"), reverse("account"), reverse("login_new"), one, reverse("tokens")):
        crumbs = guard.get(address).content.decode().split('class="crumbs"')[1].split("</nav>")[0]
        assert "<span>" in crumbs, address


def test_who_is_searched_for_stands_in_no_address_and_open_in_no_session(guard: Client):
    make.login("newhand", ("worker", make.TOWN), display_name="何新手")
    make.login("other", ("worker", make.TOWN), display_name="别的人")
    answer = guard.post(reverse("rights"), {"text": "新手", "role": "worker"})
    assert answer["Location"] == reverse("rights") + "?found=1&role=worker"
    text = guard.get(answer["Location"]).content.decode()
    assert "何新手" in text and "别的人" not in text and 'value="新手"' in text
    assert "别的人" in guard.get(reverse("rights")).content.decode()
    assert not [value for value in guard.session.values() if "新手" in str(value)]
