"""A draw as one HTML page: who was drawn, who stands in, the chances, pool against quotas, how to check it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linli.engines.page import render
from linli.engines.sortition.data import Draw, Pool
from linli.engines.sortition.words import REPORT
from linli.engines.words import Lang

TEMPLATE = Path(__file__).parent / "report.html"
WIDE, HIGH = 720, 220
NEVER = 1e-9


def report_html(done: Draw, pool: Pool, lang: Lang = "zh") -> str:
    """The page as text; people are named by `pool.ids` (row numbers unless a column was chosen)."""
    d = done.document
    chances = sorted(d["probabilities"][i] for i, j in enumerate(d["cell_of"]) if j is not None)
    never = [i for i, j in enumerate(d["cell_of"]) if j is not None and d["probabilities"][i] <= NEVER]
    some = [chance for chance in chances if chance > NEVER]
    figures = [
        {"zh": "报名", "en": "Volunteers", "n": f"{len(chances):,}"},
        {"zh": "名额", "en": "Seats", "n": d["options"]["size"]},
        {"zh": "最低概率", "en": "Lowest chance", "n": percent(some[0])},
        {"zh": "最高概率", "en": "Highest chance", "n": percent(some[-1])},
        {"zh": "抽不到的人", "en": "Cannot be drawn", "n": len(chances) - len(some)},
    ]
    content = {
        "figures": figures,
        "fairness": _both(d["options"]["fairness"]),
        "drawn": None if d["drawn"] is None else _drawn(d, pool),
        "categories": [category for category in d["categories"] if category != "="],
        "replacing": _replacing(d, pool),
        "groups": _groups(d, len(chances)),
        "curve": _curve(chances, d["options"]["size"]),
        "never": [pool.ids[i] for i in never[:20]],
        "never_more": len(never) > 20,
        "equal": percent(d["options"]["size"] / len(chances)),
        "gini": f"{gini(chances):.3f}",
        "seed": d["seed"],
        "households": d["households"] is not None,
        "panels": f"{len(d['panels']):,}",
        "stages": len(d["certificate"]["stages"]),
        "ticket": d.get("panel"),
        "runs": [{"engine": d["engine"], "version": d["version"], "digest": d["digest"]}],
        "seal": d["seal"],
    }
    return render(TEMPLATE, content, lang)


def percent(chance: float) -> str:
    """A chance in percent, with a decimal where it is small."""
    return f"{100 * chance:.1f}%" if chance < 0.9995 else "100%"


def gini(ordered: Sequence[float]) -> float:
    """How unequal chances in ascending order are: 0 all alike, 1 one has all (Gini 1912)."""
    number = len(ordered)
    total = sum(ordered)
    return sum((2 * at - number + 1) * chance for at, chance in enumerate(ordered)) / (number * total)


def _both(code: str, **params: object) -> tuple[str, str]:
    return REPORT.say(code, "zh", **params), REPORT.say(code, "en", **params)


def _drawn(d: dict[str, Any], pool: Pool) -> list[dict[str, Any]]:
    waiting = {person: one["order"] for one in d["replacements"] for person in one["for"]}
    return [
        {
            "name": pool.ids[i],
            "features": pool.people[i],
            "chance": percent(d["probabilities"][i]),
            "stand_ins": [pool.ids[other] for other in waiting[i][:3]],
            "more": max(0, len(waiting[i]) - 3),
        }
        for i in d["drawn"]
    ]


def _replacing(d: dict[str, Any], pool: Pool) -> dict[str, Any] | None:
    if not d.get("replacing"):
        return None
    notes = d["replacing"]
    return {
        "rule": _both(notes["rule"]),
        "dropped": [pool.ids[i] for i in notes["dropped"]],
        "kept": [pool.ids[i] for i in notes["kept"]],
    }


def _groups(d: dict[str, Any], people: int) -> list[dict[str, Any]]:
    """Per quota: its bounds, the pool against them, expected and drawn seats, the mean chance."""
    size = d["options"]["size"]
    rows: list[dict[str, Any]] = []
    for quota, group in zip(d["quotas"], d["groups"], strict=True):
        share = group["pool"] / people
        low, high = quota["min"] / size, min(1.0, quota["max"] / size)
        gap = low - share if share < low else high - share if share > high else 0.0
        mean = group["expected"] / group["pool"] if group["pool"] else None
        rows.append(
            {
                "first": not rows or rows[-1]["category"] != quota["category"],
                "category": quota["category"],
                "value": quota["value"],
                "bounds": f"{quota['min']}–{quota['max']}" if quota["min"] != quota["max"] else quota["min"],
                "pool": f"{group['pool']:,}",
                "share": percent(share),
                "gap": f"{100 * gap:+.0f}" if abs(gap) >= 0.005 else "",
                "short": gap > 0,
                "expected": f"{group['expected']:.1f}",
                "drawn": group["drawn"],
                "mean": None if mean is None else percent(mean),
                "width": 0 if mean is None else f"{100 * mean:.1f}",
            }
        )
    return rows


def _curve(chances: Sequence[float], size: int) -> dict[str, Any]:
    """The chances of all, lowest first, as steps; and the line everybody would be on without quotas."""
    number = len(chances)
    points = []
    for at, chance in enumerate(chances):
        y = HIGH * (1 - chance)
        points.append(f"{WIDE * at / number:.1f},{y:.1f} {WIDE * (at + 1) / number:.1f},{y:.1f}")
    return {
        "wide": WIDE,
        "high": HIGH,
        "area": f"0,{HIGH} " + " ".join(points) + f" {WIDE},{HIGH}",
        "equal": f"{HIGH * (1 - size / number):.1f}",
    }
