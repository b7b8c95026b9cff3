"""What the rule language accepts, and what it says of the rest."""

from __future__ import annotations

import pytest

from linli.engines.eligibility.language import Expression, Type, check
from linli.engines.eligibility.words import WORDS

TYPES: dict[str, Type] = {
    "age": "number",
    "living": "text",
    "born": "date",
    "poor": "flag",
    "groups": "texts",
    "line": "number",
}
CONSTANTS = frozenset({"line"})


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("age >= 60", "flag"),
        ("16 <= age < 60 and not poor", "flag"),
        ('living in ("alone", "empty_nest")', "flag"),
        ("age not in (1, 2)", "flag"),
        ("(age + 1) * 2 - age / line", "number"),
        ("years_since(born)", "number"),
        ('has_group("PWD", "MLA")', "flag"),
        ('otherwise(living, "alone")', "text"),
        ("household_any(poor or age > 3)", "flag"),
        ('born < date("2000-01-01") or born == today', "flag"),
    ],
)
def test_sensible_expressions_have_a_type(text: str, kind: str) -> None:
    found = check(text, TYPES, CONSTANTS)
    assert isinstance(found, Expression)
    assert found.type == kind


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("__import__('os').system('true')", ["expression_not_allowed"]),
        ("age.real", ["expression_not_allowed"]),
        ("[x for x in groups]", ["expression_not_allowed"]),
        ("lambda: 1", ["expression_not_allowed"]),
        ("age ** 9 > 1", ["expression_not_allowed"]),
        ("age if poor else 1", ["expression_not_allowed"]),
        ("f'{age}'", ["expression_not_allowed"]),
        ("known(age, key=1)", ["expression_not_allowed"]),
        ("open('x')", ["expression_unknown_function"]),
        ("height > 1 and weight > 2", ["expression_unknown_name", "expression_unknown_name"]),
        ("age > 'sixty'", ["expression_compare"]),
        ("poor == poor", ["expression_compare"]),
        ("living < living", ["expression_compare"]),
        ("age is poor", ["expression_not_allowed"]),
        ("age and poor", ["expression_type"]),
        ("living in groups", ["expression_membership"]),
        ("age in (1, line)", ["expression_literal"]),
        ("has_group(living)", ["expression_literal"]),
        ("years_since()", ["expression_arguments"]),
        ("years_since(born, born)", ["expression_arguments"]),
        ('date("2026-02-30") < born', ["expression_date"]),
        ('group_to("MLA") < today', ["expression_needs_column"]),
        ("household_sum(household_max(age)) > 1", ["expression_household_nested"]),
        ("household_sum(line)", ["expression_household_constant"]),
        ("age >", ["expression_syntax"]),
        ("not " * 450 + "poor", ["expression_too_long"]),
        ("(" * 300 + "1" + ")" * 300, ["expression_syntax"]),
        ("age > 1 and " * 300 + "poor", ["expression_too_long"]),
        ("\x00", ["expression_syntax"]),
    ],
)
def test_everything_else_is_named(text: str, codes: list[str]) -> None:
    found = check(text, TYPES, CONSTANTS)
    assert not isinstance(found, Expression)
    assert [mistake.code for mistake in found] == codes
    for mistake in found:
        assert WORDS.say(mistake.code, "zh", **mistake.params)
        assert WORDS.say(mistake.code, "en", **mistake.params)


def test_only_household_figures_and_parameters_are_the_same_for_a_household() -> None:
    for text, constant in [
        ("household_sum(age) > line", True),
        ("household_size() >= 2", True),
        ("household_sum(age) > age", False),
        ('has_group("MLA")', False),
        ('household_any(has_group("MLA"))', True),
    ]:
        found = check(text, TYPES, CONSTANTS)
        assert isinstance(found, Expression)
        assert found.constant is constant, text
