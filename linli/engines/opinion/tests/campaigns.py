"""A planted campaign: one person's ballot handed in several times within two minutes, a few answers changed."""

from __future__ import annotations

import numpy as np

from linli.engines.opinion.data import Conversation, from_codes


def with_campaign(talk: Conversation, *, copies: int, changed: float, seed: int, least: int = 15) -> Conversation:
    """`talk` and `copies` people "copy-0"… who repeat a ballot of at least `least` votes and more than one answer."""
    draw = np.random.default_rng(seed)
    votes = np.bincount(talk.person, minlength=len(talk.people))
    varied = np.array([len(set(talk.value[talk.person == p].tolist())) > 1 for p in range(len(talk.people))])
    source = draw.choice(np.flatnonzero((votes >= least) & varied))
    rows = np.flatnonzero(talk.person == source)
    began = int(draw.choice(talk.at))
    person, statement, value, at = talk.person, talk.statement, talk.value, talk.at
    for copy in range(copies):
        answers = np.where(draw.random(len(rows)) < changed, draw.integers(-1, 2, len(rows)), talk.value[rows])
        person = np.append(person, np.full(len(rows), len(talk.people) + copy))
        statement = np.append(statement, talk.statement[rows])
        value = np.append(value, answers)
        at = np.append(at, began + copy * 20_000 + np.sort(draw.integers(0, 20_000, len(rows))))
    people = [*talk.people, *(f"copy-{copy}" for copy in range(copies))]
    about = {one.id: one for one in talk.statements}
    return from_codes(people, person, [one.id for one in talk.statements], statement, value, at, about=about)
