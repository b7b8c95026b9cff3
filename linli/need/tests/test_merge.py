"""When two people are found to be one, a rule flags the one kept only once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from linli.need.models import Flag, FlagChange, Need
from linli.party import actions_merge
from linli.party.models import Person
from linli.party.tests import make

pytestmark = pytest.mark.django_db


def flag(person: Person, rule: str, state: str) -> Flag:
    return Flag.objects.create(
        person=person,
        rule=rule,
        rule_version="1",
        kind="missed",
        state=state,
        reason=f"{person.name} {rule}",
        place_path=person.place_path,
        subject_uid=person.uid,
        sensitivity=3,
        created_at=make.NOW,
    )


def test_flags_and_needs_go_over_and_of_two_alike_one_stays():
    worker = make.login("worker", ("worker", make.TOWN))
    kept, gone = make.person("钱桂芳"), make.person("钱桂芬")
    make.tie(worker, kept.uid)
    make.tie(worker, gone.uid)
    for person, rule, state in (
        (kept, "A", "new"), (gone, "A", "confirmed"), (kept, "B", "new"), (gone, "B", "new"), (gone, "C", "new")
    ):  # fmt: skip
        flag(person, rule, state)
    Need.objects.create(
        number="N1", person=gone, code="meal", level=4, words="送饭", opened_at=make.NOW, place_path=gone.place_path,
        subject_uid=gone.uid, sensitivity=3, created_at=make.NOW,
    )  # fmt: skip
    actions_merge.merge_people(
        actor=make.actor(worker), operation_id=uuid4(), kept_uid=kept.uid, gone_uid=gone.uid, why="papers"
    )
    open_flags = Flag.objects.filter(person=kept, state__in=["new", "confirmed"])
    assert {(row.rule, row.state, row.reason) for row in open_flags} == {
        ("A", "confirmed", "钱桂芬 A"), ("B", "new", "钱桂芳 B"), ("C", "new", "钱桂芬 C")
    }  # fmt: skip
    assert FlagChange.objects.filter(to_state="gone").count() == 2
    need = Need.objects.get()
    assert (need.person, need.subject_uid, need.words) == (kept, kept.uid, "送饭")
