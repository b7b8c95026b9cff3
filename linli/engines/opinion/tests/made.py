"""Where test data lies, and invented conversations with planted groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from linli.engines.opinion import Conversation, conversation

DATA = Path(__file__).parents[4] / "tests" / "data" / "opinion"


def files(name: str) -> tuple[Path, Path]:
    """Votes and statements of a conversation."""
    kind = "json" if name.startswith("golden") else "csv"
    return DATA / name / f"votes.{kind}", DATA / name / f"comments.{kind}"


def planted(
    sizes: tuple[int, ...], statements: int, seed: int, *, clear: float = 1.5, each: float = 0.7
) -> tuple[Conversation, dict[str, int]]:
    """People "p…" in groups with opinions of their own on statements "s…"; each votes on a share; and who is where."""
    draw = np.random.default_rng(seed)
    group = np.repeat(np.arange(len(sizes)), sizes)
    opinion = draw.choice([-clear, clear], (len(sizes), statements))
    who, what = np.nonzero(draw.random((len(group), statements)) < each)
    heard = opinion[group[who], what] + draw.normal(0, 1, len(who))
    value = np.where(heard > 0.3, 1, np.where(heard < -0.3, -1, 0))
    talk = conversation([f"p{a}" for a in who], [f"s{b}" for b in what], value.tolist(), list(range(1, len(who) + 1)))
    return talk, {f"p{at}": int(g) for at, g in enumerate(group)}


def partition(people: tuple[str, ...], group: np.ndarray) -> set[frozenset[str]]:
    """Groups as sets of people, whatever they are called."""
    names = np.array(people, dtype=object)
    return {frozenset(names[group == g].tolist()) for g in set(group.tolist()) if g >= 0}
