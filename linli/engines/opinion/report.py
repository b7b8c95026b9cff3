"""A conversation's report: one HTML file with the map, the groups, common ground, what divides, and every statement.

Nobody is named in it: dots are places of the map with as many people as stand there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from linli.engines.opinion.explaining import common_ground, divisive, group_reading, text_of
from linli.engines.opinion.result import FEW, alarm_words, totals
from linli.engines.opinion.words import say_both
from linli.engines.page import render

if TYPE_CHECKING:
    from linli.engines.opinion.data import OpinionMap
    from linli.engines.words import Lang

TEMPLATE = Path(__file__).parent / "report.html"
WIDE, HIGH, EDGE = 720, 480, 30  # of the map, in its own units
CELL = 14  # people closer than this stand in one dot
KINDS = 5  # marks the style sheet knows; more groups use them again


def report_page(found: OpinionMap, topic: str, lang: Lang) -> str:
    """The report as HTML text; `topic` is what was asked, `lang` shows first."""
    sums = totals(found)
    content = {
        "topic": topic or found.conversation.topic,
        "strip": [
            {"zh": "参与的人", "en": "People", "n": f"{sums['participants']:,}"},
            {"zh": "分了群的人", "en": "Grouped", "n": f"{sums['grouped']:,}"},
            {"zh": "意见", "en": "Statements", "n": f"{sums['statements'] - sums['out']:,}"},
            {"zh": "票", "en": "Votes", "n": f"{sums['votes']:,}"},
            {"zh": "群", "en": "Groups", "n": len(found.names) or "–"},
        ],
        "notes": [say_both(note, {}) for note in found.notes],
        "is_map": found.is_map,
        "mode": found.options.mode,
        "given": found.given,
        "stability": None if found.stability is None else round(100 * found.stability.score),
        "silhouette": None if found.silhouette is None else f"{found.silhouette:.2f}",
        "map": _map(found) if found.is_map else None,
        "groups": [_group(found, at) for at in range(len(found.names))],
        "shared": [_shared(found, one) for one in common_ground(found)],
        "nothing_shared": say_both("nothing_shared", {}),
        "divisive": [_divides(found, one) for one in divisive(found)],
        "statements": _statements(found),
        "alarms": [alarm_words(one) for one in found.alarms] if found.is_map else [],
        "names": found.names,
        "few": FEW,
        "runs": [{"engine": found.engine, "version": found.version, "digest": found.digest}],
    }
    return render(TEMPLATE, content, lang)


def _map(found: OpinionMap) -> dict[str, Any]:
    """Dots (place, size, group) and the groups' letters, scaled to the drawing."""
    shown = found.positions
    low, high = shown.min(axis=0), shown.max(axis=0)
    scale = min((WIDE - 2 * EDGE) / max(high[0] - low[0], 1e-9), (HIGH - 2 * EDGE) / max(high[1] - low[1], 1e-9))
    middle = (low + high) / 2
    x = WIDE / 2 + (shown[:, 0] - middle[0]) * scale
    y = HIGH / 2 - (shown[:, 1] - middle[1]) * scale
    _, cell = np.unique(np.rint(x / CELL) * 1e6 + np.rint(y / CELL) + found.group * 1e-3, return_inverse=True)
    cell = cell.reshape(-1)
    many = np.bincount(cell)
    across, down = (np.bincount(cell, weights=axis) / many for axis in (x, y))
    group = np.zeros(len(many), dtype=np.int64)
    group[cell] = found.group
    dots = [
        {"x": f"{a:.1f}", "y": f"{b:.1f}", "r": f"{min(3.2 * n**0.5, CELL):.1f}", "n": int(n), "kind": _kind(int(g))}
        for a, b, n, g in zip(across, down, many, group, strict=True)
    ]
    letters = []
    for at, name in enumerate(found.names):
        inside = found.group == at
        letters.append(
            {"x": f"{x[inside].mean():.1f}", "y": f"{y[inside].mean():.1f}", "name": name, "kind": _kind(at)}
        )
    return {"wide": WIDE, "high": HIGH, "dots": sorted(dots, key=lambda dot: -dot["n"]), "letters": letters}


def _kind(group: int) -> str:
    return "none" if group < 0 else f"g{group % KINDS}"


def _group(found: OpinionMap, at: int) -> dict[str, Any]:
    told = [say_both(code, params) for code, params in group_reading(found, at)]
    return {"name": found.names[at], "kind": _kind(at), "first": told[0], "marks": told[1:]}


def _shared(found: OpinionMap, one: Any) -> dict[str, Any]:
    params = {"text": text_of(found, one.statement), "least": round(100 * one.least)}
    return say_both(f"shared_{one.side}", params | {"success": one.success, "trials": one.trials}) | {
        "shares": _shares(found, one.statement)
    }


def _divides(found: OpinionMap, one: Any) -> dict[str, Any]:
    return {"text": text_of(found, one.statement), "shares": _shares(found, one.statement)}


def _shares(found: OpinionMap, statement: int) -> list[dict[str, Any]]:
    """Each group's agree and disagree share in percent, for a bar of its own."""
    rows = []
    for at, name in enumerate(found.names):
        agree, disagree, seen = (
            int(part[at, statement]) for part in (found.by_group.agree, found.by_group.disagree, found.by_group.seen)
        )
        share = [0.0 if not seen else 100 * part / seen for part in (agree, disagree)]
        rows.append(
            {
                "name": name,
                "agree": round(share[0]),
                "disagree": round(share[1]),
                "at": f"{100 - share[1]:.1f}",
                "seen": seen,
            }
        )
    return rows


def _statements(found: OpinionMap) -> list[dict[str, Any]]:
    """All statements, most shared first, those that are out last; without a map few votes are not counted out."""
    order = list(range(len(found.conversation.statements)))
    if found.is_map:
        order.sort(key=lambda j: (found.conversation.statements[j].is_out, -float(found.consensus[j])))
    rows = []
    for j in order:
        about = found.conversation.statements[j]
        agree, disagree, seen = (
            int(part[0, j]) for part in (found.counts.agree, found.counts.disagree, found.counts.seen)
        )
        rows.append(
            {
                "id": about.id,
                "text": text_of(found, j),
                "is_out": about.is_out,
                "seen": seen,
                "hidden": not found.is_map and seen < FEW,
                "agree": agree,
                "disagree": disagree,
                "width": f"{100 * agree / max(seen, 1):.1f}",
                "groups": [one["agree"] if one["seen"] else None for one in _shares(found, j)],
                "consensus": f"{float(found.consensus[j]):.2f}" if found.is_map else "",
            }
        )
    return rows
