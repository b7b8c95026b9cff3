"""How much of the planted truth the product found: what lies in the database against the world built again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from django.apps import apps
from django.db import models
from django.db.models import Q

from linli.core.actor import Actor
from linli.core.models import DataKey, Guarded
from linli.core.policy import ACTIONS
from linli.core.sealed import SealedTextField, data_keys, unseal
from linli.matching.models import Proposal, Referral
from linli.need.models import Flag, Need
from linli.party.models import Exclusion, Fact, ImportRow, Login, Person, Tie
from linli.party.queries import actor_of, visible
from linli.web.demo import truth
from linli.web.demo.truth import Score, Truth
from linli.web.demo.world import World

_TEXTS = (models.CharField, models.TextField, models.JSONField)
READING = ("person.list", "person.read", "person.write", "person.reveal", "person.export")


@dataclass(frozen=True)
class Safety:
    """The violence case in numbers; all but the first two must be 0.

    `protected`: people of class 4. `safe_address_kept`: sealed facts that hold the safe address.
    `barred_proposals`: proposals or referrals to the excluded person's offers. `seen_by_excluded`: rows
    about the protected that any action would show the excluded login. `opened_by_others`: logins besides
    the tied worker who could open the safe address. `safe_address_elsewhere`: other places it stands in.
    """

    protected: int
    safe_address_kept: int
    barred_proposals: int
    seen_by_excluded: int
    opened_by_others: int
    safe_address_elsewhere: int


@dataclass(frozen=True)
class Measured:
    """Scores of links, of flags by kind, of first proposals, and the violence case."""

    links: Score
    flags: dict[str, Score]
    matches: Score
    safety: Safety

    def plain(self) -> dict[str, Any]:
        """For JSON: counts, and precision, recall and F1 of each score."""
        return {
            "links": _plain(self.links),
            "flags": {kind: _plain(score) for kind, score in self.flags.items()},
            "matches": _plain(self.matches),
            "safety": asdict(self.safety),
        }


def _plain(score: Score) -> dict[str, float]:
    rates = {name: round(getattr(score, name), 4) for name in ("precision", "recall", "f1")}
    return {**asdict(score), **rates}


def measure(world: World, now: datetime) -> Measured:
    """Hold the database against the world it was filled from. `now`: when the excluded login looks."""
    planted = truth.plant(world)
    links = _links()
    return Measured(
        truth.score_links(links, planted),
        _flag_scores(links, planted),
        truth.score_matches(_proposals(), _needs(), links, planted),
        safety(world, now),
    )


def _links() -> pa.Table:
    rows = ImportRow.objects.filter(person__isnull=False).values_list("file", "sheet", "row_number", "person__uid")
    held = list(rows.order_by("id"))
    return pa.table(
        {
            "unique_id": [f"{file}:{sheet}:{row}" for file, sheet, row, _ in held],
            "source": ["" for _ in held],
            "person_id": [str(person) for *_, person in held],
        }
    )


def _flag_scores(links: pa.Table, planted: Truth) -> dict[str, Score]:
    held = list(Flag.objects.exclude(state="gone").values_list("person__uid", "group", "kind").order_by("id"))
    claims = pa.table(
        {
            "subject": [str(person) for person, _, _ in held],
            "group": [group for _, group, _ in held],
            "kind": [kind for _, _, kind in held],
        }
    )
    kinds = sorted({*planted.flags["kind"].to_pylist(), *claims["kind"].to_pylist()})
    return {
        kind: truth.score_flags(
            claims.filter(pc.equal(claims["kind"], kind)),
            links,
            Truth(planted.records, planted.flags.filter(pc.equal(planted.flags["kind"], kind)), planted.matches),
        )
        for kind in kinds
    }


def _proposals() -> pa.Table:
    held = list(Proposal.objects.exclude(state="stale").values_list("need__uid", "offer__code", "rank").order_by("id"))
    return pa.table(
        {
            "need_id": pa.array([str(need) for need, _, _ in held], pa.string()),
            "offer_id": pa.array([code for _, code, _ in held], pa.string()),
            "rank": pa.array([rank for *_, rank in held], pa.int32()),
        }
    )


def _needs() -> pa.Table:
    held = list(Need.objects.filter(state="open").values_list("uid", "person__uid", "code").order_by("id"))
    return pa.table(
        {
            "need_id": pa.array([str(need) for need, _, _ in held], pa.string()),
            "person_id": pa.array([str(person) for _, person, _ in held], pa.string()),
            "code": pa.array([code for *_, code in held], pa.string()),
        }
    )


# The violence case


def safety(world: World, now: datetime) -> Safety:
    """Whether anything about the protected could reach the person excluded from them."""
    told = world.exclusions.to_pylist()[0]
    people = list(Person.objects.filter(is_protected=True))
    uids = [person.uid for person in people]
    homes = [person.household_uid for person in people if person.household_uid]
    barred = Q(offer__code__in=told["excluded_offer_ids"]) | Q(
        offer__provider_person__in=Exclusion.objects.filter(about_uid__in=uids).values("person")
    )
    about = Q(need__subject_uid__in=uids)
    every = list(places_holding(told["safe_address"]))
    kept = [uid for column, uid in every if column == "party_fact.value" and uid]
    return Safety(
        protected=len(people),
        safe_address_kept=len(kept),
        barred_proposals=Proposal.objects.filter(barred & about).count()
        + Referral.objects.filter(barred & about).count(),
        seen_by_excluded=_seen(_fully_assured(told["excluded_username"], now), [*uids, *homes]),
        opened_by_others=_others_who_open(kept, now),
        safe_address_elsewhere=len(every) - len(kept),
    )


def _fully_assured(username: str, now: datetime) -> Actor:
    login = Login.objects.select_related("person").get(username=username)
    return actor_of(login, now=now, second_factor_at=now, fresh_factor_at=now)


def guarded_models() -> list[type[Guarded]]:
    """Every table whose rows are guarded."""
    return [model for model in apps.get_models() if issubclass(model, Guarded)]


def _seen(actor: Actor, uids: list[UUID]) -> int:
    about = Q(uid__in=uids) | Q(subject_uid__in=uids) | Q(household_uid__in=uids)
    return sum(
        visible(actor, action, model._default_manager.filter(about)).count()
        for model in guarded_models()
        for action in ACTIONS
    )


def _others_who_open(uids: list[UUID], now: datetime) -> int:
    """Logins that may read these facts in any way, besides those assigned to the person."""
    facts = Fact.objects.filter(uid__in=uids)
    tied = set(
        Tie.objects.filter(about_uid__in=facts.values("subject_uid"), kind="assigned").values_list("login", flat=True)
    )
    found = 0
    for login in Login.objects.exclude(pk__in=tied).select_related("person"):
        actor = actor_of(login, now=now + timedelta(seconds=1), second_factor_at=now, fresh_factor_at=now)
        found += any(visible(actor, action, facts).exists() for action in READING)
    return found


def places_holding(text: str) -> Iterator[tuple[str, UUID | None]]:
    """Every column of every row of the house that holds a text, sealed or not: (table.column, the row's uid)."""
    keys = data_keys(DataKey.objects.values_list("owner_uid", flat=True))
    for model in apps.get_models():
        if model.__module__.startswith("linli."):
            yield from _in_the_clear(model, text)
            yield from _sealed(model, text, keys)


def _in_the_clear(model: type[models.Model], text: str) -> Iterator[tuple[str, UUID | None]]:
    fields = [f for f in model._meta.concrete_fields if isinstance(f, _TEXTS)]
    uid = "uid" if hasattr(model, "uid") else "pk"
    for *values, of in model._default_manager.values_list(*[f.attname for f in fields], uid).iterator():
        for each, value in zip(fields, values, strict=True):
            if value and text in str(value):
                yield f"{model._meta.db_table}.{each.column}", of if uid == "uid" else None


def _sealed(model: type[models.Model], text: str, keys: dict[UUID, bytes]) -> Iterator[tuple[str, UUID | None]]:
    fields: list[Any] = [f for f in model._meta.concrete_fields if isinstance(f, SealedTextField)]
    above = [f.name for f in model._meta.concrete_fields if f.is_relation and f.name == "batch"]
    rows: Any = model._default_manager.select_related(*above) if above else model._default_manager.all()
    for row in rows.iterator(chunk_size=500) if fields else ():
        for each in fields:
            value = row.__dict__[each.attname]
            if value and text in unseal(keys[each.owner_of(row)], each.bound_to(row), bytes(value)):
                yield f"{model._meta.db_table}.{each.column}", row.uid
