"""Turns checked expressions into Ibis expressions, so that the rules run as SQL where the residents lie.

Unknown stays unknown: a comparison with a missing fact is NULL, NaN is read as NULL, a division by zero is
NULL, and a household figure is NULL when the fact of one member is (except `household_any` that has found
one, and `household_all` that has found a counter-example).
"""

from __future__ import annotations

import ast
import functools
import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from linli.engines.eligibility.language import Expression, Type

# Ibis' expression classes are built at run time and do not type-check strictly; `Any` stands for one here.
Column = Any
Table = Any

IBIS_TYPE: Mapping[Type, str] = {
    "flag": "boolean",
    "number": "float64",
    "text": "string",
    "date": "date",
    "texts": "array<string>",
}
_CLAUSE_ENDS = "[,，;；。!！?？\n\r]"
_GROUP_TO = r'"{code}"\s*:\s*(?:\{{[^}}]*"to"\s*:\s*)?"(\d{{4}}-\d{{2}}-\d{{2}})'
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


class Compiler:
    """Compiles expressions over one table: `names` are its columns and the literals of parameters.

    `household` is the key of a person's household (never NULL); `on` is the day `today` stands for;
    `whole` are names that are never NULL, which spares the check for missing members.
    """

    def __init__(self, names: Mapping[str, Column], household: Column, on: date, whole: frozenset[str]) -> None:
        import ibis

        self.ibis = ibis
        self.names = dict(names)
        self.household = household
        self.on = on
        self.whole = whole

    def compile(self, expression: Expression) -> Column:
        """The Ibis value of a checked expression."""
        return self.visit(expression.tree)

    def visit(self, node: ast.expr) -> Column:
        match node:
            case ast.Constant(value=value):
                return self.ibis.literal(value)
            case ast.Name(id="today"):
                return self.ibis.literal(self.on)
            case ast.Name(id=name):
                return self.names[name]
            case ast.BoolOp(op=op, values=values):
                join = operator.and_ if isinstance(op, ast.And) else operator.or_
                return functools.reduce(join, [self.visit(value) for value in values])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return ~self.visit(operand)
            case ast.UnaryOp(operand=operand):
                return -self.visit(operand)
            case ast.BinOp(op=ast.Div(), left=left, right=right):
                return self.visit(left).cast("float64") / self.visit(right).cast("float64").nullif(0.0)
            case ast.BinOp(op=op, left=left, right=right):
                return _ARITHMETIC[type(op)](self.visit(left), self.visit(right))
            case ast.Compare():
                return self._compare(node)
            case ast.Call(func=ast.Name(id=name), args=args):
                return getattr(self, f"_{name}")(*args)
        raise AssertionError(ast.dump(node))

    def gap(self, expression: Expression) -> Column | None:
        """How far apart the two sides of a single comparison of numbers are; None for anything else."""
        match expression.tree:
            case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()], comparators=[right]):
                one, other = self.visit(left), self.visit(right)
                if one.type().is_numeric() and other.type().is_numeric():
                    return (one - other).abs().cast("float64")
        return None

    def _compare(self, node: ast.Compare) -> Column:
        left, parts = self.visit(node.left), []
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(right_node, ast.Tuple):
                found = left.isin([element.value for element in right_node.elts if isinstance(element, ast.Constant)])
                return ~found if isinstance(op, ast.NotIn) else found
            right = self.visit(right_node)
            parts.append(_COMPARE[type(op)](left, right))
            left = right
        return functools.reduce(operator.and_, parts)

    # --- functions of the language, named as there ---

    def _has_group(self, *codes: ast.expr) -> Column:
        return self._includes(ast.Name("groups"), *codes)

    def _group_to(self, code: ast.expr) -> Column:
        pattern = _GROUP_TO.format(code=_literal(code))
        return self.names["group_dates"].re_extract(pattern, 1).nullif("").try_cast("date")

    def _years_since(self, node: ast.expr) -> Column:
        day = self.visit(node)
        later = day.month() * 100 + day.day() > self.on.month * 100 + self.on.day
        return (self.ibis.literal(self.on.year) - day.year() - later.cast("int64")).cast("int64")

    def _days_since(self, node: ast.expr) -> Column:
        return self.ibis.literal(self.on).delta(self.visit(node), unit="day").cast("int64")

    def _days_until(self, node: ast.expr) -> Column:
        return self.visit(node).delta(self.ibis.literal(self.on), unit="day").cast("int64")

    def _date(self, node: ast.expr) -> Column:
        return self.ibis.literal(date.fromisoformat(_literal(node)))

    def _known(self, node: ast.expr) -> Column:
        return self._closed(node).notnull()

    def _unknown(self, node: ast.expr) -> Column:
        return self._closed(node).isnull()

    def _closed(self, node: ast.expr) -> Column:
        """A flag inside a CAST: Ibis 12 writes `NOT (x) IS NULL`, which SQL reads as `NOT (x IS NULL)`."""
        value = self.visit(node)
        return value.cast("int8") if value.type().is_boolean() else value

    def _otherwise(self, node: ast.expr, instead: ast.expr) -> Column:
        return self.ibis.coalesce(self.visit(node), self.visit(instead))

    def _includes(self, texts: ast.expr, *wanted: ast.expr) -> Column:
        column = self.visit(texts)
        return functools.reduce(operator.or_, [column.contains(self.visit(each)) for each in wanted])

    def _size(self, texts: ast.expr) -> Column:
        return self.visit(texts).length().cast("int64")

    def _has_word(self, text: ast.expr, *words: ast.expr) -> Column:
        column = self.visit(text)
        return functools.reduce(operator.or_, [column.contains(self.visit(word)) for word in words])

    def _has_clause(self, text: ast.expr, words: ast.expr, but: ast.expr) -> Column:
        """Some clause of the text holds one of the words and none of the others; both are literals, blanks between."""
        clauses = self.visit(text).re_split(_CLAUSE_ENDS)
        found, other = (_literal(node).split() for node in (words, but))

        def says(clause: Column) -> Column:
            no = self.ibis.literal(False)
            one = functools.reduce(operator.or_, [clause.contains(word) for word in found], no)
            return functools.reduce(operator.and_, [~clause.contains(word) for word in other], one)

        return clauses.filter(says).length() > 0

    def _household_size(self) -> Column:
        return self._over(self.household.count())

    def _household_sum(self, node: ast.expr) -> Column:
        return self._when_all_known(node, lambda value: value.sum())

    def _household_avg(self, node: ast.expr) -> Column:
        return self._when_all_known(node, lambda value: value.cast("float64").mean())

    def _household_min(self, node: ast.expr) -> Column:
        return self._when_all_known(node, lambda value: value.min())

    def _household_max(self, node: ast.expr) -> Column:
        return self._when_all_known(node, lambda value: value.max())

    def _household_max_known(self, node: ast.expr) -> Column:
        """The highest value that is known of any member; members of whom it is not known are passed over."""
        return self._over(self.visit(node).max())

    def _household_count(self, node: ast.expr) -> Column:
        return self._when_all_known(node, lambda value: value.cast("int64").sum())

    def _household_any(self, node: ast.expr) -> Column:
        found = self._over(self.visit(node).cast("int8").max()) == 1
        return found.ifelse(True, self._when_all_known(node, lambda value: value.cast("int8").max()) == 1)

    def _household_all(self, node: ast.expr) -> Column:
        failed = self._over(self.visit(node).cast("int8").min()) == 0
        return failed.ifelse(False, self._when_all_known(node, lambda value: value.cast("int8").min()) == 1)

    def _over(self, aggregate: Column) -> Column:
        return aggregate.over(self.ibis.window(group_by=self.household))

    def _when_all_known(self, node: ast.expr, aggregate: Callable[[Column], Column]) -> Column:
        value = self.visit(node)
        result = self._over(aggregate(value))
        if self._never_null(node):
            return result
        known = self._over(value.count()) == self._over(self.household.count())
        return known.ifelse(result, self.ibis.null(result.type()))

    def _never_null(self, node: ast.expr) -> bool:
        parts = list(ast.walk(node))
        plain = not any(isinstance(part, ast.Call | ast.Div) for part in parts)
        return plain and all(part.id in self.whole for part in parts if isinstance(part, ast.Name))


def _literal(node: ast.expr) -> str:
    assert isinstance(node, ast.Constant)
    return str(node.value)
