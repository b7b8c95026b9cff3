"""The page of one person: what each reader gets, what is withheld and why, and that every look is written down."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.core.models import AuditRow
from linli.need.models import Flag, Need
from linli.party.models import Exclusion, Fact, GroupStatus, Login, Person, Tie
from linli.party.tests import make
from linli.party.tests.test_rights_pages import enter

pytestmark = pytest.mark.django_db
ID_NO = "99999919440817102X"


def state(person: Person, field: str, value: str, source: str, **fields: Any) -> Fact:
    return Fact.objects.create(
        created_at=make.NOW,
        person=person,
        subject_uid=person.uid,
        place_path=person.place_path,
        field=field,
        value=value,
        source=source,
        **fields,
    )


@pytest.fixture
def qian(db: None) -> Person:
    """Somebody with facts of three classes, a group, a flag and a need."""
    home = make.household()
    person = make.person("钱桂芳", sex="2", birth_year=1944, household=home, household_uid=home.uid)
    make.person("吴丽华", household=home, household_uid=home.uid, relation="女儿")
    make.person("小宝", household=home, household_uid=home.uid, sensitivity=3)
    state(person, "birth_on", "1943-08-17", "户口簿")
    state(person, "birth_on", "1944-08-17", "低保名册", is_chosen=False)
    state(person, "id_no", ID_NO, "户口簿", sensitivity=3)
    state(person, "phone", "00055500182", "老年人名册", doubt="phone_shape")
    about = {"person": person, "subject_uid": person.uid, "place_path": person.place_path, "created_at": make.NOW}
    GroupStatus.objects.create(group="MLA", source="低保名册", sensitivity=3, **about)
    flag = {"rule": "dis", "rule_version": "1", "kind": "missed", "sensitivity": 3}
    Flag.objects.create(reason=json.dumps({"zh": "可能少领过津贴", "en": "may have missed"}), **flag, **about)
    Need.objects.create(number="N1", code="bath", level=4, opened_at=make.NOW, sensitivity=3, **about)
    return person


def see(client: Client, person: Person, page: str = "person") -> str:
    response = client.get(reverse(page, args=[person.uid]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def worker(db: None) -> Client:
    return enter("worker", "worker", make.TOWN)


def shape(text: str, uid: UUID) -> str:
    """A page without the address asked for and the token of its forms."""
    return re.sub(r'value="[0-9A-Za-z]{64}"', "", text).replace(str(uid), "")


def responsible(person: Person) -> Client:
    client = enter("own", "worker", make.TOWN)
    make.tie(Login.objects.get(username="own"), person.uid)
    return client


def test_the_responsible_worker_reads_it_with_sources(qian: Person):
    text = see(responsible(qian), qian)
    for words in ("户口簿", "两处不同", "1943-08-17", "1944-08-17", "低保", "可能少领过津贴", "助浴", "待核", "吴丽华"):
        assert words in text
    assert "****************2X" in text
    assert ID_NO not in text
    assert "小宝" not in text
    assert "户里还有人，不归你看" in text
    assert "你是负责的人" in text
    read = AuditRow.objects.filter(object_uid=qian.uid, action="person.read", outcome="read")
    assert json.loads(read.get().params) == {"fields": ["id_no"]}
    assert AuditRow.objects.filter(action__in=("flag.read", "need.read"), outcome="read").count() == 2


def test_a_household_does_not_tell_that_somebody_one_must_keep_away_from_lives_there(qian: Person):
    client, worker = responsible(qian), Login.objects.get(username="own")
    victim, child = Person.objects.get(name="吴丽华"), Person.objects.get(name="小宝")
    child.delete()
    make.exclusion(victim.uid, login=worker)
    text = see(client, qian)
    assert "吴丽华" not in text and "户里还有人" not in text
    listed = client.get(reverse("people")).content.decode()
    assert 'data-th="一户几人">1</td>' in listed
    Exclusion.objects.all().delete()
    assert "吴丽华" in see(client, qian)
    assert 'data-th="一户几人">2</td>' in client.get(reverse("people")).content.decode()


def test_every_sensitive_look_is_shown_to_who_is_responsible(qian: Person):
    client = responsible(qian)
    for page in ("flags", "needs", "today"):
        assert client.get(reverse(page)).status_code == 200
    rows = AuditRow.objects.filter(object_uid=qian.uid, outcome="read").values_list("action", flat=True)
    assert sorted(rows) == ["flag.read", "need.read", "need.read"]
    text = see(client, qian)
    assert "看了线索" in text and "看了需求" in text and "一共 4 次" in text
    assert text.count("看了需求") == 1, "twice on one day stands once"


def test_what_is_not_there_leaves_the_same_row_as_what_is_hidden(worker: Client):
    hidden = make.person("保密", sensitivity=4, is_protected=True)
    for page in ("person_protect", "person_merge", "need_new", "person_correct"):
        for uid in (hidden.uid, uuid4()):
            assert worker.get(reverse(page, args=[uid])).status_code == 404
            assert AuditRow.objects.filter(object_uid=uid, outcome="denied").count() >= 1, page


def test_another_worker_of_the_place_reads_less_and_is_told_why(qian: Person, worker: Client):
    text = see(worker, qian)
    assert "00055500182" in text
    assert "*2X" not in text
    assert "可能少领过津贴" not in text
    assert "助浴" not in text
    assert "有一条线索，领下来才能看" in text
    assert "内容只给负责的人看" in text
    assert "要看，请站长" in text
    assert "另有 1 项身份只给负责的人看" in text
    assert reverse("person_reveal", args=[qian.uid]) not in text


def test_others_find_no_such_page_and_the_try_is_recorded(qian: Person):
    make.exclusion(qian.uid, login=make.login("kin", ("worker", make.TOWN)))
    kin = Client()
    kin.force_login(Login.objects.get(username="kin"), backend="allauth.account.auth_backends.AuthenticationBackend")
    for client in (enter("far", "worker", make.NEXT_TOWN), enter("helper", "volunteer", make.TOWN), kin):
        for page in ("person", "person_print"):
            assert client.get(reverse(page, args=[qian.uid])).status_code == 404
    assert AuditRow.objects.filter(object_uid=qian.uid, outcome="denied").count() == 4
    text = see(responsible(qian), qian)
    assert text.count("一次被拒") == 4
    assert "这个账号要回避" in text


def test_a_protected_person_asks_for_a_fresh_confirmation(qian: Person):
    Person.objects.filter(pk=qian.pk).update(is_protected=True, sensitivity=4)
    client = responsible(qian)
    assert "00055500182" in see(client, qian)
    session = client.session
    del session["linli_fresh_factor_at"]
    session.save()
    assert client.get(reverse("person", args=[qian.uid])).status_code == 403


def test_revealing_asks_a_reason_and_shows_once(qian: Person):
    client = responsible(qian)
    address = reverse("person_reveal", args=[qian.uid])
    assert client.post(address, {"field": "id_no"}).status_code == 422
    assert client.post(address, {"field": "phone", "why": "papers"}).status_code == 422
    assert client.get(address).status_code == 405
    assert ID_NO in client.post(address, {"field": "id_no", "why": "papers"}).content.decode()
    row = AuditRow.objects.get(action="person.reveal")
    assert (row.outcome, json.loads(row.params)) == ("read", {"field": "id_no", "why": "papers"})
    assert ID_NO not in see(client, qian)


def test_revealing_is_refused_without_relationship_or_fresh_confirmation(qian: Person, worker: Client):
    address = reverse("person_reveal", args=[qian.uid])
    assert worker.post(address, {"field": "id_no", "why": "papers"}).status_code == 403
    client = responsible(qian)
    session = client.session
    del session["linli_fresh_factor_at"]
    session.save()
    response = client.post(address, {"field": "id_no", "why": "papers"})
    assert response["Location"].startswith(reverse("step_up"))
    assert AuditRow.objects.filter(action="person.reveal", outcome="denied").count() == 2
    assert not AuditRow.objects.filter(action="person.reveal", outcome="read").exists()


def test_an_exclusion_in_two_taps_holds_at_once(qian: Person, worker: Client):
    client = responsible(qian)
    assert "加上回避" in see(client, qian)
    near = Login.objects.get(username="worker")
    given = {"operation_id": uuid4(), "whom": f"login:{near.uid}", "why": "relative"}
    address = reverse("person_exclude", args=[qian.uid])
    assert client.post(address, given).status_code == 302
    assert client.post(address, given).status_code == 302
    assert Exclusion.objects.get().login == near
    assert worker.get(reverse("person", args=[qian.uid])).status_code == 404
    assert client.post(address, given | {"operation_id": uuid4(), "whom": "login:no"}).status_code == 422
    helper = enter("helper", "volunteer", make.TOWN)
    assert helper.post(address, given | {"operation_id": uuid4()}).status_code == 404


def test_a_lead_hands_a_child_over_and_the_first_worker_finds_no_such_page(qian: Person):
    Person.objects.filter(pk=qian.pk).update(sensitivity=3)
    first, lead = responsible(qian), enter("lead", "lead", make.TOWN)
    make.tie(Login.objects.get(username="lead"), qian.uid, "supervises")
    second = enter("second", "worker", make.TOWN)
    text = see(lead, qian)
    for words in ("负责的人", "2026-03-02", "换人，或结束", "second"):
        assert words in text
    assert "换人，或结束" not in see(first, qian)
    tie = Tie.objects.get(login__username="own")
    taker = Login.objects.get(username="second")
    given = {"operation_id": uuid4(), "tie": tie.uid, "to": taker.uid, "why": "turn"}
    address = reverse("person_tie_end", args=[qian.uid])
    assert first.post(address, given).status_code == 404
    assert lead.post(address, given)["Location"] == reverse("person", args=[qian.uid])
    assert lead.post(address, given).status_code == 302
    assert Tie.objects.filter(login=taker, about_uid=qian.uid, ends_at__isnull=True).count() == 1
    assert "分工调整" in see(second, qian)
    assert "以前是谁" in see(lead, qian)
    unknown = uuid4()
    hidden, nothing = (first.get(reverse("person", args=[uid])) for uid in (qian.uid, unknown))
    assert (hidden.status_code, nothing.status_code) == (404, 404)
    assert shape(hidden.content.decode(), qian.uid) == shape(nothing.content.decode(), unknown)


def test_nobody_stops_being_responsible_while_a_need_is_open(qian: Person):
    responsible(qian)
    lead = enter("lead", "lead", make.TOWN)
    tie, address = Tie.objects.get(), reverse("person_tie_end", args=[qian.uid])
    given = {"tie": tie.uid, "why": "done"}
    refused = lead.post(address, given | {"operation_id": uuid4()})
    assert refused.status_code == 403
    assert "还有 1 件需求没有结束" in refused.content.decode()
    tie.refresh_from_db()
    assert tie.ends_at is None
    Need.objects.update(state="closed")
    assert lead.post(address, given | {"operation_id": uuid4()}).status_code == 302
    assert "还没有人负责" in see(lead, qian)
    assert lead.post(address, given | {"operation_id": uuid4()}).status_code == 403


def test_a_lead_gives_a_person_to_a_colleague_and_a_worker_may_not(qian: Person, worker: Client):
    lead, other = enter("lead", "lead", make.TOWN), make.login("other", ("worker", make.TOWN))
    assert "还没有人负责" in see(worker, qian)
    assert "交给谁" not in see(worker, qian)
    assert "交给谁" in see(lead, qian)
    address = reverse("person_tie", args=[qian.uid])
    given = {"operation_id": uuid4(), "whom": other.uid, "kind": "assigned", "why": "near"}
    assert worker.post(address, given).status_code == 404
    assert lead.post(address, given | {"why": "no"}).status_code == 422
    assert lead.post(address, given).status_code == 302
    assert Tie.objects.get().login == other
    assert AuditRow.objects.filter(action="tie.assign", outcome="done").count() == 1
    session = lead.session
    del session["linli_second_factor_at"], session["linli_fresh_factor_at"]
    session.save()
    assert "要换人，先确认是我" in see(lead, qian)
    assert lead.post(address, given | {"operation_id": uuid4()}).status_code == 403


def test_a_tie_to_the_whole_household_is_shown(qian: Person):
    make.tie(make.login("home", ("worker", make.TOWN)), qian.household_uid)
    assert "整户" in see(enter("lead", "lead", make.TOWN), qian)


def test_the_print_says_who_printed_it_and_when(qian: Person):
    text = see(responsible(qian), qian, "person_print")
    assert "own" in text
    assert str(timezone.localdate()) in text
    assert ID_NO not in text


def test_the_printed_record_is_laid_out_as_a_sheet(qian: Person):
    answer = responsible(qian).get(reverse("person_print", args=[qian.uid]))
    assert '<body class="a4">' in answer.content.decode()
