"""Words of the assignment engine, Chinese and English: reasons, what binds, what unlocks, faults."""

from __future__ import annotations

import json
from typing import Any

from linli.engines.assignment.codes import NEED_CODES
from linli.engines.assignment.slots import say_slots
from linli.engines.errors import Fault
from linli.engines.words import Lang, Words

_FITS = {
    "main_line": ("专做这一项", "this is what they do"),
    "skilled": ("会本人要的手艺", "has the skills asked for"),
    "vetted_until": ("审查有效到 {on}", "vetting valid until {on}"),
    "helper_sex_met": ("服务人员性别合心意", "a helper of the preferred sex"),
    "common_time": ("每周有 {hours} 小时对得上", "{hours} hours a week in common"),
    "shared_language": ("语言相通", "a common language"),
    "near": ("离 {km} 千米", "{km} km away"),
    "same_village": ("就在本村（社区）", "in the same village or community"),
    "same_town": ("在本镇（街道）", "in the same town"),
    "free": ("不用自付", "no cost to the person"),
    "affordable": ("自付 {yuan} 元，担得起", "costs {yuan} yuan, within means"),
}
_LACKS = {
    "side_line": ("这一项是兼做", "does this besides other things"),
    "answers_in_part": ("只能解决一部分", "answers only part of the need"),
    "skill_missing": ("缺本人要的手艺", "a skill asked for is missing"),
    "helper_sex_unknown": ("服务人员性别没写，先问", "the helper's sex is not said: ask first"),
    "helper_sex_other": ("服务人员性别不合心意", "not a helper of the preferred sex"),
    "time_unknown": ("时间没写，先问", "times are not said: ask first"),
    "no_common_time": ("时间对不上", "no time in common"),
    "language_unknown": ("会什么语言没写", "languages are not said"),
    "no_shared_language": ("语言不通", "no common language"),
    "far": ("离 {km} 千米，远", "{km} km away: far"),
    "other_town": ("不在本镇（街道）", "not in the same town"),
    "place_unknown": ("地点没写", "place not known"),
    "above_means": ("自付 {yuan} 元，超过本人能出的", "costs {yuan} yuan, above the person's means"),
    "has_fee": ("自付 {yuan} 元，没问过本人能出多少", "costs {yuan} yuan; what the person can pay is not known"),
    "fee_unknown": ("收不收费没写", "whether there is a fee is not said"),
    "ask_first": ("另有条件，请先问：{note}", "a condition to ask about first: {note}"),
    "confirm_person": (
        "有条件要核对（年龄、人群或住址没记）",
        "a condition to confirm (age, group or address not recorded)",
    ),
    "planned_for_others": ("名额已排给别人，要换才有", "its openings are planned for others: it would take a change"),
    "ends_soon": ("{on} 到期", "ends on {on}"),
}
_BINDING = {
    "no_offer_for_code": ("没有做这一项的资源", "nobody offers this"),
    "capacity": ("名额已满（共 {capacity} 个）", "no opening left (of {capacity})"),
    "no_places": ("没有名额", "no openings at all"),
    "vetting": ("审查不在有效期（有效到 {vetted_until}）", "vetting not valid (until {vetted_until})"),
    "validity": ("不在提供期内（{valid_from} 至 {valid_to}）", "not offered at that time ({valid_from} to {valid_to})"),
    "condition": ("不合对方条件：{conditions}", "does not meet the offer's conditions: {conditions}"),
    "not_suitable": ("不合这位居民的情况", "not suitable for this person"),
    "helper_sex": ("没有本人要求性别的服务人员", "no helper of the required sex"),
    "amount": ("每份最多 {most} 元，不够", "gives at most {most} yuan: not enough"),
    "distance": ("太远", "too far"),
    "time": ("时间对不上", "no time in common"),
    "language": ("语言不通", "no common language"),
}
_UNLOCKS = {
    "new_offer": ("在 {place} 有人提供{code_words}", "an offer of {code_words} in {place}"),
    "one_more_place": ("{name} 再多 1 个名额", "one more opening at {name}"),
    "one_more_place_after": (
        "{name} 再多名额（前面还有 {ahead} 人在等）",
        "more openings at {name} ({ahead} waiting ahead)",
    ),
    "lift_vetting": ("{provider} 续上审查（{name}）", "renewed vetting of {provider} ({name})"),
    "lift_validity": ("{name} 的提供期改到当期", "{name} offered at that time"),
    "lift_condition": ("{name} 放宽条件：{conditions}", "{name} easing its conditions: {conditions}"),
    "lift_helper_sex": ("{name} 派出性别为{sex_words}的服务人员", "a {sex_words} helper at {name}"),
    "lift_amount": ("{name} 每份能给到 {yuan} 元", "{name} giving up to {yuan} yuan"),
    "lift_distance": ("在 {place} 有人提供{code_words}", "an offer of {code_words} in {place}"),
    "lift_time": ("{name} 开出时间 {slots}", "{name} open at {slots}"),
    "lift_language": ("{name} 有会说{languages}的人", "someone at {name} who speaks {languages}"),
    "lift_no_places": ("{name} 开出名额", "{name} offering openings"),
}
_FAULTS = {
    "id_missing": ("没有编号；请每行给一个编号", "no id; give every row its own"),
    "id_repeated": ("编号与第 {first} 行重复；请改成各不相同", "the same id as row {first}; make them differ"),
    "column_type": (
        "这一列的值读不成要求的类型；请按列说明改",
        "values of this column are not of its type; see the columns' description",
    ),
    "value_outside": ("{id} 的值超出允许范围；请改正", "the value of {id} is out of range; correct it"),
    "weights_toml": ("权重文件不是有效的 TOML；请改正", "the weights file is not valid TOML; correct it"),
    "weights_none_in_force": (
        "这一天没有生效的权重；请补一版或换日期",
        "no weights in force on that day; add a version or change the day",
    ),
    "weights_value": ("权重缺失或超出范围；请改正", "a weight is missing or out of range; correct it"),
    "weights_sum": (
        "五项分数（或心愿三项）加起来不是 100；请改正",
        "the five points (or the three wish shares) do not add up to 100; correct them",
    ),
    "file_unreadable": (
        "读不了这个文件；请用 CSV、XLSX 或 Parquet",
        "this file cannot be read; use CSV, XLSX or Parquet",
    ),
    "bad_date": ("不是日期；请写 2026-03-12", "not a date; write 2026-03-12"),
    "bad_number": ("不是数；请只写数字", "not a number; write digits only"),
}
_STEPS = {
    "pairs": ("逐块核对需求与资源", "weighing needs against offers"),
    "flow": ("求最优分配，第几轮", "solving the assignment, round"),
    "survey": ("找备选和不合适的原因", "finding alternatives and reasons"),
}
_CHECKS = {
    "digest_of_input": ("输入与结果不是同一份", "the input is not the one of the result"),
    "shape": ("证明不完整或格式不对", "the certificate is incomplete or malformed"),
    "unknown_arc": ("{need} 选了不在候选里的资源", "{need} was given an offer that is no candidate"),
    "over_capacity": ("{offer} 超过名额", "{offer} is over its capacity"),
    "cost_wrong": ("总成本不符", "the cost does not add up"),
    "price_wrong": ("价格不成立：{offer}", "the price does not hold: {offer}"),
    "not_optimal": ("不是最优：{need}", "not optimal: {need}"),
    "bound_wrong": ("下界与成本不符", "bound and cost disagree"),
    "levels_wrong": ("级别的先后没有保证", "the order of levels is not guaranteed"),
    "proposal_wrong": ("{need} 的第 1 个建议与证明不符", "the first proposal of {need} is not the certificate's"),
    "unknown_row": ("{need} 或 {offer} 不在输入里", "{need} or {offer} is not in the input"),
    "wall": ("{need} → {offer} 违反硬约束：{wall}", "{need} → {offer} breaks a hard constraint: {wall}"),
    "holds": ("证明成立", "the certificate holds"),
}
FINDINGS = Words(_CHECKS)
WORDS = Words(
    _FITS
    | _LACKS
    | _BINDING
    | _UNLOCKS
    | _FAULTS
    | _STEPS
    | _CHECKS
    | NEED_CODES
    | {"fits": ("合", "fits"), "lacks": ("欠", "missing")}
)


def say_reason(code: str, params: dict[str, Any], lang: Lang = "zh") -> str:
    """One reason in words."""
    at = 0 if lang == "zh" else 1
    more = {}
    if "need_code" in params:
        more["code_words"] = NEED_CODES.get(params["need_code"], (params["need_code"],) * 2)[at]
    if "sex" in params:
        more["sex_words"] = {"1": ("男", "male"), "2": ("女", "female")}.get(params["sex"], (params["sex"],) * 2)[at]
    if params.get("slots"):
        more["slots"] = say_slots(params["slots"].split("；"), lang)
    if "place" in params and not params["place"]:
        more["place"] = ("当地", "that place")[at]
    blanks = {name: ("未写", "not said")[at] for name, value in params.items() if value == "" and name not in more}
    return WORDS.say(code, lang, **{**params, **blanks, **more})


def say_why(why: str, lang: Lang = "zh") -> str:
    """A proposal's `why` in words: 合：…；…。欠：…"""
    told = json.loads(why)
    comma, colon, stop = ("；", "：", "。") if lang == "zh" else ("; ", ": ", ". ")
    parts = [
        WORDS.say(side, lang) + colon + comma.join(say_reason(code, params, lang) for code, params in told[side])
        for side in ("fits", "lacks")
        if told[side]
    ]
    return stop.join(parts)


def say_unlocked(unlocked_by: str, lang: Lang = "zh") -> str:
    """An unmet need's `unlocked_by` in words."""
    joint = "；或：" if lang == "zh" else "; or: "
    return joint.join(say_reason(code, params, lang) for code, params in json.loads(unlocked_by))


def say_fault(fault: Fault, lang: Lang = "zh") -> str:
    """A fault's words with its cure."""
    return WORDS.say(fault.code, lang, **fault.params)
