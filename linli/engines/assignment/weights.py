"""Reading dated weights: every fault at once, and the version in force on a day."""

from __future__ import annotations

import tomllib
from datetime import date
from types import MappingProxyType
from typing import Any

from linli.engines.assignment.data import KINDS, Weights
from linli.engines.errors import BadInput, Fault

PARTS = ("fit", "wish", "wait", "distance", "cost")
_TABLES = {
    "points": PARTS,
    "kind_fit": KINDS,
    "fit": ("side_line", "no_skill"),
    "wish": ("language", "time", "helper_sex", "unknown"),
    "distance": ("far_km", "village", "town", "county", "city", "elsewhere", "unknown"),
    "cost": ("fee_ref_fen", "unknown"),
}


def read_weights(text: str, on: date, file: str = "matching.toml") -> Weights:
    """The weights in force on `on`; BadInput when the file cannot be used or nothing is in force."""
    try:
        versions = tomllib.loads(text).get("version", [])
    except tomllib.TOMLDecodeError as error:
        raise BadInput([Fault("weights_toml", file=file, value=str(error))]) from None
    faults = [fault for version in versions for fault in _faults(version, file)]
    if faults:
        raise BadInput(faults)
    in_force = [v for v in versions if v["from"] <= on and (v.get("to") is None or on <= v["to"])]
    if not in_force:
        raise BadInput([Fault("weights_none_in_force", file=file, value=on.isoformat())])
    return _weights(max(in_force, key=lambda version: version["from"]))


def _faults(version: dict[str, Any], file: str) -> list[Fault]:
    """What is missing or out of range in one version."""
    name = str(version.get("id", "?"))
    faults = [_fault(file, name, key) for key in ("id", "source") if not isinstance(version.get(key), str)]
    faults += [_fault(file, name, "from") for _ in (1,) if not isinstance(version.get("from"), date)]
    if not isinstance(version.get("to", date.max), date):
        faults.append(_fault(file, name, "to"))
    for table, keys in _TABLES.items():
        values = version.get(table)
        for key in keys:
            value = values.get(key) if isinstance(values, dict) else None
            top = 100 if key not in ("far_km", "fee_ref_fen") else 10**9
            if not isinstance(value, int) or isinstance(value, bool) or not (top > 100) <= value <= top:
                faults.append(_fault(file, name, f"{table}.{key}"))
    wait, limits, vetting = (version.get(key, {}) for key in ("wait", "limits", "vetting"))
    if set(wait.get("level", {})) != {"1", "2", "3", "4"} or not isinstance(wait.get("overdue_per_day"), int):
        faults.append(_fault(file, name, "wait"))
    wanted = ("reach_km", "reach_digits", "common_time_kinds", "language_codes")
    faults += [_fault(file, name, f"limits.{key}") for key in wanted if key not in limits]
    faults += [_fault(file, name, f"vetting.{key}") for key in ("minor", "kinds", "codes") if key not in vetting]
    if not faults and (sum(version["points"].values()) != 100 or sum(_three(version["wish"])) != 100):
        faults.append(Fault("weights_sum", file=file, value=name))
    return faults


def _three(wish: dict[str, int]) -> tuple[int, int, int]:
    return wish["language"], wish["time"], wish["helper_sex"]


def _fault(file: str, version: str, key: str) -> Fault:
    return Fault("weights_value", file=file, sheet=version, column=key)


def _weights(version: dict[str, Any]) -> Weights:
    limits, vetting = version["limits"], version["vetting"]
    return Weights(
        id=version["id"],
        source=version["source"],
        valid_from=version["from"],
        valid_to=version.get("to"),
        **{table: MappingProxyType(dict(version[table])) for table in _TABLES},
        kind_fit_of=MappingProxyType({code: dict(kinds) for code, kinds in version.get("kind_fit_of", {}).items()}),
        wait_level=MappingProxyType({int(level): value for level, value in version["wait"]["level"].items()}),
        overdue_per_day=version["wait"]["overdue_per_day"],
        reach_km=MappingProxyType(dict(limits["reach_km"])),
        reach_digits=MappingProxyType(dict(limits["reach_digits"])),
        common_time_kinds=frozenset(limits["common_time_kinds"]),
        language_codes=frozenset(limits["language_codes"]),
        vet_minor=vetting["minor"],
        vet_kinds=frozenset(vetting["kinds"]),
        vet_codes=frozenset(vetting["codes"]),
    )


def weights_json(weights: Weights) -> dict[str, Any]:
    """The weights as plain JSON values, sorted, for the result's options and the checker."""
    plain: dict[str, Any] = {}
    for name, value in vars(weights).items():
        if isinstance(value, frozenset):
            plain[name] = sorted(value)
        elif isinstance(value, MappingProxyType):
            plain[name] = {str(key): value[key] for key in sorted(value)}
        else:
            plain[name] = value.isoformat() if isinstance(value, date) else value
    return plain
