"""Three months of work before the demo's day: visits, needs and what became of them, claims decided, referrals.

Plain tables of who did what, when, about whom. They agree with the world: the last visit at which a
person was seen is the one the lists tell of, and needs are those of `needs`. Times are Asia/Shanghai.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linli.web.demo import cast, needs, truth
from linli.web.demo.columns import Columns, known
from linli.web.demo.world import World, generator

PERIOD_DAYS = 91
CLOCK = pa.timestamp("s", tz="Asia/Shanghai")
_EIGHT_HOURS = np.timedelta64(8, "h")
STATES = ("heard", "triaged", "referred", "in_service", "closed", "withdrawn")
_NOTES = {
    "elder": (
        "身体还好，晚上睡得浅。",
        "灶台收拾得干净，说牙口不好吃得软。",
        "门口台阶有青苔，提醒慢走。",
        "药按时吃，血压本上有记录。",
        "说想孩子，视频过一次。",
        "屋里有点冷，已提醒关窗。",
    ),
    "child": ("作业写完了，爱画画。", "和奶奶一起在家，校服合身。", "说想爸妈，约好周末打电话。", "近来上学没有迟到。"),
    "disabled": ("轮椅刹车有些松，已记下。", "每天在家练走路半小时。", "照护的家人腰不好。", "想去社区活动室坐坐。"),
    "other": ("家里近来安稳。", "问起低保复核要带什么材料。", "找到一份临时工，先做着看。", "收入单据已帮着理好。"),
}
_MISSED = ("敲门没人应，邻居说出门了。", "约好的时间不在家，改天再来。")


@dataclass(frozen=True)
class History:
    """Five tables; `who` columns are logins. See the demo's README for every column."""

    visits: pa.Table
    needs: pa.Table
    need_changes: pa.Table
    referrals: pa.Table
    decisions: pa.Table
    assignments: pa.Table


def past(world: World) -> History:
    """The three months up to the world's day; the same world gives the same past."""
    worker = workers_of(world)
    visits = _visits(world, worker)
    heard = needs.draw(world)
    states, changes, referrals = _courses(world, heard, worker)
    return History(
        visits=visits,
        needs=states,
        need_changes=changes,
        referrals=referrals,
        decisions=_decisions(world, worker),
        assignments=_assignments(world, worker),
    )


def workers_of(world: World) -> np.ndarray:
    """The login of the social worker responsible for each person: one of the town's own, its lead among them."""
    logins = world.pack.logins.to_pylist()
    by_town: dict[str, list[str]] = {}
    for each in logins:
        if each["role"] in ("worker", "lead"):
            by_town.setdefault(each["place_code"], []).append(each["username"])
    people = world.people
    result = np.empty(world.residents, dtype=object)
    for town, names in by_town.items():
        here = people["town_code"] == town
        result[here] = np.array(names, dtype=object)[people["household_no"][here] % len(names)]
    for person, name in cast.worker_of(world.pack).items():
        result[person] = name
    return result


def _lead_of(world: World) -> dict[str, str]:
    """Login → the login of whoever supervises it."""
    return {e["username"]: e["supervisor"] for e in world.pack.logins.to_pylist() if e["supervisor"]}


def _moment(day: np.ndarray, minute: np.ndarray) -> pa.Array:
    """Local days and minutes after midnight → moments; weekend days fall back to the Friday."""
    work = np.busday_offset(day.astype("datetime64[D]"), 0, roll="backward")
    seconds = work.astype("datetime64[s]") + minute.astype("timedelta64[m]") - _EIGHT_HOURS
    return pa.array(seconds, pa.timestamp("s")).cast(pa.timestamp("s", tz="UTC")).cast(CLOCK)


def _kind(people: Columns, at: np.ndarray) -> np.ndarray:
    age = people["age"][at]
    return np.select(
        [age < 18, age >= 60, known(people["disability_class"][at])],
        np.array(["child", "elder", "disabled"], dtype=object),
        "other",
    )


def _visits(world: World, worker: np.ndarray) -> pa.Table:
    """Visits back from the last one at each person's own pace; about one in twelve finds nobody at home."""
    rng = generator(world, 5)
    last = world.people["last_visit_on"]
    seen = np.flatnonzero(~np.isnat(last))
    pace = np.where(world.people["age"][seen] >= 80, 7, 28) + rng.integers(0, 6, len(seen))
    start = np.datetime64(world.on) - np.timedelta64(PERIOD_DAYS, "D")
    many = np.maximum((last[seen] - start).astype(np.int64) // pace + 1, 0)
    many = np.where(last[seen] < start, 0, np.minimum(many, 13))
    who = np.repeat(seen, many)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(many) - many, many)
    days = last[who] - (nth * np.repeat(pace, many)).astype("timedelta64[D]")
    failed = (nth > 0) & (rng.random(len(who)) < 0.08)
    phone = (nth > 0) & ~failed & (rng.random(len(who)) < 0.18)
    kinds = _kind(world.people, who)
    notes = np.array(
        [
            _MISSED[r % 2] if f else _NOTES[k][r % len(_NOTES[k])]
            for f, k, r in zip(failed, kinds, rng.integers(0, 12, len(who)), strict=True)
        ],
        dtype=object,
    )
    order = np.lexsort((who, days))
    minutes = rng.integers(510, 990, len(who))
    table = {
        "visit_no": pa.array(np.arange(len(who), dtype=np.int32)),
        "person_no": pa.array(who[order].astype(np.int32)),
        "who": pa.array(worker[who][order]),
        "at": _moment(days[order], minutes[order]),
        "minutes": pa.array(np.where(failed, 5, rng.integers(10, 55, len(who)))[order].astype(np.int32)),
        "channel": pa.array(np.where(phone, "phone", "home").astype(object)[order]),
        "seen": pa.array(~(failed | phone)[order]),
        "note": pa.array(notes[order]),
    }
    return pa.table(table)


def _courses(world: World, heard: pa.Table, worker: np.ndarray) -> tuple[pa.Table, pa.Table, pa.Table]:
    """How far each need has come, every change of state, and the referrals made on the way."""
    rng = generator(world, 6)
    fits = needs.fitting(world, heard)
    lead = _lead_of(world)
    rows, referrals = [], []
    changes: list[tuple[Any, ...]] = []
    for need, offers in zip(heard.to_pylist(), fits, strict=True):
        name = str(worker[need["person_no"]])
        age = (world.on - need["opened_on"]).days
        steps = _steps(rng, age, bool(offers), need["course"])
        minute = int(rng.integers(520, 960))
        before = None
        for at, (state, after) in enumerate(steps):
            by = lead.get(name, name) if state == "triaged" else name
            changes.append((need["need_no"], before, state, _day(need["opened_on"], after), minute + 5 * at, by))
            before = state
        if len(steps) > 2 and steps[2][0] == "referred":
            referrals.append(_referral(rng, need, offers, steps, name, age, minute))
        rows.append((steps[-1][0], name, minute))
    reached, who, minutes = (list(column) for column in zip(*rows, strict=True))
    state = heard.append_column("state", pa.array(reached, pa.string())).append_column(
        "who", pa.array(who, pa.string())
    )
    state = state.append_column("opened_at", _moment(_np(heard["opened_on"]), np.array(minutes)))
    return state, _change_table(changes), _referral_table(referrals)


def _np(days: pa.ChunkedArray) -> np.ndarray:
    values: np.ndarray = days.to_numpy().astype("datetime64[D]")
    return values


def _day(opened: date, after: int) -> np.datetime64:
    return np.datetime64(opened) + np.timedelta64(after, "D")


def _steps(rng: np.random.Generator, age: int, can_be_met: bool, told: str | None) -> list[tuple[str, int]]:
    """States a need has passed, each with its day after opening; it stops where time or offers run out.

    `told`: the state a story says it has reached.
    """
    if told is not None:
        path = STATES[: STATES.index(told) + 1]
        return [(state, at * age // (len(path) + 1)) for at, state in enumerate(path)]
    waits = [int(rng.integers(0, 3)), int(rng.integers(1, 12)), int(rng.integers(1, 9)), int(rng.integers(10, 45))]
    if rng.random() < 0.15:
        waits[1] += 40
    steps, day = [("heard", 0)], 0
    for state, wait in zip(("triaged", "referred", "in_service", "closed"), waits, strict=True):
        day += wait
        if day >= age or (state == "referred" and not can_be_met):
            break
        if state == "referred" and rng.random() < 0.05:
            return [*steps, ("withdrawn", day)]
        if state == "in_service" and rng.random() < 0.12:
            break
        steps.append((state, day))
    return steps


def _referral(
    rng: np.random.Generator,
    need: dict[str, Any],
    offers: list[str],
    steps: list[tuple[str, int]],
    name: str,
    age: int,
    minute: int,
) -> dict[str, object]:
    """One referral: to the nearest fitting offers first; how it was answered and what came of it."""
    sent = steps[2][1]
    reached = dict(steps)
    offer = offers[min(int(rng.geometric(0.6)) - 1, len(offers) - 1)]
    if "in_service" not in reached:
        state = "declined" if age - sent > 10 and need["course"] is None and rng.random() < 0.5 else "sent"
    else:
        state = "closed" if "closed" in reached else "accepted"
    chance = rng.random()
    outcome = None if state != "closed" else "helped" if chance < 0.78 else "partly" if chance < 0.93 else "not_helped"
    opened = need["opened_on"]
    answered = reached.get("in_service", sent + 4 if state == "declined" else None)
    return {
        "need_no": need["need_no"],
        "person_no": need["person_no"],
        "offer_id": offer,
        "who": name,
        "state": state,
        "outcome": outcome,
        "minute": minute,
        "sent": _day(opened, sent),
        "answered": None if answered is None else _day(opened, answered),
        "closed": _day(opened, reached["closed"]) if "closed" in reached else None,
    }


def _change_table(changes: list[tuple[Any, ...]]) -> pa.Table:
    need, before, after, day, minute, who = (list(column) for column in zip(*changes, strict=True))
    return pa.table(
        {
            "need_no": pa.array(need, pa.int32()),
            "from_state": pa.array(before, pa.string()),
            "to_state": pa.array(after, pa.string()),
            "at": _moment(np.array(day, dtype="datetime64[D]"), np.array(minute)),
            "who": pa.array(who, pa.string()),
        }
    )


def _referral_table(rows: list[dict[str, object]]) -> pa.Table:
    def column(name: str, kind: pa.DataType) -> pa.Array:
        return pa.array([r[name] for r in rows], kind)

    def moment(name: str, step: int) -> pa.Array:
        days = np.array([r[name] if r[name] is not None else np.datetime64("NaT") for r in rows], dtype="datetime64[D]")
        known = ~np.isnat(days)
        times = _moment(
            np.where(known, days, np.datetime64("2000-01-03")), np.array([r["minute"] for r in rows]) + 5 * step
        )
        return pc.if_else(pa.array(known), times, pa.scalar(None, CLOCK))

    return pa.table(
        {
            "referral_no": pa.array(np.arange(len(rows), dtype=np.int32)),
            "need_no": column("need_no", pa.int32()),
            "person_no": column("person_no", pa.int32()),
            "offer_id": column("offer_id", pa.string()),
            "who": column("who", pa.string()),
            "state": column("state", pa.string()),
            "outcome": column("outcome", pa.string()),
            "sent_at": moment("sent", 2),
            "answered_at": moment("answered", 3),
            "closed_at": moment("closed", 4),
        }
    )


def _decisions(world: World, worker: np.ndarray) -> pa.Table:
    """Some of the claims a screening makes were looked at before: confirmed, or dismissed with the reason."""
    rng = generator(world, 7)
    planted = truth.flags(world)
    chosen = planted.take(
        pa.array(np.flatnonzero((rng.random(planted.num_rows) < 0.3) & planted["visible"].to_numpy()))
    )
    count = chosen.num_rows
    confirmed = rng.random(count) < 0.75
    person = chosen["person_no"].to_numpy()
    reasons = np.where(
        confirmed,
        "上门核实，情况属实",
        rng.choice(["本人不愿申请", "已在外县享受", "名册日期录错", "已住进儿子家"], count),
    )
    days = np.datetime64(world.on) - rng.integers(1, 45, count).astype("timedelta64[D]")
    return pa.table(
        {
            "person_no": chosen["person_no"],
            "group": chosen["group"],
            "kind": chosen["kind"],
            "decision": pa.array(np.where(confirmed, "confirmed", "dismissed").astype(object)),
            "reason": pa.array(reasons.astype(object)),
            "who": pa.array(worker[person]),
            "at": _moment(days, rng.integers(520, 990, count)),
        }
    )


def _assignments(world: World, worker: np.ndarray) -> pa.Table:
    """Who is responsible for whom, since when: everyone on a register, frail, or with a need."""
    p = world.people
    known = np.any(list(world.groups.enrolled.values()), axis=0) | ~np.isnat(p["last_visit_on"])
    known[needs.draw(world)["person_no"].to_numpy()] = True
    at = np.flatnonzero(known)
    since = {e["username"]: e["since"] for e in world.pack.logins.to_pylist()}
    return pa.table(
        {
            "person_no": pa.array(at.astype(np.int32)),
            "who": pa.array(worker[at]),
            "kind": pa.array(["assigned"] * len(at)),
            "valid_from": pa.array([since[name] for name in worker[at]], pa.date32()),
        }
    )
