"""Refusals to start are said in both languages, and SQLCipher keeps its own lines to itself."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path

import pytest
import sqlcipher3
from django.core.exceptions import ImproperlyConfigured

from linli.core.embedded.base import DatabaseWrapper, UnsafeDatabase, apply_key, why_unsafe
from linli.core.keyring import make_keyring_file, read_keyring
from linli.core.startup_words import WORDS

CHINESE = re.compile("[\u4e00-\u9fff]")
SAFE = {"version": (3, 53, 0), "journal": "wal", "synchronous": 2, "mmap": 0, "foreign_keys": 1, "cipher": "4"}


@pytest.fixture(params=["zh", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LINLI_LANG", request.param)
    return str(request.param)


def is_in(language: str, text: str) -> bool:
    return bool(CHINESE.search(text)) == (language == "zh")


@pytest.mark.parametrize("code", WORDS.entries)
def test_every_sentence_is_there_in_both(code: str):
    chinese, english = WORDS.entries[code]
    assert is_in("zh", chinese) and is_in("en", english)
    assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english))


def test_a_key_file_missing_open_or_broken(language: str, tmp_path: Path):
    path = tmp_path / "keyring.json"
    with pytest.raises(ImproperlyConfigured) as missing:
        read_keyring(path)
    make_keyring_file(path)
    assert len(read_keyring(path).database) == 32
    path.chmod(0o644)
    with pytest.raises(ImproperlyConfigured) as opened:
        read_keyring(path)
    path.chmod(0o600)
    kept = json.loads(path.read_text())
    for broken in ("", "{}", json.dumps(kept | {"database": "zz"}), json.dumps(kept | {"wrapping": []})):
        path.write_text(broken)
        with pytest.raises(ImproperlyConfigured) as cut:
            read_keyring(path)
        assert is_in(language, str(cut.value)) and kept["signing"] not in str(cut.value)
    assert is_in(language, str(missing.value)) and "LINLI_KEYS" in str(missing.value)
    assert is_in(language, str(opened.value)) and "chmod 600" in str(opened.value)


@pytest.mark.parametrize(
    "change",
    [
        {"version": (3, 40, 1)},
        {"cipher": ""},
        {"journal": "delete"},
        {"synchronous": 1},
        {"mmap": 1},
        {"foreign_keys": 0},
    ],
)
def test_an_unsafe_setting(language: str, change: dict[str, object]):
    reason = why_unsafe(**{**SAFE, **change})  # type: ignore[arg-type]
    assert reason is not None and is_in(language, reason)


def test_a_wrong_key_is_said_once_in_words(language: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    file, right, wrong = tmp_path / "some.sqlite3", secrets.token_bytes(32), secrets.token_bytes(32)
    connection = sqlcipher3.connect(file)
    apply_key(connection, right)
    connection.execute("CREATE TABLE one (two)")
    connection.close()

    def opened(key: bytes) -> None:
        wrapper = DatabaseWrapper({"NAME": file, "OPTIONS": {"key": lambda: key}, "TIME_ZONE": None}, "other")
        connection = wrapper.get_new_connection(wrapper.get_connection_params())
        connection.close()

    opened(right)
    with pytest.raises(UnsafeDatabase) as refused:
        opened(wrong)
    assert is_in(language, str(refused.value)) and file.name in str(refused.value)
    assert capfd.readouterr().err == ""
