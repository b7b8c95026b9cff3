"""`linli doctor`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from linli.web.commands.instance import HomeOption, open_instance
from linli.web.commands.words import audit_fault, spoken

if TYPE_CHECKING:
    from linli.core.doctor import Line


def doctor(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """检查这个实例是否安全；有不合格的退出码为 1。 Is this instance safe? Exit code 1 when anything fails."""
    open_instance(home)
    from django.utils import timezone

    from linli.core.doctor import examine

    lines = examine(timezone.now())
    if as_json:
        sys.stdout.write(json.dumps([{**line.plain(), "words": words_of(line)} for line in lines], ensure_ascii=False))
        sys.stdout.write("\n")
    else:
        sys.stdout.write("".join(text_of(line) + "\n" for line in lines))
    if any(line.state == "fail" for line in lines):
        raise typer.Exit(1)


def words_of(line: Line) -> str:
    """The sentence of one answer."""
    from linli.core.doctor_words import WORDS

    params = line.params
    if "fault" in params:
        params = {**params, "fault": audit_fault(params["fault"])}
    return WORDS.say(line.code, spoken(), **params)


def text_of(line: Line) -> str:
    """State, question, sentence. A setting of the database server is asked by its own name."""
    from linli.core.doctor_words import ASKED, STATES

    lang = spoken()
    about = ASKED.say(line.about, lang) if line.about in ASKED else line.about
    state, words = STATES.say(line.state, lang), words_of(line)
    return f"{state:<4} {about}: {words}" if lang == "en" else f"{state} {about}：{words}"
