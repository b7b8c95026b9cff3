"""How an offer is told: its party, what is left of it, its times. For this block's pages and those above."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.engines.assignment import read_conditions, say_slots
from linli.offer.models import Offer
from linli.offer.parties import PARTIES
from linli.party.queries_names import group_words


def party_words(party: str) -> str:
    """Which of the five parties gives."""
    return PARTIES[party][(get_language() or "").startswith("en")]


def party_in_tables(party: str) -> str:
    """The same as a table of offers names it, whatever the reader's language."""
    return PARTIES[party][0]


def left_words(offer: Offer) -> str:
    """Places left, with the unit."""
    if offer.capacity is None:
        return _("不限量")
    return f"{max(offer.capacity - offer.used, 0):,} {unit_words(offer.unit)}".strip()


UNITS = {"人": "people", "户": "households", "件": "cases", "份": "portions", "次": "times", "人次": "visits",
         "岗": "posts", "天": "day", "周": "week", "月": "month", "年": "year"}  # fmt: skip


def unit_words(unit: str) -> str:
    """A unit in the reader's language, each side of the stroke by itself: 份/天 → portions/day."""
    if not (get_language() or "").startswith("en"):
        return unit
    counted, stroke, per = unit.partition("/")
    per = "time" if per == "次" else UNITS.get(per, per)
    return UNITS.get(counted, counted) + stroke + per


def slot_words(slots: Sequence[str]) -> str:
    """Weekly times in the reader's language, days with the same times together: 二、四 14:00-17:00."""
    return say_slots(slots, "en" if (get_language() or "").startswith("en") else "zh")


def condition_words(conditions: str) -> str:
    """An offer's conditions as a person says them: 年龄>=60；自付=20元 → 60 岁以上；自付 20 元.

    What only a person can read stays as written.
    """
    read = read_conditions(conditions)
    said = [_age_words(read.age_min, read.age_max)]
    if read.sex:
        said.append(_("只收男性") if read.sex == 1 else _("只收女性"))
    if read.groups:
        named = group_words()
        comma = ", " if (get_language() or "").startswith("en") else "、"
        said.append(_("对象：%(groups)s") % {"groups": comma.join(str(named.get(one, one)) for one in read.groups)})
    if read.place:
        said.append(_("只收指定地区的人"))
    if read.level_max > 0:
        said.append(_("只接 %(level)s 级和更急的") % {"level": read.level_max})
    if read.helper_sex:
        said.append({1: _("男服务人员"), 2: _("女服务人员"), 3: _("男女服务人员都有")}[read.helper_sex])
    if read.fee_fen >= 0:
        said.append(_("自付 %(yuan)s 元") % {"yuan": f"{read.fee_fen / 100:,g}"})
    if read.max_fen >= 0:
        said.append(_("每份最多 %(yuan)s 元") % {"yuan": f"{read.max_fen / 100:,g}"})
    said.append(read.note)
    return _("；").join(part for part in said if part)


def _age_words(least: int, most: int) -> str:
    if least >= 0 and most >= 0:
        return _("%(least)s–%(most)s 岁") % {"least": least, "most": most}
    if least >= 0:
        return _("%(least)s 岁以上") % {"least": least}
    return _("%(most)s 岁以下") % {"most": most} if most >= 0 else ""
