"""The SQL agrees with a plain reading of the same expressions, row by row, whatever is unknown."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.engines.eligibility import load_rules, screen
from linli.engines.eligibility.tests.making import HEAD, ON, figure, people, rule
from linli.engines.eligibility.tests.reference import Reading

GROUPS = ["MLA", "PWD", "EAL"]
days = st.dates(date(1920, 1, 1), date(2027, 12, 31))
group_dates = st.dictionaries(st.sampled_from(GROUPS), days).map(
    lambda each: "{" + ", ".join(f'"{group}": "{day}"' for group, day in each.items()) + "}"
)
rows = st.lists(
    st.fixed_dictionaries(
        {
            "hh": st.sampled_from(["a", "b", "c", None]),
            "age": st.none() | st.integers(0, 100),
            "income": st.none() | st.integers(0, 8).map(lambda each: each * 250.0),
            "disabled": st.none() | st.booleans(),
            "living": st.none() | st.sampled_from(["alone", "empty_nest", "with_family"]),
            "born": st.none() | days | st.just(date(2000, 2, 29)),
            "groups": st.none() | st.lists(st.sampled_from(GROUPS), max_size=2),
            "group_dates": st.none() | group_dates,
        }
    ),
    min_size=1,
    max_size=8,
)
numbers = st.recursive(
    st.sampled_from(["age", "income", "0", "60", "2.5", "years_since(born)", "size(groups)", "days_since(born)"])
    | st.sampled_from(['days_until(group_to("MLA"))', "otherwise(age, 7)"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})")
        | inner.map(lambda each: f"-{each}")
    ),
    max_leaves=4,
)
comparisons = st.tuples(numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers).map(" ".join)
flags = st.recursive(
    comparisons
    | numbers.map(lambda each: f"0 <= {each} < 60")
    | st.sampled_from(
        [
            "disabled",
            'living in ("alone", "empty_nest")',
            'living not in ("alone", "x")',
            "age in (0, 60, 80)",
            'has_group("MLA")',
            'has_group("PWD", "EAL")',
            'includes(groups, "EAL")',
            'includes(groups, "MLA", "PWD")',
            'has_word(living, "nest", "fam")',
            "known(income)",
            "unknown(born)",
            "otherwise(disabled, False)",
            'born < date("1990-01-01")',
            'group_to("PWD") >= today',
            'living == "alone"',
        ]
    ),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda each: f"({' '.join(each)})")
        | inner.map(lambda each: f"not ({each})")
    ),
    max_leaves=5,
)
households = (
    st.sampled_from(["sum", "avg", "min", "max", "max_known"]).flatmap(
        lambda name: st.sampled_from(["age", "income", "age + income", "otherwise(age, 1) * 2"]).map(
            lambda text: f"household_{name}({text}) <= 1000"
        )
    )
    | st.sampled_from(["any", "all"]).flatmap(
        lambda name: flags.map(lambda text: f"household_{name}({text} or age > 200)")
    )
    | flags.map(lambda text: f"household_count({text} and age < 200) + household_size() > 2")
)


def states(text: str, given_rows: list[dict[str, Any]]) -> list[bool | None]:
    """What the engine makes of a flag for each row: met, not met, or unknown."""
    book = load_rules(
        HEAD
        + figure("asked", text)
        + rule("met", "asked")
        + rule("failed", "not asked")
        + rule("unknown", "unknown(asked)")
    )
    hits = screen(people(given_rows), book, on=ON, near=False).hits
    found: dict[str, bool | None] = {}
    for subject, code in zip(hits["subject"].to_pylist(), hits["rule"].to_pylist(), strict=True):
        assert subject not in found
        found[subject] = {"met": True, "failed": False, "unknown": None}[code]
    return [found[f"p{at:04}"] for at in range(len(given_rows))]


def read(text: str, given_rows: list[dict[str, Any]]) -> list[bool | None]:
    members = defaultdict(list)
    for at, row in enumerate(given_rows):
        members[row["hh"] or f"alone {at}"].append(row)
    return [Reading(row, members[row["hh"] or f"alone {at}"], ON).read(text) for at, row in enumerate(given_rows)]


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=flags, given_rows=rows)
def test_conditions_mean_in_sql_what_they_say(text: str, given_rows: list[dict[str, Any]]) -> None:
    assert states(text, given_rows) == read(text, given_rows)


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(text=households, given_rows=rows)
def test_household_figures_mean_in_sql_what_they_say(text: str, given_rows: list[dict[str, Any]]) -> None:
    assert states(text, given_rows) == read(text, given_rows)
