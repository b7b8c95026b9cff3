#!/usr/bin/env python
"""Mutation check of who may do what: change the deciding code in small ways; the tests must notice every change.

Changed are `core/decide.py`, the table `core/policy.py`, and the list filter in `party/queries.py`. A mutant is
killed by the tests of `decide` and of the table, or by those that hold `decide` and the list filter against each
other (`test_decide_filter`: the handmade worlds and actors first, then random worlds, here without shrinking). The
first failure ends it. One that survives is a missing test, or stands in EQUIVALENT with the reason why nobody could
tell the difference. (mutmut changes function bodies only: it would leave the table, the limits and the class
defaults alone, and it starts a fresh process with a fresh database for every mutant.)

    tools/mutants.py [--sample N] [--only TEXT] [--jobs N] [--list]      exit 1 when one survives
"""

from __future__ import annotations

import argparse
import ast
import atexit
import contextlib
import functools
import importlib
import inspect
import io
import itertools
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
DECIDE, POLICY, FILTER = "linli.core.decide", "linli.core.policy", "linli.party.queries"
FILTER_PARTS = ("actor_of", "_ties", "_excluded_from", "_person_id", "_names", "visible", "_about", "_granted",
                "_inside", "_own", "_tied", "_assured")  # fmt: skip
WORLDS = 40
SECONDS = 400
TABLE_TESTS, DECIDE_TESTS = "linli.core.tests.test_policy_table", "linli.core.tests.test_decide"
FILTER_TESTS = "linli.party.tests.test_decide_filter"
PURE = {DECIDE: (DECIDE_TESTS, TABLE_TESTS), POLICY: (TABLE_TESTS, DECIDE_TESTS), FILTER: ()}
LEFT_OUT = "Django leaves None out of a list: nothing is in it"
FILLED = "Django asks for a filled column itself wherever it negates"
NO_NONE = "no uid in `about` is None, so that None is in none of them"
EQUIVALENT: dict[str, str] = {
    "decide: if held and any((g.covers(thing.place_path) for g in held)): → "
    "if any((g.covers(thing.place_path) for g in held)):": "any() of nothing is false",
    "decide: if rule.self_service and actor.person_uid is not None and (actor.person_uid in thing.about): → "
    "if rule.self_service and actor.person_uid in thing.about:": NO_NONE,
    "decide: if rule.self_service and actor.person_uid is not None and (actor.person_uid in known): → "
    "if rule.self_service and actor.person_uid in known:": NO_NONE,
    "queries: if actor.person_uid is not None: → if True:": LEFT_OUT,
    "queries: if not uids: → if False:": "nothing is in an empty list either",
    "decide: if actor.person_uid is not None and actor.person_uid in thing.about: → "
    "if actor.person_uid in thing.about:": NO_NONE,
    "decide: return thing.maker_uid is not None and thing.maker_uid == actor.login_uid → "
    "return thing.maker_uid == actor.login_uid": "who is no login was refused before",
    "queries: person_uid = login.person.uid if login.person_id and login.person else None → "
    "person_uid = login.person.uid if login.person_id or login.person else None": "a key and its row come together",
    "queries: if rule.self_service and actor.person_uid is not None: → if rule.self_service:": LEFT_OUT,
    "queries: return Q(place_path__startswith=place_path) & "
    "Q(Exact(Left('place_path', len(place_path)), place_path)) → "
    "return Q(Exact(Left('place_path', len(place_path)), place_path)) & "
    "Q(Exact(Left('place_path', len(place_path)), place_path))": "the first half is there for the index alone",
    "queries: return Q(place_path__startswith=place_path) & "
    "Q(Exact(Left('place_path', len(place_path)), place_path)) → return Q() & "
    "Q(Exact(Left('place_path', len(place_path)), place_path))": "the first half is there for the index alone",
    "queries: person_uid = login.person.uid if login.person_id and login.person else None → "
    "person_uid = login.person.uid if login.person_id else None": "a key and its row come together",
    "queries: own = Q(maker_uid__isnull=False, maker_uid=actor.login_uid) → own = Q(maker_uid=actor.login_uid)": FILLED,
    "queries: return Q(pk__in=[]) → return Q()": "excluding by nothing excludes nothing",
    "queries: person_uid = login.person.uid if login.person_id and login.person else None → "
    "person_uid = login.person.uid if login.person else None": "a key and its row come together",
    "queries: return Q(uid__in=uids) | Q(subject_uid__isnull=False, subject_uid__in=uids) | "
    "Q(household_uid__isnull=False, household_uid__in=uids) → return Q(uid__in=uids) | "
    "Q(subject_uid__isnull=False, subject_uid__in=uids) | Q(household_uid__in=uids)": FILLED,
    "queries: return Q(uid__in=uids) | Q(subject_uid__isnull=False, subject_uid__in=uids) | "
    "Q(household_uid__isnull=False, household_uid__in=uids) → return Q(uid__in=uids) | "
    "Q(subject_uid__in=uids) | Q(household_uid__isnull=False, household_uid__in=uids)": FILLED,
}


@dataclass(frozen=True)
class Mutant:
    """One change: where, what it reads like before and after, and the whole changed source."""

    module: str
    line: int
    change: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.module.rpartition('.')[2]}: {self.change}"


# ---- the changes ------------------------------------------------------------------------------

OTHER_ORDER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OTHER_SIGN: dict[type[ast.operator], type[ast.operator]] = {
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Sub: ast.Add, ast.Add: ast.Sub,
}  # fmt: skip
OTHER_NAME = {"any": "all", "all": "any", "max": "min", "min": "max", "filter": "exclude", "exclude": "filter"}
OTHER_LOOKUP = {"lt": "lte", "lte": "lt", "gt": "gte", "gte": "gt"}
Change = Callable[[ast.AST], None]


def changes_of(node: ast.AST) -> Iterator[Change]:
    """Every way to change one node in place."""
    if isinstance(node, ast.Compare):
        yield lambda n: setattr(n, "ops", [OTHER_ORDER[type(n.ops[0])](), *n.ops[1:]])
        if len(node.ops) > 1:
            yield lambda n: setattr(n, "ops", [n.ops[0], OTHER_ORDER[type(n.ops[1])]()])
    elif isinstance(node, ast.BoolOp):
        yield lambda n: setattr(n, "op", ast.Or() if isinstance(n.op, ast.And) else ast.And())
        for at in range(len(node.values)):
            yield lambda n, at=at: n.values.pop(at)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield lambda n: setattr(n, "operand", ast.UnaryOp(type(n.op)(), n.operand))
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in OTHER_SIGN:
        yield lambda n: setattr(n, "op", OTHER_SIGN[type(n.op)]())
        if isinstance(node, ast.BinOp):
            yield lambda n: setattr(n, "left", n.right)
            yield lambda n: setattr(n, "right", n.left)
    elif isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            yield lambda n, value=value: setattr(n, "test", ast.Constant(value))
    elif isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.Set | ast.Tuple | ast.List) and len(node.elts) > 1:
        for at in range(len(node.elts)):
            yield lambda n, at=at: n.elts.pop(at)
    elif isinstance(node, ast.Name) and node.id in OTHER_NAME:
        yield lambda n: setattr(n, "id", OTHER_NAME[n.id])
    elif isinstance(node, ast.Attribute) and node.attr in OTHER_NAME:
        yield lambda n: setattr(n, "attr", OTHER_NAME[n.attr])


def _constants(node: ast.Constant) -> Iterator[Change]:
    if isinstance(node.value, bool):
        yield lambda n: setattr(n, "value", not n.value)
    elif isinstance(node.value, int):
        yield lambda n: setattr(n, "value", n.value + 1)
    elif isinstance(node.value, str):
        yield lambda n: setattr(n, "value", n.value + "X")


def _calls(node: ast.Call) -> Iterator[Change]:
    for at, keyword in enumerate(node.keywords):
        lookup = (keyword.arg or "").rpartition("__")
        if lookup[2] in OTHER_LOOKUP and lookup[0]:
            name = f"{lookup[0]}__{OTHER_LOOKUP[lookup[2]]}"
            yield lambda n, at=at, name=name: setattr(n.keywords[at], "arg", name)
        if not isinstance(keyword.value, ast.Constant) or len(node.keywords) > 1:
            yield lambda n, at=at: n.keywords.pop(at)
    if isinstance(node.func, ast.Name) and node.func.id == "_may":
        for at in range(len(node.args)):
            yield lambda n, at=at: n.args.pop(at)


def mutants_of(module: str, parts: tuple[str, ...] = ()) -> Iterator[Mutant]:
    """Every mutant of a module, or of some of its functions."""
    path = ROOT / (module.replace(".", "/") + ".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lines = [getattr(node, "lineno", 0) for node in ast.walk(tree)]
    text = ast.unparse(tree)
    tree, seen = ast.parse(text), set()
    for index, node in enumerate(ast.walk(tree)):
        if not hasattr(node, "lineno") or _is_talk(tree, node) or not _is_inside(tree, node, parts):
            continue
        for number in range(len(list(changes_of(node)))):
            changed = ast.parse(text)
            target = next(itertools.islice(ast.walk(changed), index, None))
            list(changes_of(target))[number](target)
            source = ast.unparse(ast.fix_missing_locations(changed))
            change = _difference(text, source)
            if change and source not in seen:
                seen.add(source)
                yield Mutant(module, lines[index], change, source)


def _difference(before: str, after: str) -> str:
    """The lines that differ: what is left between the first and the last one that do."""
    old, new = before.splitlines(), after.splitlines()
    for _turn in range(2):  # from the end, which is the beginning once both are turned round
        old, new = old[::-1], new[::-1]
        same = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
        old, new = old[same:], new[same:]
    return " → ".join(line.strip() for line in [*old, *new])


def _is_talk(tree: ast.AST, node: ast.AST) -> bool:
    """Docstrings, annotations, imports and the words of asserts are no behaviour."""
    talk: set[int] = _cached(tree)["talk"]
    return id(node) in talk


def _is_inside(tree: ast.AST, node: ast.AST, parts: tuple[str, ...]) -> bool:
    inside: dict[int, str] = _cached(tree)["inside"]
    return not parts or inside.get(id(node)) in parts


def arguments_of(node: ast.FunctionDef) -> list[ast.arg]:
    """All arguments, starred ones too."""
    given = node.args
    return [*given.args, *given.kwonlyargs, *(one for one in (given.vararg, given.kwarg) if one is not None)]


_held: dict[int, dict] = {}


def _cached(tree: ast.AST) -> dict:
    if id(tree) not in _held:
        talk: set[int] = set()
        inside: dict[int, str] = {}
        for node in ast.walk(tree):
            quiet: list[ast.AST | None] = []
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                quiet.append(node)
            if isinstance(node, ast.FunctionDef):
                quiet += [node.returns, *(arg.annotation for arg in arguments_of(node))]
                quiet += node.decorator_list
                inside |= {id(each): node.name for each in ast.walk(node)}
            if isinstance(node, ast.ClassDef):
                quiet += node.decorator_list
            if isinstance(node, ast.AnnAssign):
                quiet.append(node.annotation)
            if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
                quiet.append(node)
            talk |= {id(each) for one in quiet if one is not None for each in ast.walk(one)}
        _held[id(tree)] = {"talk": talk, "inside": inside}
    return _held[id(tree)]


# ---- trying them ------------------------------------------------------------------------------


def lay_out() -> None:
    """A throw-away instance and its test database, as the suite has it; children inherit both."""
    home = tempfile.mkdtemp(prefix="linli-mutants-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None)
    owner = os.getpid()
    atexit.register(lambda: os.getpid() == owner and shutil.rmtree(home, ignore_errors=True))
    os.environ |= {"LINLI_HOME": home, "LINLI_JOBS": "inline", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                   "DJANGO_SETTINGS_MODULE": "linli.web.settings"}  # fmt: skip
    for name in ("LINLI_KEYS", "LINLI_DEMO", "DATABASE_URL"):
        os.environ.pop(name, None)
    from linli.core.keyring import make_keyring_file

    make_keyring_file(Path(home, "keys", "keyring.json"))
    import django

    django.setup()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in here
    import hypothesis  # noqa: F401 – both loaded once for all children
    import pytest  # noqa: F401
    from django.db import connections
    from django.test.utils import setup_databases
    from django.urls import get_resolver

    with contextlib.redirect_stdout(io.StringIO()):
        setup_databases(0, interactive=False)
    _ = get_resolver().url_patterns
    connections.close_all()


def take_in(mutant: Mutant) -> None:
    """Run the changed source in its module, and put the new objects wherever the old ones were imported."""
    module = sys.modules[mutant.module]
    old = {name: value for name, value in vars(module).items() if not isinstance(value, ModuleType)}
    exec(compile(mutant.source, f"<{mutant.name}>", "exec"), vars(module))
    fresh = {name: vars(module)[name] for name, value in old.items() if vars(module)[name] is not value}
    for other in list(sys.modules.values()):
        if other is module or not getattr(other, "__name__", "").startswith("linli."):
            continue
        for name, value in fresh.items():
            if vars(other).get(name) is old[name]:
                vars(other)[name] = value


def is_killed(mutant: Mutant, worlds: int) -> bool:
    """Whether a test fails, or the changed code does not even load. The tests are imported after the change."""
    try:
        take_in(mutant)
        for name in PURE[mutant.module]:
            for test in tests_of(importlib.import_module(name)):
                test()
        if mutant.module != POLICY:
            hold_filter_against_decide(worlds)
    except (Exception, BaseExceptionGroup):
        return True
    except BaseException as outcome:  # what pytest.raises and pytest.fail raise is no Exception
        return type(outcome).__module__.startswith("_pytest")
    return False


def tests_of(module: ModuleType, **fixtures: object) -> Iterator[Callable[[], None]]:
    """The tests of a module with all their parameters, as plain calls: pytest itself would take seconds to begin."""
    for name, test in vars(module).items():
        if not name.startswith("test_") or "random" in name:
            continue
        given = {key: value for key, value in fixtures.items() if key in inspect.signature(test).parameters}
        cases: list[dict] = [given]
        for mark in getattr(test, "pytestmark", []):
            if mark.name == "parametrize":
                names, rows = mark.args
                rows = [(row,) for row in rows] if isinstance(names, str) else list(rows)
                names = (names,) if isinstance(names, str) else names
                cases = [case | dict(zip(names, row, strict=True)) for case in cases for row in rows]
        yield from (functools.partial(test, **case) for case in cases)


def hold_filter_against_decide(worlds: int) -> None:
    """Handmade worlds and actors, then random worlds, until one shows a difference."""
    from django.db import transaction
    from hypothesis import HealthCheck, Phase, given, settings

    agree = importlib.import_module(FILTER_TESTS)

    @settings(max_examples=worlds, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(agree.worlds)
    def on_random_worlds(world: object) -> None:
        agree.compare(world, cast)

    with transaction.atomic():
        cast = agree.make_cast()
        for test in [*tests_of(agree, cast=cast), on_random_worlds]:
            with transaction.atomic():
                test()
                transaction.set_rollback(True)
        transaction.set_rollback(True)


def tried(mutant: Mutant, worlds: int) -> tuple[bool, str]:
    """The verdict of a child process; one that takes too long is killed too."""
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115 – the child writes into it
    child = os.fork()
    if child == 0:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            os._exit(0 if is_killed(mutant, worlds) else 1)
        except BaseException:
            traceback.print_exc()
            os._exit(0)
    began = time.monotonic()
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) != 1, ""
        if time.monotonic() - began > SECONDS:
            os.kill(child, 9)
            os.waitpid(child, 0)
            return True, "too long"
        time.sleep(0.02)


def work(mutants: list[Mutant], out: str, worlds: int) -> None:
    """One worker: its own instance, its share of the mutants."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    lay_out()
    for module in {mutant.module for mutant in mutants}:
        if tried(unchanged(module), worlds)[0]:
            Path(out).write_text(f"unchanged code is killed: {module}\n", encoding="utf-8")
            return
    with Path(out).open("w", encoding="utf-8") as file:
        for mutant in mutants:
            began = time.monotonic()
            killed, why = tried(mutant, worlds)
            took = f"{time.monotonic() - began:.1f}"
            verdict = "killed" if killed else "ALIVE"
            print(verdict, mutant.line, mutant.name, took, why, sep="\t", file=file, flush=True)


def unchanged(module: str) -> Mutant:
    """No mutant: the tests must let it live, or their verdicts are worth nothing."""
    return Mutant(module, 0, "nothing", (ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))


def everything() -> list[Mutant]:
    """All mutants in a fixed order."""
    return [*mutants_of(DECIDE), *mutants_of(POLICY), *mutants_of(FILTER, FILTER_PARTS)]


def main() -> int:
    """Make, try, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=0, help="try so many of them, drawn by a fixed seed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--worlds", type=int, default=WORLDS, help="random worlds, after the handmade ones")
    parser.add_argument("--only", default="", help="mutants whose name holds this")
    asked = parser.parse_args()
    chosen = [mutant for mutant in everything() if asked.only in mutant.name]
    if asked.sample and asked.sample < len(chosen):
        chosen = random.Random(20260302).sample(chosen, asked.sample)
    if asked.list:
        print("\n".join(f"{mutant.line}\t{mutant.name}" for mutant in chosen))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        outs = [f"{folder}/{number}" for number in range(asked.jobs)]
        children = []
        for number, out in enumerate(outs):
            child = os.fork()
            if child == 0:
                try:
                    work(chosen[number :: asked.jobs], out, asked.worlds)
                except BaseException:
                    traceback.print_exc()
                finally:
                    sys.stderr.flush()
                    os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        texts = [Path(out).read_text("utf-8") for out in outs if Path(out).exists()]
        told = [line.split("\t") for text in texts for line in text.splitlines()]
    if len(told) != len(chosen):
        print("the check broke off:", *told[-2:], file=sys.stderr)
        return 1
    alive = [line for line in told if line[0] == "ALIVE"]
    same = [line for line in alive if line[2] in EQUIVALENT]
    for line in alive:
        print(f"{'same ' if line in same else 'ALIVE'} {line[1]:>4} {line[2]}  {EQUIVALENT.get(line[2], '')}")
    seconds = sum(float(line[3]) for line in told) / max(1, len(told))
    print(
        f"{len(told) - len(alive)} of {len(told)} killed, {len(same)} make no difference, "
        f"{len(alive) - len(same)} alive; {seconds:.1f} s each"
    )
    return 1 if len(alive) > len(same) else 0


if __name__ == "__main__":
    sys.exit(main())
