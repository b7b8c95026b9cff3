"""A plain votes.csv column by column with numpy: whole numbers without quotes, every row as wide as the heading.

Files that are anything else (quotes, words for ids, odd votes, short rows) are left to the careful reader, which also
names what is wrong with them. The two give the same conversation wherever both can read (tests compare them).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bytes = NDArray[np.uint8]

PIECE = 400_000  # bytes looked at together: what a processor keeps near
WIDEST = 18  # digits that surely fit
COMMA, NEWLINE, RETURN, QUOTE, MINUS, ZERO = np.frombuffer(b',\n\r"-0', dtype=np.uint8)

Columns = tuple[list[str], Any, list[str], Any, Any, Any]


class _Odd(Exception):
    """The file is not plain."""


def read_columns(path: Path, *names: Sequence[str]) -> Columns | None:
    """Ids and codes of people and of statements, votes, times; None when the file is anything but plain.

    `names`: the headings by which person, statement, vote and time may be called, in this order.
    """
    try:
        content = path.read_bytes()
        end = content.find(b"\n")
        heading = [cell.strip() for cell in content[:end].decode("utf-8-sig").split(",")]
        places = [next((heading.index(name) for name in known if name in heading), None) for known in names]
        if end < 0 or any(at is None for at in places[:3]):
            return None
        wanted = [at for at in places if at is not None]
        pieces = list(_pieces(content, end + 1, len(heading), wanted))
        columns = [np.concatenate(parts) for parts in zip(*pieces, strict=True)]
        if not columns or columns[0].min() < 0 or columns[1].min() < 0 or np.abs(columns[2]).max() > 1:
            return None
        people, person = _coded(columns[0])
        statements, statement = _coded(columns[1])
    except (OSError, UnicodeDecodeError, _Odd):
        return None
    return people, person, statements, statement, columns[2], columns[3] if len(columns) > 3 else None


def _pieces(content: bytes, begin: int, width: int, wanted: list[int]) -> Iterator[list[Ints]]:
    """The wanted columns as numbers, a piece of whole rows at a time."""
    while begin < len(content):
        end = len(content) if begin + PIECE >= len(content) else content.rfind(b"\n", begin, begin + PIECE) + 1
        if end <= begin:
            raise _Odd
        piece = content[begin:end] if content[end - 1] == NEWLINE else content[begin:end] + b"\n"
        yield _numbers(np.frombuffer(piece, dtype=np.uint8), width, wanted)
        begin = end


def _numbers(signs: Bytes, width: int, wanted: list[int]) -> list[Ints]:
    marks = np.flatnonzero((signs == COMMA) | (signs == NEWLINE))
    if (signs == QUOTE).any() or len(marks) % width:
        raise _Odd
    stops = marks.reshape(-1, width)
    if (signs[marks].reshape(-1, width) != [COMMA] * (width - 1) + [NEWLINE]).any():
        raise _Odd
    starts = np.concatenate(([-1], stops[:-1, -1])) + 1
    ends = stops[:, -1] - (signs[stops[:, -1] - 1] == RETURN)
    found = []
    for at in wanted:
        first = starts if at == 0 else stops[:, at - 1] + 1
        found.append(_whole(signs, first, ends if at == width - 1 else stops[:, at]))
    return found


def _whole(signs: Bytes, first: Ints, end: Ints) -> Ints:
    """Digits from `first` up to `end` as numbers in their usual writing: no zeros in front, no spaces, no plus."""
    negative = signs[first] == MINUS
    any_negative = bool(negative.any())
    if any_negative:
        first = first + negative
    width = end - first
    longest, shortest = int(width.max()), int(width.min())
    if longest > WIDEST or shortest < 1:
        raise _Odd
    if ((signs[first] == ZERO) & ((width > 1) | negative)).any():
        raise _Odd
    value = _eight(signs, first) if shortest >= 8 else np.zeros(len(first), dtype=np.int64)
    for at in range(8 if shortest >= 8 else 0, longest):
        if at < shortest:
            digit = signs[first + at] - ZERO
            value *= 10
        else:
            here = at < width
            digit = np.where(here, signs[np.minimum(first + at, len(signs) - 1)] - ZERO, 0)
            value *= np.where(here, 10, 1)
        if digit.max() > 9:  # bytes: what stands before "0" turns over to above 9
            raise _Odd
        value += digit
    return np.where(negative, -value, value) if any_negative else value


def _eight(signs: Bytes, first: Ints) -> Ints:
    """The eight digits from each of these places on as a number; pairs, then fours, then all of a word at once."""
    words = np.ndarray(len(signs) - 7, dtype="<u8", buffer=signs, strides=(1,))[first]
    words ^= np.uint64(0x3030303030303030)
    if ((words | (words + np.uint64(0x0606060606060606))) & np.uint64(0xF0F0F0F0F0F0F0F0)).any():
        raise _Odd
    for ten, shift, mask in ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10000, 32, 0xFFFFFFFF)):
        words = (words * np.uint64(ten) + (words >> np.uint64(shift))) & np.uint64(mask)
    return words.astype(np.int64)


def _coded(values: Ints) -> tuple[list[str], Ints]:
    """The numbers that occur, as ids, and the place of each value among them."""
    top = int(values.max())
    if top > 4 * len(values) + 1000:
        used, place = np.unique(values, return_inverse=True)
        return [str(one) for one in used.tolist()], place
    occurs = np.bincount(values, minlength=top + 1) > 0
    return [str(one) for one in np.flatnonzero(occurs).tolist()], (np.cumsum(occurs) - 1)[values]
