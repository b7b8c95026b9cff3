"""What the pages of offers show: places left, vetting, times; faults with their cure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linli.engines.assignment import KNOWN_CODES, NEED_CODES
from linli.engines.errors import Fault
from linli.offer import queries_words as telling
from linli.offer.models import Offer
from linli.offer.parties import PARTIES
from linli.offer.words import KINDS
from linli.offer.words_reading import say_fault
from linli.ui.sorting import Heading, headings


def is_english() -> bool:
    """Whether data with two wordings is shown in English."""
    return (get_language() or "").startswith("en")


def code_choices() -> list[tuple[str, str]]:
    """The kinds of need in the reader's language."""
    return [(code, NEED_CODES[code][is_english()]) for code in KNOWN_CODES]


def party_choices() -> list[tuple[str, str]]:
    """The five parties in the reader's language."""
    return [(party, telling.party_words(party)) for party in PARTIES]


def code_words(codes: Iterable[str]) -> str:
    """Kinds of need, in words."""
    joint = ", " if is_english() else "、"
    return joint.join(NEED_CODES[code][is_english()] if code in NEED_CODES else code for code in codes)


@dataclass(frozen=True)
class Tag:
    """A word with its shape."""

    words: Any
    shape: str = ""


def vetting_tag(vetted_until: date | None, today: date) -> Tag:
    """How the vetting stands."""
    if vetted_until is None:
        return Tag(_("没有审查日期"), "warn")
    if vetted_until < today:
        return Tag(_("过期了"), "late")
    left = (vetted_until - today).days
    if left > 30:
        return Tag(_("有效"), "done")
    return Tag(ngettext("还有 %(days)s 天到期", "还有 %(days)s 天到期", left) % {"days": left}, "warn")


@dataclass(frozen=True)
class OfferRow:
    """One line of the directory."""

    uid: UUID
    name: str
    provider: str
    party: str
    kind: Any
    codes: str
    place: str
    left: str
    is_full: bool
    vetting: Tag
    vetted_until: date | None


def offer_rows(offers: Iterable[Offer], places: Mapping[str, str], today: date) -> list[OfferRow]:
    """The directory's lines, in order."""
    return [
        OfferRow(
            uid=offer.uid,
            name=offer.name,
            provider=offer.provider,
            party=telling.party_words(offer.party),
            kind=KINDS[offer.kind],
            codes=code_words(offer.need_codes),
            place=places.get(offer.place_path, ""),
            left=telling.left_words(offer),
            is_full=offer.capacity is not None and offer.used >= offer.capacity,
            vetting=vetting_tag(offer.vetted_until, today),
            vetted_until=offer.vetted_until,
        )
        for offer in offers
    ]


def offer_heads(given: QueryDict, order: str) -> list[Heading]:
    """The directory's heads."""
    columns = [
        (_("名称"), "name"),
        (_("谁给的"), "provider"),
        (_("类型"), "kind"),
        (_("能办什么"), ""),
        (_("地方"), "place"),
        (_("还剩"), "left"),
        (_("审查"), "vetted"),
    ]
    return headings(given, columns, order, numbers=("left",))


def export_rows(offers: Iterable[Offer], places: Mapping[str, str]) -> list[list[Any]]:
    """Heading and lines of the directory as a file."""
    head = [_("编号"), _("名称"), _("谁给的"), _("五社"), _("类型"), _("能办什么"), _("需求代码"), _("地方")]
    lines: list[list[Any]] = [[*head, _("名额"), _("用了"), _("审查到期"), _("从哪天起"), _("到哪天止")]]
    for offer in offers:
        place = places.get(offer.place_path, "")
        said = [telling.party_words(offer.party), str(KINDS[offer.kind]), code_words(offer.need_codes)]
        numbers = [offer.capacity, offer.used, offer.vetted_until, offer.valid_from, offer.valid_to]
        lines.append([offer.code, offer.name, offer.provider, *said, " ".join(offer.need_codes), place, *numbers])
    return lines


def offer_view(offer: Offer, places: Mapping[str, str], today: date) -> dict[str, Any]:
    """The page of one offer."""
    row = offer_rows([offer], places, today)[0]
    joint = ", " if is_english() else "、"
    return {
        "offer": offer,
        "row": row,
        "slots": telling.slot_words(offer.slots),
        "conditions": telling.condition_words(offer.conditions),
        "languages": joint.join(offer.languages),
        "skills": joint.join(offer.skills),
        "share": f"{min(100 * offer.used / offer.capacity, 100):.1f}%" if offer.capacity else "",
        "is_over": offer.valid_to is not None and offer.valid_to < today,
    }


def fault_rows(faults: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Faults of a file: where, what stands there, what to do."""
    rows = []
    for given in faults:
        fault = Fault(**given)
        rows.append(
            {
                "where": " ".join(part for part in (fault.file, fault.sheet) if part),
                "row": fault.row,
                "column": fault.column,
                "value": fault.value,
                "cure": say_fault(fault, "en" if is_english() else "zh"),
                "refused": fault.outcome == "refused",
            }
        )
    return rows
