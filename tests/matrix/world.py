"""A small county in which every stored field is a marker: people of three classes and all that hangs on them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from linli.core.policy import ROLES
from linli.core.sealed import make_data_keys
from linli.matching.models import Proposal, Referral, ReferralChange, Unmet
from linli.need.models import Flag, FlagChange, Need, NeedChange
from linli.offer.models import Offer
from linli.party.fields import FIELDS
from linli.party.models import (
    Fact,
    GroupStatus,
    Household,
    ImportBatch,
    ImportRow,
    Login,
    Organisation,
    Person,
)
from linli.place.models import Place
from tests.matrix.canaries import Canaries

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
PROVINCE = "99/"
CITY = "99/9999/"
COUNTY = "99/9999/999981/"
TOWN = COUNTY + "999981001/"
VILLAGE = TOWN + "999981001201/"
GRID = VILLAGE + "99998100120101/"
SIBLING = TOWN + "999981001202/"
NEXT_TOWN = COUNTY + "999981002/"
PLACES = {
    PROVINCE: "province",
    CITY: "prefecture",
    COUNTY: "county",
    TOWN: "town",
    VILLAGE: "community",
    GRID: "grid",
    SIBLING: "community",
    NEXT_TOWN: "town",
}
PERSONAL, SENSITIVE, SAFETY = 2, 3, 4
# What leads to a person: safety-critical when the person is protected (docs/security.md, section 2).
LEADS_TO = {"phone", "address", "place", "region", "school", "last_visit_on"}
SENSITIVE_FIELDS = {
    "id_no", "self_care", "card_no", "disability_class", "disability_grade", "health", "income_fen", "medical_fen",
    "father_state", "mother_state", "remark",
}  # fmt: skip
DATES = {"birth_on", "last_visit_on"}


@dataclass
class Subject:
    """One person of the world and everything kept about that person."""

    name: str
    sensitivity: int
    person: Person
    household: Household
    flag: Flag
    need: Need
    referral: Referral

    @property
    def work_sensitivity(self) -> int:
        """Flags, needs and referrals speak of health or money: never below sensitive."""
        return max(SENSITIVE, self.sensitivity)


@dataclass
class World:
    """Everybody, everything, and the markers they hold."""

    canaries: Canaries = field(default_factory=Canaries)
    subjects: dict[str, Subject] = field(default_factory=dict)
    logins: dict[str, Login] = field(default_factory=dict)
    offer: Any = None
    batch: Any = None
    organisation: Any = None


def build(*, roles: bool = True) -> World:
    """Write the world: an adult, a child, a protected adult, and a neighbour in the next town."""
    world = World()
    _places()
    world.organisation = Organisation.objects.create(
        created_at=NOW, code="org-1", name="银杏服务社", party_kind="organisation", place_path=COUNTY
    )
    world.offer = _offer(world)
    for name, sensitivity, path in (
        ("adult", PERSONAL, VILLAGE),
        ("child", SENSITIVE, VILLAGE),
        ("protected", SAFETY, VILLAGE),
        ("neighbour", PERSONAL, NEXT_TOWN),
    ):
        world.subjects[name] = _subject(world, name, sensitivity, path)
    world.batch = _import(world)
    if roles:
        for role in ROLES:
            world.logins[role] = Login.objects.create(created_at=NOW, username=role, display_name=f"{role} 张")
    return world


def _places() -> None:
    made: dict[str, Place] = {}
    for path, level in PLACES.items():
        code = path.rstrip("/").rsplit("/", 1)[-1]
        parent = made.get(path[: len(path.rstrip("/")) - len(code)])
        made[path] = Place.objects.create(
            created_at=NOW, code=code, name=f"地方{code[-3:]}", level=level, parent=parent, path=path
        )


def _offer(world: World) -> Offer:
    return Offer.objects.create(
        created_at=NOW,
        place_path=TOWN,
        sensitivity=1,
        code="OFFER-1",
        provider="青松养老",
        organisation=world.organisation,
        party="organisation",
        kind="service",
        name="送餐上门",
        need_codes=["meal"],
        capacity=10,
        unit="份",
        valid_from=TODAY - timedelta(days=60),
    )


def _subject(world: World, name: str, sensitivity: int, path: str) -> Subject:
    mark = world.canaries.make
    key = make_data_keys([uid := uuid4()])[uid]
    household = _household(world, name, sensitivity, path)
    leads = SAFETY if sensitivity == SAFETY else max(PERSONAL, sensitivity)
    person = Person(
        uid=uid,
        created_at=NOW,
        place_path=path,
        sensitivity=sensitivity,
        household=household,
        household_uid=household.uid,
        subject_uid=uid,
        is_protected=sensitivity == SAFETY,
        name=mark(name, "name", sensitivity),
        name_pinyin=mark(name, "name_pinyin", sensitivity),
        name_initials=mark(name, "name_initials", sensitivity),
        sex="2",
        birth_on=date(2015, 5, 6) if name == "child" else date(1950, 5, 6),
        birth_year=2015 if name == "child" else 1950,
        id_no=mark(name, "id_no", max(SENSITIVE, sensitivity), sealed=True, within="999999{}0018"),
        id_no_masked="****************18",
        phone=mark(name, "phone", leads, sealed=True, within="1990000{}"),
        phone_last4="",
        address=mark(name, "address", leads, sealed=True, within="樟树路{}号"),
        relation=mark(name, "relation", max(PERSONAL, sensitivity)),
    )
    person.__dict__["_data_key"] = key
    person.save()
    guard = {"place_path": path, "subject_uid": uid, "household_uid": household.uid, "created_at": NOW}
    _facts(world, name, sensitivity, person, guard, key)
    GroupStatus.objects.create(
        **guard,
        person=person,
        sensitivity=max(SENSITIVE, sensitivity),
        group="MLA",
        source=mark(name, "group.source", max(SENSITIVE, sensitivity)),
        ends_on=TODAY - timedelta(days=3),
    )
    return _work(world, name, person, household, max(SENSITIVE, sensitivity), guard, key)


def _household(world: World, name: str, sensitivity: int, path: str) -> Household:
    return Household.objects.create(
        created_at=NOW,
        place_path=path,
        sensitivity=sensitivity,
        number=world.canaries.make(name, "household.number", max(PERSONAL, sensitivity)),
        address=world.canaries.make(name, "household.address", max(PERSONAL, sensitivity), sealed=True),
        size=1,
    )


def _facts(world: World, name: str, sensitivity: int, person: Person, guard: dict[str, Any], key: bytes) -> None:
    for code in FIELDS:
        level = SENSITIVE if code in SENSITIVE_FIELDS else PERSONAL
        if sensitivity == SAFETY and code in LEADS_TO:
            level = SAFETY
        level = max(level, sensitivity)
        value = "1950-05-06" if code in DATES else world.canaries.make(name, f"fact.{code}", level, sealed=True)
        if code in ("id_no", "card_no"):
            value = f"999999{value}0018"
        fact = Fact(
            **guard,
            person=person,
            sensitivity=sensitivity,
            field=code,
            value=value,
            source=world.canaries.make(name, f"fact.{code}.source", level),
        )
        fact.__dict__["_data_key"] = key
        fact.save()


def _two(text: str) -> str:
    return json.dumps({"zh": text, "en": text})


def _number(world: World, name: str, letter: str, sensitivity: int) -> str:
    """The number of a need or referral; about a protected person it is a marker, for the number alone tells of her."""
    head = f"999981-{letter}2026-"
    if sensitivity < SAFETY:
        return f"{head}9{len(world.subjects) + 1:04d}"
    return world.canaries.make(name, f"number.{letter}", sensitivity, within=head + "{}")


def _work(
    world: World,
    name: str,
    person: Person,
    household: Household,
    sensitivity: int,
    guard: dict[str, Any],
    key: bytes,
) -> Subject:
    """A flag, a need with proposal and why-not, a referral, and a remark on every step."""

    def mark(what: str, *, sealed: bool = False) -> str:
        return world.canaries.make(name, what, sensitivity, sealed=sealed)

    guard = guard | {"sensitivity": sensitivity}
    flag = Flag(
        **guard,
        person=person,
        rule="mla-expired",
        rule_version="1",
        group="MLA",
        kind="expired",
        reason=_two(mark("flag.reason", sealed=True)),
        figures=json.dumps({"remark": mark("flag.figures", sealed=True)}),
        source="社会救助暂行办法",
        decision_reason=mark("flag.decision_reason"),
    )
    need = Need(
        **guard,
        number=_number(world, name, "N", sensitivity),
        person=person,
        code="meal",
        level=2,
        words=mark("need.words", sealed=True),
        reason=_two(mark("need.reason", sealed=True)),
        wishes=json.dumps({"languages": [mark("need.wishes", sealed=True)]}),
        opened_at=NOW - timedelta(days=5),
        due_on=TODAY + timedelta(days=2),
        state="open",
    )
    for row in (flag, need):
        row.__dict__["_data_key"] = key
        row.save()
    FlagChange.objects.create(flag=flag, created_at=NOW, from_state="", to_state="new", note=mark("flag.note"))
    NeedChange.objects.create(need=need, created_at=NOW, from_state="", to_state="open", note=mark("need.note"))
    run = uuid4()
    proposal = Proposal.objects.create(
        **guard, need=need, offer=world.offer, run_uid=run, rank=1, score=80, decision_reason=mark("proposal.reason")
    )
    Unmet.objects.create(**guard, need=need, run_uid=run, binding="capacity", params={"capacity": 10})
    referral = Referral.objects.create(
        **guard,
        number=_number(world, name, "R", sensitivity),
        need=need,
        offer=world.offer,
        proposal=proposal,
        consent_way="paper",
        answer_due_on=TODAY + timedelta(days=3),
        sent_at=NOW,
        note=mark("referral.note"),
    )
    ReferralChange.objects.create(
        referral=referral, created_at=NOW, from_state="", to_state="sent", note=mark("referral.change")
    )
    return Subject(name, person.sensitivity, person, household, flag, need, referral)


def _import(world: World) -> ImportBatch:
    """An upload waiting to be confirmed, with one doubtful row."""
    mark = world.canaries.make
    content = mark("import", "import.content", SENSITIVE, sealed=True)
    batch = ImportBatch.objects.create(
        created_at=NOW,
        file_names=[mark("import", "import.file_name", PERSONAL, within="{}.csv")],
        content=json.dumps({"名册.csv": f"姓名,身份证号\n{content},1\n".encode().hex()}),
        samples=json.dumps([{0: [mark("import", "import.sample", SENSITIVE, sealed=True)]}]),
        content_digest="0" * 64,
        place_path=VILLAGE,
        maker_uid=UUID(int=1),
        state="checked",
        layouts=[
            {
                "file": "名册.csv",
                "sheet": "",
                "is_list": True,
                "title": "",
                "groups": [],
                "columns": [{"index": 0, "heading": "姓名", "field": "name", "why": "heading_exact"}],
            }
        ],
        counts={"taken": 0, "doubtful": 1, "refused": 0, "matched": 0},
        stated_on=TODAY,
    )
    row = ImportRow(
        created_at=NOW,
        batch=batch,
        file="名册.csv",
        sheet="",
        row_number=2,
        record_id="名册.csv::2",
        record=json.dumps(
            {"name": mark("import", "import.record", SENSITIVE, sealed=True), "written": {}, "faults": []}
        ),
        faults=[],
        outcome="doubtful",
    )
    row.save()
    for number, (name, subject) in enumerate(world.subjects.items(), start=3):  # rows that are, or seem to be, somebody
        likeness = {"person": str(subject.person.uid), "probability": 0.8, "for": "姓名同音", "against": ""}
        for offset, met in ((0, {"candidates": [likeness], "decision": "ask"}), (10, {"person": subject.person})):
            ImportRow.objects.create(
                created_at=NOW,
                batch=batch,
                file="名册.csv",
                sheet="",
                row_number=number + offset,
                record_id=f"名册.csv::{number + offset}",
                record=json.dumps({"name": mark("import", f"import.{name}.{offset}", SENSITIVE, sealed=True)}),
                outcome="taken",
                cluster=f"{name}-{offset}",
                **met,
            )
    return batch
