"""Writes of the roof's own tables: a class of clients worded anew."""

from __future__ import annotations

from typing import Any

from linli.core.acting import action
from linli.core.actor import Actor
from linli.core.audit import record
from linli.core.decide import ObjectFacts, Sensitivity
from linli.core.errors import stop_if
from linli.party.queries import allow
from linli.party.queries_names import group_words
from linli.party.queries_rights import places_held
from linli.web import rules
from linli.web.models import ClientClass
from linli.web.queries import client_classes


def class_facts(actor: Actor) -> ObjectFacts:
    """What deciding needs to know of the classes: one set for the whole instance, kept where the actor works."""
    held = places_held(actor, "class.write")
    return ObjectFacts(kind="class", place_path=held[0] if held else "", sensitivity=Sensitivity.INTERNAL)


@action("class.write")
def write_class(
    *, actor: Actor, code: str, name: str, name_en: str, groups: list[str], is_counted: bool, why: str
) -> dict[str, Any]:
    """Word a class of clients anew, or add one (`code` empty). The wordings before stay."""
    allow(actor, "class.write", class_facts(actor))
    known = client_classes(actor, counted_only=False)
    code = code or rules.next_code(known)
    stop_if(rules.why_not_write_class(known, code, name, groups, group_words()))
    row = ClientClass.objects.create(
        created_at=actor.now,
        code=code,
        name=name,
        name_en=name_en,
        groups=sorted(groups),
        is_counted=is_counted,
        why=why,
    )
    record(actor, "class.write", kind="class", uid=row.uid, code=code, groups=row.groups, is_counted=is_counted)
    return {"code": code}
