"""What the county's people need, and which offers can lawfully and sensibly meet each need.

A need is drawn from a person's facts; whether an offer fits is decided by hard conditions only:
the kind of help, vetting and validity on the day, places left, reach, the sex of whoever comes where the
person asked for it, and whom the person must be protected from.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from linli.web.demo import cast
from linli.web.demo.facts import ADULT, ELDER
from linli.web.demo.world import World, generator

# Level → days within which something should be under way (the demo's own triage promise).
DAYS_OF_LEVEL = {1: 1, 2: 3, 3: 14, 4: 30}
# Where somebody comes close to a child or alone into a home, the vetting must hold until the day it is due
# (未成年人保护法 art. 62 for children; the rest is the demo's own reading).
_VETTED_KINDS = ("service", "time", "space")
_VETTED_CODES = frozenset(
    """visit bath clean medical_escort respite rehab mental company child_care education guardianship home_adapt
    safety""".split()
)
_SPOKEN_CODES = frozenset(("mental", "legal", "visit", "company", "guardianship"))
REACH_KM = {"service": 40.0, "time": 20.0, "space": 30.0, "goods": 1000.0, "fund": 1000.0}
_WORDS = {
    "visit": "一个人住，盼着有人来看看",
    "meal": "做饭不方便，想有人送一餐热饭",
    "bath": "浴室滑，不敢一个人洗澡",
    "clean": "屋里收拾不动了",
    "medical_escort": "去医院没人陪，挂号看不懂",
    "errand": "买药跑腿没有人手",
    "home_adapt": "进门有台阶，浴室没有扶手",
    "assistive": "想换一个合适的助行器具",
    "rehab": "手脚不听使唤，想继续练",
    "respite": "照顾的人夜里睡不好，想歇一歇",
    "mental": "心里闷，夜里睡不着",
    "company": "想有人说说话",
    "aid_guidance": "不知道能不能申请，请帮着问问",
    "document": "要办的材料看不懂，请帮着理一理",
    "education": "功课没有人辅导",
    "child_care": "放学后没有人照看",
    "guardianship": "父母都不在身边，监护要有人商量",
    "legal": "想问问怎么用法律保护自己",
    "job": "想找一份能做的活",
    "skills": "想学一门手艺",
    "inclusion": "想出门走走，认识些人",
    "goods": "米油快没有了",
    "housing": "下雨屋里漏水",
    "emergency": "看病花光了积蓄",
    "safety": "不敢回家，要有安全的地方",
}
# Whose story, which need, level, opened how many days ago, sex wished for in whoever comes, and how far it has come.
_CAST_NEEDS = (
    ("qian_guifang", "bath", 2, 9, "2!", "triaged"),
    ("qian_guifang", "medical_escort", 3, 9, None, "in_service"),
    ("qian_guifang", "home_adapt", 3, 9, None, "triaged"),
    ("xu_jianping", "assistive", 3, 12, None, "referred"),
    ("he_xiuzhen", "respite", 2, 60, None, "in_service"),
    ("he_xiuzhen", "mental", 3, 60, None, "in_service"),
    ("song_xiaoman", "child_care", 3, 20, None, "triaged"),
    ("song_xiaoman", "guardianship", 2, 20, None, "triaged"),
    ("tao_meilan", "meal", 3, 75, None, "closed"),
    ("ruan_axiu", "visit", 2, 2, None, "heard"),
    ("victim", "safety", 1, 34, "2!", "in_service"),
    ("victim", "legal", 2, 33, None, "referred"),
    ("victim", "mental", 2, 30, "2", "in_service"),
    ("victim", "company", 3, 8, None, "triaged"),
    ("victim", "errand", 3, 6, None, "triaged"),
    ("victim_child", "child_care", 3, 10, None, "triaged"),
)


def draw(world: World) -> pa.Table:
    """One row a need of the last three months, in the columns of the assignment engine's needs, plus
    `opened_on` and `course` (how far a story says the need has come; null for the rest)."""
    rng = generator(world, 4)
    named = len(cast.members(world.pack))
    people = world.people
    rows: list[tuple[Any, ...]] = []
    for code, level, mask, chance in _chances(world):
        at = np.flatnonzero(mask & (np.arange(world.residents) >= named))
        chosen = at[rng.random(len(at)) < chance]
        ago = 1 + (90 * rng.beta(1.0, 1.6, len(chosen))).astype(np.int64)
        rows += [(int(p), code, level, int(days), None, None) for p, days in zip(chosen, ago, strict=True)]
    told: list[tuple[Any, ...]] = [(world.cast[key], *rest) for key, *rest in _CAST_NEEDS]
    rows = sorted([*told, *rows], key=lambda row: (-row[3], row[0], row[1]))
    barred: dict[int, list[str]] = {}
    for e in world.exclusions.to_pylist():
        barred.setdefault(e["protected_person_no"], []).extend(e["excluded_offer_ids"])
    asks_woman = rng.random(len(rows)) < 0.5
    table = []
    for number, (person, code, level, days, sex, course) in enumerate(rows):
        opened = world.on - timedelta(days=days)
        woman = sex or ("2!" if code == "bath" and not people["male"][person] and asks_woman[number] else None)
        table.append(
            {
                "need_no": number,
                "person_no": person,
                "household_no": int(people["household_no"][person]),
                "code": code,
                "level": level,
                "reason": _WORDS[code],
                "opened_on": opened,
                "due_on": opened + timedelta(days=DAYS_OF_LEVEL[level]),
                "place_code": people["community_code"][person],
                "lat": float(people["lat"][person]),
                "lon": float(people["lon"][person]),
                "languages": [people["language"][person]],
                "helper_sex": woman,
                "slots": [],
                "minor": bool(people["age"][person] < ADULT),
                "excluded": barred.get(person, []),
                "course": course,
            }
        )
    return pa.Table.from_pylist(table, schema=_SCHEMA)


_SCHEMA = pa.schema(
    [
        ("need_no", pa.int32()),
        ("person_no", pa.int32()),
        ("household_no", pa.int32()),
        ("code", pa.string()),
        ("level", pa.int8()),
        ("reason", pa.string()),
        ("opened_on", pa.date32()),
        ("due_on", pa.date32()),
        ("place_code", pa.string()),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("languages", pa.list_(pa.string())),
        ("helper_sex", pa.string()),
        ("slots", pa.list_(pa.string())),
        ("minor", pa.bool_()),
        ("excluded", pa.list_(pa.string())),
        ("course", pa.string()),
    ]
)


def _chances(world: World) -> list[tuple[str, int, np.ndarray, float]]:
    """Need, level, who may have it, and how likely in three months."""
    p, q, e = world.people, world.groups.qualifies, world.groups.enrolled
    age, alone = p["age"], q["EAL"]
    weak = np.isin(p["self_care"], ["moderate", "severe", "total"])
    child = q["ORP"] | q["DEF"] | q["CID"] | q["LBC"]
    unlisted = (q["MLA"] & ~e["MLA"]) | (q["RIG"] & ~e["RIG"]) | (q["DES"] & ~e["DES"])
    illness, card = p["illness"], p["disability_class"]
    return [
        ("visit", 3, (age >= 80) & (alone | q["EEM"]), 0.37),
        ("meal", 3, (age >= 75) & alone, 0.34),
        ("bath", 2, (age >= ELDER) & weak, 0.51),
        ("clean", 4, alone & weak, 0.51),
        ("medical_escort", 3, (age >= 70) & (p["medical_fen"] > 10000), 0.17),
        ("errand", 4, (age >= 80) & alone, 0.17),
        ("home_adapt", 4, (age >= ELDER) & alone & (p["self_care"] != "able"), 0.34),
        ("assistive", 4, np.isin(card, ["1", "2", "4"]), 0.2),
        ("rehab", 3, (illness == "脑卒中后遗症") | (card == "4"), 0.2),
        ("respite", 2, np.isin(p["self_care"], ["severe", "total"]) & (p["household_size"] > 1), 0.6),
        ("mental", 2, np.isin(illness, ["抑郁症", "精神分裂症", "恶性肿瘤"]), 0.37),
        ("company", 4, alone, 0.14),
        ("aid_guidance", 3, unlisted, 0.51),
        ("document", 4, e["MLB"], 0.1),
        ("education", 4, child & (age >= 6) & (age < 16), 0.51),
        ("child_care", 3, child, 0.34),
        ("guardianship", 2, q["DEF"] | q["ORP"], 0.6),
        ("legal", 3, p["shape"] == "single_mother", 0.09),
        ("job", 4, (p["employment"] == "失业") & (q["MLA"] | q["MLB"]), 0.42),
        ("skills", 4, (p["employment"] == "失业"), 0.09),
        ("inclusion", 4, np.isin(card, ["5", "6"]), 0.26),
        ("goods", 3, q["MLA"], 0.26),
        ("housing", 3, p["housing"] == "危房", 0.34),
        ("emergency", 2, q["RIG"], 0.6),
    ]


def fitting(world: World, needs: pa.Table) -> list[list[str]]:
    """For each need the offers that may meet it, nearest first; hard conditions only."""
    offers = [_read(o) for o in world.pack.offers.to_pylist() if o["capacity"]]
    lat, lon = np.array([o["lat"] for o in offers]), np.array([o["lon"] for o in offers])
    answers = []
    for need in needs.to_pylist():
        km = distance_km(need["lat"], need["lon"], lat, lon)
        age = int(world.people["age"][need["person_no"]])
        answers.append(
            [
                offers[i]["offer_id"]
                for i in np.argsort(km, kind="stable")
                if _fits(need, age, offers[i], km[i], world.on)
            ]
        )
    return answers


def _read(offer: dict[str, Any]) -> dict[str, Any]:
    """An offer with its lists taken apart and the conditions a program can read."""
    parts = [part for part in (offer["conditions"] or "").split("；") if "=" in part]
    asked = {name.strip(">=<"): value for name, value in (part.rsplit("=", 1) for part in parts)}
    ages = {
        sign: int(value) for sign in "<>" for part in parts if part.startswith(f"年龄{sign}=") for value in [part[4:]]
    }
    return {
        **offer,
        "codes": set(offer["need_codes"].split(";")),
        "spoken": set((offer["languages"] or "").split(";")) - {""},
        "youngest": ages.get(">", 0),
        "oldest": ages.get("<", 200),
        "residents_of": asked.get("地区", ""),
        "comers": {"男": "1", "女": "2", "男|女": "12", "女|男": "12"}.get(asked.get("服务人员性别", ""), ""),
    }


def _fits(need: dict[str, Any], age: int, offer: dict[str, Any], km: float, on: date) -> bool:
    """Whether nothing stands between a need and an offer with places left."""
    due, wish = max(need["due_on"], on), need["helper_sex"] or ""
    comes = offer["kind"] in _VETTED_KINDS
    checked = offer["vetted_until"] is not None and offer["vetted_until"] >= due
    languages = set(need["languages"])
    return (
        need["code"] in offer["codes"]
        and offer["offer_id"] not in need["excluded"]
        and offer["valid_from"] <= due
        and offer["valid_to"] >= on
        and (checked or not comes or not (need["code"] in _VETTED_CODES or need["minor"]))
        and offer["youngest"] <= age <= offer["oldest"]
        and need["place_code"].startswith(offer["residents_of"])
        and (not wish.endswith("!") or not comes or wish[0] in offer["comers"])
        and (need["code"] not in _SPOKEN_CODES or not offer["spoken"] or bool(offer["spoken"] & languages))
        and km <= REACH_KM[offer["kind"]]
    )


def distance_km(lat: float, lon: float, lats: np.ndarray, lons: np.ndarray) -> np.ndarray:
    """Distance in km over a flat county (good to a metre or so at this size)."""
    north = (lats - lat) * 111.2
    east = (lons - lon) * 111.2 * np.cos(np.radians(lat))
    result: np.ndarray = np.hypot(north, east)
    return result
