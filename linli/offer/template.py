"""The empty offers workbook for providers: Chinese headings, drop-downs, one example row, a help sheet."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from linli.engines.assignment import NEED_CODES
from linli.offer.parties import PARTIES
from linli.offer.workbook import HEADINGS, KIND_WORDS, NEEDED

_ROWS = 2000
_EXAMPLE = {
    "offer_id": "示例-1",
    "provider": "暖邻居家养老服务中心",
    "party": "社会组织",
    "kind": "服务",
    "name": "上门助浴",
    "need_codes": "助浴；助洁",
    "languages": "普通话、吴语",
    "vetted_until": "2027-06-30",
    "place_code": "330521103",
    "capacity": 3,
    "unit": "户",
    "slots": "二 14:00-17:00；四 09:00-11:00",
    "conditions": "年龄>=60；服务人员性别=女；自付=20元",
}
_HELP = (
    ("带 * 的列必填。一行一项资源；编号各不相同。", "Columns with * must be filled. One offer a row; ids differ."),
    (
        "需求代码、语言、技能、人员可写多个，用 ； 或 、 分开；第一个需求是主业。",
        "Several codes, languages, skills or people: separate them with ; or ,. The first code is the main line.",
    ),
    (
        "时间：二 14:00-17:00；四 09:00-11:00；周一-周五 上午；工作日；每天 晚上。",
        "Times: Tue 14:00-17:00; Thu 09:00-11:00; Mon-Fri morning; weekdays; daily evening.",
    ),
    (
        "条件机器能读：年龄>=60、年龄<=18、性别=女、人群=MLA|DES、地区=330521103、级别<=2、"
        "服务人员性别=女（或 1|2）、自付=20元、每份上限=5000元；其他写法照原文提醒社工先问。",
        "Conditions read by machine: age>=60, age<=18, sex=2, groups=MLA|DES, place=330521103, level<=2, "
        "helper_sex=2 (or 1|2), fee_fen=2000, max_fen=500000; anything else is shown to the worker to ask first.",
    ),
    (
        "审查有效期：接触未成年人或入户的服务，过期或没写就不会被推荐。",
        "Vetting: a service for minors or in people's homes is never proposed when its date is past or empty.",
    ),
)


def offer_template() -> bytes:
    """The template as XLSX bytes; `read_offers` reads it back."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "资源"
    for at, (field, words) in enumerate(HEADINGS.items(), start=1):
        head = sheet.cell(1, at, words[0] + ("*" if field in NEEDED else ""))
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E8EEE9")
        sheet.cell(2, at, _EXAMPLE.get(field))
        sheet.column_dimensions[get_column_letter(at)].width = 16
        if field in ("offer_id", "place_code", "slots", "valid_from", "valid_to", "vetted_until"):
            for row in range(2, 202):
                sheet.cell(row, at).number_format = "@"
    sheet.freeze_panes = "A2"
    _drop_down(sheet, "kind", list(KIND_WORDS.values()))
    _drop_down(sheet, "party", [word for word, _english in PARTIES.values()])
    _help_sheet(book)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _drop_down(sheet: Worksheet, field: str, words: list[str]) -> None:
    letter = get_column_letter(list(HEADINGS).index(field) + 1)
    choice = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=field not in NEEDED)
    choice.error, choice.showErrorMessage = "请从列表中选 / choose from the list", True
    sheet.add_data_validation(choice)
    choice.add(f"{letter}2:{letter}{_ROWS}")


def _help_sheet(book: Workbook) -> None:
    sheet = book.create_sheet("说明 Help")
    sheet.column_dimensions["A"].width = sheet.column_dimensions["B"].width = 60
    for both in _HELP:
        sheet.append(both)
    sheet.append(())
    sheet.append(("需求代码", "need codes"))
    for code, (chinese, english) in NEED_CODES.items():
        sheet.append((f"{code} {chinese}", f"{code} {english}"))
