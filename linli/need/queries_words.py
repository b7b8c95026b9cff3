"""The rules in force and what stands behind them, in words: their titles, and the law or standard a mark means.

The words are data of the pack. For this block's pages and those above.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from linli.engines import eligibility
from linli.engines.words import Lang


def packs() -> tuple[Path, ...]:
    """The folders rules and sources are read from: the common one, then this county's own where it has one."""
    names = ("common", settings.LINLI_PACK) if settings.LINLI_PACK else ("common",)
    return tuple(Path(settings.LINLI_PACKS) / name for name in names)


def has_own_rules() -> bool:
    """Whether this county gives figures of its own over the common rules."""
    return any((pack / "rules").is_dir() for pack in packs()[1:])


def rulebook() -> eligibility.RuleBook:
    """The rules in force here: the common book, with a county's own figures where its pack gives them."""
    return _rulebook(packs())


@cache
def _rulebook(folders: tuple[Path, ...]) -> eligibility.RuleBook:
    files = [file for folder in folders for file in sorted((folder / "rules").glob("*.toml"))]
    return eligibility.load_rules(*[(file.name, file.read_bytes()) for file in files])


def rule_words(code: str, lang: str) -> str:
    """What a rule is called; empty for one no longer in the book."""
    rule = next((one for one in rulebook().rules if one.code == code), None)
    return str(getattr(rule, lang)) if rule else ""


def source_words(source: str, lang: Lang) -> str:
    """A source as a reader names it: “SAR 第33条” → 《社会救助暂行办法》第33条."""
    return _sources(packs()).say(source, lang)


@cache
def _sources(folders: tuple[Path, ...]) -> eligibility.Sources:
    """The common pack's words, then the county's own."""
    files = [folder / "sources.toml" for folder in folders]
    return eligibility.read_sources(*[file.read_bytes() for file in files if file.exists()])
