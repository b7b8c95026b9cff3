"""One person across departments' lists. `link` finds the persons, `resolve` chooses their facts.

The door opens on demand: knowing that linkage exists does not load DuckDB, Splink or Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.engines.linkage.check import check_links
    from linli.engines.linkage.data import LINKS, REVIEW, LinkOptions, LinkResult, Resolved
    from linli.engines.linkage.facts import TOLD_TOGETHER
    from linli.engines.linkage.linking import blocking_report, link
    from linli.engines.linkage.resolving import resolve
    from linli.engines.linkage.words import WORDS

__all__ = [
    "LINKS",
    "REVIEW",
    "TOLD_TOGETHER",
    "WORDS",
    "LinkOptions",
    "LinkResult",
    "Resolved",
    "blocking_report",
    "check_links",
    "link",
    "resolve",
]

_HOME = {
    "check_links": "check",
    "blocking_report": "linking",
    "link": "linking",
    "resolve": "resolving",
    "TOLD_TOGETHER": "facts",
    "WORDS": "words",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME.get(name, 'data')}"), name)
