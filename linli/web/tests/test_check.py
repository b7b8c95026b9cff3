"""`linli check`: a whole result passes, a changed one fails with its reason, a broken one is refused in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from linli.web.command import app

NEEDS = "need_id,code,level,due_on,excluded\nN1,meal,1,2026-03-12,\nN2,meal,2,,O1\n"
OFFERS = "offer_id,provider,kind,name,need_codes,capacity\nO1,邻里食堂,service,送餐,meal,5\n"


def linli(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def matched(tmp_path: Path) -> Path:
    """A folder with two tables and the result of joining them."""
    (tmp_path / "needs.csv").write_text(NEEDS, encoding="utf-8")
    (tmp_path / "offers.csv").write_text(OFFERS, encoding="utf-8")
    files = (tmp_path / "needs.csv", tmp_path / "offers.csv")
    done = linli(
        "assign", *files, "--on", "2026-03-12", "--out", tmp_path / "matches.csv", "--json", tmp_path / "all.json"
    )
    assert done.exit_code == 0, done.output
    return tmp_path


def inputs(folder: Path) -> tuple[object, ...]:
    return ("--needs", folder / "needs.csv", "--offers", folder / "offers.csv", "--lang", "en")


def change(folder: Path, how: Any) -> None:
    document = json.loads((folder / "all.json").read_text("utf-8"))
    how(document)
    (folder / "all.json").write_text(json.dumps(document), encoding="utf-8")


def test_a_whole_result_holds(matched: Path) -> None:
    done = linli("check", matched / "all.json", *inputs(matched))
    assert done.exit_code == 0
    assert "✓ the certificate holds" in done.output


def test_a_changed_cost_does_not(matched: Path) -> None:
    change(matched, lambda document: document.update(cost=document["cost"] + 1))
    done = linli("check", matched / "all.json", "--lang", "en")
    assert done.exit_code == 1
    assert "✗ the cost does not add up" in done.output


def test_somebody_proposed_to_whom_he_is_barred_is_found_from_the_tables(matched: Path) -> None:
    def barred(document: dict[str, Any]) -> None:
        document["proposals"].append({**document["proposals"][0], "need_id": "N2", "rank": 2})

    change(matched, barred)
    assert linli("check", matched / "all.json", *inputs(matched)).exit_code == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("not json", "is not a JSON result"),
        ("[]", "does not say which engine"),
        ('{"engine": "os"}', "does not say which engine"),
        ('{"engine": "budgeting"}', "does not hold a result"),
        ('{"engine": "opinion"}', "does not hold a result"),
        ('{"engine": "sortition"}', "does not hold a result"),
    ],
)
def test_what_is_no_result_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "x.json").write_text(text, encoding="utf-8")
    done = linli("check", tmp_path / "x.json", "--lang", "en")
    assert done.exit_code == 2
    assert words in done.output


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = linli("check", tmp_path / "none.json")
    assert done.exit_code == 2
    assert "找不到文件" in done.output


def test_faults_of_the_tables_are_told(matched: Path) -> None:
    (matched / "needs.csv").write_text(NEEDS.replace("2026-03-12", "soon"), encoding="utf-8")
    done = linli("check", matched / "all.json", *inputs(matched))
    assert done.exit_code == 2
    assert "not a date" in done.output
