"""Where a draw's chance comes from: SHA-256 of what was published, turned into whole numbers without bias.

The stream of a draw is block 0, 1, 2, … of sha256(key ‖ number as 8 bytes), each read as a whole number; a number
below n is the first block under the largest multiple of n, modulo n. Anyone can do the same with any SHA-256 tool.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

T = TypeVar("T")
BLOCK = 2**256


@dataclass(frozen=True)
class Source:
    """What decides the draw: a seed (with a nonce when it was committed to beforehand) or a public beacon's words."""

    kind: Literal["seed", "beacon"]
    text: str
    nonce: str = ""

    @property
    def commitment(self) -> str:
        """What may be published before the draw: it binds the seed without showing it."""
        return commitment(self.text, self.nonce)


def commitment(seed: str, nonce: str) -> str:
    """sha256 of `seed:nonce` in hexadecimal."""
    return hashlib.sha256(f"{seed}:{nonce}".encode()).hexdigest()


class Stream:
    """Whole numbers from a source and the digest of the input, so that one seed draws differently for each input."""

    def __init__(self, digest: str, source: Source) -> None:
        words = f"linli sortition 1\n{digest}\n{source.kind}:{source.text}:{source.nonce}"
        self._key = hashlib.sha256(words.encode()).digest()
        self._at = 0

    def below(self, n: int) -> int:
        """A whole number from 0 to n − 1, each as likely as another."""
        while True:
            block = hashlib.sha256(self._key + self._at.to_bytes(8, "big")).digest()
            self._at += 1
            number = int.from_bytes(block, "big")
            if number < BLOCK - BLOCK % n:
                return number % n

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in random order (Fisher, Yates 1938; Durstenfeld 1964)."""
        out = list(items)
        for last in range(len(out) - 1, 0, -1):
            other = self.below(last + 1)
            out[last], out[other] = out[other], out[last]
        return out
