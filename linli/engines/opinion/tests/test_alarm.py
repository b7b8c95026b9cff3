"""The alarm for coordinated voting: planted campaigns are seen, real and independent votes raise none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from linli.engines.opinion import conversation, coordinated, read_conversation
from linli.engines.opinion.tests.campaigns import with_campaign
from linli.engines.opinion.tests.made import files, planted


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_independent_votes_raise_no_alarm(seed: int) -> None:
    talk, _ = planted((60, 40), 30, seed, clear=0.8)
    assert coordinated(talk) == ()


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_campaign_is_seen_with_all_its_people(seed: int) -> None:
    talk, _ = planted((60, 40), 40, seed, clear=0.8)
    talk = replace(talk, at=np.random.default_rng(seed).integers(0, 10**8, len(talk.at)))
    (alarm,) = coordinated(with_campaign(talk, copies=5, changed=0.02, seed=seed))
    names = {f"copy-{at}" for at in range(5)}
    people = with_campaign(talk, copies=5, changed=0.02, seed=seed).people
    assert len(names & {people[at] for at in alarm.people}) >= 4
    assert alarm.burst_chance is not None and alarm.burst_chance <= 0.001
    assert alarm.seconds is not None and alarm.seconds < 150


def test_the_same_ballots_far_apart_in_time_are_no_burst() -> None:
    talk, _ = planted((60, 40), 40, 7, clear=0.8)
    with_it = with_campaign(talk, copies=4, changed=0.0, seed=7)
    people = np.arange(len(with_it.people)) * 10**6
    copies = [at for at, name in enumerate(with_it.people) if name.startswith("copy")]
    people[copies] = np.linspace(0, people.max(), len(copies)).astype(int) + 1
    assert coordinated(replace(with_it, at=people[with_it.person])) == ()
    without = coordinated(replace(with_it, at=np.zeros_like(with_it.at)))
    assert len(without) == 1 and without[0].seconds is None


def test_people_who_agree_with_everything_are_no_campaign() -> None:
    talk, _ = planted((30, 30), 20, 3, clear=0.8)
    who = [talk.people[p] for p in talk.person] + [f"yes{i}" for i in range(6) for _ in range(20)]
    what = [talk.statements[s].id for s in talk.statement] + [f"s{j}" for _ in range(6) for j in range(20)]
    with_yes = conversation(who, what, talk.value.tolist() + [1] * 120, talk.at.tolist() + [5] * 120)
    assert coordinated(with_yes) == ()


@pytest.mark.parametrize("seed", [1, 2])
def test_large_meetings_are_searched_by_bands(seed: int) -> None:
    talk, _ = planted((60, 40), 40, seed, clear=0.8)
    with_it = with_campaign(talk, copies=5, changed=0.0, seed=seed)
    every = coordinated(with_it)
    assert coordinated(with_it, every_pair=10) == every and len(every) == 1


def test_real_votes_raise_no_alarm() -> None:
    assert coordinated(read_conversation(*files("london.youth.policing"))) == ()
