"""Words of the run: its steps, its own faults, and those of every engine and reader it calls."""

from __future__ import annotations

from linli.engines.errors import Fault
from linli.engines.words import Lang, Words

WORDS = Words(
    {
        "no_lists": (
            "文件夹里没有名册。放进 {suffixes} 文件再试。",
            "There is no list in the folder. Put {suffixes} files in and try again.",
        ),
        "nobody_in_lists": (
            "名册里没有读出一个人。看看有没有姓名列，身份证号或出生日期至少要有一列。",
            "Nobody could be read from the lists. They need a column of names, and ID numbers or birth dates.",
        ),
        "folder_missing": (
            "没有这个文件夹。检查 --lists 后面的路径。",
            "There is no such folder. Check the path after --lists.",
        ),
        "file_missing": ("没有这个文件。检查路径。", "There is no such file. Check the path."),
        "open": ("打开名册", "opening lists"),
        "read": ("读名册", "reading lists"),
        "needs": ("列出需求", "making needs"),
        "report": ("写报告", "writing the report"),
    }
)


def say_fault(fault: Fault, lang: Lang) -> str:
    """A fault in words, whoever found it: what is wrong, why, and the cure."""
    from linli.engines.assignment import words as assignment_words
    from linli.engines.eligibility import words as eligibility_words
    from linli.engines.linkage import words as linkage_words
    from linli.engines.lists import words as list_words
    from linli.offer import words_reading

    if fault.code in WORDS:
        return WORDS.say(fault.code, lang, **fault.params)
    if fault.code in list_words.FAULTS:
        return list_words.say(fault, lang)
    if fault.code in words_reading.WORDS:
        return words_reading.say_fault(fault, lang)
    if fault.code in eligibility_words.WORDS:
        return eligibility_words.say_fault(fault, lang)
    if fault.code in linkage_words.WORDS:
        return linkage_words.WORDS.say(fault.code, lang, **fault.params)
    return assignment_words.say_fault(fault, lang)


def say_step(step: str, lang: Lang) -> str:
    """A step of the work in words."""
    from linli.engines.assignment import words as assignment_words
    from linli.engines.eligibility import words as eligibility_words
    from linli.engines.linkage import words as linkage_words

    for catalogue in (WORDS, linkage_words.WORDS, eligibility_words.WORDS, assignment_words.WORDS):
        if step in catalogue:
            return catalogue.say(step, lang)
    return step
