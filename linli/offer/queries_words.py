"""How an offer is told: its party, what is left of it, its times. For this block's pages and those above."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.offer.models import Offer
from linli.offer.words import PARTIES

DAYS = dict(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


def party_words(party: str) -> str:
    """Which of the five parties gives."""
    return str(PARTIES[party])


def left_words(offer: Offer) -> str:
    """Places left, with the unit."""
    if offer.capacity is None:
        return _("不限量")
    return f"{max(offer.capacity - offer.used, 0):,} {offer.unit}".strip()


def slot_words(slots: Sequence[str]) -> str:
    """Weekly times, days with the same times together: 二、四 14:00-17:00."""
    is_english = (get_language() or "").startswith("en")
    times: dict[str, list[str]] = {}
    for slot in slots:
        day, _space, time = slot.partition(" ")
        times.setdefault(day, []).append(time)
    days: dict[tuple[str, ...], list[str]] = {}
    for day, spans in times.items():
        days.setdefault(tuple(spans), []).append(DAYS.get(day, day) if is_english else day)
    comma, joint = (", ", "; ") if is_english else ("、", "；")
    return joint.join(f"{comma.join(named)} {comma.join(spans)}" for spans, named in days.items())
