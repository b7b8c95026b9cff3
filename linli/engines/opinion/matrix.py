"""The vote matrix as products over cast votes: centre, positions, and what the axes need. No groups here.

Missing votes stand for the column's mean, so centred they are 0 and cost nothing. Columns of statements that are out
are all zero for everyone, and count as answered by everyone (Polis' rule; it shrinks everybody's scaling alike).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from linli.engines.opinion.data import Conversation, Flags, Floats, Ints

DENSE = 1_000_000  # cells up to which a plain array is smaller and faster than a sparse one
SQUARE = 600  # statements up to which XᵀX is formed once, and then multiplied


class Matrix:
    """People × statements, centred by statement. `answered`: votes per person; `center`: mean per statement."""

    def __init__(
        self, person: Ints, statement: Ints, value: Ints, shape: tuple[int, int], out: Flags, *, square: bool = True
    ) -> None:
        people, statements = shape
        self.shape = shape
        lively = ~out[statement] if out.any() else slice(None)
        who, what, how = person[lively], statement[lively], value[lively]
        seen = np.bincount(what, minlength=statements)
        total = np.bincount(what, weights=how, minlength=statements)
        self.center: Floats = total / np.maximum(seen, 1)
        self.scale: Floats = np.sqrt(
            statements / np.maximum(np.bincount(who, minlength=people) + int(out.sum()), 1).astype(np.float64)
        )
        spread = how - self.center[what]
        self.trace = float(spread @ spread)
        self._cells: Any
        if people * statements <= DENSE:
            self._cells = np.zeros(shape)
            self._cells[who, what] = spread
        else:
            from scipy.sparse import csr_array

            self._cells = csr_array((spread, (who, what)), shape=shape)
        self._turned = self._cells.T
        dense = square and isinstance(self._cells, np.ndarray) and statements <= min(SQUARE, people)
        self._square = self._turned @ self._cells if dense else None

    @classmethod
    def of(cls, talk: Conversation) -> Matrix:
        """The working matrix of a conversation."""
        out = np.array([s.is_out for s in talk.statements], dtype=bool)
        return cls(talk.person, talk.statement, talk.value, (len(talk.people), len(talk.statements)), out)

    def normal(self, block: Floats) -> Floats:
        """XᵀX times a block of columns (statements × b)."""
        product: Floats = self._turned @ (self._cells @ block) if self._square is None else self._square @ block
        return product

    def positions(self, axes: Floats) -> Floats:
        """Where each person stands (people × 2): the sum over answered statements, times √(statements / answered).

        The factor undoes the pull to the middle of those who answered few (Polis' sparsity correction).
        """
        placed: Floats = (self._cells @ axes.T) * self.scale[:, None]
        return placed

    def statement_positions(self, axes: Floats) -> Floats:
        """Where somebody would stand who agreed with one statement and answered nothing else (statements × 2)."""
        placed: Floats = (np.sqrt(self.shape[1]) * (1.0 - self.center) * axes).T
        return placed
