"""Benchmark of the sortition engine: exact LEXIMIN with certificate beside sortition-algorithms' maximin.

Run: `python -m bench.sortition [case …]`. Every run is a process of its own, ours and theirs in turn, the least time
counts; reading files and loading libraries is left out on both sides. Prints markdown rows: reach line, times, ratio,
quality (smallest chance among those who can be drawn, Gini over everybody), peak memory, whether the checker agrees.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

DATA = Path(__file__).parents[1] / "tests" / "data" / "sortition"
PATIENCE = 100


class Case(NamedTuple):
    """A pool to draw from: where it comes from, what must be reached, how often each side runs."""

    what: str
    reach: str
    ours: int
    peers: int


CASES = {
    "three_types": Case("made: 200 people, 3 types, 20 seats", "≤ 0.1 s", 3, 1),
    "diversimax": Case("diversimax_wide_60: 219 people, 131 types", "≤ 1/5 of the peer", 2, 2),
    "wide": Case("made: 250 people, 132 types, 5 categories, 40 seats", "≤ 1/5 of the peer", 2, 2),
    "exact": Case("made: 800 people, about 300 types, exact quotas, 60 seats", "≤ 1/10 of the peer", 2, 1),
    "few_types": Case("made: 2,000 people, 18 types, 50 seats", "≤ 1 s", 3, 0),
    "large": Case("made: 1,700 people, 1,327 types, 7 categories, 110 seats", "≤ 10 min, ≤ 300 MB", 1, 0),
}


def pool_of(case: str) -> tuple[list[str], list[list[str]], list[list[Any]], int]:
    """Categories, people, quotas (category, value, min, max) and panel size of a case."""
    if case == "three_types":
        return three_types()
    if case == "diversimax":
        return _files("diversimax_wide_60", 60)
    if case == "wide":
        return made(250, 40, [2, 4, 3, 4, 3], 1)
    if case == "exact":
        return made(800, 60, [2, 5, 4, 4, 3], 5, exact=True)
    if case == "few_types":
        return made(2000, 50, [2, 3, 3], 1)
    return made(1700, 110, [2, 5, 6, 4, 5, 4, 3], 1)


def made(people: int, size: int, values: list[int], seed: int, *, exact: bool = False) -> Any:
    """An invented pool, tilted against its population; quotas follow the population, or one panel to the seat."""
    random = np.random.default_rng(seed)
    population = [random.dirichlet(np.ones(n) * 3) for n in values]
    tilted = [p * np.exp(random.normal(0, 0.4, len(p))) for p in population]
    shares = [p / p.sum() for p in tilted]
    pool = np.array([[random.choice(len(p), p=p) for p in shares] for _ in range(people)])
    if exact:
        panel = pool[random.choice(people, size, replace=False)]
    quotas = []
    for at, number in enumerate(values):
        wanted = np.minimum(size * population[at], np.bincount(pool[:, at], minlength=number) * 0.8)
        for value in range(number):
            if exact:
                low = high = int((panel[:, at] == value).sum())
            else:
                low, high = max(0, int(np.floor(wanted[value] - 1))), int(np.ceil(wanted[value] + 1))
            quotas.append([f"c{at}", str(value), low, high])
    names = [f"c{at}" for at in range(len(values))]
    return names, [[str(value) for value in row] for row in pool], quotas, size


def three_types() -> Any:
    """One woman of the one mind among 199 of two other types; quotas all of them can meet."""
    people = [["f", "c"], *[["f", "l"]] * 99, *[["m", "c"]] * 100]
    quotas = [[at, value, 9, 20] for at, value in (("sex", "f"), ("sex", "m"), ("mind", "l"), ("mind", "c"))]
    return ["sex", "mind"], people, quotas, 20


def _files(folder: str, size: int) -> Any:
    from linli.engines.sortition import read_csv, read_input

    tables = [read_csv(DATA / folder / name) for name in ("respondents.csv", "categories.csv")]
    pool, quotas = read_input(*tables, size)
    return (
        list(pool.categories),
        [list(person) for person in pool.people],
        [[q.category, q.value, q.low, q.high] for q in quotas],
        size,
    )


def ours(case: str) -> dict[str, Any]:
    """One draw by our engine, then the independent check (not timed with it)."""
    import highspy  # noqa: F401 - loading is left out of the time

    from linli.engines.sortition import Pool, Quota, Source, draw
    from linli.engines.sortition.checking import check

    names, people, quotas, size = pool_of(case)
    pool = Pool(tuple(names), tuple(tuple(person) for person in people))
    began = time.perf_counter()
    done = draw(pool, [Quota(*quota) for quota in quotas], size, source=Source("seed", "1"))
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.perf_counter()
    holds = all(finding.ok for finding in check(json.loads(json.dumps(done.document)), {}))
    checked = time.perf_counter() - began
    found = _quality(done.probabilities)
    panels = len(done.document["panels"])
    return {**found, "seconds": took, "peak": peak, "panels": panels, "holds": holds, "checked": checked}


def theirs(case: str) -> dict[str, Any]:
    """One maximin distribution by sortition-algorithms on its default backend."""
    from sortition_algorithms import Settings, read_in_features, read_in_people
    from sortition_algorithms.committee_generation import find_distribution_maximin

    names, people, quotas, size = pool_of(case)
    rows = [dict(zip(("feature", "value", "min", "max"), map(str, quota), strict=True)) for quota in quotas]
    features = read_in_features(["feature", "value", "min", "max"], rows)[0]
    heads = ["id", *names]
    body = [{"id": str(at), **dict(zip(names, person, strict=True))} for at, person in enumerate(people)]
    settings = Settings(id_column="id", columns_to_keep=[])
    pool = read_in_people(heads, body, features, settings)[0]
    began = time.perf_counter()
    panels, weights, _ = find_distribution_maximin(features, pool, size, [])
    took = time.perf_counter() - began
    chance = np.zeros(len(people))
    for panel, weight in zip(panels, weights, strict=True):
        chance[[int(person) for person in panel]] += weight
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**_quality(chance.tolist()), "seconds": took, "peak": peak, "panels": sum(w > 1e-9 for w in weights)}


def _quality(chances: list[float]) -> dict[str, float]:
    ordered = np.sort(np.array(chances))
    number = len(ordered)
    gini = float((2 * np.arange(1, number + 1) - number - 1) @ ordered / (number * ordered.sum()))
    some = ordered[ordered > 1e-9]
    return {"least": float(some[0]), "gini": gini, "geomean": float(np.exp(np.log(some).mean()))}


def _run(side: str, case: str) -> dict[str, Any] | None:
    """One run in a process of its own; None when it was not done in time."""
    patience = PATIENCE if side == "theirs" else 900
    try:
        out = subprocess.run(
            [sys.executable, "-m", "bench.sortition", f"--{side}", case],
            capture_output=True,
            text=True,
            timeout=patience,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return None
    return json.loads(out.stdout.strip().splitlines()[-1])  # type: ignore[no-any-return]


def row(case: str) -> str:
    """Both sides in turn; one markdown row."""
    about = CASES[case]
    mine: list[Any] = []
    other: list[Any] = []
    for turn in range(max(about.ours, about.peers)):
        if turn < about.ours:
            mine.append(_run("ours", case))
        if turn < about.peers and None not in other:
            other.append(_run("theirs", case))
    best = min(mine, key=lambda one: one["seconds"])
    seconds = best["seconds"]
    said = (
        f"min {best['least']:.4f}, Gini {best['gini']:.3f}, {best['panels']} panels, "
        f"{'certificate holds' if best['holds'] else 'CERTIFICATE FAILS'} (checked in {best['checked']:.1f} s)"
    )
    peer, ratio = "–", "–"
    if other and None in other:
        peer, ratio = f"not done in {PATIENCE} s", f"< 1/{PATIENCE / seconds:.0f}"
    elif other:
        theirs_best = min(other, key=lambda one: one["seconds"])
        peer = f"{theirs_best['seconds']:.1f} s, min {theirs_best['least']:.4f}, Gini {theirs_best['gini']:.3f}"
        ratio = f"1/{theirs_best['seconds'] / seconds:.0f}"
    met = best["holds"] and _met(case, seconds, best["peak"], other)
    return (
        f"| {about.what} | {about.reach} | {seconds:.2f} s | {peer} | {ratio} | {said} "
        f"| {best['peak']:.0f} MB | {'yes' if met else 'NO'} |"
    )


def _met(case: str, seconds: float, peak: float, other: list[Any]) -> bool:
    limit = {"three_types": 0.1, "few_types": 1.0, "large": 600.0}.get(case)
    if peak > 300:
        return False
    if limit is not None:
        return seconds <= limit
    share = 10 if case == "exact" else 5
    theirs_least = min((one["seconds"] for one in other if one), default=float(PATIENCE))
    return seconds * share <= theirs_least


def main(arguments: list[str]) -> None:
    if arguments and arguments[0] in ("--ours", "--theirs"):
        found = ours(arguments[1]) if arguments[0] == "--ours" else theirs(arguments[1])
        print(json.dumps(found))
        return
    heads = ("pool", "reach", "ours, leximin", "peer, maximin", "ours/peer", "quality (ours)", "peak", "met")
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    for case in arguments or list(CASES):
        print(row(case), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
