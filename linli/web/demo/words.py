"""Words of `linli demo` and `linli truth`."""

from __future__ import annotations

from linli.engines.words import Words
from linli.web.commands.words import spoken

WORDS = Words(
    {
        "no_demo": (
            "这里没有演示县。先运行：linli demo --home 目录",
            "There is no demo county here. First: linli demo --home DIR",
        ),
        "home_in_use": (
            "{home} 里已有别的东西，不是演示县，没有动它。换一个空目录：--home",
            "{home} holds something that is no demo county; it was left alone. Name an empty folder: --home",
        ),
        "server_cut_short": (
            "数据库里有一次没做完的演示。请换一个空数据库（DATABASE_URL）。",
            "The database holds a demo that was cut short. Name an empty one (DATABASE_URL).",
        ),
        "reused": (
            "沿用已有的演示县：{residents} 位居民，种子 {seed}，演示日 {on}。要重做，先删掉 {home}。",
            "Using the demo county that is here: {residents} residents, seed {seed}, day {on}. "
            "To make it anew, delete {home} first.",
        ),
        "step_migrate": ("建库", "database"),
        "step_world": ("造人和名册", "people and lists"),
        "step_places": ("区划", "places"),
        "step_staff": ("机构和账号", "organisations and accounts"),
        "step_lists": ("导入名册：读、比对、入库、筛查", "taking the lists in: read, link, write, screen"),
        "step_people": ("责任关系和保护", "relationships and protection"),
        "step_offers": ("资源", "offers"),
        "step_history": ("三个月的工作", "three months of work"),
        "step_match": ("对接", "matching"),
        "made": (
            "演示县好了（{seconds} 秒）：{residents} 位居民，名册上 {people} 人，{flags} 条线索，"
            "{needs} 个需求，{referrals} 次转介。",
            "The demo county stands ({seconds} s): {residents} residents, {people} people on lists, {flags} flags, "
            "{needs} needs, {referrals} referrals.",
        ),
        "accounts": ("可以这样登录（全是虚构的人）：", "Who to sign in as (all of them invented):"),
        "one_click": (
            "不想输密码：打开 /demo/ 一点就进；进去以后在“我的账号”里按“换一个人”。",
            "Without typing: choose a person at /demo/; later “Change person” under My account.",
        ),
        "links": ("认出同一个人（成对）", "same person, in pairs"),
        "matches": ("对接建议（首选）", "first proposals"),
        "missed": ("漏掉的待遇", "help missed"),
        "expired": ("已到期", "expired"),
        "expiring": ("将到期", "about to end"),
        "risk": ("风险", "risks"),
        "visit": ("该走访", "visits due"),
        "conflict": ("资料矛盾", "conflicts"),
        "score": (
            "{what}：找到 {found}，漏 {missed}，错 {false}，未埋真相 {unjudged}，F1 {f1}",
            "{what}: {found} found, {missed} missed, {false} false, {unjudged} with nothing planted, F1 {f1}",
        ),
        "safety": (
            "家暴案：受保护 {protected} 人；提到施暴者的建议 {barred_proposals}；他能看到的 {seen_by_excluded}；"
            "保密住所存 {safe_address_kept} 处，别处出现 {safe_address_elsewhere}；"
            "责任社工以外能打开的 {opened_by_others} 人",
            "Violence case: {protected} protected; proposals of the excluded person's offers {barred_proposals}; "
            "rows the excluded account sees {seen_by_excluded}; safe address kept in {safe_address_kept} place, "
            "elsewhere {safe_address_elsewhere}; accounts besides the worker’s that could open it {opened_by_others}",
        ),
        "safety_holds": ("家暴案：各项都守住了。", "Violence case: everything holds."),
        "safety_broken": ("家暴案：有没守住的，见上一行。", "Violence case: something does not hold, see above."),
    }
)


def say(code: str, **params: object) -> str:
    """A sentence in the language of the command line."""
    return WORDS.say(code, spoken(), **params)
