"""Identity numbers and disability cards: what can be read from them and what is doubtful.

Sources: GB 11643 (18 digits: region, birth date, sequence, check digit); disability card = ID + class + grade
(20 characters on the card). Region prefixes, present and past: python-stdnum's table, and those the caller knows.
A failed check never refuses a person: the number is kept as written and marked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from stdnum import numdb
from stdnum.cn.ric import calc_check_digit

from linli.engines.lists.tables import is_empty, tight

_EIGHTEEN = re.compile(r"^\d{17}[\dX]$")
WHOLE_ID = re.compile(r"(?<![\dX*])\d{17}[\dX](?![\dX*])")
"""A whole number among other words: 身份证：…, …（已核）."""
_CROSS = re.compile(r"^(\d{17})[×ΧХ]$")
_LETTERS = str.maketrans("OIL", "011")
_OTHER = re.compile(r"^[A-Z]{1,4}\d{5,12}[A-Z]?(\(?\d\)?)?$|^[\u4e00-\u9fff]{1,4}字?第?\d{4,12}号?$")
_SCIENTIFIC = re.compile(r"^\d\.\d+E\+?1\d$")
_MASK = re.compile(r"[*●•·#×＊]|X(?=X)|(?<=X)X")
_CARD = re.compile(r"^([\d*]{17}[\dX*])([1-7])([1-4])([A-Z]?\d{0,2})$")


@dataclass(frozen=True)
class IdRead:
    """An identity number: text to keep, state (valid, doubtful, masked, old15, other or None), faults' codes,
    birth date and sex it carries, and whether a person can be known by it."""

    id_no: str | None
    state: str | None = None
    faults: tuple[str, ...] = ()
    born_on: dt.date | None = None
    sex: str | None = None
    readable: bool = False


NO_ID = IdRead(None)


@dataclass(frozen=True)
class Regions:
    """Which six-digit prefixes exist: the caller's, a demo's invented one, and the table of past and present codes."""

    known: frozenset[str] | None = None
    demo: str | None = None
    _seen: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def exists(self, code: str) -> bool:
        """Whether a division code of 6 or more digits begins with a prefix that exists or once did."""
        prefix = code[:6]
        if prefix not in self._seen:
            listed = self.known is not None and prefix in self.known
            self._seen[prefix] = listed or prefix == self.demo or _in_table(prefix)
        return self._seen[prefix]


@lru_cache(maxsize=20_000)
def _in_table(prefix: str) -> bool:
    if prefix[:2] in {"71", "81", "82", "83"}:
        return True
    return any("county" in facts for _, facts in numdb.get("cn/loc").info(prefix))


def read_id(text: str, on: dt.date, regions: Regions, lost: bool = False) -> IdRead:
    """Read an identity number as written. `lost`: it stood in a number cell that could not hold its digits.

    Faults: `id_lost_digits`, `id_masked`, `id_old15`, `id_check`, `id_region`, `id_date`, `id_shape`.
    """
    if is_empty(text):
        return NO_ID
    number = _bare(text)
    if _SCIENTIFIC.match(number):
        number, lost = _expanded(number), True
    if len(number) in (20, 22) and (card := _CARD.match(number)):
        number = card[1]
    if _EIGHTEEN.match(number):
        return _eighteen(number, on, regions, lost)
    if len(number) == 15 and number.isdigit():
        born = _day(f"19{number[6:12]}", on)
        faults = ("id_old15",) if born else ("id_old15", "id_date")
        return IdRead(number, "old15" if born else "doubtful", faults, born, "12"[int(number[14]) % 2 == 0], True)
    masked = _MASK.sub("*", number)
    if "*" in masked and re.fullmatch(r"[\d*]{8,19}[\dX*]", masked):
        return _masked(masked, on)
    if _OTHER.match(number):
        return IdRead(number, "other", readable=True)
    digits = number.translate(_LETTERS)
    near = digits[:-1].isdigit() and len(number) in (16, 17, 18, 19) and _day(digits[6:14], on) is not None
    return IdRead(number, "doubtful", ("id_shape",), readable=near)


def _bare(text: str) -> str:
    """The number without quotation marks, the blanks, dashes and words around it; × for X where the check says so."""
    number = tight(text).upper().strip("'`‘’“”\"=").removesuffix(".0").replace("-", "")
    whole: set[str] = set(WHOLE_ID.findall(number))
    if len(whole) == 1:
        return min(whole)
    cross = _CROSS.match(number)
    return f"{cross[1]}X" if cross and calc_check_digit(f"{cross[1]}X") == "X" else number


def id_states(
    texts: Iterable[str], on: dt.date, known_regions: frozenset[str] | None = None, demo_region: str | None = None
) -> list[str | None]:
    """The state each identity number has by itself: `valid`, `doubtful`, `masked`, `old15`, `other`."""
    regions = Regions(known_regions, demo_region)
    return [read_id(text, on, regions).state for text in texts]


def _expanded(number: str) -> str:
    try:
        return str(int(Decimal(number)))
    except (InvalidOperation, ValueError):
        return number


def _eighteen(number: str, on: dt.date, regions: Regions, lost: bool) -> IdRead:
    born = _day(number[6:14], on)
    checked = calc_check_digit(number) == number[-1]
    if lost or (not checked and number.endswith("000")):
        return IdRead(number, "doubtful", ("id_lost_digits",), born, None, True)
    faults = []
    if not checked:
        faults.append("id_check")
    if not regions.exists(number):
        faults.append("id_region")
    if born is None:
        faults.append("id_date")
    sex = "1" if int(number[16]) % 2 else "2"
    return IdRead(number, "doubtful" if faults else "valid", tuple(faults), born, sex, True)


def _masked(number: str, on: dt.date) -> IdRead:
    whole = len(number) == 18
    born = _day(number[6:14], on) if whole and "*" not in number[6:14] else None
    sex = ("1" if int(number[16]) % 2 else "2") if whole and number[16].isdigit() else None
    return IdRead(number, "masked", ("id_masked",), born, sex, True)


@lru_cache(maxsize=100_000)
def _day(digits: str, on: dt.date) -> dt.date | None:
    """The date of eight digits when it exists, is not before 1850 and not after `on`."""
    try:
        day = dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return day if dt.date(1850, 1, 1) <= day <= on else None


@dataclass(frozen=True)
class CardRead:
    """A disability card: text to keep, the ID in it, class and grade digits, fault's code."""

    card_no: str | None
    id_no: str | None = None
    disability_class: str | None = None
    disability_grade: str | None = None
    fault: str = ""


def read_card(text: str, lost: bool = False) -> CardRead:
    """Split a card number: 18 characters of ID, class 1–7, grade 1–4, perhaps a suffix of a re-issued card."""
    if is_empty(text):
        return CardRead(None)
    number = tight(text).upper().strip("'`‘’“”\"=").replace("-", "")
    if lost or _SCIENTIFIC.match(number) or re.fullmatch(r"\d\.\d+E\+?\d+", number):
        return CardRead(number, fault="id_lost_digits")
    match = _CARD.match(number)
    if not match:
        return CardRead(number, fault="card_shape")
    return CardRead(number, match[1], match[2], match[3])
