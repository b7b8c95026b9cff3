"""`linli link`: Chinese sheets in, links out; nothing half-written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import typer
from typer.testing import CliRunner

from linli.engines.linkage.cli import link
from linli.engines.linkage.tests.made import made_lists, pair_scores

APP = typer.Typer()
APP.command()(link)

FIRST = """编号,姓名,性别,身份证号,出生日期,联系电话,家庭住址
A1,张建国,男,11010519491231002X,1949-12-31,19900012345,花园路12号
"""
SECOND = """序号,残疾人姓名,证件号码,生日,手机,现住址
B1,张健国,110105********002X,1949年12月31日,19900012345,花园路12号
"""


def test_two_lists(tmp_path: Path) -> None:
    (tmp_path / "低保名册.csv").write_text(FIRST, "utf-8")
    (tmp_path / "残疾人名册.csv").write_bytes(SECOND.encode("gb18030"))
    lists = [str(path) for path in sorted(tmp_path.glob("*.csv"))]
    out, review, report = (
        tmp_path / "out" / "links.csv",
        tmp_path / "out" / "review.csv",
        tmp_path / "out" / "report.json",
    )
    options = ["--out", str(out), "--review", str(review), "--report", str(report), "--on", "2026-06-01"]
    ran = CliRunner().invoke(APP, [*lists, *options])
    assert ran.exit_code == 0, ran.output
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [row["unique_id"] for row in rows] == ["A1", "B1"]
    assert len({row["person_id"] for row in rows}) == 1
    assert json.loads(report.read_text("utf-8"))["report"]["records"] == 2


def test_records_already_made(tmp_path: Path) -> None:
    table, truth = made_lists(200, seed=21)
    pq.write_table(table, tmp_path / "records.parquet")
    out = tmp_path / "links.parquet"
    ran = CliRunner().invoke(APP, [str(tmp_path / "records.parquet"), "--out", str(out), "--lang", "en"])
    assert ran.exit_code == 0, ran.output
    links = pq.read_table(out).to_pydict()
    assert pair_scores(dict(zip(links["unique_id"], links["person_id"], strict=True)), truth)[2] > 0.95


def test_bad_input_names_every_file_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "b.parquet").write_bytes(b"not parquet")
    out = tmp_path / "links.csv"
    ran = CliRunner().invoke(APP, [str(tmp_path / "a.xlsx"), str(tmp_path / "b.parquet"), "--out", str(out)])
    assert ran.exit_code == 2
    assert "a.xlsx" in ran.stderr
    assert "b.parquet" in ran.stderr
    assert not out.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.parquet"]
