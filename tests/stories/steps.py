"""Steps several stories share, in the worker's words."""

from __future__ import annotations

from typing import Any

from linli.party.models import Login
from tests.stories import county
from tests.stories.walk import Walk

QIAN, SHEN, HE = "钱桂芳", "沈永福", "何文斌"


def upload_and_confirm(walk: Walk, files: dict[str, bytes]) -> None:
    """Choose the lists, look at what is wrong, and import the rest."""
    walk.open("/imports/")
    walk.press("传上去", files)
    assert walk.status == 200 and walk.path != "/imports/", walk.text[:400]
    walk.press("导入")
    assert walk.status == 200


def given_the_lists_are_in(walk: Walk) -> Login:
    """The lead has taken the four lists in."""
    county.places()
    lead = county.lead()
    walk.enter(lead)
    upload_and_confirm(walk, county.four_lists())
    return lead


def take_all_flags(walk: Walk, worker: Login) -> None:
    """The worker takes every flag that waits, so that the reasons can be read."""
    walk.enter(worker)
    walk.open("/flags/")
    for _flag in range(30):
        if "要看原因，先领下" not in walk.text:
            return
        walk.press("领下")
        assert walk.status == 200, walk.text
    raise AssertionError("flags that cannot be taken")


def write_need(walk: Walk, person: Any, code: str = "bath", words: str = "想洗个澡") -> None:
    """Write down what somebody asked for."""
    walk.open(f"/people/{person.uid}/needs/new/")
    walk.press("记", code=code, level=2, words=words, channel="visit")


def offers_are_in(walk: Walk) -> None:
    """The lead takes the directory of offers in."""
    walk.open("/offers/import/")
    walk.press("传", {"资源.csv": county.OFFERS.encode()}, place_path="99/9999/999981/999981001/")


def propose_again(walk: Walk) -> None:
    """Have the open needs matched with what is offered now."""
    walk.open("/proposals/")
    walk.press("重新对接")


def accept(walk: Walk, need: Any, proposal: Any, reason: str = "") -> None:
    """Accept one proposal, with the person's consent."""
    walk.open(f"/proposals/{need.uid}/")
    walk.press("采纳并发出", choice=proposal.uid, consent_way="oral", reason=reason)


def keep_away(walk: Walk, person: Any, login: Login) -> None:
    """Two taps: whom, and why."""
    walk.open(f"/people/{person.uid}/")
    walk.press("回避", whom=f"login:{login.uid}", why="violence")
