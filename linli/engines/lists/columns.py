"""A column map written by a person: which heading means which field, for every list or for one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from linli.engines.errors import BadInput, Fault
from linli.engines.lists.tables import fields


@dataclass(frozen=True)
class ColumnMap:
    """`every` heading → field for all lists; `files` the same for one file, by its name. "" means: none of ours."""

    every: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, file: str) -> dict[str, str]:
        """The headings that count for one file; its own before those for all."""
        return {**self.every, **self.files.get(file, {})}


def column_map(path: Path) -> ColumnMap:
    """Read a map in TOML: `[columns]` with `"heading" = "field"`, and `[files."name.xlsx"]` for one file.

    Raises BadInput when it is no TOML or names a field that does not exist, every one at once.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput([Fault("map_unreadable", file=path.name)]) from error
    every = table.get("columns", {})
    files = table.get("files", {})
    parts = [every, *files.values()] if isinstance(files, dict) else [every, files]
    if not all(isinstance(part, dict) for part in parts):
        raise BadInput([Fault("map_unreadable", file=path.name)])
    known = {"known": ", ".join(fields())}
    wrong = [
        Fault("map_field_unknown", file=path.name, column=str(heading), value=str(name), params=known)
        for part in parts
        for heading, name in part.items()
        if name != "" and name not in fields()
    ]
    if wrong:
        raise BadInput(wrong)
    return ColumnMap(every, files)
