"""Classes of clients: those shipped, what a class must be, and which small numbers a table must not show.

Sources: the twelve follow the clients named first in 广州市社工服务站管理办法 (穗府办〔2023〕7号) and, as the twelfth,
优抚对象; a county changes them on a page. Small groups: docs/security.md section 2, n < 5.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from linli.core.errors import Refusal

SMALLEST = 5  # people; fewer are not shown in statistics by class
MOST = 40


@dataclass(frozen=True)
class ClassOfClients:
    """A class as it holds now: `since` the day it was worded so."""

    code: str
    name: str
    name_en: str
    groups: tuple[str, ...]
    is_counted: bool = True
    since: date = date(2026, 1, 1)


SHIPPED = (
    ClassOfClients("C01", "低保对象", "Minimum living list", ("MLA",)),
    ClassOfClients("C02", "特困人员", "Destitute support", ("DES",)),
    ClassOfClients("C03", "低保边缘家庭", "Marginal income", ("MLB",)),
    ClassOfClients("C04", "支出型困难家庭", "Rigid spending", ("RIG", "TMP", "DIS")),
    ClassOfClients("C05", "残疾人和精神障碍患者", "People with disabilities or mental disorders", ("PWD", "SMD")),
    ClassOfClients("C06", "独居、空巢、留守和失能老年人", "Older people alone, left behind or dependent",
                   ("EAL", "EEM", "LBE", "EDA")),
    ClassOfClients("C07", "计划生育特殊家庭", "Only child died or disabled", ("FPS",)),
    ClassOfClients("C08", "困境儿童", "Children in need", ("CID", "DEF", "ORP")),
    ClassOfClients("C09", "农村留守儿童", "Left-behind children", ("LBC",)),
    ClassOfClients("C10", "留守妇女和单身特困母亲", "Left-behind women, single mothers in hardship", ("LBW", "SSM")),
    ClassOfClients("C11", "流动、流浪和社区矫正、戒毒人员", "Migrants, homeless, in corrections or recovery",
                   ("MIG", "VAG", "CCO", "DRG")),
    ClassOfClients("C12", "困难退役军人和优抚对象", "Veterans in hardship", ("VET",)),
)  # fmt: skip


def why_not_write_class(
    known: Collection[ClassOfClients], code: str, name: str, groups: Collection[str], group_codes: Collection[str]
) -> Refusal | None:
    """Why a class cannot be worded like this."""
    if not groups or not set(groups) <= set(group_codes):
        return Refusal("web.class_groups")
    if any(one.name == name and one.code != code and one.is_counted for one in known):
        return Refusal("web.class_name_taken", name=name)
    if code not in {one.code for one in known} and len(known) >= MOST:
        return Refusal("web.class_too_many", most=MOST)
    return None


def next_code(known: Collection[ClassOfClients]) -> str:
    """The code of one more class.

    >>> next_code(SHIPPED)
    'C13'
    """
    return f"C{max((int(one.code[1:]) for one in known), default=0) + 1:02d}"


def withheld(counts: Mapping[str, int]) -> set[str]:
    """Which parts of a whole must not be shown: those of one to four, and enough others that no sum gives them away.

    Whoever knows the whole and all parts shown learns the sum of those withheld; while that is under
    `SMALLEST`, or a single part, the smallest part still shown goes too.

    >>> sorted(withheld({"a": 9, "b": 2, "c": 30}))
    ['a', 'b']
    >>> withheld({"a": 9, "b": 0})
    set()
    """
    hidden = {key for key, n in counts.items() if 0 < n < SMALLEST}
    shown = sorted((n, key) for key, n in counts.items() if n >= SMALLEST)
    while hidden and shown and (len(hidden) == 1 or sum(counts[key] for key in hidden) < SMALLEST):
        hidden.add(shown.pop(0)[1])
    return hidden
