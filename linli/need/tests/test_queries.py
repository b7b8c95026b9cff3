"""Who sees which flags and needs."""

from __future__ import annotations

import pytest

from linli.core.errors import NotFound
from linli.need import queries
from linli.need.tests import make as needs
from linli.party.models import ImportBatch, Login, Person
from linli.party.tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def wife(db: None) -> Person:
    return make.person("何秀珍", household=make.household())


def somebody(kind: str, wife: Person) -> Login:
    """The logins of the table below."""
    if kind == "tied":
        login = make.login(kind, ("worker", make.TOWN))
        make.tie(login, wife.uid)
        return login
    if kind == "excluded":
        husband = make.person("宋建国")
        login = make.login(kind, ("worker", make.TOWN), ("lead", make.TOWN), person=husband)
        make.tie(login, wife.uid)
        make.exclusion(wife.uid, person=husband)
        return login
    role, _at, place = kind.partition("@")
    return make.login(kind, (role, {"": make.TOWN, "next": make.NEXT_TOWN, "county": make.COUNTY}[place]))


@pytest.mark.parametrize(
    ("kind", "listed", "readable"),
    [
        ("tied", True, True),
        ("worker", True, False),
        ("lead", True, False),
        ("county@county", True, False),
        ("grid", True, False),
        ("worker@next", False, False),
        ("volunteer", False, False),
        ("org_manager@county", False, False),
        ("excluded", False, False),
    ],
)
def test_flags_and_needs_who_by_what(kind: str, listed: bool, readable: bool, wife: Person):
    flag, need = needs.flag(wife), needs.need(wife)
    actor = make.actor(somebody(kind, wife))
    assert [row.uid for row in queries.flags(actor)] == [flag.uid] * listed
    assert [row.uid for row in queries.needs(actor)] == [need.uid] * listed
    assert queries.readable(actor, [flag], "flag.read") == ({flag.uid} if readable else set())
    assert queries.readable(actor, [need], "need.read") == ({need.uid} if readable else set())


def test_a_search_by_rule_or_group_tells_nothing_of_whom_one_may_not_read(wife: Person):
    flag = needs.flag(wife)
    assert not queries.flags(make.actor(somebody("worker", wife)), group="MLA").exists()
    tied = make.actor(somebody("tied", wife))
    assert queries.flags(tied, group="MLA", rule=flag.rule).count() == 1
    assert not queries.flags(tied, group="PWD").exists()


def test_one_flag_or_need_is_hidden_from_the_excluded(wife: Person):
    flag, need = needs.flag(wife), needs.need(wife)
    husband = make.actor(somebody("excluded", wife))
    with pytest.raises(NotFound):
        queries.flag_by_uid(husband, flag.uid)
    with pytest.raises(NotFound):
        queries.need_by_uid(husband, need.uid)


def test_needs_are_narrowed_and_the_most_pressing_stand_first(wife: Person):
    slow = needs.need(wife, "meal", "999981-N2026-00002", level=4, due_on=None)
    fast = needs.need(wife, "safety", "999981-N2026-00003", level=1)
    actor = make.actor(somebody("tied", wife))
    assert [need.uid for need in queries.needs(actor)] == [fast.uid, slow.uid]
    assert [need.uid for need in queries.needs(actor, level=4)] == [slow.uid]
    assert [need.uid for need in queries.needs(actor, number="00003", states=())] == [fast.uid]
    assert [need.uid for need in queries.needs(actor, code="meal")] == [slow.uid]


@pytest.mark.parametrize("way", ["withdrawn", "merged"])
def test_what_is_in_no_list_is_not_found_by_its_uid(way: str):
    kept, person = make.person(), make.person()
    login = make.login("worker", ("worker", make.TOWN))
    make.tie(login, person.uid)
    flag, need, actor = needs.flag(person), needs.need(person), make.actor(login)
    assert queries.flag_by_uid(actor, flag.uid) == flag and queries.need_by_uid(actor, need.uid) == need
    if way == "merged":
        person.merged_into = kept
    else:
        person.batch_uid = ImportBatch.objects.create(
            created_at=make.NOW,
            place_path=make.TOWN,
            state="withdrawn",
            maker_uid=login.uid,
            stated_on=make.NOW.date(),
            content_digest="0" * 64,
        ).uid
    person.save()
    assert not queries.needs(actor).exists() and not queries.flags(actor).exists()
    for find, uid in ((queries.flag_by_uid, flag.uid), (queries.need_by_uid, need.uid)):
        with pytest.raises(NotFound):
            find(actor, uid)
