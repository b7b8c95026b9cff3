"""The mistakes departments' lists contain, and how often: one place, all rates invented.

Nobody published such rates for Chinese civil-affairs lists; they were set so that every kind occurs
in a county of 3,000 and none swamps the rest. A list's `quality` multiplies them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linli.web.demo import names
from linli.web.demo.columns import Columns
from linli.web.demo.idnumbers import phones

Text = str | None
Change = Callable[[str, np.random.Generator], Text]


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake in one column; `change` gives the wrong value, or the same where it cannot apply."""

    kind: str
    column: str
    rate: float
    change: Change


def _pick(options: str, rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def _homophone(name: str, rng: np.random.Generator) -> str:
    places = [i for i in range(1, len(name)) if names.sound_alike(name[i])]
    if not places:
        return name
    at = places[int(rng.integers(len(places)))]
    return name[:at] + _pick(names.sound_alike(name[at]), rng) + name[at + 1 :]


def _look_alike(name: str, rng: np.random.Generator) -> str:
    places = [i for i in range(1, len(name)) if names.look_alike(name[i])]
    if not places:
        return name
    at = places[int(rng.integers(len(places)))]
    return name[:at] + names.look_alike(name[at]) + name[at + 1 :]


def _swap_characters(name: str, rng: np.random.Generator) -> str:
    return name[0] + name[2] + name[1] if len(name) == 3 else name


def _husbands_surname(name: str, rng: np.random.Generator) -> str:
    return names.surname_words()[int(names.surnames(rng, 1)[0])] + name


def _blank_inside(name: str, rng: np.random.Generator) -> str:
    return name[0] + "　" + name[1] if len(name) == 2 else name


def _missing(value: str, rng: np.random.Generator) -> Text:
    return [None, None, "无", "不详"][int(rng.integers(4))]


def _wrong_digit(value: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(6, len(value) - 1)) if len(value) > 11 else int(rng.integers(4, len(value)))
    digit = str((int(value[at]) + int(rng.integers(1, 10))) % 10) if value[at].isdigit() else value[at]
    return value[:at] + digit + value[at + 1 :]


def _swap_digits(value: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(6, 16))
    return value[:at] + value[at + 1] + value[at] + value[at + 2 :] if len(value) == 18 else value


def _fifteen(value: str, rng: np.random.Generator) -> str:
    return value[:6] + value[8:17] if len(value) == 18 and value[6:8] == "19" else value


def _mask(value: str, rng: np.random.Generator) -> str:
    return value[:6] + "********" + value[14:] if len(value) == 18 else value


def _full_width(value: str, rng: np.random.Generator) -> str:
    return value.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})


def _old_phone(value: str, rng: np.random.Generator) -> str:
    return str(phones(rng.integers(8_000_000, 10_000_000, 1))[0])


def _office_phone(value: str, rng: np.random.Generator) -> str:
    return "00055500100"


def _month_day(value: str, rng: np.random.Generator) -> str:
    year, month, day = value.split("-")
    return f"{year}-{day}-{month}" if int(day) <= 12 and day != month else value


def _year_off(value: str, rng: np.random.Generator) -> str:
    return str(int(value[:4]) + (1 if rng.random() < 0.5 else -1)) + value[4:] if value[5:] != "02-29" else value


def _lunar(value: str, rng: np.random.Generator) -> str:
    day = np.datetime64(value) - np.timedelta64(int(rng.integers(20, 50)), "D")
    return str(day)


def _no_such_day(value: str, rng: np.random.Generator) -> str:
    return value[:5] + "02-30"


def _old_door(value: str, rng: np.random.Generator) -> str:
    head = value.rstrip("0123456789幢室组号")
    return f"{head}{int(rng.integers(1, 4))}组{int(rng.integers(1, 60))}号"


def _without_town(value: str, rng: np.random.Generator) -> str:
    for word in ("街道", "镇"):
        if word in value:
            return value.split(word, 1)[1]
    return value


def _loose_door(value: str, rng: np.random.Generator) -> str:
    return value.replace("幢", "-").replace("室", "").replace("组", "组-").replace("号", "")


def _old_region(value: str, rng: np.random.Generator) -> str:
    return {"999981101": "999981107", "999981106": "999981108"}.get(value[:9], value[:9]) + value[9:]


def _other_sex(value: str, rng: np.random.Generator) -> str:
    return "女" if value == "男" else "男"


MISTAKES = (
    Mistake("name_homophone", "name", 0.025, _homophone),
    Mistake("name_look_alike", "name", 0.012, _look_alike),
    Mistake("name_characters_swapped", "name", 0.005, _swap_characters),
    Mistake("name_husbands_surname", "name", 0.004, _husbands_surname),
    Mistake("name_blank_inside", "name", 0.05, _blank_inside),
    Mistake("id_wrong_digit", "id_no", 0.018, _wrong_digit),
    Mistake("id_digits_swapped", "id_no", 0.008, _swap_digits),
    Mistake("id_fifteen_digits", "id_no", 0.02, _fifteen),
    Mistake("id_masked", "id_no", 0.01, _mask),
    Mistake("id_full_width", "id_no", 0.01, _full_width),
    Mistake("id_missing", "id_no", 0.045, _missing),
    Mistake("phone_wrong_digit", "phone", 0.02, _wrong_digit),
    Mistake("phone_old", "phone", 0.07, _old_phone),
    Mistake("phone_of_office", "phone", 0.012, _office_phone),
    Mistake("phone_full_width", "phone", 0.01, _full_width),
    Mistake("phone_missing", "phone", 0.09, _missing),
    Mistake("birth_month_day_swapped", "birth_on", 0.015, _month_day),
    Mistake("birth_year_off", "birth_on", 0.015, _year_off),
    Mistake("birth_lunar", "birth_on", 0.012, _lunar),
    Mistake("birth_no_such_day", "birth_on", 0.003, _no_such_day),
    Mistake("birth_missing", "birth_on", 0.02, _missing),
    Mistake("address_old", "address", 0.05, _old_door),
    Mistake("address_without_town", "address", 0.12, _without_town),
    Mistake("address_loose_door", "address", 0.08, _loose_door),
    Mistake("region_before_change", "region", 0.15, _old_region),
    Mistake("sex_wrong", "sex", 0.004, _other_sex),
)
REPEATED_ROW = 0.008


def repeat_rows(rows: np.ndarray, quality: float, rng: np.random.Generator) -> np.ndarray:
    """Person numbers with a few standing on the list twice, some rows below."""
    again = rows[rng.random(len(rows)) < min(0.2, REPEATED_ROW * quality)]
    at = rng.integers(0, len(rows) + 1, len(again))
    return np.insert(rows, at, again)


def spoil(written: Columns, quality: float, rng: np.random.Generator) -> list[list[str]]:
    """Put mistakes into the columns `written`, in place; answers the kinds made in each row.

    At most one mistake a column: a name is misspelt or misheard, not both. Only columns present are touched.
    """
    count = len(next(iter(written.values())))
    made: list[list[str]] = [[] for _ in range(count)]
    for column in dict.fromkeys(m.column for m in MISTAKES if m.column in written):
        values = written[column]
        kinds = [m for m in MISTAKES if m.column == column]
        edges = np.cumsum([min(m.rate * quality, 0.3) for m in kinds])
        which = np.searchsorted(edges, rng.random(count), side="right")
        for row in np.flatnonzero(which < len(kinds)):
            value = values[row]
            if value is None:
                continue
            wrong = kinds[which[row]].change(value, rng)
            if wrong != value:
                values[row] = wrong
                made[row].append(kinds[which[row]].kind)
    return made
