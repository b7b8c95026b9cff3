"""`linli draw` from files to a result: draw, commit and reveal, replace, report, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linli.engines.sortition.checking import check
from linli.engines.sortition.cli import draw

APP = typer.Typer()
APP.command()(draw)
QUOTAS = "category,value,min,max\nsex,f,2,3\nsex,m,2,3\nage,old,1,3\nage,young,2,4\n"
POOL = "name,sex,age,home\n" + "".join(
    f"p{i},{'fm'[i % 2]},{'old' if i % 3 == 0 else 'young'},h{i // 2}\n" for i in range(24)
)


@pytest.fixture
def files(tmp_path) -> Path:
    (tmp_path / "pool.csv").write_text(POOL, encoding="utf-8")
    (tmp_path / "quotas.csv").write_text(QUOTAS, encoding="utf-8")
    return tmp_path


def run(files: Path, *more: str, size: int | None = 5):
    given = ["--pool", str(files / "pool.csv"), "--quotas", str(files / "quotas.csv")]
    return CliRunner().invoke(APP, given + (["--size", str(size)] if size else []) + list(more))


def result(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_draw_check_and_report(files):
    out, page = files / "draw.json", files / "draw.html"
    done = run(files, "--seed", "42", "--household", "home", "--id", "name", "--out", str(out), "--report", str(page))
    assert done.exit_code == 0, done.output
    document = result(out)
    assert document["engine"] == "sortition"
    assert len(document["probabilities"]) == 24
    assert sum(document["probabilities"]) == pytest.approx(5)
    inputs = {"pool": files / "pool.csv", "quotas": files / "quotas.csv"}
    assert all(finding.ok for finding in check(document, inputs))
    html = page.read_text(encoding="utf-8")
    drawn = [f"p{i}" for i in document["drawn"]]
    assert all(f">{name}<" in html for name in drawn)
    assert "p0" not in out.read_text(encoding="utf-8")


def test_other_files_are_noticed(files):
    out = files / "draw.json"
    run(files, "--seed", "42", "--out", str(out))
    (files / "pool.csv").write_text(POOL.replace("p0,f", "p0,m"), encoding="utf-8")
    (files / "quotas.csv").write_text(QUOTAS.replace("sex,f,2,3", "sex,f,1,3"), encoding="utf-8")
    found = check(result(out), {"pool": files / "pool.csv", "quotas": files / "quotas.csv"})
    assert {finding.code for finding in found if not finding.ok} == {"same_pool", "same_quotas"}


def test_stdout_is_json_alone(files):
    done = run(files, "--beacon", "drand 1234567", "--out", "-")
    assert json.loads(done.stdout)["seed"]["kind"] == "beacon"


def test_commit_then_reveal(files):
    published, out = files / "published.json", files / "draw.json"
    assert run(files, "--seed", "42", "--nonce", "n" * 20, "--commit", "--out", str(published)).exit_code == 0
    before = result(published)
    assert before["drawn"] is None
    assert "42" not in before["seed"].values()
    assert all(finding.ok for finding in check(before, {}))
    late = run(files, "--seed", "41", "--nonce", "n" * 20, "--reveal", str(published), "--out", str(out))
    assert late.exit_code == 2
    assert not out.exists()
    assert run(files, "--seed", "42", "--nonce", "n" * 20, "--reveal", str(published), "--out", str(out)).exit_code == 0
    assert result(out)["seed"]["commitment"] == before["seed"]["commitment"]
    assert result(out)["panels"] == before["panels"]
    (files / "pool.csv").write_text(POOL.replace("p0,f", "p0,m"), encoding="utf-8")
    assert run(files, "--seed", "42", "--nonce", "n" * 20, "--reveal", str(published)).exit_code == 2


@pytest.mark.parametrize("household", [[], ["--household", "home"]])
def test_replacement_is_like_for_like(files, household):
    first, second, third = (files / f"{name}.json" for name in "abc")
    run(files, "--seed", "42", *household, "--out", str(first))
    panel = result(first)["drawn"]
    rows = f"{panel[0] + 2},{panel[2] + 2}"
    replace = ["--replace", str(first), "--dropped", rows, "--seed", "7", *household, "--out", str(second)]
    done = run(files, *replace, size=None)
    assert done.exit_code == 0, done.output
    document = result(second)
    assert all(finding.ok for finding in check(document, {}))
    assert document["replacing"]["rule"] == "same_kind"
    assert not set(document["drawn"]) & set(panel)
    kept = [panel[1], *panel[3:]]
    assert document["replacing"]["kept"] == kept
    assert sorted(i % 6 for i in document["drawn"]) == sorted(i % 6 for i in (panel[0], panel[2])) or len(
        {(i % 2, i % 3 == 0) for i in document["drawn"]}
    ) == len({(i % 2, i % 3 == 0) for i in (panel[0], panel[2])})
    if household:
        assert len({i // 2 for i in [*kept, *document["drawn"]]}) == 5
    again = ["--replace", str(second), "--dropped", str(document["drawn"][0] + 2), "--seed", "8", *household]
    assert run(files, *again, "--out", str(third), size=None).exit_code == 0
    assert not set(result(third)["drawn"]) & {*panel, *document["drawn"]}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--seed", "1", "--beacon", "2"], "--beacon"),
        ([], "--seed"),
        (["--seed", "1", "--commit"], "--nonce"),
        (["--seed", "1", "--fairness", "luck"], "leximin"),
        (["--seed", "1", "--reveal", "nothing.json"], "nothing.json"),
        (["--seed", "1", "--household", "nowhere"], "nowhere"),
        (["--seed", "1", "--replace", "nothing.json", "--dropped", "2"], "nothing.json"),
    ],
)
def test_refusals_leave_nothing_behind(files, more, said):
    out = files / "x.json"
    done = run(files, *more, "--out", str(out), "--lang", "en")
    assert done.exit_code == 2
    assert said in done.stderr
    assert not out.exists()


@pytest.mark.parametrize(("lang", "words"), [("zh", "最近的办法"), ("en", "nearest change")])
def test_quotas_that_cannot_be_met(files, lang, words):
    (files / "quotas.csv").write_text(QUOTAS.replace("sex,f,2,3", "sex,f,4,4"), encoding="utf-8")
    done = run(files, "--seed", "1", "--lang", lang, "--out", str(files / "x.json"))
    assert done.exit_code == 2
    assert words in done.stderr
    assert "quotas.csv:2" in done.stderr
    assert not (files / "x.json").exists()
