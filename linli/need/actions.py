"""Writes about flags and needs. One verb each."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from linli.core.acting import action, write_part
from linli.core.actor import Actor
from linli.core.audit import record, unit_of_work
from linli.core.decide import Sensitivity
from linli.core.errors import Conflict, stop_if
from linli.core.notices import notify
from linli.core.numbers import next_number
from linli.core.runs import store_run
from linli.core.sealed import blind_indexes
from linli.need import compute, queries, rules
from linli.need.models import Flag, FlagChange, Need, NeedChange
from linli.party import actions_rights
from linli.party import queries as party
from linli.party import queries_names as names
from linli.party.models import Login, Person

CHUNK = 500
TAKEN, GIVEN = "flag", "flag_given"
KEPT_PERSONAL = frozenset({"EAL", "EEM", "LBE", "LBW", "MIG"})


def screen_people(*, actor: Actor, place_path: str, job_uid: UUID | None = None) -> dict[str, int]:
    """Run the rules over a place: new flags for new hits, `gone` for those whose reason fell away.

    A flag dismissed for the same rule version and figures does not come back. Done again under the same `job_uid`
    it writes what is missing.
    """
    job_uid = job_uid or uuid4()
    screening = compute.screen_place(actor, place_path)
    run_uid = store_run(
        actor,
        engine=screening.engine,
        version=screening.version,
        digest=screening.digest,
        options=screening.options,
        report=screening.report,
        job_uid=job_uid,
    )
    people = party.people_by_uid(actor, {hit.person_uid for hit in screening.hits})
    keys = party.keys_of(people)
    known = queries.flags_by_person_rule(actor, place_path)
    fresh: list[Flag] = []
    seen: set[tuple[int, str]] = set()
    for hit in screening.hits:
        person = people[hit.person_uid]
        seen.add((person.id, hit.rule))
        earlier = known.get((person.id, hit.rule))
        if earlier is None or (earlier.state in ("dismissed", "gone") and not _same_ground(earlier, hit)):
            fresh.append(_flag(actor, person, hit, run_uid, keys[person.uid]))
    for start in range(0, len(fresh), CHUNK):
        part = fresh[start : start + CHUNK]
        content = [[flag.subject_uid, flag.rule, flag.rule_version] for flag in part]
        write_part(actor, job_uid, "flag.new", kind="flag", content=content, write=partial(_raise, actor, part))
    gone = _let_go(actor, job_uid, [flag for key, flag in known.items() if flag.state == "new" and key not in seen])
    with unit_of_work(job_uid):
        record(actor, "flag.screen", kind="run", uid=run_uid, new=len(fresh), gone=gone, hits=len(screening.hits))
    # Told without the protected: a count beyond what a list shows tells of them.
    hits = sum(people[hit.person_uid].sensitivity < Sensitivity.SAFETY for hit in screening.hits)
    return {"hits": hits, "new": sum(flag.sensitivity < Sensitivity.SAFETY for flag in fresh), "gone": gone}


def _raise(actor: Actor, flags: list[Flag]) -> list[Flag]:
    """Guarded as their people are now: somebody may have been protected since the rules were run."""
    now = party.people_by_uid(actor, {flag.person.uid for flag in flags}, lock=True)
    for flag in flags:
        person = now[flag.person.uid]
        flag.sensitivity, flag.household_uid = max(flag.sensitivity, person.sensitivity), person.household_uid
    return Flag.objects.bulk_create(flags)


def _same_ground(flag: Flag, hit: compute.Hit) -> bool:
    if flag.state == "gone":
        return False
    if flag.rule_version != hit.rule_version:
        return False
    same = flag.figures_index in blind_indexes("need_flag.figures", hit.figures)
    return same or compute.ground(flag.figures or "{}") == compute.ground(hit.figures)


def _flag(actor: Actor, person: Person, hit: compute.Hit, run_uid: UUID, key: bytes) -> Flag:
    mild = hit.group in KEPT_PERSONAL and person.sensitivity <= Sensitivity.PERSONAL
    flag = Flag(
        uid=uuid4(),
        created_at=actor.now,
        place_path=person.place_path,
        sensitivity=Sensitivity.PERSONAL if mild else max(Sensitivity.SENSITIVE, person.sensitivity),
        subject_uid=person.uid,
        household_uid=person.household_uid,
        person=person,
        rule=hit.rule,
        rule_version=hit.rule_version,
        group=hit.group,
        kind=hit.kind,
        source=hit.source,
        run_uid=run_uid,
    )
    flag.__dict__["_data_key"] = key
    flag.reason, flag.figures = hit.reason, hit.figures
    return flag


def _let_go(actor: Actor, job_uid: UUID, flags: list[Flag]) -> int:
    """Their reason fell away; gives how many. Those decided since they were read keep what a person said of them."""

    def write(part: list[Flag]) -> list[FlagChange]:
        waiting = queries.still_waiting(part)
        Flag.objects.filter(pk__in=[flag.pk for flag in waiting]).update(state="gone")
        return FlagChange.objects.bulk_create([_flag_change(actor, flag, "gone", "") for flag in waiting])

    gone = 0
    for start in range(0, len(flags), CHUNK):
        part = flags[start : start + CHUNK]
        content = [flag.uid for flag in part]
        gone += write_part(actor, job_uid, "flag.gone", kind="flag", content=content, write=partial(write, part))
    return gone


def _flag_change(actor: Actor, flag: Flag, to_state: str, note: str) -> FlagChange:
    return FlagChange(
        created_at=actor.now, flag=flag, from_state=flag.state, to_state=to_state, actor_uid=actor.login_uid, note=note
    )


@action("flag.take")
def take_flag(*, actor: Actor, flag_uid: UUID, login_uid: UUID | None = None) -> str:
    """Take a waiting flag on oneself, or give it to a worker: from then on its reason may be read.

    A flag has one taker: who comes second gets a `Conflict`; who may give may give it to somebody else.
    """
    flag = queries.flag_by_uid(actor, flag_uid, action="flag.take", lock=True)
    stop_if(rules.why_not_decide_flag(flag.state))
    taker = login_uid or actor.login_uid
    login = next((one for one in names.station_logins(actor, flag.place_path) if one.uid == taker), None)
    stop_if(rules.why_not_give_flag(is_worker_there=login is not None))
    assert login is not None
    if taker == actor.login_uid:
        if flag.taken_by not in (None, taker):
            raise Conflict("need.flag_taken")
        _take(actor, flag, login)
    else:
        actions_rights.assign_tie.within(
            actor=actor, login_uid=login.uid, about_uid=flag.person.uid, kind="assigned", why=GIVEN
        )
        if flag.taken_by != taker:
            _let_taker_go(actor, flag)
        notify(actor, [login.uid], "need.flag_given", link=f"/flags/{flag.uid}/")
    flag.taken_by = login.uid
    flag.save(update_fields=["taken_by"])
    record(actor, "flag.take", kind="flag", uid=flag.uid, to=str(login.uid))
    return str(flag.uid)


def _take(actor: Actor, flag: Flag, login: Login) -> None:
    actions_rights.write_tie(actor, login, flag.person.uid, "assigned", TAKEN)


def _let_taker_go(actor: Actor, flag: Flag) -> None:
    """End the relationship that came from taking this flag alone, not from another one or from work begun since."""
    if flag.taken_by is None or queries.has_work_of(flag, flag.taken_by):
        return
    actions_rights.take_tie_back(actor, flag.taken_by, flag.person.uid, "assigned", TAKEN)


@action("flag.decide")
def confirm_flag(*, actor: Actor, flag_uid: UUID, note: str = "") -> dict[str, Any]:
    """A person agrees with the flag: the needs its rule leads to are opened, with level and due date."""
    flag = queries.flag_by_uid(actor, flag_uid, action="flag.decide", lock=True)
    stop_if(rules.why_not_decide_flag(flag.state))
    _move_flag(actor, flag, "confirmed", note)
    opened = [_open_need(actor, flag, draft) for draft in rules.needs_of_flag(flag.rule, flag.kind, actor.today)]
    record(actor, "flag.decide", kind="flag", uid=flag.uid, to="confirmed", needs=len(opened))
    return {"flag": str(flag.uid), "needs": opened}


@action("flag.decide")
def dismiss_flag(*, actor: Actor, flag_uid: UUID, reason: str) -> str:
    """A person says the flag is wrong, and why; the same figures do not raise it again. Its taker lets go of it."""
    flag = queries.flag_by_uid(actor, flag_uid, action="flag.decide", lock=True)
    stop_if(rules.why_not_decide_flag(flag.state))
    stop_if(rules.why_not_dismiss(reason))
    _move_flag(actor, flag, "dismissed", reason.strip())
    _let_taker_go(actor, flag)
    record(actor, "flag.decide", kind="flag", uid=flag.uid, to="dismissed")
    return str(flag.uid)


@action("flag.decide")
def reopen_flag(*, actor: Actor, flag_uid: UUID, note: str = "") -> str:
    """Undo a decision: the flag waits again. Needs opened from it stay until they are withdrawn.

    Who took a flag and dismissed it, and so reads it no more, takes it once more by undoing that.
    """
    is_taking = queries.is_own_dismissal(actor, flag_uid)
    flag = queries.flag_by_uid(actor, flag_uid, action="flag.take" if is_taking else "flag.decide", lock=True)
    stop_if(rules.why_not_reopen_flag(flag.state))
    if is_taking:
        login = next((one for one in names.station_logins(actor, flag.place_path) if one.uid == actor.login_uid), None)
        stop_if(rules.why_not_give_flag(is_worker_there=login is not None))
        assert login is not None
        _take(actor, flag, login)
    _move_flag(actor, flag, "new", note)
    record(actor, "flag.decide", kind="flag", uid=flag.uid, to="new")
    return str(flag.uid)


def _move_flag(actor: Actor, flag: Flag, to_state: str, note: str) -> None:
    _flag_change(actor, flag, to_state, note).save()
    flag.state, flag.decision_reason = to_state, note[:200]
    flag.decided_by, flag.decided_at = (None, None) if to_state == "new" else (actor.login_uid, actor.now)
    flag.save(update_fields=["state", "decision_reason", "decided_by", "decided_at"])


@action("need.write")
def open_need(
    *,
    actor: Actor,
    person_uid: UUID,
    code: str,
    level: int,
    words: str = "",
    channel: str = "visit",
    wishes: dict[str, Any] | None = None,
) -> str:
    """Write down a need somebody voiced: what, how pressing, in their own words, with their wishes."""
    person = party.person_by_uid(actor, person_uid, action="need.write", lock=True)
    stop_if(rules.why_not_open(code, level))
    need = _need(actor, person, code=code, level=level, due_on=rules.visit_due(rules.Level(level), actor.today))
    need.channel, need.words = channel, words or None
    need.wishes = json.dumps(wishes, ensure_ascii=False) if wishes else None
    need.save()
    _need_change(actor, need, "", "open", "").save()
    record(actor, "need.write", kind="need", uid=need.uid, code=code, level=level)
    return str(need.uid)


def _open_need(actor: Actor, flag: Flag, draft: rules.Draft) -> str:
    """The open need of this person and code: raised when the flag presses more, made when there is none."""
    earlier = queries.open_need_of(actor, flag.person_id, draft.code)
    if earlier is not None:
        if draft.level < earlier.level:
            earlier.level, earlier.due_on = draft.level, draft.due_on
            earlier.save(update_fields=["level", "due_on"])
        return str(earlier.uid)
    need = _need(actor, flag.person, code=draft.code, level=draft.level, due_on=draft.due_on)
    need.flag, need.reason, need.function = flag, flag.reason, draft.function
    need.sensitivity, need.household_uid = max(need.sensitivity, flag.sensitivity), flag.household_uid
    need.save()
    _need_change(actor, need, "", "open", "").save()
    return str(need.uid)


def _need(actor: Actor, person: Person, *, code: str, level: int, due_on: date | None) -> Need:
    return Need(
        uid=uuid4(),
        created_at=actor.now,
        place_path=person.place_path,
        sensitivity=max(Sensitivity.SENSITIVE, person.sensitivity),
        subject_uid=person.uid,
        household_uid=person.household_uid,
        maker_uid=actor.login_uid,
        number=_next_number(person, actor.today),
        person=person,
        code=code,
        level=level,
        state="open",
        opened_at=actor.now,
        due_on=due_on,
    )


def _next_number(person: Person, today: date) -> str:
    """`{region6}-N{year}-{seq5}`: no name, no ID number in it."""
    region = [*person.place_path.split("/"), "", "", ""][2] or "000000"
    return next_number(f"{region}-N{today.year}")


@action("need.write")
def move_need(*, actor: Actor, need_uid: UUID, to_state: str, note: str = "") -> str:
    """Carry a need to its next state: served, closed, withdrawn, or open again. Adds an unchangeable row."""
    need = queries.need_by_uid(actor, need_uid, action="need.write", lock=True)
    stop_if(rules.why_not_move_need(need.state, to_state, note))
    set_need_state(actor, need, to_state, note)
    record(actor, "need.write", kind="need", uid=need.uid, to=to_state)
    return str(need.uid)


def set_need_state(actor: Actor, need: Need, to_state: str, note: str = "") -> None:
    """Move a locked need inside the caller's unit of work (a referral does this)."""
    _need_change(actor, need, need.state, to_state, note).save()
    need.state = to_state
    need.closed_at = actor.now if to_state in ("closed", "withdrawn") else None
    need.save(update_fields=["state", "closed_at"])


def _need_change(actor: Actor, need: Need, from_state: str, to_state: str, note: str) -> NeedChange:
    return NeedChange(
        created_at=actor.now,
        need=need,
        from_state=from_state,
        to_state=to_state,
        actor_uid=actor.login_uid,
        note=note[:300],
    )
