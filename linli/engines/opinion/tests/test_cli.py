"""The command from files to result, report and refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linli.engines.opinion.cli import opinion
from linli.engines.opinion.tests.made import DATA, files

app = typer.Typer()
app.command()(opinion)
VOTES, COMMENTS = "--votes", "--comments"
NAME = "london.youth.policing"


def ran(*arguments: object, code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result.stdout, result.stderr


def test_json_alone_on_stdout_and_the_same_bytes_in_a_file(tmp_path: Path) -> None:
    votes, comments = files(NAME)
    text, words = ran(VOTES, votes, COMMENTS, comments, "--lang", "en")
    document = json.loads(text)
    assert document["engine"] == "opinion" and document["totals"]["grouped"] == 24
    assert len(document["axes"]) == 2 and len(document["axes"][0]) == len(document["statements"]) == 36
    assert {one["group"] for one in document["participants"]} == {None, "A", "B", "C"}
    assert "stability" in words
    ran(VOTES, votes, COMMENTS, comments, "--out", tmp_path / "map.json")
    assert (tmp_path / "map.json").read_text("utf-8") == text


def test_parity_given_groups_and_an_earlier_map(tmp_path: Path) -> None:
    votes, comments = files(NAME)
    first = tmp_path / "first.json"
    ran(VOTES, votes, COMMENTS, comments, "--out", first)
    again = json.loads(ran(VOTES, votes, COMMENTS, comments, "--before", first)[0])
    assert again["participants"] == json.loads(first.read_text("utf-8"))["participants"]
    given = json.loads(ran(VOTES, votes, "--groups", DATA / NAME / "participants-votes.csv")[0])
    assert sorted(group["size"] for group in given["groups"]) == [3, 3, 18] and given["options"]["groups"] == "given"
    parity = json.loads(ran(VOTES, votes, "--mode", "parity")[0])
    assert parity["options"]["mode"] == "parity" and 24 <= parity["totals"]["grouped"] <= 26


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_is_one_page_in_both_languages(tmp_path: Path, lang: str) -> None:
    votes, comments = files(NAME)
    page = tmp_path / "map.html"
    ran(
        VOTES,
        votes,
        COMMENTS,
        comments,
        "--report",
        page,
        "--out",
        tmp_path / "x.json",
        "--topic",
        "A <b> & 你",
        "--lang",
        lang,
    )
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>") and "A &lt;b&gt; &amp; 你" in text
    assert "大家都认可的" in text and "Common ground" in text and '<svg class="map"' in text
    assert "http://" not in text and "https://" not in text and "<script" not in text
    assert text.count("<circle") >= 5


def test_the_report_of_a_small_meeting_shows_no_map(tmp_path: Path) -> None:
    votes = tmp_path / "votes.csv"
    rows = [f"{t},-,{t % 9},{t // 9},{t % 3 - 1}" for t in range(60)]
    votes.write_text("timestamp,datetime,comment-id,voter-id,vote\n" + "\n".join(rows), "utf-8")
    page = tmp_path / "map.html"
    _, words = ran(VOTES, votes, "--report", page, "--out", tmp_path / "x.json")
    assert "不到 15 人" in words and '<svg class="map"' not in page.read_text("utf-8")


def test_bad_input_is_told_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    votes = tmp_path / "votes.csv"
    votes.write_text("timestamp,datetime,comment-id,voter-id,vote\n1,-,1,1,7\n", "utf-8")
    out = tmp_path / "out"
    out.mkdir()
    arguments = (VOTES, votes, COMMENTS, tmp_path / "none.csv", "--mode", "best", "--before", votes)
    _, words = ran(*arguments, "--out", out / "x.json", "--report", out / "x.html", "--lang", "en", code=2)
    assert list(out.iterdir()) == []
    for part in ("stable | parity", "none.csv", "not a vote", "not an earlier opinion map"):
        assert part in words
