"""Protecting a person: all is closed at once, lists do not write her down anew, and lifting takes two."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from linli.core.actor import Actor
from linli.core.errors import NotFound, Refused
from linli.core.models import AuditRow, Notice
from linli.party import actions_held, actions_protect, queries, queries_imports, queries_person
from linli.party.models import Exclusion, Fact, GroupStatus, ImportRow, Login, Person, Protection
from linli.party.tests import make
from linli.party.tests.browse import browser
from linli.party.tests.test_facts import stated
from linli.party.tests.test_imports import GOOD, OLD_ID, checked, confirmed

pytestmark = pytest.mark.django_db
SAFE = "白塔街9号"


def login(username: str, role: str = "worker") -> Login:
    return make.login(username, (role, make.TOWN))


def protect(actor: Actor, person: Person, **given: Any) -> None:
    actions_protect.protect_person(
        actor=actor, operation_id=uuid4(), person_uid=person.uid, **({"why": "violence"} | given)
    )
    person.refresh_from_db()


def woman() -> Person:
    """Somebody in a household with her husband, found by her phone."""
    home = make.household()
    fields = {"household": home, "household_uid": home.uid, "phone": "00055500182", "phone_last4": "0182"}
    make.person("沈永福", household=home, household_uid=home.uid)
    person = make.person("钱桂芳", address="柳园社区3幢102室", **fields)
    stated(person, "address", "柳园社区3幢102室", "低保名册", household_uid=home.uid)
    return person


def test_all_is_closed_at_once_and_the_safe_address_stands_in_one_place():
    worker, mate, husband = login("worker"), login("mate"), login("husband")
    person = woman()
    GroupStatus.objects.create(
        person=person, group="MLA", source="x", place_path=make.VILLAGE, subject_uid=person.uid,
        sensitivity=3, created_at=make.NOW,
    )  # fmt: skip
    make.tie(worker, person.uid, "co-worker")
    protect(
        make.actor(worker), person, keeper_uid=worker.uid, safe_address=SAFE,
        kept_away=[f"login:{husband.uid}", f"person:{Person.objects.get(name='沈永福').uid}"],
    )  # fmt: skip
    assert (person.is_protected, person.sensitivity, person.phone, person.phone_last4, person.address) == (
        True, 4, None, "", None
    )  # fmt: skip
    assert not queries.people(make.actor(mate)).filter(uid=person.uid).exists()
    with pytest.raises(NotFound):
        queries.person_by_uid(make.actor(mate), person.uid)
    assert set(Fact.objects.values_list("sensitivity", "household_uid")) == {(4, person.household_uid)}
    assert GroupStatus.objects.get().sensitivity == 4
    assert queries_person.household_members(Person.objects.get(name="沈永福")) == []
    assert Exclusion.objects.filter(about_uid=person.uid).count() == 2
    fields = queries_person.person_file(make.actor(worker), person.uid).fields
    address = next(view for view in fields if view.field.code == "address")
    assert (address.chosen, address.differs) == (SAFE, False)
    with pytest.raises((NotFound, Refused)):
        queries.person_by_uid(make.actor(husband), person.uid)
    audit = AuditRow.objects.get(action="person.protect")
    assert SAFE not in audit.params
    assert queries.people(make.actor(worker), text="0182").count() == 0


def test_somebody_must_stay_responsible_and_a_stranger_protects_nobody():
    worker, person = login("worker"), make.person()
    with pytest.raises(Refused, match="protection_needs_keeper"):
        protect(make.actor(worker), person)
    with pytest.raises(NotFound):
        protect(make.actor(worker), person, keeper_uid=make.login("far", ("worker", make.NEXT_TOWN)).uid)
    with pytest.raises(NotFound):
        protect(make.actor(Login.objects.get(username="far")), person, keeper_uid=worker.uid)
    with pytest.raises(Refused, match="second_factor"):
        protect(make.actor(worker, factor=False), person, keeper_uid=worker.uid)
    person.refresh_from_db()
    assert not person.is_protected
    make.tie(worker, person.uid)
    protect(make.actor(worker), person, keeper_uid=worker.uid)
    with pytest.raises(Refused, match="protected_already"):
        protect(make.actor(worker), person)


def test_nobody_becomes_responsible_by_protecting():
    worker, mate, person = login("worker"), login("mate"), make.person()
    with pytest.raises(Refused, match="protection_by_another"):
        protect(make.actor(worker), person, keeper_uid=worker.uid)
    page = reverse("person_protect", args=[person.uid])
    offered = browser(worker).get(page).content.decode()
    assert f'value="{mate.uid}"' in offered and f'<option value="{worker.uid}"' not in offered
    protect(make.actor(worker), person, keeper_uid=mate.uid)
    assert [one.username for one in queries_person.keepers(make.actor(worker), person)] == ["mate"]
    with pytest.raises(NotFound):
        queries.person_by_uid(make.actor(worker), person.uid)


def test_lifting_takes_two_and_opens_nothing_written_since():
    worker, mate, lead = login("worker"), login("mate"), login("lead", "lead")
    person = woman()
    make.tie(worker, person.uid)
    make.tie(lead, person.uid, "co-worker")
    before = dict(Fact.objects.values_list("uid", "sensitivity"))
    protect(make.actor(worker), person, safe_address=SAFE, kept_away=[f"login:{mate.uid}"])

    def step(action: Any, who: Login) -> None:
        action(actor=make.actor(who), operation_id=uuid4(), person_uid=person.uid)

    with pytest.raises(Refused, match="lift_not_asked"):
        step(actions_protect.lift_protection, lead)
    step(actions_protect.ask_lift_protection, worker)
    with pytest.raises(Refused, match="protection_needs_another"):
        step(actions_protect.lift_protection, worker)
    with pytest.raises(NotFound):
        step(actions_protect.lift_protection, mate)
    step(actions_protect.keep_protection, lead)
    with pytest.raises(Refused, match="lift_not_asked"):
        step(actions_protect.lift_protection, lead)
    step(actions_protect.ask_lift_protection, worker)
    step(actions_protect.lift_protection, lead)
    person.refresh_from_db()
    assert (person.is_protected, person.sensitivity) == (False, 2)
    assert dict(Fact.objects.filter(uid__in=before).values_list("uid", "sensitivity")) == before
    assert Fact.objects.get(is_correction=True).sensitivity == 4
    assert Protection.objects.get().lifted_by == lead.uid
    other = make.actor(login("other"))
    shown = [one.value for view in queries_person.person_file(other, person.uid).fields for one in view.values]
    assert SAFE not in shown
    assert "柳园社区3幢102室" in shown
    with pytest.raises((NotFound, Refused)):  # exclusions are lifted by themselves
        queries.person_by_uid(make.actor(mate), person.uid)


def held() -> tuple[Login, Person, Any]:
    """A protected person met by a second list, brought by somebody who may not see her."""
    lead, keeper = login("lead", "lead"), login("keeper")
    confirmed(make.actor(lead), checked(make.actor(lead), GOOD))
    person = Person.objects.get()
    make.tie(keeper, person.uid)
    protect(make.actor(keeper), person, keeper_uid=keeper.uid)
    return keeper, person, confirmed(make.actor(lead), checked(make.actor(lead), GOOD, OLD_ID))


def test_a_second_list_does_not_write_her_down_anew_and_tells_the_importer_nothing():
    keeper, person, batch = held()
    assert Person.objects.count() == 2
    assert [batch.counts[name] for name in ("taken", "doubtful", "matched", "rows_in")] == [1, 1, 0, 2]
    row = ImportRow.objects.get(batch=batch, held_for=person)
    assert (row.person, row.candidates, row.decision) == (None, [], "")
    assert row in queries_imports.import_rows(batch, "fine")
    assert list(queries.people(make.actor(Login.objects.get(username="lead"))).values_list("name", flat=True)) == [
        "沈永福"
    ]
    assert list(Notice.objects.filter(code="party.row_held").values_list("login_uid", flat=True)) == [keeper.uid]


@pytest.mark.parametrize(("is_same", "people"), [(True, 2), (False, 3)])
def test_who_may_see_her_says_whether_it_is_she(is_same: bool, people: int):
    keeper, person, batch = held()
    row = ImportRow.objects.get(held_for=person)
    facts = Fact.objects.filter(person=person).count()

    def settle(who: Login) -> None:
        actions_held.settle_held_row(
            actor=make.actor(who), operation_id=uuid4(), person_uid=person.uid, row_id=row.pk, is_same=is_same
        )

    with pytest.raises(NotFound):
        settle(Login.objects.get(username="lead"))
    settle(keeper)
    assert Person.objects.count() == people
    assert (Fact.objects.filter(person=person).count() > facts) is is_same
    if is_same:
        added = Fact.objects.filter(person=person, batch_uid=batch.uid, field="address")
        assert set(added.values_list("sensitivity", flat=True)) == {4}
    with pytest.raises(NotFound):
        settle(keeper)


def test_the_pages_protect_show_who_guards_and_lift():
    worker, mate = login("worker"), login("mate")
    person = woman()
    make.tie(mate, person.uid, "co-worker")
    make.tie(worker, person.uid)
    client, page = browser(worker), reverse("person_protect", args=[person.uid])
    assert "沈永福" in client.get(page).content.decode()
    wrong = client.post(page, {"operation_id": uuid4(), "why": ""})
    assert wrong.status_code == 422
    form = {"operation_id": uuid4(), "why": "violence", "keeper": worker.uid, "login": "", "safe_address": SAFE}
    form["members"] = f"person:{Person.objects.get(name='沈永福').uid}"
    assert client.post(page, form).status_code == 302
    text = client.get(page).content.decode()
    assert "钱桂芳受保护" in text
    assert SAFE not in text
    lift = reverse("person_protect_lift", args=[person.uid])
    assert client.post(lift, {"operation_id": uuid4(), "step": "ask"}).status_code == 302
    assert "等另一位" in client.get(page).content.decode()
    assert client.post(lift, {"operation_id": uuid4(), "step": "lift"}).status_code == 403
    assert browser(mate).post(lift, {"operation_id": uuid4(), "step": "lift"}).status_code == 302
    person.refresh_from_db()
    assert not person.is_protected


def test_the_page_of_waiting_rows_is_for_those_who_may_see_her():
    keeper, person, _batch = held()
    page = reverse("person_held", args=[person.uid])
    assert "是同一人" in browser(keeper).get(page).content.decode()
    row = ImportRow.objects.get(held_for=person)
    assert browser(keeper).post(page, {"operation_id": uuid4(), "row": row.pk, "is_same": "yes"}).status_code == 302
    assert "没有等你看的行" in browser(keeper).get(page).content.decode()
    assert browser(Login.objects.get(username="lead")).get(page).status_code == 404
    for name in ("person_protect", "person_held"):
        assert browser(login(f"v{name}", "volunteer")).get(reverse(name, args=[person.uid])).status_code == 404
