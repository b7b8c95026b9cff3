"""Every benchmark, one after the other, into docs/benchmarks.md. Run: `make bench` or `python -m bench`.

Each program runs in processes of its own and prints markdown rows; the peers are measured in the
same run, because only ratios taken together mean anything on a shared machine.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PROGRAMS = {
    "main_job": "`linli run`: 60,000 records in four lists, to the report",
    "linkage": "linkage: linked pairs beside stock Splink, no truth used to link",
    "eligibility": "eligibility: nine rules over 3,000,000 residents beside plain SQL",
    "assignment": "assignment: the exact core beside bare OR-Tools; 100,000 needs × 20,000 offers",
    "sortition": "sortition: exact leximin beside sortition-algorithms",
    "opinion": "opinion: both modes beside Polis' published output and red-dwarf",
    "budgeting": "budgeting: exact outcomes beside pabutools",
}
PARTS = (
    *("splink", "duckdb", "ortools", "ibis-framework", "pyarrow", "numpy", "scipy", "highspy"),
    *("sortition-algorithms", "red-dwarf", "pabutools"),
)


def main() -> int:
    parts = ", ".join(f"{name} {version(name)}" for name in PARTS)
    page = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Times are of one shared, noisy machine; read the ratios.",
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} at the start; {parts}.",
    ]
    failed = 0
    for name, words in PROGRAMS.items():
        sys.stderr.write(f"{name} …\n")
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], capture_output=True, text=True, check=False)
        failed += done.returncode != 0
        said = done.stdout.strip() or done.stderr.strip()[-400:]
        page += ["", f"## {words}", "", f"`python -m bench.{name}`", "", said]
    PAGE.write_text("\n".join(page) + "\n", "utf-8")
    sys.stderr.write(f"→ {PAGE}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
