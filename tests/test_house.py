"""The house stands as HOUSE.md says: floors, stairs, walls, names, words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from importlinter.application.use_cases import lint_imports
from importlinter.configuration import configure

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "linli"
FLOORS = (
    ("engines",),
    ("core",),
    ("ui",),
    ("place",),
    ("party",),
    ("ledger", "survey", "meeting"),
    ("need", "offer", "agreement"),
    ("matching",),
    ("practice", "deliberation"),
    ("evaluation", "knowledge"),
    ("federation",),
    ("web",),
)
FLOOR = {name: height for height, floor in enumerate(FLOORS) for name in floor}
FOOTING = ("engines", "core", "ui")
ENGINES = (
    "lists", "linkage", "eligibility", "assignment", "sortition", "opinion", "budgeting",
    "process", "stats", "scoring", "page",
)  # fmt: skip
MAY_CROSS = ("actions", "queries", "models")
ROOF_MAY_ALSO = ("urls", "words", "middleware", "apps")
# Modules the roof's commands may read besides: they know no table and no actor (see the test below).
PURE_DOORS = {
    "linli.offer.workbook": "the offers file, read the same way by the page and by `linli run`",
    "linli.offer.hsds": "the same for an HSDS package",
    "linli.need.rules": "what follows from a flag: need, level, due day; rules never query",
    "linli.need.drafting": "the table of needs `linli run` makes from its tables of flags and people",
    "linli.place.divisions": "the shipped table of division codes",
    "linli.party.names": "a name's spelling in pinyin, for people the demo writes down itself",
    "linli.party.fields": "names and classes of a person's fields, words of roles",
}
ERRORS = {"Refused", "NotFound", "BadInput", "Conflict", "Refusal", "LinliError", "SealBroken"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def sources(folder: Path) -> Iterator[Path]:
    """The product's own modules below a folder: no tests, no migrations."""
    for path in sorted(folder.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts) and path.name != "conftest.py":
            yield path


def imported(path: Path) -> Iterator[str]:
    """Every module name an import statement of the file mentions, wherever it stands."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def block_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def test_there_are_nineteen_packages() -> None:
    found = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    assert found == set(FLOOR)
    assert len(found | {HOUSE.name}) == 19


@pytest.mark.parametrize("block", sorted(FLOOR))
def test_every_block_has_a_page_of_its_own(block: str) -> None:
    assert (HOUSE / block / "README.md").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_has_a_page_and_knows_no_django(engine: str) -> None:
    folder = HOUSE / "engines" / engine
    assert (folder / "README.md").read_text(encoding="utf-8").startswith("# ")
    for path in sources(folder):
        assert not [name for name in imported(path) if name.split(".")[0] == "django"], path


def test_every_engine_is_named_here() -> None:
    assert {path.parent.name for path in (HOUSE / "engines").glob("*/__init__.py")} == set(ENGINES)


def test_the_import_contracts_hold() -> None:
    configure()
    assert lint_imports(config_filename=str(ROOT / ".importlinter"), cache_dir=None)


STEPS = ("urls", "pages", "api", "actions", "forms", "presenters", "compute", "queries", "rules", "models")


def steps(folder: Path) -> list[Path]:
    """The modules of blocks that stand on the staircase, those cut in two by idea too."""
    found = (path for block in FLOOR for path in (folder / block).glob("*.py") if block != "engines")
    return [path for path in found if path.stem.split("_")[0] in STEPS]


def test_the_staircase_knows_every_step() -> None:
    contract = (ROOT / ".importlinter").read_text(encoding="utf-8").partition("contract:stairs]")[2]
    known = set(re.findall(r"\((\w+)\)", contract))
    assert {path.stem for path in steps(HOUSE) if block_of(path) != "core"} <= known


def test_actions_know_no_forms_and_no_presenters() -> None:
    """An action takes clean values and gives codes; forms and words are the business of pages."""
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in steps(HOUSE)
        for name in imported(path)
        if path.stem.startswith("actions") and name.split(".")[-1].split("_")[0] in ("forms", "presenters")
    ]
    assert not found


def house_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("linli.") and not m._meta.auto_created]


@pytest.mark.parametrize("model", house_models(), ids=lambda m: m._meta.label)
def test_foreign_keys_obey_the_floors(model: type[models.Model]) -> None:
    own = FLOOR[model.__module__.split(".")[1]]
    for field in model._meta.get_fields():
        target = field.related_model if field.is_relation and not field.auto_created else None
        if isinstance(target, type) and target.__module__.startswith("linli."):
            other = target.__module__.split(".")[1]
            assert FLOOR[other] < own or other == model.__module__.split(".")[1], f"{model._meta.label}.{field.name}"


@pytest.mark.parametrize("model", house_models(), ids=lambda m: m._meta.label)
def test_every_model_names_its_personal_fields(model: type[models.Model]) -> None:
    named = model.__dict__.get("personal_fields")
    assert isinstance(named, tuple), f"{model._meta.label} must say which of its fields are personal, () for none"
    for name in named:
        model._meta.get_field(name)


def pages_and_apis() -> list[Path]:
    return [p for p in sources(HOUSE) if p.stem.split("_")[0] in ("pages", "api") and block_of(p) != "engines"]


def test_pages_never_ask_the_database_themselves() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in pages_and_apis()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
    ]
    assert not found


def why_not_cross(path: Path, name: str) -> str | None:
    """The wall an import breaks through, or None."""
    own, parts = block_of(path), name.split(".")
    if parts[0] != "linli" or len(parts) < 3 or parts[1] in (own, *FOOTING) or own in FOOTING:
        return None
    stem = parts[2].split("_")[0]
    if stem in MAY_CROSS or (own == "web" and stem in ROOF_MAY_ALSO):
        return None
    if own == "web" and ".".join(parts[:3]) in PURE_DOORS:
        return None
    return f"{path.relative_to(ROOT)} imports {name}"


def test_only_actions_queries_and_models_cross_a_wall() -> None:
    found = {why_not_cross(path, name) for path in sources(HOUSE) for name in imported(path)}
    assert not found - {None}


@pytest.mark.parametrize("door", PURE_DOORS)
def test_a_pure_door_knows_no_table_and_no_actor(door: str) -> None:
    path = ROOT / f"{door.replace('.', '/')}.py"
    names = set(imported(path))
    assert not names & {"django.db", "linli.core.actor", "linli.core.acting"}
    assert not {name for name in names if name.endswith((".models", ".queries", ".actions"))}


def test_the_wall_is_seen_when_it_is_broken() -> None:
    assert why_not_cross(HOUSE / "need" / "pages.py", "linli.party.rules")
    assert why_not_cross(HOUSE / "web" / "pages.py", "linli.need.forms.NeedForm")
    assert not why_not_cross(HOUSE / "need" / "pages.py", "linli.party.queries.people")


def codes_said() -> dict[str, str]:
    """Every code a rule or action can answer with, and a place that says it."""
    found: dict[str, str] = {}
    for path in sources(HOUSE):
        if block_of(path) == "engines":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                code = node.args[0].value
                if name in ERRORS and isinstance(code, str):
                    found[code] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_code_has_its_words() -> None:
    from linli.web.words import catalogue

    said = codes_said()
    assert "core.no_role" in said
    assert {code: place for code, place in said.items() if code not in catalogue()} == {}


def test_every_reason_of_decide_that_is_shown_has_its_words() -> None:
    from linli.web.words import catalogue

    shown = {
        node.args[0].value
        for node in ast.walk(tree(HOUSE / "core" / "decide.py"))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_deny"
        and isinstance(node.args[0], ast.Constant)
        and not any(k.arg == "hidden" and isinstance(k.value, ast.Constant) and k.value.value for k in node.keywords)
    }
    assert "no_role" in shown
    assert {f"core.{reason}" for reason in shown} - set(catalogue()) == set()
