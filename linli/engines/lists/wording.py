"""Which of a table's words a text says, and which of them it denies: 不自理 does not say 自理, 低保已停发 not 低保."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from linli.engines.lists.tables import plain, table, tight

_ENDS = frozenset(",;。!?|\n\r")
"""Ends of a clause after NFKC. 、 / and brackets are none: 不是低保、特困 denies both, 低保（已停发） is one clause."""
_TAKEN = "|"


@dataclass(frozen=True)
class Said:
    """The codes of the words a text says, outside brackets (`codes`) and only inside them (`aside`), each once; and
    those of words that stand there but are denied: beside a negation or a word for an end in the same clause."""

    codes: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every code said, in the order of the codes."""
        return tuple(sorted({*self.codes, *self.aside}))


@lru_cache(maxsize=50_000)
def said(section: str, text: str) -> Said:
    """The codes of a `contains` table's words in a text. A clause that is nothing but a word of the `exact` table
    has its code; a contained word counts only without a denial before or after it in its clause; of words that
    overlap the longest counts.

    >>> said("self_care", "生活能自理").codes, said("self_care", "非独居、能自理").denied
    (('able',), ('able',))
    """
    outside: dict[str, None] = {}
    inside: dict[str, None] = {}
    denied: dict[str, None] = {}
    for clause in _clauses(text):
        depth = _depths(clause)
        rest, spans = _spans(section, clause, depth)
        for start, end, code in spans:
            if _denied(section, rest, depth, start, end):
                denied[code] = None
            elif depth[start]:
                inside[code] = None
            else:
                outside[code] = None
    return Said(tuple(outside), tuple(code for code in inside if code not in outside), tuple(denied))


def code_in(section: str, text: str) -> str | None:
    """The one code a text says: of several the strongest where the table `order` has an order for them, none where
    they contradict each other; what stands in brackets speaks only when nothing else does.

    >>> code_in("parent", "外出务工期间死亡"), code_in("self_care", "重度失能、能自理"), code_in("self_care", "不自理")
    ('dead', None, 'total')
    """
    found = said(section, text)
    return _one(section, found.codes) if found.codes else _one(section, found.aside)


def _one(section: str, codes: tuple[str, ...]) -> str | None:
    left = list(codes)
    for weak in table("values")["order"].get(section, ()):
        if len(left) > 1 and weak in left:
            left.remove(weak)
    return left[0] if len(left) == 1 else None


def groups_in(text: str) -> tuple[str, ...]:
    """The target-group codes a title or cell says, in the order of their code.

    >>> groups_in("2024年低保边缘家庭名册"), groups_in("低保、残疾人"), groups_in("不符合低保条件")
    (('MLB',), ('MLA', 'PWD'), ())
    """
    return said("groups", text).all


def ends_groups(text: str) -> bool:
    """Whether a name of a list (sheet, file) says that those on it left a group, or only asked to be taken in.

    >>> ends_groups("停保"), ends_groups("6月新增")
    (True, False)
    """
    return any(word in tight(text).lower() for word in table("values")["denial"]["ends_a_group"])


def _clauses(text: str) -> list[str]:
    """The text without blanks, cut at the ends of clauses outside brackets."""
    clauses, clause, depth = [], "", 0
    for char in plain(text).lower():
        depth = max(0, depth + (char in "([") - (char in ")]"))
        if char in _ENDS and not depth:
            clauses.append(clause)
            clause = ""
        else:
            clause += char
    return [bare for each in (*clauses, clause) if (bare := tight(each))]


def _depths(clause: str) -> list[int]:
    """How deep in brackets each character stands."""
    depths, depth = [], 0
    for char in clause:
        depth += char in "(["
        depths.append(depth)
        depth = max(0, depth - (char in ")]"))
    return depths


def _spans(section: str, clause: str, depth: list[int]) -> tuple[str, list[tuple[int, int, str]]]:
    """The clause with the table's words struck out, and where they stood."""
    bare = "".join(char for char, level in zip(clause, depth, strict=True) if not level)
    if code := _exact(section).get(bare):
        start = depth.index(0)
        rest = "".join(char if level else _TAKEN for char, level in zip(clause, depth, strict=True))
        return rest, [(start, start, code)]
    rest, spans = clause, []
    for pattern, code in _patterns(section):
        if code:
            spans += [(match.start(), match.end(), code) for match in pattern.finditer(rest)]
        rest = pattern.sub(lambda match: _TAKEN * len(match[0]), rest)
    return rest, spans


def _denied(section: str, rest: str, depth: list[int], start: int, end: int) -> bool:
    denial = table("values")["denial"]
    kind = section if section in denial else "cells"
    # A negation inside a bracket reaches no further than the bracket.
    ahead = "".join(char for char, level in zip(rest[:start], depth, strict=False) if level <= depth[start])
    return (
        ahead.endswith(tuple(denial[kind].get("touching", ())))
        or any(word in ahead for word in denial["before"])
        or any(word in ahead for word in denial[kind].get("before", ()))
        or any(word in rest[end:] for word in (*denial["after"], *denial[kind].get("after", ())))
    )


@cache
def _exact(section: str) -> dict[str, str]:
    words = table("values").get("exact", {}).get(section, {})
    return {tight(word).lower(): code for code, several in words.items() for word in several}


@cache
def _patterns(section: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """(word, code) of a `contains` table, longest word first; without a code those whose negation speaks of something
    else or in which a group's word does. Latin words stand by themselves: no DES in “desk”."""
    values = table("values")
    harmless = [*values["denial"]["harmless"], *(values["not_a_group"]["words"] if section == "groups" else ())]
    pairs = [(word, code) for code, words in values["contains"][section].items() for word in words]
    pairs += [(word, "") for word in harmless]
    bare = sorted(((tight(word).lower(), code) for word, code in pairs), key=lambda p: (-len(p[0]), bool(p[1]), p))
    return tuple((_pattern(word), code) for word, code in bare)


def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word))
