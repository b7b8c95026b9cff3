"""Words of the opinion engine, Chinese and English: faults, steps, notes, findings of the check."""

from __future__ import annotations

from typing import Any

from linli.engines.errors import Fault
from linli.engines.words import Lang, Words

LANGS: tuple[Lang, ...] = ("zh", "en")
_FAULTS = {
    "unreadable": (
        "打不开这个文件（{why}）；请检查路径和权限",
        "cannot open this file ({why}); check its path and rights",
    ),
    "encoding": (
        "既不是 UTF-8 也不是 GB18030；请另存为 UTF-8",
        "neither UTF-8 nor GB18030; save it as UTF-8",
    ),
    "broken_csv": ("从这一行起不成 CSV（{why}）；请重新导出", "not CSV from this row on ({why}); export it again"),
    "broken_json": ("不是所要的 JSON 列表（{why}）；请重新导出", "not the JSON list expected ({why}); export it again"),
    "no_votes": ("一张票也没有；请检查是否导出了投票表", "not one vote in it; check that the votes were exported"),
    "no_groups": ("一个人也没有分组；请填 group 列", "nobody has a group in it; fill the group column"),
    "no_column": ("缺这一列（可叫 {names}）；请补上", "this column is missing (may be called {names}); add it"),
    "short_row": ("这一行的格子不够；请补齐或删去", "this row is too short; complete or remove it"),
    "no_id": ("没有编号；请补上", "no id; give one"),
    "bad_vote": (
        "不是一张票；请写 1（同意）、-1（不同意）或 0（跳过）",
        "not a vote; write 1 (agree), -1 (disagree) or 0 (pass)",
    ),
    "bad_time": ("不是时间；请写自 1970 年起的毫秒数", "not a time; write milliseconds since 1970"),
    "bad_moderation": (
        "不是审核结果；请写 1（通过）、0（待审）或 -1（不用）",
        "not a moderation; write 1 (accepted), 0 (waiting) or -1 (rejected)",
    ),
    "statement_again": ("这个编号的意见已经有了；请去掉一条", "a statement of this id is there already; remove one"),
    "id_again": ("这个人已在第 {first} 行；请合并", "this person is in row {first} already; merge the rows"),
    "and_more": ("还有 {count} 处类似的问题", "and {count} more faults"),
    "bad_option": ("不认识这个选项值；请用 {known}", "this value is not known; use {known}"),
    "not_a_map": (
        "不是先前的意见地图结果；请给 linli opinion 写出的 JSON",
        "not an earlier opinion map; give the JSON of linli opinion",
    ),
}
_STEPS = {
    "reading": ("读票", "reading votes"),
    "axes": ("求两条主轴", "finding the two axes"),
    "groups": ("分群", "finding groups"),
    "statistics": ("统计", "counting"),
}
_NOTES = {
    "few_people": (
        "不到 15 人投够了票，人太少，画不出可信的意见地图；只列出各条意见的合计，不分群，不显示任何个人。",
        "Fewer than 15 people have voted enough: too few for a map one could trust. Only the totals of each statement "
        "are shown; no groups, nobody singled out.",
    ),
    "all_alike": ("大家的票完全一样，没有可画的差别。", "Everybody voted alike; there is no difference to draw."),
    "one_field": (
        "没有找到两个够大的群：大家的看法连成一片。",
        "No two groups large enough were found: opinions form one field.",
    ),
    "unclear": (
        "各群之间的界线不清楚（轮廓系数低于 0.25）：把它当作一片连续的意见来读。",
        "The groups are not clearly apart (silhouette below 0.25): read the map as one continuous field.",
    ),
    "unstable": (
        "去掉一半人再画，群会变（稳定度低于 0.6）：分群只供参考，共识部分更可靠。",
        "With half of the people left out the groups change (stability below 0.6): take the groups as a hint; the "
        "common ground is more reliable.",
    ),
    "parity_small": (
        "不到 15 人：Polis 的算法照样给出结果，但这样的分群不可信。",
        "Fewer than 15 people: Polis' method gives a result all the same, but such groups cannot be trusted.",
    ),
    "no_times": (
        "票上没有时间：看不出哪些票是扎堆投的，协同投票提示不包括时间。",
        "The votes carry no times: bursts cannot be seen, and the alarm for coordinated voting goes without them.",
    ),
}
_READING = {
    "group_size": (
        "{name} 群有 {size} 人，占分了群的人的 {percent}%。",
        "Group {name}: {size} people, {percent}% of those grouped.",
    ),
    "marks_agree": (
        "比别人更同意“{text}”：本群 {trials} 人中 {success} 人同意，别的群 {others} 人中 {rest} 人。",
        "More than others they agree with “{text}”: {success} of {trials} here, {rest} of {others} elsewhere.",
    ),
    "marks_disagree": (
        "比别人更不同意“{text}”：本群 {trials} 人中 {success} 人不同意，别的群 {others} 人中 {rest} 人。",
        "More than others they disagree with “{text}”: {success} of {trials} here, {rest} of {others} elsewhere.",
    ),
    "no_marks": (
        "没有哪条意见把 {name} 群和别人明显分开。",
        "No single statement sets group {name} clearly apart.",
    ),
    "steady": (
        "去掉一半人重画，这一群能找回 {percent}%：稳。",
        "Drawn again from half of the people, {percent}% of this group comes back: steady.",
    ),
    "half_steady": (
        "去掉一半人重画，这一群只找回 {percent}%：边界不稳，看大意就好。",
        "Drawn again from half of the people, only {percent}% of this group comes back: its edge is unsure.",
    ),
    "not_steady": (
        "去掉一半人重画，这一群只找回 {percent}%：不稳，不要据此下结论。",
        "Drawn again from half of the people, only {percent}% of this group comes back: draw no conclusions from it.",
    ),
    "shared_agree": (
        "每一群都同意“{text}”（同意最少的一群也有 {least}%；全体 {trials} 人中 {success} 人同意）。",
        "Every group agrees with “{text}” (at least {least}% in each; {success} of {trials} in all).",
    ),
    "shared_disagree": (
        "每一群都不同意“{text}”（不同意最少的一群也有 {least}%；全体 {trials} 人中 {success} 人不同意）。",
        "Every group disagrees with “{text}” (at least {least}% in each; {success} of {trials} in all).",
    ),
    "nothing_shared": (
        "没有一条意见让每一群都站在同一边（每群至少 60%）。",
        "There is no statement on which every group takes the same side (60% in each).",
    ),
    "divides": (
        "“{text}”分歧最大的是：{high} 群 {high_percent}% 同意，{low} 群 {low_percent}%。",
        "“{text}” divides most: {high_percent}% of group {high} agree, {low_percent}% of group {low}.",
    ),
    "alarm_times": (
        "{people} 人的票几乎一样（最多有 {statements} 条相同），在 {minutes} 分钟内先后开始投；"
        "各投各的不会这样巧。请看一看，不等于有问题。",
        "{people} ballots are nearly the same (up to {statements} statements in common) and were begun within "
        "{minutes} minutes; independent people would hardly do so. A reason to look, not a verdict.",
    ),
    "alarm_plain": (
        "{people} 人的票几乎一样（最多有 {statements} 条相同），各投各的不会这样巧；"
        "票上没有时间。请看一看，不等于有问题。",
        "{people} ballots are nearly the same (up to {statements} statements in common), which independent people "
        "would hardly cast; there are no times. A reason to look, not a verdict.",
    ),
}
WORDS = Words(_FAULTS | _STEPS | _NOTES | _READING)

_HOLDS = {
    "digest": ("结果出自这份投票表（摘要相同）", "the result was made from these votes (same digest)"),
    "counts": ("每条意见、每群、每人的票数重数无误", "votes per statement, group and person recounted"),
    "totals": ("合计前后一致", "the totals agree with each other"),
    "consensus": ("各群共识（精确分数相乘）无误", "group-informed consensus, as exact products"),
    "representative": (
        "各群代表意见重选相同，检验值无误",
        "the same marking statements are chosen again, their tests hold",
    ),
    "common": ("全体倾向重算相同", "what everybody leans to comes out the same"),
    "priority": ("意见的优先级无误", "priorities of statements"),
    "middles": ("各群中心无误", "the groups' middles"),
    "taking_part": (
        "分群的人都投够了票，没有过小的群",
        "those who voted enough are grouped, no group is under the floor",
    ),
    "axes": (
        "两条主轴成立：残差小，没有更大的方向；位置和轮廓系数无误",
        "the axes hold: small residual, no larger direction; positions and silhouette too",
    ),
    "guarded": ("没有画图，也没有透露任何个人", "no map was drawn, and nothing about single people is told"),
    "without_votes": (
        "没有给投票表：只核对了文件内部，没有重数票（加 --votes，有意见表再加 --comments）",
        "no votes were given: only the file itself was checked (add --votes, and --comments if there were any)",
    ),
}
FINDINGS = Words(
    _HOLDS
    | {
        code + "_wrong": (f"不成立：{zh} —— {{what}}", f"does not hold: {en} — {{what}}")
        for code, (zh, en) in _HOLDS.items()
    }
)


def say_both(code: str, params: dict[str, Any]) -> dict[str, str]:
    """A sentence in both languages."""
    return {lang: WORDS.say(code, lang, **params) for lang in LANGS}


def say_fault(fault: Fault, lang: Lang = "zh") -> str:
    """A fault's words with its cure."""
    return WORDS.say(fault.code, lang, **fault.params)
