"""The eleven lists, each in its department's own words, order, date style and layout."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from linli.web.demo.columns import Columns
from linli.web.demo.drafts import Draft, begin, dates, days, finish, masked
from linli.web.demo.sheets import DepartmentList
from linli.web.demo.world import World, generator

_LIVING = {"alone": "独居", "empty_nest": "空巢", "with_family": "与子女同住", "institution": "机构养老"}
_CARE = {"able": "能力完好", "mild": "轻度失能", "moderate": "中度失能", "severe": "重度失能", "total": "完全失能"}
_CARE_LOOSE = {"able": "能自理", "mild": "基本自理", "moderate": "半自理", "severe": "重度失能", "total": "不能自理"}
_CHILDREN = {"able": "有", "unable": "有，均无赡养能力", "none": "无子女"}
_CLASS = {"1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"}
_GRADE = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}
_PARENT = {
    "present": "在家",
    "away_working": "外出务工",
    "dead": "去世",
    "missing": "失踪",
    "prison": "服刑",
    "detention": "强制隔离戒毒",
    "severe_disability": "重残",
    "severe_illness": "重病",
    "lost_contact": "失联",
}


def _minimum(world: World, rows: np.ndarray) -> DepartmentList:
    """低保名册: a sheet a town, two orders of columns, the sum below, a signature."""
    towns = world.people["town"][rows]
    pages = []
    for part, town in enumerate(dict.fromkeys(towns)):
        draft, made = begin(world, "minimum", rows[towns == town], part)
        w = draft.written
        household = np.array([f"H{n:06d}" for n in draft.fact("household_no")], dtype=object)
        columns: Columns = {
            "序号": draft.number(),
            "户编号": household,
            "户主姓名": draft.head("name"),
            "保障对象姓名": w["name"],
            "与户主关系": draft.fact("relation"),
            "性别": w["sex"],
            "公民身份号码": w["id_no"],
            "共同生活人口": draft.fact("household_size"),
            "家庭月人均收入(元)": draft.yuan("income_fen"),
            "起始日期": days(draft.enrolment("since", ("MLA",)), "dotted_month"),
            "有效期至": days(draft.enrolment("until", ("MLA",)), "cell"),
            "家庭住址": w["address"],
            "联系电话": w["phone"],
            "备注": np.full(len(draft.rows), None, dtype=object),
        }
        if part % 2:
            order = (
                "序号",
                "保障对象姓名",
                "公民身份号码",
                "性别",
                "与户主关系",
                "户主姓名",
                "户编号",
                "联系电话",
                "家庭住址",
            )
            columns = {**{h: columns[h] for h in order}, **{h: v for h, v in columns.items() if h not in order}}
        above = (
            (f"娄溪市{world.on.year}年{world.on.month - 1 or 12}月最低生活保障对象名册",),
            (f"填报单位：{town}人民政府", "单位：元"),
            ("家庭和对象", "保障情况"),
        )
        below = (
            ("合计", "", f"{len(set(household))}户", f"{len(draft.rows)}人"),
            ("填表人：", "", "审核人：", "", "负责人（签字）："),
        )
        pages.append(
            finish(draft, made, str(town), above, columns, ("name", "id_no", "phone", "address", "sex"), below)
        )
    return DepartmentList("minimum", "民政局社会救助科", "低保名册.xlsx", "xlsx", tuple(pages))


def _marginal(world: World, rows: np.ndarray) -> DepartmentList:
    """低保边缘和支出型: two sheets; birth as year and month only."""
    pages = []
    for part, (group, title) in enumerate((("MLB", "低保边缘家庭"), ("RIG", "支出型困难家庭"))):
        draft, made = begin(world, "marginal", rows[world.groups.enrolled[group][rows]], part)
        w = draft.written
        columns: Columns = {
            "序号": draft.number(),
            "镇街": draft.fact("town"),
            "村（社区）": draft.fact("community"),
            "姓名": w["name"],
            "证件号码": w["id_no"],
            "出生年月": dates(w["birth_on"], "dotted_month"),
            "家庭户主": draft.head("name"),
            "与户主关系": draft.fact("relation"),
            "人口数": draft.fact("household_size"),
            "家庭人均月收入（元）": draft.yuan("income_fen"),
            "认定日期": days(draft.enrolment("since", (group,)), "dotted"),
            "到期日期": days(draft.enrolment("until", (group,)), "dotted"),
            "手机": w["phone"],
        }
        if group == "RIG":
            columns["年自付医疗费（元）"] = draft.yuan("medical_fen", 12)
        below = (("说明：收入为上年度月平均数",),)
        pages.append(
            finish(
                draft,
                made,
                title,
                ((f"{title}名册（{world.on.year}年）",),),
                columns,
                ("name", "id_no", "birth_on", "phone"),
                below,
            )
        )
    return DepartmentList("marginal", "民政局社会救助科", "低保边缘和支出型困难家庭名册.xlsx", "xlsx", tuple(pages))


def _destitute(world: World, rows: np.ndarray) -> DepartmentList:
    """特困人员花名册."""
    draft, made = begin(world, "destitute", rows)
    w = draft.written
    columns: Columns = {
        "序号": draft.number(),
        "特困人员姓名": w["name"],
        "性别": w["sex"],
        "身份证号码": w["id_no"],
        "供养方式": np.full(len(draft.rows), "分散供养", dtype=object),
        "生活自理能力": draft.words("self_care", _CARE_LOOSE),
        "批准日期": days(draft.enrolment("since", ("DES",)), "slashed"),
        "最近走访日期": days(draft.fact("last_visit_on"), "slashed"),
        "现住址": w["address"],
        "电话": w["phone"],
    }
    above = (("娄溪市特困人员花名册",), ("填报：民政局社会救助科",))
    page = finish(
        draft,
        made,
        "Sheet1",
        above,
        columns,
        ("name", "sex", "id_no", "address", "phone"),
        (("共", f"{len(draft.rows)}人"),),
    )
    return DepartmentList("destitute", "民政局社会救助科", "特困人员花名册.xlsx", "xlsx", (page,))


def _disabled(world: World, rows: np.ndarray) -> DepartmentList:
    """残疾人持证名册: no ID column; the card number carries it."""
    draft, made = begin(world, "disabled", rows)
    w = draft.written
    card = np.where(
        w["id_no"] == world.people["id_no"][draft.rows], draft.fact("card_no"), _card(w["id_no"], draft.fact("card_no"))
    )
    columns: Columns = {
        "残疾人姓名": w["name"],
        "残疾人证号": card,
        "残疾类别": draft.words("disability_class", _CLASS),
        "残疾等级": draft.words("disability_grade", _GRADE),
        "性别": w["sex"],
        "发证日期": days(draft.enrolment("since", ("PWD",)), "chinese"),
        "居住情况": draft.words(
            "living", {k: v for k, v in _LIVING.items() if k != "with_family"} | {"with_family": "与家人同住"}
        ),
        "自理情况": draft.words("self_care", _CARE_LOOSE),
        "家庭人均月收入": draft.yuan("income_fen"),
        "区划代码": w["region"],
        "现居住地址": w["address"],
        "联系方式": w["phone"],
        "监护人": draft.fact("guardian"),
    }
    page = finish(
        draft,
        made,
        "持证残疾人",
        (("持证残疾人基本情况表",),),
        columns,
        ("name", "id_no", "sex", "region", "address", "phone"),
    )
    return DepartmentList("disabled", "残疾人联合会", "残疾人持证名册.xlsx", "xlsx", (page,))


def _card(ids: np.ndarray, cards: np.ndarray) -> np.ndarray:
    """The card number with the mistakes of its ID part."""
    return np.array(
        [None if i is None or len(i) < 15 else i + c[18:] for i, c in zip(ids, cards, strict=True)], dtype=object
    )


def _elders(world: World, rows: np.ndarray) -> DepartmentList:
    """60岁以上老人信息表: GB18030, an own number for each row, dates in Chinese."""
    draft, made = begin(world, "elders", rows)
    w = draft.written
    columns: Columns = {
        "编号": np.array([f"LN{n:06d}" for n in draft.number()], dtype=object),
        "镇街": draft.fact("town"),
        "村社区": draft.fact("community"),
        "人员类别": _elder_kinds(draft),
        "老人姓名": w["name"],
        "性别": w["sex"],
        "出生日期": dates(w["birth_on"], "chinese"),
        "身份证号": w["id_no"],
        "居住情况": draft.words("living", _LIVING),
        "自理能力": draft.words("self_care", _CARE),
        "健康状况": np.array([i or "良好" for i in draft.fact("illness")], dtype=object),
        "子女情况": draft.words("supporters", _CHILDREN),
        "最近探访日期": days(draft.fact("last_visit_on"), "chinese"),
        "联系电话": w["phone"],
        "住址": w["address"],
    }
    above = (("娄溪市60岁以上老年人信息表",), (f"截至{world.on.year}年{world.on.month}月",))
    page = finish(
        draft,
        made,
        "",
        above,
        columns,
        ("name", "sex", "birth_on", "id_no", "phone", "address"),
        ((f"共{len(draft.rows)}人",),),
        "编号",
    )
    return DepartmentList("elders", "民政局养老服务科", "60岁以上老年人信息表.csv", "csv", (page,), "gb18030")


def _elder_kinds(draft: Draft) -> np.ndarray:
    """What the list says of an elder: alone, empty-nest, dependent, or none of them."""
    truly = draft.world.groups.qualifies
    words = {"EAL": "独居老年人", "EEM": "空巢老年人", "EDA": "失能老年人"}
    kinds = ["、".join(w for group, w in words.items() if truly[group][person]) for person in draft.rows]
    return np.array([kind or "一般老年人" for kind in kinds], dtype=object)


def _allowance(world: World, rows: np.ndarray) -> DepartmentList:
    """高龄津贴发放表: masked ID numbers, birth as one number."""
    draft, made = begin(world, "allowance", rows)
    w = draft.written
    standard = np.where(draft.fact("age") >= 100, 500, np.where(draft.fact("age") >= 90, 200, 80))
    columns: Columns = {
        "序号": draft.number(),
        "姓名": w["name"],
        "身份证号": masked(w["id_no"]),
        "出生日期": dates(w["birth_on"], "digits"),
        "街道代码": w["region"],
        "津贴标准（元/月）": standard,
        "手机号码": w["phone"],
    }
    below = (("合计", "", "", "", "", str(int(standard.sum()))),)
    page = finish(
        draft,
        made,
        "发放表",
        (("高龄津贴发放表",), ("开户行：娄溪农商银行",)),
        columns,
        ("name", "id_no", "birth_on", "region", "phone"),
        below,
    )
    return DepartmentList("allowance", "财政局", "高龄津贴发放表.xlsx", "xlsx", (page,))


def _children(world: World, rows: np.ndarray) -> DepartmentList:
    """困境儿童和留守儿童台账: two sheets and a page of notes."""
    listed = world.groups.enrolled
    category = {"ORP": "孤儿", "DEF": "事实无人抚养儿童", "CID": "困境儿童", "LBC": "留守儿童"}
    pages = []
    for part, (title, groups) in enumerate((("困境儿童", ("ORP", "DEF", "CID")), ("留守儿童", ("LBC",)))):
        on = np.any([listed[g][rows] for g in groups], axis=0)
        draft, made = begin(world, "children", rows[on], part)
        w = draft.written
        kind = np.full(len(draft.rows), None, dtype=object)
        for group in reversed(groups):
            kind[listed[group][draft.rows]] = category[group]
        columns: Columns = {
            "儿童姓名": w["name"],
            "性别": w["sex"],
            "出生日期": dates(w["birth_on"], "cell"),
            "身份证件号码": w["id_no"],
            "类别": kind,
            "父亲情况": draft.words("father_state", _PARENT),
            "母亲情况": draft.words("mother_state", _PARENT),
            "监护人姓名": draft.fact("guardian"),
            "监护人联系电话": w["phone"],
            "就读学校": draft.fact("school"),
            "现居住地": w["address"],
            "最近走访日期": days(draft.fact("last_visit_on"), "slashed"),
        }
        pages.append(
            finish(
                draft,
                made,
                title,
                ((f"{title}台账",), ("一人一档", "内部资料")),
                columns,
                ("name", "sex", "birth_on", "id_no", "phone", "address"),
            )
        )
    notes = ("填表说明", "一、父母情况按实填写。", "二、资料只限工作使用，不得公开。")
    return DepartmentList(
        "children", "民政局儿童福利科", "困境儿童和留守儿童台账.xlsx", "xlsx", tuple(pages), notes=notes
    )


def _grid(world: World, rows: np.ndarray) -> DepartmentList:
    """网格走访记录: a row a visit, so a person stands here once to three times."""
    rng = generator(world, 2)
    times = 1 + (rng.random(len(rows)) < 0.22) + (rng.random(len(rows)) < 0.05)
    draft, made = begin(world, "grid", np.repeat(rows, times))
    back = _visits_later(draft.rows) * 31
    last = draft.fact("last_visit_on")
    seen = ~np.isnat(last)
    shown = np.where(
        seen,
        last - back.astype("timedelta64[D]"),
        np.datetime64(world.on) - np.timedelta64(45, "D") - back.astype("timedelta64[D]"),
    )
    w = draft.written
    columns: Columns = {
        "走访日期": days(shown, "slashed"),
        "网格编号": draft.fact("grid_code"),
        "户主姓名": draft.head("name"),
        "被走访人": w["name"],
        "性别": w["sex"],
        "出生日期": dates(w["birth_on"], "slashed"),
        "身份证": w["id_no"],
        "手机号": w["phone"],
        "现住址": w["address"],
        "家庭人口": draft.fact("household_size"),
        "居住情况": draft.words("living", _LIVING),
        "家庭人均月收入(元)": draft.yuan("income_fen"),
        "年自付医疗费(元)": draft.yuan("medical_fen", 12),
        "子女情况": draft.words("supporters", _CHILDREN),
        "就业情况": draft.fact("employment"),
        "身体状况": np.array([i or "良好" for i in draft.fact("illness")], dtype=object),
        "见到本人": np.where(seen, "是", "否").astype(object),
    }
    page = finish(draft, made, "", (), columns, ("name", "sex", "birth_on", "id_no", "phone", "address"))
    return DepartmentList("grid", "各镇街网格办", "网格走访记录.csv", "csv", (page,), "utf-8-sig")


def _visits_later(rows: np.ndarray) -> np.ndarray:
    """For each row, on how many rows below the same person stands again."""
    order = np.argsort(rows[::-1], kind="stable")
    ranked = rows[::-1][order]
    nth = np.empty(len(rows), dtype=np.int64)
    nth[order] = np.arange(len(rows)) - np.searchsorted(ranked, ranked)
    return nth[::-1]


def _medical(world: World, rows: np.ndarray) -> DepartmentList:
    """医疗救助结算名单: amounts as text, some people several times."""
    rng = generator(world, 3)
    draft, made = begin(world, "medical", np.repeat(rows, 1 + (rng.random(len(rows)) < 0.3)))
    w = draft.written
    own = draft.fact("medical_fen") * 12 / 100
    columns: Columns = {
        "序号": draft.number(),
        "患者姓名": w["name"],
        "公民身份号码": w["id_no"],
        "病种": draft.fact("illness"),
        "总费用": np.array([f"{a * 3:.2f}" for a in own], dtype=object),
        "个人自付（元）": np.array([f"{a:.2f}" for a in own], dtype=object),
        "结算日期": days(
            np.datetime64(world.on) - draft.rng.integers(20, 200, len(own)).astype("timedelta64[D]"), "digits"
        ),
        "所属镇街": draft.fact("town"),
        "联系电话": w["phone"],
    }
    below = (("合计", "", "", "", f"{own.sum() * 3:.2f}", f"{own.sum():.2f}"),)
    page = finish(draft, made, "结算", (("医疗救助结算名单",),), columns, ("name", "id_no", "phone"), below)
    return DepartmentList("medical", "医疗保障局", "医疗救助结算名单.xlsx", "xlsx", (page,))


def _veterans(world: World, rows: np.ndarray) -> DepartmentList:
    """优抚对象名单: masked ID numbers."""
    draft, made = begin(world, "veterans", rows)
    w = draft.written
    columns: Columns = {
        "姓名": w["name"],
        "性别": w["sex"],
        "出生年月日": dates(w["birth_on"], "dotted"),
        "身份证号": masked(w["id_no"]),
        "优抚类别": np.full(len(draft.rows), "退役军人", dtype=object),
        "住址": w["address"],
        "电话": w["phone"],
    }
    page = finish(
        draft, made, "名单", (("优抚对象名单",),), columns, ("name", "sex", "birth_on", "id_no", "address", "phone")
    )
    return DepartmentList("veterans", "退役军人事务局", "优抚对象名单.xlsx", "xlsx", (page,))


def _base(world: World, rows: np.ndarray) -> DepartmentList:
    """常住人口基础信息: the grid offices' register of everybody, household by household."""
    draft, made = begin(world, "base", rows)
    w = draft.written
    households = draft.fact("household_no")
    columns: Columns = {
        "户编号": np.array([f"LX{number:06d}" for number in households], dtype=object),
        "与户主关系": draft.fact("relation"),
        "姓名": w["name"],
        "性别": w["sex"],
        "出生日期": dates(w["birth_on"], "chinese"),
        "公民身份号码": w["id_no"],
        "社区(村)代码": w["region"],
        "常住地址": w["address"],
        "联系电话": w["phone"],
    }
    shown = ("sex", "birth_on", "name", "id_no", "region", "address", "phone")
    page = finish(draft, made, "", (), columns, shown)
    return DepartmentList("base", "各镇街网格办", "常住人口基础信息.csv", "csv", (page,), "gb18030")


WRITERS: dict[str, Callable[[World, np.ndarray], DepartmentList]] = {
    "minimum": _minimum,
    "marginal": _marginal,
    "destitute": _destitute,
    "disabled": _disabled,
    "elders": _elders,
    "allowance": _allowance,
    "children": _children,
    "grid": _grid,
    "medical": _medical,
    "veterans": _veterans,
    "base": _base,
}
