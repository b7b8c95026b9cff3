"""Words of the budgeting engine, Chinese and English: faults, reasons, findings of the check, progress."""

from __future__ import annotations

from typing import Any

from linli.engines.budgeting.data import BudgetResult, Reason, Step
from linli.engines.errors import Fault
from linli.engines.words import Lang, Words

_FAULTS = {
    "file_unreadable": ("读不了这个文件：看看路径和权限", "cannot be read: check the path and the permissions"),
    "encoding": ("不是 UTF-8，也不是 GB18030：请另存为 UTF-8", "is neither UTF-8 nor GB18030: save it as UTF-8"),
    "read_as_gb18030": ("不是 UTF-8，按 GB18030 读了", "is not UTF-8; read as GB18030"),
    "before_sections": (
        "第一个分节标题（META）之前有内容：删掉，或补上标题",
        "stands before the first section title (META): delete it or add the title",
    ),
    "section_missing": ("缺这一节：补上标题行、列名行和内容", "section missing: add its title, headings and rows"),
    "section_twice": ("这一节出现了两次：合成一节", "section occurs twice: make it one"),
    "vote_type": ("不认识的投票方式，改成其中一个：{known}", "unknown vote type: use one of {known}"),
    "meta_twice": ("META 里写了两次，以后一次为准", "written twice in META; the later one counts"),
    "amount": (
        "不是金额：只写数字，小数点可有可无，不要千分号",
        "not an amount: digits only, at most one decimal mark",
    ),
    "negative": ("金额不能是负数：写不小于 0 的数", "an amount cannot be negative: write a number not below 0"),
    "column_missing": ("{section} 缺这一列：补上列名", "{section} lacks this column: add the heading"),
    "row_short": ("这一行的格子不够：看看是不是少了分号", "the row has too few cells: is a semicolon missing?"),
    "project_id": ("项目编号不能空，也不能带逗号", "a project id cannot be empty or hold a comma"),
    "project_twice": ("项目编号与第 {line} 行重复：改一个", "same project id as on line {line}: change one"),
    "no_projects": ("PROJECTS 里没有项目：补上项目", "PROJECTS holds no project: add the projects"),
    "no_votes": ("VOTES 里没有选票：补上选票", "VOTES holds no vote: add the ballots"),
    "voter_unnamed": ("没有写 voter_id：补上编号", "no voter_id: give the voter one"),
    "voter_twice": (
        "这个人在第 {line} 行已经投过：只留一张有效的",
        "voted already on line {line}: keep the one valid ballot",
    ),
    "unknown_project": (
        "PROJECTS 里没有这个编号：改正编号，或补上项目",
        "no such id in PROJECTS: correct it or add the project",
    ),
    "named_twice": ("同一张票里写了两次：删去一个", "named twice on one ballot: delete one"),
    "one_choice": ("只能选一个（choose-1）：留一个", "only one choice allowed (choose-1): keep one"),
    "points_count": ("分数个数与项目个数不一样：一一对应写好", "as many points as projects are needed: match them"),
    "points": ("不是可用的分数：写不小于 0 的数", "not usable as points: write a number not below 0"),
    "count_differs": ("与文件里实际的 {found} 个不符，按实际算", "the file holds {found}; what it holds counts"),
    "bound": ("不是整数，没有据此核对选票长度", "not a whole number; ballot lengths were not checked against it"),
    "ballot_length": (
        "这张票有 {size} 个项目，{key} 是 {bound}：照投的算，请核实",
        "the ballot names {size} projects, {key} is {bound}: counted as cast, please verify",
    ),
    "ballot_cost": (
        "这张票的项目共要 {cost}，上限是 {bound}：照投的算，请核实",
        "the ballot's projects cost {cost}, the bound is {bound}: counted as cast, please verify",
    ),
    "toml": ("不是合格的 TOML：{value}。改好这一处", "not valid TOML: {value}. Correct that place"),
    "option_unknown": ("不认识的选项，改成其中一个：{known}", "unknown option: use one of {known}"),
    "option_value": ("不能是这个值，改成其中一个：{known}", "not a possible value: use one of {known}"),
    "option_part": ("要写成 [[{column}]] 小节", "write it as tables [[{column}]]"),
    "option_missing": ("少了这一项：补上", "is missing: add it"),
    "option_amount": ("不是可用的金额：只写数字", "not a usable amount: write digits only"),
    "option_column": (
        "{section} 没有这一列：改列名，或在文件里补上",
        "{section} has no such column: name another or add it",
    ),
    "districts_over": ("各片预算之和超过总预算：调低", "the districts' budgets exceed the whole: lower them"),
    "district_twice": ("同一片区写了两次：合成一个", "district named twice: make it one"),
    "district_empty": ("没有项目属于这个片区：看看名字", "no project belongs to this district: check its name"),
    "limit_empty": ("没有项目的 {field} 是这个：看看名字", "no project's {field} is this: check its name"),
    "completion_rule": (
        "补足办法只用于等额份额（mes-cost、mes-project）：去掉，或换规则",
        "completions belong to Equal Shares (mes-cost, mes-project): leave it out or change the rule",
    ),
}
FAULTS = Words(_FAULTS)

_REASONS = {
    "won_greedy": (
        "入选：得 {points} 票（分），轮到时钱还够",
        "Funded: {points} votes (points), and money was left when its turn came",
    ),
    "won_shares": (
        "入选（第 {place} 个）：{supporters} 位支持者一起付得起，{price}",
        "Funded ({place}): its supporters ({supporters}) could pay for it together; {price}",
    ),
    "won_phragmen": (
        "入选（第 {place} 个）：{supporters} 位支持者的钱先攒够",
        "Funded ({place}): its supporters ({supporters}) were next to have saved enough",
    ),
    "won_fill": (
        "入选：份额买完后按票数补足，得 {points} 票（分），余款够",
        "Funded when the rest was filled by votes: {points} votes (points), and the rest was enough",
    ),
    "won_unsupported": (
        "入选：没有人投它，但其他项目都入选了，钱还够",
        "Funded: nobody voted for it, but everything else is funded and the money left is enough",
    ),
    "no_votes": ("没有入选：没有人投它", "Not funded: nobody voted for it"),
    "over_budget": (
        "没有入选：要 {cost}{unit}，超过全部预算 {budget}{unit}",
        "Not funded: it costs {cost}{unit}, more than the whole budget of {budget}{unit}",
    ),
    "limit": (
        "没有入选：要 {cost}{unit}，它所属类别的限额只剩 {room}{unit}",
        "Not funded: it costs {cost}{unit}; the limit of its kind leaves {room}{unit}",
    ),
    "short": (
        "没有入选：要 {cost}{unit}，{supporters} 位支持者最后只剩 {money}{unit}",
        "Not funded: it costs {cost}{unit}; its supporters ({supporters}) had {money}{unit} left in the end",
    ),
    "stopped": (
        "没有入选：要 {cost}{unit}，停下时预算只剩 {money}{unit}，还没轮到它或已放不下",
        "Not funded: it costs {cost}{unit}; when the rule stopped {money}{unit} was left; its supporters were "
        "not next, or it did not fit",
    ),
    "not_fit": (
        "没有入选：要 {cost}{unit}，按票数（{points}）轮到时只剩 {money}{unit}",
        "Not funded: it costs {cost}{unit}; when its turn came by votes ({points}), {money}{unit} was left",
    ),
}
REASONS = Words(_REASONS)

CHANGES = Words(
    {
        "people_one": ("再多 1 位支持者", "1 more supporter"),
        "people": ("再多 {least} 位支持者", "{least} more supporters"),
        "people_some": (
            "再多 {least} 位余钱最多的支持者",
            "{least} more of the voters with most money left",
        ),
        "people_any": (
            "再多 {least} 位余钱最多的支持者（换成任何人，{any} 位也够）",
            "{least} more of the voters with most money left (any {any} would do)",
        ),
        "each": ("（每人 {each} 分）", " ({each} points each)"),
        "cheaper": ("少要 {less}{unit}（{cost}{unit}以内）", "{less}{unit} less (at most {cost}{unit})"),
        "or": ("，或", " or "),
        "would": ("。{ways}，就会入选。", ". {Ways} would have funded it."),
        "would_final": (
            "。在最后的份额下，{ways}，就会买下它。",
            ". At the final shares, {ways} would have bought it.",
        ),
        "none": ("。", "."),
        "price_all_rest": ("{rest} 人付出余下的全部", "all they had left from {rest}"),
        "price": ("每人{per_point}付 {price}{unit}", "each pays {price}{unit}{per_point}"),
        "price_rest": (
            "{full} 人每人{per_point}付 {price}{unit}，{rest} 人付出余下的全部",
            "{price}{unit}{per_point} each from {full}, all they had left from {rest}",
        ),
    }
)

FINDINGS = Words(
    {
        "shape": ("结果文件的写法不对：{what}", "the result is not written as it should be: {what}"),
        "digest": ("结果出自这个 .pb 文件", "the result was made from this .pb file"),
        "digest_other": ("结果出自另一个 .pb 文件", "the result was made from another .pb file"),
        "facts": (
            "预算、人数、投票方式和各项费用与 .pb 文件一致",
            "budget, voters, kind of vote and costs are those of the .pb file",
        ),
        "selected": ("入选名单与各步一致，共 {n} 个", "the funded projects are those of the steps: {n}"),
        "costs": ("总价与各项之和一致：{cost}", "the cost is the sum of the funded projects: {cost}"),
        "budget": ("没有超出预算 {budget}", "within the budget of {budget}"),
        "pot_budget": ("“{pot}”没有超出它的预算 {budget}", "“{pot}” is within its budget of {budget}"),
        "limit": ("{field} = {value} 没有超出限额 {at_most}", "{field} = {value} is within its limit of {at_most}"),
        "payments": ("每一步付的钱正好等于价钱（{n} 步，分数精确）", "payments equal costs exactly in all {n} steps"),
        "completion": ("补足办法写明：{completion}", "the completion is named: {completion}"),
        "replay": (
            "按 {rule}（{completion}）用分数从头重算，“{pot}”的顺序、价格和入选都相同",
            "{rule} ({completion}) replayed in exact arithmetic: order, prices and winners of “{pot}” are the same",
        ),
        "replay_differs": (
            "重算 “{pot}” 第 {step} 步不同：应是 {expected}，写的是 {found}",
            "replay of “{pot}” differs at step {step}: expected {expected}, found {found}",
        ),
        "raised": (
            "“{pot}”份额提高 {raised} 次，逐次重算：{ended}",
            "“{pot}”: shares raised {raised} times, each run replayed: {ended}",
        ),
        "not_replayed": (
            "没有给 .pb 文件，没有从选票重算（用 --pb 给出）",
            "no .pb file given: not replayed from the votes (give it with --pb)",
        ),
    }
)
STEPS = Words(
    {
        "reading": ("读文件", "reading"),
        "counting": ("计票", "counting"),
        "raising": ("逐次提高份额", "raising shares"),
        "explaining": ("写明缘由", "giving reasons"),
    }
)
RULES = Words(
    {
        "greedy": ("按票数从高到低", "Greedy by votes"),
        "mes-cost": ("等额份额法（按金额）", "Method of Equal Shares (cost)"),
        "mes-project": ("等额份额法（按项目）", "Method of Equal Shares (per project)"),
        "phragmen": ("弗拉格门依次法", "Phragmén's sequential rule"),
        "none": ("不补足", "no completion"),
        "add1": ("逐元提高份额（add1）", "raising shares by one unit (add1)"),
        "add1u": ("逐元提高份额，再按票数补足（add1u）", "raising shares, then filling by votes (add1u)"),
        "after_phragmen": ("用弗拉格门法补足", "completed by Phragmén's rule"),
    }
)

METHODS = Words(
    {
        "greedy": (
            "按票数（分数）从高到低，一个一个看：余下的钱够就入选，不够就跳过。票数相同，编号（按文字）小的在前。",
            "Projects are taken in order of votes (points): each is funded if the money left is enough, else passed "
            "over. Equal votes: the smaller id (as text) first.",
        ),
        "mes-cost": (
            "预算平分给每个投票人。一个项目由支持它的人一起付，每人尽量付得一样多，谁也不超过自己余下的。每一步买下"
            "“每一元好处付得最少”的项目，直到没有项目付得起。",
            "The budget is split equally among the voters. A project is paid by its supporters, as equally as "
            "possible, nobody more than she has left. Each step buys the project with the least payment per unit "
            "of cost, until no project can be paid.",
        ),
        "mes-project": (
            "预算平分给每个投票人。一个项目由支持它的人一起付，每人尽量付得一样多，谁也不超过自己余下的。每一步买下"
            "每人付得最少的项目，直到没有项目付得起。",
            "The budget is split equally among the voters. A project is paid by its supporters, as equally as "
            "possible, nobody more than she has left. Each step buys the project that costs its supporters least "
            "each, until no project can be paid.",
        ),
        "phragmen": (
            "每个人的钱从零开始匀速增加。哪个项目的支持者的钱先够付它，就买下它，他们的钱归零。下一个该买的放不进"
            "余下的预算时停止。",
            "Everybody's money grows evenly from nothing. The project whose supporters first hold its cost is "
            "bought, and their money returns to nothing. It stops when the next project does not fit the budget.",
        ),
    }
)


def say_fault(fault: Fault, lang: Lang) -> str:
    """A fault in words."""
    return FAULTS.say(fault.code, lang, **{"value": fault.value, "column": fault.column, **fault.params})


def money(units: int, scale: int) -> str:
    """An amount with thousands parted: 12,000 or 12,000.50."""
    whole, part = divmod(units, scale)
    digits = len(str(scale)) - 1 if str(scale).strip("0") == "1" else 2
    return f"{whole:,}" + (f".{round(part / scale * 10**digits):0{digits}d}" if part else "")


def say_reason(result: BudgetResult, reason: Reason, lang: Lang) -> str:
    """Why a project was or was not funded, and what would have changed it, in one sentence."""
    scale = result.election.scale
    params: dict[str, Any] = dict(reason.params)
    for key in ("cost", "budget", "money", "room"):
        if key in params:
            params[key] = money(params[key], scale)
    if "points" in params and result.election.point_scale != 1:
        params["points"] = f"{params['points'] / result.election.point_scale:g}"
    if reason.code == "won_shares":
        step = next(step for pot in result.pots for step in pot.steps if step.project == reason.project)
        params["price"] = say_paid(result, step, lang)
    if "supporters" in params:
        params["supporters"] = f"{params['supporters']:,}"
    said = REASONS.say(reason.code, lang, unit=unit(result, lang), **params)
    if reason.code.startswith("won_"):
        return said + CHANGES.say("none", lang)
    return said + _change(result, reason, lang)


def say_paid(result: BudgetResult, step: Step, lang: Lang) -> str:
    """What its supporters pay for a project bought by Equal Shares."""
    assert step.price is not None
    pointed = bool((result.election.ballots.weight != 1).any())
    per = ("每分", " per point")[lang == "en"] if pointed else ""
    price = float(step.price) * result.election.point_scale / result.election.scale
    code = "price_rest" if step.rest and step.full else "price_all_rest" if step.rest else "price"
    words = {"per_point": per, "price": f"{price:,.2f}", "full": f"{step.full:,}", "rest": f"{step.rest:,}"}
    return CHANGES.say(code, lang, unit=unit(result, lang), **words)


def unit(result: BudgetResult, lang: Lang) -> str:
    """The word behind an amount: yuan when the file says so or names no other country, else its currency's code."""
    meta = result.election.meta
    if (code := meta.get("currency", "")) not in ("", "CNY", "RMB"):
        return " " + code
    yuan = code or meta.get("country", "") in ("", "China", "中国")
    return (" 元", " yuan")[lang == "en"] if yuan else ""


def _change(result: BudgetResult, reason: Reason, lang: Lang) -> str:
    ways = []
    if (least := reason.supporters_least) is not None:
        anyone = reason.supporters_any
        code = (
            "people_one"
            if anyone == 1
            else "people"
            if least == anyone
            else "people_some"
            if anyone is None
            else "people_any"
        )
        way = CHANGES.say(code, lang, least=f"{least:,}", any=f"{anyone or 0:,}")
        if "each" in reason.params:
            way += CHANGES.say("each", lang, each=f"{reason.params['each'] / result.election.point_scale:g}")
        ways.append(way)
    if reason.cost_at_most is not None:
        less = money(result.election.projects[reason.project].cost - reason.cost_at_most, result.election.scale)
        most = money(reason.cost_at_most, result.election.scale)
        ways.append(CHANGES.say("cheaper", lang, unit=unit(result, lang), less=less, cost=most))
    if not ways:
        return CHANGES.say("none", lang)
    joined = CHANGES.say("or", lang).join(ways)
    code = "would_final" if "at_final_shares" in reason.params else "would"
    return CHANGES.say(code, lang, ways=joined, Ways=joined[:1].upper() + joined[1:])
