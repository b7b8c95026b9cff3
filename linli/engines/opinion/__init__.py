"""Where many people agree, and which groups there are: an opinion map from votes on statements.

This is the only door; see README.md for the method and its limits.
"""

from linli.engines.opinion import threads as threads  # first: it must be read before numpy is
from linli.engines.opinion.alarm import coordinated
from linli.engines.opinion.data import (
    ENGINE,
    VERSION,
    Alarm,
    Conversation,
    OpinionMap,
    Options,
    Representative,
    Statement,
    conversation,
)
from linli.engines.opinion.live import LiveMap, Update
from linli.engines.opinion.mapping import draw_map
from linli.engines.opinion.naming import Before
from linli.engines.opinion.reading import read_conversation, read_groups
from linli.engines.opinion.result import as_json
from linli.engines.opinion.words import FINDINGS, WORDS, say_fault

__all__ = [
    "ENGINE",
    "FINDINGS",
    "VERSION",
    "WORDS",
    "Alarm",
    "Before",
    "Conversation",
    "LiveMap",
    "OpinionMap",
    "Options",
    "Representative",
    "Statement",
    "Update",
    "as_json",
    "conversation",
    "coordinated",
    "draw_map",
    "read_conversation",
    "read_groups",
    "say_fault",
]
