"""What is truly so behind the lists, and how much of it was found.

Which rows are the same person; who qualifies for what yet is on no register of it, with or without
lists that tell; who is overdue or at risk; which offers may meet which need, and which never.
`score_*` are pure: results in, counts out. The product's engines never read this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pyarrow as pa

from linli.web.demo import groups, needs
from linli.web.demo.facts import ADULT, ELDER
from linli.web.demo.lists import make, membership
from linli.web.demo.sheets import DepartmentList, Sheet
from linli.web.demo.world import World

# Which list tells which fact, so that a program reading the lists could know it.
TELLS_INCOME = ("minimum", "marginal", "disabled", "grid")
TELLS_MEDICAL = ("grid", "medical")
TELLS_LIVING = ("elders", "disabled", "grid")
TELLS_SELF_CARE = ("elders", "disabled", "destitute")
TELLS_PARENTS = ("children",)
TELLS_VISIT = ("elders", "grid", "children", "destitute")
JUDGED = ("MLA", "DES", "MLB", "RIG", "ORP", "DEF", "LBC", "CID", "EDA", "EAL", "EEM")


@dataclass(frozen=True)
class Truth:
    """`records` row → person; `flags` what a screening should say; `matches` need → offers that may and may never."""

    records: pa.Table
    flags: pa.Table
    matches: pa.Table


@dataclass(frozen=True)
class Score:
    """How many were found, missed, and wrongly claimed; `unjudged`: claims about which nothing was planted."""

    found: int
    missed: int
    false: int
    unjudged: int = 0

    @property
    def precision(self) -> float:
        """Found among found and false; 1 when nothing was claimed."""
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        """Found among found and missed; 1 when nothing was to be found."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def plant(world: World, lists: list[DepartmentList] | None = None) -> Truth:
    """The truth behind `lists` (made from the world if not given)."""
    lists = make(world) if lists is None else lists
    return Truth(records(lists), flags(world), matches(world))


def records(lists: Iterable[DepartmentList]) -> pa.Table:
    """One row for each row of each list: where it stands, whom it is about, what is written, which mistakes."""
    parts = []
    for each in lists:
        several = len(each.sheets) > 1
        for sheet in each.sheets:
            parts.append(_sheet_records(each, sheet, several))
    table = pa.concat_tables(parts)
    return table.add_column(0, "record_no", pa.array(np.arange(table.num_rows, dtype=np.int32)))


def _sheet_records(each: DepartmentList, sheet: Sheet, several: bool) -> pa.Table:
    count = len(sheet.person_no)
    row = np.arange(sheet.first_row, sheet.first_row + count, dtype=np.int32)
    places = [f"{each.file}:{sheet.name}:{r}" if sheet.name else f"{each.file}:{r}" for r in row]
    number = [str(v) for v in sheet.columns[sheet.number_heading]] if sheet.number_heading else [None] * count
    stem = PurePath(each.file).stem
    columns = {
        "unique_id": pa.array([n or p for n, p in zip(number, places, strict=True)], pa.string()),
        "list": pa.array([each.code] * count, pa.string()),
        "source": pa.array([f"{stem}/{sheet.name}" if several else stem] * count, pa.string()),
        "file": pa.array([each.file] * count, pa.string()),
        "sheet": pa.array([sheet.name] * count, pa.string()),
        "row": pa.array(row),
        "number": pa.array(number, pa.string()),
        "person_no": pa.array(sheet.person_no.astype(np.int32)),
        "errors": pa.array(sheet.errors, pa.list_(pa.string())),
    }
    for field in ("name", "id_no", "birth_on", "phone", "address"):
        values = sheet.written.get(field)
        columns[field] = pa.array([None] * count if values is None else values, pa.string())
    return pa.table(columns)


def flags(world: World) -> pa.Table:
    """Every claim a screening could rightly make; `visible`: the lists tell enough to make it.

    Household groups (低保 and the like) carry one row a person; scoring counts households.
    """
    on = membership(world)
    stands = {code: _mask(world, rows) for code, rows in on.items()}
    parts = [*_missed(world, stands), *_ending(world), *_overdue(world, stands), _alone_with_elders(world)]
    return pa.concat_tables([_flag_rows(world, *part) for part in parts])


def _mask(world: World, rows: np.ndarray) -> np.ndarray:
    mask = np.zeros(world.residents, dtype=bool)
    mask[rows] = True
    return mask


def _any(stands: dict[str, np.ndarray], codes: Iterable[str]) -> np.ndarray:
    result: np.ndarray = np.any([stands[code] for code in codes], axis=0)
    return result


Part = tuple[str, str, np.ndarray, np.ndarray]


def _missed(world: World, stands: dict[str, np.ndarray]) -> list[Part]:
    """Qualifies by the facts, on no register of the group: group, kind, whom it holds for, where it shows."""
    q, e = world.groups.qualifies, world.groups.enrolled
    aid = e["MLA"] | e["DES"] | e["MLB"]
    income, parents = _any(stands, TELLS_INCOME), _any(stands, TELLS_PARENTS)
    medical = (
        income
        & _any(stands, TELLS_MEDICAL)
        & (world.people["income_fen"] >= world.pack.parameters["living_standard_fen"])
    )
    living = _any(stands, TELLS_LIVING)
    home = world.people["household_no"]
    helped = (np.bincount(home, weights=aid)[home] > 0) & (world.people["age"] < ADULT)
    told_child = (helped & (stands["minimum"] | stands["marginal"])) | stands["disabled"]
    listed_child = e["CID"] | e["DEF"] | e["ORP"]
    return [
        ("MLA", "missed", q["MLA"] & ~e["MLA"] & ~e["DES"], income),
        ("MLB", "missed", q["MLB"] & ~aid, income),
        ("RIG", "missed", q["RIG"] & ~aid & ~e["RIG"], medical),
        ("DES", "missed", q["DES"] & ~e["DES"], living & income),
        ("ORP", "missed", q["ORP"] & ~e["ORP"], parents),
        ("DEF", "missed", q["DEF"] & ~e["DEF"] & ~e["ORP"], parents),
        ("LBC", "missed", q["LBC"] & ~e["LBC"], parents),
        ("CID", "missed", (q["CID"] | helped) & ~listed_child, told_child),
        ("EAL", "missed", q["EAL"] & ~stands["elders"], living),
        ("EEM", "missed", q["EEM"] & ~stands["elders"], living),
        ("EDA", "missed", q["EDA"] & ~stands["elders"], _any(stands, TELLS_SELF_CARE)),
    ]


def _ending(world: World) -> list[Part]:
    """Statuses past their end, or ending within the pack's warning time; registers always tell."""
    today = np.datetime64(world.on)
    soon = today + np.timedelta64(int(world.pack.parameters["expiring_days"]), "D")
    parts: list[Part] = []
    for group, until in world.groups.until.items():
        listed = world.groups.enrolled[group] & ~np.isnat(until)
        parts.append((group, "expired", listed & (until < today), listed))
        parts.append((group, "expiring", listed & (until >= today) & (until <= soon), listed))
    return parts


def _overdue(world: World, stands: dict[str, np.ndarray]) -> list[Part]:
    """Visits due by the pack's intervals. Where no list tells of visits a claim is no mistake, nor needed."""
    p, q, e, limits = world.people, world.groups.qualifies, world.groups.enrolled, world.pack.parameters
    last = p["last_visit_on"]
    never = np.isnat(last)
    days = np.where(never, 0, (np.datetime64(world.on) - last).astype("timedelta64[D]").astype(np.int64))
    demented = p["illness"] == "阿尔茨海默病"
    weekly = ((q["EAL"] | q["EEM"]) & (p["age"] >= 80)) | demented | (p["illness"] == "冠心病")
    frail = (p["age"] >= ELDER) & (np.isin(p["self_care"], ["moderate", "severe", "total"]) | demented)
    monthly = ~weekly & (frail | e["DES"] | e["ORP"] | e["DEF"] | e["CID"])
    lonely = (q["EAL"] | q["EEM"]) & stands["elders"]
    others = ~weekly & ~monthly & (e["MLA"] | e["DES"] | e["MLB"] | e["RIG"] | e["PWD"] | lonely)
    due = (weekly & (never | (days >= limits["visit_high_days"]))) | (
        monthly & (never | (days >= limits["visit_key_days"]))
    )
    due |= others & ~never & (days >= limits["visit_other_days"])
    told = _any(stands, TELLS_VISIT)
    return [("KEY", "visit", due | ((weekly | monthly) & ~told), due & told)]


def _alone_with_elders(world: World) -> Part:
    """Children whose household has no adult of 18 to 59; seeing it takes the whole household, so none is required."""
    p = world.people
    adult = (p["age"] >= ADULT) & (p["age"] < ELDER)
    with_adult = np.bincount(p["household_no"], weights=adult)[p["household_no"]] > 0
    children = (p["age"] < ADULT) & ~with_adult
    return ("CID", "risk", children, np.zeros(world.residents, dtype=bool))


def _flag_rows(world: World, group: str, kind: str, holds: np.ndarray, visible: np.ndarray) -> pa.Table:
    at = np.flatnonzero(holds)
    return pa.table(
        {
            "person_no": pa.array(at.astype(np.int32)),
            "household_no": pa.array(world.people["household_no"][at].astype(np.int32)),
            "group": pa.array([group] * len(at), pa.string()),
            "kind": pa.array([kind] * len(at), pa.string()),
            "visible": pa.array(visible[at]),
        }
    )


def matches(world: World) -> pa.Table:
    """Each need with the offers that may meet it (nearest first) and those that never may."""
    drawn = needs.draw(world).drop_columns(["course"])
    fits = pa.array(needs.fitting(world, drawn), pa.list_(pa.string()))
    return drawn.append_column("offers", fits).rename_columns(
        [n if n != "excluded" else "never" for n in drawn.column_names] + ["offers"]
    )


def persons_of(links: pa.Table, truth: Truth) -> dict[str, int]:
    """person_id of the result → the true person most of its records belong to (the lower number on a tie)."""
    tally: dict[str, dict[int, int]] = {}
    true = _by_place(truth.records)
    people = truth.records["person_no"].to_numpy()
    for unique_id, source, person_id in _link_rows(links):
        record = true.get((source, unique_id), true.get(("", unique_id)))
        if record is not None:
            votes = tally.setdefault(person_id, {})
            votes[int(people[record])] = votes.get(int(people[record]), 0) + 1
    return {pid: min(votes, key=lambda n: (-votes[n], n)) for pid, votes in tally.items()}


def _link_rows(links: pa.Table) -> Iterable[tuple[str, str, str]]:
    columns = [[str(v) for v in links[name].to_pylist()] for name in ("unique_id", "source", "person_id")]
    return zip(*columns, strict=True)


def _by_place(table: pa.Table) -> dict[tuple[str, str], int]:
    """Every name a record may go by → its number: its unique_id, its own number, file:sheet:row."""
    index: dict[tuple[str, str], int] = {}
    for r in table.select(["record_no", "unique_id", "source", "number", "file", "sheet", "row"]).to_pylist():
        stem = PurePath(r["file"]).stem
        names = {r["unique_id"], *(f"{f}:{s}:{r['row']}" for f in (r["file"], stem) for s in (r["sheet"], stem))}
        if not r["sheet"]:
            names |= {f"{f}:{r['row']}" for f in (r["file"], stem)}
        for name in names:
            index["", name] = index[r["source"], name] = r["record_no"]
    return index


def score_links(links: pa.Table, truth: Truth) -> Score:
    """Pairs of rows rightly joined, left apart, and wrongly joined. Rows absent from `links` stand alone."""
    index = _by_place(truth.records)
    true = truth.records["person_no"].to_numpy()
    given = np.arange(len(true)) + len(true)
    codes: dict[str, int] = {}
    unknown = 0
    for unique_id, source, person_id in _link_rows(links):
        record = index.get((source, unique_id), index.get(("", unique_id)))
        if record is None:
            unknown += 1
            continue
        given[record] = codes.setdefault(person_id, len(codes))
    both = _pairs(np.stack([true, given], axis=1))
    return Score(both, _pairs(true[:, None]) - both, _pairs(given[:, None]) - both, unknown)


def _pairs(keys: np.ndarray) -> int:
    """How many pairs of rows have the same key."""
    _, sizes = np.unique(keys, axis=0, return_counts=True)
    return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())


def score_flags(flags: pa.Table, links: pa.Table, truth: Truth) -> Score:
    """Claims of a screening held against the planted ones.

    Only visible claims can be missed; a claim true but invisible counts as neither. Kinds and groups
    about which nothing was planted are `unjudged`. Household groups are counted by household.
    """
    who = persons_of(links, truth)
    home = dict(zip(truth.flags["person_no"].to_pylist(), truth.flags["household_no"].to_pylist(), strict=True))
    planted = truth.flags.to_pylist()
    expected = {_key(f, f["person_no"], f["household_no"]) for f in planted if f["visible"]}
    holds = {_key(f, f["person_no"], f["household_no"]) for f in planted}
    judged = {(f["group"], f["kind"]) for f in planted} | {(g, "missed") for g in JUDGED}
    claimed, unjudged = set(), 0
    for flag in flags.select(["subject", "group", "kind"]).to_pylist():
        person = who.get(str(flag["subject"]))
        group = flag["group"] if (flag["group"], flag["kind"]) in judged else "KEY"
        if person is None or (group, flag["kind"]) not in judged:
            unjudged += 1
            continue
        claimed.add(_key({**flag, "group": group}, person, home.get(person, -1 - person)))
    return Score(len(claimed & expected), len(expected - claimed), len(claimed - holds), unjudged)


def _key(flag: dict[str, str], person: int, household: int) -> tuple[str, str, str, int]:
    """What a claim is about: a household for household groups, else a person; one visit claim a person."""
    if flag["group"] in groups.HOUSEHOLD_GROUPS:
        return flag["group"], flag["kind"], "household", household
    return ("" if flag["kind"] == "visit" else flag["group"]), flag["kind"], "person", person


def score_matches(proposals: pa.Table, planned: pa.Table, links: pa.Table, truth: Truth) -> Score:
    """First proposals held against the offers that fit. `planned`: the needs proposed for (need_id, person_id, code).

    A proposal that may never be made counts as false at any rank. Needs nobody planted are `unjudged`.
    """
    who = persons_of(links, truth)
    wanted = {(m["person_no"], m["code"]): m for m in truth.matches.to_pylist()}
    about = {
        str(n["need_id"]): (who.get(str(n["person_id"])), n["code"])
        for n in planned.select(["need_id", "person_id", "code"]).to_pylist()
    }
    met: set[tuple[int, str]] = set()
    false = unjudged = 0
    for row in proposals.select(["need_id", "offer_id", "rank"]).to_pylist():
        person, code = about.get(str(row["need_id"]), (None, ""))
        need = wanted.get((person, code)) if person is not None else None
        if need is None or person is None:
            unjudged += 1
        elif row["offer_id"] in need["never"]:
            false += 1
        elif row["rank"] == 1 and row["offer_id"] in need["offers"]:
            met.add((person, code))
        elif row["rank"] == 1:
            false += 1
    asked = {key for key in about.values() if key in wanted}
    possible = {key for key, need in wanted.items() if need["offers"] and key in asked}
    return Score(len(met), len(possible - met), false, unjudged)
