"""Invented citizen ID numbers (GB 11643) of region 999999, and telephone numbers that do not exist.

Numbers follow the standard's form and check digit so that programs treat them like real ones; no
such region exists, so no number can be anyone's.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECK = np.frombuffer(b"10X98765432", dtype=np.uint8)
_ROOM = 499  # sequence numbers for one birth date and sex
REGION = "999999"


def id_numbers(birth_on: np.ndarray, male: np.ndarray) -> np.ndarray:
    """One distinct valid number per person: odd sequence for men, even for women.

    Raises AssertionError when more than 499 people share a birth date and sex.
    """
    days = birth_on.astype("datetime64[D]").astype(np.int64)
    key = days * 2 + male
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = np.arange(len(key)) - np.searchsorted(ranked, ranked)
    assert len(key) == 0 or rank.max() < _ROOM, "too many people born on one day for distinct ID numbers"
    within = (rank * 178 + key * 31) % _ROOM + 1
    sequence = 2 * within - male
    digits = np.empty((len(key), 18), dtype=np.uint8)
    year, month, day = _parts(birth_on)
    number = year * 10000 + month * 100 + day
    for at, figure in enumerate(REGION):
        digits[:, at] = int(figure)
    for at in range(8):
        digits[:, 6 + at] = number // 10 ** (7 - at) % 10
    for at in range(3):
        digits[:, 14 + at] = sequence // 10 ** (2 - at) % 10
    remainder = digits[:, :17].astype(np.int64) @ _WEIGHTS % 11
    digits[:, :17] += ord("0")
    digits[:, 17] = _CHECK[remainder]
    return _words(digits)


def phones(numbers: np.ndarray) -> np.ndarray:
    """Eleven digits beginning 0005 for each whole number below 10^7, distinct for distinct numbers."""
    mixed = (numbers.astype(np.int64) * 3_333_331 + 1_234_567) % 10_000_000
    digits = np.empty((len(mixed), 11), dtype=np.uint8)
    digits[:, :4] = np.frombuffer(b"0005", dtype=np.uint8)
    for at in range(7):
        digits[:, 4 + at] = mixed // 10 ** (6 - at) % 10 + ord("0")
    return _words(digits)


def _parts(days: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    months = days.astype("datetime64[M]")
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (days.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64) + 1
    return year, month, day


def _words(digits: np.ndarray) -> np.ndarray:
    """Rows of ASCII codes → text."""
    rows, width = digits.shape
    offsets = pa.py_buffer((np.arange(rows + 1, dtype=np.int32) * width).tobytes())
    joined = pa.Array.from_buffers(pa.string(), rows, [None, offsets, pa.py_buffer(digits.tobytes())])
    result: np.ndarray = joined.to_numpy(zero_copy_only=False)
    return result
