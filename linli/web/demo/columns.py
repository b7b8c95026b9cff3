"""Columns of the demo's generators: arrays of one length by name, and the two steps taken with them everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np

Columns = dict[str, np.ndarray]


def known(values: np.ndarray) -> np.ndarray:
    """Whether each value is there (not None)."""
    return np.array([value is not None for value in values], dtype=bool)


def only(mask: np.ndarray, values: Any) -> np.ndarray:
    """`values` (an array or one value) where `mask` holds, else None."""
    result = np.full(len(mask), None, dtype=object)
    result[mask] = values[mask] if isinstance(values, np.ndarray) else values
    return result
