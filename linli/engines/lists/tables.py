"""The engine's tables of words (headings.toml, values.toml), read once, and how text is made comparable."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>")
_NOISE = re.compile(r"[\s\W_]+")
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]+")


@cache
def table(name: str) -> Mapping[str, Any]:
    """`headings` or `values`: the whole table of that name."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))


@cache
def fields() -> tuple[str, ...]:
    """Every field of a record that a column may carry, in the order of the headings table."""
    return tuple(table("headings")["field"])


@cache
def several(field: str) -> bool:
    """Whether more than one column may carry the field."""
    return bool(table("headings")["field"][field].get("several"))


def plain(text: str) -> str:
    """NFKC, without control characters and zero-width marks, trimmed.

    >>> plain(" １２３Ｘ\u200b ")
    '123X'
    """
    if text.isprintable() and unicodedata.is_normalized("NFKC", text):
        return text.strip()
    return _CONTROL.sub("", unicodedata.normalize("NFKC", text)).replace("\u200b", "").strip()


def tight(text: str) -> str:
    """`plain` without any blank.

    >>> tight("张　三")
    '张三'
    """
    bare = plain(text)
    return bare.replace(" ", "") if bare.isprintable() else _BLANKS.sub("", bare)


@cache
def heading_key(text: str) -> str:
    """A heading made comparable: no brackets with their content, no blanks, no punctuation, lower case.

    >>> heading_key("＊出生 日期（年月日）")
    '出生日期'
    """
    normal = plain(text).lower()
    bare = _NOISE.sub("", _BRACKETS.sub("", normal))
    return bare or _NOISE.sub("", normal)


@cache
def empty_words() -> frozenset[str]:
    """Cells that say that nothing is known: 无, 不详, /, …"""
    return frozenset(table("values")["empty"]) | frozenset(table("values")["errors"])


def is_error(text: str) -> bool:
    """Whether the cell holds what a program writes where a formula gives nothing (#N/A)."""
    return text[:1] == "#" and text.lower() in table("values")["errors"]


def is_empty(text: str) -> bool:
    """Whether the cell says nothing: empty, or one of the words for it."""
    # No word for nothing is longer, even spaced out; most cells are told apart by this alone.
    return not text or (len(text) <= 8 and tight(text).lower() in empty_words())
