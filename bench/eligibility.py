"""Benchmark of the eligibility engine: nine toy rules over many invented residents, beside plain DuckDB SQL.

Run: `python -m bench.eligibility [RESIDENTS]`. The SQL of tests/data/eligibility/expected.json is the oracle: it
counts only, the engine also writes every reason. Prints markdown rows: seconds (A B A B), peak memory, and whether both
find the same.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from linli.engines.eligibility import load_rules, screen

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data" / "eligibility"
ROUNDS = 2


def residents(rows: int, seed: int = 1) -> pa.Table:
    """Invented residents in the columns of the toy rules, three to a household on average."""
    draw = np.random.default_rng(seed)
    return pa.table(
        {
            "pid": np.arange(rows),
            "age": draw.integers(0, 100, rows).astype(np.int16),
            "income": np.round(draw.gamma(2.0, 900.0, rows), 2),
            "dis": draw.choice(5, rows, p=[0.92, 0.02, 0.02, 0.02, 0.02]).astype(np.int8),
            "orphan": draw.random(rows) < 0.001,
            "hukou": draw.random(rows) < 0.85,
            "hh": draw.integers(0, rows // 3, rows).astype(np.int32),
            "selfcare": draw.choice(3, rows, p=[0.8, 0.1, 0.1]).astype(np.int8),
            "veteran": draw.random(rows) < 0.03,
            "student": draw.random(rows) < 0.15,
        }
    )


def by_sql(table: pa.Table) -> dict[str, int]:
    """The counts of the nine rules by the SQL of the expected figures."""
    rules = json.loads((DATA / "expected.json").read_text("utf-8"))
    codes = list(rules["counts"])
    counted = ", ".join(f"count(*) filter ({code})" for code in codes)
    with duckdb.connect() as connection:
        connection.register("p", table)
        found = connection.execute(f"select {counted} from ({rules['rules_sql']})").fetchall()[0]
    return dict(zip(codes, found, strict=True))


def by_engine(table: pa.Table) -> dict[str, int]:
    """The counts of the nine rules by the engine, reasons and all."""
    book = load_rules((ROOT / "packs" / "toy" / "toy_rules.toml").read_bytes())
    return dict(screen(table, book, on=date(2026, 3, 1), near=False).report.hits)


def main(rows: int) -> None:
    """Print one line per run."""
    table = residents(rows)
    print("| run | residents | seconds | CPU seconds | peak MiB | hits |\n|---|---|---|---|---|---|")
    counts = []
    for _ in range(ROUNDS):
        for name, run in (("linli screen", by_engine), ("plain SQL", by_sql)):
            clock, cpu = time.perf_counter(), time.process_time()
            counts.append(run(table))
            spent, busy = time.perf_counter() - clock, time.process_time() - cpu
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"| {name} | {rows:,} | {spent:.2f} | {busy:.2f} | {peak} | {sum(counts[-1].values()):,} |", flush=True
            )
    print(f"\n{'Both find the same.' if all(each == counts[0] for each in counts) else 'THE TWO DIFFER.'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000)
