"""The independent check of a draw: whole numbers and fractions only, nothing shared with the code that solved it.

A lottery holds when every panel keeps the quotas and the household rule, the weights add up to one, and the printed
chances are what they give. It is the fairest when each stage's multipliers prove, by adding up inequalities every
panel keeps, that nobody in the stage can have more without somebody worse off having less (NEAR: to a millionth).
The draw holds when the published words give the same panel again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from linli.engines.verdict import Finding

NEAR = Fraction(1, 10**6)
SHORT = Fraction(1, 10**7)
SCALE = 10**12


def check(document: dict[str, Any], inputs: dict[str, Path]) -> list[Finding]:
    """Every finding about a result of `linli draw`; `inputs` may name the pool and the quotas it was made from."""
    d = document
    rows = _rows(d)
    out = [
        Finding(d.get("seal") == _sha({key: value for key, value in d.items() if key != "seal"}, True), "seal"),
        Finding(d["digest"] == _sha(_put_in(d), False), "digest"),
        Finding(_cells_hold(d), "cells"),
        _panels(d, rows),
    ]
    seats = [Fraction(0)] * len(d["cells"])
    for panel in d["panels"]:
        for j, n in panel["seats"]:
            seats[j] += Fraction(panel["weight"] * n, d["denominator"])
    chance = [x / cell["people"] for x, cell in zip(seats, d["cells"], strict=True)]
    printed = [0.0 if j is None else float(chance[j]) for j in d["cell_of"]]
    out.append(Finding(d["probabilities"] == printed, "probabilities"))
    out.append(Finding(d["groups"] == _groups(d, printed), "groups"))
    out.append(_fairest(d, rows, chance))
    out += _drawn(d)
    if d.get("replacing"):
        out.append(Finding(_kept_apart(d), "replacing"))
    for name in ("pool", "quotas"):
        if name in inputs:
            out.append(Finding(_same_file(d, name, inputs[name]), f"same_{name}"))
    return out


def _sha(value: Any, ordered: bool) -> str:
    text = json.dumps(value, ensure_ascii=ordered, sort_keys=ordered, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _put_in(d: dict[str, Any]) -> list[Any]:
    people = [None if j is None else d["cells"][j]["features"] for j in d["cell_of"]]
    quotas = [[q["category"], q["value"], q["min"], q["max"]] for q in d["quotas"]]
    return [
        d["categories"],
        people,
        d["households"],
        quotas,
        d["options"]["size"],
        d["options"]["fairness"],
        d.get("replacing"),
    ]


def _cells_hold(d: dict[str, Any]) -> bool:
    """Counts are counted; homes (without the household rule: people) of one make-up are a class; numbered as met."""
    counted = [0] * len(d["cells"])
    make_up: dict[Any, list[int]] = {}
    for i, j in enumerate(d["cell_of"]):
        if j is not None:
            counted[j] += 1
            make_up.setdefault(i if d["households"] is None else d["households"][i], []).append(j)
    classes = {tuple(sorted(cells)): {d["cells"][j]["class"] for j in cells} for cells in make_up.values()}
    one_each = all(len(found) == 1 for found in classes.values())
    apart = len({min(found) for found in classes.values()}) == len(classes)
    in_order = all(
        list(dict.fromkeys(seen)) == list(range(len(set(seen))))
        for seen in ([j for j in d["cell_of"] if j is not None], [cell["class"] for cell in d["cells"]])
    )
    return one_each and apart and in_order and counted == [cell["people"] for cell in d["cells"]]


def _rows(d: dict[str, Any]) -> list[tuple[set[int], int, int]]:
    """Every inequality a panel keeps: (cells, least, most) for the quotas, the size, then classes of several cells."""
    cells, at = d["cells"], {name: i for i, name in enumerate(d["categories"])}
    rows = []
    for q in d["quotas"]:
        has = {j for j, cell in enumerate(cells) if cell["features"][at[q["category"]]] == q["value"]}
        rows.append((has, q["min"], q["max"]))
    rows.append((set(range(len(cells))), d["options"]["size"], d["options"]["size"]))
    members: dict[int, set[int]] = {}
    for j, cell in enumerate(cells):
        members.setdefault(cell["class"], set()).add(j)
    homes = _homes(d)
    return rows + [(members[k], 0, homes[k]) for k in members if len(members[k]) > 1]


def _homes(d: dict[str, Any]) -> dict[int, int]:
    """How many homes (people, without the household rule) each class has."""
    seen = {
        (d["cells"][j]["class"], i if d["households"] is None else d["households"][i])
        for i, j in enumerate(d["cell_of"])
        if j is not None
    }
    return {k: sum(1 for klass, _ in seen if klass == k) for k in {klass for klass, _ in seen}}


def _panels(d: dict[str, Any], rows: list[tuple[set[int], int, int]]) -> Finding:
    homes = _homes(d)
    for at, panel in enumerate(d["panels"]):
        seats = dict(panel["seats"])
        fits = all(0 < n <= homes[d["cells"][j]["class"]] for j, n in seats.items()) and panel["weight"] > 0
        for has, least, most in rows:
            fits = fits and least <= sum(n for j, n in seats.items() if j in has) <= most
        if not fits or len(seats) != len(panel["seats"]):
            return Finding(False, "panel_breaks", {"panel": at})
    whole = sum(panel["weight"] for panel in d["panels"]) == d["denominator"]
    return Finding(whole, "panels", {"count": len(d["panels"])})


def _fairest(d: dict[str, Any], rows: list[tuple[set[int], int, int]], chance: list[Fraction]) -> Finding:
    scale, homes = d["certificate"]["scale"], _homes(d)
    value: dict[int, Fraction] = {}
    widest = Fraction(0)
    nash = d["options"]["fairness"] == "nash"
    if scale != SCALE:
        return Finding(False, "stage_broken", {"stage": 0})
    for number, stage in enumerate(d["certificate"]["stages"], start=1):
        v = Fraction(stage["value"], scale)
        fixed, y = stage["fixed"], {j: Fraction(n, scale) for j, n in stage["weights"]}
        product = nash and bool(stage.get("product"))
        if not fixed or set(fixed) & set(value) or any(weight < 0 for weight in y.values()):
            return Finding(False, "stage_broken", {"stage": number})
        if product:
            top = max(d["cells"][j]["people"] ** 2 / (chance[j] * d["cells"][j]["people"]) for j in fixed)
            y = {j: d["cells"][j]["people"] / chance[j] / top for j in fixed}
        for j in fixed:
            value[j] = chance[j] if product else v
        if v == 1:
            continue
        never = {j for j, least in value.items() if least == 0 and j not in fixed}  # proven: in no panel at all
        most = {j: 0 if j in never else homes[cell["class"]] for j, cell in enumerate(d["cells"])}
        limits = {j: (0, n) for j, n in most.items()}
        bound = _bound(stage.get("tree", stage), y, d, rows, limits, scale)
        if bound is None:
            return Finding(False, "stage_unproven", {"stage": number})
        gap = bound - sum(weight * value.get(j, v) for j, weight in y.items())
        slack = [Fraction(1)] if product else [y.get(j, Fraction(0)) for j in fixed]
        if min(slack) <= 0 or gap > NEAR * min(slack):
            return Finding(False, "stage_unproven", {"stage": number})
        widest = max(widest, gap / min(slack))
    if d["options"]["fairness"] == "maximin":
        rest = d["certificate"]["stages"] and Fraction(d["certificate"]["stages"][-1]["value"], scale)
        value = {j: value.get(j, rest or Fraction(0)) for j in range(len(d["cells"]))}
    reached = len(value) == len(chance) and all(chance[j] >= v - SHORT for j, v in value.items())
    return Finding(reached, "fairest" if reached else "not_fairest", {"gap": f"{float(widest):.1e}"})


def _bound(
    node: dict[str, Any],
    y: dict[int, Fraction],
    d: dict[str, Any],
    rows: list[tuple[set[int], int, int]],
    limits: dict[int, tuple[int, int]],
    scale: int,
) -> Fraction | None:
    """No panel within the limits has Σ y·seats/people above this: rows times their prices, and what is left over."""
    if "cell" in node:
        j, at = node["cell"], node["at"]
        low, high = limits[j]
        parts = [
            _bound(node["below"], y, d, rows, {**limits, j: (low, min(high, at))}, scale),
            _bound(node["above"], y, d, rows, {**limits, j: (max(low, at + 1), high)}, scale),
        ]
        return None if None in parts else max(part for part in parts if part is not None)
    if "prices" not in node:
        return None
    left = [y.get(j, Fraction(0)) / cell["people"] for j, cell in enumerate(d["cells"])]
    total = Fraction(0)
    for r, price in node["prices"]:
        has, least, most = rows[r]
        p = Fraction(price, scale)
        total += max(p * least, p * most)
        for j in has:
            left[j] -= p
    return total + sum((max(rest * limits[j][0], rest * limits[j][1]) for j, rest in enumerate(left)), Fraction(0))


def _groups(d: dict[str, Any], printed: list[float]) -> list[dict[str, Any]]:
    """Pool, expected seats and seats drawn of every quota, counted again."""
    out = []
    for q in d["quotas"]:
        at = d["categories"].index(q["category"])
        inside = [
            i for i, j in enumerate(d["cell_of"]) if j is not None and d["cells"][j]["features"][at] == q["value"]
        ]
        drawn = None if d["drawn"] is None else len(set(inside) & set(d["drawn"]))
        expected = round(sum(printed[i] for i in inside), 6)
        named = {"category": q["category"], "value": q["value"]}
        out.append({**named, "pool": len(inside), "expected": expected, "drawn": drawn})
    return out


def _drawn(d: dict[str, Any]) -> list[Finding]:
    seed = d["seed"]
    if seed["kind"] == "none":
        return [Finding(d["drawn"] is None, "not_drawn")]
    bound = hashlib.sha256(f"{seed['text']}:{seed['nonce']}".encode()).hexdigest()
    key = hashlib.sha256(
        f"linli sortition 1\n{d['digest']}\n{seed['kind']}:{seed['text']}:{seed['nonce']}".encode()
    ).digest()
    state = {"at": 0}

    def below(n: int) -> int:
        while True:
            block = int.from_bytes(hashlib.sha256(key + state["at"].to_bytes(8, "big")).digest(), "big")
            state["at"] += 1
            if block < 2**256 // n * n:
                return block % n

    def shuffled(items: list[Any]) -> list[Any]:
        for last in range(len(items) - 1, 0, -1):
            other = below(last + 1)
            items[last], items[other] = items[other], items[last]
        return items

    ticket, chosen = below(d["denominator"]), 0
    while ticket >= d["panels"][chosen]["weight"]:
        ticket -= d["panels"][chosen]["weight"]
        chosen += 1
    home = [i if d["households"] is None else d["households"][i] for i in range(len(d["cell_of"]))]
    seated = []
    for klass in sorted({d["cells"][j]["class"] for j, _ in d["panels"][chosen]["seats"]}):
        inside = [i for i, j in enumerate(d["cell_of"]) if j is not None and d["cells"][j]["class"] == klass]
        order = shuffled(list(dict.fromkeys(home[i] for i in inside)))
        for j, n in sorted(d["panels"][chosen]["seats"]):
            if d["cells"][j]["class"] == klass:
                for address in order[:n]:
                    people = [i for i in inside if home[i] == address and d["cell_of"][i] == j]
                    seated.append(people[below(len(people))])
                order = order[n:]
    seated.sort()
    same = d["drawn"] == seated and d["panel"] == chosen
    return [
        Finding(seed["commitment"] == bound, "commitment"),
        Finding(same, "drawn", {"count": len(seated)}),
        Finding(d["replacements"] == _stand_ins(d, seated, home, shuffled), "stand_ins"),
    ]


def _stand_ins(d: dict[str, Any], seated: list[int], home: list[int], shuffled: Any) -> list[dict[str, list[int]]]:
    kinds: dict[tuple[str, ...], int] = {}
    for cell in d["cells"]:
        kinds.setdefault(tuple(cell["features"]), len(kinds))
    kind = [None if j is None else kinds[tuple(d["cells"][j]["features"])] for j in d["cell_of"]]
    taken = {home[i] for i in seated}
    out = []
    for one in sorted({k for i in seated if (k := kind[i]) is not None}):
        first_of_home: dict[int, int] = {}
        for i in shuffled([i for i, k in enumerate(kind) if k == one and home[i] not in taken]):
            first_of_home.setdefault(home[i], i)
        out.append({"for": [i for i in seated if kind[i] == one], "order": list(first_of_home.values())})
    return out


def _kept_apart(d: dict[str, Any]) -> bool:
    """A replacement draw chooses among those who neither stay nor left, for as many seats as fell empty."""
    replacing = d["replacing"]
    gone = [*replacing["kept"], *replacing["dropped"]]
    return (
        all(d["cell_of"][i] is None for i in gone)
        and len(set(gone)) == len(gone)
        and d["options"]["size"] == len(replacing["dropped"])
    )


def _same_file(d: dict[str, Any], name: str, path: Path) -> bool:
    """The file says what the result holds: for the pool every person's features, for the quotas every number."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    heads, *body = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    body = [row + [""] * (len(heads) - len(row)) for row in body if any(row)]
    if d.get("replacing"):
        return True
    if name == "pool":
        places = [heads.index(category) for category in d["categories"]]
        said = [[row[at] for at in places] for row in body]
        if d["options"].get("household"):
            homes: dict[tuple[str, ...], int] = {}
            address = [heads.index(column) for column in d["options"]["household"]]
            keys = [tuple(" ".join(row[at].split()).lower() for at in address) for row in body]
            if d["households"] != [homes.setdefault(key, len(homes)) for key in keys]:
                return False
        return said == [None if j is None else d["cells"][j]["features"] for j in d["cell_of"]]
    numbers = [[cell for cell in row if cell] for row in body]
    wanted = [[q["category"], q["value"], str(q["min"]), str(q["max"])] for q in d["quotas"]]
    return [row[:2] + [str(int(n)) for n in row[2:4]] for row in numbers] == wanted
