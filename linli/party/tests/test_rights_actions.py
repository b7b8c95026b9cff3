"""Writes of rights: state, audit row, and who is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from linli.core.actor import Actor, system_actor
from linli.core.audit import unit_of_work
from linli.core.errors import BadInput, Conflict, NotFound, Refused
from linli.core.models import AuditRow, Notice, Operation
from linli.party import actions_rights as rights
from linli.party.actions_door import count_failed_login, is_locked
from linli.party.models import Exclusion, Grant, Login, Tie
from linli.party.queries_ties import colleagues_for
from linli.party.queries_tokens import bearer_of
from linli.party.tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture
def county(db: None) -> Login:
    return make.login("county", ("county", make.COUNTY))


@pytest.fixture
def guard(db: None) -> Login:
    return make.login("guard", ("security_admin", make.COUNTY))


@pytest.fixture
def lead(db: None) -> Login:
    return make.login("lead", ("lead", make.TOWN))


@pytest.fixture
def new(db: None) -> Login:
    return make.login("new")


def propose(actor: Actor, login: Login, role: str = "worker", **changes: Any) -> dict[str, str]:
    given: dict[str, Any] = {"place_path": make.TOWN, "starts_on": TODAY} | changes
    return rights.propose_grant(actor=actor, operation_id=uuid4(), login_uid=login.uid, role=role, **given)


def last() -> AuditRow:
    return AuditRow.objects.order_by("-number")[0]


def test_a_sensitive_role_needs_a_second_person(lead: Login, county: Login, new: Login):
    answer = propose(make.actor(lead), new)
    assert answer["state"] == "proposed"
    assert not make.actor(new).holds_role_for("person.list")
    grant_uid = UUID(answer["uid"])
    with pytest.raises(Refused) as own:
        rights.approve_grant(actor=make.actor(lead), operation_id=uuid4(), grant_uid=grant_uid)
    assert own.value.code == "party.grant_needs_another"
    rights.approve_grant(actor=make.actor(county), operation_id=uuid4(), grant_uid=grant_uid)
    row = last()
    assert (row.action, row.outcome, row.actor_uid, row.object_uid) == ("grant.approve", "done", county.uid, grant_uid)
    grant = Grant.objects.get(uid=grant_uid)
    assert (grant.state, grant.proposed_by, grant.approved_by) == ("active", lead.uid, county.uid)
    assert make.actor(new).holds_role_for("person.list")


def test_a_plain_role_is_given_by_one_person(lead: Login, new: Login):
    assert propose(make.actor(lead), new, "volunteer")["state"] == "active"
    assert last().action == "grant.propose"


def test_a_proposal_can_be_refused_once(lead: Login, county: Login, new: Login):
    uid = UUID(propose(make.actor(lead), new)["uid"])
    rights.refuse_grant(actor=make.actor(county), operation_id=uuid4(), grant_uid=uid)
    assert Grant.objects.get(uid=uid).state == "refused"
    with pytest.raises(Refused):
        rights.approve_grant(actor=make.actor(county), operation_id=uuid4(), grant_uid=uid)


@pytest.mark.parametrize(
    ("place", "factor", "error", "code"),
    [
        (make.NEXT_TOWN, True, Refused, "core.outside_place"),
        (make.COUNTY, True, Refused, "core.outside_place"),
        (make.TOWN, False, Refused, "core.second_factor_needed"),
    ],
)
def test_roles_are_given_in_ones_own_place_with_a_second_factor(
    lead: Login, new: Login, place: str, factor: bool, error: type[Exception], code: str
):
    with pytest.raises(error) as refusal:
        propose(make.actor(lead, factor=factor), new, place_path=place)
    assert refusal.value.code == code  # type: ignore[attr-defined]
    assert not Grant.objects.filter(login=new).exists()
    row = last()
    assert (row.action, row.outcome, row.object_uid) == ("grant.propose", "denied", new.uid)


def test_a_worker_gives_no_roles(new: Login):
    worker = make.login("worker", ("worker", make.TOWN))
    with pytest.raises(Refused) as refusal:
        propose(make.actor(worker), new)
    assert refusal.value.code == "core.no_role"


def test_nobody_grants_themselves(lead: Login, county: Login, guard: Login):
    for one in (lead, county, guard):
        with pytest.raises(Refused) as refusal:
            propose(make.actor(one), one, "supervisor")
        assert refusal.value.code == "party.grant_own"
    uid = UUID(propose(make.actor(lead), county, "supervisor")["uid"])
    with pytest.raises(Refused) as refusal:
        rights.approve_grant(actor=make.actor(county), operation_id=uuid4(), grant_uid=uid)
    assert refusal.value.code == "party.grant_own"


def test_ending_a_role_bites_at_once(county: Login, lead: Login):
    grant = lead.grants.get()
    rights.end_grant(actor=make.actor(county), operation_id=uuid4(), grant_uid=grant.uid)
    assert not make.actor(lead).holds_role_for("person.list")
    assert last().action == "grant.end"


def test_the_last_administrator_stays(guard: Login):
    other = make.login("other", ("security_admin", make.COUNTY))
    rights.end_grant(actor=make.actor(guard), operation_id=uuid4(), grant_uid=other.grants.get().uid)
    with pytest.raises(Refused) as refusal:
        rights.end_grant(actor=make.actor(guard), operation_id=uuid4(), grant_uid=guard.grants.get().uid)
    assert refusal.value.code == "party.grant_last_admin"


def test_first_logins_are_three_separate_people():
    system = system_actor("setup", make.NOW)
    names = {"system_admin": "系统管理员", "security_admin": "安全管理员一", "audit_admin": "审计管理员"}
    made = rights.make_first_logins(system, "99/", names)
    assert [one["role"] for one in made] == ["system_admin", "security_admin", "audit_admin"]
    for one in made:
        login = Login.objects.get(username=one["username"])
        assert login.check_password(one["password"])
        assert login.must_change_password
        assert login.display_name == names[one["role"]]
        assert [g.role for g in login.grants.filter(state="active")] == [one["role"]]
    with pytest.raises(Conflict):
        rights.make_first_logins(system, "99/", names)


def test_a_new_login_is_made_by_the_security_administrator_only(guard: Login, county: Login):
    given = {"username": "lin", "display_name": "林一", "password": rights.one_time_password(), "phone": "19900000001"}
    for actor, code in (
        (make.actor(county), "core.no_role"),
        (make.actor(guard, factor=False), "core.second_factor_needed"),
    ):
        with pytest.raises(Refused) as refusal:
            rights.make_login(actor=actor, operation_id=uuid4(), **given)
        assert refusal.value.code == code
    assert not Login.objects.filter(username="lin").exists()
    answer = rights.make_login(actor=make.actor(guard), operation_id=uuid4(), **given)
    login = Login.objects.get(uid=answer["uid"])
    assert login.must_change_password
    assert login.phone == "19900000001"
    assert not login.grants.exists()
    with pytest.raises(BadInput) as taken:
        rights.make_login(actor=make.actor(guard), operation_id=uuid4(), **given)
    assert taken.value.code == "party.username_taken"
    stored = str(list(Operation.objects.values())) + str(list(AuditRow.objects.values()))
    assert given["password"] not in stored
    assert "19900000001" not in stored
    assert "林一" not in stored


def test_a_new_password_unlocks_and_must_be_changed(guard: Login, lead: Login):
    for _ in range(5):
        count_failed_login(lead, "192.0.2.7", now=make.NOW)
    assert is_locked(lead, "192.0.2.7", now=make.NOW)
    rights.renew_password(actor=make.actor(guard), operation_id=uuid4(), login_uid=lead.uid, password="abcd-efgh-jkmn")
    lead.refresh_from_db()
    assert lead.check_password("abcd-efgh-jkmn")
    assert lead.must_change_password
    assert not is_locked(lead, "192.0.2.7", now=make.NOW)
    with pytest.raises(Refused):
        rights.renew_password(actor=make.actor(guard), operation_id=uuid4(), login_uid=guard.uid, password="x" * 12)


def test_a_login_is_ruled_on_where_all_its_roles_are(guard: Login):
    small = make.login("small", ("security_admin", make.TOWN))
    both = make.login("both", ("worker", make.TOWN), ("county", make.COUNTY))
    make.grant(both, "worker", make.NEXT_TOWN, ends_on=TODAY - timedelta(days=1))
    with pytest.raises(Refused):
        rights.renew_password(actor=make.actor(small), operation_id=uuid4(), login_uid=both.uid, password="x" * 12)
    with pytest.raises(Refused):
        rights.set_login_active(actor=make.actor(small), operation_id=uuid4(), login_uid=both.uid, is_active=False)
    both.grants.filter(role="county").update(ends_on=TODAY - timedelta(days=1))
    rights.renew_password(actor=make.actor(small), operation_id=uuid4(), login_uid=both.uid, password="x" * 12)


@pytest.mark.parametrize("proposes", ["giver", "given"])
def test_who_gave_the_other_a_password_is_no_second_person(guard: Login, county: Login, new: Login, proposes: str):
    given = {"login_uid": county.uid, "password": "abcd-efgh-jkmn"}
    rights.renew_password(actor=make.actor(guard), operation_id=uuid4(), **given)
    first, second = (guard, county) if proposes == "giver" else (county, guard)
    uid = UUID(propose(make.actor(first), new)["uid"])
    late = make.NOW + timedelta(days=30)
    for now in (make.NOW, late - timedelta(seconds=1)):
        with pytest.raises(Refused) as refusal:
            rights.approve_grant(actor=make.actor(second, now=now), operation_id=uuid4(), grant_uid=uid)
        assert refusal.value.code == "party.grant_password_given"
    assert Grant.objects.get(uid=uid).state == "proposed"
    third = make.login("third", ("security_admin", make.COUNTY))
    other = UUID(propose(make.actor(first), make.login("another"))["uid"])
    rights.approve_grant(actor=make.actor(third), operation_id=uuid4(), grant_uid=other)
    rights.approve_grant(actor=make.actor(second, now=late), operation_id=uuid4(), grant_uid=uid)
    assert Grant.objects.get(uid=uid).state == "active"


def test_who_made_a_login_is_no_second_person_with_it(guard: Login, new: Login):
    given = {"username": "officer", "display_name": "何某", "password": rights.one_time_password()}
    made = rights.make_login(actor=make.actor(guard), operation_id=uuid4(), **given)
    officer = Login.objects.get(uid=made["uid"])
    make.grant(officer, "county", make.COUNTY)
    uid = UUID(propose(make.actor(guard), new)["uid"])
    with pytest.raises(Refused) as refusal:
        rights.approve_grant(actor=make.actor(officer), operation_id=uuid4(), grant_uid=uid)
    assert refusal.value.code == "party.grant_password_given"


def test_the_first_accounts_approve_for_each_other():
    system = system_actor("setup", make.NOW)
    names = {"system_admin": "系统管理员", "security_admin": "安全管理员一", "audit_admin": "审计管理员"}
    rights.make_first_logins(system, make.COUNTY, names)
    with unit_of_work():
        second = rights.make_login.within(
            actor=system, username="security-admin-2", display_name="二", password=rights.one_time_password()
        )
        given = {"role": "security_admin", "place_path": make.COUNTY, "starts_on": TODAY}
        rights.propose_grant.within(actor=system, login_uid=UUID(second["uid"]), **given)
    one, two = (Login.objects.get(username=name) for name in ("security-admin", "security-admin-2"))
    given = {"username": "officer", "display_name": "何某", "password": rights.one_time_password()}
    made = rights.make_login(actor=make.actor(one), operation_id=uuid4(), **given)
    uid = UUID(propose(make.actor(one), Login.objects.get(uid=made["uid"]), "county")["uid"])
    rights.approve_grant(actor=make.actor(two), operation_id=uuid4(), grant_uid=uid)
    assert Grant.objects.get(uid=uid).state == "active"


def test_a_renewed_password_is_told_to_who_watches(guard: Login, county: Login, lead: Login):
    audit, other = make.login("audit", ("audit_admin", make.COUNTY)), make.login("guard2", ("security_admin", "99/"))
    make.login("far", ("audit_admin", make.NEXT_TOWN))
    rights.renew_password(actor=make.actor(guard), operation_id=uuid4(), login_uid=lead.uid, password="abcd-efgh-jkmn")
    assert {(row.login_uid, row.code) for row in Notice.objects.all()} == {
        (login.uid, "party.password_renewed") for login in (audit, other)
    }


def test_a_closed_login_is_nobody(guard: Login, lead: Login):
    rights.set_login_active(actor=make.actor(guard), operation_id=uuid4(), login_uid=lead.uid, is_active=False)
    assert not make.actor(Login.objects.get(pk=lead.pk)).is_known
    assert last().action == "login.close"


@pytest.mark.parametrize("what", ["renew", "close"])
def test_keys_end_with_a_new_password_and_with_the_account(guard: Login, lead: Login, what: str):
    make.token(lead, "thief"), make.token(guard, "own")
    given: dict[str, Any] = {"actor": make.actor(guard), "operation_id": uuid4(), "login_uid": lead.uid}
    if what == "renew":
        rights.renew_password(**given, password="abcd-efgh-jkmn")
        Login.objects.filter(pk=lead.pk).update(must_change_password=False)
    else:
        rights.set_login_active(**given, is_active=False)
        rights.set_login_active(**given | {"operation_id": uuid4()}, is_active=True)
    assert bearer_of("thief", make.NOW) is None
    assert bearer_of("own", make.NOW) is not None
    row = AuditRow.objects.get(action="token.revoke")
    assert (row.object_uid, row.actor_uid) == (lead.uid, guard.uid)


def test_a_tie_opens_and_closes_a_person(lead: Login):
    worker, child = make.login("worker", ("worker", make.TOWN)), make.person(sensitivity=3)
    assert not make.actor(worker).decide("person.read", child.facts())
    answer = rights.assign_tie(
        actor=make.actor(lead),
        operation_id=uuid4(),
        login_uid=worker.uid,
        about_uid=child.uid,
        kind="assigned",
        why="走访",
    )
    assert last().action == "tie.assign"
    assert make.actor(worker).decide("person.read", child.facts())
    rights.end_tie(actor=make.actor(lead), operation_id=uuid4(), tie_uid=UUID(answer["uid"]), why="done")
    assert Tie.objects.get().ends_at == make.NOW
    assert last().action == "tie.end"
    assert not make.actor(worker).decide("person.read", child.facts())


def test_a_tie_is_given_in_ones_own_place_and_never_to_oneself(lead: Login):
    far, mine = make.person(place_path=make.NEXT_TOWN), make.person("自己")
    lead.person = mine
    lead.save(update_fields=["person"])
    given = {"login_uid": lead.uid, "kind": "assigned", "why": ""}
    with pytest.raises(NotFound):
        rights.assign_tie(actor=make.actor(lead), operation_id=uuid4(), about_uid=far.uid, **given)
    with pytest.raises(Refused) as refusal:
        rights.assign_tie(actor=make.actor(lead), operation_id=uuid4(), about_uid=mine.uid, **given)
    assert refusal.value.code == "party.tie_own"
    with pytest.raises(Refused) as refusal:
        rights.assign_tie(
            actor=make.actor(lead), operation_id=uuid4(), about_uid=make.person(sensitivity=3).uid, **given
        )
    assert refusal.value.code == "party.tie_to_oneself"
    assert not Tie.objects.exists()


def test_a_colleague_takes_over_in_one_act_and_the_first_finds_nothing(lead: Login):
    first, second = (make.login(name, ("worker", make.TOWN)) for name in ("first", "second"))
    child = make.person(sensitivity=3)
    tie = make.tie(first, child.uid)
    given = {"operation_id": uuid4(), "tie_uid": tie.uid, "login_uid": second.uid, "why": "turn", "link": "/people/x/"}
    answer = rights.hand_over_tie(actor=make.actor(lead), **given)
    assert rights.hand_over_tie(actor=make.actor(lead), **given) == answer
    assert list(Tie.objects.order_by("id").values_list("login__username", "ends_at", "why")) == [
        ("first", make.NOW, "test"), ("second", None, "turn")
    ]  # fmt: skip
    assert list(AuditRow.objects.order_by("number").values_list("action", flat=True)) == ["tie.assign", "tie.end"]
    assert Notice.objects.get().login_uid == second.uid
    decision = make.actor(first).decide("person.read", child.facts())
    assert (decision.reason, decision.hidden) == ("no_relationship", True)
    assert make.actor(second).decide("person.read", child.facts())
    with pytest.raises(Refused) as over:
        rights.end_tie(actor=make.actor(lead), operation_id=uuid4(), tie_uid=tie.uid, why="done")
    assert over.value.code == "party.tie_over"


def test_who_must_keep_away_or_works_elsewhere_is_no_colleague(lead: Login):
    home = make.household()
    child = make.person(sensitivity=3, household=home, household_uid=home.uid)
    mother = make.person("母亲", household=home, household_uid=home.uid)
    shut_out, far = make.login("out", ("worker", make.TOWN)), make.login("far", ("worker", make.NEXT_TOWN))
    make.exclusion(child.uid, login=shut_out)
    family = make.login("family", ("worker", make.TOWN), person=mother)
    fit = make.login("fit", ("supervisor", make.TOWN))
    assert colleagues_for(make.actor(lead), child) == [fit]
    for login, expected in ((shut_out, "party.tie_elsewhere"), (far, "party.tie_elsewhere"), (family, "party.tie_own")):
        given = {"login_uid": login.uid, "about_uid": child.uid, "kind": "assigned", "why": "turn"}
        with pytest.raises(Refused) as refusal:
            rights.assign_tie(actor=make.actor(lead), operation_id=uuid4(), **given)
        assert refusal.value.code == expected
    assert not Tie.objects.exists()


def test_the_last_keeper_of_a_protected_person_is_only_replaced(lead: Login):
    first, second = (make.login(name, ("worker", make.TOWN)) for name in ("first", "second"))
    person = make.person(sensitivity=4, is_protected=True)
    tie = make.tie(first, person.uid)
    with pytest.raises(Refused) as refusal:
        rights.end_tie(actor=make.actor(lead), operation_id=uuid4(), tie_uid=tie.uid, why="done")
    assert refusal.value.code == "party.tie_last_keeper"
    assert Tie.objects.get().ends_at is None
    rights.hand_over_tie(
        actor=make.actor(lead), operation_id=uuid4(), tie_uid=tie.uid, login_uid=second.uid, why="away"
    )
    assert Tie.objects.get(ends_at__isnull=True).login == second


@pytest.mark.parametrize("other", ["role_over", "elsewhere", "kept_away"])
def test_who_could_not_open_the_file_of_somebody_protected_keeps_nobody(lead: Login, other: str):
    he = make.person("陶卫东")
    first, second = make.login("first", ("worker", make.TOWN)), make.login("second", person=he)
    person = make.person(sensitivity=4, is_protected=True)
    tie = make.tie(first, person.uid)
    make.tie(second, person.uid)
    place = make.NEXT_TOWN if other == "elsewhere" else make.TOWN
    make.grant(second, "worker", place, ends_on=TODAY - timedelta(days=other == "role_over"))
    if other == "kept_away":
        make.exclusion(person.uid, person=he)
    with pytest.raises(Refused, match=r"party[.]tie_last_keeper"):
        rights.end_tie(actor=make.actor(lead), operation_id=uuid4(), tie_uid=tie.uid, why="done")


def test_who_keeps_somebody_protected_is_told_at_once_when_another_is_named(lead: Login):
    keeper, second = (make.login(name, ("worker", make.TOWN)) for name in ("keeper", "second"))
    supervisor = make.login("supervisor", ("supervisor", make.TOWN))
    hidden = make.person("保密", sensitivity=4, is_protected=True)
    make.tie(keeper, hidden.uid)
    given = {"login_uid": second.uid, "about_uid": hidden.uid, "kind": "assigned", "why": "turn"}
    with pytest.raises(NotFound):
        rights.assign_tie(actor=make.actor(supervisor), operation_id=uuid4(), **given)
    with pytest.raises(Refused, match=r"core[.]fresh_factor_needed"):
        rights.assign_tie(actor=make.actor(lead, factor=False), operation_id=uuid4(), **given)
    rights.assign_tie(actor=make.actor(lead), operation_id=uuid4(), **given)
    assert [(row.login_uid, row.code) for row in Notice.objects.all()] == [(keeper.uid, "party.keeper_named")]
    make.tie(supervisor, hidden.uid, "supervises")
    again = given | {"kind": "co-worker"}
    rights.assign_tie(actor=make.actor(supervisor), operation_id=uuid4(), **again)
    assert Tie.objects.filter(login=second, about_uid=hidden.uid).count() == 2


def test_who_is_responsible_is_not_shut_out_by_just_anybody(lead: Login):
    keeper, other, stranger = (make.login(name, ("worker", make.TOWN)) for name in ("keeper", "other", "stranger"))
    child = make.person("孩子")
    make.tie(keeper, child.uid)
    given = {"about_uid": child.uid, "login_uid": keeper.uid, "why": "kin"}

    def exclude(who: Login, *, factor: bool = True) -> None:
        rights.add_exclusion(actor=make.actor(who, factor=factor), operation_id=uuid4(), **given)

    for who, code in ((stranger, "party.exclusion_of_keeper"), (lead, "party.exclusion_of_last_keeper")):
        with pytest.raises(Refused) as refusal:
            exclude(who)
        assert refusal.value.code == code
    make.tie(other, child.uid)
    for who in (lead, other):
        with pytest.raises(Refused) as refusal:
            exclude(who, factor=False)
        assert refusal.value.code == "core.second_factor_needed"
    assert not Exclusion.objects.exists() and not Notice.objects.exists()
    exclude(other)
    assert Exclusion.objects.get().login == keeper
    assert [(row.login_uid, row.code) for row in Notice.objects.all()] == [(lead.uid, "party.keeper_shut_out")]
    exclude(stranger)
    assert Exclusion.objects.count() == 1, "what holds already is answered as before"


def test_nobody_learns_by_excluding_who_keeps_somebody_protected(lead: Login):
    keeper, second, stranger = (make.login(name, ("worker", make.TOWN)) for name in ("keeper", "second", "stranger"))
    hidden = make.person("保密", sensitivity=4, is_protected=True)
    make.tie(keeper, hidden.uid)
    make.tie(second, hidden.uid)
    given = {"about_uid": hidden.uid, "login_uid": keeper.uid, "why": "kin"}
    with pytest.raises(NotFound):
        rights.add_exclusion(actor=make.actor(stranger), operation_id=uuid4(), **given)
    rights.add_exclusion(actor=make.actor(lead), operation_id=uuid4(), **given)
    assert not make.actor(keeper).decide("person.read", hidden.facts())


def test_a_worker_excludes_at_once_and_two_lift(lead: Login, county: Login):
    worker, victim, relative = make.login("worker", ("worker", make.TOWN)), make.person(), make.person("何某")
    cousin = make.login("cousin", ("supervisor", make.TOWN), person=relative)
    assert make.actor(cousin).decide("person.read", victim.facts())
    answer = rights.add_exclusion(
        actor=make.actor(worker, factor=False),
        operation_id=uuid4(),
        about_uid=victim.uid,
        person_uid=relative.uid,
        why="亲属",
    )
    assert last().action == "person.exclude"
    decision = make.actor(cousin).decide("person.read", victim.facts())
    assert (decision.reason, decision.hidden) == ("excluded", True)
    uid = UUID(answer["uid"])
    with pytest.raises(NotFound):
        rights.ask_lift_exclusion(actor=make.actor(cousin), operation_id=uuid4(), exclusion_uid=uid)
    rights.keep_exclusion(actor=make.actor(lead), operation_id=uuid4(), exclusion_uid=uid)
    assert Exclusion.objects.get().reviewed_by == lead.uid
    with pytest.raises(Refused) as early:
        rights.lift_exclusion(actor=make.actor(county), operation_id=uuid4(), exclusion_uid=uid)
    assert early.value.code == "party.exclusion_lift_not_asked"
    rights.ask_lift_exclusion(actor=make.actor(lead), operation_id=uuid4(), exclusion_uid=uid)
    with pytest.raises(Refused) as alone:
        rights.lift_exclusion(actor=make.actor(lead), operation_id=uuid4(), exclusion_uid=uid)
    assert alone.value.code == "party.exclusion_needs_another"
    rights.lift_exclusion(actor=make.actor(county), operation_id=uuid4(), exclusion_uid=uid)
    assert make.actor(cousin).decide("person.read", victim.facts())
    assert [r.action for r in AuditRow.objects.filter(outcome="done", object_uid=victim.uid).order_by("number")] == [
        "person.exclude", "exclusion.keep", "exclusion.ask_lift", "exclusion.lift"
    ]  # fmt: skip
