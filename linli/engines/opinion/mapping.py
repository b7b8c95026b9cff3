"""The whole way from votes to the map: axes, positions, groups, and everything that follows from the groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from linli.engines.opinion.alarm import coordinated
from linli.engines.opinion.axes import Axes, leading_axes, signed
from linli.engines.opinion.data import Conversation, OpinionMap, Options, Stability, natural
from linli.engines.opinion.grouping import best_grouping
from linli.engines.opinion.matrix import Matrix
from linli.engines.opinion.naming import Before, named
from linli.engines.opinion.parity import polis_groups
from linli.engines.opinion.silhouettes import silhouette
from linli.engines.opinion.stability import stability
from linli.engines.opinion.statistics import Contrast, common_opinion, counted, group_consensus, priorities, zeroed
from linli.engines.opinion.taking_part import polis_entry, voted_enough
from linli.engines.progress import Progress, silent

if TYPE_CHECKING:
    from linli.engines.opinion.data import Floats, Ints

LEAST_GROUP, LEAST_SHARE = 5, 50  # no group under 5 people, nor under one in 50
UNCLEAR, UNSTABLE = 0.25, 0.6  # below this silhouette or stability the reader is warned


class Grouped(NamedTuple):
    """A grouping on its way: `label` a place per person or -1; `k` groups; what is known of its quality."""

    label: Ints
    k: int
    silhouette: float | None = None
    silhouettes: Mapping[int, float] | None = None
    stability: Stability | None = None
    base: int | None = None
    names: tuple[str, ...] = ()


def draw_map(
    talk: Conversation,
    options: Options | None = None,
    *,
    groups: Mapping[str, str] | None = None,
    before: Before | None = None,
    progress: Progress = silent,
) -> OpinionMap:
    """The opinion map of a conversation.

    `groups`: person → group to be taken as given, instead of finding groups; `before`: an earlier map whose letters
    and directions are kept. The same votes give the same map in whatever order they came.
    """
    options = options or Options()
    progress("axes")
    matrix = Matrix.of(talk)
    axes, positions = placed(talk, matrix, before)
    progress("groups")
    made = _grouped(talk, options, matrix, axes, positions, groups)
    notes = list(_notes(talk, made, axes, options))
    progress("statistics")
    names, used = named(talk.people, made.label, made.k, before) if not made.names else (made.names, made.names)
    alarms = coordinated(talk) if options.alarm else ()
    return downstream(talk, options, matrix, axes, positions, made, names, used, alarms, tuple(notes), bool(groups))


def placed(talk: Conversation, matrix: Matrix, before: Before | None) -> tuple[Axes, Floats]:
    """Axes with their signs settled, and everybody's position."""
    earlier = before.axes_for([s.id for s in talk.statements]) if before else None
    axes = leading_axes(matrix.normal, len(talk.statements))
    positions = matrix.positions(axes.vectors)
    signs = signed(axes.vectors, positions, earlier)
    return axes._replace(vectors=axes.vectors * signs[:, None]), positions * signs


def _grouped(
    talk: Conversation,
    options: Options,
    matrix: Matrix,
    axes: Axes,
    positions: Floats,
    groups: Mapping[str, str] | None,
) -> Grouped:
    nobody = np.full(len(talk.people), -1, dtype=np.int64)
    if groups is not None:
        return _given(talk, positions, groups)
    if options.mode == "parity":
        inside = polis_entry(talk, options.least_votes, options.least_people)
        found = polis_groups(positions[inside], options.most_groups)
        label = nobody.copy()
        label[inside] = found.label
        k = int(found.label.max()) + 1 if len(inside) else 0
        names = tuple(str(at) for at in range(k))
        score = max(found.silhouettes.values(), default=None)
        return Grouped(label, k, score, found.silhouettes, None, found.base, names)
    inside = np.flatnonzero(voted_enough(talk, options.least_votes))
    if len(inside) < options.least_people or axes.values[0] <= 0:
        return Grouped(nobody, 0)
    floor = group_floor(options, len(inside))
    best = best_grouping(positions[inside], floor, options.most_groups)
    if not best.silhouettes:
        return Grouped(nobody, 0)
    label = nobody.copy()
    label[inside] = best.label
    steady = stability(matrix, inside, best.label, positions[inside], floor, axes.start) if options.stability else None
    return Grouped(label, int(best.label.max()) + 1, best.silhouette, best.silhouettes, steady)


def group_floor(options: Options, grouped: int) -> int:
    """The fewest people a group may have."""
    return options.least_group or max(LEAST_GROUP, -(-grouped // LEAST_SHARE))


def _given(talk: Conversation, positions: Floats, groups: Mapping[str, str]) -> Grouped:
    """The stated grouping, in natural order of its names; people not named in it are not grouped."""
    names = tuple(sorted({groups[person] for person in talk.people if person in groups}, key=natural))
    place = {name: at for at, name in enumerate(names)}
    label = np.array([place[groups[p]] if p in groups else -1 for p in talk.people], dtype=np.int64)
    inside = label >= 0
    score = silhouette(positions[inside], label[inside]) if len(names) > 1 else None
    return Grouped(label, len(names), score, {}, names=names)


def _notes(talk: Conversation, made: Grouped, axes: Axes, options: Options) -> list[str]:
    notes = []
    if made.k == 0:
        grouped = int(voted_enough(talk, options.least_votes).sum())
        notes.append(
            "few_people" if grouped < options.least_people else "all_alike" if axes.values[0] <= 0 else "one_field"
        )
    if made.silhouette is not None and made.k > 1 and made.silhouette < UNCLEAR:
        notes.append("unclear")
    if made.stability is not None and made.stability.score < UNSTABLE:
        notes.append("unstable")
    if options.mode == "parity" and made.k and int((made.label >= 0).sum()) < options.least_people:
        notes.append("parity_small")
    if not talk.at.any():
        notes.append("no_times")
    return notes


def downstream(
    talk: Conversation,
    options: Options,
    matrix: Matrix,
    axes: Axes,
    positions: Floats,
    made: Grouped,
    names: tuple[str, ...],
    used: tuple[str, ...],
    alarms: tuple,  # type: ignore[type-arg]
    notes: tuple[str, ...],
    given: bool,
) -> OpinionMap:
    """Everything that follows from axes and groups."""
    out = np.array([s.is_out for s in talk.statements], dtype=bool)
    is_meta = np.array([s.is_meta for s in talk.statements], dtype=bool)
    everyone = counted(talk, np.zeros(len(talk.people), dtype=np.int64), 1)
    by_group = counted(talk, made.label, made.k)
    sizes = np.bincount(made.label[made.label >= 0], minlength=made.k)
    contrast = Contrast(zeroed(by_group, sizes, out))
    statement_positions = matrix.statement_positions(axes.vectors)
    agree, disagree = common_opinion(zeroed(everyone, np.array([len(talk.people)]), out))
    return OpinionMap(
        conversation=talk,
        options=options,
        digest=talk.digest,
        group=made.label,
        names=names,
        axes=axes.vectors,
        eigenvalues=tuple(axes.values.tolist()),
        explained=tuple((axes.values / (matrix.trace or 1.0)).tolist()),
        center=matrix.center,
        positions=positions,
        statement_positions=statement_positions,
        counts=everyone,
        by_group=by_group,
        consensus=group_consensus(by_group.agree, by_group.seen),
        consensus_disagree=group_consensus(by_group.disagree, by_group.seen),
        priority=priorities(by_group, np.hypot(*statement_positions.T), is_meta),
        representative=tuple(contrast.representative(g) for g in range(made.k)) if made.k else (),
        common_agree=agree,
        common_disagree=disagree,
        silhouette=made.silhouette,
        silhouettes=dict(made.silhouettes or {}),
        stability=made.stability,
        alarms=alarms,
        names_used=used,
        base_clusters=made.base,
        notes=notes,
        given=given,
    )
