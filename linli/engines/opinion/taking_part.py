"""Who is grouped: those who have said enough for their place on the map to mean something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from linli.engines.opinion.data import Conversation, Flags, Ints


def voted_enough(talk: Conversation, least: int) -> Flags:
    """People with at least `least` votes, or as many as there are statements if fewer (rejected ones count)."""
    votes = np.bincount(talk.person, minlength=len(talk.people))
    return np.asarray(votes >= min(least, len(talk.statements)))


def polis_entry(talk: Conversation, least: int, fill: int) -> Ints:
    """Polis' grouped people, in the order in which they came in (places in `people`).

    Polis recomputes while votes arrive, and who is in stays in. Played back vote by vote: whoever has min(least,
    statements seen so far) votes comes in, and so do the first `fill` people whatever they answered, because as long
    as fewer are in the most active are added. People with enough votes of their own stand first, in the order of the
    vote that made them enough; then the others as they appeared. Without times the end result alone decides.
    """
    votes = np.bincount(talk.person, minlength=len(talk.people))
    if not talk.at.any():
        inside = list(np.flatnonzero(votes >= min(least, len(talk.statements))))
        others = [int(p) for p in np.argsort(-votes, kind="stable") if p not in set(inside)]
        return np.array(inside + others[: max(0, fill - len(inside))], dtype=np.int64)
    order = np.argsort(talk.at, kind="stable")
    person, statement = talk.person[order], talk.statement[order]
    nth = _running_count(person)
    known = np.cumsum(_running_count(statement) == 1)
    own = [int(p) for p in person[nth == min(least, len(talk.statements))]]
    entered = set(own)
    early = {int(p) for p in person[nth >= np.minimum(least, known)]}
    appeared = [int(p) for p in person[nth == 1]]
    filled = [p for at, p in enumerate(appeared) if p not in entered and (at < fill or p in early)]
    return np.array(own + filled, dtype=np.int64)


def _running_count(keys: Ints) -> Ints:
    """For each entry, how many equal ones stand up to and including it."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    starts = np.append(True, ranked[1:] != ranked[:-1]) if len(keys) else np.zeros(0, dtype=bool)
    began = np.maximum.accumulate(np.where(starts, np.arange(len(keys)), 0))
    count = np.empty(len(keys), dtype=np.int64)
    count[order] = np.arange(len(keys)) - began + 1
    return count
