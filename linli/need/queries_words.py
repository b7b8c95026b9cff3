"""The rules in force and what stands behind them, in words: their titles, and the law or standard a mark means.

The words are data of the pack. For this block's pages and those above.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from linli.engines import eligibility
from linli.engines.words import Lang


@cache
def rulebook() -> eligibility.RuleBook:
    """The rules in force here: the common book, with a county's own figures where its pack gives them."""
    files = sorted(Path(settings.LINLI_PACKS).glob("common/rules/*.toml"))
    files += sorted((Path(settings.LINLI_PACKS) / settings.LINLI_PACK / "rules").glob("*.toml"))
    return eligibility.load_rules(*[(file.name, file.read_bytes()) for file in files])


def rule_words(code: str, lang: str) -> str:
    """What a rule is called; empty for one no longer in the book."""
    rule = next((one for one in rulebook().rules if one.code == code), None)
    return str(getattr(rule, lang)) if rule else ""


def source_words(source: str, lang: Lang) -> str:
    """A source as a reader names it: “SAR 第33条” → 《社会救助暂行办法》第33条."""
    return _sources().say(source, lang)


@cache
def _sources() -> eligibility.Sources:
    """The common pack's words, then the county's own."""
    files = [Path(settings.LINLI_PACKS) / pack / "sources.toml" for pack in ("common", settings.LINLI_PACK)]
    return eligibility.read_sources(*[file.read_bytes() for file in files if file.exists()])
