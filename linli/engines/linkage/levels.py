"""The comparison levels: what two records may have in common, as SQL for Splink, with shipped parameters.

Levels of a field are tried from the top. Each carries a code (its words are in `words.py`) and
three shipped shares: among pairs of one person, among pairs of two people of one household, among
other pairs that share a blocking key. The shares were set by hand from what clerks' errors look
like (a wrong character of the same sound, a wrong digit, day and month swapped, a move), not
fitted to any data set; the model moves them to what the lists at hand show.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One level: a code, the SQL condition over `_l` and `_r`, shares for match / household / other."""

    code: str
    sql: str
    match: float
    household: float
    other: float


@dataclass(frozen=True)
class Field:
    """A comparison: its name, when nothing can be said, and its levels from the most alike down."""

    name: str
    null_sql: str
    levels: tuple[Level, ...]


NAME = Field(
    "name",
    "name_l is null or name_r is null",
    (
        # How many records bear the name stands for Splink's term frequencies: the fit sees each class apart.
        Level("name_same", "name_l = name_r and name_n_l <= 4", 0.44, 0.0005, 0.04),
        Level("name_same_some", "name_l = name_r and name_n_l <= 12", 0.22, 0.0005, 0.10),
        Level("name_same_common", "name_l = name_r", 0.10, 0.001, 0.12),
        Level("name_sound", "list_has_any(reads_l, reads_r)", 0.12, 0.005, 0.10),
        Level(
            "name_reversed",
            "length(name_l) = length(name_r) and length(name_l) <= 4"
            " and list_sort(string_split(name_l, '')) = list_sort(string_split(name_r, ''))",
            0.02, 0.002, 0.002,
        ),
        Level(
            "name_part",
            "abs(length(name_l) - length(name_r)) <= 2 and length(name_l) <> length(name_r)"
            " and (contains(name_l, name_r) or contains(name_r, name_l)"
            " or damerau_levenshtein(name_l, name_r) = 1)",
            0.05, 0.02, 0.02,
        ),
        Level(
            "name_one_character",
            "(length(name_l) >= 3 and damerau_levenshtein(name_l, name_r) <= 1)"
            " or (length(name_l) >= 8 and jaro_winkler_similarity(name_l, name_r) >= 0.92)",
            0.03, 0.06, 0.04,
        ),
        Level(
            "name_given",
            "length(name_l) >= 2 and length(name_r) >= 2"
            " and py_l[length(sur_l) + 2:] = py_r[length(sur_r) + 2:]",
            0.005, 0.01, 0.05,
        ),
        Level("name_surname", "sur_l = sur_r", 0.01, 0.55, 0.30),
        Level("name_differs", "", 0.005, 0.352, 0.228),
    ),
)  # fmt: skip

BIRTH = Field(
    "birth",
    # A date read from the ID number adds nothing where the numbers themselves are compared.
    "any_year_l is null or any_year_r is null"
    " or (id_core_l is not null and id_core_r is not null and (year_l is null or year_r is null))",
    (
        Level("birth_same", "any_day_l = any_day_r", 0.79, 0.01, 0.35),
        Level(
            "birth_swapped",
            "any_day_l[1:5] || any_day_l[9:10] || '-' || any_day_l[6:7] = any_day_r",
            0.01, 0.001, 0.002,
        ),
        Level("birth_one_digit", "hamming(any_day_l, any_day_r) = 1", 0.05, 0.01, 0.04),
        Level(
            "birth_one_part",
            "any_day_l[1:7] = any_day_r[1:7] or any_day_l[6:10] = any_day_r[6:10]"
            " or (any_day_l[1:4] = any_day_r[1:4] and any_day_l[9:10] = any_day_r[9:10])",
            0.06, 0.03, 0.04,
        ),
        Level(
            "birth_month_alone",
            "(any_day_l is null or any_day_r is null) and any_month_l = any_month_r",
            0.02, 0.002, 0.005,
        ),
        Level(
            "birth_year_alone",
            "(any_month_l is null or any_month_r is null) and any_year_l = any_year_r",
            0.02, 0.01, 0.02,
        ),
        Level("birth_year", "any_year_l = any_year_r", 0.02, 0.05, 0.10),
        Level("birth_near", "abs(any_year_l::int - any_year_r::int) <= 2", 0.01, 0.10, 0.05),
        Level("birth_differs", "", 0.02, 0.787, 0.393),
    ),
)  # fmt: skip

_MASK = (
    "((id_head_l is not null and starts_with(id_no_r, id_head_l) and ends_with(id_no_r, id_tail_l))"
    " or (id_head_r is not null and starts_with(id_no_l, id_head_r) and ends_with(id_no_l, id_tail_r))"
    " or (id_head_l = id_head_r and id_tail_l = id_tail_r))"
)
_MASK_NEAR = (
    "((id_head_l is not null and hamming(id_head_l || id_tail_l,"
    " left(id_no_r, length(id_head_l)) || right(id_no_r, length(id_tail_l))) = 1)"
    " or (id_head_r is not null and hamming(id_head_r || id_tail_r,"
    " left(id_no_l, length(id_head_r)) || right(id_no_l, length(id_tail_r))) = 1))"
)
# Numbers near each other are one number only if one of them is not sound: twins have neighbouring sound ones.
_ONE_SLIPPED = "not (id_sound_l and id_sound_r)"
ID = Field(
    "id",
    "id_no_l is null or id_no_r is null",
    (
        Level("id_same", "id_core_l = id_core_r", 0.66, 0.0005, 0.001),
        Level("id_masked_same", f"length(id_no_l) = length(id_no_r) and {_MASK}", 0.14, 0.001, 0.002),
        Level("id_one_digit", f"{_ONE_SLIPPED} and damerau_levenshtein(id_core_l, id_core_r) = 1", 0.12, 0.003, 0.003),
        Level("id_two_digits", f"{_ONE_SLIPPED} and damerau_levenshtein(id_core_l, id_core_r) = 2", 0.02, 0.01, 0.01),
        Level("id_masked_one_digit", f"length(id_no_l) = length(id_no_r) and {_MASK_NEAR}", 0.015, 0.005, 0.005),
        Level("id_differs_doubtful", _ONE_SLIPPED, 0.025, 0.4805, 0.479),
        Level("id_differs", "", 0.02, 0.50, 0.50),
    ),
)  # fmt: skip

PHONE = Field(
    "phone",
    "phone_l is null or phone_r is null",
    (
        Level("phone_same", "phone_l = phone_r and phone_n_l <= 8", 0.62, 0.20, 0.01),
        Level("phone_same_shared", "phone_l = phone_r", 0.06, 0.10, 0.02),
        Level(
            "phone_one_digit",
            "length(phone_l) = length(phone_r) and damerau_levenshtein(phone_l, phone_r) = 1",
            0.04, 0.002, 0.001,
        ),
        Level("phone_differs", "", 0.28, 0.698, 0.969),
    ),
)  # fmt: skip

_PREFIX = "(door_l = door_r or starts_with(door_l, door_r || '-') or starts_with(door_r, door_l || '-'))"
PLACE = Field(
    "place",
    "(road_l is null or road_r is null) and (region_l is null or region_r is null)",
    (
        Level("place_door", "road_l = road_r and door_l = door_r", 0.45, 0.55, 0.05),
        Level("place_house", f"road_l = road_r and {_PREFIX}", 0.18, 0.25, 0.03),
        Level(
            "place_unknown_door",
            "region_l = region_r and (road_l is null or road_r is null or door_l is null or door_r is null)",
            0.12, 0.15, 0.10,
        ),
        Level(
            "place_road",
            "road_l = road_r and (region_l = region_r or region_l is null or region_r is null)",
            0.03, 0.01, 0.05,
        ),
        Level("place_town", "region_l = region_r", 0.05, 0.02, 0.17),
        Level("place_county", "region_l[1:6] = region_r[1:6]", 0.08, 0.01, 0.20),
        Level("place_differs", "", 0.09, 0.01, 0.40),
    ),
)  # fmt: skip

SEX = Field(
    "sex",
    "sex_l is null or sex_r is null",
    (Level("sex_same", "sex_l = sex_r", 0.985, 0.45, 0.60), Level("sex_differs", "", 0.015, 0.55, 0.40)),
)

FIELDS: tuple[Field, ...] = (NAME, BIRTH, ID, PHONE, PLACE, SEX)


def level_of(field: Field, gamma: int) -> Level | None:
    """The level of a Splink comparison value (-1: nothing to compare; highest: most alike)."""
    return None if gamma < 0 else field.levels[len(field.levels) - 1 - gamma]
