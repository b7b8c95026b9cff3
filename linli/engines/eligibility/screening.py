"""Asks the rules of the residents: whom they find and why, whom they nearly find and what is lacking."""

from __future__ import annotations

import functools
import operator
import string
from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from linli.engines.eligibility import residents
from linli.engines.eligibility.data import (
    ENGINE,
    VERSION,
    Comparison,
    Condition,
    Report,
    Rule,
    RuleBook,
    ScreenResult,
)
from linli.engines.eligibility.residents import HOUSEHOLD, SUBJECT, Plan
from linli.engines.eligibility.sql import Column, Compiler, Table, as_json, joined, shown
from linli.engines.eligibility.words import WORDS
from linli.engines.progress import Progress, silent
from linli.engines.words import Lang

if TYPE_CHECKING:
    import pyarrow as pa

LANGS: tuple[Lang, ...] = ("zh", "en")


class _Asking:
    """One rule over the facts: its conditions as columns, and the sentences made of them."""

    def __init__(self, book: RuleBook, facts: Table, plan: Plan, rule: Rule) -> None:
        self.book, self.facts, self.plan, self.rule = book, facts, plan, rule
        self.names = {**{name: facts[name] for name in facts.columns}, **plan.literals()}
        self.compiler = Compiler(self.names, facts[HOUSEHOLD], plan.on, frozenset())
        self.conditions = [self.compiler.compile(condition.expression) for condition in rule.when]
        tbc = [name for name in residents.names_of(book, rule) if name in plan.values]
        self.tbc = rule.status == "tbc" or any(plan.values[name].status == "tbc" for name in tbc)

    def hits(self) -> Table:
        """The rows for which every condition holds."""
        found = self.facts.filter(functools.reduce(operator.and_, self.conditions))
        return self._rows(found, self.rule.kind, figures=self._figures(), **self._reasons())

    def near(self) -> Table:
        """The rows for which some conditions are lacking, none of them one that must hold, and not too many."""
        lacks = [~condition.fill_null(False) for condition in self.conditions]
        bearable = [
            ~lack | self._bearable(condition, value)
            for condition, value, lack in zip(self.rule.when, self.conditions, lacks, strict=True)
        ]
        count = functools.reduce(operator.add, [lack.cast("int8") for lack in lacks])
        few = (count > 0) & (count <= self.rule.lacking)
        short = [condition.notnull() & ~condition for condition in self.conditions]
        state = functools.reduce(operator.or_, short).fill_null(False).ifelse("short", "unknown")
        found = self.facts.filter(functools.reduce(operator.and_, bearable, few))
        pieces = [
            self._lacking(condition, value, lack)
            for condition, value, lack in zip(self.rule.when, self.conditions, lacks, strict=True)
        ]
        lacking = joined(["[", *[piece["json"] for piece in pieces], "]"]).replace(",]", "]")
        reasons = {
            "reason" if lang == "zh" else "reason_en": joined(
                [
                    WORDS.say("near_start", lang, title=self.rule.zh if lang == "zh" else self.rule.en),
                    *[piece[lang] for piece in pieces],
                    self._mark(lang),
                ]
            )
            for lang in LANGS
        }
        return self._rows(found, state, lacking=lacking, **reasons)

    def _bearable(self, condition: Condition, value: Column) -> Column:
        """Whether this condition, not holding, still leaves a person near."""
        import ibis

        if condition.near == "no":
            return ibis.literal(False)
        if condition.near == "unknown":
            return value.isnull()
        gap = self.compiler.gap(condition.expression)
        if condition.within is None or gap is None:
            return ibis.literal(True)
        return value.isnull() | (gap <= condition.within)

    def _lacking(self, condition: Condition, value: Column, lack: Column) -> dict[str, Column]:
        """What one condition adds to the account of what is lacking, as JSON and in both languages."""
        import ibis

        gap = self.compiler.gap(condition.expression)
        none = ibis.literal("")
        start = f'{{"condition":"{condition.code}","state":"'
        known = joined([start, 'short"', *([',"gap":', as_json(gap)] if gap is not None else []), "},"])
        pieces = {"json": lack.ifelse(value.isnull().ifelse(start + 'unknown"},', known), none)}
        for lang in LANGS:
            words = condition.zh if lang == "zh" else condition.en
            short: list[Any] = [WORDS.say("near_short", lang, condition=words)]
            if gap is not None:
                short = [
                    WORDS.say("near_short_by", lang, condition=words),
                    shown(gap, lang),
                    WORDS.say("near_close", lang),
                ]
            unknown = WORDS.say("near_unknown", lang, condition=words)
            pieces[lang] = lack.ifelse(value.isnull().ifelse(unknown, joined(short)), none)
        return pieces

    def _reasons(self) -> dict[str, Column]:
        zh, en = self._filled(self.rule.reason_zh, "zh"), self._filled(self.rule.reason_en, "en")
        return {"reason": joined([*zh, self._mark("zh")]), "reason_en": joined([*en, self._mark("en")])}

    def _filled(self, template: str, lang: Lang) -> list[Column | str]:
        parts: list[Column | str] = []
        for text, name, _, _ in string.Formatter().parse(template):
            parts.append(text)
            if name:
                parts.append(shown(self.names[name], lang))
        return parts

    def _mark(self, lang: Lang) -> str:
        return WORDS.say("to_be_confirmed", lang) if self.tbc else ""

    def _figures(self) -> Column:
        """The values the rule looked at, as one JSON object in the order of their names."""
        own = frozenset[str]().union(*(condition.expression.names for condition in self.rule.when))
        places = string.Formatter().parse(self.rule.reason_zh + self.rule.reason_en)
        names = sorted(own | {name for _, name, _, _ in places if name})
        parts: list[Column | str] = ["{"]
        for at, name in enumerate(names):
            parts += [f'{"," if at else ""}"{name}":', as_json(self.names[name])]
        return joined([*parts, "}"])

    def _rows(self, found: Table, kind: Column | str, **more: Column) -> Table:
        import ibis

        rule = self.rule
        subject = self.facts[SUBJECT] if rule.of == "person" else self.facts[HOUSEHOLD]
        source = " ".join(part for part in (rule.source, rule.article) if part)
        rows = found.select(
            subject=subject,
            household=self.facts[HOUSEHOLD],
            rule=ibis.literal(rule.code),
            version=ibis.literal(rule.version),
            group=ibis.literal(rule.group),
            kind=kind if not isinstance(kind, str) else ibis.literal(kind),
            of=ibis.literal(rule.of),
            status=ibis.literal("tbc" if self.tbc else "confirmed"),
            **more,
            source=ibis.literal(source),
        )
        return rows.order_by("subject") if rule.of == "person" else rows.distinct().order_by("subject")


def screen(
    persons: pa.Table | Table,
    rules: RuleBook,
    *,
    on: date,
    near: bool = True,
    progress: Progress = silent,
) -> ScreenResult:
    """Whom `rules` find among `persons` on the day `on`, with the reason, and whom they nearly find.

    `persons`: an Arrow table, or an Ibis table that stays in its database; a column the rules read and the
    table has not is taken as unknown. Hits come by rule in the order of the book, then by subject. `near=False`
    leaves the near-misses out. Raises `BadInput` when a column has another type than the rules declare.
    """
    plan = residents.plan(rules, on)
    hits, nearly = [], []
    counts: dict[str, int] = {}
    near_counts: dict[str, int] = {}
    with residents.lodged(persons) as table:
        columns = set(table.columns)
        rows = int(table.count().execute())
        facts = residents.kept(residents.facts(rules, table, plan, residents.whole_columns(persons)), persons)
        for at, rule in enumerate(plan.rules):
            progress("screening", at, len(plan.rules))
            asking = _Asking(rules, facts, plan, rule)
            hits.append(asking.hits().to_pyarrow())
            counts[rule.code] = hits[-1].num_rows
            if near:
                nearly.append(asking.near().to_pyarrow())
                near_counts[rule.code] = nearly[-1].num_rows
        progress("screening", len(plan.rules), len(plan.rules))
    missing = _missing(rules, plan, columns)
    report = Report(
        rows=rows,
        hits=MappingProxyType(counts),
        near=MappingProxyType(near_counts),
        not_in_force=plan.not_in_force,
        without_value=plan.without_value,
        missing_columns=missing,
        blind=tuple(
            rule.code
            for rule in plan.rules
            if not counts[rule.code] and residents.names_of(rules, rule) & frozenset(missing)
        ),
    )
    options = {"on": on.isoformat(), "rules": rules.digest, "near": near}
    return ScreenResult(
        hits=_together(hits, HIT_COLUMNS),
        near=_together(nearly, NEAR_COLUMNS),
        report=report,
        engine=ENGINE,
        version=VERSION,
        digest=residents.digest_of(persons, rules),
        options=MappingProxyType(options),
    )


HIT_COLUMNS = (
    "subject", "household", "rule", "version", "group", "kind", "of", "status", "figures", "reason", "reason_en", "source"
)  # fmt: skip
NEAR_COLUMNS = (
    "subject", "household", "rule", "version", "group", "kind", "of", "status", "lacking", "reason", "reason_en", "source"
)  # fmt: skip


def _missing(rules: RuleBook, plan: Plan, columns: set[str]) -> tuple[str, ...]:
    needed = frozenset[str]().union(*(residents.names_of(rules, rule) for rule in plan.rules))
    return tuple(name for name in rules.columns if name in needed and name not in columns)


def _together(tables: Sequence[pa.Table], columns: Sequence[str]) -> pa.Table:
    """The tables of all rules as one, with the same columns even when there is no rule."""
    import pyarrow as pa

    if not tables:
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    return pa.concat_tables([table.select(list(columns)) for table in tables], promote_options="permissive")


def compare(
    persons: pa.Table | Table, before: RuleBook, after: RuleBook, *, on: date, after_on: date | None = None
) -> Comparison:
    """What changes for whom between two books (or two days): hits gained and lost by rule.

    `after_on`: the day for the second book, when it is another than `on`.
    """
    then = screen(persons, before, on=on, near=False)
    now = screen(persons, after, on=after_on or on, near=False)
    key = ["subject", "household", "rule"]
    gained = now.hits.join(then.hits.select(["subject", "rule"]), ["subject", "rule"], join_type="left anti")
    lost = then.hits.join(now.hits.select(["subject", "rule"]), ["subject", "rule"], join_type="left anti")
    order = [("rule", "ascending"), ("subject", "ascending")]
    codes = dict.fromkeys([*then.report.hits, *now.report.hits])
    return Comparison(
        gained=gained.select(key).sort_by(order),
        lost=lost.select(key).sort_by(order),
        counts=MappingProxyType(
            {code: (then.report.hits.get(code, 0), now.report.hits.get(code, 0)) for code in codes}
        ),
        engine=ENGINE,
        version=VERSION,
        digest=then.digest,
        options=MappingProxyType(
            {
                "on": on.isoformat(),
                "after_on": (after_on or on).isoformat(),
                "before": before.digest,
                "after": after.digest,
            }
        ),
    )
