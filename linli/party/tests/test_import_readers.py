"""Who may open the rows of an import, and what they never tell: not even that somebody hidden is here."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from linli.core.actor import Actor
from linli.core.errors import Refused
from linli.core.models import AuditRow
from linli.party import actions_cells, actions_protect, queries, queries_imports
from linli.party.models import Fact, GroupStatus, ImportBatch, ImportRow, Login, Person
from linli.party.tests import make
from linli.party.tests.browse import browser
from linli.party.tests.test_imports import GOOD, OLD_ID, checked, confirmed

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.login("maker", ("secretary", make.TOWN), display_name="祁书记"))


def see(login: Login, batch: ImportBatch, query: str = "") -> str:
    return browser(login).get(reverse("import_page", args=[batch.uid]) + query).content.decode()


def protected(person: Person) -> Person:
    keeper = make.login("keeper", ("worker", make.TOWN))
    make.tie(keeper, person.uid)
    actions_protect.protect_person(
        actor=make.actor(keeper), operation_id=uuid4(), person_uid=person.uid, why="violence"
    )
    person.refresh_from_db()
    return person


def again(actor: Actor) -> Actor:
    return make.actor(Login.objects.get(uid=actor.login_uid))


def returned(client: Client, batch: ImportBatch) -> str:
    answer = client.get(reverse("import_returned", args=[batch.uid]))
    assert answer.status_code == 200, answer.status_code
    book = load_workbook(io.BytesIO(answer.content))
    return " ".join(str(cell.value or "") for row in book.active.iter_rows() for cell in row)


def test_a_colleague_sees_that_there_is_an_import_and_how_many_rows_and_none_of_them(maker: Actor):
    batch = checked(maker, GOOD, OLD_ID)
    lead = make.login("lead", ("lead", make.TOWN))
    for query in ("", "?rows=all", "?step=columns"):
        text = see(lead, batch, query)
        assert "祁书记" in text and "待核的行" in text
        for cell in ("钱桂芳", "沈永福", "999999430817101", "00055500182", "柳园社区"):
            assert cell not in text
        assert "沈永福" in see(Login.objects.get(username="maker"), batch)
    assert batch in queries_imports.imports(make.actor(lead))
    client = browser(lead)
    refused = client.get(reverse("import_returned", args=[batch.uid]))
    assert (refused.status_code, "只有传这份名册的人" in refused.content.decode()) == (403, True)
    row = ImportRow.objects.filter(batch=batch).first()
    assert row is not None
    form = {"operation_id": uuid4(), "row": row.pk, "decision": "hold", "column": 1, "value": "x"}
    for name in ("import_columns", "import_compare", "import_row", "import_cell", "import_confirm"):
        assert client.post(reverse(name, args=[batch.uid]), form | {"operation_id": uuid4()}).status_code == 403, name
    assert AuditRow.objects.filter(action="person.import", outcome="denied", actor_uid=lead.uid).count() == 6
    given = {"batch_uid": batch.uid, "row_id": row.pk, "column": 1, "value": "x"}
    with pytest.raises(Refused, match="import_not_yours"):
        actions_cells.correct_cell(actor=make.actor(lead), operation_id=uuid4(), **given)
    assert "确认导入已超过" not in see(lead, confirmed(maker, batch)), (
        "the receipt is counts: for everybody of the place"
    )
    assert reverse("import_returned", args=[batch.uid]) not in see(lead, batch)


def test_the_receipt_of_one_row_about_a_protected_person_reads_like_any_other(maker: Actor):
    """Else a list of one row asks whether she is here."""
    stranger = confirmed(maker, checked(maker, GOOD))
    protected(Person.objects.get())
    batch = confirmed(maker, checked(maker, GOOD))
    assert ImportRow.objects.get(batch=batch).held_for is not None
    names = ("people_new", "people_known", "rows_in", "rows_held", "facts")
    assert [batch.counts[name] for name in names] == [stranger.counts[name] for name in names]


def test_who_is_protected_after_the_check_is_met_no_more_and_waits_for_her_keeper(maker: Actor):
    confirmed(maker, checked(maker, GOOD))
    person = Person.objects.get()
    batch = checked(maker, GOOD, OLD_ID)
    assert batch.counts["matched"] == 1
    protected(person)
    facts = Fact.objects.filter(person=person).count()
    assert "就是 钱桂芳" not in see(Login.objects.get(username="maker"), batch, "?rows=all")
    batch = confirmed(maker, batch)
    row = ImportRow.objects.get(batch=batch, held_for=person)
    assert (row.person, Fact.objects.filter(person=person).count()) == (None, facts)
    assert not GroupStatus.objects.filter(person=person, sensitivity__lt=4).exists()
    assert [batch.counts[name] for name in ("people_new", "people_known")] == [2, 0]


def test_a_likeness_protected_since_leaves_no_question_and_is_never_written_down_anew(maker: Actor):
    person = make.person("钱桂芬")
    batch = checked(maker, GOOD)
    like = {"person": str(person.uid), "probability": 0.8, "for": "姓名同音", "against": ""}
    ImportRow.objects.filter(batch=batch).update(decision="ask", person=None, candidates=[like])
    login = Login.objects.get(username="maker")
    assert "很像已有的" in see(login, batch) or "像已有的" in see(login, batch)
    protected(person)
    text = see(login, batch)
    assert "1 行都没有问题" in text and "像已有的" not in text
    batch = confirmed(maker, batch)
    assert ImportRow.objects.get(batch=batch).held_for == person
    assert Person.objects.count() == 1


def test_an_excluded_maker_meets_nobody(maker: Actor):
    """The row goes to her record, whose exclusion holds; to him it is somebody new, in page and counts."""
    confirmed(maker, checked(maker, GOOD))
    person = Person.objects.get()
    home = make.household()
    Person.objects.filter(pk=person.pk).update(household=home, household_uid=home.uid)
    make.exclusion(home.uid, login=Login.objects.get(username="maker"))
    batch = checked(again(maker), GOOD)
    assert batch.counts["matched"] == 0
    assert "就是" not in see(Login.objects.get(username="maker"), batch, "?rows=all")
    batch = confirmed(again(maker), batch)
    assert [batch.counts[name] for name in ("people_new", "people_known")] == [1, 0]
    assert not queries.people(again(maker)).exists()


@pytest.mark.parametrize("how", ["protected", "excluded"])
def test_the_senders_sheet_says_nothing_of_who_is_closed_to_him_since(maker: Actor, how: str):
    batch = confirmed(maker, checked(maker, GOOD, OLD_ID))
    client = browser(Login.objects.get(username="maker"))
    ImportBatch.objects.filter(pk=batch.pk).update(confirmed_at=timezone.now())
    assert "沈永福" in returned(client, batch)
    person = Person.objects.get(name="沈永福")
    if how == "protected":
        protected(person)
    else:
        login = Login.objects.get(username="maker")
        make.exclusion(person.uid, login=login, created_at=batch.created_at + timedelta(minutes=5))
    text = returned(client, batch)
    for cell in ("沈永福", "999999430817101", "00055500112"):
        assert cell not in text


def test_the_senders_sheet_comes_back_for_a_day(maker: Actor):
    batch = confirmed(maker, checked(maker, GOOD, OLD_ID))
    client = browser(Login.objects.get(username="maker"))
    address = reverse("import_returned", args=[batch.uid])
    for ago, status in ((timedelta(hours=23), 200), (timedelta(hours=25), 403)):
        ImportBatch.objects.filter(pk=batch.pk).update(confirmed_at=timezone.now() - ago)
        assert client.get(address).status_code == status
        assert (address in see(Login.objects.get(username="maker"), batch)) is (status == 200)


def test_a_held_row_comes_back_as_sent_for_it_must_look_like_any_other(maker: Actor):
    confirmed(maker, checked(maker, OLD_ID))
    protected(Person.objects.get())
    batch = checked(maker, OLD_ID)
    assert ImportRow.objects.get(batch=batch).held_for is not None
    assert "沈永福" in returned(browser(Login.objects.get(username="maker")), batch)
