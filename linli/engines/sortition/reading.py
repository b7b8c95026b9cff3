"""Files → pool and quotas, with every fault at once. Tables are read by the caller (`cli`) or by `read_csv` here."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from linli.engines.errors import BadInput, Fault
from linli.engines.sortition.data import Pool, Quota

Rows = Sequence[Sequence[str]]
CATEGORY = ("category", "feature", "类别", "维度", "配额类别")
VALUE = ("value", "feature", "name", "feature value", "取值", "值", "选项")
LOW, HIGH = ("min", "minimum", "最少", "下限"), ("max", "maximum", "最多", "上限")
LOW_FLEX, HIGH_FLEX = ("min_flex", "最少可放宽到", "下限可放宽到"), ("max_flex", "最多可放宽到", "上限可放宽到")
LARGEST = 100_000


def read_csv(path: Path) -> list[list[str]]:
    """Rows of a CSV file in UTF-8 (with or without mark) or GB18030; raises BadInput when it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError:
        raise BadInput([Fault("file_missing", file=path.name)]) from None
    if b"\x00" in data:
        raise BadInput([Fault("file_not_csv", file=path.name)])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
        except csv.Error as error:
            raise BadInput([Fault("file_broken", file=path.name, params={"why": str(error)})]) from None
    raise BadInput([Fault("file_encoding", file=path.name)])


def read_input(
    pool: Rows,
    quotas: Rows,
    size: int,
    *,
    household: Sequence[str] = (),
    identity: str = "",
    pool_name: str = "pool",
    quotas_name: str = "quotas",
) -> tuple[Pool, tuple[Quota, ...]]:
    """Pool and quotas from two tables whose first rows are headings. Raises BadInput naming every fault of both.

    `household`: the columns that together make an address; `identity`: a column to name people by on the report.
    """
    faults: list[Fault] = []
    wanted = _quotas(quotas, quotas_name, faults)
    found = _pool(pool, wanted, household, identity, pool_name, quotas_name, faults)
    if size < 1:
        faults.append(Fault("size_small", value=str(size)))
    if found is not None and len(found.people) < size:
        faults.append(Fault("size_large", file=pool_name, value=str(size), params={"people": str(len(found.people))}))
    if faults or found is None:
        raise BadInput(faults)
    return found, wanted


def _quotas(rows: Rows, name: str, faults: list[Fault]) -> tuple[Quota, ...]:
    if not rows:
        faults.append(Fault("file_empty", file=name))
        return ()
    heads = [cell.lower() for cell in rows[0]]
    at = _columns(heads)
    missing = [word for word in ("category", "value", "min", "max") if word not in at]
    faults += [Fault("column_missing", file=name, row=1, column=word) for word in missing]
    if missing:
        return ()
    out: dict[tuple[str, str], Quota] = {}
    for number, row in enumerate(rows[1:], start=2):
        if any(row):
            _quota(row, number, at, name, out, faults)
    if len(rows) < 2 or not any(any(row) for row in rows[1:]):
        faults.append(Fault("no_rows", file=name))
    return tuple(out.values())


def _columns(heads: Sequence[str]) -> dict[str, int]:
    """Where each of our columns stands; `feature` is the category when there is no `category`, else the value."""
    at: dict[str, int] = {}
    for ours, names in (
        ("category", CATEGORY),
        ("value", VALUE),
        ("min", LOW),
        ("max", HIGH),
        ("min_flex", LOW_FLEX),
        ("max_flex", HIGH_FLEX),
    ):
        for word in names:
            if word in heads and heads.index(word) not in at.values():
                at[ours] = heads.index(word)
                break
    return at


def _quota(
    row: Sequence[str],
    number: int,
    at: dict[str, int],
    name: str,
    out: dict[tuple[str, str], Quota],
    faults: list[Fault],
) -> None:
    cells = {word: row[place] if place < len(row) else "" for word, place in at.items()}
    before = len(faults)
    faults += [Fault("empty", file=name, row=number, column=word) for word in ("category", "value") if not cells[word]]
    low, high = _number(cells, "min", number, name, faults), _number(cells, "max", number, name, faults)
    low_flex = _number(cells, "min_flex", number, name, faults) if cells.get("min_flex") else None
    high_flex = _number(cells, "max_flex", number, name, faults) if cells.get("max_flex") else None
    if low > high:
        faults.append(Fault("min_over_max", file=name, row=number, column="min", value=str(low)))
    if low_flex is not None and low_flex > low:
        faults.append(Fault("flex_inside", file=name, row=number, column="min_flex", value=str(low_flex)))
    if high_flex is not None and high_flex < high:
        faults.append(Fault("flex_inside", file=name, row=number, column="max_flex", value=str(high_flex)))
    key = cells["category"], cells["value"]
    if key in out:
        first = {"first": str(out[key].row)}
        faults.append(Fault("quota_repeated", file=name, row=number, column="value", value=key[1], params=first))
    elif len(faults) == before or all(key):
        out[key] = Quota(*key, low, high, low_flex, high_flex, number)


def _number(cells: dict[str, str], word: str, row: int, name: str, faults: list[Fault]) -> int:
    text = cells[word]
    if text.isascii() and text.isdigit() and int(text[:7]) <= LARGEST:
        return int(text)
    faults.append(Fault("not_a_number" if text else "empty", file=name, row=row, column=word, value=text[:40]))
    return 0


def _pool(
    rows: Rows,
    quotas: Sequence[Quota],
    household: Sequence[str],
    identity: str,
    name: str,
    quotas_name: str,
    faults: list[Fault],
) -> Pool | None:
    if not rows:
        faults.append(Fault("file_empty", file=name))
        return None
    heads = list(rows[0])
    first_row: dict[str, int | None] = {}
    for quota in quotas:
        first_row.setdefault(quota.category, quota.row)
    for category, row in first_row.items():
        if category not in heads:
            faults.append(Fault("category_unknown", file=quotas_name, row=row, column="category", value=category))
    for word in {*first_row, *household, identity} - {""}:
        if heads.count(word) > 1:
            faults.append(Fault("column_repeated", file=name, row=1, column=word))
    for word in [*household, *([identity] if identity else [])]:
        if word not in heads:
            faults.append(Fault("column_missing", file=name, row=1, column=word))
    people = [(number, row) for number, row in enumerate(rows[1:], start=2) if any(row)]
    if not people:
        faults.append(Fault("no_rows", file=name))
    categories = tuple(category for category in first_row if category in heads)
    known = {quota.key for quota in quotas}
    at = {word: heads.index(word) for word in heads}
    for number, line in people:
        _person(number, line, categories, household, known, at, name, faults)
    if faults:
        return None

    def cell(row: Sequence[str], word: str) -> str:
        return row[at[word]] if at[word] < len(row) else ""

    homes: dict[tuple[str, ...], int] = {}
    return Pool(
        categories=categories,
        people=tuple(tuple(cell(row, word) for word in categories) for _, row in people),
        households=tuple(
            homes.setdefault(tuple(" ".join(cell(row, word).split()).lower() for word in household), len(homes))
            for _, row in people
        )
        if household
        else None,
        ids=tuple(cell(row, identity) if identity else str(number) for number, row in people),
    )


def _person(
    number: int,
    row: Sequence[str],
    categories: Sequence[str],
    household: Sequence[str],
    known: set[tuple[str, str]],
    at: dict[str, int],
    name: str,
    faults: list[Fault],
) -> None:
    for word in categories:
        value = row[at[word]] if at[word] < len(row) else ""
        if not value:
            faults.append(Fault("empty", file=name, row=number, column=word))
        elif (word, value) not in known:
            faults.append(Fault("value_unknown", file=name, row=number, column=word, value=value))
    address = [row[at[word]] if word in at and at[word] < len(row) else "" for word in household if word in at]
    if household and not any(address):
        faults.append(Fault("address_missing", file=name, row=number, column=household[0]))
