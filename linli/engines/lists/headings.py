"""Which field a heading means, by its words alone."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

from linli.engines.lists.tables import fields, heading_key, table, tight
from linli.engines.lists.wording import code_in, groups_in

LONGEST_HEADING = 24
"""A longer cell is a sentence or a value, not a heading."""

_ONLY_IN_FULL = frozenset({"income_fen", "medical_fen", "group_from", "group_to", "last_visit_on", "source", "region"})
"""Fields whose wordings differ from others by one telling character: never taken for being similar."""

_ONLY_WHOLE = frozenset({"评估等级"})
"""Wordings that mean the field only when they are the whole heading: 危险性评估等级 is no degree of self-care."""

_ALIKE = 0.8


@dataclass(frozen=True)
class Meaning:
    """What a heading says: the field (None: none of ours), how sure, why (a code of words.py).

    `rank` orders wordings of one field (the table's order); `code` is what a yes in the column means
    (heading 是否独居 → field living, code alone).
    """

    field: str | None
    confidence: float
    why: str
    rank: int = 0
    code: str = ""


@cache
def meaning(heading: str) -> Meaning:
    """The field a heading means, from the headings table: exact, with a word for the listed person before
    it, as part of it, or nearly. A heading about somebody else (联系人电话) is no field of the person."""
    key = heading_key(heading)
    return _told(key) or _similar(key) or Meaning(None, 0.0, "heading_none")


def _told(key: str) -> Meaning | None:
    """What a heading says by its own words; None when it may only be like another."""
    if not key or len(key) > LONGEST_HEADING:
        return Meaning(None, 0.0, "heading_none")
    exact = _wordings().get(key)
    if exact:
        return Meaning(exact[0], _exact_confidence(key, exact[0]), "heading_exact", exact[1])
    if key.startswith("是否"):
        return _yes_no(key[2:])
    if is_subject(key):
        return Meaning(None, 0.0, "heading_none")
    return _subject(key) or _part(key)


def _exact_confidence(key: str, field: str) -> float:
    # A running number is a weaker name for a row than a number the department gave the person.
    return 0.9 if field == "unique_id" and key in {"序号", "序列号", "顺序号", "no", "行号"} else 1.0


@cache
def _wordings() -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for field in fields():
        for rank, wording in enumerate(table("headings")["field"][field]["headings"]):
            found.setdefault(heading_key(wording), (field, rank))
    return found


@cache
def _long_first() -> tuple[tuple[str, str, int], ...]:
    """Wordings long enough to be looked for inside a heading, longest first."""
    pairs = [
        (key, field, rank)
        for key, (field, rank) in _wordings().items()
        if len(key) >= 2 and not key.isascii() and key not in _ONLY_WHOLE
    ]
    return tuple(sorted(pairs, key=lambda entry: (-len(entry[0]), entry[0])))


@cache
def _prefixes(section: str) -> tuple[str, ...]:
    return tuple(sorted(table("headings")[section]["prefixes"], key=len, reverse=True))


def _about_other(key: str) -> bool:
    return key.startswith(_prefixes("other"))


def is_subject(key: str) -> bool:
    """Whether a heading is nothing but a word for the listed person (申请人): names below it are theirs."""
    return key in _prefixes("subject")


def _yes_no(rest: str) -> Meaning:
    living = code_in("living", rest)
    if living in {"alone", "empty_nest"}:
        return Meaning("living", 0.8, "heading_part", code=str(living))
    codes = groups_in(rest)
    if len(codes) == 1:
        return Meaning("groups", 0.8, "heading_part", code=codes[0])
    return Meaning(None, 0.0, "heading_none")


def _subject(key: str) -> Meaning | None:
    for prefix in _prefixes("subject"):
        if key.startswith(prefix) and len(key) > len(prefix):
            found = _wordings().get(key[len(prefix) :].lstrip("的"))
            if found:
                return Meaning(found[0], 0.95, "heading_exact", found[1])
    return None


def _part(key: str) -> Meaning | None:
    if _about_other(key):
        return Meaning(None, 0.0, "heading_other_person")
    for wording, field, rank in _long_first():
        if wording in key and field not in {"source", "unique_id", "groups", "place"}:
            at_end = key.endswith(wording)
            return Meaning(field, 0.8 if at_end else 0.6, "heading_part", rank)
        if wording in key and field in {"groups", "place"} and key.endswith(wording) and len(key) - len(wording) <= 2:
            return Meaning(field, 0.6, "heading_part", rank)
    return None


def _similar(key: str) -> Meaning | None:
    if len(key) < 3:
        return None
    best, at, letters = 0.0, ("", 0), set(key)
    for wording, (field, rank) in _wordings().items():
        if field in _ONLY_IN_FULL or abs(len(wording) - len(key)) > 2 or len(wording) < 3:
            continue
        # The ratio is at most this; cells are asked too, and hardly any needs more.
        if 2 * sum(letter in letters for letter in wording) < _ALIKE * (len(wording) + len(key)):
            continue
        ratio = SequenceMatcher(None, wording, key).ratio()
        if ratio > best:
            best, at = ratio, (field, rank)
    return Meaning(at[0], 0.5, "heading_similar", at[1]) if best >= _ALIKE else None


@cache
def looks_like_heading(text: str) -> bool:
    """Whether a cell is, exactly or with a word for the listed person before it, a heading of the table."""
    if not text or len(text) > LONGEST_HEADING or tight(text).isdigit():
        return False
    # Every name of a list is asked: nothing is worth comparing with each wording whose likeness would not count.
    told = _told(heading_key(text))
    return told is not None and told.confidence >= 0.8
