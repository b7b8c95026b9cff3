"""Every benchmark, one after the other, into docs/benchmarks.md. Run: `make bench` or `python -m bench [NAME …]`.

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
    """Run the programs named (all when none is); sections of the others stay as they were."""
    chosen = sys.argv[1:] or list(PROGRAMS)
    unknown = [name for name in chosen if name not in PROGRAMS]
    if unknown:
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join(PROGRAMS)}\n")
        return 2
    sections = _kept()
    failed = 0
    for name in chosen:
        sys.stderr.write(f"{name} …\n")
        load = os.getloadavg()[0]
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], capture_output=True, text=True, check=False)
        failed += done.returncode != 0
        said = done.stdout.strip() or done.stderr.strip()[-400:]
        when = f"`python -m bench.{name}` · load {load:.1f} at the start, {os.getloadavg()[0]:.1f} at the end"
        sections[PROGRAMS[name]] = f"{when}\n\n{said}"
        _write(sections)
    sys.stderr.write(f"→ {PAGE}\n")
    return 1 if failed else 0


def _kept() -> dict[str, str]:
    """Sections of the page as it stands: heading → text."""
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text("utf-8").split("\n## ")[1:]
    return {head: text.strip() for head, _newline, text in (part.partition("\n") for part in parts)}


def _write(sections: dict[str, str]) -> None:
    parts = ", ".join(f"{name} {version(name)}" for name in PARTS)
    page = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Times are of one shared, noisy machine; read the ratios. The data are invented by",
        "the programs or lie in [tests/data](../tests/data/README.md), each with its source and licence.",
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} cores; {parts}.",
    ]
    for words in PROGRAMS.values():
        if words in sections:
            page += ["", f"## {words}", "", sections[words]]
    PAGE.write_text("\n".join(page) + "\n", "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
