"""Made lists with planted truth, and a copy of any list with more errors. Invented people only.

Names follow real frequencies (few surnames, many 张伟), households share door, telephone and
surname, brothers share a character and twins a birth date, so that telling people apart is not easy.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Mapping

import pyarrow as pa
from stdnum.cn import ric

from linli.engines.linkage.names import readings

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂香玉梅华建国红文辉志林春生海燕龙波宁贵福云飞鹏浩宇轩子涵"
    "欣怡梓晨佳嘉诗雨思雅婷雪倩颖晓琳凤珍金花银莲根水木土旺财宝发顺德义仁礼智信忠孝廉"
)
ROADS = (
    "解放路",
    "人民路",
    "建设路",
    "中山路",
    "和平巷",
    "花园路",
    "文化路",
    "石塘村",
    "杨家村",
    "李家湾",
    "上河村",
    "东风组",
)
LISTS = ("低保名册", "残疾人名册", "老年人名册", "网格名册")
_ALIKE: dict[str, list[str]] = defaultdict(list)
for _character in dict.fromkeys(SURNAMES + GIVEN):
    _ALIKE[readings(_character)[0]].append(_character)

Record = dict[str, object]


def made_lists(persons: int, *, seed: int, errors: float = 1.0) -> tuple[pa.Table, dict[str, int]]:
    """RECORDS of about 2.4 per person over four lists, and the true person of each `unique_id`."""
    lot = random.Random(seed)
    rows: list[Record] = []
    truth: dict[str, int] = {}
    person = 0
    while person < persons:
        for one in _household(lot):
            if person >= persons:
                break
            for source in lot.sample(LISTS, lot.choice((1, 2, 2, 3, 3, 4))):
                row = {**one, "source": source, "unique_id": f"{lot.getrandbits(48):012x}"}
                truth[str(row["unique_id"])] = person
                rows.append(worse(row, lot, errors))
            person += 1
    lot.shuffle(rows)
    return pa.Table.from_pylist(rows, schema=SCHEMA), truth


SCHEMA = pa.schema(
    [
        ("unique_id", pa.string()), ("source", pa.string()), ("name", pa.string()), ("sex", pa.string()),
        ("birth_on", pa.date32()), ("id_no", pa.string()), ("phone", pa.string()), ("region", pa.string()),
        ("address", pa.string()),
    ]
)  # fmt: skip


def id_number(lot: random.Random, born: dt.date, sex: str) -> str:
    """An 18-character number of the reserved region 999999 with a right check character."""
    body = f"999999{born:%Y%m%d}{lot.randrange(100):02d}{lot.randrange(5) * 2 + (sex == '1')}"
    return body + str(ric.calc_check_digit(body + "0"))


def _address(lot: random.Random) -> str:
    road, house, block = lot.choice(ROADS), lot.randrange(1, 300), lot.randrange(1, 9)
    return f"{road}{house}号{block}幢{lot.randrange(1, 5)}单元{lot.randrange(101, 999)}室"


def _household(lot: random.Random) -> list[Record]:
    surname = lot.choices(SURNAMES, weights=[60.0 / (at + 4) for at in range(len(SURNAMES))])[0]
    region = f"99999910{lot.randrange(4)}"
    address = _address(lot)
    phone = f"19900{lot.randrange(10**6):06d}"
    shared = lot.choice(GIVEN)
    people: list[Record] = []
    for at in range(lot.choice((1, 2, 3, 3, 4, 5))):
        sex = lot.choice("12")
        born = dt.date(1935, 1, 1) + dt.timedelta(days=lot.randrange(85 * 365))
        if people and lot.random() < 0.03:
            born = people[-1]["birth_on"]  # type: ignore[assignment]
        given = shared + lot.choice(GIVEN) if lot.random() < 0.6 else lot.choice(GIVEN)
        own = phone if lot.random() < 0.4 else f"19900{lot.randrange(10**6):06d}"
        family = surname if at == 0 or lot.random() < 0.7 else lot.choice(SURNAMES)
        people.append(
            {
                "name": family + given, "sex": sex, "birth_on": born, "id_no": id_number(lot, born, sex),
                "phone": own, "region": region, "address": address,
            }
        )  # fmt: skip
    return people


RATES: Mapping[str, float] = {
    "name_sound": 0.085, "name_part": 0.013, "birth": 0.07, "birth_none": 0.03, "id_digit": 0.045, "id_masked": 0.07,
    "id_old": 0.03, "id_none": 0.30, "phone_new": 0.15, "phone_none": 0.30, "moved": 0.11, "short": 0.30,
    "address_none": 0.05,
}  # fmt: skip
"""How often a clerk's error is met per record; the order of those found between records of cn_dev."""


def worse(record: Record, lot: random.Random, times: float = 1.0, alike: Mapping[str, list[str]] = _ALIKE) -> Record:
    """The record with errors added, each at its rate × `times`."""
    row = dict(record)

    def struck(kind: str) -> bool:
        return lot.random() < RATES[kind] * times

    name = str(row["name"])
    if struck("name_sound"):
        at = lot.randrange(len(name))
        others = [c for c in alike.get(readings(name[at])[0], []) if c != name[at]]
        name = name[:at] + lot.choice(others) + name[at + 1 :] if others else name
    if struck("name_part") and len(name) > 1:
        at = lot.randrange(len(name))
        name = name[:at] + name[at + 1 :]
    row["name"] = name
    _worse_birth(row, lot, struck("birth"), struck("birth_none"))
    _worse_id(row, lot, struck("id_digit"), struck("id_masked"), struck("id_old"), struck("id_none"))
    if row["phone"] and struck("phone_new"):
        row["phone"] = f"19900{lot.randrange(10**6):06d}"
    if struck("phone_none"):
        row["phone"] = None
    if struck("moved"):
        row["region"] = f"99999910{lot.randrange(4)}"
        row["address"] = _address(lot)
    if struck("short") and "号" in str(row["address"] or ""):
        row["address"] = str(row["address"]).split("号")[0] + "号"
    if struck("address_none"):
        row["address"] = None
    return row


def _worse_birth(row: Record, lot: random.Random, wrong: bool, none: bool) -> None:
    born = row["birth_on"]
    if isinstance(born, dt.date) and wrong:
        if born.day <= 12 and lot.random() < 0.3:
            row["birth_on"] = born.replace(month=born.day, day=born.month)
        else:
            row["birth_on"] = born.replace(month=lot.randrange(1, 13), day=min(born.day, 28))
    if none:
        row["birth_on"] = None


def _worse_id(row: Record, lot: random.Random, digit: bool, masked: bool, old: bool, none: bool) -> None:
    number = str(row["id_no"] or "")
    if len(number) == 18 and "*" not in number:
        if digit:
            at = lot.randrange(6, 17)
            number = number[:at] + str((int(number[at]) + lot.randrange(1, 10)) % 10) + number[at + 1 :]
        if old and number[6:8] == "19":
            number = number[:6] + number[8:17]
        elif masked:
            number = f"{number[:6]}********{number[-4:]}"
    row["id_no"] = None if none or not number else number


def twice_the_errors(table: pa.Table, *, seed: int) -> pa.Table:
    """A copy in which every error strikes each record once more at its rate.

    Homophones are taken from the table's own characters.
    """
    rows = table.to_pylist()
    alike: dict[str, list[str]] = defaultdict(list)
    for character in sorted({character for row in rows for character in row["name"] or ""}):
        alike[readings(character)[0]].append(character)
    lot = random.Random(seed)
    kept = [{name: row.get(name) for name in SCHEMA.names} for row in rows]
    return pa.Table.from_pylist([worse(row, lot, 1.0, alike) for row in kept], schema=SCHEMA)


def pair_scores(found: Mapping[str, object], truth: Mapping[str, object]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of records: sharing a found person against sharing a true one."""
    both: dict[tuple[object, object], int] = defaultdict(int)
    by_found: dict[object, int] = defaultdict(int)
    by_truth: dict[object, int] = defaultdict(int)
    for key, person in truth.items():
        both[found[key], person] += 1
        by_found[found[key]] += 1
        by_truth[person] += 1
    right, said, true = (sum(n * (n - 1) // 2 for n in counts.values()) for counts in (both, by_found, by_truth))
    return right / max(said, 1), right / max(true, 1), 2 * right / max(said + true, 1)
