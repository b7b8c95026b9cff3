"""What a lower block must have heard upstairs: it announces, an upper block listens in its `apps.py`. Rare.

Listeners run inside the announcing transaction: what is announced and what follows from it happen together,
or not at all. Prefer calling down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from linli.core.actor import Actor

_listeners: dict[str, list[Callable[..., None]]] = {}


def listen(name: str, function: Callable[..., None]) -> None:
    """Have a function called with what is announced under a name; asked twice, it is called once."""
    known = _listeners.setdefault(name, [])
    if function not in known:
        known.append(function)


def announce(actor: Actor, name: str, **values: Any) -> None:
    """Tell those who listen, now."""
    for function in _listeners.get(name, ()):
        function(actor=actor, **values)
