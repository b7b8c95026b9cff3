"""What the pages of proposals and referrals show: why and why not in words, scores by parts, what is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from linli.core.actor import LOCAL
from linli.engines.assignment import NEED_CODES, say_reason
from linli.matching import compute, rules
from linli.matching.models import Proposal, Referral, ReferralChange, Unmet
from linli.matching.words import PARTS, PROPOSAL_STATES, REFERRAL_MOVES, REFERRAL_STATES
from linli.need.models import Need
from linli.need.queries_words import source_words
from linli.offer import queries_words as telling
from linli.offer.models import Offer
from linli.party import queries_names as names
from linli.party.models import Person
from linli.ui.sorting import Heading, headings


def lang() -> Any:
    """`en` or `zh`: the language data with two wordings is shown in."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def code_words(code: str) -> str:
    """What a kind of need is called."""
    return NEED_CODES[code][lang() == "en"] if code in NEED_CODES else code


@dataclass(frozen=True)
class Tag:
    """A word with its shape."""

    words: Any
    shape: str = ""


# Proposals


@dataclass(frozen=True)
class Part:
    """One of the five parts of a score: points got, points there are, and the bar."""

    words: Any
    points: float
    most: int
    share: str


@dataclass(frozen=True)
class ProposalView:
    """One proposal as shown."""

    uid: UUID
    rank: int
    name: str
    offer_uid: UUID
    provider: str
    party: str
    slots: str
    left: str
    conditions: str
    fits: list[str]
    lacks: list[str]
    score: int
    parts: list[Part]
    state: Tag
    is_open: bool
    is_full: bool
    reason: str


def proposal_views(proposals: Iterable[Proposal]) -> list[ProposalView]:
    """Proposals best first, with reasons in words and the parts of the score."""
    return [_proposal(proposal) for proposal in proposals]


def _proposal(proposal: Proposal) -> ProposalView:
    offer = proposal.offer
    points = compute.weights_on(proposal.created_at.astimezone(LOCAL).date()).points
    parts = [
        Part(
            words, proposal.parts.get(part, 0), points[part], f"{100 * proposal.parts.get(part, 0) / points[part]:.0f}%"
        )
        for part, words in PARTS.items()
        if points[part]
    ]
    return ProposalView(
        uid=proposal.uid,
        rank=proposal.rank,
        name=offer.name,
        offer_uid=offer.uid,
        provider=offer.provider,
        party=telling.party_words(offer.party),
        slots=telling.slot_words(offer.slots),
        left=telling.left_words(offer),
        conditions=telling.condition_words(offer.conditions),
        fits=[say_reason(code, params, lang()) for code, params in proposal.fits],
        lacks=[say_reason(code, params, lang()) for code, params in proposal.lacks],
        score=proposal.score,
        parts=parts,
        state=Tag(*PROPOSAL_STATES[proposal.state]),
        is_open=proposal.state == "open",
        is_full=offer.capacity is not None and offer.used >= offer.capacity,
        reason=proposal.decision_reason,
    )


def weights_source(day: date) -> tuple[str, str]:
    """The version of the weights in force on a day, and where they come from."""
    weights = compute.weights_on(day)
    return weights.id, source_words(weights.source, lang())


@dataclass(frozen=True)
class WhyNot:
    """An offer that was not proposed, and why."""

    name: str
    provider: str
    reason: str


def why_not(rejected: Sequence[Mapping[str, Any]], offers: Mapping[UUID, Offer]) -> list[WhyNot]:
    """The offers left out, with the wall they met."""
    found = []
    for row in rejected:
        offer = offers.get(UUID(row["offer"]))
        if offer is not None:
            found.append(WhyNot(offer.name, offer.provider, say_reason(row["code"], row["params"], lang())))
    return found


def unmet_words(unmet: Unmet) -> dict[str, Any]:
    """What binds, and what would unlock it."""
    return {
        "binding": say_reason(unmet.binding, unmet.params, lang()),
        "unlocks": [say_reason(code, params, lang()) for code, params in unmet.unlocked_by],
    }


# Needs that wait


def waited(need: Need, today: date) -> int:
    """Days since it was heard of."""
    return (today - need.opened_at.astimezone(LOCAL).date()).days


def due_tag(due_on: date | None, today: date) -> Tag | None:
    """How a promised day stands."""
    if due_on is None:
        return None
    left = (due_on - today).days
    if left < 0:
        return Tag(ngettext("晚了 %(days)s 天", "晚了 %(days)s 天", -left) % {"days": -left}, "late")
    if left == 0:
        return Tag(_("今天到期"), "warn")
    return Tag(ngettext("还有 %(days)s 天", "还有 %(days)s 天", left) % {"days": left})


def waiting_rows(
    needs: Iterable[Need], readable: set[UUID], places: Mapping[str, str], today: date, why: Mapping[int, Unmet]
) -> list[dict[str, Any]]:
    """Needs whose proposals wait for a decision, or which got none."""
    rows = []
    for need in needs:
        may_read = need.uid in readable
        left = why.get(need.pk)
        rows.append(
            {
                "uid": need.uid,
                "number": need.number,
                "code": code_words(need.code),
                "level": need.level,
                "place": places.get(need.place_path, ""),
                "name": need.person.name if may_read else "",
                "due": due_tag(need.due_on, today),
                "waited": waited(need, today),
                "count": getattr(need, "proposals_count", 0),
                "best": getattr(need, "best_offer", "") if may_read else "",
                "binding": unmet_words(left)["binding"] if left and may_read else "",
                "may_read": may_read,
            }
        )
    return rows


def wish_lines(need: Need) -> list[tuple[str, str]]:
    """What the person would like."""
    wished = json.loads(need.wishes) if need.wishes else {}
    joint = "、" if lang() == "zh" else ", "
    said = []
    sex = {"1": _("男"), "2": _("女")}.get((wished.get("helper_sex") or "")[:1], "")
    wants = [_("来的人是%(sex)s的") % {"sex": sex}] if sex else []
    wants += [telling.slot_words(wished["slots"])] if wished.get("slots") else []
    wants += wished.get("languages", [])
    if wants:
        said.append((_("本人愿意"), joint.join(wants)))
    if wished.get("pays_fen") is not None:
        said.append((_("本人能出"), _("每次不超过 %(yuan)s 元") % {"yuan": f"{wished['pays_fen'] / 100:g}"}))
    return said


def age_of(person: Person, today: date) -> int | None:
    """Whole years; the year alone where the day is not known."""
    if person.birth_on:
        return (
            today.year
            - person.birth_on.year
            - ((today.month, today.day) < (person.birth_on.month, person.birth_on.day))
        )
    return today.year - person.birth_year if person.birth_year else None


# Referrals

_BUILDING = re.compile(r"^.*?(?:幢|栋|号楼|组|队|弄)")


def what_is_sent(referral: Referral, place: str) -> list[tuple[str, str]]:
    """What the other side is told, and no more: how to address the person, where about, what, when, a telephone.

    Of somebody protected neither place nor telephone is told: the worker stands between.
    """
    need, person = referral.need, referral.need.person
    title = {"1": _("先生"), "2": _("女士")}.get(person.sex, "")
    said = [(_("称呼"), f"{person.name[:1]}{title}" if lang() == "zh" else f"{title} {person.name[:1]}".strip())]
    if person.is_protected:
        said.append((_("住处和电话"), _("由社工转达")))
    else:
        building = _BUILDING.match(person.address or "")
        said.append((_("楼幢"), building.group(0) if building else place))
        said.append((_("联系电话"), person.phone or _("没有，找社工")))
    said.append((_("要什么"), code_words(need.code)))
    wished = json.loads(need.wishes) if need.wishes else {}
    if wished.get("slots"):
        said.append((_("什么时间"), telling.slot_words(wished["slots"])))
    return said


def referral_rows(
    referrals: Iterable[Referral], readable: set[UUID], names_known: set[UUID], places: Mapping[str, str], today: date
) -> list[dict[str, Any]]:
    """Lines of the list: who it is about only where the actor may read the need."""
    return [
        {
            "uid": referral.uid,
            "number": referral.number,
            "code": code_words(referral.need.code),
            "offer": referral.offer.name,
            "provider": referral.offer.provider,
            "name": referral.need.person.name if referral.need.uid in names_known else "",
            "place": places.get(referral.place_path, ""),
            "state": Tag(*REFERRAL_STATES[referral.state]),
            "due": due_tag(referral.answer_due_on, today) if referral.state == "sent" else None,
            "due_on": referral.answer_due_on,
            "sent_at": referral.sent_at,
            "may_read": referral.uid in readable,
        }
        for referral in referrals
    ]


def referral_heads(given: QueryDict, order: str, is_station: bool) -> list[Heading]:
    """The list's heads; names are no column to sort by, and no column at all for those who answer."""
    columns = [
        (_("编号"), "number"),
        (_("要什么"), "code"),
        *([(_("谁"), "")] if is_station else []),
        (_("转给"), "offer"),
        (_("送出"), "sent"),
        (_("约定答复"), "due"),
        (_("地方"), "place"),
        (_("状态"), ""),
    ]
    return headings(given, columns, order)


def export_rows(referrals: Iterable[Referral], places: Mapping[str, str]) -> list[list[Any]]:
    """Heading and lines of the list as a file: nothing that names or describes who is helped."""
    head = [_("编号"), _("要什么"), _("需求代码"), _("转给"), _("谁给的"), _("送出"), _("约定答复")]
    lines: list[list[Any]] = [[*head, _("地方"), _("状态")]]
    for referral in referrals:
        code, sent_on = referral.need.code, referral.sent_at.astimezone(LOCAL).date()
        to = [referral.offer.name, referral.offer.provider, sent_on, referral.answer_due_on]
        state = str(REFERRAL_STATES[referral.state][0])
        lines.append([referral.number, code_words(code), code, *to, places.get(referral.place_path, ""), state])
    return lines


def referral_view(referral: Referral, place: str, today: date, *, may_withdraw: bool) -> dict[str, Any]:
    """The page of one referral."""
    allowed = rules.REFERRAL_STATES[referral.state] - (set() if may_withdraw else {"withdrawn"})
    return {
        "referral": referral,
        "title": code_words(referral.need.code),
        "party": telling.party_words(referral.offer.party),
        "state": Tag(*REFERRAL_STATES[referral.state]),
        "due": due_tag(referral.answer_due_on, today) if referral.state == "sent" else None,
        "sent": what_is_sent(referral, place),
        "moves": [(code, words) for code, words in REFERRAL_MOVES.items() if code in allowed],
        "place": place,
    }


def history(changes: Iterable[ReferralChange], *, knows_need: bool) -> list[dict[str, Any]]:
    """Steps with who took them; what the sender remarked when sending is not for the other side."""
    rows = list(changes)
    who = names.login_names({row.actor_uid for row in rows})
    return [
        {
            "at": row.created_at,
            "who": who.get(row.actor_uid, "") if row.actor_uid else "",
            "to": REFERRAL_STATES[row.to_state][0],
            "shape": REFERRAL_STATES[row.to_state][1],
            "note": row.note if knows_need or row.to_state != "sent" else "",
        }
        for row in rows
    ]
