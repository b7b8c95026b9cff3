"""The small language rules are written in: what may be said, and whether it makes sense.

An expression is one line of Python syntax cut down to a white list: names, numbers, texts, comparisons,
`and` / `or` / `not`, `+ - * /`, membership in a tuple, and the functions of `FUNCTIONS`. It is never
executed: it is parsed, given types here, and turned into SQL by `sql.py`. What is not on the list is a
fault that says so. A fact that is not known makes an expression *unknown*, as in SQL: unknown is neither
met nor failed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Type = Literal["flag", "number", "text", "date", "texts"]
TYPES: tuple[Type, ...] = ("flag", "number", "text", "date", "texts")
MAX_LENGTH = 2_000
MAX_NODES = 400


@dataclass(frozen=True)
class Function:
    """What a function takes and gives. `rest` is the type of any further arguments; `any` takes every type.

    From argument number `literal_from` on, texts must be written out in the rule itself.
    """

    takes: tuple[str, ...]
    gives: str
    rest: str | None = None
    literal_from: int | None = None
    household: bool = False
    reads: tuple[str, ...] = ()


FUNCTIONS: Mapping[str, Function] = {
    "has_group": Function(("text",), "flag", rest="text", literal_from=0, reads=("groups",)),
    "group_to": Function(("text",), "date", literal_from=0, reads=("group_dates",)),
    "years_since": Function(("date",), "number"),
    "days_since": Function(("date",), "number"),
    "days_until": Function(("date",), "number"),
    "date": Function(("text",), "date", literal_from=0),
    "known": Function(("any",), "flag"),
    "unknown": Function(("any",), "flag"),
    "otherwise": Function(("any", "same"), "same"),
    "includes": Function(("texts", "text"), "flag", rest="text", literal_from=1),
    "size": Function(("texts",), "number"),
    "has_word": Function(("text", "text"), "flag", rest="text", literal_from=1),
    "has_clause": Function(("text", "text", "text"), "flag", literal_from=1),
    "household_size": Function((), "number", household=True),
    "household_sum": Function(("number",), "number", household=True),
    "household_avg": Function(("number",), "number", household=True),
    "household_min": Function(("number",), "number", household=True),
    "household_max": Function(("number",), "number", household=True),
    "household_max_known": Function(("number",), "number", household=True),
    "household_count": Function(("flag",), "number", household=True),
    "household_any": Function(("flag",), "flag", household=True),
    "household_all": Function(("flag",), "flag", household=True),
}
READS: Mapping[str, Type] = {"groups": "texts", "group_dates": "text"}


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text, its syntax tree, its type and the names it reads.

    `household`: it uses a household function. `constant`: every member of a household has the same value.
    """

    text: str
    tree: ast.expr
    type: Type
    names: frozenset[str]
    household: bool
    constant: bool


@dataclass(frozen=True)
class Mistake:
    """One thing an expression does not make sense in: a code of `words.py` and its parameters."""

    code: str
    params: Mapping[str, str]


class _Checker:
    """Gives a type to every part of a tree and gathers all mistakes rather than stopping at the first."""

    def __init__(self, types: Mapping[str, Type], constants: frozenset[str]) -> None:
        self.types = types
        self.constants = constants
        self.mistakes: list[Mistake] = []
        self.names: set[str] = set()
        self.household = False
        self.constant = True
        self._inside_household = False

    def wrong(self, code: str, **params: str) -> None:
        self.mistakes.append(Mistake(code, params))

    def want(self, node: ast.expr, wanted: str) -> None:
        found = self.visit(node)
        if found is not None and found != wanted:
            self.wrong("expression_type", part=ast.unparse(node), found=found, wanted=wanted)

    def visit(self, node: ast.expr) -> Type | None:
        """The type of a part, or None when it is a mistake already noted."""
        match node:
            case ast.Constant(value=bool()):
                return "flag"
            case ast.Constant(value=int() | float()):
                return "number"
            case ast.Constant(value=str()):
                return "text"
            case ast.Name(id=name):
                return self._name(name)
            case ast.BoolOp(values=values):
                for value in values:
                    self.want(value, "flag")
                return "flag"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.want(operand, "flag")
                return "flag"
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                self.want(operand, "number")
                return "number"
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), left=left, right=right):
                self.want(left, "number")
                self.want(right, "number")
                return "number"
            case ast.Compare():
                self._compare(node)
                return "flag"
            case ast.Call(func=ast.Name(id=name), keywords=[]):
                return self._call(name, node)
        self.wrong("expression_not_allowed", part=ast.unparse(node))
        return None

    def _name(self, name: str) -> Type | None:
        if name == "today":
            return "date"
        found = self.types.get(name)
        if found is None:
            self.wrong("expression_unknown_name", part=name)
            return None
        self.names.add(name)
        if name not in self.constants and not self._inside_household:
            self.constant = False
        return found

    def _compare(self, node: ast.Compare) -> None:
        left_node, left = node.left, self.visit(node.left)
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, ast.In | ast.NotIn):
                self._membership(left_node, left, right_node)
                return
            right = self.visit(right_node)
            ordered = isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE)
            if not ordered and not isinstance(op, ast.Eq | ast.NotEq):
                self.wrong("expression_not_allowed", part=ast.unparse(node))
            elif left is not None and right is not None:
                comparable = ("number", "date") if ordered else ("number", "date", "text")
                if left != right or left not in comparable:
                    self.wrong("expression_compare", part=ast.unparse(node), found=f"{left}, {right}")
            left_node, left = right_node, right

    def _membership(self, left_node: ast.expr, left: Type | None, right_node: ast.expr) -> None:
        if not isinstance(right_node, ast.Tuple) or not right_node.elts:
            self.wrong("expression_membership", part=ast.unparse(right_node))
            return
        for element in right_node.elts:
            if not isinstance(element, ast.Constant):
                self.wrong("expression_literal", part=ast.unparse(element))
            elif left in ("number", "text"):
                self.want(element, left)
            elif left is not None:
                self.wrong("expression_type", part=ast.unparse(left_node), found=left, wanted="number, text")

    def _call(self, name: str, node: ast.Call) -> Type | None:
        function = FUNCTIONS.get(name)
        if function is None:
            self.wrong("expression_unknown_function", part=name, known=", ".join(FUNCTIONS))
            return None
        few = len(node.args) < len(function.takes)
        if few or (function.rest is None and len(node.args) > len(function.takes)):
            self.wrong("expression_arguments", part=ast.unparse(node), wanted=str(len(function.takes)))
            return None
        self._reads(name, function)
        if function.household:
            return self._household(function, node)
        return self._arguments(function, node)

    def _reads(self, name: str, function: Function) -> None:
        for column in function.reads:
            if self.types.get(column) != READS[column]:
                self.wrong("expression_needs_column", part=name, column=column, wanted=READS[column])
            self.names.add(column)
            if not self._inside_household:
                self.constant = False

    def _household(self, function: Function, node: ast.Call) -> Type | None:
        if self._inside_household:
            self.wrong("expression_household_nested", part=ast.unparse(node))
            return None
        before = len(self.mistakes)
        self.household = self._inside_household = True
        found = self._arguments(function, node)
        self._inside_household = False
        if function.takes and len(self.mistakes) == before and not self._reads_members(node):
            self.wrong("expression_household_constant", part=ast.unparse(node))
        return found

    def _reads_members(self, node: ast.Call) -> bool:
        """Whether anything in a call may differ from member to member."""
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        columns = (names & set(self.types)) - self.constants
        return bool(columns) or any(FUNCTIONS[name].reads for name in names & set(FUNCTIONS))

    def _arguments(self, function: Function, node: ast.Call) -> Type | None:
        first: Type | None = None
        for at, argument in enumerate(node.args):
            wanted = function.takes[at] if at < len(function.takes) else str(function.rest)
            written = isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            if function.literal_from is not None and at >= function.literal_from and not written:
                self.wrong("expression_literal", part=ast.unparse(argument))
            elif wanted == "any":
                first = self.visit(argument)
            elif wanted == "same":
                if first is not None:
                    self.want(argument, first)
            else:
                self.want(argument, wanted)
                self._readable(node, argument)
        return first if function.gives == "same" else _TYPE[function.gives]

    def _readable(self, node: ast.Call, argument: ast.expr) -> None:
        """`date("…")` must hold a day of the calendar."""
        if isinstance(node.func, ast.Name) and node.func.id == "date" and isinstance(argument, ast.Constant):
            try:
                date.fromisoformat(str(argument.value))
            except ValueError:
                self.wrong("expression_date", part=str(argument.value))


_TYPE: Mapping[str, Type] = {each: each for each in TYPES}


def check(text: str, types: Mapping[str, Type], constants: frozenset[str]) -> Expression | tuple[Mistake, ...]:
    """The expression in `text`, or every mistake in it.

    `types` gives each name that may be used its type; `constants` are the names that are the same for
    all members of a household (parameters, household figures).
    """
    if len(text) > MAX_LENGTH:
        return (Mistake("expression_too_long", {"part": text[:40], "limit": str(MAX_LENGTH)}),)
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return (Mistake("expression_syntax", {"part": text[:200]}),)
    if sum(1 for _ in ast.walk(tree)) > MAX_NODES:
        return (Mistake("expression_too_long", {"part": text[:40], "limit": str(MAX_NODES)}),)
    checker = _Checker(types, constants)
    found = checker.visit(tree)
    if checker.mistakes or found is None:
        return tuple(checker.mistakes)
    return Expression(text.strip(), tree, found, frozenset(checker.names), checker.household, checker.constant)
