"""Markers: every stored field of the fixture world holds a text that occurs nowhere else.

A marker found in an answer, a header, a log line or the raw database says whose field got out.
Dates, counts and the last four of a phone are too short to be markers and are not scanned for.
"""

from __future__ import annotations

import base64
import io
import logging
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

WRITTEN = re.compile(r"XQ\d{4}ZW")
ZIPPED = b"PK\x03\x04"


@dataclass(frozen=True)
class Marker:
    """What a marker stands for: whose field, of which class, and whether it lies sealed in the database."""

    text: str
    about: str
    field: str
    sensitivity: int
    is_sealed: bool


@dataclass
class Canaries:
    """All markers of a world, by their text."""

    known: dict[str, Marker] = field(default_factory=dict)

    def make(self, about: str, name: str, sensitivity: int, *, sealed: bool = False, within: str = "{}") -> str:
        """A fresh marker for one field; `within` is the form the stored value must have."""
        text = f"XQ{len(self.known) + 1:04d}ZW"
        self.known[text] = Marker(text, about, name, sensitivity, sealed)
        return within.replace("{}", text)

    def found_in(self, text: str) -> set[Marker]:
        return {self.known[word] for word in WRITTEN.findall(text) if word in self.known}

    def raw_forms(self, *, sealed_only: bool) -> Iterator[tuple[Marker, bytes]]:
        """Every form in which a marker could lie in a file."""
        for marker in self.known.values():
            if sealed_only and not marker.is_sealed:
                continue
            plain = marker.text.encode()
            yield marker, plain
            yield marker, marker.text.encode("utf-16-le")
            yield marker, marker.text.encode("utf-16-be")
            yield marker, plain.hex().encode()
            yield marker, plain.hex().upper().encode()
            for shift in range(3):
                # The two base64 groups that hold nothing but the marker, whatever stands before it.
                start = 4 if shift else 0
                yield marker, base64.b64encode(b"\0" * shift + plain)[start : start + 8]


def text_of(response: Any) -> str:
    """Body, headers, redirect target and cookies of an answer; a workbook is unpacked first."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    parts = [unpacked(body)]
    parts += [f"{name}: {value}" for name, value in response.headers.items()]
    parts += [cookie.OutputString() for cookie in response.cookies.values()]
    return "\n".join(parts)


def unpacked(body: bytes) -> str:
    """The text of an answer, of every part of it when it is an archive."""
    if not body.startswith(ZIPPED):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = logging.Formatter().format(record)
        self.lines.append(text)


@contextmanager
def logged() -> Iterator[list[str]]:
    """Everything any logger of the program says meanwhile, with its tracebacks."""
    lines = _Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        yield lines.lines
    finally:
        root.removeHandler(lines)
        root.setLevel(level)
