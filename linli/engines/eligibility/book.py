"""Reads rules files (TOML) into a `RuleBook`, naming every fault of every file at once.

Holds the shape of a rules file and its checks. Holds no policy: numbers and rules are the files' own.
"""

from __future__ import annotations

import hashlib
import itertools
import string
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from linli.engines.eligibility.data import (
    KINDS,
    NEARS,
    STATUSES,
    Condition,
    Dated,
    Figure,
    Parameter,
    Rule,
    RuleBook,
    Value,
)
from linli.engines.eligibility.language import TYPES, Expression, Type, check
from linli.engines.errors import BadInput, Fault

_EARLIEST, _LATEST = date.min, date.max


class _Section:
    """One table of a rules file: takes its keys one by one and notes what is missing, wrong or unknown."""

    def __init__(self, faults: list[Fault], file: str, place: str, content: object) -> None:
        self.faults, self.file, self.place = faults, file, place
        self.content: Mapping[str, Any] = content if isinstance(content, dict) else {}
        self.left = set(self.content)
        if not isinstance(content, dict):
            self.wrong("rules_shape", "", content, wanted="table")

    def wrong(self, code: str, key: str, value: object = "", **params: str) -> None:
        column = ".".join(part for part in (self.place, key) if part)
        shown = "" if value is None else str(value)[:200]
        self.faults.append(Fault(code, "refused", self.file, "", None, column, shown, MappingProxyType(params)))

    def text(self, key: str, default: str | None = None) -> str:
        self.left.discard(key)
        value = self.content.get(key, default)
        if value is None:
            self.wrong("rules_missing", key)
            return ""
        if not isinstance(value, str):
            self.wrong("rules_shape", key, value, wanted="text")
            return ""
        return value

    def one_of(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        value = self.text(key, default)
        if value and value not in allowed:
            self.wrong("rules_choice", key, value, allowed=", ".join(allowed))
        return value

    def day(self, key: str) -> date | None:
        self.left.discard(key)
        value = self.content.get(key)
        if value is None or type(value) is date:
            return value
        self.wrong("rules_shape", key, value, wanted="date")
        return None

    def number(self, key: str, default: float | None) -> float | None:
        self.left.discard(key)
        value = self.content.get(key, default)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.wrong("rules_shape", key, value, wanted="number")
            return default
        return value

    def parts(self, key: str) -> list[Any]:
        self.left.discard(key)
        value = self.content.get(key, [])
        if not isinstance(value, list):
            self.wrong("rules_shape", key, value, wanted="list")
            return []
        return value

    def span(self) -> tuple[date | None, date | None]:
        from_on, to_on = self.day("from"), self.day("to")
        if from_on and to_on and to_on < from_on:
            self.wrong("rules_span", "to", to_on)
        return from_on, to_on

    def end(self) -> None:
        for key in sorted(self.left):
            self.wrong("rules_unknown_key", key)


class _Loader:
    """Gathers columns, parameters, figures and rules of all files; later files may give parameters anew."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.heads: list[tuple[str, str, str, str]] = []
        self.columns: dict[str, Type] = {}
        self.words: dict[str, dict[str, tuple[str, str]]] = {}
        self.parameters: dict[str, Parameter] = {}
        self.figures: dict[str, Figure] = {}
        self.rules: dict[str, Rule] = {}

    def section(self, file: str, place: str, content: object) -> _Section:
        return _Section(self.faults, file, place, content)

    def names(self) -> dict[str, Type]:
        parameters = {code: each.type for code, each in self.parameters.items()}
        figures = {code: each.expression.type for code, each in self.figures.items()}
        return {**self.columns, **parameters, **figures}

    def head(self, file: str, content: Mapping[str, Any]) -> None:
        book = self.section(file, "book", content.get("book", {}))
        self.heads.append(
            (book.text("code"), book.text("version"), book.text("subject", ""), book.text("household", ""))
        )
        book.end()
        for name, kind in dict(content.get("columns", {})).items():
            if kind not in TYPES:
                book.wrong("rules_choice", f"columns.{name}", kind, allowed=", ".join(TYPES))
            elif self.columns.setdefault(name, kind) != kind:
                book.wrong("rules_column_twice", f"columns.{name}", kind, wanted=self.columns[name])
        for column, codes in dict(content.get("words", {})).items():
            self.words[column] = self.code_words(book, column, codes)
        for key in sorted(set(content) - {"book", "columns", "words", "parameter", "figure", "rule"}):
            book.wrong("rules_unknown_key", key)

    def code_words(self, book: _Section, column: str, codes: object) -> dict[str, tuple[str, str]]:
        """The words of one column's codes: `code = ["中文", "English"]`."""
        if column not in self.columns:
            book.wrong("expression_unknown_name", f"words.{column}", column, part=column)
        said = {}
        for code, pair in (codes if isinstance(codes, dict) else {}).items():
            if (
                isinstance(pair, list)
                and len(pair) == len(("zh", "en"))
                and all(isinstance(each, str) for each in pair)
            ):
                said[code] = (pair[0], pair[1])
            else:
                book.wrong("rules_shape", f"words.{column}.{code}", pair, wanted='["中文", "English"]')
        return said

    def parameter(self, file: str, content: object, seen: set[str]) -> None:
        section = self.section(file, "parameter", content)
        code = section.text("code")
        section.place = f"parameter[{code}]"
        zh, en, unit = section.text("zh"), section.text("en"), section.text("unit", "")
        values = [self.dated(file, code, at, each) for at, each in enumerate(section.parts("values"), start=1)]
        section.end()
        if not values:
            section.wrong("rules_missing", "values")
            return
        types = {kind for each in values if (kind := _type_of(each.value))}
        if len(types) > 1:
            section.wrong("rules_mixed_types", "values", ", ".join(sorted(types)))
        for before, after in _overlaps(values):
            section.wrong("rules_overlap", "values", f"{before.value} / {after.value}", day=str(after.from_on or ""))
        if code in seen or code in self.columns:
            section.wrong("rules_twice", "code", code)
        seen.add(code)
        earlier = self.parameters.get(code)
        if earlier and types and earlier.type not in types:
            section.wrong("rules_mixed_types", "values", f"{earlier.type}, {', '.join(sorted(types))}")
        self.parameters[code] = Parameter(code, zh, en, unit, min(types, default="number"), tuple(values))

    def dated(self, file: str, code: str, at: int, content: object) -> Dated:
        section = self.section(file, f"parameter[{code}].values[{at}]", content)
        section.left.discard("value")
        value = section.content.get("value")
        if _type_of(value) is None:
            section.wrong("rules_shape" if value is not None else "rules_missing", "value", value, wanted="number")
        status = section.one_of("status", STATUSES)
        from_on, to_on = section.span()
        source, article = section.text("source"), section.text("article", "")
        section.end()
        shown: Value = value if value is not None else 0
        return Dated(shown, source, article, "confirmed" if status == "confirmed" else "tbc", from_on, to_on)

    def expression(self, section: _Section, key: str, text: str) -> Expression | None:
        constants = frozenset(self.parameters) | {
            code for code, each in self.figures.items() if each.expression.constant
        }
        found = check(text, self.names(), constants)
        if isinstance(found, Expression):
            return found
        for mistake in found:
            section.wrong(mistake.code, key, text, **mistake.params)
        return None

    def figure(self, file: str, content: object) -> None:
        section = self.section(file, "figure", content)
        code = section.text("code")
        section.place = f"figure[{code}]"
        zh, en, unit, text = section.text("zh"), section.text("en"), section.text("unit", ""), section.text("is")
        section.end()
        if not code.isidentifier():
            section.wrong("rules_name", "code", code)
        if code in self.names():
            section.wrong("rules_twice", "code", code)
        elif found := self.expression(section, "is", text):
            self.figures[code] = Figure(code, zh, en, unit, found)

    def rule(self, file: str, content: object) -> None:
        section = self.section(file, "rule", content)
        code = section.text("code")
        section.place = f"rule[{code}]"
        of = section.one_of("of", ("person", "household"), "person")
        kind, status = section.one_of("kind", KINDS), section.one_of("status", STATUSES)
        version, group = section.text("version"), section.text("group", "")
        zh, en = section.text("zh"), section.text("en")
        source, article = section.text("source"), section.text("article", "")
        reason_zh, reason_en = self.reason(section, "reason_zh"), self.reason(section, "reason_en")
        from_on, to_on = section.span()
        lacking = section.number("lacking", 1)
        when = [
            self.condition(file, f"rule[{code}].when[{at}]", at, each, of)
            for at, each in enumerate(section.parts("when"), start=1)
        ]
        section.end()
        if not when:
            section.wrong("rules_missing", "when")
        if code in self.rules:
            section.wrong("rules_twice", "code", code)
        conditions = tuple(each for each in when if each is not None)
        if len({each.code for each in conditions}) < len(conditions):
            section.wrong("rules_twice", "when.code", ", ".join(each.code for each in conditions))
        self.rules[code] = Rule(
            code, version, of, group, kind, zh, en, conditions, reason_zh, reason_en,  # type: ignore[arg-type]
            source, article, status, from_on, to_on, int(lacking or 0),  # type: ignore[arg-type]
        )  # fmt: skip

    def reason(self, section: _Section, key: str) -> str:
        text = section.text(key)
        types = self.names()
        try:
            places = [name for _, name, form, turn in string.Formatter().parse(text) if name is not None]
            plain = all(not form and not turn for _, _, form, turn in string.Formatter().parse(text))
        except ValueError:
            places, plain = [], False
        if not plain:
            section.wrong("rules_template", key, text)
        for name in places:
            if types.get(name, "texts") == "texts":
                section.wrong("rules_template_name", key, name)
        return text

    def condition(self, file: str, place: str, at: int, content: object, of: str) -> Condition | None:
        section = self.section(file, place, {"is": content} if isinstance(content, str) else content)
        text = section.text("is")
        code, zh, en = section.text("code", str(at)), section.text("zh", text), section.text("en", text)
        near = section.one_of("near", NEARS, "yes")
        within = section.number("within", None)
        section.end()
        found = self.expression(section, "is", text)
        if found is None:
            return None
        if found.type != "flag":
            section.wrong("expression_type", "is", text, part=text, found=found.type, wanted="flag")
        if found.household:
            section.wrong("expression_household_place", "is", text)
        if of == "household" and not found.constant:
            section.wrong("expression_not_household", "is", text)
        return Condition(code, zh, en, found, near, within)  # type: ignore[arg-type]


def _type_of(value: object) -> Type | None:
    match value:
        case bool():
            return "flag"
        case int() | float():
            return "number"
        case str():
            return "text"
    return "date" if type(value) is date else None


def _overlaps(values: Iterable[Dated]) -> list[tuple[Dated, Dated]]:
    ordered = sorted(values, key=lambda each: each.from_on or _EARLIEST)
    return [
        (before, after)
        for before, after in itertools.pairwise(ordered)
        if (before.to_on or _LATEST) >= (after.from_on or _EARLIEST)
    ]


def load_rules(*texts: str | bytes | tuple[str, str | bytes]) -> RuleBook:
    """The rules files `texts` (TOML, UTF-8; or pairs of a file's name and its text) read together.

    A later file may give a parameter of an earlier one anew (a county's own figures over the common
    rules); columns, figures and rules add up. The names are for the faults. Raises `BadInput` with every
    fault of every file.
    """
    loader = _Loader()
    digest = hashlib.sha256()
    for at, given in enumerate(texts, start=1):
        name, text = given if isinstance(given, tuple) else (f"rules {at}", given)
        raw = text.encode() if isinstance(text, str) else text
        digest.update(hashlib.sha256(raw).digest())
        _load_file(loader, name, raw)
    subject = next((head[2] for head in loader.heads if head[2]), "")
    if not loader.faults and not subject:
        loader.section("", "book", {}).wrong("rules_missing", "subject")
    if loader.faults:
        raise BadInput(loader.faults)
    return RuleBook(
        code="+".join(head[0] for head in loader.heads),
        version="+".join(head[1] for head in loader.heads),
        subject=subject,
        household=next((head[3] for head in loader.heads if head[3]), ""),
        columns=MappingProxyType(loader.columns),
        parameters=MappingProxyType(loader.parameters),
        figures=tuple(loader.figures.values()),
        rules=tuple(loader.rules.values()),
        words=MappingProxyType(loader.words),
        digest=digest.hexdigest(),
    )


def _load_file(loader: _Loader, name: str, raw: bytes) -> None:
    try:
        content = tomllib.loads(raw.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        loader.faults.append(Fault("rules_toml", "refused", name, params=MappingProxyType({"detail": str(error)})))
        return
    loader.head(name, content)
    top = loader.section(name, "", content)
    seen: set[str] = set()
    for each in top.parts("parameter"):
        loader.parameter(name, each, seen)
    for each in top.parts("figure"):
        loader.figure(name, each)
    for each in top.parts("rule"):
        loader.rule(name, each)
