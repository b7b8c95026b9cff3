"""Needs meet offers: hard safety as walls, scores as dated data, an exact choice with its proof.

This is the only door; see README.md for the method and its limits.
"""

from linli.engines.assignment.arrays import name_parts
from linli.engines.assignment.check import check
from linli.engines.assignment.codes import KNOWN_CODES, NEED_CODES
from linli.engines.assignment.conditions import Conditions, read_conditions
from linli.engines.assignment.data import (
    ENGINE,
    KINDS,
    NEEDS,
    OFFERS,
    PROPOSALS,
    REJECTED,
    UNMET,
    VERSION,
    AssignResult,
    Certificate,
    Weights,
)
from linli.engines.assignment.result import as_json, matches, no_matches
from linli.engines.assignment.run import assign
from linli.engines.assignment.slots import read_slots, say_slots, write_slot
from linli.engines.assignment.weights import read_weights
from linli.engines.assignment.words import WORDS, say_reason, say_unlocked, say_why

__all__ = [
    "ENGINE",
    "KINDS",
    "KNOWN_CODES",
    "NEEDS",
    "NEED_CODES",
    "OFFERS",
    "PROPOSALS",
    "REJECTED",
    "UNMET",
    "VERSION",
    "WORDS",
    "AssignResult",
    "Certificate",
    "Conditions",
    "Weights",
    "as_json",
    "assign",
    "check",
    "matches",
    "name_parts",
    "no_matches",
    "read_conditions",
    "read_slots",
    "read_weights",
    "say_reason",
    "say_slots",
    "say_unlocked",
    "say_why",
    "write_slot",
]
