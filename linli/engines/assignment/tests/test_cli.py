"""`linli assign` end to end: files in, files out, exit codes, nothing half-written."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import typer
from openpyxl import Workbook
from typer.testing import CliRunner

from linli.engines.assignment import check
from linli.engines.assignment.cli import assign

NEEDS = (
    "need_id,code,level,due_on,languages,excluded\nN1,meal,1,2026-03-12,吴语;普通话,\nN2,legal,3,,,\nN3,meal,2,,,O1\n"
)
OFFERS = "offer_id,provider,kind,name,need_codes,capacity\nO1,邻里食堂,service,送餐,meal;errand,5\n"


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(assign)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "needs.csv").write_text(NEEDS, encoding="utf-8-sig")
    (tmp_path / "offers.csv").write_text(OFFERS, encoding="utf-8")
    return tmp_path


def ask(app: typer.Typer, folder: Path, *more: str, needs: str = "needs.csv") -> int:
    options = ["--on", "2026-03-12", "--out", str(folder / "matches.csv"), "--json", str(folder / "all.json"), *more]
    return CliRunner().invoke(app, [str(folder / needs), str(folder / "offers.csv"), *options]).exit_code


def test_matches_and_json(app: typer.Typer, folder: Path) -> None:
    assert ask(app, folder) == 0
    with (folder / "matches.csv").open(encoding="utf-8") as file:
        rows = {row["need_id"]: row for row in csv.DictReader(file)}
    assert rows["N1"]["offer_id"] == "O1" and rows["N1"]["why"].startswith("合：")
    assert rows["N2"]["binding"] == "没有做这一项的资源"
    assert rows["N3"]["binding"] == "不合这位居民的情况"
    text = (folder / "all.json").read_text(encoding="utf-8")
    assert check(json.loads(text)) == []
    assert "excluded" not in text


def test_english_and_a_workbook(app: typer.Typer, folder: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for line in csv.reader(NEEDS.splitlines()):
        book.active.append(line)
    book.save(folder / "needs.xlsx")
    assert ask(app, folder, "--lang", "en", needs="needs.xlsx") == 0
    assert "nobody offers this" in (folder / "matches.csv").read_text(encoding="utf-8")


def test_bad_input_exits_2_with_every_fault_and_leaves_nothing(app: typer.Typer, folder: Path) -> None:
    (folder / "needs.csv").write_text("need_id,code,level,due_on\nN1,meal,one,soon\nN1,meal,2,\n", encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    assert ask(app, folder) == 2
    assert sorted(path.name for path in folder.iterdir()) == before
    assert ask(app, folder, needs="missing.csv") == 2
    assert ask(app, folder, "--weights", str(folder / "none.toml")) == 2
