"""An independent check of an opinion map: everything downstream of the stated grouping, and that the axes are the axes.

Shares no code with what made the map. Counts are recounted, rates and products are exact fractions, tests are worked
out again from them; with the votes at hand the digest, the positions and the optimality of the axes are checked too
(residual of the eigenvalue equation, and no larger direction anywhere). It does not judge whether other groups would
have been better; it recomputes the silhouette that is claimed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from linli.engines.opinion.checking_axes import check_axes
from linli.engines.opinion.checking_votes import Ballots, read_ballots
from linli.engines.verdict import Finding

GATE, MOST, CLOSE, FEW = 1.2816, 5, 1e-9, 5
Document = dict[str, Any]
Failure = str  # what differs, in symbols: ids and figures


def check(document: Document, inputs: Mapping[str, Path]) -> list[Finding]:
    """What holds of this result and what does not. `inputs`: `votes` (and `comments`) if they are to be recounted."""
    ballots = read_ballots(inputs["votes"], inputs.get("comments")) if "votes" in inputs else None
    steps: list[tuple[str, Callable[[], Iterator[Failure]]]] = []
    if ballots is not None:
        steps += [("digest", lambda: _digest(document, ballots)), ("counts", lambda: _counts(document, ballots))]
    steps.append(("totals", lambda: _totals(document)))
    if document["groups"]:
        steps += [
            ("consensus", lambda: _consensus(document)),
            ("representative", lambda: _representative(document)),
            ("common", lambda: _common(document)),
            ("priority", lambda: _priority(document)),
            ("middles", lambda: _middles(document)),
        ]
        if ballots is not None:
            steps += [
                ("taking_part", lambda: _taking_part(document, ballots)),
                ("axes", lambda: check_axes(document, ballots)),
            ]
    else:
        steps.append(("guarded", lambda: _guarded(document)))
    findings: list[Finding] = []
    for code, step in steps:
        if code == "axes" and not all(one.ok for one in findings[:2]):
            break  # other people or statements than the votes': nothing to lay side by side
        wrong = next(step(), None)
        findings.append(Finding(True, code) if wrong is None else Finding(False, code + "_wrong", {"what": wrong}))
    return findings if ballots is not None else [*findings, Finding(True, "without_votes")]


def _digest(document: Document, ballots: Ballots) -> Iterator[Failure]:
    if document["digest"] != ballots.digest:
        yield f"{document['digest'][:12]}… ≠ {ballots.digest[:12]}…"


def _counts(document: Document, ballots: Ballots) -> Iterator[Failure]:
    """Votes per statement, per group and per person, recounted."""
    group = {one["id"]: one["group"] for one in document["participants"]}
    if sorted(group) != sorted(ballots.by_person) or len(group) != len(document["participants"]):
        yield "participants"
        return
    if [one["id"] for one in document["statements"]] != [one[0] for one in ballots.statements]:
        yield "statements"
        return
    names = [one["id"] for one in document["groups"]]
    table = {one["id"]: {name: [0, 0, 0] for name in [*names, None]} for one in document["statements"]}
    for person, votes in ballots.by_person.items():
        if group[person] is not None and group[person] not in names:
            yield f"participant {person}: group {group[person]}"
        for statement, value in votes.items():
            cell = table[statement][group[person]]
            cell[0] += value == 1
            cell[1] += value == -1
            cell[2] += 1
    is_out = {one[0]: one[2] == -1 or one[3] for one in ballots.statements}
    for one in document["statements"]:
        cells = table[one["id"]]
        found = [sum(cell[at] for cell in cells.values()) for at in range(3)]
        hidden = not names and found[2] < FEW
        if [one["agree"], one["disagree"], one["seen"]] != ([None, None, found[2]] if hidden else found):
            yield f"statement {one['id']}: {found}"
        if one["is_out"] != is_out[one["id"]]:
            yield f"statement {one['id']}: moderation"
        for told in one.get("groups", []):
            if [told["agree"], told["disagree"], told["seen"]] != cells[told["group"]]:
                yield f"statement {one['id']}, group {told['group']}: {cells[told['group']]}"
    for one in document["participants"]:
        if names and one["votes"] != len(ballots.by_person[one["id"]]):
            yield f"participant {one['id']}: votes"


def _totals(document: Document) -> Iterator[Failure]:
    """Sums that must agree inside the file."""
    people, totals = document["participants"], document["totals"]
    grouped = [one for one in people if one["group"] is not None]
    found = {
        "participants": len(people),
        "grouped": len(grouped),
        "statements": len(document["statements"]),
        "out": sum(one["is_out"] for one in document["statements"]),
        "votes": sum(one["seen"] for one in document["statements"]),
    }
    if found != totals or document["k"] != len(document["groups"]):
        yield f"{found}, k = {len(document['groups'])}"
    for group in document["groups"]:
        size = sum(one["group"] == group["id"] for one in grouped)
        if size != group["size"]:
            yield f"group {group['id']}: {size}"
    names = [group["id"] for group in document["groups"]]
    if len(set(names)) != len(names) or {one["group"] for one in grouped} - set(names):
        yield f"groups {names}"
    for one in document["statements"]:
        parts = [(told["agree"], told["disagree"], told["seen"]) for told in one.get("groups", [])]
        if names and [told["group"] for told in one["groups"]] != names:
            yield f"statement {one['id']}: groups"
        for agree, disagree, seen in [*parts, (one["agree"] or 0, one["disagree"] or 0, one["seen"])]:
            if min(agree, disagree, seen) < 0 or agree + disagree > seen:
                yield f"statement {one['id']}: {agree} + {disagree} > {seen}"
        if parts and any(
            sum(part[at] for part in parts) > one[key] for at, key in enumerate(("agree", "disagree", "seen"))
        ):
            yield f"statement {one['id']}: groups > all"


def _consensus(document: Document) -> Iterator[Failure]:
    for one in document["statements"]:
        for key, side in (("consensus", "agree"), ("consensus_disagree", "disagree")):
            exact = math.prod((_rate(part[side], part["seen"]) for part in one["groups"]), start=Fraction(1))
            if not _close(one[key], float(exact)):
                yield f"statement {one['id']}: {key} = {exact}"


def _rate(success: int, trials: int) -> Fraction:
    return Fraction(success + 1, trials + 2)


def _z(success: int, trials: int) -> float:
    """One proportion against a half: 2·√(S+1)·((n+1)/(S+1) − ½), from its exact square."""
    apart = Fraction(success + 1, trials + 1) - Fraction(1, 2)
    return math.copysign(math.sqrt(4 * (trials + 1) * apart**2), apart)


def _z_two(success: int, trials: int, other: int, others: int) -> float:
    """Two proportions, one added to all four counts; 0 where both rates are 1."""
    n, m = trials + 1, others + 1
    pooled = Fraction(success + other + 2, n + m)
    if pooled == 1:
        return 0.0
    apart = Fraction(success + 1, n) - Fraction(other + 1, m)
    spread = pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, m))
    return math.copysign(math.sqrt(apart**2 / abs(spread)), apart) if spread > 0 else math.nan


Figures = tuple[Fraction, float, Fraction, float]  # rate, its test, ratio to the rest, its test


def _figures(document: Document, name: str) -> list[tuple[str, int, int, int, Figures, Figures]]:
    """Per statement: id, agrees, disagrees, seen of the group, and the figures of both sides, on the working matrix."""
    sizes = {group["id"]: group["size"] for group in document["groups"]}
    table = []
    for one in document["statements"]:
        cells = {
            part["group"]: (0, 0, sizes[part["group"]])
            if one["is_out"]
            else (part["agree"], part["disagree"], part["seen"])
            for part in one["groups"]
        }
        mine = cells[name]
        rest = [sum(cell[at] for cell in cells.values()) - mine[at] for at in range(3)]

        def side(at: int, mine: tuple[int, ...] = mine, rest: list[int] = rest) -> Figures:
            rate = _rate(mine[at], mine[2])
            return (
                rate,
                _z(mine[at], mine[2]),
                rate / _rate(rest[at], rest[2]),
                _z_two(mine[at], mine[2], rest[at], rest[2]),
            )

        table.append((one["id"], *mine, side(0), side(1)))
    return table


def _representative(document: Document) -> Iterator[Failure]:
    """The marking statements: the same ones are chosen again, and their figures hold."""
    for group in document["groups"]:
        table = _figures(document, group["id"])
        told = [(one["statement"], one["side"], one["best_agree"]) for one in group["representative"]]
        chosen = _chosen(table)
        if told != [(name, side, is_best) for name, side, is_best, _, _, _ in chosen]:
            yield f"group {group['id']}: {[name for name, *_ in chosen]}"
            continue
        for one, (_, _, _, success, trials, figures) in zip(group["representative"], chosen, strict=True):
            pairs = zip(
                (one["p"], one["p_test"], one["r"], one["r_test"]), [float(figure) for figure in figures], strict=True
            )
            if (one["success"], one["trials"]) != (success, trials) or not all(_close(a, b) for a, b in pairs):
                yield f"group {group['id']}, statement {one['statement']}"


def _chosen(
    table: list[tuple[str, int, int, int, Figures, Figures]],
) -> list[tuple[str, str, bool, int, int, Figures]]:
    """Polis' choice: best agreement first, then the strongest that pass both tests; five; agrees before disagrees."""

    def strength(figures: Figures) -> float:
        p, p_test, r, r_test = figures
        return float(r) * r_test * float(p) * p_test

    best: tuple[str, Figures] | None = None
    rows = []
    for name, agree, disagree, seen, for_it, against in table:
        p, p_test, r, _ = for_it
        if agree or disagree:
            if best is None:
                better = p_test > GATE or (r > 1 and p > Fraction(1, 2))
            elif best[1][2] > 1:
                better = strength(for_it) > strength(best[1])
            else:
                better = float(p) * p_test > float(best[1][0]) * best[1][1]
            best = (name, for_it) if better else best
        takes = for_it[3] > against[3]
        figures = for_it if takes else against
        passes = any(part[3] > GATE and part[1] > GATE for part in (for_it, against))
        rows.append((name, "agree" if takes else "disagree", agree if takes else disagree, seen, figures, passes))
    ranked = sorted((row for row in rows if row[5]), key=lambda row: -_rounded(strength(row[4])))
    if not ranked and best is None and table:
        top = max(range(len(table)), key=lambda at: max(table[at][4][3], table[at][5][3]))
        ranked = [rows[top]]
    first = [row for row in rows if best is not None and row[0] == best[0]]
    picked = (first + [row for row in ranked if row not in first])[:MOST]
    picked.sort(key=lambda row: row[1] != "agree")
    return [
        (name, side, best is not None and name == best[0], success, trials, figures)
        for name, side, success, trials, figures, _ in picked
    ]


def _rounded(value: float) -> float:
    """To twelve digits, so that equal strengths reached by different sums stay in the order of the statements."""
    return float(f"{value:.12g}")


def _common(document: Document) -> Iterator[Failure]:
    """What the whole conversation leans to."""
    everyone = document["totals"]["participants"]
    for side in ("agree", "disagree"):
        fit = []
        for one in document["statements"]:
            success, trials = (0, everyone) if one["is_out"] else (one[side], one["seen"])
            p, z = _rate(success, trials), _z(success, trials)
            if p > Fraction(1, 2) and z > GATE:
                fit.append((one["id"], success, trials, float(p), z))
        fit.sort(key=lambda row: -_rounded(row[3] * row[4]))
        told = [
            tuple(one[key] for key in ("statement", "success", "trials", "p", "p_test"))
            for one in document["common"][side]
        ]
        if [one[:3] for one in told] != [one[:3] for one in fit[:MOST]]:
            yield f"{side}: {[one[0] for one in fit[:MOST]]}"
        elif not all(_close(a[at], b[at]) for a, b in zip(told, fit, strict=False) for at in (3, 4)):
            yield side


def _priority(document: Document) -> Iterator[Failure]:
    for one in document["statements"]:
        agree, disagree, seen = (sum(part[key] for part in one["groups"]) for key in ("agree", "disagree", "seen"))
        reach = 1 + math.hypot(one["x"], one["y"])
        importance = float((1 - _rate(seen - agree - disagree, seen)) * _rate(agree, seen)) * reach
        exact = 49.0 if one["is_meta"] else (importance * (1 + 8 * 2 ** (-seen / 5))) ** 2
        if not _close(one["priority"], exact):
            yield f"statement {one['id']}: {exact}"


def _middles(document: Document) -> Iterator[Failure]:
    """Groups' middles from their members' positions."""
    for group in document["groups"]:
        mine = [one for one in document["participants"] if one["group"] == group["id"]]
        for at, axis in enumerate(("x", "y")):
            if mine and not _close(group["center"][at], math.fsum(one[axis] for one in mine) / len(mine)):
                yield f"group {group['id']}"


def _taking_part(document: Document, ballots: Ballots) -> Iterator[Failure]:
    """In our own mode those are grouped who voted enough, and no group is under the floor."""
    options = document["options"]
    if options["mode"] != "stable" or options["groups"] == "given":
        return
    enough = min(options["least_votes"], len(document["statements"]))
    for one in document["participants"]:
        if (one["group"] is not None) != (len(ballots.by_person[one["id"]]) >= enough):
            yield f"participant {one['id']}"
    grouped = document["totals"]["grouped"]
    floor = options["least_group"] or max(5, -(-grouped // 50))
    if grouped < options["least_people"] or min(group["size"] for group in document["groups"]) < floor:
        yield f"{grouped} / {floor}"


def _guarded(document: Document) -> Iterator[Failure]:
    """Without a map nothing about single people may stand in the file."""
    if any(set(one) != {"id", "group"} or one["group"] is not None for one in document["participants"]):
        yield "participants"
    if document["axes"] or document["alarms"] or not document["notes"]:
        yield "axes, alarms or notes"
    for one in document["statements"]:
        if one["seen"] < FEW and (one["agree"] is not None or one["disagree"] is not None):
            yield f"statement {one['id']}"


def _close(told: float, exact: float) -> bool:
    return abs(told - exact) <= CLOSE * max(1.0, abs(exact))
