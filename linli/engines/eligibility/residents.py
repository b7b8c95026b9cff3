"""Asks the conditions of rules where the residents lie, in one SQL query.

Arrow tables go into a DuckDB in memory that may neither load extensions nor spill to disk; an Ibis table
stays in its own database.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from linli.engines.eligibility.data import Dated, Figure, Rule, RuleBook
from linli.engines.eligibility.language import Type
from linli.engines.eligibility.sql import IBIS_TYPE, Column, Compiler, Table
from linli.engines.errors import BadInput, Fault

if TYPE_CHECKING:
    import pyarrow as pa

SUBJECT, HOUSEHOLD = "subject__", "household__"


@dataclass(frozen=True)
class Plan:
    """Which rules run on the day, with which values; and why the others do not."""

    on: date
    rules: tuple[Rule, ...]
    values: Mapping[str, Dated]
    not_in_force: tuple[str, ...]
    without_value: Mapping[str, tuple[str, ...]]

    def literals(self) -> dict[str, Column]:
        """The parameters as Ibis literals."""
        import ibis

        return {code: ibis.literal(dated.value) for code, dated in self.values.items()}


def names_of(book: RuleBook, rule: Rule) -> frozenset[str]:
    """Every name a rule stands on: columns, parameters and figures, also those behind its figures."""
    import string

    own = frozenset[str]().union(*(condition.expression.names for condition in rule.when))
    places = string.Formatter().parse(rule.reason_zh + rule.reason_en)
    own |= {name for _, name, _, _ in places if name}
    return own.union(*(figure.expression.names for figure in book.figures_needed(own)))


def plan(book: RuleBook, on: date) -> Plan:
    """The rules in force on the day `on` whose parameters all have a value for it."""
    values = {code: dated for code, each in book.parameters.items() if (dated := each.at(on))}
    without = {
        rule.code: missing
        for rule in book.rules
        if rule.holds(on) and (missing := tuple(sorted(names_of(book, rule) & (set(book.parameters) - set(values)))))
    }
    return Plan(
        on=on,
        rules=tuple(rule for rule in book.rules if rule.holds(on) and rule.code not in without),
        values=MappingProxyType(values),
        not_in_force=tuple(rule.code for rule in book.rules if not rule.holds(on)),
        without_value=MappingProxyType(without),
    )


@contextlib.contextmanager
def lodged(persons: pa.Table | Table) -> Iterator[Table]:
    """The residents as an Ibis table: Arrow in a closed-off DuckDB in memory, anything else where it is."""
    import duckdb
    import ibis
    import pyarrow as pa

    if not isinstance(persons, pa.Table):
        yield persons
        return
    raw = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "max_temp_directory_size": "0KiB",
        }
    )
    try:
        raw.register("residents", persons)
        connection = ibis.duckdb.from_connection(raw)
        yield connection.table("residents")
    finally:
        raw.close()


def column_faults(book: RuleBook, table: Table) -> list[Fault]:
    """Columns of the table that are not of the type the rules declare, and a missing subject column."""
    schema = table.schema()
    faults = []
    if book.subject not in schema:
        faults.append(Fault("no_subject_column", column=book.subject))
    for name, wanted in book.columns.items():
        if name in schema and not _fits(schema[name], wanted):
            params = MappingProxyType({"found": str(schema[name]), "wanted": wanted})
            faults.append(Fault("column_type", column=name, params=params))
    return faults


def _fits(found: Any, wanted: Type) -> bool:
    match wanted:
        case "number":
            fits = found.is_numeric()
        case "flag":
            fits = found.is_boolean()
        case "text":
            fits = found.is_string()
        case "date":
            fits = found.is_date() or found.is_timestamp()
        case "texts":
            fits = found.is_array() and (found.value_type.is_string() or found.value_type.is_null())
    return bool(fits or found.is_null())


def verdicts(book: RuleBook, table: Table, plan: Plan, whole: frozenset[str]) -> pa.Table:
    """One row per resident: the columns and figures rules need, and what each condition comes to.

    Everything is worked out in one SQL query. A condition stands under `condition:<its text>` as true, false
    or NULL (unknown); beside a comparison of two numbers stands their distance under `gap:<its text>`.
    `whole`: columns known to hold no NULL. Raises `BadInput` when the table does not fit the rules.
    """
    if faults := column_faults(book, table):
        raise BadInput(faults)
    needed = frozenset[str]().union(*(names_of(book, rule) for rule in plan.rules))
    columns = {name: _column(table, name, kind) for name, kind in book.columns.items() if name in needed}
    people = table.select(**columns, **{SUBJECT: table[book.subject], HOUSEHOLD: _household(table, book, whole)})
    for level in _levels(book, needed):
        compiler = Compiler(_names(people, plan), people[HOUSEHOLD], plan.on, whole)
        people = people.mutate(**{figure.code: compiler.compile(figure.expression) for figure in level})
    compiler = Compiler(_names(people, plan), people[HOUSEHOLD], plan.on, frozenset())
    asked: dict[str, Column] = {}
    for condition in (condition for rule in plan.rules for condition in rule.when):
        expression = condition.expression
        asked[f"condition:{expression.text}"] = compiler.compile(expression)
        if (gap := compiler.gap(expression)) is not None:
            asked[f"gap:{expression.text}"] = gap
    return people.mutate(**asked).to_pyarrow()


def _names(people: Table, plan: Plan) -> dict[str, Column]:
    return {**{name: people[name] for name in people.columns}, **plan.literals()}


def _levels(book: RuleBook, needed: frozenset[str]) -> list[list[Figure]]:
    """The needed figures, each level standing only on columns, parameters and the levels before it."""
    level: dict[str, int] = {}
    for figure in book.figures_needed(needed):
        level[figure.code] = 1 + max((level.get(name, 0) for name in figure.expression.names), default=0)
    figures = {figure.code: figure for figure in book.figures}
    return [
        [figures[code] for code, at in level.items() if at == wanted]
        for wanted in range(1, max(level.values(), default=0) + 1)
    ]


def _household(table: Table, book: RuleBook, whole: frozenset[str]) -> Column:
    """The household's key; a person without one is a household alone."""
    import ibis

    subject = table[book.subject]
    if not book.household or book.household not in table.columns:
        return subject
    household = table[book.household]
    if book.household in whole:
        return household
    return ibis.coalesce(household.cast("string"), ibis.literal("alone:") + subject.cast("string"))


def _column(table: Table, name: str, kind: Type) -> Column:
    """A column in the type the rules declare; a missing one is all NULL; NaN is NULL."""
    import ibis

    if name not in table.columns or table[name].type().is_null():
        return ibis.null(IBIS_TYPE[kind])
    column = table[name]
    if kind == "number":
        if column.type().is_integer():
            return column.cast("int64")
        number = column.cast("float64")
        return number.isnan().ifelse(ibis.null("float64"), number)
    return column.cast(IBIS_TYPE[kind])


def whole_columns(persons: object) -> frozenset[str]:
    """Columns of an Arrow table that hold neither NULL nor NaN; of any other table none is known."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(persons, pa.Table):
        return frozenset()
    return frozenset(
        name
        for name in persons.column_names
        if persons[name].null_count == 0
        and not (pa.types.is_floating(persons[name].type) and pc.any(pc.is_nan(persons[name])).as_py())
    )


def digest_of(persons: object, book: RuleBook) -> str:
    """sha256 of the columns the rules may read, in the order of the rows; "" for a table in a database."""
    import pyarrow as pa

    if not isinstance(persons, pa.Table):
        return ""
    kept = [name for name in (book.subject, book.household, *book.columns) if name in persons.column_names]
    table = persons.select(list(dict.fromkeys(kept))).replace_schema_metadata(None).combine_chunks()
    sink = _HashSink()
    with pa.ipc.new_stream(pa.PythonFile(sink, mode="w"), table.schema) as writer:
        writer.write_table(table)
    return sink.digest.hexdigest()


class _HashSink:
    """A file that keeps nothing of what is written to it but its sha256."""

    closed = False

    def __init__(self) -> None:
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""
