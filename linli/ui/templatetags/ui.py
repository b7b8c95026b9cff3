"""Small words of every page: dates, counts, masks, and the hidden operation id."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

MONTHS = "January February March April May June July August September October November December".split()
ID_HEAD, ID_TAIL = 0, 2
PHONE_HEAD, PHONE_TAIL = 3, 4


@register.simple_tag
def operation_id() -> SafeString:
    """A hidden field with a fresh operation id, for forms without a form class."""
    return format_html('<input type="hidden" name="operation_id" value="{}">', uuid4())


def _as_day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """As registers write a day: 2026-03-12. Nothing for nothing."""
    return format_html("<time>{}</time>", _as_day(value).isoformat()) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """As registers write a moment: 2026-03-12 09:06, the clock of Shanghai."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), local.strftime("%Y-%m-%d %H:%M")
    )


@register.filter
def in_words(value: date | datetime | None) -> str:
    """As sentences write a day: 3月12日, 12 March."""
    if not value:
        return ""
    on = _as_day(value)
    said = f"{on.day} {MONTHS[on.month - 1]}" if _is_english() else f"{on.month}月{on.day}日"
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), said)


@register.filter
def in_full(value: date | datetime | None) -> str:
    """As sentences write a day of another year: 2026年3月12日, 12 March 2026."""
    if not value:
        return ""
    on = _as_day(value)
    said = f"{on.day} {MONTHS[on.month - 1]} {on.year}" if _is_english() else f"{on.year}年{on.month}月{on.day}日"
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), said)


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def count(value: float | Decimal | str | None) -> str:
    """A number with commas from 1,000; whole numbers without a point. What is no number stays as it is."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as yuan: 128050 → 1,280.50, without a point where it is whole."""
    if fen is None:
        return ""
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{Decimal(fen) / 100:,.2f}"


@register.filter
def masked_name(name: str) -> str:
    """The family name and stars: 钱** ."""
    return name[:1] + "*" * (len(name) - 1)


@register.filter
def masked_id(number: str) -> str:
    """The last two of an identity number: the rest could be reckoned from more. Short ones are hidden whole."""
    return _masked(number, ID_HEAD, ID_TAIL)


@register.filter
def masked_phone(number: str) -> str:
    """First three and last four of a telephone number: 000****0182. Short ones are hidden whole."""
    return _masked(number, PHONE_HEAD, PHONE_TAIL)


def _masked(text: str, head: int, tail: int) -> str:
    hidden = len(text) - head - tail
    return text[:head] + "*" * hidden + text[-tail:] if hidden > 0 else "*" * len(text)
