"""The options file (TOML): districts with money of their own, limits for kinds of projects.

rule = "mes-cost"            # greedy | mes-cost | mes-project | phragmen
completion = "add1u"         # none | add1 | add1u | phragmen (Equal Shares only)
project_field = "district"   # column of PROJECTS that names a project's district
voter_field = "neighborhood" # column of VOTES that names a voter's district
voters = "own"               # own: a district's people decide on its money; all: everybody

[[district]]
value = "东区"
budget = 300000

[[limit]]                    # at most so much for one category, target group, neighbourhood …
field = "category"
value = "sport"
at_most = 200000
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from linli.engines.budgeting.data import COMPLETIONS, RULES, District, Election, Limit, Options
from linli.engines.errors import BadInput, Fault

KNOWN: dict[str, tuple[str, ...]] = {"rule": RULES, "completion": COMPLETIONS, "voters": ("own", "all")}
WORDS = {"project_field", "voter_field"}
PARTS: dict[str, tuple[str, ...]] = {"district": ("value", "budget"), "limit": ("field", "value", "at_most")}


def read_options(path: Path, election: Election, **given: str | None) -> Options:
    """The options of a TOML file, those `given` (command line) going before. Raises `BadInput` with every fault."""
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise BadInput([Fault("file_unreadable", file=path.name)]) from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput([Fault("toml", file=path.name, value=str(error))]) from None
    content |= {key: value for key, value in given.items() if value is not None}
    faults: list[Fault] = []
    options = _options(content, election, path.name, faults)
    if faults:
        raise BadInput(faults)
    return options


def _options(content: Mapping[str, Any], election: Election, name: str, faults: list[Fault]) -> Options:
    for key in sorted(set(content) - set(KNOWN) - WORDS - set(PARTS)):
        known = ", ".join([*KNOWN, *sorted(WORDS), *PARTS])
        faults.append(Fault("option_unknown", file=name, column=key, params={"known": known}))
    for key, allowed in KNOWN.items():
        if key in content and content[key] not in allowed:
            known = ", ".join(allowed)
            faults.append(
                Fault("option_value", file=name, column=key, value=str(content[key]), params={"known": known})
            )
    rows = {part: _rows(content.get(part, []), part, name, faults) for part in PARTS}
    districts = [District(str(row["value"]), _money(row, "budget", election, name, faults)) for row in rows["district"]]
    limits = [
        Limit(str(row["field"]).lower(), str(row["value"]), _money(row, "at_most", election, name, faults))
        for row in rows["limit"]
    ]
    words = {key: str(content[key]).lower() for key in WORDS if key in content}
    chosen = {key: content[key] for key in KNOWN if key in content}
    return Options(**(chosen | words), districts=tuple(districts), limits=tuple(limits))


def _rows(given: Any, part: str, name: str, faults: list[Fault]) -> list[dict[str, Any]]:
    """The tables `[[part]]` that hold all they need."""
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        faults.append(Fault("option_part", file=name, column=part))
        return []
    for number, row in enumerate(given, 1):
        for key in PARTS[part]:
            if key not in row:
                faults.append(Fault("option_missing", file=name, row=number, column=f"{part}.{key}"))
    return [row for row in given if all(key in row for key in PARTS[part])]


def _money(row: Mapping[str, Any], key: str, election: Election, name: str, faults: list[Fault]) -> int:
    """An amount in the election's smallest unit."""
    try:
        amount = Fraction(str(row[key])) * election.scale
    except (ValueError, ZeroDivisionError):
        amount = Fraction(-1)
    if amount < 0 or amount.denominator != 1 or isinstance(row[key], bool):
        faults.append(Fault("option_amount", file=name, column=key, value=str(row[key])))
        return 0
    return int(amount)


def check_options(election: Election, options: Options) -> None:
    """Raise `BadInput` with everything in the options that does not fit the file."""
    faults: list[Fault] = []
    if options.completion != "none" and not options.rule.startswith("mes-"):
        faults.append(Fault("completion_rule", column="completion", value=options.completion))
    heads = {head.strip().lower() for head in election.sections[1].header}
    voter_heads = {head.strip().lower() for head in election.sections[2].header}
    if options.districts:
        if options.project_field not in heads:
            faults.append(_no_column("project_field", options.project_field, "PROJECTS"))
        if options.voters == "own" and options.voter_field not in voter_heads:
            faults.append(_no_column("voter_field", options.voter_field, "VOTES"))
        if sum(district.budget for district in options.districts) > election.budget:
            faults.append(Fault("districts_over", column="district.budget"))
        names = [district.value for district in options.districts]
        faults += [
            Fault("district_twice", column="district.value", value=value)
            for value in sorted({value for value in names if names.count(value) > 1})
        ]
        homes = {project.fields.get(options.project_field, "") for project in election.projects}
        faults += [
            Fault("district_empty", column="district.value", value=value) for value in names if value not in homes
        ]
    for limit in options.limits:
        if limit.field not in heads:
            faults.append(_no_column("limit.field", limit.field, "PROJECTS"))
        elif not any(limit.value in project.tags(limit.field) for project in election.projects):
            faults.append(Fault("limit_empty", column="limit.value", value=limit.value, params={"field": limit.field}))
    if faults:
        raise BadInput(faults)


def _no_column(option: str, value: str, section: str) -> Fault:
    return Fault("option_column", column=option, value=value, params={"section": section})
