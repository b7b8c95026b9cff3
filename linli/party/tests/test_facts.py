"""Setting a fact right: it counts at once, the earlier ones stay, and it can be taken back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from linli.core.actor import Actor
from linli.core.errors import BadInput, NotFound, Refused
from linli.core.models import AuditRow
from linli.engines.lists.tests.make import id_number
from linli.party import actions_facts, queries, queries_person
from linli.party.models import Fact, Login, Person
from linli.party.tests import make
from linli.party.tests.browse import browser

pytestmark = pytest.mark.django_db
ID_NO = id_number("19440817", 2)


@pytest.fixture
def worker() -> Actor:
    return make.actor(make.login("worker", ("worker", make.TOWN)))


def stated(person: Person, field: str, value: str, source: str, *, chosen: bool = True, **fields: Any) -> Fact:
    guard = {"place_path": person.place_path, "subject_uid": person.uid, "sensitivity": 2, "created_at": make.NOW}
    return Fact.objects.create(
        person=person, field=field, value=value, source=source, is_chosen=chosen, **(guard | fields)
    )


def correct(actor: Actor, person: Person, field: str, text: str, source: str = "said:self") -> UUID:
    given = {"person_uid": person.uid, "field": field, "text": text, "source": source, "why": "当面问的"}
    return UUID(actions_facts.correct_fact(actor=actor, operation_id=uuid4(), **given))


def view(actor: Actor, person: Person, field: str) -> queries_person.FieldView:
    return next(one for one in queries_person.person_file(actor, person.uid).fields if one.field.code == field)


def test_a_correction_settles_a_difference_and_keeps_what_was_said(worker: Actor):
    person = make.person(phone="00055500182", phone_last4="0182")
    stated(person, "phone", "00055500182", "低保名册")
    stated(person, "phone", "00055500199", "残联名册", chosen=False)
    assert view(worker, person, "phone").differs
    stated(person, "household_no", "H001", "低保名册")
    stated(person, "household_no", "LX77", "常住人口")
    own = view(worker, person, "household_no")
    assert own.varies and not own.differs, "each office numbers households by itself"
    correct(worker, person, "phone", "000 5550 0177")
    seen = view(worker, person, "phone")
    assert not seen.differs
    assert [(one.value, one.source, one.is_chosen) for one in seen.values] == [
        ("00055500177", "said:self", True),
        ("00055500182", "低保名册", False),
        ("00055500199", "残联名册", False),
    ]
    assert seen.values[0].why == "当面问的"
    assert list(queries.people(worker, text="0177")) == [person]
    audit = AuditRow.objects.get(action="person.correct")
    assert set(json.loads(audit.params)) == {"field", "source", "fact"}
    assert "0177" not in audit.params


def test_withdrawn_the_earlier_value_counts_again_and_the_correction_stays_written(worker: Actor):
    person = make.person()
    first = stated(person, "phone", "00055500182", "低保名册")
    second, third = correct(worker, person, "phone", "00055500177"), correct(worker, person, "phone", "00055500166")
    with pytest.raises(Refused, match="fact_withdrawn"):
        actions_facts.withdraw_correction(actor=worker, operation_id=uuid4(), person_uid=person.uid, fact_uid=second)
    for uid, now in ((third, "0177"), (second, "0182")):
        actions_facts.withdraw_correction(actor=worker, operation_id=uuid4(), person_uid=person.uid, fact_uid=uid)
        person.refresh_from_db()
        assert person.phone_last4 == now
    first.refresh_from_db()
    assert first.is_chosen
    assert [one.value for one in view(worker, person, "phone").values] == ["00055500182"]
    assert Fact.objects.filter(withdrawn_by=worker.login_uid).count() == 2
    with pytest.raises(Refused, match="fact_of_a_list"):
        actions_facts.withdraw_correction(actor=worker, operation_id=uuid4(), person_uid=person.uid, fact_uid=first.uid)


def test_what_people_are_searched_by_follows(worker: Actor):
    make.tie(Login.objects.get(), (person := make.person(birth_year=1944)).uid)
    stated(person, "birth_on", "1944-01-01", "低保名册")
    worker = make.actor(Login.objects.get())
    correct(worker, person, "name", "钱桂芬")
    birth = correct(worker, person, "birth_on", "1944年8月17日")
    correct(worker, person, "id_no", ID_NO)
    correct(worker, person, "sex", "2")
    correct(worker, person, "address", "柳园3幢102室")
    person.refresh_from_db()
    assert (person.name, person.name_initials, person.sex) == ("钱桂芬", "qgf", "2")
    assert (person.birth_on, person.birth_year) == (date(1944, 8, 17), 1944)
    assert (person.id_no, person.id_no_masked.strip("*"), person.address) == (ID_NO, ID_NO[-2:], "柳园3幢102室")
    assert list(queries.people(worker, text=ID_NO)) == [person]
    actions_facts.withdraw_correction(actor=worker, operation_id=uuid4(), person_uid=person.uid, fact_uid=birth)
    person.refresh_from_db()
    assert (person.birth_on, person.birth_year) == (None, 1944)


def test_a_birth_date_never_loosens_who_may_look(worker: Actor):
    person = make.person(birth_on=date(1990, 1, 1), birth_year=1990)
    correct(worker, person, "birth_on", "2019-05-06")
    person.refresh_from_db()
    assert person.sensitivity == 3
    make.tie(Login.objects.get(), person.uid)
    correct(make.actor(Login.objects.get()), person, "birth_on", "1990-01-01")
    person.refresh_from_db()
    assert person.sensitivity == 3


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("id_no", ID_NO[:-1] + ("1" if ID_NO[-1] != "1" else "2")),
        ("birth_on", "1960-02-30"),
        ("sex", "3"),
        ("living", "x"),
        ("phone", "12"),
        ("income_fen", "many"),
        ("name", "12"),
    ],
)
def test_what_cannot_be_read_is_not_kept(worker: Actor, field: str, text: str):
    make.tie(Login.objects.get(), (person := make.person()).uid)
    with pytest.raises(BadInput, match="fact_unreadable"):
        correct(make.actor(Login.objects.get()), person, field, text)
    assert not Fact.objects.exists()


def test_the_same_again_and_nothing_are_refused(worker: Actor):
    person = make.person()
    stated(person, "phone", "00055500182", "低保名册")
    with pytest.raises(Refused, match="fact_same"):
        correct(worker, person, "phone", "00055500182")
    with pytest.raises(Refused, match="fact_empty"):
        correct(worker, person, "phone", "")
    for field, source in (("place", "said:self"), ("nothing", "said:self"), ("phone", "a list")):
        with pytest.raises(NotFound):
            correct(worker, person, field, "x", source)


def test_sensitive_fields_ask_for_a_relationship_and_other_towns_for_nothing(worker: Actor):
    person = make.person()
    with pytest.raises((NotFound, Refused)):
        correct(worker, person, "income_fen", "850")
    other = make.actor(make.login("other", ("worker", make.NEXT_TOWN)))
    with pytest.raises(NotFound):
        correct(other, person, "phone", "00055500177")
    make.tie(Login.objects.get(username="worker"), person.uid)
    uid = correct(make.actor(Login.objects.get(username="worker")), person, "income_fen", "850.50")
    assert Fact.objects.get(uid=uid).value == "85050"
    assert Fact.objects.get(uid=uid).sensitivity == 3


def test_a_protected_persons_phone_stays_in_the_fact_alone(worker: Actor):
    person = make.person(is_protected=True, sensitivity=4)
    make.tie(Login.objects.get(), person.uid)
    uid = correct(make.actor(Login.objects.get()), person, "phone", "00055500177")
    person.refresh_from_db()
    assert (person.phone, person.phone_last4) == (None, "")
    assert Fact.objects.get(uid=uid).sensitivity == 4


def test_the_page_shows_what_is_kept_says_faults_in_words_and_takes_it_back(worker: Actor):
    person = make.person()
    stated(person, "phone", "00055500182", "低保名册")
    client = browser(Login.objects.get())
    page = reverse("person_correct", args=[person.uid])
    assert "更正事实" in client.get(page).content.decode()
    assert "00055500182" in client.get(f"{page}?field=phone").content.decode()
    form = {"operation_id": uuid4(), "value": "12", "source": "said:visit", "why": "走访"}
    wrong = client.post(f"{page}?field=phone", form)
    assert wrong.status_code == 422
    assert 'class="errors"' in wrong.content.decode()
    done = client.post(f"{page}?field=phone", form | {"value": "00055500177"})
    assert done["Location"] == reverse("person", args=[person.uid])
    text = client.get(done["Location"]).content.decode()
    assert "<del>00055500182</del>" in text
    assert "走访看到" in text
    uid = Fact.objects.get(is_correction=True).uid
    back = reverse("person_correct_withdraw", args=[person.uid])
    assert client.post(back, {"operation_id": uuid4(), "uid": uid}).status_code == 302
    assert "00055500177" not in client.get(done["Location"]).content.decode()


def test_a_volunteer_corrects_nothing(worker: Actor):
    person = make.person()
    client = browser(make.login("volunteer", ("volunteer", make.TOWN)))
    assert client.get(reverse("person_correct", args=[person.uid])).status_code == 404
    assert client.post(reverse("person_correct_withdraw", args=[person.uid]), {}).status_code == 404
