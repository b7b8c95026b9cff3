"""Who truly belongs to which target group, and who is registered in it: the two are not the same.

The conditions follow the definitions of the field's group catalogue (see the pack's README for the
sources) with the pack's parameters. They are the planted truth, written apart from the rules the
product screens by, so that the two can be held against each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from linli.web.demo.columns import Columns, known
from linli.web.demo.facts import ADULT, ELDER

UNABLE = ["dead", "missing", "prison", "detention", "severe_disability", "severe_illness", "lost_contact"]
GONE = ["dead", "missing"]
HOUSEHOLD_GROUPS = ("MLA", "MLB", "RIG")
# group → (share of those who qualify that are registered, months a status lasts; 0 without end); invented
COVERAGE = {
    "MLA": (0.86, 12),
    "DES": (0.90, 0),
    "MLB": (0.62, 12),
    "RIG": (0.50, 6),
    "ORP": (0.85, 0),
    "DEF": (0.55, 0),
    "CID": (0.72, 0),
    "LBC": (0.80, 0),
    "PWD": (1.0, 0),
    "VET": (0.95, 0),
}
EXPIRED_SHARE = 0.05


@dataclass(frozen=True)
class Groups:
    """`qualifies` and `enrolled`: group → one boolean a person; `since` and `until`: group → days (NaT: without)."""

    qualifies: Columns
    enrolled: Columns
    since: Columns
    until: Columns

    def table(self) -> pa.Table:
        """One row per person and group that holds in truth or on a register."""
        rows = {name: [] for name in ("person_no", "group", "qualifies", "enrolled", "group_from", "group_to")}  # type: dict[str, list[np.ndarray]]
        for group, truly in self.qualifies.items():
            listed = self.enrolled.get(group, np.zeros(len(truly), dtype=bool))
            at = np.flatnonzero(truly | listed)
            never = np.full(len(truly), np.datetime64("NaT"), dtype="datetime64[D]")
            rows["person_no"].append(at.astype(np.int32))
            rows["group"].append(np.full(len(at), group, dtype=object))
            rows["qualifies"].append(truly[at])
            rows["enrolled"].append(listed[at])
            rows["group_from"].append(self.since.get(group, never)[at])
            rows["group_to"].append(self.until.get(group, never)[at])
        return pa.table({name: pa.array(np.concatenate(parts)) for name, parts in rows.items()})


def qualify(people: Columns, parameters: dict[str, float]) -> Columns:
    """Who belongs to each group by the facts."""
    standard = parameters["living_standard_fen"]
    age, income, home = people["age"], people["income_fen"], people["household_no"]
    elder, minor = age >= ELDER, age < ADULT
    father, mother = people["father_state"], people["mother_state"]
    father_out, mother_out = np.isin(father, UNABLE), np.isin(mother, UNABLE)
    father_gone, mother_gone = np.isin(father, GONE), np.isin(mother, GONE)
    orphan = minor & father_gone & mother_gone
    unattended = minor & father_out & mother_out & ~orphan
    destitute = elder & (people["supporters"] == "none") & (people["living"] == "alone") & (income < standard)
    poor = (income < standard) & ~destitute
    marginal = (income >= standard) & (income <= parameters["marginal_ratio"] * standard)
    own, shared = (
        people["medical_fen"],
        np.bincount(home, weights=people["medical_fen"])[home] / people["household_size"],
    )
    heavy = (income - np.maximum(own, shared) < standard) | (own >= parameters["medical_share"] * income)
    rigid = (own > 0) & (income < parameters["average_income_fen"]) & heavy & ~destitute
    away = (father == "away_working") & (mother == "away_working")
    half_away = ((father == "away_working") & mother_out) | ((mother == "away_working") & father_out)
    card = known(people["disability_class"])
    return {
        "MLA": poor,
        "DES": destitute,
        "MLB": marginal,
        "RIG": rigid,
        "ORP": orphan,
        "DEF": unattended,
        "CID": minor & (poor | marginal | card | father_out | mother_out) & ~orphan & ~unattended,
        "LBC": (age < 16) & (away | half_away),
        "EAL": elder & (people["living"] == "alone"),
        "EEM": elder & (people["living"] == "empty_nest"),
        "EDA": elder & np.isin(people["self_care"], ["severe", "total"]),
        "PWD": card,
        "VET": people["veteran"] & elder,
    }


def enrol(people: Columns, qualifies: Columns, rng: np.random.Generator, on: date) -> Groups:
    """Who is on a register, since when and until when."""
    homes = int(people["household_no"].max()) + 1
    enrolled: Columns = {}
    since: Columns = {}
    until: Columns = {}
    for group, (share, months) in COVERAGE.items():
        whole = group in HOUSEHOLD_GROUPS
        luck = rng.random(homes)[people["household_no"]] if whole else rng.random(len(people["age"]))
        listed = qualifies[group] & (luck < share)
        if group == "RIG":
            listed &= ~enrolled["MLA"] & ~enrolled["MLB"] & (people["income_fen"] >= 100000)
        key = people["household_no"] if whole else np.arange(len(people["age"]))
        began = np.datetime64(on.replace(day=1), "M") - rng.integers(7, 70, int(key.max()) + 1)[key]
        enrolled[group], since[group] = listed, began.astype("datetime64[D]")
        until[group] = _ends(rng, on, key, months)
    return Groups(qualifies, enrolled, since, until)


def _ends(rng: np.random.Generator, on: date, key: np.ndarray, months: int) -> np.ndarray:
    """The last day of a status: a month's end in the coming period, a few already past."""
    if months == 0:
        return np.full(len(key), np.datetime64("NaT"), dtype="datetime64[D]")
    size = int(key.max()) + 1
    ahead = rng.integers(0, months, size)
    ahead = np.where(rng.random(size) < EXPIRED_SHARE, rng.integers(-4, 0, size), ahead)
    month_after = np.datetime64(on.replace(day=1), "M") + ahead + 1
    ends: np.ndarray = (month_after.astype("datetime64[D]") - np.timedelta64(1, "D"))[key]
    return ends
