"""The abuser with a login: her husband, volunteer and colleague, finds nothing of her on any page he can open."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import get_resolver, reverse

from linli.core.models import AuditRow
from linli.matching.models import Proposal, Referral
from linli.need.models import Flag, Need
from linli.party.models import Login, Person
from linli.party.tests import make
from linli.party.tests.browse import browser
from tests.stories import steps
from tests.stories.steps import QIAN, SHEN
from tests.stories.test_matching import given_two_who_want_a_bath
from tests.stories.walk import ByClient, Walk
from tests.test_routes import walk as routes

NOTHING_TO_READ = ("account_", "mfa_", "demo", "gallery", "display")


def pages_without_a_thing(login: Login) -> list[str]:
    """Every page of the house that needs no uid and can be opened: lists, searches, forms."""
    named = [(name, entry) for name, entry in routes(get_resolver().url_patterns) if not entry.pattern.converters]
    paths = [reverse(name) for name, _entry in named if not name.startswith(NOTHING_TO_READ)]
    return [path for path in paths if _is_page(browser(login).get(path))]


def _is_page(answer: Any) -> bool:
    return answer.status_code != 405 and "attachment" not in answer.headers.get("Content-Disposition", "")


def given_her_case(walk: Walk) -> tuple[Login, Person]:
    """Flags, a need, proposals and a referral about her; and her husband with every role one could give him."""
    _lead, worker, qian, shen = given_two_who_want_a_bath(walk)
    husband = make.person("钱大勇", make.VILLAGE, household=qian.household)
    his = make.login("husband", ("volunteer", make.TOWN), person=husband, display_name="钱大勇")
    for role in ("worker", "lead", "supervisor", "county", "org_manager", "auditor"):
        make.grant(his, role, make.COUNTY, starts_on=date(2026, 1, 1))
    make.tie(his, qian.uid, "guardian")
    walk.enter(worker)
    steps.keep_away(walk, qian, his)
    for person in (qian, shen):
        steps.write_need(walk, person)
    steps.propose_again(walk)
    need = Need.objects.get(person=qian, code="bath")
    steps.accept(walk, need, Proposal.objects.filter(need=need, state="open").order_by("rank").first())
    make.tie(his, Referral.objects.get().uid, "referral")
    return his, qian


@pytest.mark.mechanism(38)
def test_he_finds_nothing_of_her_on_any_page(walk: Walk):
    """Given all of that, when he opens every page there is and searches for her every way, she is not there."""
    his, qian = given_her_case(walk)
    need, referral = Need.objects.get(person=qian, code="bath"), Referral.objects.get()
    hers = [
        QIAN,
        str(qian.uid),
        "00055500182",
        "3幢102",
        need.number,
        referral.number,
        str(need.uid),
        str(referral.uid),
    ]
    hers += [str(uid) for uid in Flag.objects.filter(person=qian).values_list("uid", flat=True)]

    walk.enter(his)
    for path in pages_without_a_thing(his):
        walk.open(path)
        assert [word for word in hers if word in walk.text] == [], path
    walk.open("/people/")
    assert SHEN in walk.text, "he does see the others, or this would prove nothing"
    for words in (QIAN, "qgf", "qianguifang", "0182", "99999919440817102X", "00055500182"):
        walk.open("/people/")
        walk.press("找", q=words)
        assert str(qian.uid) not in walk.text and "柳园社区3幢" not in walk.text
    for name, uid in (
        ("person", qian.uid),
        ("need", need.uid),
        ("need_proposals", need.uid),
        ("referral", referral.uid),
    ):
        walk.open(reverse(name, args=[uid]))
        assert walk.status == 404, name


def test_files_and_changes_are_closed_to_him_too(transactional_db: None):
    """By the client only: what he sends answers as if she did not exist, and every try is on record."""
    walk = ByClient()
    his, qian = given_her_case(walk)
    walk.enter(his)
    client = walk._client
    exported = client.post(reverse("people_export"), {"kind": "csv"})
    assert exported.status_code == 200
    assert SHEN in exported.content.decode("utf-8-sig") and QIAN not in exported.content.decode("utf-8-sig")
    before = AuditRow.objects.filter(outcome="denied", actor_uid=his.uid).count()
    tries = (
        ("person_reveal", qian.uid, {"field": "id_no", "why": "papers"}),
        ("person_exclude", qian.uid, {"whom": f"login:{his.uid}", "why": "asked", "operation_id": uuid4()}),
        ("need_new", qian.uid, {}),
    )
    for name, uid, form in tries:
        assert client.post(reverse(name, args=[uid]), form).status_code == 404, name
    assert AuditRow.objects.filter(outcome="denied", actor_uid=his.uid).count() == before + len(tries)
