"""What `linli doctor` and the readers of the audit chain say: whole sentences in either language, no bare codes."""

from __future__ import annotations

import inspect
import re
from typing import get_args

import pytest

from linli.core import audit, doctor
from linli.core.doctor import Line, State
from linli.core.doctor_words import ASKED, AUDIT_FAULTS, STATES
from linli.core.errors import BadInput
from linli.web.commands.doctor import text_of
from linli.web.commands.words import as_words

CHINESE = re.compile("[\u4e00-\u9fff]")
LINES = (
    Line("keys_place", "warn", "keys_same_disk"),
    Line("clock", "ok", "clock_right", {"now": "2026-03-12"}),
    Line("audit", "fail", "audit_broken", {"fault": "altered", "number": 5}),
)


def test_a_line_says_its_state_and_question_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_LANG", "zh")
    assert [text_of(line).split("：")[0] for line in LINES] == ["留心 密钥在哪里", "好　 时钟", "不行 审计记录"]
    assert "第 5 条起对不上（内容被改过）" in text_of(LINES[2])


def test_a_line_says_its_state_and_question_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_LANG", "en")
    assert [text_of(line).split(":")[0] for line in LINES] == [
        "warn where the keys are",
        "ok   clock",
        "fail audit record",
    ]
    assert "at row 5 (its content was altered)" in text_of(LINES[2])
    assert not any(CHINESE.search(text_of(line)) for line in LINES)


def test_a_setting_of_the_server_is_asked_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_LANG", "zh")
    line = Line("fsync", "fail", "server_unsafe", {"name": "fsync", "found": "off", "wanted": "on"})
    assert text_of(line).startswith("不行 fsync：fsync 现在是 off")


def test_every_state_question_and_fault_of_the_code_has_its_words() -> None:
    assert set(STATES.entries) == set(get_args(State))
    assert set(re.findall(r'Line\(\s*"(\w+)"', inspect.getsource(doctor))) <= set(ASKED.entries)
    assert set(re.findall(r'Verdict\([^)]*, "(\w+)"', inspect.getsource(audit.verify))) == set(AUDIT_FAULTS.entries)
    for table in (STATES, ASKED, AUDIT_FAULTS):
        for chinese, english in table.entries.values():
            assert CHINESE.search(chinese) and not CHINESE.search(english)


@pytest.mark.parametrize("fault", AUDIT_FAULTS.entries)
def test_an_error_of_the_chain_is_said_without_its_code(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = BadInput("core.audit_broken", fault=fault, number=3)
    for language in ("zh", "en"):
        monkeypatch.setenv("LINLI_LANG", language)
        said = as_words(broken) or ""
        assert AUDIT_FAULTS.say(fault, language) in said  # type: ignore[arg-type]
        assert f"({fault})" not in said and f"（{fault}）" not in said
