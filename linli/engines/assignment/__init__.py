"""Needs meet offers."""
from linli.engines.assignment.codes import KNOWN_CODES, NEED_CODES
from linli.engines.assignment.data import NEEDS, OFFERS
from linli.engines.assignment.weights import read_weights
__all__ = ["KNOWN_CODES", "NEEDS", "NEED_CODES", "OFFERS", "read_weights"]
