"""One cell → the values a record keeps: readers per field. Dates and identity numbers are read elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from linli.engines.lists.amounts import period_of, read_amount
from linli.engines.lists.dates import last_day, read_date
from linli.engines.lists.identity import WHOLE_ID
from linli.engines.lists.layout import Column
from linli.engines.lists.tables import heading_key, is_empty, plain, table, tight
from linli.engines.lists.wording import code_in, ends_groups, groups_in, said


class Cell(NamedTuple):
    """What a cell gives: values by field, and a fault's code ("" for none). A value that does not fit its
    field's type is kept as written in the record's `extra`. `note`: a remark's code that makes nothing doubtful."""

    values: dict[str, Any]
    fault: str = ""
    keep: bool = False
    note: str = ""


NOTHING = Cell({})
DENIED_GROUPS = "denied_groups"
"""Beside `groups`: the groups a row says it is not of, whatever the title of its list says."""
_MOBILE = re.compile(r"^1[3-9]\d{9}$")
_LANDLINE = re.compile(r"^(0\d{9,11}|[2-9]\d{6,7}|400\d{7}|0{3}\d{8})$")
_PHONE_BREAK = re.compile(r"[,，、;；/|\n\r或和]|\s{1,}(?=(?:\+?86)?1[3-9]\d)")
_NAME_NOTE = re.compile(r"^([^(（【〔\[]+)[(（【〔\[](.+?)[)）】〕\]]?$")
_RANK = re.compile(r"[A-Ea-e一二三四五甲乙丙丁](?:类|档|级|型)?$")
_BETWEEN_NAMES = re.compile(r"[、，,；;]")
_FULL_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af·•]{2,}$")
_HAN_OR_LETTER = re.compile(r"[A-Za-z\u3400-\u9fff\U00020000-\U000323af*]")
_MEMBERS = re.compile(r"[,，、;；/|\s]+")


def _text(column: Column, text: str) -> Cell:
    return NOTHING if is_empty(text) else Cell({str(column.field): plain(text)})


def _remark(column: Column, text: str) -> Cell:
    """A remark; under a heading that itself says something (死亡日期, 是否死亡) with what the heading says."""
    if is_empty(text):
        return NOTHING
    key = heading_key(column.heading)
    if key.startswith("是否"):
        return Cell({"remark": f"已{key[2:]}"}) if _is_yes(text) else NOTHING
    return Cell({"remark": f"{key}:{plain(text)}" if key.endswith(("状态", "日期", "时间")) else plain(text)})


def _code_text(column: Column, text: str) -> Cell:
    return NOTHING if is_empty(text) else Cell({str(column.field): tight(text)})


def _name(column: Column, text: str) -> Cell:
    """A name without inner blanks between Chinese characters; a note in brackets goes to the remark."""
    name = plain(text)
    values: dict[str, Any] = {}
    if match := _NAME_NOTE.match(name):
        name = match[1]
        values["remark"] = match[2]
    name = " ".join(name.split()) if name.isascii() else tight(name)
    name = re.sub("[•・‧∙●．.]", "·", name) if not name.isascii() else name
    return Cell({str(column.field): name, **values}) if name else NOTHING


def several_people(name: str, id_no: str) -> bool:
    """Whether one row names several people: two whole identity numbers, or two names with no one number to say which
    of them is meant.

    >>> several_people("王秀英、李大山", ""), several_people("李四/李肆", ""), several_people("欧阳、", "")
    (True, False, False)
    """
    if len(id_no) < 15 and not _BETWEEN_NAMES.search(name):
        return False
    numbers = len(set(WHOLE_ID.findall(plain(id_no).upper())))
    names = [tight(part) for part in _BETWEEN_NAMES.split(re.sub(r"[(（].*?[)）]", "", name))]
    return numbers > 1 or (numbers == 0 and len(names) > 1 and all(_FULL_NAME.match(part) for part in names))


def why_not_a_name(name: str) -> str | None:
    """`row_shifted` when the cell plainly belongs to another column, `name_not_a_name` when it holds no word."""
    if name in {"男", "女"} or re.fullmatch(r"\d{15}|[\d*]{17}[\dX*]|1[3-9]\d{9}|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}", name):
        return "row_shifted"
    if not _HAN_OR_LETTER.search(name) or sum(ch.isdigit() for ch in name) > len(name) / 2:
        return "name_not_a_name"
    return None


@lru_cache(maxsize=64)
def _sex_words() -> dict[str, str]:
    return {word: code for code, words in table("values")["sex"].items() for word in words}


def _sex(column: Column, text: str) -> Cell:
    code = _sex_words().get(tight(text).lower())
    if code:
        return Cell({"sex": code})
    return NOTHING if is_empty(text) else Cell({}, "sex_unknown", keep=True)


def _phone(column: Column, text: str) -> Cell:
    """The first number that is one (a mobile before a landline); a cell with several is kept in `extra` too."""
    if is_empty(text):
        return NOTHING
    parts = [part for part in (_digits(part) for part in _PHONE_BREAK.split(plain(text))) if part]
    good = [p for p in parts if _MOBILE.match(p)] or [p for p in parts if _LANDLINE.match(p)]
    if good:
        return Cell({"phone": good[0]}, keep=len(parts) > 1)
    if any("*" in part for part in parts):
        return Cell({"phone": parts[0]}, "phone_masked")
    return Cell({"phone": "".join(ch for ch in plain(text) if ch.isdigit()) or None}, "phone_shape", keep=True)


def _digits(part: str) -> str:
    digits = re.sub(r"[^\d*]", "", part.removesuffix(".0"))
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 11:
            return digits[len(prefix) :]
    # A leading 0 before a mobile number is an old long-distance habit.
    return digits[1:] if len(digits) == 12 and digits.startswith("01") and _MOBILE.match(digits[1:]) else digits


def _region(column: Column, text: str) -> Cell:
    if is_empty(text):
        return NOTHING
    code = tight(text)
    if code.isdigit():
        return Cell({str(column.field): code}, "" if len(code) in (6, 9, 12) else "region_shape")
    place = "place" if column.field == "region" else "hukou_place"
    return Cell({place: plain(text)})


def _date(column: Column, text: str) -> Cell:
    if is_empty(text):
        return NOTHING
    read = read_date(text)
    if column.field == "group_to" and read.on and read.precision != "day":
        # Until 2026 is until its last day; the first would be an end nobody wrote.
        return Cell({"group_to": last_day(read)}, read.fault, bool(read.fault), "end_by_period")
    return Cell({str(column.field): read.on} if read.on else {}, read.fault, keep=bool(read.fault))


def _amount(column: Column, text: str) -> Cell:
    """Yuan (or 万元 by heading or cell) → fen per month; a year's sum gives a twelfth. Medical costs without a word
    for the period are a year's, as the forms have them; incomes whose period is not clear are not taken."""
    if is_empty(text):
        return NOTHING
    amount = read_amount(text, column.heading)
    if amount is None:
        return Cell({}, "amount_unreadable", keep=True)
    period = amount.period or period_of(column.heading) or column.code
    if period == "unclear":
        return Cell({}, keep=True)
    yearly = period == "year" or (column.field == "medical_fen" and not period)
    yuan = amount.yuan / 12 if yearly else amount.yuan
    return Cell({str(column.field): int((yuan * 100).to_integral_value("ROUND_HALF_UP"))})


def _class_and_grade(column: Column, text: str) -> Cell:
    """`肢体二级` in either column gives both; two kinds at once are 7 多重."""
    if is_empty(text):
        return NOTHING
    cell = tight(text).lower()
    values: dict[str, Any] = {}
    field = str(column.field)
    digit = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}.get(cell, cell)
    if digit in set("1234567" if field == "disability_class" else "1234"):
        return Cell({field: digit})
    kinds = said("disability_class", text).all
    if kinds:
        values["disability_class"] = "7" if len(kinds) > 1 else kinds[0]
    if grade := code_in("disability_grade", text) or code_in("disability_degree", text):
        values["disability_grade"] = grade
    if field not in values:
        return Cell(values, "" if values else "word_unknown", keep=True)
    return Cell(values)


def _coded(section: str) -> Callable[[Column, str], Cell]:
    """A reader for a field whose words have codes."""

    def read(column: Column, text: str) -> Cell:
        if column.code:
            return Cell({str(column.field): column.code}) if _is_yes(text) else NOTHING
        if is_empty(text):
            return NOTHING
        code = code_in(section, text)
        if code:
            return Cell({str(column.field): code})
        return Cell({}, "" if _is_yes_or_no(text) else "word_unknown", keep=True)

    return read


def _groups(column: Column, text: str) -> Cell:
    if column.code:
        return Cell({"groups": [column.code]}) if _is_yes(text) else NOTHING
    found = said("groups", text)
    if heading_key(column.heading).endswith("状态") and ends_groups(text):
        # 救助状态: 停保. Whatever the title says, this row is not of it any more.
        return Cell({DENIED_GROUPS: sorted(table("values")["contains"]["groups"])}, "word_unknown", True)
    if not found.all and not found.denied and _RANK.match(tight(text)):
        # 低保类别: B类 is a class of what the heading names.
        found = said("groups", heading_key(column.heading))
        found = found if len(found.all) == 1 else said("groups", text)
    values = {"groups": list(found.all), DENIED_GROUPS: [code for code in found.denied if code not in found.all]}
    fault = "word_unknown" if found.denied and not found.all else ""
    return Cell({name: codes for name, codes in values.items() if codes}, fault, not found.all and not is_empty(text))


def _veteran(column: Column, text: str) -> Cell:
    if tight(text).lower() in table("values")["no"]:
        return Cell({"veteran": False})
    if _is_yes(text) or "VET" in groups_in(text) or code_in("veteran", text):
        return Cell({"veteran": True})
    return NOTHING if is_empty(text) else Cell({}, "word_unknown", keep=True)


def _is_yes(text: str) -> bool:
    return tight(text).lower() in table("values")["yes"]


def _is_yes_or_no(text: str) -> bool:
    return _is_yes(text) or tight(text).lower() in table("values")["no"]


def _members(column: Column, text: str) -> Cell:
    # 李建国（儿子，3205…）、李小花（孙女）: who it is stands outside the brackets, and a number is no name.
    bare = re.sub(r"\([^()]*\)|[\d*]{6,}[Xx]?", " ", plain(text))
    names = [name for name in _MEMBERS.split(bare) if name and not is_empty(name)]
    return Cell({"member_names": names}) if names else NOTHING


READERS: dict[str, Callable[[Column, str], Cell]] = {
    "remark": _remark,
    "unique_id": _code_text,
    "source": _text,
    "name": _name,
    "head_name": _name,
    "sex": _sex,
    "phone": _phone,
    "region": _region,
    "hukou_region": _region,
    "group_from": _date,
    "group_to": _date,
    "last_visit_on": _date,
    "income_fen": _amount,
    "medical_fen": _amount,
    "disability_class": _class_and_grade,
    "disability_grade": _class_and_grade,
    "living": _coded("living"),
    "self_care": _coded("self_care"),
    "father_state": _coded("parent"),
    "mother_state": _coded("parent"),
    "groups": _groups,
    "veteran": _veteran,
    "member_names": _members,
    "household_no": _code_text,
}
"""Readers by field; a field without one is plain text."""


def read_cell(column: Column, text: str) -> Cell:
    """Read a cell of a recognised column (not a birth date, an ID number or a card)."""
    return READERS.get(str(column.field), _text)(column, text)
