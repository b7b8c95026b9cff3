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

    def __init__(self, person: Ints, statement: Ints, value: Ints, shape: tuple[int, int], out: Flags) -> None:
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
        self._mask: Any  # 1 where answered
        if people * statements <= DENSE:
            self._cells = np.zeros(shape)
            self._cells[who, what] = spread
            self._mask = np.zeros(shape)
            self._mask[who, what] = 1
        else:
            from scipy.sparse import csr_array

            self._cells = csr_array((spread, (who, what)), shape=shape)
            self._mask = csr_array((np.ones_like(spread), self._cells.indices, self._cells.indptr), shape=shape)
        self._turned = self._cells.T
        dense = isinstance(self._cells, np.ndarray) and statements <= min(SQUARE, people)
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

    def in_halves(self, people: Ints, halves: Flags, start: Floats) -> list[Floats]:
        """Where these people stand on maps made from parts of them: a place each for every row of `halves`.

        Centre and axes are those of the part. The axes are sought among the directions `start`, and the best two go
        once through the part's own XᵀX; all parts at once. The part's matrix is X − M∘shift on its rows, where `shift`
        is how far its centre lies from that of the whole and M says who answered what.
        """
        cells, mask = self._cells[people], self._mask[people]
        part = halves.astype(np.float64)
        shift = np.asarray((part @ cells) / np.maximum(part @ mask, 1))
        width, parts = start.shape[1], len(part)
        shifts = np.repeat(shift, width, axis=0).T
        back = np.tile(cells @ start, parts) - mask @ (shifts * np.tile(start, parts))
        back *= np.repeat(part, width, axis=0).T
        turned = np.asarray(cells.T @ back) - shifts * np.asarray(mask.T @ back)
        stacked = turned.reshape(len(start), parts, width).transpose(1, 0, 2)  # XᵀX·start of each part
        _, turn = np.linalg.eigh(start.T @ stacked)
        axes, _ = np.linalg.qr(stacked @ turn[:, :, :-3:-1])
        count = axes.shape[2]
        flat = axes.transpose(1, 0, 2).reshape(len(start), parts * count)
        spread = cells @ flat - mask @ (np.repeat(shift, count, axis=0).T * flat)
        placed = np.asarray(spread) * self.scale[people][:, None]
        places = placed.reshape(len(people), parts, count).transpose(1, 0, 2)
        return [each if count == 2 else np.column_stack((each, 0 * each)) for each in places]

    def statement_positions(self, axes: Floats) -> Floats:
        """Where somebody would stand who agreed with one statement and answered nothing else (statements × 2)."""
        placed: Floats = (np.sqrt(self.shape[1]) * (1.0 - self.center) * axes).T
        return placed
