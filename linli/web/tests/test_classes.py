"""Figures by class of clients: small ones stay unsaid whoever adds and subtracts, classes are the county's to word."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core.errors import Refused
from linli.core.models import AuditRow
from linli.party.models import GroupStatus, Login, Person
from linli.party.queries import actor_of
from linli.party.tests import make
from linli.web import actions
from linli.web.class_figures import NONE, class_table
from linli.web.models import ClientClass
from linli.web.queries import client_classes
from linli.web.rules import SHIPPED, SMALLEST, why_not_write_class, withheld
from linli.web.tests import make as worlds

COUNTY, TOWN, NEXT_TOWN = "999981", "999981001", "999981002"
WORDED = {"name": "困难群众", "name_en": "Hardship", "groups": ["MLA", "PWD"], "is_counted": True, "why": "会议"}


def member(group: str, place_path: str = make.VILLAGE, **status: object) -> Person:
    """Somebody who belongs to a group."""
    person = make.person(f"{group}{Person.objects.count()}", place_path=place_path)
    GroupStatus.objects.create(
        created_at=make.NOW,
        person=person,
        place_path=place_path,
        subject_uid=person.uid,
        sensitivity=3,
        group=group,
        source="名册",
        **status,
    )
    return person


@pytest.fixture
def officer(db: None) -> Login:
    """Six on the allowance in one town and two in the other; eight and nine disabled; five of no class."""
    worlds.places()
    for path, allowance, disabled, none in ((make.VILLAGE, 6, 8, 5), (make.NEXT_TOWN, 2, 9, 0)):
        for group, many in (("MLA", allowance), ("PWD", disabled)):
            for _each in range(many):
                member(group, path)
        for _each in range(none):
            make.person(f"没有{Person.objects.count()}", place_path=path)
    member("MLA", ends_on=worlds.today() - timedelta(days=1))
    return make.login("officer", ("county", make.COUNTY))


def actor(login: Login):
    now = timezone.now()
    return actor_of(login, now=now, second_factor_at=now, fresh_factor_at=now)


def shown(login: Login, code: str) -> dict[str, int | None]:
    """People on file by class, of one place."""
    from linli.place.models import Place

    table = class_table(actor(login), Place.objects.get(code=code))
    return {name: line["on_file"] for name, line in table.cells.items()}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(0, 12), max_size=8))
def test_nobody_learns_a_small_number_by_adding_and_subtracting(parts: list[int]):
    counts = {str(at): n for at, n in enumerate(parts)}
    hidden = withheld(counts)
    assert {key for key, n in counts.items() if 0 < n < SMALLEST} <= hidden
    if hidden and any(n >= SMALLEST for key, n in counts.items() if key not in hidden):
        assert len(hidden) > 1 and sum(counts[key] for key in hidden) >= SMALLEST
    if not any(0 < n < SMALLEST for n in counts.values()):
        assert hidden == set()


def test_of_a_town_nothing_is_said_that_county_and_neighbours_would_give_away(officer: Login):
    county, town, other = (shown(officer, code) for code in (COUNTY, TOWN, NEXT_TOWN))
    assert (county["C01"], town["C01"], other["C01"]) == (8, None, None), "eight less six would be two"
    assert (county["C05"], town["C05"], other["C05"]) == (17, 8, 9)
    assert (county[NONE], town[NONE], other[NONE]) == (6, 6, 0), "whose membership is over is in no class"


def test_a_class_counts_a_person_once_and_a_person_counts_in_each(officer: Login):
    both = Person.objects.filter(name__startswith="PWD").first()
    GroupStatus.objects.create(
        created_at=make.NOW, person=both, place_path=both.place_path, subject_uid=both.uid, sensitivity=3,
        group="SMD", source="名册",
    )  # fmt: skip
    assert shown(officer, COUNTY)["C05"] == 17
    actions.write_class(actor=actor(officer), operation_id=uuid4(), code="", **WORDED)
    assert shown(officer, COUNTY)["C13"] == 25


def test_a_class_is_worded_anew_and_the_wordings_before_stay(officer: Login):
    who = actor(officer)
    for groups, counted in ((["PWD"], True), (["MLA"], False)):
        given = WORDED | {"name": "残疾人", "groups": groups, "is_counted": counted}
        actions.write_class(actor=who, operation_id=uuid4(), code="C05", **given)
    assert "C05" not in {one.code for one in client_classes(who)}
    assert list(ClientClass.objects.values_list("groups", flat=True)) == [["PWD"], ["MLA"]]
    assert AuditRow.objects.filter(action="class.write", outcome="done").count() == 2


@pytest.mark.parametrize(
    ("code", "name", "groups", "refused"),
    [
        ("", "困难群众", ["MLA"], None),
        ("", "低保对象", ["MLA"], "web.class_name_taken"),
        ("C01", "低保对象", ["MLA"], None),
        ("", "困难群众", [], "web.class_groups"),
        ("", "困难群众", ["XXX"], "web.class_groups"),
    ],
)
def test_what_a_class_must_be(code: str, name: str, groups: list[str], refused: str | None):
    found = why_not_write_class(SHIPPED, code, name, groups, {"MLA", "PWD"})
    assert (found.code if found else None) == refused


def test_only_a_county_officer_words_classes(officer: Login):
    lead = make.login("lead", ("lead", make.TOWN))
    with pytest.raises(Refused):
        actions.write_class(actor=actor(lead), operation_id=uuid4(), code="", **WORDED)
    assert worlds.enter(lead).get(reverse("client_class", args=["C01"])).status_code == 403
    assert worlds.enter(lead).get(reverse("client_classes")).status_code == 200


def page(client: Client, name: str, *args: str, query: str = "") -> tuple[int, str]:
    answer = client.get(reverse(name, args=args) + query)
    return answer.status_code, answer.content.decode()


def test_a_cell_opens_to_records_under_made_up_numbers(officer: Login):
    client = worlds.enter(officer)
    status, table = page(client, "county_classes", COUNTY)
    assert status == 200 and "少于 5" in table
    status, text = page(client, "county_figure", COUNTY, "on_file", query="?class=C05")
    assert status == 200 and "17 + 0 = 17 条" in text
    assert not [uid for uid in Person.objects.values_list("uid", flat=True) if str(uid)[:8] in text]
    assert "records.csv" not in text, "the file of records would name them by their uids"
    again = page(client, "county_figure", COUNTY, "on_file", query="?class=C05")[1]
    assert again.count('class="code nb"') == text.count('class="code nb"') == 17


@pytest.mark.parametrize(
    ("place", "query", "status"),
    [
        (NEXT_TOWN, "?class=C01", 403),
        (TOWN, "?class=C01", 403),
        (COUNTY, "?class=C99", 404),
        (COUNTY, "?class=C12", 404),
        ("999981001201", "?class=C05", 403),
        (COUNTY, "?class=none", 200),
    ],
)
def test_what_is_not_said_does_not_open(officer: Login, place: str, query: str, status: int):
    assert page(worlds.enter(officer), "county_figure", place, "on_file", query=query)[0] == status


def test_of_few_left_out_neither_number_nor_reason_is_said(officer: Login):
    for at, person in enumerate(Person.objects.filter(name__startswith="PWD")):
        worlds.need(person, "closed" if at < 2 else "open")
    text = page(worlds.enter(officer), "county_figure", COUNTY, "waiting", query="?class=C05")[1]
    assert "没数进来的只有几个人" in text and "办结了" not in text and "17 条" not in text
    for at, person in enumerate(Person.objects.filter(name__startswith="PWD")):
        worlds.need(person, "closed" if at < 8 else "withdrawn" if at < 11 else "dismissed" if at < 14 else "open")
    text = page(worlds.enter(officer), "county_figure", COUNTY, "waiting", query="?class=C05")[1]
    assert "人少的几种理由，合在一起" in text and "办结了" in text and "本人不要了" not in text


def test_the_table_needs_a_fresh_factor_to_be_taken_away(officer: Login):
    stale = worlds.enter(officer, at=timezone.now() - timedelta(minutes=20))
    assert page(stale, "county_classes", COUNTY)[0] == 200
    assert page(stale, "county_classes_csv", COUNTY)[0] == 403
    assert page(worlds.enter(officer), "county_classes_csv", COUNTY)[0] == 200


def test_a_form_not_filled_in_says_so(officer: Login):
    client = worlds.enter(officer)
    path = reverse("client_class", args=["C01"])
    assert client.post(path, {"operation_id": uuid4(), "name": ""}).status_code == 422
    taken = {**WORDED, "operation_id": uuid4(), "name": "残疾人和精神障碍患者"}
    answer = client.post(path, taken)
    assert answer.status_code == 422 and "已经有一个人群叫" in answer.content.decode()
    assert client.post(path, {**taken, "operation_id": uuid4(), "name": "低保"}).status_code == 302
    assert "会议" in page(client, "client_class", "C01")[1]


def test_the_numbers_agree_with_a_count_by_hand(officer: Login):
    held: Counter[str] = Counter()
    today = worlds.today()
    for status in GroupStatus.objects.all():
        if status.ends_on is None or status.ends_on >= today:
            held.update(one.code for one in SHIPPED if status.group in one.groups)
    assert {code: n for code, n in shown(officer, COUNTY).items() if n and code != NONE} == dict(held)
