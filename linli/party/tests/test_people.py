"""Who may list whom: roles and places against persons, and never a name too many."""

from __future__ import annotations

from datetime import date

import pytest

from linli.party import queries
from linli.party.models import GroupStatus
from linli.party.tests import make

pytestmark = pytest.mark.django_db

WHO = {
    "worker here": ("worker", make.TOWN),
    "worker elsewhere": ("worker", make.NEXT_TOWN),
    "county": ("county", make.COUNTY),
    "volunteer": ("volunteer", make.TOWN),
    "secretary of the village": ("secretary", make.VILLAGE),
}
SEEN = {
    "worker here": {"老人"},
    "worker elsewhere": {"邻镇人"},
    "county": {"老人", "邻镇人"},
    "volunteer": set(),
    "secretary of the village": {"老人"},
}


@pytest.mark.parametrize("who", WHO)
def test_who_lists_whom(who: str):
    make.person("老人")
    make.person("邻镇人", place_path=make.NEXT_TOWN)
    make.person("孩子", sensitivity=3)
    make.person("受保护的人", sensitivity=4, is_protected=True)
    login = make.login("x", WHO[who])
    assert set(queries.people(make.actor(login)).values_list("name", flat=True)) == SEEN[who]


def test_a_tie_opens_a_child_and_an_exclusion_closes_everybody():
    child, relative = make.person("孩子", sensitivity=3), make.person("亲属")
    login = make.login("x", ("worker", make.TOWN))
    make.tie(login, child.uid)
    assert set(queries.people(make.actor(login))) == {child, relative}
    assert set(queries.people(make.actor(login, factor=False))) == {relative}
    make.exclusion(child.uid, login=login)
    make.exclusion(relative.uid, login=login)
    assert not queries.people(make.actor(login)).exists()


def test_searching_never_finds_whom_one_may_not_list():
    make.person("孩子", sensitivity=3, name_initials="hz", phone_last4="0182", id_no="99999919440817102X")
    actor = make.actor(make.login("x", ("worker", make.TOWN)))
    for text in ("孩子", "hz", "0182", "99999919440817102X"):
        assert not queries.people(actor, text=text).exists()


def test_by_group_counts_only_memberships_one_may_read():
    known, unknown = make.person("甲"), make.person("乙")
    for person in (known, unknown):
        GroupStatus.objects.create(
            created_at=make.NOW, person=person, subject_uid=person.uid, place_path=person.place_path, group="MLA",
            sensitivity=3, source="名册",
        )  # fmt: skip
    login = make.login("x", ("worker", make.TOWN))
    make.tie(login, known.uid)
    assert set(queries.people(make.actor(login), group="MLA")) == {known}
    GroupStatus.objects.update(ends_on=date(2026, 3, 1))
    assert not queries.people(make.actor(login), group="MLA").exists()


@pytest.mark.parametrize(
    ("born", "year", "ages", "within"),
    [
        (date(1946, 3, 2), 1946, (80, None), True),
        (date(1946, 3, 3), 1946, (80, None), False),
        (date(1946, 3, 3), 1946, (60, 79), True),
        (None, 1946, (80, None), True),
        (date(2008, 3, 2), 2008, (0, 17), False),
        (date(2008, 3, 3), 2008, (0, 17), True),
        (None, None, (0, 17), False),
    ],
)
def test_by_age(born: date | None, year: int | None, ages: tuple[int, int | None], within: bool):
    make.person(birth_on=born, birth_year=year)
    actor = make.actor(make.login("x", ("worker", make.TOWN)))
    assert queries.people(actor, ages=ages).exists() is within
