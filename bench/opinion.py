"""Benchmark of the opinion engine: Polis' published output, red-dwarf, a stream of votes, a million votes, alarms.

Run: `python -m bench.opinion` from the project's folder. Engines run in processes of their own, one after the other (A
B A B), with one thread for dense products each. Times run from the files to the result (parsing included, imports not):
the first run in a fresh process, and the shortest of the next ones; of several processes the shortest counts. Beside
red-dwarf they are processor times, because both run on one thread and the machine is shared. "all" includes stability
and alarm, which red-dwarf does not have; "map" leaves them out. Prints markdown rows.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parents[1] / "tests" / "data" / "opinion"
CONVERSATIONS = (
    "scoop-hivemind.biodiversity",
    "scoop-hivemind.ubi",
    "scoop-hivemind.taxes",
    "scoop-hivemind.freshwater",
    "london.youth.policing",
)
GOLDEN = ("golden-below-100-ptpts", "golden-25ptpt-3gp-no-strict-with-meta")
REPEATS, TURNS = 5, 2
ENGINES = ("all", "map", "red-dwarf")


MISSED = """The goal of 1/20 is met only where conversations are small; elsewhere it is missed by up to a factor of
four with the stability score and the alarm (red-dwarf has neither), of two without. What is left is some
hundred calls into numpy on arrays of a few thousand numbers. Tried: reading by the csv module, by
columns, by eight digits at a time; numbers of groups one by one, then all in one batch with shared
distances; the halves for stability each by its own Krylov space, then all at once; the alarm by sets, by
candidates, by one exact product."""


def files(name: str) -> tuple[Path, Path]:
    """Votes and statements of a case."""
    kind = "json" if name.startswith("golden") else "csv"
    return DATA / name / f"votes.{kind}", DATA / name / f"comments.{kind}"


def linli(name: str, extras: bool) -> dict[str, Any]:
    """Our stable map, with or without stability and alarm."""
    from linli.engines.opinion import Options, draw_map, read_conversation

    found = draw_map(read_conversation(*files(name)), Options(stability=extras, alarm=extras))
    groups = {person: int(g) for person, g in zip(found.conversation.people, found.group, strict=True) if g >= 0}
    return {"groups": groups, "stability": found.stability.score if found.stability else None}


def red_dwarf(name: str) -> dict[str, Any]:
    """red-dwarf's pipeline as its documentation has it, rejected statements zeroed."""
    from reddwarf.implementations.polis import run_pipeline

    votes, comments = files(name)
    with votes.open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["timestamp"]))
    last = {(row["voter-id"], row["comment-id"]): row for row in rows}
    cast = [
        {
            "participant_id": int(row["voter-id"]),
            "statement_id": int(row["comment-id"]),
            "vote": int(row["vote"]),
            "modified": int(row["timestamp"]),
        }
        for row in last.values()
    ]
    with comments.open(encoding="utf-8") as file:
        out = [int(row["comment-id"]) for row in csv.DictReader(file) if row["moderated"] == "-1"]
    table = run_pipeline(votes=cast, mod_out_statement_ids=out, random_state=0).participants_df
    inside = table[table["to_cluster"]]
    ids = [str(person) for person in inside.index]
    return {
        "groups": dict(zip(ids, inside["cluster_id"].astype(int).tolist(), strict=True)),
        "places": dict(zip(ids, inside[["x", "y"]].to_numpy().tolist(), strict=True)),
    }


def child(engine: str, name: str) -> None:
    """One engine on one conversation, several times; the result with its shortest time and peak memory as JSON."""
    import_module("reddwarf.implementations.polis" if engine == "red-dwarf" else "linli.engines.opinion")
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        told = red_dwarf(name) if engine == "red-dwarf" else linli(name, engine == "all")
        times.append(time.process_time() - began)
    told |= {
        "first": times[0],
        "seconds": min(times[1:]),
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write("\n" + json.dumps(told))


def in_child(*arguments: str) -> dict[str, Any]:
    """This program again with arguments, in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.opinion", *arguments]
    one_thread = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=one_thread)
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def parity() -> None:
    """Parity mode against the output of Polis' own mathematics."""
    from linli.engines.opinion import Options, draw_map, read_conversation

    print("| Polis' own output | axes 1−abs(cos) | same people | same partition | representativeness, at most off by |")
    print("|---|---|---|---|---|")
    for name in GOLDEN:
        polis = json.loads((DATA / name / "math-pca2.json").read_bytes())
        found = draw_map(read_conversation(*files(name)), Options(mode="parity"))
        cosines = [
            abs(float(np.dot(ours, theirs))) for ours, theirs in zip(found.axes, polis["pca"]["comps"], strict=True)
        ]
        base = dict(zip(polis["base-clusters"]["id"], polis["base-clusters"]["members"], strict=True))
        theirs = {
            frozenset(str(p) for member in group["members"] for p in base[member]): polis["repness"][str(group["id"])]
            for group in polis["group-clusters"]
        }
        ours = {
            frozenset(p for p, at in zip(found.conversation.people, found.group, strict=True) if at == g): chosen
            for g, chosen in enumerate(found.representative)
        }
        apart = [
            abs(told[key] - value) / max(1.0, abs(value))
            for group, chosen in ours.items()
            for told, one in zip(theirs.get(group, []), chosen, strict=True)
            for key, value in zip(
                ("p-success", "p-test", "repness", "repness-test"), (one.p, one.p_test, one.r, one.r_test), strict=True
            )
        ]
        people = set().union(*ours) == {str(p) for p in polis["in-conv"]}
        print(
            f"| {name} | {max(1 - c for c in cosines):.0e} | {'yes' if people else 'no'} "
            f"| {'yes' if set(ours) == set(theirs) else 'no'} | {max(apart):.0e} (published to 8 digits) |"
        )


def beside_red_dwarf() -> None:
    """Silhouette in red-dwarf's projection, time and memory."""
    from linli.engines.opinion.silhouettes import silhouette

    print("\n| conversation | silhouette ours / red-dwarf | ≥ −0.005 | stability ", end="")
    print(
        "| first run, CPU ms: all / map / red-dwarf | ratio all, map (≤ 1/20) | warm, CPU ms | ratio all, map ", end=""
    )
    print("| peak MiB ours / red-dwarf | ratio (≤ 1/2) |\n" + "|---" * 10 + "|")
    for name in CONVERSATIONS:
        runs = [(engine, in_child(engine, name)) for _ in range(TURNS) for engine in ENGINES]
        first, warm, memory = (
            [min(told[key] for who, told in runs if who == engine) for engine in ENGINES]
            for key in ("first", "seconds", "mib")
        )
        ours, theirs = runs[0][1], runs[2][1]
        people = sorted(theirs["groups"])
        assert people == sorted(ours["groups"]), "not the same people grouped"
        places = np.array([theirs["places"][person] for person in people])
        scores = [silhouette(places, np.array([one["groups"][p] for p in people])) for one in (ours, theirs)]
        print(
            f"| {name} | {scores[0]:.4f} / {scores[1]:.4f} | {scores[0] - scores[1]:+.4f} | {ours['stability']:.2f} "
            f"| {_three(first)} | {_three(warm)} "
            f"| {memory[0]:.0f} / {memory[2]:.0f} | 1/{memory[2] / memory[0]:.1f} |",
            flush=True,
        )
    print(f"\n{MISSED}")


def _three(seconds: list[float]) -> str:
    """Times of the three in milliseconds, and how often each of ours goes into red-dwarf's."""
    told = " / ".join(f"{1000 * one:.1f}" for one in seconds)
    return f"{told} | 1/{seconds[2] / seconds[0]:.0f}, 1/{seconds[2] / seconds[1]:.0f}"


def planted(people: int, statements: int, each: int, seed: int) -> tuple[Any, Any, Any]:
    """Who votes what on what: three groups with opinions of their own, every person on some statements."""
    draw = np.random.default_rng(seed)
    opinion = draw.normal(0, 1.1, (3, statements))
    who = np.repeat(np.arange(people), each)
    what = np.concatenate([draw.choice(statements, each, replace=False) for _ in range(people)])
    heard = opinion[who % 3, what] + draw.normal(0, 1, len(who))
    return who, what, np.where(heard > 0.4, 1, np.where(heard < -0.4, -1, 0))


def stream() -> None:
    """Batches of 50 votes into a map of 2,000 × 200; axes beside those from scratch at the end."""
    from linli.engines.opinion import LiveMap, conversation, draw_map

    who, what, value = planted(2000, 200, 60, seed=2)
    live = LiveMap.of(conversation([str(p) for p in who], [str(s) for s in what], value.tolist()))
    draw, times = np.random.default_rng(3), []
    for _ in range(200):
        batch = [
            (str(p), str(s), int(v))
            for p, s, v in zip(
                draw.integers(0, 2000, 50), draw.integers(0, 200, 50), draw.integers(-1, 2, 50), strict=True
            )
        ]
        began = time.process_time()
        update = live.add(batch)
        times.append(time.process_time() - began)
    scratch = draw_map(live.conversation())
    order = [[one.id for one in scratch.conversation.statements].index(name) for name in update.statements]
    apart = min(
        np.abs(scratch.axes[:, order] - sign[:, None] * update.axes).max()
        for sign in (np.array([a, b]) for a in (1, -1) for b in (1, -1))
    )
    sys.stdout.write(
        "\n"
        + json.dumps({"median": float(np.median(times)), "p95": float(np.quantile(times, 0.95)), "apart": float(apart)})
    )


def million(path: str, planted_groups: str) -> None:
    """A million votes from the CSV to the map."""
    from linli.engines.opinion import draw_map, read_conversation

    began, worked = time.perf_counter(), time.process_time()
    found = draw_map(read_conversation(Path(path)))
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    label = np.array([int(person) % 3 for person in found.conversation.people])
    pairs = len(set(zip(label.tolist(), found.group.tolist(), strict=True)))
    told = {
        "seconds": seconds,
        "worked": worked,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": pairs == len(found.names) == 3 if planted_groups == "yes" else None,
    }
    sys.stdout.write("\n" + json.dumps(told))


def write_votes(path: Path, who: Any, what: Any, value: Any, seed: int) -> None:
    """As Polis exports them, in mixed order."""
    draw = np.random.default_rng(seed)
    times = draw.integers(1_600_000_000_000, 1_600_900_000_000, len(who))
    with path.open("w", encoding="utf-8") as file:
        file.write("timestamp,datetime,comment-id,voter-id,vote\n")
        for at in draw.permutation(len(who)):
            file.write(f"{times[at]},-,{what[at]},{who[at]},{value[at]}\n")


def large() -> None:
    """8,000 people × 8,000 statements with a million votes: three planted groups, and pure noise (the hard case)."""
    print("\n| a million votes, 8,000 × 8,000, CSV | CPU seconds (≤ 3) | by the clock | peak MiB (≤ 500) | found |")
    print("|---" * 5 + "|")
    who, what, value = planted(8000, 8000, 125, seed=5)
    noise = np.random.default_rng(6).integers(-1, 2, len(who))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "votes.csv"
        for words, votes, sure in (("three groups", value, "yes"), ("noise, no groups at all", noise, "no")):
            write_votes(path, who, what, votes, seed=7)
            runs = [in_child("million", str(path), sure) for _ in range(3)]
            best = min(runs, key=lambda told: told["worked"])
            found = {True: "all", False: "not all", None: "—"}[best["found"]]
            print(
                f"| {words} | {best['worked']:.2f} | {best['seconds']:.2f} | {best['mib']:.0f} | {found} |", flush=True
            )


def alarms() -> None:
    """False alarms on real votes, and how many planted campaigns of five copies (3 % of answers changed) are seen."""
    from linli.engines.opinion import coordinated, read_conversation
    from linli.engines.opinion.tests.campaigns import with_campaign

    print("\n| alarm for coordinated voting | false alarms | campaigns of 5 seen |\n|---|---|---|")
    for name in CONVERSATIONS:
        talk = read_conversation(*files(name))
        seen = sum(bool(coordinated(with_campaign(talk, copies=5, changed=0.03, seed=seed))) for seed in range(40))
        print(f"| {name} | {len(coordinated(talk))} | {seen} of 40 |", flush=True)


def main() -> None:
    """Every part; with arguments, one part in this process."""
    if len(sys.argv) > 1:
        part, *more = sys.argv[1:]
        {"stream": stream, "million": million}.get(part, lambda *rest: child(part, *rest))(*more)
        return
    parity()
    beside_red_dwarf()
    told = min((in_child("stream") for _ in range(2)), key=lambda run: run["median"])
    print(
        "\n| 50 votes into 2,000 × 200 | median CPU ms (≤ 5) | 95 % | axes beside scratch (≤ 1e-6) |\n|---|---|---|---|"
    )
    print(f"| 200 batches | {told['median'] * 1000:.1f} | {told['p95'] * 1000:.1f} | {told['apart']:.0e} |", flush=True)
    large()
    alarms()


if __name__ == "__main__":
    main()
