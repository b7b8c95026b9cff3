"""Policies find people: dated rules as data, run as SQL over residents and their households."""

from linli.engines.eligibility.book import load_rules
from linli.engines.eligibility.data import (
    VERSION,
    Comparison,
    Condition,
    Figure,
    Parameter,
    Report,
    Rule,
    RuleBook,
    ScreenResult,
)
from linli.engines.eligibility.screening import compare, screen
from linli.engines.eligibility.sources import Sources, read_sources
from linli.engines.eligibility.words import WORDS, say_fault

__all__ = [
    "VERSION",
    "WORDS",
    "Comparison",
    "Condition",
    "Figure",
    "Parameter",
    "Report",
    "Rule",
    "RuleBook",
    "ScreenResult",
    "Sources",
    "compare",
    "load_rules",
    "read_sources",
    "say_fault",
    "screen",
]
