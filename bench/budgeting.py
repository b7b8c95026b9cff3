"""Benchmark of the budgeting engine beside pabutools (GPL: only here), each in processes of its own, in turn.

Run: `python -m bench.budgeting [--full]`. Prints markdown rows: reach line, ours, peer, ratio, memory, met.
`--full` adds add1 on the longest list of projects for the engine alone. Data: two made cities (the
engine's `tests/made.py`) and the one of tests/data/budgeting.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "tests" / "data" / "budgeting"
LARGEST, DIFFER, ADD1 = "made_few_projects", "made_many_projects", "poland_wieliczka_2023_green-budget"
RULES = ("mes-cost", "mes-project", "phragmen", "greedy")
ROUNDS, TIMES, ORDERS = 2, 5, 5


def best(run: Callable[[], Any], times: int) -> tuple[float, Any]:
    """The shortest of several runs, in seconds, and what the run gave."""
    took, found = float("inf"), None
    for _ in range(times):
        began = time.perf_counter()
        found = run()
        took = min(took, time.perf_counter() - began)
    return took, found


def ours(file: Path, add1: bool) -> dict[str, Any]:
    """Our times on one file."""
    from linli.engines.budgeting import Options, budget, parse_pb, read_pb

    began = time.perf_counter()
    election = read_pb(file)
    first = budget(election, Options(rule="mes-cost"), reasons=False)
    whole = time.perf_counter() - began
    told: dict[str, Any] = {
        "whole": whole,
        "read": best(lambda: read_pb(file), TIMES)[0],
        "rule": {},
        "winners": {},
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    assert first.selected
    for rule in RULES:
        took, result = best(lambda rule=rule: budget(election, Options(rule=rule), reasons=False), TIMES)
        told["rule"][rule] = took
        told["winners"][rule] = [election.projects[at].id for at in result.selected]
    took, result = best(lambda: budget(election, Options(rule="mes-cost")), 1)
    lost = sum(not reason.code.startswith("won_") for reason in result.reasons)
    told["explained"], told["lost"] = took - told["rule"]["mes-cost"], lost
    told["orders"] = all(
        [shuffled.projects[at].id for at in budget(shuffled, Options(rule=rule), reasons=False).selected]
        == told["winners"][rule]
        for seed in range(ORDERS)
        for shuffled in [parse_pb(reordered(file.read_text("utf-8-sig"), seed).encode())]
        for rule in RULES
    )
    if add1:
        took, result = best(lambda: budget(election, Options("mes-cost", "add1"), reasons=False), 2)
        told["rule"]["add1"], told["winners"]["add1"] = took, [election.projects[at].id for at in result.selected]
    return told


def reordered(text: str, seed: int) -> str:
    """The same file with its voters in another order."""
    head, _, votes = text.replace("\r\n", "\n").partition("\nVOTES\n")
    heading, *rows = votes.rstrip("\n").split("\n")
    random.Random(seed).shuffle(rows)
    return "\n".join([head, "VOTES", heading, *rows])


def peer(file: Path, add1: bool) -> dict[str, Any]:
    """The peer's times on one file: exact fractions, equal ballots merged (its faster mode), ties by id."""
    from pabutools.election import Cardinality_Sat, Cost_Sat, parse_pabulib
    from pabutools.rules import greedy_utilitarian_welfare, method_of_equal_shares, sequential_phragmen

    began = time.perf_counter()
    instance, profile = parse_pabulib(str(file))
    read = time.perf_counter() - began
    merged = profile.as_multiprofile()
    told: dict[str, Any] = {"read": time.perf_counter() - began, "parse": read, "rule": {}, "winners": {}}
    runs: dict[str, Callable[[], Any]] = {
        "mes-cost": lambda: method_of_equal_shares(instance, merged, sat_class=Cost_Sat),
        "mes-project": lambda: method_of_equal_shares(instance, merged, sat_class=Cardinality_Sat),
        "phragmen": lambda: sequential_phragmen(instance, merged),
        "greedy": lambda: greedy_utilitarian_welfare(instance, merged, sat_class=Cost_Sat),
    }
    if add1:
        runs["add1"] = lambda: method_of_equal_shares(instance, merged, sat_class=Cost_Sat, voter_budget_increment=1)
    for rule, run in runs.items():
        took, found = best(run, 1)
        told["rule"][rule] = took
        told["winners"][rule] = sorted(str(project) for project in found)
        if rule == "mes-cost":
            told["whole"] = told["read"] + took
            told["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return told


def child(who: str, file: Path, add1: bool) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.budgeting", "--child", who, str(file), "1" if add1 else "0"]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def least(runs: list[dict[str, Any]], *keys: str) -> float:
    """The smallest of a figure over runs."""
    found = []
    for run in runs:
        for key in keys:
            run = run[key]
        found.append(run)
    return min(found)  # type: ignore[type-var]


def measured(file: Path, add1: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A B A B: our runs and the peer's."""
    pairs = [(child("ours", file, add1), child("peer", file, add1)) for _ in range(ROUNDS)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def row(line: str, one: float, two: float, bound: float, extra: str = "") -> None:
    """One line of the table: our seconds, the peer's, the ratio against its bound."""
    met = "yes" if one <= bound * two else "NO"
    print(f"| {line} | {one * 1000:,.1f} ms | {two * 1000:,.0f} ms | 1/{two / one:,.0f} | {extra} | {met} |")


def main() -> None:
    """Measure everything and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        measure_all(written(Path(folder)))


def written(folder: Path) -> dict[str, Path]:
    """The file of each election; the made ones are written into the folder."""
    from linli.engines.budgeting.tests.made import made_election

    files = {name: folder / f"{name}.pb" for name in (LARGEST, DIFFER)}
    for name, path in files.items():
        path.write_text(made_election(name), encoding="utf-8")
    return {**files, ADD1: DATA / f"{ADD1}.pb"}


def measure_all(files: dict[str, Path]) -> None:
    """The table, election by election."""
    print("| reach | ours | pabutools | ratio | notes | met |\n|---|---|---|---|---|---|")
    runs = {name: measured(file, name == ADD1) for name, file in files.items()}
    for file, (us, them) in runs.items():
        same = all(run["winners"] == them[0]["winners"] for run in us)
        orders = all(run["orders"] for run in us)
        asked = f"{', '.join(us[0]['winners'])}; {ORDERS} voter orders"
        print(f"| winners identical, {file} | | | | {asked} | {'yes' if same and orders else 'NO'} |")
    us, them = runs[DIFFER]
    for rule in ("mes-cost", "mes-project", "phragmen"):
        row(
            f"rule time, {rule}, ballots differ ({DIFFER})", least(us, "rule", rule), least(them, "rule", rule), 1 / 100
        )
    for file in (DIFFER, LARGEST):
        us, them = runs[file]
        peak = max(run["peak"] for run in us)
        extra = f"peak {peak:.0f} MB, pabutools {max(run['peak'] for run in them):.0f} MB"
        row(f"file to winners, mes-cost, {file}", least(us, "whole"), least(them, "whole"), 1 / 25, extra)
        print(f"| peak memory, {file} | {peak:.0f} MB | | | ≤ 300 MB | {'yes' if peak <= 300 else 'NO'} |")
    us, them = runs[ADD1]
    row(f"mes-cost, add1 ({ADD1})", least(us, "rule", "add1"), least(them, "rule", "add1"), 1 / 40)
    for file in (DIFFER, ADD1):
        us = runs[file][0]
        each, rule_time = least(us, "explained") / us[0]["lost"], least(us, "rule", "mes-cost")
        met = "yes" if each <= 2 * rule_time else "NO"
        print(
            f"| reasons, per project not funded, {file} | {each * 1000:.1f} ms | rule {rule_time * 1000:.1f} ms "
            f"| {each / rule_time:.2f} × | {us[0]['lost']} projects | {met} |"
        )
    if "--full" in sys.argv:
        told = child("ours", files[DIFFER], True)
        print(f"| mes-cost, add1, {DIFFER} | {told['rule']['add1']:.1f} s | not run | | | |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _, _, who, file, add1 = sys.argv
        print(json.dumps({"ours": ours, "peer": peer}[who](Path(file), add1 == "1")))
    else:
        main()
