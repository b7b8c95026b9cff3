"""Builds flags and needs for tests of this block and those above."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from linli.need.models import Flag, Need
from linli.party.models import Person
from linli.party.tests import make


def flag(person: Person, rule: str = "mla_missed", **fields: Any) -> Flag:
    """A flag waiting to be looked at; sensitive, as one about money is."""
    given: dict[str, Any] = {
        "created_at": make.NOW,
        "place_path": person.place_path,
        "sensitivity": 3,
        "subject_uid": person.uid,
        "household_uid": person.household.uid if person.household else None,
        "person": person,
        "rule": rule,
        "rule_version": "1",
        "group": "MLA",
        "kind": "missed",
        "source": "SAR",
        "reason": json.dumps({"zh": "收入低于标准", "en": "income below the standard"}),
        "figures": json.dumps({"income": 690, "mla_standard": 1000, "on_des": False}),
    }
    return Flag.objects.create(**(given | fields))


def need(person: Person, code: str = "bath", number: str = "999981-N2026-00001", **fields: Any) -> Need:
    """An open need, three days to go."""
    given: dict[str, Any] = {
        "created_at": make.NOW,
        "place_path": person.place_path,
        "sensitivity": 3,
        "subject_uid": person.uid,
        "household_uid": person.household.uid if person.household else None,
        "person": person,
        "number": number,
        "code": code,
        "level": 2,
        "state": "open",
        "opened_at": make.NOW,
        "due_on": date(2026, 3, 5),
    }
    return Need.objects.create(**(given | fields))
