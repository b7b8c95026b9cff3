"""Exact money: one share and a list of prices as integers over one common denominator.

In Equal Shares what a voter has left is her first share minus prices she paid in full, or nothing at
all. So every sum the rule compares is `a · share − Σ u_j · price_j` with whole numbers a and u_j, and
exactness costs a few integer products per purchase instead of a fraction per voter. In Phragmén's rule
loads are sums of the same kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd
from operator import mul

UNIT_ERROR = 2.0**-53


class Ledger:
    """`share` and the prices so far; all over the denominator `over`."""

    __slots__ = ("over", "prices", "share")

    def __init__(self, share: Fraction) -> None:
        self.over = share.denominator
        self.share = share.numerator
        self.prices: list[int] = []

    def left(self, times: int, used: Iterable[int]) -> int:
        """`times · share − Σ used_j · price_j`, times `over`."""
        spent: int = sum(map(mul, used, self.prices))
        return times * self.share - spent

    def add(self, top: int, bottom: int) -> float:
        """A new price `top / (over · bottom)`; the nearest double of it."""
        shared = gcd(top, bottom)
        factor = bottom // shared
        if factor != 1:
            self.over *= factor
            self.share *= factor
            self.prices = [price * factor for price in self.prices]
        self.prices.append(top // shared)
        return self.prices[-1] / self.over

    def fraction(self, top: int) -> Fraction:
        """`top / over` in lowest terms."""
        return Fraction(top, self.over)
