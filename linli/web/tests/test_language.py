"""Every command on files speaks the language asked for: --lang before LINLI_LANG before Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linli.engines.console import spoken
from linli.web.command import app

CHINESE = re.compile("[\u4e00-\u9fff]")
DAY = ["--on", "2026-03-12"]
# Each asks for a file that is not there, so that there is something to say.
COMMANDS = {
    "run": ["--lists", "none", *DAY, "--out", "out"],
    "link": ["none.xlsx", *DAY, "--out", "links.csv"],
    "screen": ["none.csv", "--rules", "none.toml", *DAY, "--out", "hits.csv"],
    "draw": ["--pool", "none.csv", "--quotas", "none.csv", "--size", "3"],
    "opinion": ["--votes", "none.csv"],
    "budget": ["none.pb"],
    "assign": ["none.csv", "none.csv", "--out", "matches.csv"],
    "check": ["none.json"],
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("around", "option", "chinese"),
    [("", [], True), ("en", [], False), ("en", ["--lang", "zh"], True), ("zh", ["--lang", "en"], False)],
)
def test_a_command_speaks_the_language_asked_for(
    name: str, around: str, option: list[str], chinese: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [name, *COMMANDS[name], *option], env={"LINLI_LANG": around})
    assert done.exit_code == 2
    assert done.stderr.strip()
    assert bool(CHINESE.search(done.stderr)) is chinese, done.stderr


@pytest.mark.parametrize(
    ("asked", "around", "tongue"),
    [
        (None, None, "zh"),
        (None, "", "zh"),
        (None, "en", "en"),
        (None, "en_GB.UTF-8", "en"),
        (None, "zh", "zh"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
        ("en", None, "en"),
    ],
)
def test_the_option_goes_before_the_environment(
    asked: str | None, around: str | None, tongue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LINLI_LANG", raising=False)
    if around is not None:
        monkeypatch.setenv("LINLI_LANG", around)
    assert spoken(asked) == tongue


def test_a_language_we_do_not_speak_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["budget", "none.pb", "--lang", "fr"])
    assert done.exit_code == 2
    assert "zh | en" in done.stderr
