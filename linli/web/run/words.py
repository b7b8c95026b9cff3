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
        "known_elsewhere": (
            "没有身份证号和出生日期；姓名、电话、住址合起来，是另一张名册里的人，已归到那个人名下。请补上证号，核对一下。",
            "Neither ID number nor birth date; name, telephone and address together are those of somebody on another "
            "list, and the row is counted as theirs. Add the number and check.",
        ),
        "file_passed_over": (
            "这个文件不是表格，没有读。里面有名册的，另存为 .xlsx 再放进来。",
            "This file is no table and was not read. If it holds a list, save it as .xlsx and put it here again.",
        ),
        "not_text": (
            "这个文件不是 UTF-8 文本。另存为 UTF-8 再试。",
            "This file is not UTF-8 text. Save it as UTF-8 and try again.",
        ),
        "out_is_file": (
            "--out 要的是文件夹，这里已有一个同名文件。换个名字。",
            "--out takes a folder, and a file of that name stands there. Choose another name.",
        ),
        "out_holds_lists": (
            "--out 和 --lists 是同一个文件夹，下次会把结果当名册读。换个文件夹。",
            "--out is the folder of the lists: the results would be read as lists next time. Choose another folder.",
        ),
        "out_unwritable": (
            "写不进这里，什么也没有改动：{reason}。关掉打开着的结果文件，看看有没有写的权限、磁盘满没满，再试。",
            "It cannot be written here, and nothing was changed: {reason}. Close result files that are open, look "
            "whether you may write here and whether the disk is full, and try again.",
        ),
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
