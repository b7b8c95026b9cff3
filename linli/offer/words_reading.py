"""Words for what can be wrong with an offers workbook or an HSDS package, Chinese and English, with the cure."""

from __future__ import annotations

from linli.engines.errors import Fault
from linli.engines.words import Lang, Words

WORDS = Words(
    {
        "offer_unreadable": (
            "读不了；请用 XLSX 或 CSV（UTF-8 或 GB18030）",
            "cannot be read; use XLSX, or CSV in UTF-8 or GB18030",
        ),
        "offer_too_large": ("文件太大；请分成几个", "the file is too large; split it"),
        "offer_no_headings": (
            "没找到标题行；标题行要有：编号、名称、类型、需求代码、名额",
            "no heading row found; it needs: offer_id, name, kind, need_codes, capacity",
        ),
        "offer_heading_missing": (
            "缺这一列；请加上（可从模板复制）",
            "this column is missing; add it (copy it from the template)",
        ),
        "offer_heading_twice": ("这一列有两次；请留一列", "this column stands twice; keep one"),
        "offer_empty": ("没有填；请填上", "nothing is filled in; fill it in"),
        "offer_id_repeated": (
            "编号与第 {first} 行重复；请改成各不相同",
            "the same id as row {first}; make them differ",
        ),
        "offer_bad_kind": ("不认识的类型；请写：{known}", "unknown kind; write one of: {known}"),
        "offer_bad_party": ("不认识的主体；请写：{known}", "unknown party; write one of: {known}"),
        "offer_bad_code": ("不认识的需求代码；可用的：{known}", "unknown need code; known ones: {known}"),
        "offer_bad_capacity": ("名额要写 0 或更大的整数", "write a whole number of 0 or more"),
        "offer_bad_date": ("不是日期；请写 2026-03-12", "not a date; write 2026-03-12"),
        "offer_dates_crossed": ("结束早于开始；请改正", "ends before it begins; correct it"),
        "offer_bad_latitude": ("纬度在 -90 到 90 之间；请改正", "latitude lies between -90 and 90; correct it"),
        "offer_bad_longitude": ("经度在 -180 到 180 之间；请改正", "longitude lies between -180 and 180; correct it"),
        "offer_half_point": ("纬度和经度要一起写", "write latitude and longitude together"),
        "offer_bad_place": ("区划代码是 2 到 12 位数字；请改正", "a division code is 2 to 12 digits; correct it"),
        "offer_bad_slots": (
            "时间写法如：二 14:00-17:00；四 09:00-11:00",
            "write times like: Tue 14:00-17:00; Thu 09:00-11:00",
        ),
        "hsds_unreadable": (
            "不是 HSDS 3 的 JSON 或表格包；请核对文件",
            "not an HSDS 3 JSON file or tabular package; check the file",
        ),
        "hsds_too_large": ("包太大；请分开", "the package is too large; split it"),
        "hsds_no_services": ("包里没有 services；请核对", "the package holds no services; check it"),
        "hsds_no_id": ("服务没有 id；已略过", "a service without id; left out"),
        "hsds_id_repeated": ("服务 id 重复；只留第一个", "a service id stands twice; the first is kept"),
        "hsds_no_name": ("服务没有名称；已略过", "a service without a name; left out"),
        "hsds_inactive": ("服务状态是 {status}；已略过", "the service is {status}; left out"),
        "place_outside": (
            "这个地方不归你；改成你那里的代码，或请那里的人来传",
            "this place is not yours; give a code of your own places, or ask a colleague there to upload it",
        ),
        "offer_of_others": (
            "这项资源是别的机构的；删去这一行，或请站里的人来改",
            "this offer is another organisation's; leave the row out, or ask the station to change it",
        ),
        "hsds_no_capacity": (
            "{count} 项服务没有写名额，先各按 1 个算；请补上还有几个名额",
            "{count} services do not say how many places they have; each counts as one until you add it",
        ),
        "hsds_no_term": ("没有能对应的需求代码；请补上", "no term that maps to a need code; add one"),
        "hsds_unknown_term": (
            "不认识的分类词；已记在技能里，请对应到需求代码",
            "unknown taxonomy term; kept among the skills, map it to a need code",
        ),
        "hsds_bad_place": ("经纬度超出范围；已不用", "coordinates out of range; not used"),
        "hsds_bad_schedule": ("时间表读不了；已不用", "a schedule that cannot be read; not used"),
        "hsds_bad_date": ("日期读不了；这项服务已略过", "a date that cannot be read; the service is left out"),
    }
)


def say_fault(fault: Fault, lang: Lang = "zh") -> str:
    """A fault's words with its cure."""
    return WORDS.say(fault.code, lang, **fault.params)
