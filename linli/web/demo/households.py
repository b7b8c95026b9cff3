"""Draws households: who lives with whom, where, how old, under which name.

Only structure is decided here; incomes, illness, parents' whereabouts and the rest of a person's
facts come in `facts`. All arrays are as long as there are persons, household by household.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from linli.web.demo import names
from linli.web.demo.columns import Columns
from linli.web.demo.pack import Pack

SINGLE_ADULT = "adult_alone"


@dataclass(frozen=True)
class Member:
    """One place in a household: `age` is (least, most), for others than the head relative to the head's."""

    relation: str
    sex: str
    age: tuple[int, int]
    absolute: bool = False


@dataclass(frozen=True)
class Shape:
    """A kind of household and how common it is in town and in the country (shares of households)."""

    name: str
    urban: float
    rural: float
    head_age: tuple[int, int]
    members: tuple[Member, ...]


_SPOUSE = Member("配偶", "other", (-4, 4))
_CHILD = Member("子女", "any", (-31, -23))
_GRANDCHILD = Member("孙辈", "any", (3, 15), absolute=True)
# Shares are invented; the mean size (2.6) is near that of the 2020 census.
SHAPES = (
    Shape("elder_alone", 0.10, 0.13, (61, 97), (Member("户主", "elder", (0, 0)),)),
    Shape("elder_couple", 0.12, 0.15, (60, 90), (Member("户主", "head", (0, 0)), _SPOUSE)),
    Shape(SINGLE_ADULT, 0.11, 0.06, (22, 59), (Member("户主", "any", (0, 0)),)),
    Shape("couple", 0.12, 0.08, (24, 58), (Member("户主", "head", (0, 0)), _SPOUSE)),
    Shape("one_child", 0.22, 0.13, (26, 54), (Member("户主", "head", (0, 0)), _SPOUSE, _CHILD)),
    Shape("two_children", 0.08, 0.08, (29, 52), (Member("户主", "head", (0, 0)), _SPOUSE, _CHILD, _CHILD)),
    Shape(
        "three_generations",
        0.08,
        0.13,
        (28, 48),
        (
            Member("户主", "male", (0, 0)),
            _SPOUSE,
            _CHILD,
            Member("父亲", "male", (23, 31)),
            Member("母亲", "female", (22, 29)),
        ),
    ),
    Shape(
        "one_grandparent",
        0.05,
        0.06,
        (28, 52),
        (Member("户主", "male", (0, 0)), _SPOUSE, _CHILD, Member("母亲", "female", (22, 31))),
    ),
    Shape("left_behind", 0.01, 0.06, (52, 72), (Member("户主", "head", (0, 0)), _SPOUSE, _GRANDCHILD)),
    Shape("left_behind_one", 0.004, 0.02, (56, 78), (Member("户主", "female", (0, 0)), _GRANDCHILD)),
    Shape("single_mother", 0.028, 0.02, (27, 47), (Member("户主", "female", (0, 0)), _CHILD)),
    Shape("single_father", 0.008, 0.01, (27, 49), (Member("户主", "male", (0, 0)), _CHILD)),
    Shape("parent_and_disabled_child", 0.015, 0.02, (55, 80), (Member("户主", "any", (0, 0)), _CHILD)),
    Shape(
        "child_cares_for_parent",
        0.045,
        0.04,
        (38, 62),
        (Member("户主", "any", (0, 0)), Member("母亲", "female", (21, 30))),
    ),
    Shape(
        "kin_orphan",
        0.004,
        0.006,
        (35, 66),
        (Member("户主", "any", (0, 0)), Member("侄辈", "any", (4, 17), absolute=True)),
    ),
)


def draw(pack: Pack, count: int, rng: np.random.Generator, on: date, first_household: int) -> Columns:
    """`count` persons in whole households, living in the pack's communities by their weight."""
    homes = max(8, count)
    place = _places(pack)
    community = rng.choice(len(place["weight"]), size=homes, p=place["weight"] / place["weight"].sum())
    urban = place["urban"][community] == 1
    shape = np.where(
        urban, _pick(rng, homes, [s.urban for s in SHAPES]), _pick(rng, homes, [s.rural for s in SHAPES])
    ).astype(np.int8)
    sizes = np.array([len(s.members) for s in SHAPES])
    kept = int(np.searchsorted(np.cumsum(sizes[shape]), count, side="right"))
    rest = count - int(sizes[shape[:kept]].sum())
    shape = np.concatenate([shape[:kept], np.full(rest, _index(SINGLE_ADULT), dtype=np.int8)])
    community = community[: kept + rest]
    return _members(shape, community, sizes, place, rng, on, first_household)


def _index(name: str) -> int:
    return next(i for i, shape in enumerate(SHAPES) if shape.name == name)


def _pick(rng: np.random.Generator, size: int, weights: list[float]) -> np.ndarray:
    return rng.choice(len(weights), size=size, p=np.array(weights) / sum(weights))


def _places(pack: Pack) -> Columns:
    """The communities of the pack as arrays, one entry each."""
    rows = pack.places.to_pylist()
    names = {row["code"]: row["name_zh"] for row in rows}
    here = [row for row in rows if row["level"] == "community"]
    text = {name: np.array([row[name] for row in here], dtype=object) for name in ("code", "parent", "name_zh")}
    numbers = {name: np.array([row[name] for row in here]) for name in ("urban", "weight", "lat", "lon")}
    return {**text, **numbers, "town_name": np.array([names[row["parent"]] for row in here], dtype=object)}


def _members(
    shape: np.ndarray,
    community: np.ndarray,
    sizes: np.ndarray,
    place: Columns,
    rng: np.random.Generator,
    on: date,
    first_household: int,
) -> Columns:
    """Spread households into persons."""
    size = sizes[shape]
    home = np.repeat(np.arange(len(shape)), size)
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    seat = np.arange(len(home)) - start[home]
    head_age, head_male = _heads(shape, rng)
    age = np.zeros(len(home), dtype=np.int32)
    male = np.zeros(len(home), dtype=bool)
    relation = np.empty(len(home), dtype=object)
    for number, kind in enumerate(SHAPES):
        for place_in_home, member in enumerate(kind.members):
            at = np.flatnonzero((shape[home] == number) & (seat == place_in_home))
            low, high = member.age
            drawn = rng.integers(low, high + 1, size=len(at))
            age[at] = (
                head_age[home[at]]
                if member.relation == "户主"
                else drawn + (0 if member.absolute else head_age[home[at]])
            )
            male[at] = _sex(member.sex, head_male[home[at]], rng)
            relation[at] = member.relation
    age = np.clip(age, 0, 103)
    relation = _relation_words(relation, male)
    born = _birth_days(age, rng, on)
    return {
        "household_no": home + first_household,
        "relation": relation,
        "male": male,
        "age": age,
        "birth_on": born,
        "name": _names(home, relation, male, born, rng),
        "shape": np.array([s.name for s in SHAPES], dtype=object)[shape[home]],
        "household_size": size[home],
        **_addresses(home, community, place, rng),
    }


def _heads(shape: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Age of each household's head and whether he is a man; elders are thinned with age."""
    low = np.array([s.head_age[0] for s in SHAPES])[shape]
    high = np.array([s.head_age[1] for s in SHAPES])[shape]
    share = np.where(low >= 60, rng.beta(1.5, 2.4, size=len(shape)), rng.random(len(shape)))
    age = low + (share * (high - low + 1)).astype(np.int64)
    rule = np.array([s.members[0].sex for s in SHAPES])[shape]
    chance = np.select([rule == "male", rule == "female", rule == "head", rule == "elder"], [1.0, 0.0, 0.86, 0.36], 0.5)
    return age, rng.random(len(shape)) < chance


def _sex(rule: str, head_male: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if rule == "other":
        return ~head_male
    if rule in ("male", "female"):
        return np.full(len(head_male), rule == "male")
    if rule in ("head", "elder"):
        return head_male
    return rng.random(len(head_male)) < 0.51


def _relation_words(relation: np.ndarray, male: np.ndarray) -> np.ndarray:
    """Relation to the head as departments write it."""
    words = relation.copy()
    for rule, man, woman in (("子女", "儿子", "女儿"), ("孙辈", "孙子", "孙女"), ("侄辈", "侄子", "侄女")):
        here = relation == rule
        words[here] = np.where(male[here], man, woman)
    return words


def _birth_days(age: np.ndarray, rng: np.random.Generator, on: date) -> np.ndarray:
    """Birth dates giving exactly the ages on the day `on`."""
    months = np.datetime64(on.replace(day=1), "M") - age * 12
    same_day = months.astype("datetime64[D]") + np.timedelta64(min(on.day, 28) - 1, "D")
    born: np.ndarray = same_day - rng.integers(0, 360, size=len(age)).astype("timedelta64[D]")
    return born


def _names(
    home: np.ndarray, relation: np.ndarray, male: np.ndarray, born: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Women who married in keep their own surname; everyone else bears the family's."""
    family = names.surnames(rng, int(home[-1]) + 1)[home]
    own = ~male & np.isin(relation, ["户主", "配偶", "母亲"])
    surname = np.where(own, names.surnames(rng, len(home)), family)
    return names.full_names(rng, surname, male, born.astype("datetime64[Y]").astype(int) + 1970)


def _addresses(home: np.ndarray, community: np.ndarray, place: Columns, rng: np.random.Generator) -> Columns:
    """Door by door: no two households of a community share one; coordinates are the grid's, blurred."""
    order = np.argsort(community, kind="stable")
    first = np.searchsorted(community[order], np.arange(len(place["weight"])))
    nth = np.empty(len(community), dtype=np.int64)
    nth[order] = np.arange(len(community)) - first[community[order]]
    total = np.bincount(community, minlength=len(place["weight"]))[community]
    urban = place["urban"][community] == 1
    flat = np.where(urban, _doors(nth, 48, "幢", "室"), _doors(nth, 40, "组", "号"))
    full = place["town_name"][community] + place["name_zh"][community] + flat
    grid = np.minimum(3 * nth // np.maximum(total, 1), 2)
    lat = place["lat"][community] + 0.004 * (grid - 1) + rng.normal(0, 0.0015, len(community))
    lon = place["lon"][community] + 0.003 * (grid - 1) + rng.normal(0, 0.0015, len(community))
    codes = place["code"][community]
    return {
        "town_code": place["parent"][community][home],
        "community_code": codes[home],
        "grid_code": (codes + np.array(["001", "002", "003"], dtype=object)[grid])[home],
        "town": place["town_name"][community][home],
        "community": place["name_zh"][community][home],
        "door": flat[home],
        "address": full[home],
        "urban": urban[home],
        "lat": np.round(lat, 5)[home],
        "lon": np.round(lon, 5)[home],
    }


def _doors(nth: np.ndarray, each: int, block: str, door: str) -> np.ndarray:
    """`nth` home of a community → words such as 5幢201室 or 6组17号; blocks 1 to 3 are for named people."""
    number = nth // each + 4
    inside = nth % each
    room = (inside // 4 + 1) * 100 + inside % 4 + 1 if door == "室" else inside + 1
    words = np.char.add(np.char.add(number.astype(str), block), np.char.add(room.astype(str), door))
    return words.astype(object)
