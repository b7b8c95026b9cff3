"""Words of the draw, Chinese and English: faults with their cure, findings of the check, conflicts, steps."""

from __future__ import annotations

from linli.engines.errors import Fault
from linli.engines.sortition.feasibility import Bound, Change, Feasibility
from linli.engines.words import Lang, Words

_FAULTS = {
    "file_missing": ("找不到这个文件；请核对路径", "there is no such file; check the path"),
    "file_empty": (
        "文件是空的；第一行应是列名，以下每人（每条配额）一行",
        "the file is empty; the first row holds the headings",
    ),
    "file_not_csv": ("不是 CSV 文件；请另存为 CSV（UTF-8）", "not a CSV file; save it as CSV (UTF-8)"),
    "file_broken": ("CSV 的引号没有配对：{why}；请另存一次", "broken quoting: {why}; save the file again"),
    "file_encoding": ("读不出文字；请另存为 UTF-8", "the text cannot be read; save as UTF-8"),
    "column_missing": ("缺这一列；请补上或改正列名", "this column is missing; add it or correct its heading"),
    "column_repeated": ("这一列出现了两次；请留一列", "this column stands twice; keep one"),
    "category_unknown": (
        "报名表里没有这一列；请改正配额的类别名，或在报名表里补上这一列",
        "the pool has no such column; correct the category or add the column to the pool",
    ),
    "empty": ("这一格是空的；请填上", "this cell is empty; fill it in"),
    "not_a_number": ("不是 0 以上的整数；请只写数字", "not a whole number from 0 up; write digits only"),
    "min_over_max": ("最少大于最多；请对调或改正", "min is above max; swap or correct them"),
    "flex_inside": (
        "放宽后的数反而更紧；min_flex 应不大于 min，max_flex 应不小于 max",
        "the relaxed bound is tighter; min_flex must not exceed min, max_flex not fall below max",
    ),
    "quota_repeated": ("与第 {first} 行是同一条配额；请只留一条", "the same quota as row {first}; keep one"),
    "value_unknown": (
        "这个值没有对应的配额；请改正写法，或在配额表里加一行（不限人数就写 0 到名额数）",
        "no quota has this value; correct it, or add a row to the quotas (0 to the size if any number will do)",
    ),
    "address_missing": (
        "没有住址，不知道和谁同住；请补上（独住就写一个不与人重复的记号）",
        "no address, so it is not known who lives together; fill it in (any mark of its own for one living alone)",
    ),
    "no_rows": ("列名以下没有内容；请每人（每条配额）写一行", "nothing below the headings; write one row each"),
    "size_small": ("名额至少是 1；请改 --size", "the size must be at least 1; change --size"),
    "size_large": (
        "报名的只有 {people} 人，抽不出这么多；请改 --size 或再动员报名",
        "only {people} volunteered: too few for this size; change --size or recruit more",
    ),
    "one_source": ("--seed、--beacon 二选一，必须写一个", "give exactly one of --seed and --beacon"),
    "nonce_needed": (
        "承诺要配一个随机数，否则短种子会被猜出；请加 --nonce（自己随便写一长串）",
        "a commitment needs a nonce, or a short seed can be guessed; add --nonce (any long string of your own)",
    ),
    "option_value": ("不能写这个值；可写：{known}", "this is not possible here; possible are: {known}"),
    "not_a_lottery": ("不是 linli draw 的结果；请给对文件", "not a result of linli draw; give the right file"),
    "reveal_differs": (
        "种子和随机数对不上公布的承诺；请核对，对不上就不能用",
        "seed and nonce do not open the published commitment; without that the draw must not be used",
    ),
    "lottery_differs": (
        "报名表、配额或方法和公布时不一样；请用公布时的文件",
        "the pool, the quotas or the options differ from those published; use the published files",
    ),
    "dropped_unknown": (
        "这一位不在抽中的名单里；请写报名表里的行号（或 --id 列的值）",
        "not on the drawn panel; give the row number in the pool (or the value of the --id column)",
    ),
    "pool_too_small": (
        "不看配额也只抽得出 {reachable} 人（每户最多一人）；请减少名额或再动员报名",
        "even without quotas only {reachable} can be drawn (one per home); lower the size or recruit more",
    ),
    "conflict_alone": (
        "现有的报名者满足不了这条配额（见下方“最近的办法”）",
        "this pool cannot meet this quota (see the nearest change below)",
    ),
    "conflict": (
        "这条配额和另外几条合在一起，现有的报名者满足不了（见下方“最近的办法”）",
        "together with the others named here this quota cannot be met by the pool (see the nearest change below)",
    ),
}
FINDINGS = Words(
    {
        "seal": ("结果文件没有被改动（封印相符）", "the file is as it was written (seal)"),
        "digest": ("输入摘要与结果里的名单、配额相符", "the digest is that of the people and quotas in the result"),
        "cells": ("同类的人数数得对", "people are counted and grouped rightly"),
        "panels": (
            "{count} 份候选名单份份符合配额，权重合计正好是 1",
            "all {count} panels keep the quotas; the weights add up to exactly one",
        ),
        "panel_breaks": (
            "第 {panel} 份候选名单不符合配额或同户规则",
            "panel {panel} breaks a quota or the household rule",
        ),
        "probabilities": ("每个人的概率正是候选名单给出的", "everyone's chance is what the panels give"),
        "groups": (
            "各组的人数、预期名额和抽中数重算相同",
            "pool, expected seats and seats of every group count up again",
        ),
        "fairest": (
            "已逐级证明没有更公平的抽法（误差不超过 {gap}）",
            "proven stage by stage: no lottery is fairer (within {gap})",
        ),
        "not_fairest": ("实际概率没有达到证书所说的数", "the chances do not reach what the certificate says"),
        "stage_broken": ("证书第 {stage} 级不完整", "stage {stage} of the certificate is malformed"),
        "stage_unproven": ("证书第 {stage} 级的证明不成立", "the proof of stage {stage} does not hold"),
        "commitment": ("种子与承诺相符", "the seed opens the commitment"),
        "drawn": (
            "按公布的种子重抽，得到同一份 {count} 人名单",
            "the published words draw the same {count} people again",
        ),
        "stand_ins": ("候补顺序重算相同", "the order of stand-ins is the same again"),
        "not_drawn": ("还没有抽：只公布了抽法和承诺", "not drawn yet: lottery and commitment only"),
        "replacing": (
            "补抽只在没抽中、没退出的人里进行",
            "the replacement is drawn among those who neither stay nor left",
        ),
        "same_pool": ("与所给的报名表相符", "agrees with the pool given"),
        "same_quotas": ("与所给的配额表相符", "agrees with the quotas given"),
    }
)
_STEPS = {
    "stages": ("逐级提高最低概率", "raising the lowest chance"),
    "rounding": ("找候选名单", "finding panels"),
    "panels": ("配权重，第几轮", "weighing panels, round"),
}
_SAID = {
    "min": ("“{category}：{value}”至少 {n} 人", "“{category}: {value}” at least {n}"),
    "max": ("“{category}：{value}”至多 {n} 人", "“{category}: {value}” at most {n}"),
    "change": ("{bound}改为 {to} 人", "{bound} → {to}"),
    "conflict_head": (
        "抽不成：下面 {count} 条放在一起，现有报名者满足不了（少一条就行）：{bounds}。",
        "No panel is possible: these {count} cannot be met together by this pool (any one fewer could): {bounds}.",
    ),
    "alone_head": (
        "抽不成：光是这一条，现有报名者就满足不了：{bounds}。",
        "No panel is possible: this pool cannot meet this one by itself: {bounds}.",
    ),
    "nearest": ("最近的办法：{changes}。", "The nearest change: {changes}."),
    "nearest_beyond": (
        "允许放宽的范围内做不到；最近的办法：{changes}。",
        "Not possible inside the flexible bounds; the nearest change: {changes}.",
    ),
    "possible": ("配额抽得成。", "The quotas can be met."),
}
WORDS = Words(_FAULTS | _STEPS | _SAID)
REPORT = Words(
    {
        "leximin": (
            "在配额之内，先让概率最低的人尽量高，再轮到次低的，依次类推（LEXIMIN）。",
            "Within the quotas the lowest chance is as high as can be, then the next lowest, and so on (LEXIMIN).",
        ),
        "maximin": (
            "在配额之内，让概率最低的人尽量高（MAXIMIN）。",
            "Within the quotas the lowest chance is as high as can be (MAXIMIN).",
        ),
        "nash": (
            "在配额之内，让所有人概率的乘积最大（Nash）。",
            "Within the quotas the product of all chances is as large as can be (Nash).",
        ),
        "same_kind": (
            "接替的人与退出的人条件完全相同，一个对一个。",
            "Those who come in have exactly the features of those who left, one for one.",
        ),
        "same_counts": (
            "没有足够的人条件完全相同；接替的人合起来，各类人数与退出的人一样。",
            "Too few have the very same features; together those who come in have the same counts as those who left.",
        ),
        "quotas": (
            "各类人数凑不齐与退出者一样；接替之后全体仍符合配额。",
            "The counts of those who left cannot be matched; after the replacement the whole panel keeps the quotas.",
        ),
    }
)


def say_fault(fault: Fault, lang: Lang = "zh") -> str:
    """A fault's words with its cure."""
    return WORDS.say(fault.code, lang, **fault.params)


def say_bound(bound: Bound, lang: Lang = "zh") -> str:
    """One side of a quota."""
    return WORDS.say(bound.side, lang, category=bound.quota.category, value=bound.quota.value, n=bound.value)


def say_change(change: Change, lang: Lang = "zh") -> str:
    """A bound and what it would become."""
    return WORDS.say("change", lang, bound=say_bound(change.bound, lang), to=change.to)


def say_feasibility(found: Feasibility, lang: Lang = "zh") -> str:
    """Whether the quotas can be met; the smallest conflict and the nearest change when they cannot."""
    comma = "；" if lang == "zh" else "; "
    if found.feasible:
        return WORDS.say("possible", lang)
    if not found.conflict:
        return WORDS.say("pool_too_small", lang, reachable=found.reachable)
    bounds = comma.join(say_bound(bound, lang) for bound in found.conflict)
    changes = comma.join(say_change(change, lang) for change in found.changes)
    flexible = any(b.quota.low_flex is not None or b.quota.high_flex is not None for b in found.conflict)
    nearest = WORDS.say("nearest_beyond" if flexible and not found.within_flex else "nearest", lang, changes=changes)
    gap = "" if lang == "zh" else " "
    head = "alone_head" if len(found.conflict) == 1 else "conflict_head"
    return WORDS.say(head, lang, count=len(found.conflict), bounds=bounds) + gap + nearest


def infeasible_faults(found: Feasibility, quotas_name: str) -> list[Fault]:
    """One fault per bound in conflict, naming its row in the quotas."""
    if not found.conflict:
        return [Fault("pool_too_small", params={"reachable": str(found.reachable)})]
    return [
        Fault(
            "conflict" if len(found.conflict) > 1 else "conflict_alone",
            file=quotas_name,
            row=bound.quota.row,
            column=bound.side,
            value=str(bound.value),
        )
        for bound in found.conflict
    ]
