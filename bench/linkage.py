"""Benchmark of the linkage engine beside stock Splink on the same records; no truth is used to link.

Run: `python -m bench.linkage [persons]` from the project's folder.
Prints markdown rows: precision, recall and F1 of linked pairs (from clusters), seconds and peak
memory of each run in a process of its own. For stock Splink the threshold 0.9 is what a user without
truth would take; "best" is chosen on the truth and is an upper figure.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from linli.engines.linkage.tables import as_records
from linli.engines.linkage.tests.made import made_lists, pair_scores, twice_the_errors

DATA = Path(__file__).parents[1] / "tests" / "data" / "linkage"
SETS = ("cn_dev", "cn_dev twice the errors", "made")
Truth = dict[str, int]


def records(name: str, persons: int) -> tuple[pa.Table, Truth]:
    """RECORDS and truth of one set."""
    if name == "made":
        return made_lists(persons, seed=3)
    raw = pq.read_table(DATA / "cn_dev.parquet")
    truth = dict(zip(raw["unique_id"].to_pylist(), raw["cluster"].to_pylist(), strict=True))
    table = as_records(raw, "cn_dev")
    return (twice_the_errors(table, seed=7) if "twice" in name else table), truth


def linli(table: pa.Table, truth: Truth) -> dict[str, Any]:
    """The engine as it is shipped."""
    from linli.engines.linkage import link

    began = time.perf_counter()
    result = link(table)
    took = time.perf_counter() - began
    found = dict(zip(result.links["unique_id"].to_pylist(), result.links["person_id"].to_pylist(), strict=True))
    threshold = result.report["threshold"]
    note = (
        f"threshold {result.threshold:.2f}, expected F1 {threshold['expected_f1']:.4f}, review {result.review.num_rows}"
    )
    return {"scores": pair_scores(found, truth), "seconds": took, "note": note}


def stock(table: pa.Table, truth: Truth) -> dict[str, Any]:
    """Splink as its tutorial has it: library comparisons, u by sampling, m by two rounds of EM, clusters at 0.9."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    from linli.engines.linkage import LinkOptions
    from linli.engines.linkage.model import connect

    began = time.perf_counter()
    days = [day.isoformat() if day else None for day in table["birth_on"].to_pylist()]
    plain = table.set_column(table.column_names.index("birth_on"), "birth_on", pa.array(days, pa.string()))
    api = DuckDBAPI(connection=connect(LinkOptions(memory_limit="4GB")))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.LevenshteinAtThresholds("name", [1]).configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("birth_on", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.LevenshteinAtThresholds("id_no", [1, 2]),
            cl.ExactMatch("phone"),
            cl.ExactMatch("region"),
            cl.LevenshteinAtThresholds("address", [2]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("id_no"),
            block_on("phone"),
            block_on("name", "region"),
            block_on("birth_on", "region"),
            block_on("name", "birth_on"),
        ],
    )
    linker = Linker(api.register(plain), settings, log_level=40)
    sure = [block_on("id_no"), block_on("name", "birth_on", "phone")]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name", "birth_on"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("phone"))
    scored = linker.inference.predict(threshold_match_probability=0.01)
    clustered = _clusters(linker, scored, 0.9)
    took = time.perf_counter() - began
    best = max(pair_scores(_clusters(linker, scored, cut), truth)[2] for cut in (0.05, 0.5, 0.8, 0.95, 0.99, 0.999))
    return {"scores": pair_scores(clustered, truth), "seconds": took, "note": f"at 0.9; best with truth F1 {best:.4f}"}


def _clusters(linker: Any, scored: Any, cut: float) -> dict[str, object]:
    table = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, cut).as_pandas_dataframe()
    return dict(zip(table["unique_id"], table["cluster_id"], strict=True))


def main() -> None:
    """Each engine on each set, one process each; with arguments `ENGINE SET PERSONS`, one run as JSON."""
    if len(sys.argv) == 4:
        engine, name, persons = sys.argv[1:]
        told = {"linli": linli, "stock": stock}[engine](*records(name, int(persons)))
        told["gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
        sys.stdout.write("\n" + json.dumps(told))
        return
    persons = sys.argv[1] if len(sys.argv) == 2 else "24000"
    print("| set | engine | precision | recall | F1 | seconds | peak GiB | |\n|---|---|---|---|---|---|---|---|")
    for name in SETS:
        for engine in ("linli", "stock"):
            command = [sys.executable, "-W", "ignore", "-m", "bench.linkage", engine, name, persons]
            ran = subprocess.run(command, check=True, capture_output=True, text=True)
            told = json.loads(ran.stdout.splitlines()[-1])
            scores = " | ".join(f"{value:.4f}" for value in told["scores"])
            label = f"{name} {persons} persons" if name == "made" else name
            who = "linli" if engine == "linli" else "stock Splink"
            print(
                f"| {label} | {who} | {scores} | {told['seconds']:.1f} | {told['gib']:.2f} | {told['note']} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
