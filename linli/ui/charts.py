"""Numbers into the shapes of the charts: percents and paths, no colours and no words.

Bars are percent wide, so they live in table rows; a line stands in a box of 100 × 100 stretched to its place.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

VILLAGES_IN_A_ROW = 6
SQUARE = 10


@dataclass(frozen=True)
class Piece:
    """A stretch of a bar: `solid`, `hatched` or `grey`; start and width in percent."""

    kind: str
    x: float
    width: float


def bar(parts: Iterable[tuple[str, float]], whole: float) -> list[Piece]:
    """The stretches of one bar, one after the other; `whole` is what the full width means.

    >>> bar([("solid", 326), ("hatched", 62)], 800)
    [Piece(kind='solid', x=0.0, width=40.8), Piece(kind='hatched', x=40.8, width=7.8)]
    """
    pieces, at = [], 0.0
    for kind, value in parts:
        width = 100 * value / whole if whole else 0.0
        pieces.append(Piece(kind, round(at, 1), round(width, 1)))
        at += width
    return pieces


@dataclass(frozen=True)
class Line:
    """One series: its path, the three numbers of the axis from top to bottom, marks, and the points as a table."""

    path: str
    ticks: tuple[float, float, float]
    low: float
    marks: tuple[float, ...]
    points: tuple[tuple[str, float], ...]
    first: str
    last: str
    value: float


def line(points: Sequence[tuple[str, float]], *, low: float = 0, marks: Collection[str] = ()) -> Line:
    """A line over labelled points. `low` is where the axis starts; `marks` are labels where the counting changed.

    Raises ValueError when there is no point to draw.
    """
    if not points:
        raise ValueError("a line needs at least one point")
    high = _round_up(max(value for _, value in points), low)
    step = 100 / (len(points) - 1) if len(points) > 1 else 0.0
    where = [(round(i * step, 1), round(100 * (high - value) / (high - low), 1)) for i, (_, value) in enumerate(points)]
    path = "M" + " L".join(f"{x} {y}" for x, y in where)
    if len(points) == 1:
        path += " H100"
    return Line(
        path=path,
        ticks=(high, (high + low) / 2, low),
        low=low,
        marks=tuple(where[i][0] for i, (label, _) in enumerate(points) if label in marks),
        points=tuple(points),
        first=points[0][0],
        last=points[-1][0],
        value=points[-1][1],
    )


def _round_up(value: float, low: float) -> float:
    """A round number at or above the highest point, counted from where the axis starts."""
    span = max(value - low, 1)
    unit = max(10.0 ** math.floor(math.log10(span)) / 2, 2.0)
    return low + math.ceil(span / unit) * unit


@dataclass(frozen=True)
class Square:
    """A village on a tile: filled when it has a service point."""

    x: float
    y: float
    filled: bool


def squares(served: int, all_villages: int) -> list[Square]:
    """One small square per village in rows of six, those with a service point first."""
    return [
        Square(i % VILLAGES_IN_A_ROW * SQUARE + 0.5, i // VILLAGES_IN_A_ROW * SQUARE + 0.5, i < served)
        for i in range(all_villages)
    ]


def tile_height(all_villages: int) -> int:
    """How tall the squares of a tile stand, in the units of `squares`."""
    return max(math.ceil(all_villages / VILLAGES_IN_A_ROW), 1) * SQUARE
