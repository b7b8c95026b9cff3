"""An independent check of an assignment: plain integers, no solver, none of the engine's own reckoning.

`check` proves from the certificate that the choice keeps every capacity and is the cheapest along the
candidates (linear-programming duality: prices ≥ 0 that are 0 where places are left, and nobody could do
better at these prices), and that levels go before scores. With the input rows it also checks the walls a
person's safety rests on. It does not reckon the scores again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

Problem = tuple[str, dict[str, str]]


def check(
    result: Mapping[str, Any],
    needs: Sequence[Mapping[str, Any]] | None = None,
    offers: Sequence[Mapping[str, Any]] | None = None,
) -> list[Problem]:
    """What does not hold, as codes with parameters; empty when everything does.

    `result` is the JSON object of a run; `needs` and `offers` are its input rows, when at hand.
    """
    try:
        problems = _certificate(result)
        if needs is not None and offers is not None and not problems:
            problems = _walls(result, {row["need_id"]: row for row in needs}, {row["offer_id"]: row for row in offers})
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return [("shape", {})]
    return problems


def _certificate(result: Mapping[str, Any]) -> list[Problem]:
    proof = result["certificate"]
    needs, offers, chosen, price = proof["needs"], proof["offers"], proof["chosen"], proof["price"]
    leave, room, levels = proof["unmet_cost"], proof["capacity"], proof["levels"]
    arcs: list[dict[int, int]] = [{} for _ in needs]
    for need, offer, cost in zip(proof["arcs"]["need"], proof["arcs"]["offer"], proof["arcs"]["cost"], strict=True):
        arcs[need][offer] = cost
    numbers = (*chosen, *price, *leave, *room, *levels, *proof["arcs"]["cost"])
    sizes = {len(needs), len(chosen), len(leave), len(levels)}, {len(offers), len(price), len(room)}
    if any(len(size) != 1 for size in sizes) or any(type(number) is not int for number in numbers):
        return [("shape", {})]
    problems: list[Problem] = []
    taken = [0] * len(offers)
    primal = 0
    for need, offer in enumerate(chosen):
        if offer != -1 and offer not in arcs[need]:
            problems.append(("unknown_arc", {"need": needs[need]}))
            continue
        taken[offer] += offer != -1
        primal += leave[need] if offer == -1 else arcs[need][offer]
    problems += [("over_capacity", {"offer": offers[at]}) for at, count in enumerate(taken) if count > room[at]]
    problems += [("price_wrong", {"offer": offers[at]}) for at, one in enumerate(price) if one < 0]
    dual = -sum(one * min(places, len(needs)) for one, places in zip(price, room, strict=True))
    for need in range(len(needs)):
        dual += min([leave[need], *(cost + price[offer] for offer, cost in arcs[need].items())])
    if primal != result["cost"]:
        problems.append(("cost_wrong", {}))
    if primal != dual or not 0 <= result["bound"] <= primal:
        problems.append(("bound_wrong", {}))
    problems += _levels(levels, leave, room, proof["arcs"]["cost"])
    return problems + _first_ranks(result, needs, offers, chosen)


def _levels(levels: list[int], leave: list[int], room: list[int], costs: list[int]) -> list[Problem]:
    """Leaving a need costs more than every pair together, and a level more than the next."""
    step = max(costs, default=0) * min(len(levels), sum(room))
    by_level = dict(zip(levels, leave, strict=True))
    consistent = all(by_level[level] == cost for level, cost in zip(levels, leave, strict=True))
    falling = sorted(by_level.items(), reverse=True)
    apart = all(cost > step + before for (_, cost), before in zip(falling, [0, *(c for _, c in falling)], strict=False))
    return [] if consistent and apart and min(costs, default=0) >= 0 else [("levels_wrong", {})]


def _first_ranks(result: Mapping[str, Any], needs: list[str], offers: list[str], chosen: list[int]) -> list[Problem]:
    first = {row["need_id"]: row["offer_id"] for row in result["proposals"] if row["rank"] == 1}
    stated = {need: offers[offer] for need, offer in zip(needs, chosen, strict=True) if offer != -1}
    wrong = [need for need, offer in stated.items() if first.get(need) != offer]
    left = {row["need_id"] for row in result["unmet"]}
    wrong += sorted(left ^ {need for need, offer in zip(needs, chosen, strict=True) if offer == -1})
    return [("proposal_wrong", {"need": need}) for need in wrong]


def _walls(result: Mapping[str, Any], needs: dict[str, Any], offers: dict[str, Any]) -> list[Problem]:
    """Every proposal against code, exclusion, vetting, validity; the stated capacities against the rows."""
    on, rules = date.fromisoformat(result["options"]["on"]), result["options"]["weights"]
    barred: dict[str, set[str]] = {}
    for row in needs.values():
        for key in _keys(row):
            barred.setdefault(key, set()).update(part for term in row.get("excluded") or () for part in _parts(term))
    proof = result["certificate"]
    stated = dict(zip(proof["offers"], proof["capacity"], strict=True))
    problems: list[Problem] = [
        ("over_capacity", {"offer": one})
        for one, places in stated.items()
        if one not in offers or places != (1 if offers[one].get("capacity") is None else offers[one]["capacity"])
    ]
    for row in result["proposals"]:
        need, offer = needs.get(row["need_id"]), offers.get(row["offer_id"])
        names = {"need": row["need_id"], "offer": row["offer_id"]}
        if need is None or offer is None:
            problems.append(("unknown_row", names))
            continue
        terms = set[str]().union(*(barred.get(key, ()) for key in _keys(need)))
        problems += [("wall", {**names, "wall": wall}) for wall in _broken(need, offer, terms, on, rules)]
    return problems


def _broken(
    need: Mapping[str, Any], offer: Mapping[str, Any], barred: set[str], on: date, rules: Mapping[str, Any]
) -> list[str]:
    walls = []
    last = max(on, need.get("due_on") or on)
    who = [offer.get("provider"), offer.get("name"), *(offer.get("people") or ())]
    if barred & {*(part for text in who if text for part in _parts(text)), _bare(offer["offer_id"])}:
        walls.append("not_suitable")
    if need["code"] not in (offer.get("need_codes") or ()):
        walls.append("no_offer_for_code")
    close = (offer.get("kind") or "service") in rules["vet_kinds"]
    asked = need["code"] in rules["vet_codes"] or (need.get("minor") and rules["vet_minor"])
    if close and asked and (offer.get("vetted_until") or date.min) < last:
        walls.append("vetting")
    if (offer.get("valid_to") or date.max) < on or (offer.get("valid_from") or date.min) > last:
        walls.append("validity")
    return walls


def _keys(row: Mapping[str, Any]) -> list[str]:
    return [f"{name}:{row[name]}" for name in ("need_id", "person_id", "household_id") if row.get(name)]


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _parts(text: str) -> set[str]:
    return {part for part in (_bare(text), *re.split(r"[()\[\]【】,、;:|]+", _bare(text))) if part}
