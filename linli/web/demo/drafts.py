"""A sheet while it is being written: the people on it, their identifying words with mistakes in, dates in its style."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linli.web.demo import errors
from linli.web.demo.columns import Columns, only
from linli.web.demo.sheets import Sheet
from linli.web.demo.world import World, generator

# Lists in the order they arrive; quality multiplies every rate of `errors`.
QUALITY = {
    "minimum": 0.5,
    "marginal": 0.7,
    "destitute": 0.6,
    "disabled": 0.9,
    "elders": 1.2,
    "allowance": 0.8,
    "children": 1.0,
    "grid": 1.6,
    "medical": 0.8,
    "veterans": 0.9,
    "base": 0.3,
}


@dataclass(frozen=True)
class Draft:
    """What is being written on one sheet: the rows' people, the identifying words, chance, and the world."""

    world: World
    rows: np.ndarray
    written: Columns
    rng: np.random.Generator

    def fact(self, name: str) -> np.ndarray:
        """A fact of the people on the rows."""
        values: np.ndarray = self.world.people[name][self.rows]
        return values

    def words(self, name: str, mapping: dict[str, str]) -> np.ndarray:
        """A fact in the department's words; null stays null."""
        return np.array([mapping.get(v) for v in self.fact(name)], dtype=object)

    def yuan(self, name: str, months: int = 1) -> np.ndarray:
        """A monthly amount in yuan over `months`: a number, or now and then text with the unit, as clerks type."""
        amounts = self.fact(name) * months / 100
        return np.array(
            [
                f"{a:.0f}元" if text else float(a)
                for a, text in zip(amounts, self.rng.random(len(amounts)) < 0.06, strict=True)
            ],
            dtype=object,
        )

    def number(self) -> np.ndarray:
        """序号 counted from one on each sheet."""
        return np.arange(1, len(self.rows) + 1)

    def head(self, name: str) -> np.ndarray:
        """A fact of the head of each person's household."""
        people = self.world.people
        heads = np.zeros(int(people["household_no"].max()) + 1, dtype=np.int64)
        is_head = np.flatnonzero(people["relation"] == "户主")
        heads[people["household_no"][is_head]] = is_head
        values: np.ndarray = people[name][heads[people["household_no"][self.rows]]]
        return values

    def enrolment(self, which: str, groups: tuple[str, ...]) -> np.ndarray:
        """`since` or `until` of the first of `groups` each person is registered in."""
        days = np.full(len(self.rows), np.datetime64("NaT"), dtype="datetime64[D]")
        for group in reversed(groups):
            listed = self.world.groups.enrolled[group][self.rows]
            days[listed] = getattr(self.world.groups, which)[group][self.rows][listed]
        return days


def begin(world: World, code: str, rows: np.ndarray, part: int = 0) -> tuple[Draft, list[list[str]]]:
    """The identifying words of the rows, already spoilt, and which mistakes each row carries."""
    rng = generator(world, 100 + 20 * list(QUALITY).index(code) + part)
    rows = errors.repeat_rows(rows, QUALITY[code], rng)
    people = world.people
    written: Columns = {name: people[name][rows].copy() for name in ("name", "id_no", "phone", "address")}
    written["birth_on"] = people["birth_on"][rows].astype("datetime64[D]").astype(str).astype(object)
    written["sex"] = np.where(people["male"][rows], "男", "女").astype(object)
    written["region"] = people["community_code"][rows].copy()
    return Draft(world, rows, written, rng), errors.spoil(written, QUALITY[code], rng)


def finish(
    draft: Draft,
    made: list[list[str]],
    name: str,
    above: tuple[tuple[str, ...], ...],
    columns: Columns,
    fields: tuple[str, ...],
    below: tuple[tuple[str, ...], ...] = (),
    number: str | None = None,
) -> Sheet:
    """A sheet of `columns`; mistakes in fields it does not show are not on it."""
    shown = {m.kind for m in errors.MISTAKES if m.column in fields}
    kept = [[kind for kind in kinds if kind in shown] for kinds in made]
    written = {field: draft.written[field] for field in fields}
    return Sheet(name, above, columns, below, draft.rows, kept, written, number)


def dates(values: np.ndarray, style: str) -> np.ndarray:
    """ISO dates as text → the list's own style; words and impossible days stay as they are."""
    forms: dict[str, Callable[[str, str, str], object]] = {
        "dotted_month": lambda y, m, d: f"{y}.{m}",
        "chinese": lambda y, m, d: f"{y}年{int(m)}月{int(d)}日",
        "digits": lambda y, m, d: int(y + m + d),
        "slashed": lambda y, m, d: f"{y}/{int(m)}/{int(d)}",
        "dotted": lambda y, m, d: f"{y}.{int(m)}.{int(d)}",
        "cell": lambda y, m, d: np.datetime64(f"{y}-{m}-{d}").astype(object) if _real(y, m, d) else f"{y}-{m}-{d}",
    }
    form = forms[style]
    return np.array(
        [form(*v.split("-")) if isinstance(v, str) and v.count("-") == 2 else v for v in values], dtype=object
    )


def _real(year: str, month: str, day: str) -> bool:
    return not (month == "02" and day == "30")


def days(values: np.ndarray, style: str) -> np.ndarray:
    """Days → the list's style; NaT is empty."""
    text = only(~np.isnat(values), values.astype(str))
    return dates(text, style)


def masked(values: np.ndarray) -> np.ndarray:
    """ID numbers as a bank prints them: first six, eight stars, last four; others as they are."""
    return np.array(
        [v[:6] + "********" + v[14:] if isinstance(v, str) and len(v) == 18 and v.isascii() else v for v in values],
        dtype=object,
    )
