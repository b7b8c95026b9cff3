"""From positions to tables: proposals with reasons, unmet needs with what would unlock them, the why-not list.

Reasons are codes with parameters as JSON text, put together column by column; words are in `words`.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linli.engines.assignment.arrays import UNKNOWN_DAY, Ints
from linli.engines.assignment.barring import REASONS, shared_digits
from linli.engines.assignment.core import Core
from linli.engines.assignment.data import PROPOSALS, REJECTED, UNMET
from linli.engines.assignment.pairs import Pairs
from linli.engines.assignment.scoring import km_between
from linli.engines.assignment.survey import FULL_UP, Found

PUBLIC = {"excluded": "not_suitable", "personal": "not_suitable"}
"""What an ordinary reader is told. An exclusion and a condition on a person's own circumstances share one
code, so that neither can be read from it (an excluded relative may be a volunteer himself)."""

Where = npt.NDArray[np.bool_] | np.bool_


class Telling:
    """Everything the tables are made of, for one run."""

    def __init__(self, needs: pa.Table, offers: pa.Table, pairs: Pairs, core: Core, today: date) -> None:
        self.need_table, self.offer_table, self.pairs, self.core = needs, offers, pairs, core
        self.today = (today - date(1970, 1, 1)).days
        taken = np.bincount(core.chosen[core.chosen >= 0], minlength=len(pairs.offers))
        self.spare = pairs.offers.capacity - taken
        self._offers = offers.to_pylist()

    def proposals(self, found: Found) -> pa.Table:
        """Rank 1 is the core's choice; the others follow by score. Sorted by need, then rank."""
        met = np.flatnonzero(self.core.chosen >= 0)
        i = np.concatenate([met, found.other_need])
        j = np.concatenate([self.core.chosen[met], found.other_offer])
        order = np.argsort(i, kind="stable")
        i, j = i[order], j[order]
        start = np.searchsorted(i, i)
        rank = np.arange(len(i)) - start + 1
        scoring, points = self.pairs.scoring, self.pairs.scoring.weights.points
        km = km_between(self.pairs.needs, self.pairs.offers, i, j)
        near = np.where(np.isnan(km), scoring.place(i, j), scoring.near(km))
        values = {
            "fit": scoring.fit(i, j),
            "wish": scoring.wish(i, j),
            "wait": scoring.wait(i),
            "distance": near,
            "cost": scoring.cost(i, j),
        }
        hundredths = {part: points[part] * value for part, value in values.items()}
        total = sum(hundredths.values(), np.zeros(len(i), dtype=np.int64))
        columns = [
            self.need_table["need_id"].take(pa.array(i)),
            self.offer_table["offer_id"].take(pa.array(j)),
            pa.array(rank, pa.int32()),
            pa.array(total / 100),
            *(pa.array(hundredths[part] / 100) for part in ("fit", "wish", "wait", "distance", "cost")),
            pa.array(self.spare[j]),
            self._why(i, j, km, (rank > 1) & (self.spare[j] <= 0)),
        ]
        return pa.table([_one(column) for column in columns], schema=PROPOSALS)

    def _why(self, i: Ints, j: Ints, km: npt.NDArray[np.float64], planned: Where) -> pa.Array:
        fits = [
            *self._fit_reasons(i, j, True),
            *self._wish_reasons(i, j, True),
            *self._place_reasons(i, j, km, True),
            *self._cost_reasons(i, j, True),
        ]
        lacks = [
            *self._fit_reasons(i, j, False),
            *self._wish_reasons(i, j, False),
            *self._place_reasons(i, j, km, False),
            *self._cost_reasons(i, j, False),
        ]
        lacks += [_piece("planned_for_others", planned), *self._notes(i, j)]
        nothing = pa.scalar("")
        # Not null_handling="skip": Arrow 26 then drops the rows whose pieces are all null.
        joined = [
            pc.binary_join_element_wise(*(piece.fill_null("") for piece in pieces), nothing) for pieces in (fits, lacks)
        ]
        both = [pc.utf8_slice_codeunits(pieces, 1) for pieces in joined]
        frame = [pa.scalar(text) for text in ('{"fits":[', '],"lacks":[', "]}")]
        return pc.binary_join_element_wise(frame[0], both[0], frame[1], both[1], frame[2], nothing)

    def _fit_reasons(self, i: Ints, j: Ints, good: bool) -> list[pa.Array]:
        needs, offers = self.pairs.needs, self.pairs.offers
        code = needs.code[i]
        main = offers.listed[j, code] == 2
        whole = self.pairs.scoring.weights.kind_fit["service"]
        kind_fit = self.pairs.scoring.fit(i, j)
        wished = np.bitwise_count(needs.skills[i]).sum(-1)
        there = np.bitwise_count(needs.skills[i] & offers.skills[j]).sum(-1)
        if good:
            vetted = self._dated("vetted_until", offers.vetted_until, j, offers.vetted_until[j] >= self.today)
            return [_piece("main_line", main), _piece("skilled", (wished > 0) & (there == wished)), vetted]
        partly = main & (kind_fit < whole * 85 // 100) & (there == wished)
        return [_piece("side_line", ~main), _piece("answers_in_part", partly), _piece("skill_missing", there < wished)]

    def _wish_reasons(self, i: Ints, j: Ints, good: bool) -> list[pa.Array]:
        needs, offers = self.pairs.needs, self.pairs.offers
        sex, helpers = needs.helper_sex[i], offers.helper_sex[j]
        wants_time, has_time = needs.slots[i].any(-1), offers.slots[j].any(-1)
        halves = np.bitwise_count(needs.slots[i] & offers.slots[j]).sum(-1, dtype=np.int64)
        wants_talk, has_talk = needs.languages[i].any(-1), offers.languages[j].any(-1)
        shared = (needs.languages[i] & offers.languages[j]).any(-1)
        if good:
            hours = _numbered("common_time", "hours", halves / 2, halves > 0)
            return [
                _piece("helper_sex_met", (sex > 0) & ((sex & helpers) > 0)),
                hours,
                _piece("shared_language", shared),
            ]
        return [
            _piece("helper_sex_unknown", (sex > 0) & (helpers == 0)),
            _piece("helper_sex_other", (sex > 0) & (helpers > 0) & ((sex & helpers) == 0)),
            _piece("time_unknown", wants_time & ~has_time),
            _piece("no_common_time", wants_time & has_time & (halves == 0)),
            _piece("language_unknown", wants_talk & ~has_talk),
            _piece("no_shared_language", wants_talk & has_talk & ~shared),
        ]

    def _place_reasons(self, i: Ints, j: Ints, km: npt.NDArray[np.float64], good: bool) -> list[pa.Array]:
        digits = np.where(np.isnan(km), shared_digits(self.pairs.needs, self.pairs.offers, i, j), -2)
        half = self.pairs.scoring.weights.distance["far_km"] / 2
        if good:
            close = _numbered("near", "km", np.nan_to_num(km), km <= half)
            return [close, _piece("same_village", digits == 12), _piece("same_town", digits == 9)]
        far = _numbered("far", "km", np.nan_to_num(km), km > half)
        other = (digits >= 0) & (digits < 9)
        return [far, _piece("other_town", other), _piece("place_unknown", digits == -1)]

    def _cost_reasons(self, i: Ints, j: Ints, good: bool) -> list[pa.Array]:
        fee, pays = self.pairs.offers.fee[j], self.pairs.needs.pays[i]
        yuan = np.maximum(fee, 0) / 100
        if good:
            return [_piece("free", fee == 0), _numbered("affordable", "yuan", yuan, (fee > 0) & (pays >= fee))]
        dear = (fee > 0) & (pays >= 0) & (fee > pays)
        return [
            _numbered("above_means", "yuan", yuan, dear),
            _numbered("has_fee", "yuan", yuan, (fee > 0) & (pays < 0)),
            _piece("fee_unknown", fee < 0),
        ]

    def _notes(self, i: Ints, j: Ints) -> list[pa.Array]:
        """Conditions a machine cannot settle: written notes, and facts of the person not known."""
        needs, offers = self.pairs.needs, self.pairs.offers
        notes = pa.array(
            [_json("ask_first", note=one.note) if one.note else None for one in offers.conditions], pa.string()
        )
        age = ((offers.age_min[j] >= 0) | (offers.age_max[j] >= 0)) & (needs.age[i] < 0)
        group = offers.groups[j].any(-1) & ~needs.groups[i].any(-1)
        home = (offers.home_digits[j] > 0) & (needs.place_digits[i] == 0)
        ending = (offers.valid_to[j] != UNKNOWN_DAY) & (offers.valid_to[j] - self.today <= 30)
        return [
            notes.take(pa.array(j)),
            _piece("confirm_person", age | group | home),
            self._dated("ends_soon", offers.valid_to, j, ending),
        ]

    def _dated(self, code: str, column: Ints, j: Ints, when: Where) -> pa.Array:
        """A reason with the offer's own date, made once per offer."""
        texts = pa.array(
            [_json(code, on=_iso(day)) if day != UNKNOWN_DAY else None for day in column.tolist()], pa.string()
        )
        return texts.take(pa.array(np.where(when, j, 0), mask=~when))

    def rejected(self, found: Found) -> pa.Table:
        """The why-not list, best first for each need."""
        codes = _first_codes(found.rejected_walls)
        keys, place = np.unique(
            np.stack([codes.astype(np.int64), found.rejected_offer], axis=1), axis=0, return_inverse=True
        )
        names = list(_CODES)
        params = pa.array(
            [json.dumps(self._params(names[code], offer), ensure_ascii=False) for code, offer in keys.tolist()],
            pa.string(),
        )
        columns = [
            self.need_table["need_id"].take(pa.array(found.rejected_need)),
            self.offer_table["offer_id"].take(pa.array(found.rejected_offer)),
            pa.array([PUBLIC.get(name, name) for name in names]).take(pa.array(codes)),
            params.take(pa.array(place.ravel())),
            pa.array(names).take(pa.array(codes)),
        ]
        table = pa.table([_one(column) for column in columns], schema=REJECTED)
        return table.take(pa.array(np.argsort(found.rejected_need, kind="stable")))

    def unmet(self, found: Found) -> pa.Table:
        """What binds each unmet need and what would unlock it."""
        rows = self.need_table.select(
            ["need_id", "code", "level", "place_code", "slots", "languages", "helper_sex", "amount_fen"]
        )
        ahead = _ahead(found, self.core)
        told = []
        for at, row in enumerate(rows.take(pa.array(found.unmet)).to_pylist()):
            told.append(self._unmet_row(row, int(found.key_offer[at]), int(found.key_walls[at]), int(ahead[at])))
        return pa.Table.from_pylist(told, schema=UNMET)

    def _unmet_row(self, need: dict[str, Any], offer: int, walls: int, ahead: int) -> dict[str, Any]:
        here = ["new_offer", {"need_code": need["code"] or "", "place": need["place_code"] or ""}]
        if walls == 0 and offer < 0:
            binding, unlocked = "no_offer_for_code", [here]
        elif offer < 0:
            binding, unlocked = "excluded", [here]
        elif walls == FULL_UP:
            binding, unlocked = "capacity", [self._more_places(offer, ahead), here]
        else:
            names = [REASONS[bit] for bit in REASONS if walls & bit]
            binding = names[0]
            more = self._more_places(offer, 0)
            lifted = self._lifts(binding, offer, need)
            unlocked = (
                [lifted, *([more] if walls & FULL_UP and binding != "no_places" else [])]
                if len(names) == 1 and binding != "personal"
                else [here]
            )
        params = self._params(binding, offer) if offer >= 0 else {}
        return {
            "need_id": need["need_id"],
            "code": need["code"],
            "level": need["level"] or 4,
            "binding": PUBLIC.get(binding, binding),
            "params": json.dumps(params, ensure_ascii=False),
            "unlocked_by": json.dumps(unlocked, ensure_ascii=False),
            "restricted_code": binding,
        }

    def _lifts(self, binding: str, offer: int, need: dict[str, Any]) -> list[Any]:
        """What would take this one wall away."""
        wanted = {
            "time": {"slots": "；".join(need["slots"] or ())},
            "language": {"languages": "、".join(need["languages"] or ())},
            "helper_sex": {"sex": (need["helper_sex"] or "").strip(" !！")},
            "amount": {"yuan": f"{(need['amount_fen'] or 0) / 100:g}"},
            "distance": {"need_code": need["code"], "place": need["place_code"] or ""},
        }
        return [f"lift_{binding}", {**self._named(offer), **self._params(binding, offer), **wanted.get(binding, {})}]

    def _more_places(self, offer: int, ahead: int) -> list[Any]:
        return (
            ["one_more_place_after", {**self._named(offer), "ahead": ahead}]
            if ahead
            else ["one_more_place", self._named(offer)]
        )

    def _named(self, offer: int) -> dict[str, Any]:
        row = self._offers[offer]
        return {"offer": row["offer_id"], "name": row["name"] or row["offer_id"], "provider": row["provider"] or ""}

    def _params(self, code: str, offer: int) -> dict[str, str]:
        """The figures behind a reason; nothing for the codes an ordinary reader may not open."""
        row = self._offers[offer]
        dates = {"vetting": ("vetted_until",), "validity": ("valid_from", "valid_to")}
        if code in dates:
            return {name: row[name].isoformat() if row[name] else "" for name in dates[code]}
        if code == "condition":
            return {"conditions": row["conditions"] or row["place_code"] or ""}
        if code == "amount":
            return {"most": f"{self.pairs.offers.conditions[offer].max_fen / 100:g}"}
        return {"capacity": str(int(self.pairs.offers.capacity[offer]))} if code == "capacity" else {}


_CODES = (*REASONS.values(), "capacity")


def _first_codes(walls: Ints) -> Ints:
    """The first reason in the order they are told; places are told only when nothing else is in the way."""
    code = np.full(len(walls), len(_CODES) - 1)
    for at, bit in reversed(list(enumerate(REASONS))):
        code = np.where(walls & bit, at, code)
    return code


def _ahead(found: Found, core: Core) -> Ints:
    """How many unmet needs that wait for the same full offer cost more to leave."""
    ahead = np.zeros(len(found.unmet), dtype=np.int64)
    waiting = np.flatnonzero(found.key_walls == FULL_UP)
    order = waiting[
        np.lexsort((-core.unmet_cost[found.unmet[waiting]], -found.first_in_line[waiting], found.key_offer[waiting]))
    ]
    offer = found.key_offer[order]
    ahead[order] = np.arange(len(order)) - np.searchsorted(offer, offer)
    return ahead


def _piece(code: str, when: Where) -> pa.Array:
    return pa.array([None, _json(code)], pa.string()).take(pa.array(when.astype(np.int8)))


def _numbered(code: str, name: str, values: npt.NDArray[np.float64], when: Where) -> pa.Array:
    """A reason with one number, to one decimal."""
    tenths = np.rint(np.where(when, values, 0) * 10).astype(np.int64)
    distinct, place = np.unique(tenths, return_inverse=True)
    texts = pa.array([_json(code, **{name: f"{value / 10:g}"}) for value in distinct.tolist()], pa.string())
    return texts.take(pa.array(np.where(when, place, 0), mask=~when))


def _json(code: str, **params: str) -> str:
    """A reason as an item of a JSON list, comma first."""
    return "," + json.dumps([code, params], ensure_ascii=False, separators=(",", ":"))


def _iso(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _one(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
