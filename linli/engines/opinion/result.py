"""The map as plain data for JSON: fixed names, the same bytes for the same votes. Readings stand in both
languages beside the figures they are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from linli.engines.opinion.data import Alarm, Common, OpinionMap, Representative
from linli.engines.opinion.explaining import Divisive, Shared, common_ground, divisive, group_reading, text_of
from linli.engines.opinion.words import say_both

FEW = 5  # in a meeting too small for a map, counts of statements with fewer votes than this are withheld


def as_json(found: OpinionMap) -> dict[str, Any]:
    """The whole result. `participants`, `statements` in natural order of their ids; `axes` in order of `statements`."""
    talk = found.conversation
    return {
        "engine": found.engine,
        "version": found.version,
        "digest": found.digest,
        "seed": None,
        "options": found.options.as_dict() | {"groups": "given" if found.given else "found"},
        "topic": talk.topic,
        "totals": totals(found),
        "notes": list(found.notes),
        "k": len(found.names),
        "silhouette": found.silhouette,
        "silhouettes": {str(k): score for k, score in sorted(found.silhouettes.items())},
        "stability": _stability(found),
        "base_clusters": found.base_clusters,
        "names_used": list(found.names_used),
        "axes": found.axes.tolist() if found.is_map else [],
        "eigenvalues": list(found.eigenvalues) if found.is_map else [],
        "explained": list(found.explained) if found.is_map else [],
        "participants": participants(found),
        "statements": [statement(found, at) for at in range(len(talk.statements))],
        "unseen": [{"id": one.id, "text": one.text, "moderated": one.moderated} for one in talk.unseen],
        "groups": [group(found, at) for at in range(len(found.names))],
        "common": {
            "agree": [common(found, one) for one in found.common_agree],
            "disagree": [common(found, one) for one in found.common_disagree],
        }
        if found.is_map
        else {"agree": [], "disagree": []},
        "common_ground": [shared(found, one) for one in common_ground(found)],
        "divisive": [dividing(found, one) for one in divisive(found)],
        "alarms": [alarm(found, one) for one in found.alarms] if found.is_map else [],
    }


def totals(found: OpinionMap) -> dict[str, int]:
    """How many people, grouped people, statements, rejected ones and votes."""
    talk = found.conversation
    return {
        "participants": len(talk.people),
        "grouped": int((found.group >= 0).sum()),
        "statements": len(talk.statements),
        "out": sum(one.is_out for one in talk.statements),
        "votes": len(talk.person),
    }


def participants(found: OpinionMap) -> list[dict[str, Any]]:
    """Everybody with a group (or null) and a position; where no map could be drawn, ids alone."""
    talk = found.conversation
    if not found.is_map:
        return [{"id": person, "group": None} for person in talk.people]
    votes = np.bincount(talk.person, minlength=len(talk.people)).tolist()
    names = [*found.names, None]  # place -1 is the last
    return [
        {"id": person, "group": names[label], "x": x, "y": y, "votes": n}
        for person, label, (x, y), n in zip(
            talk.people, found.group.tolist(), found.positions.tolist(), votes, strict=True
        )
    ]


def statement(found: OpinionMap, at: int) -> dict[str, Any]:
    """One statement: its votes, its place, what each group says, and how far all groups share it."""
    about = found.conversation.statements[at]
    agree, disagree, seen = (
        int(part[0, at]) for part in (found.counts.agree, found.counts.disagree, found.counts.seen)
    )
    told: dict[str, Any] = {
        "id": about.id,
        "text": about.text,
        "moderated": about.moderated,
        "is_meta": about.is_meta,
        "is_out": about.is_out,
        "agree": agree,
        "disagree": disagree,
        "seen": seen,
    }
    if not found.is_map:
        hidden = {"agree": None, "disagree": None} if seen < FEW else {}
        return told | hidden | {"consensus": None, "consensus_disagree": None, "priority": None}
    x, y = found.statement_positions[at].tolist()
    return told | {
        "consensus": float(found.consensus[at]),
        "consensus_disagree": float(found.consensus_disagree[at]),
        "priority": float(found.priority[at]),
        "mean": float(found.center[at]),
        "x": x,
        "y": y,
        "groups": [
            {
                "group": name,
                "agree": int(found.by_group.agree[g, at]),
                "disagree": int(found.by_group.disagree[g, at]),
                "seen": int(found.by_group.seen[g, at]),
            }
            for g, name in enumerate(found.names)
        ],
    }


def group(found: OpinionMap, at: int) -> dict[str, Any]:
    """One group: its size, middle, stability and the statements that mark it."""
    inside = found.group == at
    middle = found.positions[inside].mean(axis=0).tolist() if inside.any() else [0.0, 0.0]
    return {
        "id": found.names[at],
        "size": int(inside.sum()),
        "center": middle,
        "stability": found.stability.groups[at] if found.stability else None,
        "representative": [representative(found, one) for one in found.representative[at]],
        "reading": _joined(group_reading(found, at)),
    }


def _joined(sentences: list[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    both = [say_both(code, params) for code, params in sentences]
    return {"zh": "".join(one["zh"] for one in both), "en": " ".join(one["en"] for one in both)}


def shared(found: OpinionMap, one: Shared) -> dict[str, Any]:
    """A statement every group shares."""
    params = {"text": text_of(found, one.statement), "least": round(100 * one.least)}
    words = say_both(f"shared_{one.side}", params | {"success": one.success, "trials": one.trials})
    told = dict(vars(one)) | {"statement": found.conversation.statements[one.statement].id}
    return told | {"reading": words}


def dividing(found: OpinionMap, one: Divisive) -> dict[str, Any]:
    """A statement that divides the groups."""
    high, low = found.names[one.high], found.names[one.low]
    rates = {"high_percent": round(100 * one.high_rate), "low_percent": round(100 * one.low_rate)}
    words = say_both("divides", {"text": text_of(found, one.statement), "high": high, "low": low} | rates)
    told = dict(vars(one)) | {"statement": found.conversation.statements[one.statement].id, "high": high, "low": low}
    return told | {"reading": words}


def representative(found: OpinionMap, one: Representative) -> dict[str, Any]:
    """A marking statement with its figures."""
    return {"statement": found.conversation.statements[one.statement].id, "side": one.side} | {
        "success": one.success,
        "trials": one.trials,
        "p": one.p,
        "p_test": one.p_test,
        "r": one.r,
        "r_test": one.r_test,
        "best_agree": one.is_best_agree,
    }


def common(found: OpinionMap, one: Common) -> dict[str, Any]:
    """A statement everybody together leans to."""
    told = dict(vars(one))
    return told | {"statement": found.conversation.statements[one.statement].id}


def alarm(found: OpinionMap, one: Alarm) -> dict[str, Any]:
    """Ballots more alike than chance explains, by the ids of their people."""
    told = dict(vars(one))
    people = [found.conversation.people[person] for person in one.people]
    return told | {"people": people, "reading": alarm_words(one)}


def alarm_words(one: Alarm) -> dict[str, str]:
    """The alarm in both languages, without naming anybody."""
    params: dict[str, Any] = {"people": len(one.people), "statements": one.statements}
    if one.seconds is None:
        return say_both("alarm_plain", params)
    return say_both("alarm_times", params | {"minutes": max(1, round(one.seconds / 60))})


def _stability(found: OpinionMap) -> dict[str, Any] | None:
    if found.stability is None:
        return None
    return {"score": found.stability.score, "runs": found.stability.runs}
