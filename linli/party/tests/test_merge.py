"""Two records found to be one person: everything goes over, the stricter guard wins, and it can be taken apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from linli.core.actor import Actor
from linli.core.decide import Sensitivity
from linli.core.errors import NotFound, Refused
from linli.core.models import AuditRow
from linli.party import actions_merge, queries, queries_person
from linli.party.models import Fact, GroupStatus, Login, Merge, Person, Tie
from linli.party.tests import make
from linli.party.tests.browse import browser
from linli.party.tests.test_facts import stated

pytestmark = pytest.mark.django_db
LATER = make.NOW + timedelta(minutes=1)
WHERE = make.TOWN + "999981001202/"


@pytest.fixture
def worker() -> Actor:
    return make.actor(make.login("worker", ("worker", make.TOWN)))


def two(*keepers: str) -> tuple[Person, Person]:
    """The same woman twice: once with her phone, once with her address and a group, in another village.

    `keepers`: the logins responsible for both.
    """
    kept = make.person("钱桂芳", phone="00055500182", phone_last4="0182")
    gone = make.person("钱桂芬", place_path=WHERE, address="柳园3幢", birth_year=1944)
    stated(kept, "name", "钱桂芳", "低保名册")
    stated(gone, "name", "钱桂芬", "残联名册")
    stated(gone, "address", "柳园3幢", "残联名册")
    GroupStatus.objects.create(
        person=gone, group="PWD", source="x", place_path=WHERE, subject_uid=gone.uid, sensitivity=3, created_at=make.NOW
    )
    for login in Login.objects.filter(username__in=keepers):
        for person in (kept, gone):
            make.tie(login, person.uid)
    return kept, gone


def again(actor: Actor) -> Actor:
    """The actor as the next request makes it."""
    return make.actor(Login.objects.get(uid=actor.login_uid))


def merge(actor: Actor, kept: Person, gone: Person) -> UUID:
    given = {"kept_uid": kept.uid, "gone_uid": gone.uid, "why": "papers"}
    uid = UUID(actions_merge.merge_people(actor=again(actor), operation_id=uuid4(), **given))
    for person in (kept, gone):
        person.refresh_from_db()
    return uid


def split(actor: Actor, uid: UUID) -> None:
    actions_merge.split_people(actor=again(actor), operation_id=uuid4(), merge_uid=uid)


def everything() -> list[Any]:
    """All that hangs on people, in the clear."""
    return [
        [(row.pk, row.subject_uid, row.place_path, row.value, row.is_chosen) for row in Fact.objects.order_by("pk")],
        list(GroupStatus.objects.order_by("pk").values_list("pk", "person", "subject_uid", "place_path")),
        list(Login.objects.order_by("pk").values_list("person")),
        list(Tie.objects.order_by("pk").values_list("about_uid", "ends_at")),
        [(p.pk, p.phone, p.address, p.birth_year, p.merged_into_id) for p in Person.objects.order_by("pk")],
    ]


def test_everything_goes_over_readable_and_comes_back_as_it_was(worker: Actor):
    kept, gone = two("worker")
    make.tie(make.login("other", ("worker", make.TOWN)), gone.uid)
    make.exclusion(gone.uid, login=make.login("away", ("worker", make.TOWN)))
    before = everything()
    uid = merge(worker, kept, gone)
    assert list(queries.people(worker)) == [kept]
    assert gone.merged_into == kept
    assert (kept.address, kept.birth_year, kept.phone) == ("柳园3幢", 1944, "00055500182")
    assert set(Fact.objects.values_list("subject_uid", "place_path")) == {(kept.uid, kept.place_path)}
    assert {(row.field, row.value, row.is_chosen) for row in Fact.objects.all()} == {
        ("name", "钱桂芳", True), ("name", "钱桂芬", False), ("address", "柳园3幢", True)
    }  # fmt: skip
    with pytest.raises(NotFound):
        queries.person_by_uid(worker, gone.uid)
    make.exclusion(kept.uid, login=make.login("away2", ("worker", make.TOWN)), created_at=LATER)
    with pytest.raises(NotFound):
        queries.person_by_uid(make.actor(Login.objects.get(username="away")), kept.uid)
    assert AuditRow.objects.filter(action="person.merge").count() == 2
    split(worker, uid)
    before[2].append((None,))  # the login that came since
    assert everything() == before
    for person in (kept, gone):  # one person alone lifts no exclusion: both go on holding for both
        for login in ("away", "away2"):
            with pytest.raises(NotFound):
                queries.person_by_uid(make.actor(Login.objects.get(username=login)), person.uid)
    with pytest.raises(Refused, match="split_done"):
        split(worker, uid)


def reads_all(login: Login, person: Person) -> bool:
    return bool(make.actor(login).decide("person.read", person.facts(), Sensitivity.SENSITIVE))


def test_nobody_opens_a_strangers_file_by_merging_his_own_into_it(worker: Actor):
    """One's own client into a stranger, a stranger into one's own client: neither, by whoever does it."""
    stranger, client = two()
    own = Login.objects.get(username="worker")
    make.tie(own, client.uid)
    for kept, gone in ((stranger, client), (client, stranger)):
        with pytest.raises(Refused, match="merge_not_yours"):
            merge(worker, kept, gone)
    assert AuditRow.objects.filter(action="person.merge", outcome="denied").count() == 2
    lead = make.actor(make.login("lead", ("lead", make.TOWN)))
    make.tie(Login.objects.get(username="lead"), stranger.uid)
    with pytest.raises(Refused, match="merge_opens_more"):
        merge(lead, stranger, client)
    Tie.objects.filter(login__username="lead").delete()
    uid = merge(lead, stranger, client)
    assert not reads_all(own, stranger) and not reads_all(Login.objects.get(username="lead"), stranger)
    with pytest.raises(Refused, match="merge_not_yours"):
        split(worker, uid)
    split(lead, uid)
    client.refresh_from_db()
    assert reads_all(own, client) and not reads_all(own, stranger)


def test_a_login_stays_with_its_own_record(worker: Actor):
    """A resident reads her own file alone, whoever is found to be alike."""
    kept, gone = two("worker")
    herself = make.login("herself", ("resident", WHERE), person=gone)
    with pytest.raises(Refused, match="merge_gone_has_login"):
        merge(worker, kept, gone)
    merge(worker, gone, kept)
    herself.refresh_from_db()
    assert herself.person == gone


def test_who_must_never_see_the_other_is_another_person(worker: Actor):
    kept, gone = two("worker")
    row = make.exclusion(kept.uid, person=gone)
    for one, other in ((kept, gone), (gone, kept)):
        with pytest.raises(Refused, match="merge_kept_apart"):
            merge(worker, one, other)
    row.delete()
    make.exclusion(gone.uid, login=make.login("himself", person=kept))
    with pytest.raises(Refused, match="merge_kept_apart"):
        merge(worker, kept, gone)
    with pytest.raises(Refused, match="merge_itself"):
        merge(worker, kept, kept)


def test_the_protected_record_is_the_one_kept_and_an_open_ones_worker_does_not_come_along(worker: Actor):
    safe, open_one = two()
    Person.objects.filter(pk=safe.pk).update(is_protected=True, sensitivity=4)
    for name, person in (("keeper", safe), ("helper", open_one)):
        make.tie(make.login(name, ("worker", make.TOWN)), person.uid)
    make.tie(Login.objects.get(username="keeper"), open_one.uid)
    keeper = make.actor(Login.objects.get(username="keeper"))
    with pytest.raises(NotFound):
        merge(worker, safe, open_one)
    with pytest.raises(Refused, match="merge_keep_protected"):
        merge(keeper, open_one, safe)
    merge(keeper, safe, open_one)
    assert (safe.is_protected, safe.sensitivity, safe.address) == (True, 4, None)
    assert set(Fact.objects.filter(source="残联名册").values_list("sensitivity", flat=True)) == {4}
    with pytest.raises(NotFound):
        queries.person_by_uid(make.actor(Login.objects.get(username="helper")), safe.uid)


def test_a_household_wide_exclusion_of_either_holds(worker: Actor):
    kept, gone = two("worker")
    home = make.household()
    Person.objects.filter(pk=gone.pk).update(household=home, household_uid=home.uid)
    away = make.login("away", ("worker", make.TOWN))
    make.exclusion(home.uid, login=away)
    merge(worker, kept, gone)
    with pytest.raises(NotFound):
        queries.person_by_uid(make.actor(away), kept.uid)


def test_merges_come_apart_last_first_and_not_after_protecting(worker: Actor):
    kept, gone = two("worker")
    third = make.person("钱桂方")
    make.tie(Login.objects.get(), third.uid)
    first, second = merge(worker, kept, gone), merge(worker, kept, third)
    with pytest.raises(Refused, match="split_not_last"):
        split(worker, first)
    split(worker, second)
    Person.objects.filter(pk=kept.pk).update(is_protected=True, sensitivity=4)
    with pytest.raises(Refused, match="split_protected"):
        split(worker, first)


def test_other_towns_are_neither_found_nor_merged(worker: Actor):
    kept, gone = two("worker")
    far = make.person("钱桂芳", place_path=make.NEXT_TOWN)
    assert far not in queries_person.alike(worker, kept)
    with pytest.raises(NotFound):
        merge(worker, kept, far)
    with pytest.raises(Refused, match="second_factor"):
        actions_merge.merge_people(
            actor=make.actor(Login.objects.get(username="worker"), factor=False),
            operation_id=uuid4(),
            kept_uid=kept.uid,
            gone_uid=gone.uid,
            why="papers",
        )


def test_the_pages_find_compare_merge_lead_on_and_split(worker: Actor):
    kept, gone = two("worker")
    client, page = browser(Login.objects.get(username="worker")), reverse("person_merge", args=[kept.uid])
    assert "没有像的" in client.get(page).content.decode()
    found = client.post(page, {"q": "钱桂"})
    assert f"?other={gone.uid}" in found.content.decode()
    text = client.get(f"{page}?other={gone.uid}").content.decode()
    assert "残联名册" in text
    assert "不一样" in text
    form = {"operation_id": uuid4(), "other": gone.uid}
    assert client.post(page, form).status_code == 422
    assert client.post(page, form | {"keep": kept.uid, "why": "papers"}).status_code == 302
    led = client.get(reverse("person", args=[gone.uid]))
    assert led["Location"] == reverse("person", args=[kept.uid])
    assert "钱桂芬" in client.get(page).content.decode()
    form = {"operation_id": uuid4(), "uid": Merge.objects.get().uid}
    assert client.post(reverse("person_split", args=[kept.uid]), form).status_code == 302
    assert queries.people(worker).count() == 2


def test_a_stranger_is_led_nowhere(worker: Actor):
    kept, gone = two("worker")
    merge(worker, kept, gone)
    client = browser(make.login("far", ("worker", make.NEXT_TOWN)))
    assert client.get(reverse("person", args=[gone.uid])).status_code == 404
    near = browser(make.login("near", ("worker", make.TOWN)))
    other = make.person("钱桂方")
    refused = near.get(reverse("person_merge", args=[kept.uid]) + f"?other={other.uid}")
    assert (refused.status_code, "请站长" in refused.content.decode()) == (403, True)
    client = browser(make.login("volunteer", ("volunteer", make.TOWN)))
    for name in ("person_merge", "person_split"):
        assert client.post(reverse(name, args=[kept.uid]), {}).status_code == 404
