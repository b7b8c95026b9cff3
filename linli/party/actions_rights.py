"""Writes of rights: logins, roles, relationships, exclusions. What happens at the door: `actions_door.py`.

Upper blocks tie a worker to what they open by `write_tie` inside their own action, after their own check.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.announce import announce
from linli.core.audit import record, unit_of_work
from linli.core.decide import SECOND_FACTOR_HOLDS, Sensitivity, is_tied, is_within
from linli.core.errors import BadInput, Conflict, NotFound, Refused, stop_if
from linli.core.notices import notify
from linli.core.policy import ACTIONS, AUDIT_ADMIN, LEAD, SECURITY_ADMIN, SYSTEM_ADMIN
from linli.party import rules
from linli.party.actions_door import forget_failed_logins
from linli.party.actions_tokens import end_tokens
from linli.party.models import Exclusion, Grant, Household, Login, Person, Tie
from linli.party.queries_person import keepers
from linli.party.queries_rights import (
    grant_facts,
    login_list_facts,
    must,
    must_over_login,
    party_thing,
    password_given,
    watchers,
)
from linli.party.queries_ties import colleagues_for, holders_of, is_own, leads_of, responsible_among

FIRST_ROLES = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)
# No letters or digits that look alike: the password is read from paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Four groups of four: about 79 bits, to be changed at the first log-in."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


# Logins


@action("login.make")
def make_login(*, actor: Actor, username: str, display_name: str, password: str, phone: str = "") -> dict[str, str]:
    """A new login with a one-time password that must be changed; it holds no role yet."""
    must(actor, "login.make", login_list_facts(actor))
    if Login.objects.filter(username=username).exists():
        raise BadInput("party.username_taken", username=username)
    login = Login(
        username=username,
        display_name=display_name,
        must_change_password=True,
        password_given_by=actor.login_uid,
        password_given_at=actor.now,
        created_at=actor.now,
        phone=phone or None,
    )
    login.set_password(password)
    login.save()
    record(actor, "login.make", kind="login", uid=login.uid)
    return {"uid": str(login.uid)}


@action("login.make")
def renew_password(*, actor: Actor, login_uid: UUID, password: str) -> dict[str, str]:
    """A new one-time password for somebody who forgot theirs; a lock is lifted with it.

    Told to whoever watches the watchers: the giver could sign in with it before the holder does.
    """
    login = _login(login_uid)
    must_over_login(actor, login, "login.make")
    stop_if(rules.why_not_on_oneself(login_uid=login.uid, actor_uid=actor.login_uid))
    login.set_password(password)
    login.must_change_password = True
    login.password_given_by, login.password_given_at = actor.login_uid, actor.now
    login.save(update_fields=["password", "must_change_password", "password_given_by", "password_given_at"])
    forget_failed_logins(login)
    end_tokens(login, actor, "renewed")
    told = watchers(login, actor.today) - {actor.login_uid, login.uid}
    notify(actor, sorted(told, key=str), "party.password_renewed", link="/rights/")
    record(actor, "login.renew_password", kind="login", uid=login.uid)
    return {"uid": str(login.uid)}


@action("login.make")
def set_login_active(*, actor: Actor, login_uid: UUID, is_active: bool) -> dict[str, str]:
    """Close a login (it stops at its next request, its keys for good) or open it again."""
    login = _login(login_uid)
    must_over_login(actor, login, "login.make")
    stop_if(rules.why_not_on_oneself(login_uid=login.uid, actor_uid=actor.login_uid))
    login.is_active = is_active
    login.save(update_fields=["is_active"])
    if not is_active:
        end_tokens(login, actor, "closed")
    record(actor, "login.open" if is_active else "login.close", kind="login", uid=login.uid)
    return {"uid": str(login.uid)}


def make_first_logins(actor: Actor, place_path: str, names: Mapping[str, str]) -> list[dict[str, str]]:
    """The three administrators of an empty instance, each with a one-time password, shown once.

    System, security and audit administration go to three different logins (GB/T 22239-2019). `names`
    says per role what the account is called where people read it. Refused once any login exists.
    """
    if not actor.system or Login.objects.exists():
        raise Conflict("party.logins_exist")
    made = []
    with unit_of_work():
        for role in FIRST_ROLES:
            username, password = role.replace("_", "-"), one_time_password()
            answer = make_login.within(actor=actor, username=username, display_name=names[role], password=password)
            propose_grant.within(
                actor=actor, login_uid=UUID(answer["uid"]), role=role, place_path=place_path, starts_on=actor.today
            )
            made.append({"role": role, "username": username, "password": password})
    return made


def _login(uid: UUID) -> Login:
    login = Login.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if login is None:
        raise NotFound()
    return login


# Roles


@action("grant.propose")
def propose_grant(
    *, actor: Actor, login_uid: UUID, role: str, place_path: str, starts_on: date, ends_on: date | None = None
) -> dict[str, str]:
    """Give a role in a place from a day to a day. A sensitive one waits for a second person."""
    login = _login(login_uid)
    held = login.grants.filter(state__in=["active", "proposed"])
    stop_if(
        rules.why_not_propose(
            proposer_uid=actor.login_uid,
            login_uid=login.uid,
            role=role,
            starts_on=starts_on,
            ends_on=ends_on,
            today=actor.today,
            held_roles=[g.role for g in held if g.ends_on is None or g.ends_on >= actor.today],
        )
    )
    must(actor, "grant.propose", grant_facts(login, place_path))
    waits = rules.is_sensitive(role) and not actor.system
    grant = Grant.objects.create(
        login=login,
        role=role,
        place_path=place_path,
        starts_on=starts_on,
        ends_on=ends_on,
        state="proposed" if waits else "active",
        proposed_by=actor.login_uid,
        created_at=actor.now,
    )
    record(actor, "grant.propose", kind="grant", uid=grant.uid, role=role, place=place_path, login=login.uid)
    return {"uid": str(grant.uid), "state": grant.state}


@action("grant.approve")
def approve_grant(*, actor: Actor, grant_uid: UUID) -> dict[str, str]:
    """A second person says yes: the role holds from its first day."""
    grant = _grant_to_decide(actor, grant_uid)
    stop_if(rules.why_not_two(password_given(grant.proposed_by), password_given(actor.login_uid), now=actor.now))
    held = grant.login.grants.filter(state="active")
    stop_if(rules.why_not_together(grant.role, [g.role for g in held if g.ends_on is None or g.ends_on >= actor.today]))
    grant.state, grant.approved_by = "active", actor.login_uid
    grant.save(update_fields=["state", "approved_by"])
    record(actor, "grant.approve", kind="grant", uid=grant.uid, role=grant.role, login=grant.login.uid)
    return {"uid": str(grant.uid), "state": grant.state}


@action("grant.approve")
def refuse_grant(*, actor: Actor, grant_uid: UUID) -> dict[str, str]:
    """A second person says no."""
    grant = _grant_to_decide(actor, grant_uid)
    grant.state, grant.approved_by = "refused", actor.login_uid
    grant.save(update_fields=["state", "approved_by"])
    record(actor, "grant.refuse", kind="grant", uid=grant.uid, role=grant.role, login=grant.login.uid)
    return {"uid": str(grant.uid), "state": grant.state}


@action("grant.end")
def end_grant(*, actor: Actor, grant_uid: UUID) -> dict[str, str]:
    """A role ends now; whoever held it loses it at the next request."""
    grant = _grant(grant_uid)
    must(actor, "grant.end", grant_facts(grant.login, grant.place_path))
    others = Grant.objects.filter(role=grant.role, state="active", login__is_active=True).exclude(pk=grant.pk).count()
    stop_if(rules.why_not_end_grant(state=grant.state, role=grant.role, others_with_role=others))
    grant.state, grant.ends_on = "ended", max(grant.starts_on, actor.today)
    grant.save(update_fields=["state", "ends_on"])
    record(actor, "grant.end", kind="grant", uid=grant.uid, role=grant.role, login=grant.login.uid)
    return {"uid": str(grant.uid), "state": grant.state}


def _grant(uid: UUID) -> Grant:
    grant = Grant.objects.select_for_update(of=("self",)).select_related("login__person").filter(uid=uid).first()
    if grant is None:
        raise NotFound()
    return grant


def _grant_to_decide(actor: Actor, uid: UUID) -> Grant:
    grant = _grant(uid)
    stop_if(
        rules.why_not_approve(
            state=grant.state, proposer_uid=grant.proposed_by, login_uid=grant.login.uid, approver_uid=actor.login_uid
        )
    )
    must(actor, "grant.approve", grant_facts(grant.login, grant.place_path))
    return grant


# Relationships


def write_tie(actor: Actor, login: Login, about_uid: UUID, kind: str, why: str) -> Tie:
    """Tie a login to something from now on; the calling action has decided already. One of a kind is enough."""
    tie = Tie.objects.filter(login=login, about_uid=about_uid, kind=kind, ends_at__isnull=True).first()
    if tie is None:
        tie = Tie.objects.create(
            login=login, about_uid=about_uid, kind=kind, starts_at=actor.now, why=why, created_at=actor.now
        )
        record(actor, "tie.assign", kind="tie", uid=about_uid, tie=kind, login=login.uid, why=why)
    elif tie.why == "flag" != why:  # taken on oneself before; given by somebody now, it outlives the flag
        tie.why = why
        tie.save(update_fields=["why"])
        record(actor, "tie.assign", kind="tie", uid=about_uid, tie=kind, login=login.uid, why=why)
    return tie


def _name_keeper(actor: Actor, thing: Person | Household, login: Login) -> None:
    """Somebody comes to be responsible for somebody protected: by the lead or a keeper, and the keepers are told."""
    about = thing.facts().about
    leads = [g for g in actor.facts.grants if g.role == LEAD and g.holds(actor.today) and g.covers(thing.place_path)]
    if not (actor.system or leads or is_tied(actor.facts, about, ACTIONS["tie.assign"], actor.now)):
        raise NotFound(reason="no_relationship")
    told = {one.uid for one in holders_of(thing)} - {login.uid, actor.login_uid}
    link = f"/people/{thing.uid}/" if isinstance(thing, Person) else ""
    notify(actor, sorted(told, key=str), "party.keeper_named", link=link)


def take_tie_back(actor: Actor, login_uid: UUID, about_uid: UUID, kind: str, why: str) -> None:
    """End what an upper block's action once wrote for this reason alone; the calling action has decided already."""
    rows = Tie.objects.select_for_update(of=("self",)).filter(login__uid=login_uid, about_uid=about_uid, kind=kind)
    for tie in rows.filter(why=why, ends_at__isnull=True):
        tie.ends_at = actor.now
        tie.save(update_fields=["ends_at"])
        record(actor, "tie.end", kind="tie", uid=about_uid, tie=kind, login=login_uid, why=why)


@action("tie.assign")
def assign_tie(
    *, actor: Actor, login_uid: UUID, about_uid: UUID, kind: str, why: str, link: str = ""
) -> dict[str, str]:
    """Make a colleague responsible for a person or household of one's place. With a `link` the colleague is told."""
    thing, login = party_thing(about_uid), _login(login_uid)
    must(actor, "tie.assign", thing.facts())
    stop_if(rules.why_not_tie(kind=kind, is_own=is_own(login, thing)))
    stop_if(rules.why_not_assign_oneself(login_uid=login.uid, actor_uid=actor.login_uid))
    stop_if(rules.why_not_colleague(is_colleague=login in colleagues_for(actor, thing)))
    if thing.facts().sensitivity >= Sensitivity.SAFETY:
        _name_keeper(actor, thing, login)
    tie = write_tie(actor, login, about_uid, kind, why)
    if link:
        notify(actor, [login.uid], "party.tie_given", link=link)
    return {"uid": str(tie.uid)}


@action("tie.assign")
def hand_over_tie(*, actor: Actor, tie_uid: UUID, login_uid: UUID, why: str, link: str = "") -> dict[str, str]:
    """A colleague takes over: the new relationship begins as the old one ends. Answers whose ended."""
    tie = _tie_to_end(actor, tie_uid)
    stop_if(rules.why_not_hand_over(holder_uid=tie.login.uid, login_uid=login_uid))
    assign_tie.within(actor=actor, login_uid=login_uid, about_uid=tie.about_uid, kind=tie.kind, why=why, link=link)
    _end_tie(actor, tie, why)
    return {"uid": str(tie.uid), "login": str(tie.login.uid)}


@action("tie.assign")
def end_tie(*, actor: Actor, tie_uid: UUID, why: str) -> dict[str, str]:
    """A relationship ends now. Refused where somebody at risk or an open need would be left with nobody."""
    tie = _tie_to_end(actor, tie_uid)
    _end_tie(actor, tie, why)
    return {"uid": str(tie.uid), "login": str(tie.login.uid)}


def _tie_to_end(actor: Actor, uid: UUID) -> Tie:
    """A relationship under lock, and the person with it: two who end the last two wait for each other."""
    tie = Tie.objects.select_for_update(of=("self",)).select_related("login").filter(uid=uid).first()
    if tie is None:
        raise NotFound()
    must(actor, "tie.assign", party_thing(tie.about_uid, lock=True).facts())
    stop_if(rules.why_not_end_tie(kind=tie.kind, ends_at=tie.ends_at, now=actor.now))
    return tie


def _end_tie(actor: Actor, tie: Tie, why: str) -> None:
    tie.ends_at = actor.now
    tie.save(update_fields=["ends_at"])
    record(actor, "tie.end", kind="tie", uid=tie.about_uid, tie=tie.kind, login=tie.login.uid, why=why)
    thing = party_thing(tie.about_uid)
    if isinstance(thing, Person):
        stop_if(rules.why_not_leave(is_protected=thing.is_protected, has_keeper=bool(keepers(actor, thing))))
    announce(actor, "tie.ended", tie=tie)


# Exclusions


@action("person.exclude")
def add_exclusion(
    *, actor: Actor, about_uid: UUID, why: str, login_uid: UUID | None = None, person_uid: UUID | None = None
) -> dict[str, str]:
    """Keep a login or a person away from somebody, whatever else they hold. At once; reviewed after.

    Who is responsible is shut out by somebody who is responsible too, or by who assigns; the lead is told at once.
    """
    thing = party_thing(about_uid, lock=True)
    must(actor, "person.exclude", thing.facts())
    stop_if(rules.why_not_exclude(about_uid=about_uid, person_uid=person_uid))
    login = _login(login_uid) if login_uid else None
    person = Person.objects.filter(uid=person_uid).first() if person_uid else None
    if login is None and person is None:
        raise BadInput("party.exclusion_of_nobody")
    row = Exclusion.objects.filter(login=login, person=person, about_uid=about_uid, lifted_at__isnull=True).first()
    if row is None:
        if shut_out := responsible_among(thing, login, person):
            _may_shut_out(actor, thing, shut_out)
        row = Exclusion.objects.create(
            login=login, person=person, about_uid=about_uid, why=why, made_by=actor.login_uid, created_at=actor.now
        )
        record(actor, "person.exclude", kind="exclusion", uid=about_uid, exclusion=row.uid)
        announce(actor, "exclusion.added", exclusion=row)
    return {"uid": str(row.uid)}


def _may_shut_out(actor: Actor, thing: Person | Household, shut_out: Collection[Login]) -> None:
    """Whether the actor may keep those responsible away; tells those who can name somebody else."""
    is_responsible = is_tied(actor.facts, thing.facts().about, ACTIONS["person.exclude"], actor.now)
    if not is_responsible:
        may_assign = actor.holds_role_for("tie.assign")
        if not may_assign and not actor.decide("person.read", thing.facts()):
            raise NotFound(reason="no_relationship")
        stop_if(rules.why_not_shut_out(may_assign=may_assign))
        must(actor, "tie.assign", thing.facts())
    elif not is_within(actor.facts.second_factor_at, actor.now, SECOND_FACTOR_HOLDS):
        raise Refused("core.second_factor_needed", reason="second_factor_needed")
    if isinstance(thing, Person):
        before = set(keepers(actor, thing))
        stop_if(rules.why_not_leave_alone(are_others=not before or bool(before - set(shut_out))))
    told = {login.uid for login in leads_of(actor, thing)} - {login.uid for login in shut_out} - {actor.login_uid}
    notify(actor, sorted(told, key=str), "party.keeper_shut_out", link="/rights/exclusions/")


@action("exclusion.lift")
def keep_exclusion(*, actor: Actor, exclusion_uid: UUID) -> dict[str, str]:
    """Reviewed: the exclusion stays, and a wish to lift it falls."""
    row = _exclusion(actor, exclusion_uid)
    row.reviewed_by, row.reviewed_at, row.lift_asked_by = actor.login_uid, actor.now, None
    row.save(update_fields=["reviewed_by", "reviewed_at", "lift_asked_by"])
    record(actor, "exclusion.keep", kind="exclusion", uid=row.about_uid, exclusion=row.uid)
    return {"uid": str(row.uid)}


@action("exclusion.lift")
def ask_lift_exclusion(*, actor: Actor, exclusion_uid: UUID) -> dict[str, str]:
    """The first of two: asks that an exclusion be lifted. It goes on holding."""
    row = _exclusion(actor, exclusion_uid)
    row.lift_asked_by = actor.login_uid
    row.save(update_fields=["lift_asked_by"])
    record(actor, "exclusion.ask_lift", kind="exclusion", uid=row.about_uid, exclusion=row.uid)
    return {"uid": str(row.uid)}


@action("exclusion.lift")
def lift_exclusion(*, actor: Actor, exclusion_uid: UUID) -> dict[str, str]:
    """The second of two: lifts it."""
    row = _exclusion(actor, exclusion_uid)
    stop_if(rules.why_not_lift(lifted=False, asked_by=row.lift_asked_by, lifter_uid=actor.login_uid))
    row.lifted_by, row.lifted_at = actor.login_uid, actor.now
    row.save(update_fields=["lifted_by", "lifted_at"])
    record(actor, "exclusion.lift", kind="exclusion", uid=row.about_uid, exclusion=row.uid)
    return {"uid": str(row.uid)}


def _exclusion(actor: Actor, uid: UUID) -> Exclusion:
    row = Exclusion.objects.select_for_update(of=("self",)).filter(uid=uid, lifted_at__isnull=True).first()
    if row is None:
        raise NotFound()
    must(actor, "exclusion.lift", party_thing(row.about_uid).facts())
    return row
