"""`linli screen` on files: what it writes, and what it says of bad ones."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner, Result

from linli.engines.eligibility.cli import screen
from linli.engines.eligibility.tests.making import HEAD, STANDARD, people, rule

RULES = HEAD + STANDARD + rule("poor", "income < standard", reason="收入 {income}") + rule("old", "age >= 60")
CSV = "pid,hh,age,income,disabled,born,groups\n1,a,70,950.5,是,1955-01-01,MLA、PWD\n2,a,,1200,,,\n"


def run(folder: Path, table: str, *more: str) -> Result:
    app = typer.Typer()
    app.command()(screen)
    (folder / "rules.toml").write_text(RULES, "utf-8")
    asked = [str(folder / table), "--rules", str(folder / "rules.toml"), "--on", "2026-03-01"]
    return CliRunner().invoke(app, [*asked, "--out", str(folder / "hits.parquet"), *more])


def test_parquet_csv_and_xlsx_give_the_same_hits(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV, "utf-8-sig")
    book = openpyxl.Workbook()
    for line in CSV.splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "people.xlsx")
    rows = [{"pid": "1", "hh": "a", "age": 70, "income": 950.5}, {"pid": "2", "hh": "a", "income": 1200.0}]
    pq.write_table(people(rows), tmp_path / "people.parquet")
    found = []
    for name in ("people.csv", "people.xlsx", "people.parquet"):
        result = run(tmp_path, name)
        assert result.exit_code == 0, result.output
        found.append(pq.read_table(tmp_path / "hits.parquet"))
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
    assert [(row["subject"], row["rule"]) for row in found[0].to_pylist()] == [("1", "poor"), ("1", "old")]


def test_near_misses_report_and_csv_come_when_asked(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    near, report = tmp_path / "near.csv", tmp_path / "report.json"
    result = run(tmp_path, "people.csv", "--near", str(near), "--report", str(report))
    assert result.exit_code == 0, result.output
    assert "未知，请核实" in near.read_text("utf-8")
    assert '"poor": 1' in report.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "people.csv",
            "pid,age,born\n1,seventy,1950/1/1\n2,7O,1950-01-01\n",
            ["seventy", "1950/1/1", "7O", "people.csv"],
        ),
        ("people.csv", "name\nx\n", ["pid"]),
        ("people.parquet", "not parquet", ["people.parquet"]),
        ("people.pdf", "x", ["people.pdf"]),
        ("absent.csv", None, ["absent.csv"]),
    ],
)
def test_bad_input_is_named_at_once_and_leaves_no_file(
    tmp_path: Path, name: str, content: str | None, said: list[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, "utf-8")
    result = run(tmp_path, name)
    assert result.exit_code == 2
    assert not (tmp_path / "hits.parquet").exists()
    for part in said:
        assert part in result.output


def test_a_bad_rules_file_is_refused_in_english_too(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    (tmp_path / "more.toml").write_text(rule("third", "height > 2"), "utf-8")
    result = run(tmp_path, "people.csv", "--rules", str(tmp_path / "more.toml"), "--lang", "en")
    assert result.exit_code == 2
    assert "“height” is no column, parameter or figure" in result.output
    assert "more.toml" in result.output
