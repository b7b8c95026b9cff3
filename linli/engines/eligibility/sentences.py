"""Writes figures and sentences for many rows at once: values as words in two languages and as JSON."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from linli.engines.words import Lang

if TYPE_CHECKING:
    import pyarrow as pa

Texts = Any  # a pyarrow array of text, or one text for all rows

_UNKNOWN: Mapping[Lang, str] = {"zh": "未知", "en": "unknown"}
_YES_NO: Mapping[Lang, tuple[str, str]] = {"zh": ("是", "否"), "en": ("yes", "no")}
_AT: Mapping[Lang, int] = {"zh": 0, "en": 1}


def joined(parts: Sequence[Texts], rows: int) -> pa.Array:
    """The parts of each row one after the other, for `rows` rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    blank = pa.repeat(pa.scalar("", pa.string()), rows)
    return pc.binary_join_element_wise(blank, *parts, "")


def shown(values: pa.Array, lang: Lang, words: Mapping[str, tuple[str, str]]) -> pa.Array:
    """Values as they stand in a sentence: codes by `words`, numbers to two places, unknown in words."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_boolean(values.type):
        yes, no = _YES_NO[lang]
        return pc.fill_null(pc.if_else(values, yes, no), _UNKNOWN[lang])
    text = _text(values, "、" if lang == "zh" else ", ")
    if words:
        at = pc.index_in(text, pa.array(list(words)))
        text = pc.coalesce(pa.array([pair[_AT[lang]] for pair in words.values()]).take(at), text)
    return pc.fill_null(text, _UNKNOWN[lang])


def as_json(values: pa.Array) -> pa.Array:
    """Values as JSON; unknown is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = _text(values, ",")
    if pa.types.is_boolean(values.type) or pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        return pc.fill_null(text, "null")
    text = pc.replace_substring(pc.replace_substring(text, "\\", "\\\\"), '"', '\\"')
    text = pc.replace_substring_regex(text, r"[\x00-\x1f]", " ")
    return pc.fill_null(pc.binary_join_element_wise('"', text, '"', ""), "null")


def filled(
    template: str,
    values: Mapping[str, pa.Array],
    words: Mapping[str, Mapping[str, tuple[str, str]]],
    lang: Lang,
) -> list[Texts]:
    """The parts of a sentence template with its `{names}` filled in."""
    parts: list[Texts] = []
    for text, name, _, _ in string.Formatter().parse(template):
        parts.append(text)
        if name:
            parts.append(shown(values[name], lang, words.get(name, {})))
    return parts


def _text(values: pa.Array, separator: str) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        # A missing entry of a list is passed over by the join, as it is by the rules.
        return pc.binary_join(values, separator).cast(pa.string())
    if pa.types.is_floating(values.type):
        return pc.replace_substring_regex(pc.round(values, 2).cast(pa.string()), r"\.0$", "")
    return values.cast(pa.string())
