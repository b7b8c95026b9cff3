"""One person across departments' lists. `link` finds the persons, `resolve` chooses their facts."""

from __future__ import annotations

from linli.engines.linkage.check import check_links
from linli.engines.linkage.data import LINKS, REVIEW, LinkOptions, LinkResult, Resolved
from linli.engines.linkage.linking import blocking_report, link
from linli.engines.linkage.resolving import resolve
from linli.engines.linkage.words import WORDS

__all__ = [
    "LINKS",
    "REVIEW",
    "WORDS",
    "LinkOptions",
    "LinkResult",
    "Resolved",
    "blocking_report",
    "check_links",
    "link",
    "resolve",
]
