"""Whose login it is, by papers: said by one, checked by another; then exclusions of that person bite the login."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from linli.core.errors import Conflict, NotFound, Refused
from linli.core.models import AuditRow, Notice
from linli.party import actions_bindings as bindings
from linli.party import actions_rights as rights
from linli.party.models import Binding, Login, Person
from linli.party.queries import visible
from linli.party.tests import make
from linli.party.tests.browse import browser

pytestmark = pytest.mark.django_db
NUMBER = "999981198001010019"


@pytest.fixture
def guard(db: None) -> Login:
    return make.login("guard", ("security_admin", make.COUNTY))


@pytest.fixture
def county(db: None) -> Login:
    return make.login("county", ("county", make.COUNTY))


@pytest.fixture
def man(db: None) -> Person:
    return make.person("宋建国", id_no=NUMBER)


@pytest.fixture
def worker(db: None) -> Login:
    return make.login("song", ("worker", make.TOWN), display_name="宋建国")


def propose(actor: Login, login: Login, *, factor: bool = True, **changes: Any) -> UUID:
    given = {"login_uid": login.uid, "name": "宋建国", "id_no": NUMBER, "papers": "id_card"} | changes
    answer = bindings.propose_binding(actor=make.actor(actor, factor=factor), operation_id=uuid4(), **given)
    return UUID(answer["uid"])


def confirm(actor: Login, uid: UUID, *, factor: bool = True, number: str = NUMBER) -> dict[str, str]:
    given = {"binding_uid": uid, "id_no": number}
    answer: dict[str, str] = bindings.confirm_binding(
        actor=make.actor(actor, factor=factor), operation_id=uuid4(), **given
    )
    return answer


def code_of(call: Any, error: type[Exception] = Refused) -> str:
    with pytest.raises(error) as refusal:
        call()
    return str(refusal.value.code)  # type: ignore[attr-defined]


def test_an_exclusion_of_the_person_bites_the_login_once_bound(guard: Login, county: Login, man: Person, worker: Login):
    victim = make.person("受害的人")
    rights.add_exclusion(
        actor=make.actor(make.login("other", ("worker", make.TOWN))),
        operation_id=uuid4(), about_uid=victim.uid, person_uid=man.uid, why="violence",
    )  # fmt: skip

    def sees() -> tuple[bool, bool]:
        actor = make.actor(Login.objects.select_related("person").get(pk=worker.pk))
        return bool(actor.decide("person.read", victim.facts())), visible(
            actor, "person.list", Person.objects.filter(pk=victim.pk)
        ).exists()

    assert sees() == (True, True)
    uid = propose(guard, worker)
    assert sees() == (True, True), "one person binds nobody"
    assert confirm(county, uid)["state"] == "active"
    assert sees() == (False, False)
    assert make.actor(Login.objects.get(pk=worker.pk)).person_uid == man.uid
    row = Binding.objects.get()
    assert (row.state, row.person, row.name, row.id_no) == ("active", man, None, None)
    written = AuditRow.objects.filter(object_uid=worker.uid, outcome="done").order_by("number")
    assert [one.action for one in written] == ["binding.propose", "binding.confirm"]
    assert NUMBER not in str(list(AuditRow.objects.values())) and "宋建国" not in str(list(AuditRow.objects.values()))
    assert [(one.login_uid, one.code) for one in Notice.objects.all()] == [(worker.uid, "party.bound")]


def test_it_takes_two_who_are_two_and_never_ones_own(guard: Login, county: Login, man: Person, worker: Login):
    assert code_of(lambda: propose(guard, guard)) == "core.own_business"
    assert code_of(lambda: propose(county, worker)) == "core.no_role"
    assert code_of(lambda: propose(guard, worker, factor=False)) == "core.second_factor_needed"
    uid = propose(guard, worker)
    assert code_of(lambda: propose(guard, worker), Conflict) == "party.binding_waits"
    assert code_of(lambda: confirm(guard, uid)) == "core.no_role"
    assert code_of(lambda: confirm(county, uid, factor=False)) == "core.second_factor_needed"
    assert code_of(lambda: confirm(make.login("far", ("county", make.NEXT_TOWN)), uid)) == "core.outside_place"
    make.grant(guard, "county", make.COUNTY)
    assert code_of(lambda: confirm(guard, uid)) == "party.grant_needs_another"
    own = propose(guard, county)
    assert code_of(lambda: confirm(county, own)) == "core.own_business"
    rights.renew_password(actor=make.actor(guard), operation_id=uuid4(), login_uid=county.uid, password="x" * 16)
    assert code_of(lambda: confirm(county, uid)) == "party.grant_password_given"
    assert not Login.objects.filter(person__isnull=False).exists()


def test_papers_that_agree_with_no_record_bind_nobody(guard: Login, county: Login, man: Person, worker: Login):
    wrong_name = propose(guard, worker, name="宋建军")
    assert code_of(lambda: confirm(county, wrong_name)) == "party.binding_no_match"
    bindings.refuse_binding(actor=make.actor(county), operation_id=uuid4(), binding_uid=wrong_name)
    uid = propose(guard, worker)
    assert code_of(lambda: confirm(county, uid, number="999981198001010027")) == "party.binding_no_match"
    man.sensitivity, man.is_protected = 4, True
    man.save()
    assert code_of(lambda: confirm(county, uid)) == "party.binding_no_match", "who is protected answers like nobody"
    make.tie(county, man.uid)
    assert confirm(county, uid)["state"] == "active"


def test_what_is_decided_is_not_decided_again_and_a_new_one_replaces(
    guard: Login, county: Login, man: Person, worker: Login
):
    other = make.person("宋建国", id_no="999981198001010027")
    uid = propose(guard, worker)
    confirm(county, uid)
    assert code_of(lambda: confirm(county, uid)) == "party.grant_not_waiting"
    with pytest.raises(NotFound):
        confirm(county, uuid4())
    confirm(county, propose(guard, worker, id_no="999981198001010027"), number="9999 8119 8001 0100 27")
    assert Login.objects.get(pk=worker.pk).person == other
    assert sorted(Binding.objects.values_list("state", flat=True)) == ["active", "replaced"]


def test_the_pages_let_two_do_it(guard: Login, county: Login, man: Person, worker: Login):
    first, second = browser(guard), browser(county)
    page, bind = reverse("login_rights", args=[worker.uid]), reverse("login_bind", args=[worker.uid])
    assert "还没有和本人的资料对上" in first.get(page).content.decode()
    form = {"operation_id": uuid4(), "name": "宋建国", "id_no": "1", "papers": "id_card"}
    bad = first.post(bind, form)
    assert (bad.status_code, "证件号写数字和字母" in bad.content.decode()) == (422, True)
    assert first.post(bind, form | {"id_no": NUMBER})["Location"] == page
    shown = first.get(page).content.decode()
    assert "等另一个人当面核对" in shown and NUMBER not in shown
    assert "等你核对证件" in second.get(reverse("rights")).content.decode()
    shown = second.get(page).content.decode()
    assert "宋建国" in shown and NUMBER not in shown and NUMBER[-4:] not in shown
    sent = {"operation_id": uuid4(), "uid": Binding.objects.get().uid, "decision": "confirm", "id_no": NUMBER}
    decide = reverse("login_bind_decide", args=[worker.uid])
    assert first.post(decide, sent).status_code == 403
    assert second.post(decide, sent | {"decision": "burn", "operation_id": uuid4()}).status_code == 422
    assert second.post(decide, sent)["Location"] == page
    assert "凭证件和本人的资料对上了" in first.get(page).content.decode()


def test_a_new_account_with_the_phone_of_somebody_known_warns(guard: Login):
    make.person("甲", phone="19900000001")
    make.person("乙", phone="19900000002", sensitivity=4, is_protected=True)
    make.person("丙", phone="19900000003", place_path="99/9999/999982/")

    def warned(name: str, phone: str) -> bool:
        form = {"operation_id": uuid4(), "username": name, "display_name": "新人", "phone": phone}
        return "册子里有人用这个手机号" in browser(guard).post(reverse("login_new"), form).content.decode()

    told = [warned(f"new{last}", f"1990000000{last}" if last else "") for last in range(5)]
    assert told == [False, True, False, False, False]


def test_who_has_left_the_county_is_bound_by_nobody_here(guard: Login, county: Login, worker: Login):
    make.person("宋建国", id_no=NUMBER, place_path="99/9999/999982/")
    uid = propose(guard, worker)
    assert code_of(lambda: confirm(county, uid)) == "party.binding_no_match"
    assert Binding.objects.get().created_at <= make.NOW + timedelta(0)
