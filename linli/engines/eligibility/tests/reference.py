"""A second, slow reading of the rule language in plain Python, row by row: what the SQL must agree with.

None is unknown. Written from the language's description, not from the compiler.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

Row = Mapping[str, Any]


def both(values: Sequence[bool | None]) -> bool | None:
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def either(values: Sequence[bool | None]) -> bool | None:
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


class Reading:
    """Reads expressions for one row among the members of its household."""

    def __init__(self, row: Row, members: Sequence[Row], on: date) -> None:
        self.row, self.members, self.on = row, members, on

    def read(self, text: str) -> Any:
        return self.visit(ast.parse(text, mode="eval").body)

    def visit(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.on if node.id == "today" else self.row[node.id]
        if isinstance(node, ast.BoolOp):
            values = [self.visit(value) for value in node.values]
            return both(values) if isinstance(node.op, ast.And) else either(values)
        if isinstance(node, ast.UnaryOp):
            value = self.visit(node.operand)
            if value is None:
                return None
            return not value if isinstance(node.op, ast.Not) else -value
        if isinstance(node, ast.BinOp):
            return self.arithmetic(node.op, self.visit(node.left), self.visit(node.right))
        if isinstance(node, ast.Compare):
            return self.compare(node)
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        if node.func.id.startswith("household_"):
            return self.household(node.func.id, node.args)
        return self.call(node.func.id, [self.visit(argument) for argument in node.args])

    def arithmetic(self, op: ast.operator, left: Any, right: Any) -> Any:
        if left is None or right is None:
            return None
        if isinstance(op, ast.Add):
            return left + right
        if isinstance(op, ast.Sub):
            return left - right
        if isinstance(op, ast.Mult):
            return left * right
        return left / right if right != 0 else None

    def compare(self, node: ast.Compare) -> bool | None:
        left, found = self.visit(node.left), []
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, ast.In | ast.NotIn):
                values = ast.literal_eval(right_node)
                return None if left is None else (left in values) == isinstance(op, ast.In)
            right = self.visit(right_node)
            found.append(None if left is None or right is None else self.ordered(op, left, right))
            left = right
        return both(found)

    def ordered(self, op: ast.cmpop, left: Any, right: Any) -> bool:
        return {
            ast.Lt: lambda: left < right,
            ast.LtE: lambda: left <= right,
            ast.Gt: lambda: left > right,
            ast.GtE: lambda: left >= right,
            ast.Eq: lambda: left == right,
            ast.NotEq: lambda: left != right,
        }[type(op)]()

    def call(self, name: str, given: list[Any]) -> Any:
        first = given[0]
        if name == "known":
            return first is not None
        if name == "unknown":
            return first is None
        if name == "otherwise":
            return given[1] if first is None else first
        if name == "has_group":
            groups = self.row["groups"]
            return None if groups is None else any(code in groups for code in given)
        if name == "group_to":
            found = re.search(rf'"{first}": "(\d{{4}}-\d{{2}}-\d{{2}})"', self.row["group_dates"] or "")
            return date.fromisoformat(found[1]) if found else None
        if name == "date":
            return date.fromisoformat(first)
        if first is None or (name == "includes" and None in given):
            return None
        if name == "years_since":
            return self.on.year - first.year - ((self.on.month, self.on.day) < (first.month, first.day))
        if name == "days_since":
            return (self.on - first).days
        if name == "days_until":
            return (first - self.on).days
        if name == "size":
            return len(first)
        return any(each in first for each in given[1:])

    def household(self, name: str, arguments: list[ast.expr]) -> Any:
        if name == "household_size":
            return len(self.members)
        values = [Reading(member, self.members, self.on).visit(arguments[0]) for member in self.members]
        if name == "household_any":
            return either(values)
        if name == "household_all":
            return both(values)
        known = [value for value in values if value is not None]
        if name == "household_max_known":
            return max(known, default=None)
        if len(known) < len(values):
            return None
        if name == "household_avg":
            return sum(known) / len(known)
        return {"household_sum": sum, "household_count": sum, "household_min": min, "household_max": max}[name](known)
