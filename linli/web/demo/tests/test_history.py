"""The months before the demo's day: in order, by people whose work it is, agreeing with the world."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pyarrow.compute as pc
import pytest

from linli.web.demo import history, world
from linli.web.demo.history import History
from linli.web.demo.world import World

ON = date(2026, 3, 12)


@pytest.fixture(scope="module")
def town() -> World:
    return world.build(3000, 1, ON)


@pytest.fixture(scope="module")
def past(town: World) -> History:
    return history.past(town)


def test_same_world_same_past(town: World, past: History) -> None:
    again = history.past(town)
    for name in ("visits", "needs", "need_changes", "referrals", "decisions", "assignments"):
        assert getattr(again, name).equals(getattr(past, name))


def test_nothing_happens_on_or_after_the_day(past: History) -> None:
    day = datetime(ON.year, ON.month, ON.day, tzinfo=ZoneInfo("Asia/Shanghai"))
    for table, column in (
        (past.visits, "at"),
        (past.need_changes, "at"),
        (past.referrals, "closed_at"),
        (past.decisions, "at"),
    ):
        assert max(v for v in table[column].to_pylist() if v) < day


def test_the_last_time_someone_was_seen_is_what_the_world_says(town: World, past: History) -> None:
    last: dict[int, date] = {}
    for v in past.visits.to_pylist():
        if v["seen"]:
            last[v["person_no"]] = max(last.get(v["person_no"], date.min), v["at"].date())
    told = town.persons["last_visit_on"].to_pylist()
    assert len(last) > 300
    assert all(told[person] == day for person, day in last.items())


def test_changes_of_a_need_follow_one_another_to_its_state(past: History) -> None:
    state: dict[int, str | None] = {}
    at: dict[int, datetime] = {}
    for change in past.need_changes.to_pylist():
        assert change["from_state"] == state.get(change["need_no"])
        assert change["at"] >= at.get(change["need_no"], change["at"])
        state[change["need_no"]], at[change["need_no"]] = change["to_state"], change["at"]
    assert state == dict(zip(past.needs["need_no"].to_pylist(), past.needs["state"].to_pylist(), strict=True))
    assert set(state.values()) == set(history.STATES)


def test_some_needs_are_late_and_some_wait_in_time(past: History) -> None:
    waiting = [n for n in past.needs.to_pylist() if n["state"] in ("heard", "triaged")]
    late = [n for n in waiting if n["due_on"] < ON]
    assert 20 < len(late) < len(waiting)


def test_work_is_done_by_logins_whose_role_it_is(town: World, past: History) -> None:
    roles = dict(zip(town.pack.logins["username"].to_pylist(), town.pack.logins["role"].to_pylist(), strict=True))
    for table in (past.visits, past.referrals, past.decisions, past.assignments):
        assert {roles[name] for name in table["who"].to_pylist()} == {"worker", "lead"}
    assert {roles[name] for name in past.need_changes["who"].to_pylist()} <= {"worker", "lead", "supervisor"}


def test_no_referral_of_the_protected_goes_to_the_barred_offer(town: World, past: History) -> None:
    barred = town.exclusions["excluded_offer_ids"][0]
    protected = pc.is_in(past.referrals["person_no"], town.exclusions["protected_person_no"].combine_chunks())
    sent = past.referrals.filter(protected)
    assert sent.num_rows >= 2
    assert not set(sent["offer_id"].to_pylist()) & set(barred.as_py())
