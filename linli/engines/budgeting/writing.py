"""An election → a Pabulib .pb file: what was read is written back, with who was funded if wanted.

Cells are quoted only where they must be; lines end with a newline; UTF-8 without BOM.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

from linli.engines.budgeting.data import Election, Section


def write_pb(election: Election, selected: Collection[str] | None = None, rule: str = "") -> str:
    """The text of the file. `selected`: ids for the column `selected` (1/0), `rule`: the META entry `rule`."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    meta, projects, votes = election.sections
    if rule:
        rows = tuple(row for row in meta.rows if row[0].strip().lower() != "rule")
        meta = Section(meta.header, (*rows, ("rule", rule)))
    if selected is not None:
        projects = _marked(projects, selected)
    for title, section in (("META", meta), ("PROJECTS", projects), ("VOTES", votes)):
        out.write(title + "\n")
        writer.writerow(section.header)
        writer.writerows(section.rows)
    return out.getvalue()


def _marked(section: Section, selected: Collection[str]) -> Section:
    heads = [head.strip().lower() for head in section.header]
    at_id = heads.index("project_id")
    if "selected" not in heads:
        section = Section((*section.header, "selected"), tuple((*row, "") for row in section.rows))
        heads.append("selected")
    at = heads.index("selected")
    rows = []
    for row in section.rows:
        cells = [*row, *([""] * (len(heads) - len(row)))]
        cells[at] = "1" if row[at_id].strip() in selected else "0"
        rows.append(tuple(cells))
    return Section(section.header, tuple(rows))
