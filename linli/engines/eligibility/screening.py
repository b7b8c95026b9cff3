"""Asks the rules of the residents: whom they find and why, whom they nearly find and what is lacking."""

from __future__ import annotations

import functools
import json
import string
from collections.abc import Mapping, Sequence
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
from linli.engines.eligibility.sentences import as_json, filled, joined, shown
from linli.engines.eligibility.words import WORDS
from linli.engines.progress import Progress, silent
from linli.engines.words import Lang

if TYPE_CHECKING:
    import pyarrow as pa

    from linli.engines.eligibility.sql import Table

LANGS: tuple[Lang, ...] = ("zh", "en")
REASON: Mapping[Lang, str] = {"zh": "reason", "en": "reason_en"}
_SHARED = ("subject", "household", "rule", "version", "group", "kind", "of", "status")
_SAID = ("reason", "reason_en", "source")
HIT_COLUMNS = (*_SHARED, "figures", *_SAID)
NEAR_COLUMNS = (*_SHARED, "lacking", *_SAID)


class _Asking:
    """One rule over the verdicts: who meets it, who nearly does, and the sentences that say so."""

    def __init__(self, book: RuleBook, verdicts: pa.Table, plan: Plan, rule: Rule) -> None:
        self.book, self.plan, self.rule = book, plan, rule
        asked = [f"{what}:{condition.expression.text}" for condition in rule.when for what in ("condition", "gap")]
        used = {SUBJECT, HOUSEHOLD, *asked, *self._names()}
        self.verdicts = verdicts.select([name for name in verdicts.column_names if name in used])
        behind = residents.names_of(book, rule)
        self.tbc = rule.status == "tbc" or any(
            plan.values[name].status == "tbc" for name in behind if name in plan.values
        )

    def hits(self) -> pa.Table:
        """The rows for which every condition holds."""
        import pyarrow.compute as pc

        held = [self._state(condition, self.verdicts) for condition in self.rule.when]
        found = self._chosen(functools.reduce(pc.and_kleene, held))
        values = self._values(found)
        templates = {"zh": self.rule.reason_zh, "en": self.rule.reason_en}
        said = {
            REASON[lang]: joined(
                [*filled(templates[lang], values, self.book.words, lang), self._mark(lang)], found.num_rows
            )
            for lang in LANGS
        }
        return self._rows(found, self.rule.kind, {"figures": self._figures(found, values), **said}, HIT_COLUMNS)

    def near(self) -> pa.Table:
        """The rows for which some conditions are lacking, none of them one that must hold, and not too many."""
        import pyarrow as pa
        import pyarrow.compute as pc

        lacks, bearable = [], []
        for condition in self.rule.when:
            lacks.append(pc.invert(pc.fill_null(self._state(condition, self.verdicts), False)))
            bearable.append(pc.or_(pc.invert(lacks[-1]), self._bearable(condition)))
        count = functools.reduce(pc.add, [lack.cast(pa.int32()) for lack in lacks])
        few = pc.and_(pc.greater(count, 0), pc.less_equal(count, self.rule.lacking))
        found = self._chosen(functools.reduce(pc.and_, bearable, few))
        pieces = [self._lacking(condition, found) for condition in self.rule.when]
        rows = found.num_rows
        said = {
            REASON[lang]: joined(
                [
                    WORDS.say("near_start", lang, title=self.rule.zh if lang == "zh" else self.rule.en),
                    pc.utf8_rtrim(joined([piece[lang] for piece in pieces], rows), "；; "),
                    self._mark(lang),
                ],
                rows,
            )
            for lang in LANGS
        }
        lacking = pc.utf8_rtrim(joined([piece["json"] for piece in pieces], rows), ",")
        short = [pc.equal(self._state(condition, found), False) for condition in self.rule.when]
        some_short = pc.fill_null(functools.reduce(pc.or_kleene, short), False)
        kind = pc.if_else(some_short, "short", "unknown")
        return self._rows(found, kind, {"lacking": joined(["[", lacking, "]"], rows), **said}, NEAR_COLUMNS)

    def _state(self, condition: Condition, rows: pa.Table) -> pa.ChunkedArray:
        return rows[f"condition:{condition.expression.text}"]

    def _gap(self, condition: Condition, rows: pa.Table) -> pa.ChunkedArray | None:
        name = f"gap:{condition.expression.text}"
        return rows[name] if name in rows.column_names else None

    def _bearable(self, condition: Condition) -> pa.ChunkedArray:
        """Whether this condition, not holding, still leaves a person near."""
        import pyarrow.compute as pc

        state = self._state(condition, self.verdicts)
        unknown = pc.is_null(state)
        if condition.near == "no":
            return pc.and_(unknown, False)
        if condition.near == "unknown":
            return unknown
        gap = self._gap(condition, self.verdicts)
        if condition.within is None or gap is None:
            return pc.or_(unknown, True)
        return pc.or_(unknown, pc.fill_null(pc.less_equal(gap, condition.within), False))

    def _chosen(self, mask: pa.ChunkedArray) -> pa.Table:
        """The rows under the mask, in the order they have; for a rule on households one row of each."""
        found = self.verdicts.filter(mask)
        if self.rule.of == "household":
            columns = [HOUSEHOLD, *(name for name in found.column_names if name not in (SUBJECT, HOUSEHOLD))]
            firsts = found.group_by(HOUSEHOLD, use_threads=False).aggregate([(name, "first") for name in columns[1:]])
            found = firsts.rename_columns(
                {f"{name}_first": name for name in columns[1:]} | {HOUSEHOLD: HOUSEHOLD}
            ).append_column(SUBJECT, firsts[HOUSEHOLD])
            found = found.sort_by([(SUBJECT, "ascending")])
        return found

    def _lacking(self, condition: Condition, found: pa.Table) -> dict[str, pa.Array]:
        """What one condition adds to the account of what is lacking, as JSON and in both languages."""
        import pyarrow.compute as pc

        state, gap, rows = self._state(condition, found), self._gap(condition, found), found.num_rows
        lack, unknown = pc.invert(pc.fill_null(state, False)), pc.is_null(state)
        start = f'{{"condition":{json.dumps(condition.code)},"state":'
        short = [start, '"short"', *([',"gap":', as_json(gap)] if gap is not None else []), "},"]
        pieces = {"json": pc.if_else(lack, pc.if_else(unknown, start + '"unknown"},', joined(short, rows)), "")}
        for lang in LANGS:
            words = condition.zh if lang == "zh" else condition.en
            said: list[Any] = [WORDS.say("near_short", lang, condition=words)]
            if gap is not None:
                by = WORDS.say("near_short_by", lang, condition=words)
                said = [by, shown(gap, lang, {}), WORDS.say("near_close", lang)]
            asked = WORDS.say("near_unknown", lang, condition=words)
            pieces[lang] = pc.if_else(lack, pc.if_else(unknown, asked, joined(said, rows)), "")
        return pieces

    def _names(self) -> list[str]:
        """What the rule looked at, by name: what its conditions read and its sentences show."""
        own = frozenset[str]().union(*(condition.expression.names for condition in self.rule.when))
        places = string.Formatter().parse(self.rule.reason_zh + self.rule.reason_en)
        return sorted(own | {name for _, name, _, _ in places if name})

    def _values(self, found: pa.Table) -> dict[str, pa.Array]:
        import pyarrow as pa

        return {
            name: pa.repeat(pa.scalar(self.plan.values[name].value), found.num_rows)
            if name in self.plan.values
            else found[name]
            for name in self._names()
        }

    def _figures(self, found: pa.Table, values: Mapping[str, pa.Array]) -> pa.Array:
        """The values the rule looked at, as one JSON object in the order of their names."""
        parts: list[Any] = ["{"]
        for at, (name, column) in enumerate(values.items()):
            parts += [f"{',' if at else ''}{json.dumps(name)}:", as_json(column)]
        return joined([*parts, "}"], found.num_rows)

    def _mark(self, lang: Lang) -> str:
        return WORDS.say("to_be_confirmed", lang) if self.tbc else ""

    def _rows(self, found: pa.Table, kind: Any, more: Mapping[str, Any], columns: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        rule, rows = self.rule, found.num_rows
        same = {
            "rule": rule.code,
            "version": rule.version,
            "group": rule.group,
            "of": rule.of,
            "status": "tbc" if self.tbc else "confirmed",
            "source": " ".join(part for part in (rule.source, rule.article) if part),
        }
        content = {name: pa.repeat(pa.scalar(value, pa.string()), rows) for name, value in same.items()}
        content["kind"] = pa.repeat(pa.scalar(kind), rows) if isinstance(kind, str) else kind
        content |= {"subject": found[SUBJECT], "household": found[HOUSEHOLD], **more}
        return pa.table({name: content[name] for name in columns})


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
        verdicts = residents.verdicts(rules, table, plan, residents.whole_columns(persons))
    verdicts = verdicts.sort_by([(residents.SUBJECT, "ascending")])
    for at, rule in enumerate(plan.rules):
        progress("screening", at, len(plan.rules))
        asking = _Asking(rules, verdicts, plan, rule)
        hits.append(asking.hits())
        counts[rule.code] = hits[-1].num_rows
        if near:
            nearly.append(asking.near())
            near_counts[rule.code] = nearly[-1].num_rows
    progress("screening", len(plan.rules), len(plan.rules))
    missing = _missing(rules, plan, columns)
    report = Report(
        rows=verdicts.num_rows,
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
