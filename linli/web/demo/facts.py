"""Gives every person the facts that decide who may need help: income, illness, care, parents, work.

Chances are invented; where they follow a known order of size (disability rising with age, rural
incomes below urban ones) that is from general knowledge. Nothing here is about real people.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from linli.web.demo.columns import Columns, known, only
from linli.web.demo.pack import Pack

ELDER, ADULT = 60, 18
SELF_CARE = np.array(["able", "mild", "moderate", "severe", "total"], dtype=object)
_SELF_CARE_FROM = {
    0: (1, 0, 0, 0, 0),
    60: (0.93, 0.04, 0.018, 0.008, 0.004),
    70: (0.84, 0.09, 0.04, 0.02, 0.01),
    80: (0.64, 0.18, 0.10, 0.05, 0.03),
    90: (0.42, 0.24, 0.17, 0.10, 0.07),
}
# illness → (chance below 40, 40–59, 60–79, 80 and above), self-paid fen a month
_ILLNESS = {
    "高血压": ((0.005, 0.10, 0.26, 0.26), 5000),
    "糖尿病": ((0.002, 0.05, 0.11, 0.10), 12000),
    "冠心病": ((0.0, 0.01, 0.06, 0.09), 18000),
    "慢阻肺": ((0.0, 0.008, 0.04, 0.05), 22000),
    "脑卒中后遗症": ((0.0, 0.008, 0.03, 0.04), 45000),
    "白内障": ((0.0, 0.004, 0.04, 0.08), 7000),
    "阿尔茨海默病": ((0.0, 0.0, 0.012, 0.06), 90000),
    "帕金森病": ((0.0, 0.0, 0.008, 0.015), 60000),
    "恶性肿瘤": ((0.002, 0.012, 0.018, 0.015), 260000),
    "尿毒症": ((0.0005, 0.003, 0.005, 0.004), 320000),
    "白血病": ((0.0006, 0.0006, 0.001, 0.0), 350000),
    "精神分裂症": ((0.004, 0.006, 0.003, 0.001), 26000),
    "抑郁症": ((0.006, 0.008, 0.006, 0.004), 20000),
    "先天性心脏病": ((0.002, 0.0, 0.0, 0.0), 90000),
}
_CLASS_SHARE = (0.15, 0.14, 0.02, 0.44, 0.10, 0.10, 0.05)
_STATES = np.array(
    [
        "present",
        "away_working",
        "dead",
        "missing",
        "prison",
        "detention",
        "severe_disability",
        "severe_illness",
        "lost_contact",
    ],
    dtype=object,
)
_PARENTS = {  # kind of household → chances for the father, for the mother, in the order of _STATES
    "left_behind": (
        (0, 0.84, 0.06, 0.0, 0.03, 0.015, 0.015, 0.02, 0.02),
        (0, 0.82, 0.03, 0.02, 0.01, 0.005, 0.015, 0.02, 0.08),
    ),
    "left_behind_one": (
        (0, 0.74, 0.09, 0.01, 0.05, 0.02, 0.02, 0.03, 0.04),
        (0, 0.70, 0.05, 0.03, 0.01, 0.01, 0.02, 0.03, 0.15),
    ),
    "single_mother": ((0, 0.50, 0.26, 0.02, 0.05, 0.02, 0.0, 0.0, 0.15), (1, 0, 0, 0, 0, 0, 0, 0, 0)),
    "single_father": ((1, 0, 0, 0, 0, 0, 0, 0, 0), (0, 0.45, 0.2, 0.05, 0.02, 0.0, 0.0, 0.0, 0.28)),
    "kin_orphan": ((0, 0, 0.74, 0.10, 0.06, 0.0, 0.0, 0.0, 0.10), (0, 0, 0.62, 0.10, 0.02, 0, 0, 0, 0.26)),
}
_POORER = {
    "elder_alone": 0.72,
    "elder_couple": 0.85,
    "single_mother": 0.6,
    "single_father": 0.7,
    "left_behind": 0.75,
    "left_behind_one": 0.55,
    "parent_and_disabled_child": 0.58,
    "kin_orphan": 0.7,
}
_LANGUAGES = np.array(["普通话", "娄溪话"], dtype=object)


def add(people: Columns, pack: Pack, rng: np.random.Generator, on: date) -> Columns:
    """The facts of every person in `people`, as further columns of the same length."""
    age, count = people["age"], len(people["age"])
    facts: Columns = {"native": (rng.random(int(people["household_no"].max()) + 1) < 0.9)[people["household_no"]]}
    facts["living"] = _living(people)
    facts["self_care"] = _self_care(age, people["shape"], rng)
    facts.update(_disability(people, facts, rng))
    facts["illness"], cost = _illness(age, rng)
    facts["medical_fen"] = cost
    facts["income_fen"] = _income(people, facts, rng)
    facts.update(_parents(people, rng))
    facts["supporters"] = _supporters(people, rng)
    destitute = (people["household_size"] == 1) & (facts["supporters"] == "none")
    facts["income_fen"] = np.where(destitute & (age >= ELDER), 0, facts["income_fen"])
    facts["employment"] = _employment(age, facts, rng)
    facts["school"] = _schools(people, age)
    facts["housing"] = np.where(
        facts["income_fen"] < 120000,
        rng.choice(["自建房", "老旧小区", "危房", "公租房"], count, p=[0.45, 0.35, 0.08, 0.12]),
        rng.choice(["自建房", "商品房", "老旧小区"], count, p=[0.3, 0.5, 0.2]),
    ).astype(object)
    facts["veteran"] = people["male"] & (age >= 45) & (rng.random(count) < 0.045)
    facts["language"] = np.where((age >= 70) & (rng.random(count) < 0.5), _LANGUAGES[1], _LANGUAGES[0])
    facts["last_visit_on"] = _last_visits(age, facts, rng, on)
    return facts


def _living(people: Columns) -> np.ndarray:
    """How elders live; others are with family unless alone."""
    elder, shape = people["age"] >= ELDER, people["shape"]
    return np.select(
        [
            people["household_size"] == 1,
            elder & (shape == "elder_couple"),
            elder & np.isin(shape, ["left_behind", "left_behind_one"]),
        ],
        np.array(["alone", "empty_nest", "with_family"], dtype=object),
        default="with_family",
    ).astype(object)


def _self_care(age: np.ndarray, shape: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The five levels by age; those living alone are a little better on their feet."""
    level = np.zeros(len(age), dtype=np.int8)
    draw = rng.random(len(age)) * np.where(shape == "elder_alone", 0.97, 1.0)
    for start, chances in _SELF_CARE_FROM.items():
        here = age >= start
        level[here] = np.minimum(np.searchsorted(np.cumsum(chances), draw[here], side="right"), 4)
    return SELF_CARE[level]


def _disability(people: Columns, facts: Columns, rng: np.random.Generator) -> Columns:
    """Class and grade of the card, null for most; a grown child living with an old parent has one."""
    age, count = people["age"], len(people["age"])
    chance = np.select([age < 18, age < 45, age < 60, age < 75], [0.012, 0.025, 0.055, 0.11], 0.16)
    carer = (people["shape"] == "parent_and_disabled_child") & (people["relation"] != "户主")
    has = (rng.random(count) < chance) | carer
    kind = rng.choice(np.array(list("1234567"), dtype=object), count, p=_CLASS_SHARE)
    kind = np.where(carer, rng.choice(np.array(["5", "6", "4"], dtype=object), count), kind)
    grade = rng.choice(np.array(list("1234"), dtype=object), count, p=(0.16, 0.28, 0.30, 0.26))
    heavy = has & (grade == "1") & np.isin(kind, ["4", "5", "7"])
    facts["self_care"] = np.where(heavy & (facts["self_care"] == "able"), "moderate", facts["self_care"])
    return {"disability_class": only(has, kind), "disability_grade": only(has, grade)}


def _illness(age: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The chief illness and what it costs the person a month, in fen; "" and 0 when none."""
    band = np.digitize(age, [40, 60, 80])
    names = np.array([*_ILLNESS, ""], dtype=object)
    table = np.cumsum(np.array([[chance[b] for chance, _ in _ILLNESS.values()] for b in range(4)]), axis=1)
    drawn = (rng.random(len(age))[:, None] >= table[band]).sum(axis=1)
    usual = np.array([*(cost for _, cost in _ILLNESS.values()), 0])[drawn]
    cost = (usual * rng.lognormal(0, 0.35, len(age)) // 1000 * 1000).astype(np.int64)
    return names[drawn], cost


def _income(people: Columns, facts: Columns, rng: np.random.Generator) -> np.ndarray:
    """Per head and month in fen, the same for a whole household, in steps of ten yuan."""
    home = people["household_no"]
    homes = int(home.max()) + 1
    head = people["relation"] == "户主"
    typical = np.full(homes, 260000.0)
    typical[home[head]] = np.where(people["urban"][head], 335000.0, 270000.0)
    for shape, factor in _POORER.items():
        typical[home[head & (people["shape"] == shape)]] *= factor
    burdened = (
        np.bincount(home, weights=known(facts["disability_class"]) | (facts["medical_fen"] > 80000), minlength=homes)
        > 0
    )
    typical[burdened] *= 0.85
    income = typical * rng.lognormal(0, 0.45, homes)
    per_home: np.ndarray = (income // 1000 * 1000).astype(np.int64)
    return per_home[home]


def _parents(people: Columns, rng: np.random.Generator) -> Columns:
    """Where father and mother of a minor are; null for grown people."""
    minor = people["age"] < ADULT
    states = {}
    for which, parent in enumerate(("father_state", "mother_state")):
        state = np.full(len(minor), None, dtype=object)
        state[minor] = "present"
        for shape, chances in _PARENTS.items():
            here = minor & (people["shape"] == shape)
            state[here] = rng.choice(_STATES, int(here.sum()), p=np.array(chances[which]) / sum(chances[which]))
        states[parent] = state
    head_of = _head_names(people)
    states["guardian"] = only(minor & (people["relation"] != "户主"), head_of)
    return states


def _head_names(people: Columns) -> np.ndarray:
    """The name of each person's head of household."""
    heads = np.empty(int(people["household_no"].max()) + 1, dtype=object)
    is_head = people["relation"] == "户主"
    heads[people["household_no"][is_head]] = people["name"][is_head]
    return heads[people["household_no"]]


def _supporters(people: Columns, rng: np.random.Generator) -> np.ndarray:
    """Whether an elder has children able to support: able, unable, none; null for others."""
    elder, alone = people["age"] >= ELDER, people["household_size"] == 1
    none = np.where(alone, np.where(people["urban"], 0.03, 0.08), 0.0)
    draw = rng.random(len(elder))
    words = np.select([draw < none, draw < none + 0.1], ["none", "unable"], "able").astype(object)
    return only(elder, words)


def _employment(age: np.ndarray, facts: Columns, rng: np.random.Generator) -> np.ndarray:
    """Work in words; a poor household's adults are more often without."""
    adult = (age >= ADULT) & (age < ELDER)
    poor = facts["income_fen"] < 147000
    draw = rng.random(len(age))
    out = np.where(draw < np.where(poor, 0.45, 0.04), "失业", np.where(draw < 0.6, "务工", "在职"))
    return np.where(adult, out, np.where(age >= ELDER, "养老金", "")).astype(object)


def _schools(people: Columns, age: np.ndarray) -> np.ndarray:
    """The school of a child of school age, named after its town; null for others."""
    stem = np.array([town[:2] for town in people["town"]], dtype=object)
    school = np.full(len(age), None, dtype=object)
    for youngest, oldest, word in ((3, 5, "幼儿园"), (6, 11, "中心小学"), (12, 14, "中学")):
        here = (age >= youngest) & (age <= oldest)
        school[here] = stem[here] + word
    school[(age >= 15) & (age < ADULT)] = "娄溪高级中学"
    return school


def _last_visits(age: np.ndarray, facts: Columns, rng: np.random.Generator, on: date) -> np.ndarray:
    """The last day someone saw the person at home; NaT for those nobody visits."""
    frail = (age >= ELDER) & (np.isin(facts["living"], ["alone", "empty_nest"]) | (facts["self_care"] != "able"))
    child = (age < ADULT) & ((facts["father_state"] != "present") | (facts["mother_state"] != "present"))
    watched = frail | child | known(facts["disability_class"]) | (facts["income_fen"] < 120000)
    usual = np.where((age >= 80) & frail, 5.0, np.where(frail | child, 22.0, 50.0))
    days = np.clip(rng.gamma(1.8, usual / 1.8, len(age)).astype(np.int64), 1, 400)
    missed = rng.random(len(age)) < 0.12
    days = np.where(missed, days + rng.integers(20, 120, len(age)), days)
    seen = working_day(np.datetime64(on) - days.astype("timedelta64[D]"))
    none = ~watched | (rng.random(len(age)) < 0.05)
    return np.where(none, np.datetime64("NaT"), seen).astype("datetime64[D]")


def working_day(days: np.ndarray) -> np.ndarray:
    """Days as they are, weekends moved back to the Friday; holidays are not looked up."""
    moved: np.ndarray = np.busday_offset(days, 0, roll="backward")
    return moved
