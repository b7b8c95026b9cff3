"""The leading axes: block Krylov with Rayleigh–Ritz restarts, without a random start. No votes here, only a product.

Method: Golub & Van Loan, Matrix Computations, 4th ed., §10.3 (block Lanczos with full re-orthogonalisation). The start
is a fixed table of cosines, so the same matrix gives the same axes on every run; converged axes do not depend on it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from linli.engines.opinion.data import Floats

AXES = 2
BLOCK = 4
KEPT = 12  # directions handed on for a later start
DEPTH, DEEP = 8, 24  # products per round
MANY = 2000  # statements
ROUNDS = 60


class Axes(NamedTuple):
    """`vectors`: unit rows (2 × statements; a row of zeros where there is no such direction), `values`: eigenvalues,
    `start`: the block that converges at once when handed in again."""

    vectors: Floats
    values: Floats
    start: Floats


def leading_axes(
    normal: Callable[[Floats], Floats],
    size: int,
    start: Floats | None = None,
    tolerance: float | None = None,
    depth: int | None = None,
    rounds: int = ROUNDS,
) -> Axes:
    """The two leading eigenvectors of the symmetric product `normal`, to a residual of `tolerance` × the largest value.

    `start`: a block (size × b) to begin from, for example of a map that has changed a little. Large problems are solved
    to 1e-8 in deep rounds, small ones to 1e-12 in shallow ones, unless said otherwise.
    """
    tolerance = tolerance or (1e-12 if size <= MANY else 1e-8)
    depth = depth or (DEPTH if size <= MANY else DEEP)
    block = _orthonormal(_cosines(size) if start is None else start)
    for _ in range(rounds):
        basis, image = _krylov(normal, block, depth)
        small = basis.T @ image
        values, turn = np.linalg.eigh((small + small.T) / 2)
        turn, values = turn[:, ::-1], values[::-1]
        kept = basis @ turn[:, :KEPT]
        block = kept[:, :BLOCK]
        rest = image @ turn[:, :AXES] - block[:, :AXES] * values[:AXES]
        if values[0] <= 0 or np.sqrt((rest**2).sum(axis=0)).max() <= tolerance * values[0]:
            break
    vectors, found = np.zeros((AXES, size)), np.zeros(AXES)
    for k in range(min(AXES, block.shape[1])):
        if values[k] > 1e-12 * max(values[0], 0.0):
            vectors[k], found[k] = block[:, k], values[k]
    return Axes(vectors, found, kept)


def signed(vectors: Floats, positions: Floats, before: Floats | None = None) -> Floats:
    """+1 or −1 per axis: as in the axes `before`; else so that the longer tail of the people points to the positive.

    An axis has no sign of its own; a rule that looks at people and not at their order keeps the map from flipping.
    """
    signs = np.ones(len(vectors))
    for k, vector in enumerate(vectors):
        lean = float(vector @ before[k]) if before is not None else 0.0
        if abs(lean) < 0.1:
            cubes = positions[:, k] ** 3
            lean = float(cubes.sum())
            if abs(lean) < 1e-6 * float(np.abs(cubes).sum()):
                lean = float(vector[int(np.argmax(np.abs(vector).round(9)))])
        signs[k] = -1.0 if lean < 0 else 1.0
    return signs


def _krylov(normal: Callable[[Floats], Floats], block: Floats, depth: int) -> tuple[Floats, Floats]:
    """An orthonormal basis of span(Q, AQ, …, A^(depth−1) Q), and its image under A."""
    basis, image = block, normal(block)
    fresh = image
    for _ in range(depth - 1):
        fresh = _beside(basis, fresh, float(np.abs(image).max()))
        if not fresh.shape[1]:
            break
        forward = normal(fresh)
        basis, image = np.hstack((basis, fresh)), np.hstack((image, forward))
        fresh = forward
    return basis, image


def _beside(basis: Floats, block: Floats, scale: float) -> Floats:
    """Orthonormal columns for what the block adds to the basis; noise (beside `scale`) adds nothing."""
    fresh = _unit(block - basis @ (basis.T @ block), scale)
    fresh = fresh - basis @ (basis.T @ fresh)  # once more at full length: cancellation leaves noise along the basis
    return _orthonormal(fresh)[:, : basis.shape[0] - basis.shape[1]]


def _unit(block: Floats, scale: float = 0.0) -> Floats:
    """The columns brought to length 1, so that the direction of noise cannot take its part from the others."""
    length = np.sqrt((block**2).sum(axis=0))
    kept = length > max(1e-13 * scale, 1e-300)
    return np.asarray(block[:, kept] / length[kept])


def _orthonormal(block: Floats) -> Floats:
    """Orthonormal columns spanning the block; those that hardly differ from the ones before are left out."""
    q, r = np.linalg.qr(_unit(block))
    return np.asarray(q[:, np.abs(np.diagonal(r)) > 1e-7])


def _cosines(size: int) -> Floats:
    """A start that favours no statement: columns of cosines with incommensurable steps (√2, √3, √5, √7)."""
    steps = np.sqrt(np.array([2.0, 3.0, 5.0, 7.0]))[: min(BLOCK, size)]
    return np.asarray(np.cos(np.arange(1, size + 1)[:, None] * steps * 1.7))
