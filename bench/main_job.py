"""The whole of `linli run` on about 60,000 invented records in four workbooks: time, memory, linked-pair F1.

Run: `python -m bench.main_job [persons]`. The command runs as a user would run it, in a process of its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from linli.engines.linkage.tests.made import made_lists, pair_scores

HEADINGS = {
    "unique_id": "编号",
    "name": "姓名",
    "birth_on": "出生日期",
    "sex": "性别",
    "id_no": "身份证号码",
    "phone": "联系方式",
    "region": "区划代码",
    "address": "住址",
}
ON = "2026-03-12"


def write_lists(records: pa.Table, folder: Path) -> None:
    """One workbook per list, under Chinese headings, every cell as text."""
    rows = records.to_pylist()
    for source in sorted({row["source"] for row in rows}):
        book = xlsxwriter.Workbook(folder / f"{source}.xlsx")
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS.values())
        for line, row in enumerate((row for row in rows if row["source"] == source), start=1):
            sheet.write_row(line, 0, ["" if row[name] is None else str(row[name]) for name in HEADINGS])
        book.close()


def main(persons: int) -> None:
    records, truth = made_lists(persons, seed=3)
    with tempfile.TemporaryDirectory() as home:
        lists, out = Path(home) / "lists", Path(home) / "out"
        lists.mkdir()
        write_lists(records, lists)
        command = [sys.executable, "-m", "linli.web.command", "run", "--lists", lists, "--on", ON, "--out", out]
        began = time.perf_counter()
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / 1024
        cpu = resource.getrusage(resource.RUSAGE_CHILDREN)
        links = pq.read_table(out / "links.parquet")
    found = dict(zip(links["unique_id"].to_pylist(), links["person_id"].to_pylist(), strict=True))
    # A row refused for want of date and ID counts as linked to nobody.
    scores = pair_scores({key: found.get(key, key) for key in truth}, truth)
    print("| records | wall s (goal ≤ 60) | CPU s | peak GiB (goal ≤ 2) | linked pairs: precision, recall, F1 |")
    print("|---|---|---|---|---|")
    told = ", ".join(f"{value:.4f}" for value in scores)
    print(f"| {records.num_rows:,} | {took:.1f} | {cpu.ru_utime + cpu.ru_stime:.1f} | {peak:.2f} | {told} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24_000)
